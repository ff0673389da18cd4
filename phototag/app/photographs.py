"""Photos one by one, as somebody who looks at them sees them: by the picture, wherever its files lie."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from phototag.app.export import on_file
from phototag.app.find import find_photos
from phototag.app.known import FaceQuery, face_filter
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


class Roll(Protocol):
    """Pictures in the order of their paths, each once; looked up as long as the index is open."""

    @property
    def query(self) -> str | None:
        """That they fit, as it was understood; None for all that there are."""

    def __len__(self) -> int:
        """How many."""

    def some(self, start: int, stop: int) -> list[Entry]:
        """Those from one place in the order to another, without that of `stop`."""

    def beside(self, photo: str) -> tuple[str | None, str | None]:
        """The ids of the pictures before and after one; None at an end, and both if it is not among them."""


@dataclass(frozen=True, slots=True)
class _All:
    """Every picture that there is."""

    index: Index
    query: str | None = None

    def __len__(self) -> int:
        return self.index.once(photos.count_pictures)

    def some(self, start: int, stop: int) -> list[Entry]:
        return [Entry(photo, path) for path, photo in photos.pictures(self.index.db, stop - start, start)]

    def beside(self, photo: str) -> tuple[str | None, str | None]:
        return photos.beside(self.index.db, photo)


@dataclass(frozen=True, slots=True)
class _Found:
    """Pictures that were found, by the first of the paths that were found of each."""

    index: Index
    query: str | None
    paths: Sequence[bytes]

    def __len__(self) -> int:
        return len(self.paths)

    def some(self, start: int, stop: int) -> list[Entry]:
        paths = self.paths[start:stop]
        of = photos.contents(self.index.db, paths)
        return [Entry(of[path], path) for path in paths]

    def beside(self, photo: str) -> tuple[str | None, str | None]:
        found = set(self.paths)
        own = [file.path for file in photos.holding(self.index.db, photo) if file.path in found]
        if not own:
            return None, None
        at = self.paths.index(own[0])
        before, after = self.some(at - 1, at) if at else [], self.some(at + 1, at + 2)
        return before[0].id if before else None, after[0].id if after else None


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
    return _All(index)


def found_photos(index: Index, query: str) -> Roll:
    """The pictures that fit a query.

    Raises:
        WrongQueryError: it is none, or nobody has a name in it.
    """
    found = find_photos(index, query)
    return _Found(index, found.query, _once(found.paths, index))


def _once(paths: Sequence[bytes], index: Index) -> list[bytes]:
    """Of sorted paths the first of each picture."""
    again = index.once(photos.shared)
    met: set[str] = set()
    first = []
    for path in paths:
        photo = again.get(path)
        if photo is None or photo not in met:
            first.append(path)
        if photo is not None:
            met.add(photo)
    return first


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


def faces_of(index: Index, photo: str, query: FaceQuery | None = None) -> list[KnownFace]:
    """The faces on a picture, from left to right; only those that fit a query, if there is one.

    Raises:
        UnknownError: no file of the library holds it, or nobody has the name, or there is no such group.
    """
    found = photograph(index, photo)
    if query is None:
        return list(found.faces)
    wanted = replace(face_filter(index, query), path=found.paths[0])
    ids = {face.id for face in faces.faces(index.db, wanted)}
    return [face for face in found.faces if face.id in ids]


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
    return photos.contents(index.db, paths)


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
