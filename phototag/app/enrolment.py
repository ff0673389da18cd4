"""Pictures of people that lie in no library: where they are kept, and how they outlive the index and its engine.

A picture is cut from the photo that a person gave, and kept in ENROLLED in the index's folder, named by its hash.
Beside them LIST says who they are, in lines as those of tags.jsonl, so that all of it can be said again to a new index.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

from phototag.app.export import to_json
from phototag.core.geometry import box_in_pixels
from phototag.errors import LibraryError
from phototag.files import replace_file, write_if_changed
from phototag.index import enrolled
from phototag.index.db import Index
from phototag.index.enrolled import Enrolment

ENROLLED, LIST = "enrolled", "enrolled.jsonl"
"""Folder in the index's, and the file in it."""


def list_file(folder: Path) -> Path:
    """Where it is written who is enrolled; `folder` is the index's."""
    return folder / ENROLLED / LIST


def picture_file(folder: Path, photo: str) -> Path:
    """Where the picture of this hash is kept."""
    return folder / ENROLLED / f"{photo}.png"


def keep(folder: Path, photo: str, data: bytes) -> None:
    """Keep a picture, and never write one anew.

    Raises:
        LibraryError: it cannot be written.
    """
    path = picture_file(folder, photo)
    try:
        path.parent.mkdir(exist_ok=True)
        if not path.is_file():
            replace_file(path, data)
    except OSError as error:
        raise LibraryError(f"Cannot write {path}: {error.strerror}. Nobody was enrolled; free some space.") from error


def write_list(index: Index) -> None:
    """Bring LIST up to date.

    Raises:
        LibraryError: it cannot be written; the old one is untouched, and the index has everything.
    """
    found = sorted(enrolled.enrolments(index.db), key=lambda one: (one.photo, one.face))
    lines = [_line(list(of)) for _, of in groupby(found, key=lambda one: one.photo)]
    path = list_file(index.folder)
    try:
        if lines or path.is_file():
            path.parent.mkdir(exist_ok=True)
            write_if_changed(path, b"".join(lines))
    except OSError as error:
        raise LibraryError(
            f"Cannot write {path}: {error.strerror}. What you said is safe in the index; free some space and run: "
            "phototag scan DIR"
        ) from error


def _line(on: Sequence[Enrolment]) -> bytes:
    first = on[0]
    record: dict[str, object] = {"photo": f"{first.photo}.png", "hash": first.photo}
    if first.size is not None:
        record |= {"size": list(first.size), "orientation": 1}
    record |= {"people": sorted({one.name for one in on}), "faces": [_face(one) for one in on], "origin": first.origin}
    return to_json(record).encode() + b"\n"


def _face(one: Enrolment) -> Mapping[str, object]:
    box = (0, 0, 0, 0) if one.size is None else box_in_pixels(one.box, *one.size)
    hidden = {"called": one.name, "ignored": True} if one.is_ignored else {}
    return {"id": one.face, "box": list(box), "person": one.name, "source": "human"} | hidden
