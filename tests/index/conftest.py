"""An open index, and faces to put in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from phototag.core.geometry import face_ids
from phototag.index import photos, spaces
from phototag.index.db import Index, open_for_writing, transaction
from phototag.index.draft import Draft
from phototag.index.journal import Kind, decide
from phototag.index.spots import Spot
from phototag.types import Box, Face, Photo, PhotoFile, Shown, Space, Thresholds

SPACE = Space("toy", "none", 2, "euclidean", "face", "f32", Thresholds(0.3, 2, 0.4, 0.0, 0.35, 0.2, 0.2, 0.3, 0.1))
NEWER = replace(SPACE, weights="newer")
"""What a newer phototag describes faces in."""

LEFT, RIGHT = Box(0.1, 0.1, 0.3, 0.3), Box(0.6, 0.1, 0.8, 0.3)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    folder = tmp_path / ".phototag"
    folder.mkdir()
    opened = open_for_writing(folder, tmp_path)
    yield opened
    opened.close()


def put_photo(index: Index, path: str, photo: str, boxes: Sequence[Box], space: Space = SPACE) -> list[str]:
    """Record a photo with faces at these places, and return the faces' ids."""
    ids = face_ids(photo, boxes)
    faces = [Face(id_, photo, box, 0.9, 0.5) for id_, box in zip(ids, boxes, strict=True)]
    vectors = np.tile(np.array([[1, 0]], dtype=np.float32), (len(boxes), 1))
    with transaction(index.db):
        space_id = spaces.adopt(index.db, space)
        file = PhotoFile(path.encode(), 1000, 1)
        photos.record_analysis(index.db, file, Shown(), Photo(photo, 100, 100), faces, vectors, space_id)
    return ids


def name(index: Index, who: str, *faces: Spot, at_ns: int = 1) -> int | None:
    """Say that faces are somebody; the number of the decision."""
    with transaction(index.db, durable=True):
        draft = Draft(index.db)
        person = draft.person(who)
        for face in faces:
            draft.name(face, person)
        return decide(index.db, Kind.NAME, {"name": who, "faces": len(faces)}, draft, at_ns)


def refuse(index: Index, who: str, *faces: Spot, at_ns: int = 1) -> int | None:
    """Say that faces are not somebody; the number of the decision."""
    with transaction(index.db, durable=True):
        draft = Draft(index.db)
        person = draft.person(who)
        for face in faces:
            draft.refuse(face, person)
        return decide(index.db, Kind.REJECT, {"name": who, "faces": len(faces)}, draft, at_ns)
