"""Faces, and what a person says of them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from phototag.app import correct, sentences
from phototag.app.decide import Index
from phototag.app.known import FaceQuery, KnownFace, require_face, some_faces
from phototag.app.photographs import faces_of, photo_of
from phototag.app.pictures import face_picture, kept_face_picture
from phototag.app.why import Candidate
from phototag.app.why import why as explain
from phototag.errors import UsageError
from phototag.web import pictures
from phototag.web.api import models
from phototag.web.api.asking import PAGE, FaceId, Limit, Offset, Served, decided, now_ns, rounded
from phototag.web.text import readable

router = APIRouter(tags=["faces"])

Photo = Annotated[str | None, Query(pattern=r"^[0-9a-f]{32}$", description="Only on this picture, by its id.")]
Person = Annotated[str | None, Query(max_length=1_000, description="Only those that are, or may be, this person.")]
Cluster = Annotated[int | None, Query(ge=1, le=models.MOST, description="Only of this group.")]
Source = Annotated[
    Literal["human", "auto", "suggested", "none"] | None, Query(description="Only where this says who it is.")
]


@router.get("/faces", operation_id="listFaces")
def faces(
    library: Served,
    photo: Photo = None,
    person: Person = None,
    cluster: Cluster = None,
    source: Source = None,
    limit: Limit = PAGE,
    offset: Offset = 0,
) -> models.FacePage:
    """Faces by path and from left to right; what is asked for restricts, all of it together."""
    with library.reading() as index:
        query = FaceQuery(person=person, cluster=cluster)
        if photo is None:
            total, found = some_faces(index, query, offset, offset + limit, source)
        else:
            on_it = [x for x in faces_of(index, photo, query) if source in (None, x.source or "none")]
            total, found = len(on_it), on_it[offset : offset + limit]
        page = [face_model(index, face, photo) for face in found]
    return models.FacePage(total=total, faces=page)


@router.get("/faces/{face}", operation_id="getFace")
def one(library: Served, face: FaceId) -> models.Face:
    """One face."""
    with library.reading() as index:
        return face_model(index, require_face(index, face))


@router.get("/faces/{face}/why", operation_id="whyFace")
def why(library: Served, face: FaceId) -> models.Why:
    """Why a face carries a name, or none."""
    with library.reading() as index:
        found = explain(index, face)
        shown = face_model(index, found.face)
    return models.Why(
        face=shown,
        rule=found.rule,
        because=found.because,
        changes=list(found.changes),
        candidates=[_candidate(candidate) for candidate in found.candidates],
        margin=rounded(found.margin),
        score=rounded(found.score),
        strong=rounded(found.strong),
        possible=found.possible,
        refused=list(found.refused),
        group_faces=found.group_faces,
        group_distance=rounded(found.group_distance),
        weak=found.is_weak,
    )


@router.get(
    "/faces/{face}/picture", operation_id="pictureOfFace", response_class=Response, responses=pictures.RESPONSES
)
async def picture(request: Request, library: Served, face: FaceId) -> Response:
    """A square picture of the face, a JPEG of 192 pixels or fewer."""

    def draw() -> bytes | None:
        with library.reading() as index:
            return kept_face_picture(index, face) or face_picture(index, require_face(index, face))

    return pictures.jpeg(request, await library.drawn(draw))


@router.post("/faces/move", operation_id="moveFaces")
def move(library: Served, wish: models.Moving) -> models.Decided:
    """Say that faces are somebody else than they are taken for."""
    with library.writing() as index:
        outcome = correct.move(index, wish.faces, wish.name, now_ns())
    return decided(outcome, sentences.moved(outcome.words), sentences.moved(outcome.words, "already"))


@router.post("/faces/confirm", operation_id="confirmFaces")
def confirm(library: Served, wish: models.Confirming) -> models.Decided:
    """Say that faces are whom phototag takes them for."""
    if (wish.faces is None) == (wish.person is None):
        raise UsageError("Give the faces that are right, or a person for all of their automatic tags.")
    with library.writing() as index:
        if wish.person is None:
            outcome = correct.confirm(index, wish.faces or [], now_ns())
        else:
            outcome = correct.confirm_person(index, wish.person, now_ns())
    return decided(outcome, sentences.confirmed(outcome.words))


@router.post("/faces/reject", operation_id="rejectFaces")
def reject(library: Served, wish: models.Faces) -> models.Decided:
    """Say that faces are not who they are taken for."""
    with library.writing() as index:
        outcome = correct.reject(index, wish.faces, now_ns())
    return decided(outcome, sentences.rejected(outcome.words))


@router.post("/faces/not-a-face", operation_id="notAFace")
def not_a_face(library: Served, wish: models.Faces) -> models.Decided:
    """Say that what was found is no face, nor what is like it."""
    with library.writing() as index:
        outcome, alike = correct.not_a_face(index, wish.faces, now_ns())
    return decided(outcome, sentences.no_faces(outcome.words, alike))


def face_model(index: Index, face: KnownFace, photo: str | None = None) -> models.Face:
    """A face for the answer; as it is on the picture of this id, or else on the file that it is shown of."""
    return models.Face(
        id=face.id,
        photo=photo or photo_of(index, face),
        path=str(readable(face.path)),
        box=face.box_px,
        place=face.box,
        score=round(face.score, 4),
        quality=face.quality,
        cluster=face.cluster,
        person=face.person if face.is_tagged else None,
        suggestion=None if face.is_tagged else face.person,
        source=None if face.source is None else face.source.value,
        distance=rounded(face.distance),
        runner_up=_guess(face.runner_up),
        ignored=face.ignored,
        drawn=face.is_drawn,
    )


def _guess(found: tuple[str, float] | None) -> models.Guess | None:
    return None if found is None else models.Guess(person=found[0], distance=round(found[1], 4))


def _candidate(candidate: Candidate) -> models.Candidate:
    references = [
        models.Reference(face=one.face, path=str(readable(one.path)), distance=round(one.distance, 4))
        for one in candidate.references
    ]
    return models.Candidate(person=candidate.name, distance=round(candidate.distance, 4), references=references)
