"""All that is known as one document for programs, or as a table of faces; made piece by piece."""

from __future__ import annotations

import codecs
import csv
import io
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from phototag.app.export import face_record, on_file, to_json
from phototag.core.geometry import turned_size
from phototag.core.spreadsheets import harmless
from phototag.errors import EditedError, LibraryError, UsageError
from phototag.files import replacing
from phototag.index import faces, people, photos, spaces
from phototag.index.db import Index
from phototag.index.faces import KnownFace, PhotoOnDisk
from phototag.media.formats import Kind, kind_of
from phototag.types import Shown, Source

COLUMNS = (
    *("photo", "taken", "width", "height"),
    *("face", "left", "top", "right", "bottom"),
    *("person", "source", "cluster", "distance"),
)

ROWS = 1_000
"""Rows of a table that are handed on at once."""


def json_document(index: Index, written: str) -> Iterator[bytes]:
    """One JSON document: a line for what it is of, then one for each person and each photo.

    Args:
        index: open for reading.
        written: now, ISO 8601.
    """
    space = spaces.current(index.db)
    head = {
        "library": str(index.root),
        "written": written,
        "space": None if space is None else {"engine": space.engine, "dim": space.dim, "metric": space.metric},
    }
    yield to_json(head).encode().removesuffix(b"}") + b', "people": ['
    yield from _listed(to_json(asdict(person)) for person in people.count_people(index.db))
    yield b'], "photos": ['
    yield from _listed(_photo_lines(index))
    yield b"]}\n"


def _listed(records: Iterable[str]) -> Iterator[bytes]:
    between = "\n"
    for record in records:
        yield (between + record).encode()
        between = ",\n"


def _photo_lines(index: Index) -> Iterator[str]:
    on: dict[str, list[KnownFace]] = defaultdict(list)
    for face in faces.faces(index.db):
        on[face.photo].append(face)
    shown, present = photos.how_shown(index.db), people.present(index.db)
    for file in faces.photos_on_disk(index.db):
        yield to_json(_photo(file, on.get(file.photo, ()), shown[file.path], present.get(file.photo, ())))


def _photo(file: PhotoOnDisk, found: Sequence[KnownFace], shown: Shown, present: Sequence[str]) -> dict[str, object]:
    here = sorted((on_file(file, face) for face in found), key=lambda face: (face.box, face.id))
    return {
        "photo": os.fsdecode(file.path),
        "hash": file.content,
        "copy_of": file.photo if file.is_copy else None,
        "taken": shown.taken,
        "taken_from": shown.taken_from,
        "camera": shown.camera,
        "place": None if shown.place is None else list(shown.place),
        "size": turned_size(file.width, file.height, file.orientation),
        "orientation": file.orientation,
        "people": sorted({*present, *(face.person for face in here if face.person and face.is_tagged)}),
        "faces": [face_record(face) for face in here],
    }


def csv_table(index: Index) -> Iterator[bytes]:
    """A head, and a line for each face, by path and from left to right; as UTF-8.

    Then a line without a face for everybody who is on a photo, nobody says where.

    A path that is not UTF-8 is the bytes that it is; then a mark comes first, so that nobody guesses another encoding.
    """
    taken = {path: shown.taken for path, shown in photos.how_shown(index.db).items()}
    if not all(map(_is_utf8, taken)):
        yield codecs.BOM_UTF8
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for number, face in enumerate(faces.faces(index.db), 1):
        rows.writerow(_row(face, taken[face.path]))
        if number % ROWS == 0:
            yield _emptied(text)
    rows.writerows(_present(index, taken))
    yield _emptied(text)


def _present(index: Index, taken: Mapping[bytes, str | None]) -> Iterator[list[object]]:
    waiting = people.present(index.db)
    for file in faces.photos_on_disk(index.db):
        for name in waiting.pop(file.photo, ()):
            size = turned_size(file.width, file.height, file.orientation)
            where = [harmless(os.fsdecode(file.path)), taken[file.path], *size, None, None, None, None, None]
            yield [*where, harmless(name), Source.HUMAN, None, None]


def _is_utf8(path: bytes) -> bool:
    try:
        path.decode()
    except UnicodeDecodeError:
        return False
    return True


def _emptied(text: io.StringIO) -> bytes:
    written = text.getvalue().encode("utf-8", "surrogateescape")
    text.seek(0)
    text.truncate()
    return written


def _row(face: KnownFace, taken: str | None) -> list[object]:
    """The cells of a face; None is an empty one."""
    return [
        harmless(os.fsdecode(face.path)),
        taken,
        *turned_size(face.width, face.height, face.orientation),
        face.id,
        *face.box_px,
        None if face.person is None else harmless(face.person),
        face.source,
        face.cluster,
        None if face.distance is None else f"{face.distance:.4f}",
    ]


def write_table(index: Index, chunks: Iterable[bytes], file: Path, *, replace: bool = False) -> None:
    """Write it to a file, which then is there whole or not at all.

    Args:
        index: whose photos and whose own files are never written to.
        chunks: of the table.
        file: where to.
        replace: also where there is a file; it may be one that somebody edited.

    Raises:
        UsageError: it is a folder, a photo, or in the folder of the index.
        EditedError: there is a file, and it is not to be replaced.
        LibraryError: it cannot be written; what was there is untouched.
    """
    target = Path(os.path.realpath(file))
    if target.is_symlink() or (target.exists() and not target.is_file()):
        raise UsageError(f"{file} is no file. Give one, or nothing for stdout.")
    if target.is_relative_to(index.folder.resolve()):
        raise UsageError(f"{file} is among phototag's own files. Nothing was written. Give another file.")
    if target.exists():
        if _is_photo(index, target):
            raise UsageError(f"{file} is a photo. Nothing was written. Give another file.")
        if not replace:
            raise EditedError(f"{file} is there already, and was left as it is. To replace it: --force")
    try:
        with replacing(target) as temporary, temporary.open("wb") as opened:
            opened.writelines(chunks)
    except OSError as error:
        raise LibraryError(f"Cannot write {file}: {error.strerror or error}. Nothing was changed.") from error


def _is_photo(index: Index, target: Path) -> bool:
    root = index.root.resolve()
    known = target.is_relative_to(root) and faces.is_known(index.db, os.fsencode(target.relative_to(root).as_posix()))
    return known or kind_of(os.fsencode(target.name)) in (Kind.PHOTO, Kind.RAW, Kind.VIDEO)
