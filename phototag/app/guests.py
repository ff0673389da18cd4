"""Photos that need not lie in a library: found in what a person gives, opened, and looked at."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from phototag.app.analyse import Seen, describe, run_bounded
from phototag.app.scan import Workshop
from phototag.core.vectors import require_space
from phototag.errors import PhotoError, PhotoProblem, TooLargeError, UnknownError, UsageError
from phototag.media.darkroom import Darkroom
from phototag.media.formats import Kind, kind_of
from phototag.media.images import Picture
from phototag.types import Engine, PhotoFile, Space

T = TypeVar("T")

WAITING_PER_WORKER = 4
"""Photos handed out ahead of the workers, as in a scan."""


@dataclass(frozen=True, slots=True, eq=False)
class Guest:
    """A photo that was looked at.

    Attributes:
        picture: its pixels, upright.
        seen: the faces on it.
    """

    picture: Picture
    seen: Seen


@dataclass(frozen=True, slots=True)
class Eye:
    """Looks at photos; goes to another process with each job, so it is small.

    Attributes:
        engine: finds and describes faces.
        darkroom: opens photos.
    """

    engine: Engine
    darkroom: Darkroom

    def look(self, path: Path) -> Guest | PhotoProblem:
        """Look at a file; one that cannot be used is a problem."""
        try:
            file = PhotoFile(os.fsencode(path.name), path.stat().st_size, path.stat().st_mtime_ns)
            developed = self.darkroom.develop(path.parent, file, self.engine.long_side)
        except (PhotoError, OSError) as error:
            return PhotoProblem(os.fsencode(path), reason(error))
        assert developed.picture is not None
        return Guest(developed.picture, describe(self.engine, developed.hash, developed.picture))

    def look_at(self, data: bytes) -> Guest:
        """Look at a photo that lies in no file.

        Raises:
            UsageError: it cannot be used.
        """
        try:
            developed = self.darkroom.develop_given(data, self.engine.long_side)
        except PhotoError as error:
            raise UsageError(f"That photo cannot be used. {reason(error)}") from error
        assert developed.picture is not None
        return Guest(developed.picture, describe(self.engine, developed.hash, developed.picture))


def reason(error: Exception) -> str:
    """Why a file cannot be used, in a sentence."""
    if isinstance(error, TooLargeError):
        return f"{error} A higher limit: --max-megapixels N"
    if isinstance(error, PhotoError):
        return str(error)
    return f"The file cannot be read: {getattr(error, 'strerror', None) or error}."


def open_eye(shop: Workshop, space: Space | None) -> Eye:
    """What looks at photos as those of the index were looked at.

    Raises:
        EngineError: the engine cannot be loaded, or it describes faces in another way than those of the index.
    """
    engine = shop.open_engine(shop.engine or (space.choice if space else None))
    if space is not None:
        require_space(space, engine.space)
    return Eye(engine, shop.darkroom)


def each(shop: Workshop, eye: Eye, work: Callable[[Eye, Path], T], paths: Sequence[Path]) -> Iterator[tuple[Path, T]]:
    """Do some work on each photo, several at once; in whatever order it is done.

    Args:
        shop: what to work with.
        eye: for the work.
        work: a function of a module; never raises for a bad photo.
        paths: of the photos.
    """
    with shop.open_executor(shop.workers, len(paths)) as executor:
        done = run_bounded(executor, partial(_named, eye, work), paths, shop.workers * WAITING_PER_WORKER)
        yield from shop.progress(done, label="Finding faces", total=len(paths), unit="photo")


def _named(eye: Eye, work: Callable[[Eye, Path], T], path: Path) -> tuple[Path, T]:
    return path, work(eye, path)


def photos_at(paths: Sequence[Path]) -> list[Path]:
    """The photos that are meant by files and folders; a folder stands for those that lie directly in it.

    Raises:
        UnknownError: one of them is not there.
        UsageError: there are none, or a folder cannot be listed.
    """
    found = [photo for path in paths for photo in (photos_in(path) if path.is_dir() else [path])]
    require_photos(found, paths)
    return found


def require_photos(found: Sequence[Path], paths: Sequence[Path]) -> None:
    """Refuse to go on with photos that are not there, or with none.

    Raises:
        UnknownError: one of them is not there.
        UsageError: nothing was found at the paths.
    """
    for photo in found:
        if not photo.is_file():
            raise UnknownError(f"There is no photo {photo}. Nothing was done.")
    if not found:
        raise UsageError(f"There are no photos in {', '.join(map(str, paths))}. Nothing was done.")


def photos_in(folder: Path) -> list[Path]:
    """The photos that lie directly in a folder, sorted by name; nothing hidden.

    Raises:
        UsageError: it cannot be listed.
    """
    try:
        found = [Path(entry.path) for entry in os.scandir(folder) if entry.is_file() and is_photo(entry.name)]
    except OSError as error:
        raise UsageError(f"Cannot look into {folder}: {error.strerror}.") from error
    return sorted(found)


def is_photo(name: str) -> bool:
    """Whether a file may be a photo, by its name."""
    return not name.startswith(".") and kind_of(os.fsencode(name)) in (Kind.PHOTO, Kind.RAW)
