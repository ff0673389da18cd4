"""One photo: from a file to its faces. This is what workers do; they get values and return values."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from phototag.core.geometry import face_ids, to_stored, turned_size
from phototag.core.landmarks import points_in_pixels
from phototag.core.quality import quality
from phototag.errors import EngineError, NotAPhotoError, PhotoError, PhototagError, TooLargeError
from phototag.media import crops, images
from phototag.media.darkroom import Darkroom
from phototag.types import Box, Detection, Engine, Face, Photo, PhotoFile, Shown

if TYPE_CHECKING:
    from phototag.types import Chips, Vectors

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """A photo that could be read.

    Attributes:
        file: where it was read from.
        shown: how that file shows it.
        photo: what it is.
        faces: all that were found.
        vectors: (n, dim), one for each face, in order.
        crops: a small picture of each face, in order; b"" where the photo has more pixels than were decoded, and the
            face needs them.
        seconds: how long each step took.
    """

    file: PhotoFile
    shown: Shown
    photo: Photo
    faces: tuple[Face, ...]
    vectors: Vectors
    crops: tuple[bytes, ...]
    seconds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that could not be used.

    Attributes:
        file: which.
        reason: a sentence for a person; None if the file is not there any more.
        lasting: whether it would be the same next time, as long as the file does not change.
        is_photo: false where its content says that it is none, which is no problem.
        is_beyond_limit: it may be read with a higher limit, and what was found on it with one still holds.
    """

    file: PhotoFile
    reason: str | None
    lasting: bool = True
    is_photo: bool = True
    is_beyond_limit: bool = False


@dataclass(frozen=True, slots=True)
class Hashed:
    """A file of which only the picture's hash was taken, and how it shows it."""

    file: PhotoFile
    hash: str
    shown: Shown


Outcome: TypeAlias = Analysis | Hashed | Unreadable


@dataclass(frozen=True, slots=True)
class Worker:
    """What a worker needs to know; goes to another process with each job, so it is small.

    Attributes:
        engine: finds and describes faces; pickles as its name.
        root: the library.
        darkroom: opens its photos.
    """

    engine: Engine
    root: Path
    darkroom: Darkroom

    def analyse(self, file: PhotoFile) -> Outcome:
        """Read a photo and find and describe its faces. Never raises for a bad photo."""
        return _guarded(file, self._faces)

    def hash(self, file: PhotoFile) -> Outcome:
        """Read a file and name its picture, without decoding it. Never raises for a bad photo."""
        return _guarded(file, self._hashed)

    def _hashed(self, file: PhotoFile) -> Hashed:
        developed = self.darkroom.develop(self.root, file, None)
        return Hashed(replace(file, sidecar=developed.sidecar), developed.hash, developed.shown)

    def _faces(self, file: PhotoFile) -> Analysis:
        timer = StepTimer()
        start = time.perf_counter()
        developed = self.darkroom.develop(self.root, file, self.engine.long_side)
        picture = developed.picture
        assert picture is not None
        timer.seconds.update(developed.seconds)
        timer.seconds["read"] = time.perf_counter() - start - sum(developed.seconds.values())
        seen = describe(self.engine, developed.hash, picture, timer)
        cut = timer.time("crop", lambda: tuple(_crop(picture, detection.box) for detection in seen.detections))
        read = replace(file, sidecar=developed.sidecar)
        return Analysis(read, picture.shown, seen.photo, seen.faces, seen.vectors, cut, dict(timer.seconds))


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What an engine sees on a picture.

    Attributes:
        photo: what it is.
        detections: all faces, as fractions of the upright picture.
        faces: the same, in order, as the index keeps them.
        vectors: (n, dim), one for each face, in order.
    """

    photo: Photo
    detections: tuple[Detection, ...]
    faces: tuple[Face, ...]
    vectors: Vectors


def describe(engine: Engine, name: str, picture: images.Picture, timer: StepTimer | None = None) -> Seen:
    """Find and describe the faces of a picture; `name` is its hash."""
    timer = timer or StepTimer()
    found = timer.time("detect", lambda: engine.detect(picture.pixels))
    chips = timer.time("align", lambda: engine.align(picture.pixels, found))
    faces = timer.time("judge", lambda: _judged(name, picture, found, chips))
    vectors = timer.time("describe", lambda: engine.embed(chips))
    orientation = picture.shown.orientation
    photo = Photo(name, *turned_size(picture.width, picture.height, orientation), orientation, picture.look)
    return Seen(photo, tuple(found), tuple(faces), vectors)


class StepTimer:
    """Adds up how long named steps take.

    Attributes:
        seconds: step -> seconds so far.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    def time(self, step: str, work: Callable[[], T]) -> T:
        """Do the work and return what it returns."""
        start = time.perf_counter()
        try:
            return work()
        finally:
            self.seconds[step] += time.perf_counter() - start


def _guarded(file: PhotoFile, work: Callable[[PhotoFile], Outcome]) -> Outcome:
    try:
        return work(file)
    except FileNotFoundError:
        return Unreadable(file, None)
    except OSError as error:
        return Unreadable(file, f"The file cannot be read: {error.strerror or error}.", lasting=False)
    except TooLargeError as error:
        return Unreadable(file, str(error), lasting=False, is_beyond_limit=True)
    except PhotoError as error:
        return Unreadable(file, str(error), is_photo=not isinstance(error, NotAPhotoError))
    except PhototagError:
        raise
    except Exception as error:  # whatever one photo does to us, the others are still to be read
        reason = f"phototag could not cope with this photo ({type(error).__name__}: {error})."
        return Unreadable(file, reason, lasting=False)


def _judged(name: str, picture: images.Picture, found: Sequence[Detection], chips: Chips) -> list[Face]:
    judged = quality(
        [(d.box.right - d.box.left) * picture.width for d in found],
        [d.score for d in found],
        chips,
        [points_in_pixels(d.landmarks, picture.width, picture.height) for d in found],
    )
    stored = [to_stored(d.box, picture.shown.orientation) for d in found]
    return [
        Face(id_, name, box, d.score, q, d.landmarks)
        for id_, box, d, q in zip(face_ids(name, stored), stored, found, judged, strict=True)
    ]


def _crop(picture: images.Picture, box: Box) -> bytes:
    is_whole = picture.pixels.shape[1] == picture.width
    is_sharp = is_whole or crops.crop_side(picture.pixels, box) >= crops.SHARP_SIDE
    return crops.face_crop(picture.pixels, box) if is_sharp else b""


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
