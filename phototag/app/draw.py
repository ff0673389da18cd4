"""A person draws a face by hand, where none was found."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from phototag.app.correct import move
from phototag.app.decide import Outcome, decide
from phototag.app.known import require_face, require_noticed
from phototag.app.name import as_kept, clean_name
from phototag.core.geometry import box_in_pixels, intersection_over_union, to_stored, turned_size
from phototag.core.regions import match_regions
from phototag.errors import UsageError
from phototag.index import faces, spots
from phototag.index.db import Index
from phototag.index.draft import Draft
from phototag.index.faces import Filter, KnownFace, PhotoOnDisk
from phototag.index.journal import Kind
from phototag.index.spots import SAME_PLACE, Spot
from phototag.types import Box

SMALLEST = 8
"""Pixels of the upright picture that a drawn box has at least, each way: half of the smallest face that MTCNN looks for
(`engines.mtcnn.SMALLEST_FACE`). What is smaller was a slip of the hand."""

How: TypeAlias = Literal["new", "moved", "found"]


@dataclass(frozen=True, slots=True)
class Drawing:
    """What came of drawing a face.

    Attributes:
        outcome: the decision, if there was anything to decide.
        face: id of the face that lies there now.
        how: it is new; it was drawn before, and has another place now; or it had been found there before.
        name: whose it is, or None.
        photo: the path in the library, for reading.
    """

    outcome: Outcome
    face: str
    how: How
    name: str | None
    photo: str


def pixels(index: Index, path: bytes, place: Sequence[float]) -> tuple[int, int, int, int]:
    """Fractions (left, top, right, bottom) of the upright picture in a file that the index knows, as whole pixels."""
    file = _file(index, path)
    return box_in_pixels(Box(*place), *_upright_size(file))


def draw(
    index: Index,
    path: bytes,
    box: Sequence[int],
    at_ns: int,
    *,
    name: str | None = None,
    instead: str | None = None,
) -> Drawing:
    """Say that a face is in this box. If one lies there already, it is that one.

    Of a face that was drawn before, the box is from now on this one; one that was found keeps its own.

    Args:
        index: open for writing.
        path: of the photo in the library, which the index knows.
        box: left, top, right, bottom, in pixels of the upright picture; at least SMALLEST each way.
        at_ns: now, nanoseconds since the epoch.
        name: who it is; None for nobody that is known, or whoever it was.
        instead: id of a drawn face on this photo, or the beginning of it: that one is here now.

    Raises:
        UsageError: the box is not in the picture or too small, no such face, or not one that was drawn here, another
            face lies there, or it is no name, or somebody who is ignored; nothing is written.
    """
    file = _file(index, path)
    place = spots.drawn_spot(file.photo, _stored(file, box))
    wanted = None if name is None else clean_name(name)
    if wanted is not None:
        require_noticed(index, wanted)
    drawn = None if instead is None else _require_drawn(index, file, instead)
    there = _under(index, place, but=drawn)
    face = None if there is None else next(iter(faces.faces(index.db, Filter(ids=(there.id,)))), None)
    if face is not None and drawn is not None:
        raise UsageError(
            f"Another face lies there: {face.id}. Nothing was changed. If both are one, remove the one that you drew: "
            f"phototag not-a-face {drawn.id}"
        )
    if face is not None and not face.is_drawn:
        outcome = Outcome(None, {}) if wanted is None else move(index, [face.id], wanted, at_ns)
        who = wanted or (face.person if face.is_tagged else None)
        return Drawing(outcome, face.id, "found", who and as_kept(index, who), os.fsdecode(path))
    drawn = drawn or face
    how: How = "moved" if drawn is not None else "new" if there is None else "found"
    spot = there if how == "found" and there is not None else place
    who = wanted or (drawn.person if drawn is not None and drawn.is_tagged else None)

    def say(draft: Draft) -> dict[str, object]:
        if drawn is not None:
            draft.redraw(drawn.spot, spot)
        elif spot is place:
            draft.draw(spot)
        for denied in (spot, *_denied(index, place)):
            draft.some_face(denied)
        if wanted is not None:
            draft.name(spot, draft.person(wanted))
        return {"photo": os.fsdecode(path), "name": who and as_kept(index, who), "how": how}

    outcome = decide(index, Kind.DRAW, say, at_ns)
    return Drawing(outcome, spot.id, how, who and as_kept(index, who), os.fsdecode(path))


def _file(index: Index, path: bytes) -> PhotoOnDisk:
    return faces.photos_on_disk(index.db, path=path)[0]


def _upright_size(file: PhotoOnDisk) -> tuple[int, int]:
    return turned_size(file.width, file.height, file.orientation)


def _stored(file: PhotoOnDisk, box: Sequence[int]) -> Box:
    """A box in pixels of the upright picture in a file, as fractions of the stored one that it counts as.

    Raises:
        UsageError: it is not in the picture, or too small.
    """
    left, top, right, bottom = box
    width, height = _upright_size(file)
    called = f"The box {left} {top} {right} {bottom}"
    if not (left >= 0 and top >= 0 and right <= width and bottom <= height):
        raise UsageError(
            f"{called} is not in the picture, which is {width} x {height} pixels when upright. Nothing was changed."
        )
    if right - left < SMALLEST or bottom - top < SMALLEST:
        raise UsageError(
            f"{called} is too small: right - left and bottom - top must be {SMALLEST} pixels or more. "
            "Nothing was changed."
        )
    return file.there(to_stored(Box(left / width, top / height, right / width, bottom / height), file.orientation))


def _require_drawn(index: Index, file: PhotoOnDisk, text: str) -> KnownFace:
    face = require_face(index, text)
    if not face.is_drawn:
        raise UsageError(f"Face {face.id} was found, not drawn, so its box stays. Nothing was changed.")
    if face.photo != file.photo:
        raise UsageError(f"Face {face.id} is on another photo. Nothing was changed.")
    return face


def _under(index: Index, place: Spot, *, but: KnownFace | None) -> Spot | None:
    """The face on which a place lies, also one of which it was said that it is none: the one that overlaps it most."""
    known = spots.boxes(index.db, "faces", place.photo)
    overlaps = {id_: _overlap(place.box, box) for id_, box in known.items() if but is None or id_ != but.id}
    best = max(overlaps, key=overlaps.__getitem__, default=None)
    return None if best is None or not overlaps[best] else Spot(best, place.photo, known[best])


def _overlap(drawn: Box, face: Box) -> float:
    """Intersection over union, where both are one face, for detectors or for people; else 0."""
    overlap = intersection_over_union(drawn, face)
    return overlap if overlap >= SAME_PLACE or match_regions([drawn], [face]) else 0.0


def _denied(index: Index, place: Spot) -> list[Spot]:
    """Places there of which it was said that no face is there."""
    said = spots.denied(index.db, place.photo)
    return [Spot(id_, place.photo, box) for id_, box in said.items() if _overlap(place.box, box)]
