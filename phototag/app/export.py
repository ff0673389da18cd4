"""What is known, written for other programs."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from phototag.errors import LibraryError
from phototag.files import write_if_changed
from phototag.index import faces
from phototag.index.db import Index
from phototag.index.faces import KnownFace, PhotoOnDisk

TAGS = "tags.jsonl"


def write_tags(index: Index) -> bool:
    """Write tags.jsonl, one line a photo file, sorted by path; say whether anything in it changed.

    Raises:
        LibraryError: it cannot be written; the old one is untouched, and the index has everything.
    """
    by_photo: dict[str, list[KnownFace]] = defaultdict(list)
    for face in faces.faces(index.db):
        by_photo[face.photo].append(face)
    lines = [_line(file, by_photo[file.photo]) for file in faces.photos_on_disk(index.db)]
    try:
        return write_if_changed(index.folder / TAGS, b"".join(lines))
    except OSError as error:
        raise LibraryError(
            f"Cannot write {index.folder / TAGS}: {error.strerror}. What you said is safe in the index; "
            "free some space and run: phototag scan DIR"
        ) from error


def to_json(value: object) -> str:
    """One line of JSON, readable where it can be: only a name that is not valid UTF-8 is escaped."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return text


def _line(file: PhotoOnDisk, found: Sequence[KnownFace]) -> bytes:
    here = [replace(face, orientation=file.orientation) for face in found]
    shown = [_face(face) for face in sorted(here, key=lambda face: (face.box, face.id))]
    names = sorted({face.person for face in found if face.person and face.is_tagged})
    record = {"photo": os.fsdecode(file.path), "hash": file.photo, "taken": file.taken, "people": names, "faces": shown}
    return to_json(record).encode() + b"\n"


def _face(face: KnownFace) -> dict[str, object]:
    return {
        "id": face.id,
        "box": list(face.box_px),
        "person": face.person if face.is_tagged else None,
        "source": face.source if face.is_tagged else None,
    }
