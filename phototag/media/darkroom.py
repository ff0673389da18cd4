"""Where photos are opened: in a process of its own, so that a hostile file costs that file only.

Decoders are C code that reads whatever anybody put into a file: it may crash, hang, or take all memory. A `Darkroom`
reads a file, names its picture and decodes it; nothing else in a scan parses a photo. `Apart` has it done by a child
process with limits, `Here` does it in this one.

A child costs 0.3 s to start and 2 ms a photo, so it is kept until the process that started it ends. It guards against
accidents; it is no sandbox.
"""

from __future__ import annotations

import atexit
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from phototag.errors import PhotoError, SidecarError
from phototag.media import embedded, formats, images, sidecars
from phototag.media.child import Child, CrashError, Job, OutOfMemoryError
from phototag.media.content import content_hash
from phototag.media.markup import MAX_BYTES
from phototag.types import PhotoFile, Shown, Sidecar

DECODE_SECONDS = 15
"""For hash, metadata and pixels, on the clock, when the bytes have been read."""

DECODE_MEGABYTES = 1000
"""That a file may take besides; where more than `images.MAX_MEGAPIXELS` are allowed, more in proportion."""


@dataclass(frozen=True, slots=True, eq=False)
class Developed:
    """A file that could be read.

    Attributes:
        hash: the picture's name.
        shown: how the file shows it.
        picture: None if it was not asked for.
        seconds: step -> how long it took.
        sidecar: that was read as well.
    """

    hash: str
    shown: Shown
    picture: images.Picture | None
    seconds: Mapping[str, float]
    sidecar: Sidecar | None = None


class Darkroom(Protocol):
    """Opens photos. Goes to another process with each job, so it is small."""

    def develop(self, root: Path, file: PhotoFile, long_side: int | None) -> Developed:
        """Read a file and name its picture. Where it tells no orientation, that which its sidecar tells holds.

        Args:
            root: the library.
            file: which, as it was listed.
            long_side: pixels worth having, as for `images.decode`; None: do not decode it.

        Raises:
            TooLargeError: it is beyond a limit that may be raised.
            PhotoError: it cannot be read as a photo, and would be the same next time.
            OSError: it cannot be read now.
        """

    def develop_given(self, data: bytes, long_side: int) -> Developed:
        """Name and decode a picture that lies in no file. Raises as `develop`, but for OSError."""

    def turn(self, root: Path, sidecar: Sidecar) -> int | None:
        """The orientation that a sidecar tells, 1 to 8; None where it tells none, is broken, or is too large.

        Raises:
            OSError: it cannot be read now.
        """

    def packet(self, root: Path, file: PhotoFile) -> bytes:
        """Find the XMP in a file, without decoding it; b"" where there is none.

        Raises:
            PhotoError: the file is broken, or its XMP is too large.
            OSError: it cannot be read now.
        """


Work: TypeAlias = Callable[[PhotoFile, int | None, float, int | None, bytes], Developed]
"""`develop`, or what a test has done in its place."""


def develop(file: PhotoFile, long_side: int | None, max_megapixels: float, turn: int | None, data: bytes) -> Developed:
    """Name the picture in a file, and decode it unless `long_side` is None. Raises as `images.decode`."""
    start = time.perf_counter()
    name = content_hash(data)
    hashed = time.perf_counter()
    if long_side is None:
        picture, shown = None, images.how_shown(data, name=file.path, mtime_ns=file.mtime_ns, turn=turn)
    else:
        picture = images.decode(data, long_side, max_megapixels, name=file.path, mtime_ns=file.mtime_ns, turn=turn)
        shown = picture.shown
    return Developed(name, shown, picture, {"hash": hashed - start, "decode": time.perf_counter() - hashed})


@dataclass(frozen=True, slots=True)
class Here:
    """Opens photos in this process, without limits of time and memory: for tests and measurements."""

    max_megapixels: float = images.MAX_MEGAPIXELS

    def develop(self, root: Path, file: PhotoFile, long_side: int | None) -> Developed:
        """Read a file and name its picture."""
        turn, sidecar = _glance(self, root, file)
        return replace(develop(file, long_side, self.max_megapixels, turn, _read(root, file)), sidecar=sidecar)

    def develop_given(self, data: bytes, long_side: int) -> Developed:
        """Name and decode a picture."""
        return develop(_GIVEN, long_side, self.max_megapixels, None, data)

    def turn(self, root: Path, sidecar: Sidecar) -> int | None:
        """The orientation that a sidecar tells."""
        return _told(_read_sidecar(root, sidecar))

    def packet(self, root: Path, file: PhotoFile) -> bytes:
        """Find the XMP in a file."""
        return embedded.packet(_path(root, file))


@dataclass(frozen=True, slots=True)
class Apart:
    """Opens photos in a child process.

    A child that crashes or runs out of memory may have been left in a bad state by an earlier file, so the file is
    tried once more in a fresh one. Where one hangs it is not: that would cost the time again. A child that somebody
    else kills, such as a system without memory, says nothing about the file: the next scan tries again.

    Attributes:
        max_megapixels: larger pictures are refused before decoding.
        seconds: for a file whose bytes have been read.
        work: what is done with the bytes, a function of a module.
    """

    max_megapixels: float = images.MAX_MEGAPIXELS
    seconds: float = DECODE_SECONDS
    work: Work = develop

    @property
    def megabytes(self) -> int:
        """Memory for one file. Only Linux holds a child to it; elsewhere `max_megapixels` is the guard."""
        return round(DECODE_MEGABYTES * max(1.0, self.max_megapixels / images.MAX_MEGAPIXELS))

    def develop(self, root: Path, file: PhotoFile, long_side: int | None) -> Developed:
        """Read a file and name its picture."""
        turn, sidecar = _glance(self, root, file)
        work = partial(self.work, file, long_side, self.max_megapixels, turn)
        developed: Developed = _tried(Job(partial(_read, root, file), work, self.seconds, self.megabytes))
        return replace(developed, sidecar=sidecar)

    def develop_given(self, data: bytes, long_side: int) -> Developed:
        """Name and decode a picture."""
        work = partial(self.work, _GIVEN, long_side, self.max_megapixels, None)
        developed: Developed = _tried(Job(partial(bytes, data), work, self.seconds, self.megabytes))
        return developed

    def turn(self, root: Path, sidecar: Sidecar) -> int | None:
        """The orientation that a sidecar tells."""
        try:
            turn: int | None = _tried(Job(partial(_read_sidecar, root, sidecar), _told, self.seconds, self.megabytes))
        except PhotoError:  # it took too long, or more than there is
            return None
        return turn

    def packet(self, root: Path, file: PhotoFile) -> bytes:
        """Find the XMP in a file."""
        read = partial(embedded.gathered, _path(root, file))
        packet: bytes = _tried(Job(read, embedded.unpacked, self.seconds, self.megabytes))
        return packet


_GIVEN = PhotoFile(b"", 0, 0)
"""Stands for the file of a picture that lies in none."""


def _glance(room: Darkroom, root: Path, file: PhotoFile) -> tuple[int | None, Sidecar | None]:
    """What a photo's sidecar tells, and the sidecar; nothing of one that cannot be read now."""
    if file.sidecar is None:
        return None, None
    try:
        return room.turn(root, file.sidecar), file.sidecar
    except OSError:
        return None, None


def _told(data: bytes) -> int | None:
    try:
        return sidecars.orientation(data)
    except SidecarError:
        return None


def _read_sidecar(root: Path, sidecar: Sidecar) -> bytes:
    if sidecar.size > MAX_BYTES:
        return b""
    with _path(root, sidecar).open("rb") as file:
        data = file.read(sidecar.size + 1)
    if len(data) != sidecar.size:
        raise BlockingIOError(0, _CHANGING)
    return data


def _path(root: Path, file: PhotoFile | Sidecar) -> Path:
    return root / os.fsdecode(file.path)


def _read(root: Path, file: PhotoFile) -> bytes:
    path = _path(root, file)
    if formats.kind_of(file.path) is formats.Kind.UNNAMED:
        formats.require_picture(path)
    data = path.read_bytes()
    if len(data) != file.size:
        raise BlockingIOError(0, _CHANGING)
    return data


_CHANGING = "it was changing while it was read; the next scan will read it again"


_new_child = partial(Child, preload=__name__)

_idle: list[Child] = []
"""Children of this process that wait for a job."""


def start(children: int) -> None:
    """Start children, so that this many are ready when they are needed. Does not wait for them."""
    _idle.extend(_new_child() for _ in range(children - len(_idle)))


def close() -> None:
    """End all children that wait for a job."""
    while _idle:
        _idle.pop().end()


def _disown() -> None:
    """In a forked process: the children are the other one's."""
    while _idle:
        _idle.pop().disown()


atexit.register(close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_disown)


def _idle_child() -> Child | None:
    while _idle:
        try:
            child = _idle.pop()
        except IndexError:  # another thread took it
            break
        if child.is_alive():
            return child
        child.end()
    return None


def _tried(job: Job) -> Any:
    """Have a job done, once more if an earlier file may be to blame."""
    child = _idle_child() or _new_child()
    had_others = child.has_worked
    try:
        return _done(child, job)
    except (CrashError, OutOfMemoryError):
        if not had_others:
            raise
    return _done(_new_child(), job)


def _done(child: Child, job: Job) -> Any:
    """Have a job done, and keep the child if it is well."""
    is_well = True
    try:
        return child.do(job)
    except OutOfMemoryError:
        is_well = False
        raise
    finally:
        if is_well and child.is_alive():
            _idle.append(child)
        else:
            child.end()
