"""An open index, and faces to put in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from phototag.core.geometry import face_ids
from phototag.index import photos, spaces
from phototag.index.db import Index, transaction
from phototag.index.draft import Draft
from phototag.index.journal import Kind, decide
from phototag.index.spots import Spot
from phototag.types import Box, Face, Photo, PhotoFile, Shown, Space, Thresholds

SPACE = Space("toy", "none", 2, "euclidean", "face", "f32", Thresholds(0.3, 2, 0.4, 0.0, 0.35, 0.2, 0.2, 0.3, 0.1))
NEWER = replace(SPACE, weights="newer")
"""What a newer phototag describes faces in."""

LEFT, RIGHT = Box(0.1, 0.1, 0.3, 0.3), Box(0.6, 0.1, 0.8, 0.3)


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
    return _say(index, Kind.NAME, Draft.name, who, faces, at_ns)


def refuse(index: Index, who: str, *faces: Spot, at_ns: int = 1) -> int | None:
    """Say that faces are not somebody; the number of the decision."""
    return _say(index, Kind.REJECT, Draft.refuse, who, faces, at_ns)


def _say(
    index: Index, kind: Kind, verb: Callable[[Draft, Spot, int], None], who: str, faces: Sequence[Spot], at_ns: int
) -> int | None:
    with transaction(index.db, durable=True):
        draft = Draft(index.db)
        person = draft.person(who)
        for face in faces:
            verb(draft, face, person)
        return decide(index.db, kind, {"name": who, "faces": len(faces)}, draft, at_ns)
