"""What is known, written for other programs."""

from __future__ import annotations

import hashlib
import json
import os
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from phototag.errors import LibraryError
from phototag.files import replace_file
from phototag.index import faces
from phototag.index.db import EXPORTED, Index, get_meta, set_meta, transaction
from phototag.index.faces import Filter, KnownFace, PhotoOnDisk

TAGS = "tags.jsonl"

FORM = b"1\n"
"""Of a line. Raise it when lines look otherwise, so that those of an older phototag are written anew."""


def write_tags(index: Index) -> bool:
    """Write tags.jsonl, one line a photo file, sorted by path; say whether anything in it changed.

    Raises:
        LibraryError: it cannot be written; the old one is untouched, and the index has everything.
    """
    path = index.folder / TAGS
    try:
        former = path.read_bytes() if path.is_file() else None
        stale = faces.stale_paths(index.db)
        if former is None or get_meta(index.db, EXPORTED) != _digest(former):
            current = _whole(index)
        elif stale:
            current = _patched(index, former, stale)
        else:
            return False
        if current != former:
            replace_file(path, current)
    except OSError as error:
        raise LibraryError(
            f"Cannot write {path}: {error.strerror}. What you said is safe in the index; "
            "free some space and run: phototag scan DIR"
        ) from error
    _remember(index, current)
    return current != former


def _whole(index: Index) -> bytes:
    return b"".join(_lines(faces.faces(index.db), faces.photos_on_disk(index.db)).values())


def _patched(index: Index, former: bytes, stale: Sequence[bytes]) -> bytes:
    """The file as it was left, with those lines made anew that are out of date."""
    fresh = _lines(faces.faces(index.db, Filter(stale=True)), faces.photos_on_disk(index.db, stale=True))
    lines = former.splitlines(keepends=True)
    parts: list[bytes] = []
    at = 0
    for path in stale:
        place = bisect_left(lines, path, lo=at, key=_path)
        parts += [*lines[at:place], fresh.get(path, b"")]
        at = place + (place < len(lines) and _path(lines[place]) == path)
    return b"".join(parts + lines[at:])


def _remember(index: Index, current: bytes) -> None:
    """The file is as the index says, and this is how it is left: until then, a crash makes it be written whole."""
    with transaction(index.db):
        set_meta(index.db, EXPORTED, _digest(current))
        faces.nothing_is_stale(index.db)


def _digest(lines: bytes) -> bytes:
    return hashlib.blake2b(FORM + lines, digest_size=16).digest()


def _path(line: bytes) -> bytes:
    """Of the file that a line is about."""
    text = line.decode()
    return os.fsencode(_DECODER.raw_decode(text, text.index(":") + 2)[0])


_DECODER = json.JSONDecoder()


def to_json(value: object) -> str:
    """One line of JSON, readable where it can be: only a name that is not valid UTF-8 is escaped."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return text


def _lines(found: Sequence[KnownFace], files: Sequence[PhotoOnDisk]) -> dict[bytes, bytes]:
    """Path -> line, in the order of the files."""
    by_photo: dict[str, list[KnownFace]] = defaultdict(list)
    for face in found:
        by_photo[face.photo].append(face)
    return {file.path: _line(file, by_photo[file.photo]) for file in files}


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
