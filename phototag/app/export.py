"""What is known, written for other programs."""

from __future__ import annotations

import hashlib
import json
import os
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from phototag.core.geometry import box_in_pixels, to_upright, turned_size
from phototag.errors import LibraryError
from phototag.files import replace_file
from phototag.index import faces, people, words
from phototag.index.backups import keep_copy
from phototag.index.db import EXPORTED, Index, get_meta, set_meta, transaction
from phototag.index.faces import Filter, KnownFace, PhotoOnDisk
from phototag.index.words import Word

TAGS = "tags.jsonl"
_WORDS = re.compile(
    rb'"(source"\s*:\s*"human"|(not_faces|waiting|collage|not|ignored|group|present(_ignored)?|drawn)"\s*:)'
)

FORM = b"4\n"
"""Of a line. Raise it when lines look otherwise, so that those of an older phototag are written anew."""


def write_tags(index: Index) -> bool:
    """Write tags.jsonl, one line a photo file, sorted by path; say whether anything in it changed.

    If somebody else changed it meanwhile, theirs is kept as tags-edited-N.jsonl.

    Raises:
        LibraryError: it cannot be written; the old one is untouched, and the index has everything.
    """
    path = index.folder / TAGS
    try:
        former = path.read_bytes() if path.is_file() else None
        stale, left = faces.stale_paths(index.db), get_meta(index.db, EXPORTED)
        as_left = former is not None and left == _digest(former)
        if former is None or not as_left:
            current = b"".join(tag_lines(index))
        elif stale:
            current = _patched(index, former, stale)
        else:
            return False
        if current != former:
            if left and not as_left:
                keep_copy(path, "edited")
            replace_file(path, current)
    except OSError as error:
        raise LibraryError(
            f"Cannot write {path}: {error.strerror}. What you said is safe in the index; "
            "free some space and run: phototag scan DIR"
        ) from error
    _remember(index, current)
    return current != former


def _patched(index: Index, former: bytes, stale: Sequence[bytes]) -> bytes:
    """The file as it was left, with those lines made anew that are out of date."""
    fresh = _lines(
        faces.faces(index.db, Filter(stale=True)),
        faces.photos_on_disk(index.db, stale=True),
        words.by_photo(index.db, stale=True),
        _Present(index),
    )
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


def tag_lines(index: Index) -> list[bytes]:
    """The lines of tags.jsonl, as the index has it now."""
    found, files, said = faces.faces(index.db), faces.photos_on_disk(index.db), words.by_photo(index.db)
    return list(_lines(found, files, said, _Present(index)).values())


def is_as_left(index: Index) -> bool:
    """Whether tags.jsonl is as this index wrote it last, and not edited by hand."""
    path = index.folder / TAGS
    return path.is_file() and get_meta(index.db, EXPORTED) == _digest(path.read_bytes())


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


def face_record(face: KnownFace) -> dict[str, object]:
    """All that is known of a face, without the photo that it is on, as `phototag faces --json` prints it."""
    return {
        "id": face.id,
        "box": list(face.box_px),
        "score": round(face.score, 4),
        "quality": face.quality,
        "cluster": face.cluster,
        "person": face.person if face.is_tagged else None,
        "suggestion": None if face.is_tagged else face.person,
        "source": face.source,
        "distance": None if face.distance is None else round(face.distance, 4),
        "runner_up": None if face.runner_up is None else [face.runner_up[0], round(face.runner_up[1], 4)],
        "ignored": face.ignored,
        "drawn": face.is_drawn,
    }


class _Present:
    """Who is on photos without a place."""

    def __init__(self, index: Index) -> None:
        self._named, self._ignored = people.present(index.db), people.present_unheard(index.db)

    def named(self, file: PhotoOnDisk) -> list[str]:
        """Names, sorted, of those who are heard of."""
        return self._named.get(file.photo, [])

    def ignored(self, file: PhotoOnDisk) -> list[str]:
        """Names, sorted, of those who are ignored."""
        return self._ignored.get(file.photo, [])


def _lines(
    found: Sequence[KnownFace],
    files: Sequence[PhotoOnDisk],
    said: Mapping[str, Sequence[Word]],
    present: _Present,
) -> dict[bytes, bytes]:
    """Path -> line, in the order of the files."""
    by_photo: dict[str, list[KnownFace]] = defaultdict(list)
    for face in found:
        by_photo[face.photo].append(face)
    return {file.path: _line(file, by_photo[file.photo], said, present) for file in files}


def _line(
    file: PhotoOnDisk, found: Sequence[KnownFace], words: Mapping[str, Sequence[Word]], present: _Present
) -> bytes:
    said = words.get(file.photo, ())
    here = [on_file(file, face) for face in found]
    of = {word.spot.id: word for word in said}
    shown = [_face(face) | _said(of.get(face.id)) for face in sorted(here, key=lambda face: (face.box, face.id))]
    names = sorted({*present.named(file), *(face.person for face in found if face.person and face.is_tagged)})
    record: dict[str, object] = {
        "photo": os.fsdecode(file.path),
        "hash": file.content,
        "taken": file.taken,
        "size": turned_size(file.width, file.height, file.orientation),
        "orientation": file.orientation,
        "people": names,
        "faces": shown,
    }
    own = words.get(file.content, ()) if file.is_copy else ()  # what found no face on the picture that it is a copy of
    none = [_place(word, file) | _refused(word) for word in said if not word.is_face]
    none += [_place(word, file, own=True) | _refused(word) for word in own if not word.is_face]
    lost = [_place(word, file) | _said(word) for word in said if word.is_face and not word.is_found]
    lost += [_place(word, file, own=True) | _said(word) for word in own if word.is_face]
    copy_of = file.photo if file.is_copy else None
    more = {
        "copy_of": copy_of,
        "present": present.named(file),
        "present_ignored": present.ignored(file),
        "not_faces": none,
        "waiting": lost,
        "collage": bool(file.is_collage),
    }
    return to_json(record | {key: value for key, value in more.items() if value}).encode() + b"\n"


def on_file(file: PhotoOnDisk, face: KnownFace) -> KnownFace:
    """A face as it is in this file, which may show the picture turned otherwise, or hold a copy of it."""
    if file.is_copy:
        place, size = file.here(face.stored_box), (file.width, file.height)
        return replace(face, orientation=file.orientation, stored_box=place, width=size[0], height=size[1])
    return face if face.orientation == file.orientation else replace(face, orientation=file.orientation)


def _face(face: KnownFace) -> dict[str, object]:
    return {
        "id": face.id,
        "box": list(face.box_px),
        "person": face.person if face.is_tagged else None,
        "source": face.source if face.is_tagged else None,
    } | ({"drawn": True} if face.is_drawn else {})


def _place(word: Word, file: PhotoOnDisk, *, own: bool = False) -> dict[str, object]:
    """Where something was said: of the picture that the file counts as, or of the copy in it alone."""
    size = turned_size(file.width, file.height, file.orientation)
    box = word.spot.box if own else file.here(word.spot.box)
    place: dict[str, object] = {
        "id": word.spot.id,
        "box": list(box_in_pixels(to_upright(box, file.orientation), *size)),
    }
    return place | ({"copy_only": True} if own else {})


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
