"""What takes long: started by one request, followed and stopped by others; one of a kind at a time."""

from __future__ import annotations

import secrets
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, TypeAlias

from phototag.app.facemap import Layout
from phototag.app.scan import ScanReport
from phototag.errors import LockedError, PhototagError, StoppedError, UnknownError
from phototag.settings import Settings
from phototag.web.failures import FAULT, code_of
from phototag.web.scanning import Draw, Learned, Scan, Step, Tell, Train, draw_apart, train_apart

KEPT = 20
"""Jobs that are remembered."""


class State(StrEnum):
    """How a job stands."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(slots=True)
class Job:
    """Work that somebody asked for; one thread writes to it, others read.

    Attributes:
        id: of it, not to be guessed.
        kind: "scan", "map" or "train".
        started_s, ended_s: by the monotonic clock; the end is None while it runs.
        step: how far it is.
        state: how it stands.
        error, code: a sentence and its code, where it failed or was stopped.
        report: what a scan came to, where it is done.
        learned: what training came to, likewise.
        stop: set to stop it.
    """

    id: str
    kind: Literal["scan", "map", "train"]
    started_s: float
    ended_s: float | None = None
    step: Step = field(default_factory=Step)
    state: State = State.RUNNING
    error: str | None = None
    code: str | None = None
    report: ScanReport | None = None
    learned: Learned | None = None
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def seconds(self) -> float:
        """How long it has run, or ran."""
        return (time.monotonic() if self.ended_s is None else self.ended_s) - self.started_s


_GOES_ON = "Stopped. Nothing is lost; the next scan goes on where it was."
_STARTS_OVER = "Stopped. Nothing is lost; to read all again starts over."

Work: TypeAlias = Callable[[Job, Tell], None]


class Jobs:
    """The jobs of a server.

    Attributes:
        is_closing: whether the server is about to end.
        drawn: the map that was drawn last, for where it cannot be kept in the index's folder.
    """

    def __init__(self, settings: Settings, scan: Scan, draw: Draw = draw_apart, train: Train = train_apart) -> None:
        self._settings, self._scan, self._draw, self._train = settings, scan, draw, train
        self._jobs: dict[str, Job] = {}
        self._threads: dict[str, threading.Thread] = {}
        self._lock = threading.Lock()
        self.is_closing = False
        self.drawn: Layout | None = None

    def start(self, force: bool) -> Job:
        """Start a scan.

        Raises:
            LockedError: there is one.
        """

        def scan(job: Job, tell: Tell) -> None:
            try:
                job.report = self._scan(self._settings, force, tell, job.stop)
            except StoppedError as stopped:
                raise StoppedError(_STARTS_OVER if force else _GOES_ON) from stopped

        with self._lock:
            if self._running("scan") is not None:
                raise LockedError("A scan is running already. Wait until it is done, or stop it.")
            return self._started("scan", scan)

    def draw_map(self) -> Job:
        """Draw the map of faces, unless that is being done: then that job."""

        def draw(job: Job, tell: Tell) -> None:
            self.drawn = self._draw(self._settings, tell, job.stop)

        with self._lock:
            return self._running("map") or self._started("map", draw)

    def train(self, name: str | None, precision: float) -> Job:
        """Try a classifier or a metric, and keep it; all of them without a name.

        Raises:
            LockedError: something is being trained.
        """

        def train(job: Job, tell: Tell) -> None:
            job.learned = self._train(self._settings, name, precision, tell, job.stop)

        with self._lock:
            if self._running("train") is not None:
                raise LockedError("Something is being trained already. Wait until it is done, or stop it.")
            return self._started("train", train)

    def _running(self, kind: str) -> Job | None:
        return next((job for job in self._jobs.values() if job.state is State.RUNNING and job.kind == kind), None)

    def _started(self, kind: Literal["scan", "map", "train"], work: Work) -> Job:
        """A new job. With the lock held."""
        job = Job(secrets.token_hex(8), kind, time.monotonic())
        self._jobs[job.id] = job
        ended = [each.id for each in self._jobs.values() if each.state is not State.RUNNING]
        for old in ended[: max(len(self._jobs) - KEPT, 0)]:
            del self._jobs[old], self._threads[old]
        self._threads[job.id] = threading.Thread(target=self._run, args=(job, work), name="phototag-job")
        self._threads[job.id].start()
        return job

    def listed(self) -> list[Job]:
        """The last jobs, the newest first."""
        with self._lock:
            return list(reversed(self._jobs.values()))

    def running(self) -> Job | None:
        """The scan that runs, or None."""
        with self._lock:
            return self._running("scan")

    def require(self, job: str) -> Job:
        """Look a job up.

        Raises:
            UnknownError: there is none of this id any more.
        """
        with self._lock:
            if job not in self._jobs:
                raise UnknownError(f"There is no job {job!r}.")
            return self._jobs[job]

    def wind_up(self) -> None:
        """Tell what runs to stop, and whoever follows it that there is nothing more to come."""
        self.is_closing = True
        for job in list(self._jobs.values()):  # without the lock: this may be a signal's handler
            job.stop.set()

    def close(self) -> None:
        """Stop what runs, and wait for its end."""
        self.wind_up()
        for thread in list(self._threads.values()):
            thread.join()

    def _run(self, job: Job, work: Work) -> None:
        def tell(step: Step) -> None:
            job.step = step

        state, error, code = State.DONE, None, None
        try:
            work(job, tell)
        except StoppedError as stopped:
            state, error, code = State.STOPPED, str(stopped), code_of(stopped.exit_code)
        except PhototagError as failed:
            state, error, code = State.FAILED, str(failed), code_of(failed.exit_code)
        except Exception as fault:
            traceback.print_exception(fault)
            state, error, code = State.FAILED, "That is a fault in phototag; please report it.", FAULT
        job.error, job.code, job.ended_s = error, code, time.monotonic()
        job.state = state  # last: whoever sees that it has ended sees the rest
