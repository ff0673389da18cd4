"""The map of faces."""

from __future__ import annotations

import base64

import numpy as np
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from phototag.app.decide import Index
from phototag.app.facemap import FaceMap, face_map
from phototag.app.known import require_face
from phototag.app.photographs import photo_of
from phototag.web import pictures
from phototag.web.api import models
from phototag.web.api.asking import Served
from phototag.web.api.jobs import Known, job_model

router = APIRouter(tags=["map"])


@router.get(
    "/map",
    operation_id="getMap",
    response_model=models.FaceMap,
    responses={202: {"model": models.Job, "description": "It is being drawn: follow this job, then ask again"}},
)
def face_map_of(request: Request, library: Served, jobs: Known) -> Response:
    """Where all faces lie, near to their like; drawn first, as a job, where there is no map that is still good."""
    with library.reading() as index:
        found = face_map(index, jobs.drawn)
        answer = None if found is None else _model(index, found)
    if answer is None:
        return JSONResponse(job_model(jobs.draw_map()).model_dump(), 202)
    return pictures.kept(request, answer.model_dump_json().encode(), "application/json")


def _model(index: Index, found: FaceMap) -> models.FaceMap:
    at = {one: i for i, one in enumerate(found.somebodies)}
    outliers = [
        models.Outlier(
            face=one.face,
            photo=photo_of(index, require_face(index, one.face)),
            person=one.person,
            confirmed=one.is_confirmed,
            like=None if one.like is None else at[one.like],
        )
        for one in found.outliers
    ]
    return models.FaceMap(
        total=len(found.faces),
        faces=_text(bytes.fromhex("".join(found.faces))),
        places=_text(np.round(found.places * 65_535).astype("<u2").tobytes()),
        whose=_text(found.whose.astype("<i4").tobytes()),
        sources=_text(found.sources.tobytes()),
        qualities=_text(np.round(found.qualities * 255).clip(0, 255).astype(np.uint8).tobytes()),
        somebodies=[models.Somebody(name=one.name, group=one.group, faces=one.faces) for one in found.somebodies],
        outliers=outliers,
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
