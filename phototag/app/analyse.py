"""One photo: from a file to its faces. This is what workers do; they get values and return values."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from phototag.core.geometry import face_ids, points_in_pixels
from phototag.core.quality import quality
from phototag.errors import EngineError, PhotoError
from phototag.media import images
from phototag.media.content import content_hash
from phototag.types import Engine, Face, Photo, PhotoFile

if TYPE_CHECKING:
    from phototag.types import Vectors

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """A photo that could be read.

    Attributes:
        file: where it was read from.
        photo: what it is.
        faces: all that were found.
        vectors: (n, dim), one for each face, in order.
    """

    file: PhotoFile
    photo: Photo
    faces: tuple[Face, ...]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that could not be used, and why; `reason` is None if it is not there any more."""

    file: PhotoFile
    reason: str | None


@dataclass(frozen=True, slots=True)
class Hashed:
    """A file of which only the picture's hash was taken."""

    file: PhotoFile
    hash: str


Outcome: TypeAlias = Analysis | Hashed | Unreadable


@dataclass(frozen=True, slots=True)
class Worker:
    """What a worker needs to know; goes to another process with each job, so it is small.

    Attributes:
        engine: finds and describes faces; pickles as its name.
        root: the library.
    """

    engine: Engine
    root: Path

    def analyse(self, file: PhotoFile) -> Outcome:
        """Read a photo and find and describe its faces. Never raises for a bad photo."""
        return self._guarded(file, self._faces)

    def hash(self, file: PhotoFile) -> Outcome:
        """Read a file and name its picture, without decoding it. Never raises for a bad photo."""
        return self._guarded(file, _hashed)

    def _guarded(self, file: PhotoFile, use: Callable[[PhotoFile, bytes], Outcome]) -> Outcome:
        try:
            return use(file, self._read(file))
        except FileNotFoundError:
            return Unreadable(file, None)
        except OSError as error:
            return Unreadable(file, f"The file cannot be read: {error.strerror or error}.")
        except PhotoError as error:
            return Unreadable(file, str(error))

    def _read(self, file: PhotoFile) -> bytes:
        data = Path(os.fsdecode(os.path.join(os.fsencode(self.root), file.path))).read_bytes()
        if len(data) != file.size:
            raise PhotoError("The file was changing while it was read. The next scan will read it again.")
        return data

    def _faces(self, file: PhotoFile, data: bytes) -> Analysis:
        picture = images.decode(data, self.engine.long_side)
        photo = Photo(content_hash(data), picture.width, picture.height, picture.taken)
        found = self.engine.detect(picture.pixels)
        chips = self.engine.align(picture.pixels, found)
        judged = quality(
            [(d.box.right - d.box.left) * photo.width for d in found],
            [d.score for d in found],
            chips,
            [points_in_pixels(d.landmarks, photo.width, photo.height) for d in found],
        )
        ids = face_ids(photo.hash, [d.box for d in found])
        faces = [
            Face(id_, photo.hash, d.box, d.score, q, d.landmarks) for id_, d, q in zip(ids, found, judged, strict=True)
        ]
        return Analysis(file, photo, tuple(faces), self.engine.embed(chips))


def _hashed(file: PhotoFile, data: bytes) -> Hashed:
    return Hashed(file, content_hash(data))


def run_bounded(executor: Executor, work: Callable[[T], R], items: Iterable[T], most: int) -> Iterator[R]:
    """Like `executor.map`, but results come as they are done, and at most `most` items wait or run at a time.

    When the caller stops early, what has not started is cancelled.
    """
    pending: set[Future[R]] = set()
    try:
        for item in items:
            pending.add(executor.submit(work, item))
            if len(pending) >= most:
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        while pending:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)
    except BrokenExecutor as error:
        raise EngineError(
            "A worker ended unexpectedly; was it out of memory? Nothing is lost. Run the same command again, "
            "with fewer workers: --workers 1"
        ) from error
    finally:
        for future in pending:
            future.cancel()
