"""Photos one by one, as somebody who looks at them sees them: by the picture, wherever its files lie."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from phototag.app.export import on_file
from phototag.app.find import find_photos
from phototag.core.geometry import turned_size
from phototag.errors import LibraryError, UnknownError
from phototag.index import faces, people, photos
from phototag.index.db import Index
from phototag.index.faces import Filter, KnownFace, PhotoOnDisk
from phototag.types import PhotoFile, Shown


@dataclass(frozen=True, slots=True)
class Entry:
    """A picture in a list.

    Attributes:
        id: its hash: 32 hex digits, the same wherever its files lie and whatever they are called.
        path: of the first of the files that hold it, relative to the library.
    """

    id: str
    path: bytes


@dataclass(frozen=True, slots=True)
class Roll:
    """Pictures in the order of their paths, each once.

    Attributes:
        query: that they fit, as it was understood; None for all that there are.
        entries: the pictures.
    """

    query: str | None
    entries: Sequence[Entry]

    def beside(self, photo: str) -> tuple[str | None, str | None]:
        """The ids of the pictures before and after one; None at an end, and both if it is not among them."""
        ids = [entry.id for entry in self.entries]
        if photo not in ids:
            return None, None
        at = ids.index(photo)
        return ids[at - 1] if at else None, ids[at + 1] if at + 1 < len(ids) else None


@dataclass(frozen=True, slots=True)
class Photograph:
    """All that is known of one picture.

    Attributes:
        id: its hash.
        paths: of all files that hold it, bit by bit, sorted.
        copy_of: the picture that it is a copy of, or None.
        width, height: of the upright picture, in pixels.
        shown: when, where and by what it was taken.
        faces: on it, from left to right, in this picture's pixels.
        present: who is on it, nobody says where.
        is_collage: whether it may show one person more than once.
    """

    id: str
    paths: tuple[bytes, ...]
    copy_of: str | None
    width: int
    height: int
    shown: Shown
    faces: tuple[KnownFace, ...]
    present: tuple[str, ...]
    is_collage: bool

    @property
    def people(self) -> list[str]:
        """Who is on it, by a face or without, sorted."""
        return sorted({*self.present, *(face.person for face in self.faces if face.person and face.is_tagged)})


def all_photos(index: Index) -> Roll:
    """Every picture that the last scan saw."""
    return Roll(None, _once(photos.contents(index.db), index))


def found_photos(index: Index, query: str) -> Roll:
    """The pictures that fit a query.

    Raises:
        WrongQueryError: it is none, or nobody has a name in it.
    """
    found = find_photos(index, query)
    return Roll(found.query, _once(found.paths, index))


def _once(paths: Iterable[bytes], index: Index) -> list[Entry]:
    contents = photos.contents(index.db)
    entries: dict[str, Entry] = {}
    for path in sorted(paths):
        entries.setdefault(contents[path], Entry(contents[path], path))
    return list(entries.values())


def photograph(index: Index, photo: str) -> Photograph:
    """Look one picture up.

    Raises:
        UnknownError: no file of the library holds it.
    """
    paths = tuple(file.path for file in _files(index, photo))
    file = faces.photos_on_disk(index.db, path=paths[0])[0]
    return Photograph(
        id=photo,
        paths=paths,
        copy_of=file.photo if file.is_copy else None,
        width=turned_size(file.width, file.height, file.orientation)[0],
        height=turned_size(file.width, file.height, file.orientation)[1],
        shown=photos.shown_at(index.db, file.path),
        faces=_faces(index, file),
        present=tuple(people.present(index.db).get(file.photo, ())),
        is_collage=bool(file.is_collage),
    )


def _faces(index: Index, file: PhotoOnDisk) -> tuple[KnownFace, ...]:
    found = (on_file(file, face) for face in faces.faces(index.db, Filter(path=file.path)))
    return tuple(sorted(found, key=lambda face: (face.box, face.id)))


def faces_of(index: Index, photo: str) -> list[KnownFace]:
    """The faces on a picture, from left to right.

    Raises:
        UnknownError: no file of the library holds it.
    """
    return list(photograph(index, photo).faces)


def path_of(index: Index, photo: str) -> bytes:
    """The path of the first file that holds a picture.

    Raises:
        UnknownError: no file of the library holds it.
    """
    return _files(index, photo)[0].path


def photo_of(index: Index, face: KnownFace) -> str:
    """The id of the picture in the file that a face is shown of."""
    known = photos.picture_at(index.db, face.path)
    return face.photo if known is None else known[0]


def ids_at(index: Index, paths: Iterable[bytes]) -> Mapping[bytes, str]:
    """Paths of files -> ids of the pictures in them."""
    contents = photos.contents(index.db)
    return {path: contents[path] for path in paths}


def original(index: Index, photo: str) -> tuple[Path, bytes]:
    """A file that holds a picture as the last scan saw it: where it is on the disk, and its path in the library.

    Raises:
        UnknownError: no file of the library holds it.
        LibraryError: no such file is there now, or it has changed since.
    """
    for file in _files(index, photo):
        place = index.root / os.fsdecode(file.path)
        if _is_as_it_was(place, file):
            return place, file.path
    raise LibraryError("The file is not there any more, or has changed since the last scan. Scan again: phototag scan")


def _is_as_it_was(place: Path, file: PhotoFile) -> bool:
    """By its size, and by its time where that is remembered."""
    try:
        facts = place.stat()
    except OSError:
        return False
    if not stat.S_ISREG(facts.st_mode):
        return False
    return facts.st_size == file.size and file.mtime_ns in (facts.st_mtime_ns, photos.NEVER)


def _files(index: Index, photo: str) -> list[PhotoFile]:
    found = photos.holding(index.db, photo)
    if not found:
        raise UnknownError(f"There is no photo {photo!r}.")
    return found
