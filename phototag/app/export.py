"""What is known, written for other programs."""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from phototag.core.geometry import box_in_pixels, to_upright, turned_size
from phototag.errors import LibraryError
from phototag.files import write_if_changed
from phototag.index import faces, words
from phototag.index.db import Index
from phototag.index.faces import KnownFace, PhotoOnDisk
from phototag.index.words import Word

TAGS = "tags.jsonl"
_WORDS = re.compile(rb'"(source"\s*:\s*"human"|(not_faces|waiting|collage|not|ignored|group)"\s*:)')


def write_tags(index: Index) -> bool:
    """Write tags.jsonl, one line a photo file, sorted by path; say whether anything in it changed.

    Raises:
        LibraryError: it cannot be written; the old one is untouched, and the index has everything.
    """
    try:
        return write_if_changed(index.folder / TAGS, b"".join(tag_lines(index)))
    except OSError as error:
        raise LibraryError(
            f"Cannot write {index.folder / TAGS}: {error.strerror}. What you said is safe in the index; "
            "free some space and run: phototag scan DIR"
        ) from error


def tag_lines(index: Index) -> list[bytes]:
    """The lines of tags.jsonl, as the index has it now."""
    by_photo: dict[str, list[KnownFace]] = defaultdict(list)
    for face in faces.faces(index.db):
        by_photo[face.photo].append(face)
    said = words.by_photo(index.db)
    return [_line(file, by_photo[file.photo], said.get(file.photo, [])) for file in faces.photos_on_disk(index.db)]


def holds_words(path: Path) -> bool:
    """Whether a tags.jsonl says anything that a human said."""
    return path.is_file() and _WORDS.search(path.read_bytes()) is not None


def to_json(value: object) -> str:
    """One line of JSON, readable where it can be: only a name that is not valid UTF-8 is escaped."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return text


def _line(file: PhotoOnDisk, found: Sequence[KnownFace], said: Sequence[Word]) -> bytes:
    here = [replace(face, orientation=file.orientation) for face in found]
    of = {word.spot.id: word for word in said}
    shown = [_face(face) | _said(of.get(face.id)) for face in sorted(here, key=lambda face: (face.box, face.id))]
    names = sorted({face.person for face in found if face.person and face.is_tagged})
    record: dict[str, object] = {
        "photo": os.fsdecode(file.path),
        "hash": file.photo,
        "taken": file.taken,
        "size": turned_size(file.width, file.height, file.orientation),
        "orientation": file.orientation,
        "people": names,
        "faces": shown,
    }
    none = [_place(word, file) | _refused(word) for word in said if not word.is_face]
    lost = [_place(word, file) | _said(word) for word in said if word.is_face and not word.is_found]
    more = {"not_faces": none, "waiting": lost, "collage": bool(file.is_collage)}
    return to_json(record | {key: value for key, value in more.items() if value}).encode() + b"\n"


def _face(face: KnownFace) -> dict[str, object]:
    return {
        "id": face.id,
        "box": list(face.box_px),
        "person": face.person if face.is_tagged else None,
        "source": face.source if face.is_tagged else None,
    }


def _place(word: Word, file: PhotoOnDisk) -> dict[str, object]:
    size = turned_size(file.width, file.height, file.orientation)
    return {"id": word.spot.id, "box": list(box_in_pixels(to_upright(word.spot.box, file.orientation), *size))}


def _said(word: Word | None) -> dict[str, object]:
    """What a human said of a face, as far as `person` and `source` do not tell it."""
    if word is None:
        return {}
    found: dict[str, object] = {}
    if word.who is not None and word.who.name is None:
        found["group"] = word.who.group
    elif word.who is not None and (word.who.ignored or not word.is_found):
        found["called"] = word.who.name
    if word.who is not None and word.who.ignored:
        found["ignored"] = True
    return found | _refused(word)


def _refused(word: Word) -> dict[str, object]:
    """A name for who has one, a number for who is called by that of a group."""
    refused = [who.group if who.name is None else who.name for who in word.refused]
    return {"not": refused} if refused else {}
