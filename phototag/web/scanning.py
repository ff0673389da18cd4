"""What takes long, a scan, a map or training, for a request that does not wait for it: in a process of its own."""

from __future__ import annotations

import multiprocessing
import signal
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol, TypeAlias, TypeVar

from phototag import wiring
from phototag.app import disk, facemap
from phototag.app.facemap import Layout
from phototag.app.scan import ScanReport, scan
from phototag.app.train import Comparison, compare, keep, train, verdict
from phototag.errors import PhototagError, StoppedError
from phototag.settings import Settings
from phototag.workshop import workshop

T = TypeVar("T")

TOLD_S = 0.1
"""How often is told how far it is."""

STOPPED = "Stopped. Nothing is lost."

GRACE_S = 10.0
"""How long a scan that is to stop has to come to the end of a step; an index is whole even if it is killed."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far a scan is.

    Attributes:
        label: what it does now.
        done: how many of the items below.
        total: how many there are.
        unit: of what.
    """

    label: str = ""
    done: int = 0
    total: int = 0
    unit: str = ""


Tell: TypeAlias = Callable[[Step], None]


class Scan(Protocol):
    """Brings a library's index up to date."""

    def __call__(self, settings: Settings, force: bool, tell: Tell, stop: threading.Event) -> ScanReport:
        """Scan, telling how far it is.

        Raises:
            StoppedError: `stop` was set; the index is whole.
            PhototagError: as a scan.
        """


class Draw(Protocol):
    """Draws the map of faces anew."""

    def __call__(self, settings: Settings, tell: Tell, stop: threading.Event) -> Layout:
        """Draw, telling how far it is.

        Raises:
            StoppedError: `stop` was set.
            PhototagError: the index cannot be read.
        """


class Train(Protocol):
    """Tries a classifier or a learned metric on the named faces, and keeps it; without a name, tries them all."""

    def __call__(
        self, settings: Settings, name: str | None, precision: float, tell: Tell, stop: threading.Event
    ) -> Learned:
        """Train, telling how far it is.

        Raises:
            StoppedError: `stop` was set; nothing is kept.
            PhototagError: as training.
        """


@dataclass(frozen=True, slots=True)
class Learned:
    """What training came to.

    Attributes:
        found: how each did.
        advice: which to use, in a sentence.
        kept: from which probability on what was kept names somebody; None where nothing was kept.
    """

    found: Comparison
    advice: str
    kept: float | None


class Reporter:
    """A Progress that tells each step, not more often than anybody can read, and ends where it is to stop."""

    def __init__(self, tell: Tell, is_stopped: Callable[[], bool]) -> None:
        self._tell, self._is_stopped = tell, is_stopped

    def __call__(self, items: Iterable[T], *, label: str, total: int, unit: str) -> Iterable[T]:
        """See `types.Progress`.

        Raises:
            StoppedError: it is to stop.
        """
        self._tell(Step(label, 0, total, unit))
        told, done = time.monotonic(), 0
        for item in items:
            if self._is_stopped():
                raise StoppedError(STOPPED)
            yield item
            done += 1
            if time.monotonic() - told >= TOLD_S:
                told = time.monotonic()
                self._tell(Step(label, done, total, unit))
        self._tell(Step(label, done, total, unit))


def here(settings: Settings, force: bool, tell: Tell, stop: threading.Event) -> ScanReport:
    """See `Scan`; in this process, by this thread."""
    return _scan(settings, force, Reporter(tell, stop.is_set))


def _scan(settings: Settings, force: bool, progress: Reporter) -> ScanReport:
    disk.require_photos(settings.library or Path(), settings.index)  # a disk that is away has lost no photo
    with wiring.writing(settings, "scan", _unsaid) as index:
        return scan(index, workshop(settings, None, None, None, progress), force=force)


def _draw(settings: Settings, progress: Reporter) -> Layout:
    with wiring.reading(settings) as index:
        return facemap.draw(index, progress)


def _train(settings: Settings, name: str | None, precision: float, progress: Reporter) -> Learned:
    with wiring.reading(settings) as index:
        if name is None:
            found, trained = compare(index, progress, precision=precision), None
        else:
            now = datetime.now().astimezone().isoformat(timespec="seconds")
            found, trained = train(index, progress, name, now, precision)
    if trained is not None:
        with wiring.writing(settings, "train", _unsaid) as index:
            keep(index, trained)
    return Learned(found, verdict(found, name), None if trained is None else trained.least)


def train_here(settings: Settings, name: str | None, precision: float, tell: Tell, stop: threading.Event) -> Learned:
    """See `Train`; in this process, by this thread."""
    return _train(settings, name, precision, Reporter(tell, stop.is_set))


def train_apart(settings: Settings, name: str | None, precision: float, tell: Tell, stop: threading.Event) -> Learned:
    """See `Train`; in a child process."""
    return _in_child(partial(_train, settings, name, precision), tell, stop)


def apart(settings: Settings, force: bool, tell: Tell, stop: threading.Event) -> ScanReport:
    """See `Scan`; in a child process."""
    return _in_child(partial(_scan, settings, force), tell, stop)


def draw_here(settings: Settings, tell: Tell, stop: threading.Event) -> Layout:
    """See `Draw`; in this process, by this thread."""
    return _draw(settings, Reporter(tell, stop.is_set))


def draw_apart(settings: Settings, tell: Tell, stop: threading.Event) -> Layout:
    """See `Draw`; in a child process."""
    return _in_child(partial(_draw, settings), tell, stop)


def _in_child(work: Callable[[Reporter], T], tell: Tell, stop: threading.Event) -> T:
    """What some work comes to; it, and what it comes to, must be such that another process can be sent it."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    child = spawn.Process(target=_child, args=(theirs, work), name="phototag-job")
    with wiring.shielded():
        child.start()
    theirs.close()
    try:
        done: T = _followed(ours, tell, stop)
        return done
    finally:
        ours.close()
        child.join(GRACE_S)
        if child.is_alive():
            child.kill()
            child.join()


def _followed(ours: Connection, tell: Tell, stop: threading.Event) -> Any:
    """What a child tells, up to its end."""
    asked_at: float | None = None
    while True:
        if stop.is_set() and asked_at is None:
            asked_at = time.monotonic()
            ours.send("stop")
        if asked_at is not None and time.monotonic() - asked_at > GRACE_S:
            raise StoppedError(STOPPED)
        if not ours.poll(TOLD_S):
            continue
        try:
            said = ours.recv()
        except EOFError:
            raise PhototagError("The work ended without a word; its lines in the terminal say why.") from None
        if isinstance(said, Step):
            tell(said)
        elif isinstance(said, PhototagError):
            raise said
        else:
            return said


def _child(theirs: Connection, work: Callable[[Reporter], object]) -> None:
    """In the child: work, and say how far it is until nobody listens any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then tells us

    def tell(step: Step) -> None:
        try:
            theirs.send(step)
        except OSError:
            raise StoppedError("Nobody listens any more.") from None

    try:
        theirs.send(work(Reporter(tell, theirs.poll)))
    except PhototagError as error:
        with suppress(OSError):
            theirs.send(error)


def _unsaid(_: str) -> None:
    """Whoever waits is seen to wait."""
