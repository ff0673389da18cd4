"""What files of other programs and people say of the photos of a library, gathered for `app.intake`."""

from __future__ import annotations

import os
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from phototag.app.name import clean_name
from phototag.core.geometry import box_within, to_stored, turned_size
from phototag.core.regions import Account, Region
from phototag.errors import LibraryError, PhotoProblem, UsageError
from phototag.index import faces
from phototag.index.db import Index
from phototag.index.faces import PhotoOnDisk
from phototag.types import Box

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Gathered:
    """What there is to take in.

    Attributes:
        accounts: one for each photo, in the order in which they were read.
        problems: what could not be used; where it is no photo, the path says where it stands: "line 7".
        left_out: what was not meant to be taken in, or cannot be: how many of each kind.
    """

    accounts: tuple[Account, ...]
    problems: tuple[PhotoProblem, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)


class Gathering:
    """Gathers photo by photo.

    Attributes:
        problems: as in Gathered.
        left_out: likewise.
    """

    def __init__(self) -> None:
        self.problems: list[PhotoProblem] = []
        self.left_out: Counter[str] = Counter()
        self._regions: dict[bytes, list[Region]] = {}
        self._people: dict[bytes, list[str]] = defaultdict(list)
        self._refused: dict[bytes, list[Region]] = defaultdict(list)
        self._no_faces: dict[bytes, list[Box]] = defaultdict(list)

    def region(self, path: bytes, region: Region) -> None:
        """Somebody's face is here on a photo."""
        self._regions.setdefault(path, []).append(region)

    def on_it(self, path: bytes, name: str) -> None:
        """Somebody is on a photo, nobody knows where."""
        self._regions.setdefault(path, [])
        self._people[path].append(name)

    def refused(self, path: bytes, region: Region) -> None:
        """The face that is here is not somebody's."""
        self._regions.setdefault(path, [])
        self._refused[path].append(region)

    def no_face(self, path: bytes, box: Box) -> None:
        """What is here is no face."""
        self._regions.setdefault(path, [])
        self._no_faces[path].append(box)

    def problem(self, where: str, reason: str) -> None:
        """Something could not be used."""
        self.problems.append(PhotoProblem(os.fsencode(where), reason))

    @property
    def gathered(self) -> Gathered:
        """All of it; what was said twice, once."""
        accounts = tuple(
            Account(
                path, _once(regions), _once(self._people[path]), _once(self._refused[path]), _once(self._no_faces[path])
            )
            for path, regions in self._regions.items()
        )
        return Gathered(accounts, tuple(self.problems), dict(self.left_out))


class NoNameError(ValueError):
    """Nobody can be called so; the message says why."""


class Shelf:
    """The photos of a library, to be found by what others call them."""

    def __init__(self, index: Index) -> None:
        """Look all photos up.

        Args:
            index: open.
        """
        self._roots = [f"{root.as_posix().rstrip('/')}/" for root in (index.root, index.root.resolve())]
        self._files = {file.path: file for file in faces.photos_on_disk(index.db)}
        self._spelled: dict[str, list[PhotoOnDisk]] | None = None

    @property
    def files(self) -> Iterable[PhotoOnDisk]:
        """All of them, sorted by path."""
        return self._files.values()

    def find(self, path: bytes) -> PhotoOnDisk | None:
        """The photo of this path, relative to the library; else the only one of the same letters in other capitals.

        Umlauts may be written in two ways: as macOS does, and as all others do.
        """
        if path in self._files:
            return self._files[path]
        if self._spelled is None:
            self._spelled = defaultdict(list)
            for known, file in self._files.items():
                self._spelled[_letters(known)].append(file)
        alike = self._spelled.get(_letters(path), [])
        return alike[0] if len(alike) == 1 else None

    def find_typed(self, text: str) -> PhotoOnDisk | None:
        """The photo that a person means: relative to the library, or on the disk; with slashes of either kind."""
        for spelled in dict.fromkeys((text, text.replace("\\", "/"))):
            found = self.find(os.fsencode(self._within(spelled)))
            if found is not None:
                return found
        return None

    def _within(self, text: str) -> str:
        for root in self._roots:
            if text.startswith(root):
                return text[len(root) :]
        return text.removeprefix("./")


def as_name(text: str) -> str:
    """A name as it will be kept.

    Raises:
        NoNameError: it is none.
    """
    try:
        return clean_name(text)
    except UsageError as error:
        raise NoNameError(str(error).partition(" Nothing was changed")[0]) from error


def stored_box(edges: tuple[float, float, float, float], size: tuple[float, float], orientation: int) -> Box:
    """A box in pixels of an upright image as fractions of the stored picture.

    Args:
        edges: left, top, right, bottom.
        size: width and height of the upright image.
        orientation: EXIF's, which makes the stored picture upright.
    """
    (left, top, right, bottom), (width, height) = edges, size
    return to_stored(box_within(left / width, top / height, right / width, bottom / height), orientation)


def upright_size(file: PhotoOnDisk) -> tuple[int, int]:
    """Width and height of the picture in a file, in pixels, upright."""
    return turned_size(file.width, file.height, file.orientation)


def read_foreign(path: Path, largest: int, what: str) -> bytes:
    """The bytes of a file that somebody gave.

    Args:
        path: of the file.
        largest: that it may be, in bytes.
        what: it should be, with how to get one.

    Raises:
        UsageError: there is no such file, or it is too large to be that.
        LibraryError: it cannot be read.
    """
    require_foreign(path, what)
    try:
        if path.stat().st_size > largest:
            raise UsageError(f"{path} has more than {largest >> 20:,} MB. Give {what}.")
        return path.read_bytes()
    except OSError as error:
        raise LibraryError(
            f"Cannot read {path}: {error.strerror}. May you read it? Then run the same again."
        ) from error


def require_foreign(path: Path, what: str) -> None:
    """Refuse what is no file.

    Raises:
        UsageError: there is none.
    """
    if not path.is_file():
        is_what = "is not there" if not path.exists() else "is a folder" if path.is_dir() else "is no file"
        raise UsageError(f"{path} {is_what}. Give {what}.")


def _letters(path: bytes) -> str:
    return unicodedata.normalize("NFC", os.fsdecode(path)).casefold()


def _once(said: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(said))
