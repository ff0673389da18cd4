"""What takes long: started by one request, followed and stopped by others; one at a time."""

from __future__ import annotations

import secrets
import threading
import time
import traceback
from dataclasses import dataclass, field
from enum import StrEnum

from phototag.app.scan import ScanReport
from phototag.errors import LockedError, PhototagError, StoppedError, UnknownError
from phototag.settings import Settings
from phototag.web.failures import FAULT, code_of
from phototag.web.scanning import Scan, Step

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
    """A scan that somebody asked for; one thread writes to it, others read.

    Attributes:
        id: of it, not to be guessed.
        started_s, ended_s: by the monotonic clock; the end is None while it runs.
        step: how far it is.
        state: how it stands.
        error, code: a sentence and its code, where it failed or was stopped.
        report: what it came to, where it is done.
        stop: set to stop it.
    """

    id: str
    started_s: float
    ended_s: float | None = None
    step: Step = field(default_factory=Step)
    state: State = State.RUNNING
    error: str | None = None
    code: str | None = None
    report: ScanReport | None = None
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def seconds(self) -> float:
        """How long it has run, or ran."""
        return (time.monotonic() if self.ended_s is None else self.ended_s) - self.started_s


class Jobs:
    """The jobs of a server.

    Attributes:
        is_closing: whether the server is about to end.
    """

    def __init__(self, settings: Settings, scan: Scan) -> None:
        self._settings, self._scan = settings, scan
        self._jobs: dict[str, Job] = {}
        self._threads: dict[str, threading.Thread] = {}
        self._lock = threading.Lock()
        self.is_closing = False

    def start(self, force: bool) -> Job:
        """Start a scan.

        Raises:
            LockedError: there is one.
        """
        with self._lock:
            if any(job.state is State.RUNNING for job in self._jobs.values()):
                raise LockedError("A scan is running already. Wait until it is done, or stop it.")
            job = Job(secrets.token_hex(8), time.monotonic())
            self._jobs[job.id] = job
            for old in list(self._jobs)[:-KEPT]:
                del self._jobs[old], self._threads[old]
            self._threads[job.id] = threading.Thread(target=self._run, args=(job, force), name="phototag-job")
            self._threads[job.id].start()
        return job

    def listed(self) -> list[Job]:
        """The last jobs, the newest first."""
        with self._lock:
            return list(reversed(self._jobs.values()))

    def running(self) -> Job | None:
        """The one that runs, or None."""
        return next((job for job in self.listed() if job.state is State.RUNNING), None)

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

    def _run(self, job: Job, force: bool) -> None:
        def tell(step: Step) -> None:
            job.step = step

        state, error, code = State.DONE, None, None
        try:
            job.report = self._scan(self._settings, force, tell, job.stop)
        except StoppedError as stopped:
            error = "Stopped. Nothing is lost; to read all again starts over." if force else str(stopped)
            state, code = State.STOPPED, code_of(stopped.exit_code)
        except PhototagError as failed:
            state, error, code = State.FAILED, str(failed), code_of(failed.exit_code)
        except Exception as fault:
            traceback.print_exception(fault)
            state, error, code = State.FAILED, "That is a fault in phototag; please report it.", FAULT
        job.error, job.code, job.ended_s = error, code, time.monotonic()
        job.state = state  # last: whoever sees that it has ended sees the rest
