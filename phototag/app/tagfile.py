"""What a human said, read back from tags.jsonl."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phototag.app.name import clean_name
from phototag.errors import UsageError
from phototag.index.words import Who
from phototag.types import Source

_ID = re.compile(r"[0-9a-f]{16}")
_HASH = re.compile(r"[0-9a-f]{8,128}")


class _BrokenError(ValueError):
    """A line that does not say what a line of tags.jsonl says."""


@dataclass(frozen=True, slots=True)
class SaidFace:
    """What was said of one face.

    Attributes:
        id: the face's.
        box: in pixels of the upright picture.
        is_face: a human did not say that it is none.
        who: it is, or None.
        refused: who it is not.
        is_of_copy: it was said of this copy, and nothing lies there on the original.
        is_drawn: a human drew it where none was detected.
    """

    id: str
    box: tuple[float, float, float, float]
    is_face: bool
    who: Who | None
    refused: tuple[Who, ...]
    is_of_copy: bool = False
    is_drawn: bool = False


@dataclass(frozen=True, slots=True)
class SaidPhoto:
    """A line of tags.jsonl, as far as a human said something.

    Attributes:
        path: relative to the library.
        hash: of the picture.
        size: width and height in pixels, upright; None in a line of an older phototag.
        orientation: EXIF's, in which the boxes are; None likewise.
        faces: those of which something was said.
        is_collage: one person may be on it more than once.
        original: hash of the picture that it is a copy of, or its own.
        present: names of those who are on it, nobody says where.
        present_ignored: likewise, of those who are ignored.
        origin: of the picture of somebody who was enrolled: where it came from; "" for a photo of the library.
    """

    path: str
    hash: str
    size: tuple[int, int] | None
    orientation: int | None
    faces: tuple[SaidFace, ...]
    is_collage: bool
    original: str
    present: tuple[str, ...] = ()
    present_ignored: tuple[str, ...] = ()
    origin: str = ""


@dataclass(frozen=True, slots=True)
class TagFile:
    """What a tags.jsonl says.

    Attributes:
        photos: those of which a human said something, in the order of the lines.
        broken: numbers of the lines that cannot be understood, counted from 1.
    """

    photos: tuple[SaidPhoto, ...]
    broken: tuple[int, ...]


def read(path: Path) -> TagFile:
    """Read a tags.jsonl; lines that cannot be understood are counted and left out.

    Raises:
        OSError: it cannot be read.
    """
    photos: list[SaidPhoto] = []
    broken: list[int] = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            photo = _photo(json.loads(line)) if line.strip() else None
        except (ValueError, KeyError, TypeError, UsageError, RecursionError):
            broken.append(number)
            continue
        if photo is not None and (photo.faces or photo.is_collage or photo.present or photo.present_ignored):
            photos.append(photo)
    return TagFile(tuple(photos), tuple(broken))


def _photo(line: dict[str, Any]) -> SaidPhoto:
    found = [_face(face) for face in [*line["faces"], *line.get("waiting", [])]]
    none = [_face(face, is_face=False) for face in line.get("not_faces", [])]
    said = [face for face in [*found, *none] if face.who or face.refused or face.is_drawn or not face.is_face]
    return SaidPhoto(
        _text(line["photo"]),
        _matching(_HASH, line["hash"]),
        _size(line.get("size")),
        _orientation(line.get("orientation")),
        tuple(said),
        line.get("collage") is True,
        _matching(_HASH, line.get("copy_of", line["hash"])),
        tuple(clean_name(_text(name)) for name in line.get("present", [])),
        tuple(clean_name(_text(name)) for name in line.get("present_ignored", [])),
        _text(line["origin"]) if "origin" in line else "",
    )


def _face(face: dict[str, Any], *, is_face: bool = True) -> SaidFace:
    left, top, right, bottom = map(float, face["box"])
    if not all(map(math.isfinite, (left, top, right, bottom))):
        raise _BrokenError
    refused = tuple(_who(value) for value in face.get("not", []))
    box, is_of_copy, is_drawn = (left, top, right, bottom), face.get("copy_only") is True, face.get("drawn") is True
    return SaidFace(_matching(_ID, face["id"]), box, is_face, _said(face), refused, is_of_copy, is_drawn)


def _said(face: dict[str, Any]) -> Who | None:
    """Who a human said that it is; what the machine found is not asked for."""
    is_ignored = face.get("ignored") is True
    if "called" in face:
        return _who(face["called"], is_ignored)
    if face.get("source") == Source.HUMAN:
        return _who(face["person"], is_ignored)
    return _who(face["group"], is_ignored) if "group" in face else None


def _who(value: object, is_ignored: bool = False) -> Who:
    """A name, or the number that somebody without one is called by."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**53:
        return Who(None, value, is_ignored)
    return Who(clean_name(_text(value)), None, is_ignored)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise _BrokenError
    return value


def _matching(pattern: re.Pattern[str], value: object) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise _BrokenError
    return value


def _size(value: Sequence[object] | None) -> tuple[int, int] | None:
    if value is None:
        return None
    width, height = value
    if not isinstance(width, int) or not isinstance(height, int) or min(width, height) < 1:
        raise _BrokenError
    return width, height


def _orientation(value: object) -> int | None:
    if value is not None and value not in range(1, 9):
        raise _BrokenError
    return value if isinstance(value, int) else None
