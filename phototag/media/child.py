"""A process that does jobs for us and may break: it is held to limits, and ended where it breaks them.

It is a plain `python -c`, not multiprocessing's: nothing of the caller's main module is run again, no resource tracker
is left to complain, and it works the same on every system. It says nothing on stdout and stderr, whatever decoders do.
It ends when its stdin is closed: when the process that started it ends, however it does.
"""

from __future__ import annotations

import errno
import mmap
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np

from phototag.errors import PhotoError, TooLargeError

if sys.platform != "win32":
    import fcntl
    import resource

READ_SECONDS = 600
"""For the bytes of one file, from a slow network folder too."""

GLANCE_SECONDS = 0.1
"""How often to see whether a child is late."""

SHELF_BYTES = 128 << 20
"""Arrays up to here, 44 megapixels of RGB, come back through shared memory: 1.2 ms for 9 MB in a bare trial, where a
pipe takes 3.8 (2026-11). It takes only what was ever used of it. Larger ones come by the pipe, and all where there
is no memfd."""


class Job(NamedTuple):
    """What a child is to do with one file. All of it can be pickled; functions are those of modules.

    Attributes:
        read: returns the file's bytes.
        work: what to do with them.
        seconds: for the work, on the clock.
        megabytes: of memory, for both.
    """

    read: Callable[[], bytes]
    work: Callable[[bytes], Any]
    seconds: float
    megabytes: int


class CrashError(PhotoError):
    """The child ended, and nobody ended it."""


class OutOfMemoryError(TooLargeError):
    """The child came to its limit of memory."""


class _Message(NamedTuple):
    """What a child says: a pickle, and the lengths of the arrays in it, which follow.

    Attributes:
        pickled: an object, without the contents of its arrays.
        lengths: of each array, in bytes.
        on_shelf: whether the arrays lie on the shelf, one after the other; else they come next by the pipe.
    """

    pickled: bytes
    lengths: Sequence[int]
    on_shelf: bool


class _Done(NamedTuple):
    result: Any


class _Failed(NamedTuple):
    error: Exception


_READ = "read"
"""What a child says when the file's bytes are there."""


class Child:
    """The process, as the one who started it sees it. Starting does not wait until it is ready.

    Attributes:
        has_worked: whether it has done a job before.
    """

    def __init__(self, preload: str) -> None:
        """Start it; `preload` is a module that it will need."""
        self.has_worked = False
        self._is_late = self._is_closed = False
        shelf = _new_shelf()
        code = f"import sys; sys.path[:] = {sys.path!r}; import {preload}; from {__name__} import serve; serve({shelf})"
        self._process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=() if shelf is None else (shelf,),
            start_new_session=True,  # Ctrl-C is for us
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        )
        self._deadline_s: float | None = None
        self._is_busy = threading.Event()
        self._guard: threading.Thread | None = None
        self._jobs, self._answers = _opened(self._process.stdin), _opened(self._process.stdout)
        self._shelf = None if shelf is None else mmap.mmap(shelf, SHELF_BYTES)
        if shelf is not None:
            os.close(shelf)

    def is_alive(self) -> bool:
        """Whether it can be given a job."""
        return not self._is_late and self._process.poll() is None

    def do(self, job: Job) -> Any:
        """Have a job done; returns what its work returned.

        Raises:
            CrashError, OutOfMemoryError: the file did that, or what an earlier one left behind.
            PhotoError: it took too long.
            OSError: reading took too long, or somebody else ended the child: it says nothing about the file.
            Exception: whatever the job raised.
        """
        with self._at_most(READ_SECONDS):
            self._send(job)
            answer = self._received()
        if answer == _READ:
            with self._at_most(job.seconds):
                answer = self._received()
            if answer is None:
                raise self._why_it_ended(job)
        if answer is None:
            why = f"it took longer than {READ_SECONDS} s" if self._is_late else "the process that read it was ended"
            raise TimeoutError(errno.ETIMEDOUT, why)
        self.has_worked = True
        if isinstance(answer, _Failed):
            raise answer.error
        return answer.result

    @contextmanager
    def _at_most(self, seconds: float) -> Iterator[None]:
        """Kill it if what is inside takes longer; then nothing is received any more."""
        if self._guard is None:
            self._guard = threading.Thread(target=self._keep_watch, daemon=True)
            self._guard.start()
        self._deadline_s = time.monotonic() + seconds
        self._is_busy.set()
        try:
            yield
        finally:
            self._deadline_s = None

    def _keep_watch(self) -> None:
        """Kill it when it is late. It looks now and then: to start and stop a clock for each job takes longer."""
        while not self._is_closed:
            if (deadline_s := self._deadline_s) is None:
                self._is_busy.clear()
                if self._deadline_s is None and not self._is_closed:
                    self._is_busy.wait()
            elif time.monotonic() > deadline_s:
                self._is_late = True
                self._process.kill()
                self._deadline_s = None
            time.sleep(GLANCE_SECONDS)

    def _send(self, job: Job) -> None:
        with suppress(BrokenPipeError):  # it has ended, and will be found to say nothing
            self._jobs.write(pickle.dumps(job))
            self._jobs.flush()

    def _received(self) -> Any:
        """What it says next; None if it has ended."""
        try:
            message: _Message = pickle.load(self._answers)
            arrays = [np.empty(length, np.uint8) for length in message.lengths]
            start = 0
            for array in arrays:
                if message.on_shelf and self._shelf is not None:
                    array[:] = np.frombuffer(self._shelf, np.uint8, len(array), start)
                    start += len(array)
                else:
                    _fill(array, self._answers)
            return pickle.loads(message.pickled, buffers=arrays)
        except Exception:  # the end of the pipe, or what a process with broken memory writes
            return None

    def _why_it_ended(self, job: Job) -> Exception:
        if self._is_late:
            return PhotoError(f"The picture took longer than {job.seconds:g} s to decode.")
        self._process.kill()  # if it is there, it talks nonsense
        code = self._waited()
        if code is None or -code in _KILLED:
            return InterruptedError(errno.EINTR, "the process that decoded it was killed, maybe for want of memory")
        return CrashError("The decoder crashed on this file.")

    def _waited(self) -> int | None:
        """Its exit code; None if it is stuck in the system."""
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(timeout=5)
        return None

    def end(self) -> None:
        """End it."""
        self._process.kill()
        self._waited()
        self._close()

    def disown(self) -> None:
        """Let go of it: it is a child of the process that this one was forked from."""
        self._process.returncode = 0
        self._close()

    def _close(self) -> None:
        self._is_closed = True
        self._is_busy.set()
        for pipe in (self._jobs, self._answers):
            with suppress(OSError):
                pipe.close()
        if self._shelf is not None:
            self._shelf.close()


_KILLED = {getattr(signal, name) for name in ("SIGKILL", "SIGTERM", "SIGHUP") if hasattr(signal, name)}
"""What decoders do not do to themselves: a person did, or a system without memory."""


def _opened(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def _new_shelf() -> int | None:
    """Memory to share, as a descriptor; None where the system has no such thing."""
    if sys.platform != "linux":
        return None
    shelf = os.memfd_create("phototag")
    os.ftruncate(shelf, SHELF_BYTES)
    return shelf


def _fill(array: np.ndarray[Any, np.dtype[np.uint8]], pipe: IO[bytes]) -> None:
    view = array.data
    while view:
        count = pipe.readinto(view)  # type: ignore[attr-defined]
        if not count:
            raise EOFError
        view = view[count:]


def serve(shelf: int | None) -> None:
    """In the child: do jobs until there are no more."""
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # some decoders talk
    mapped = None if shelf is None else mmap.mmap(shelf, SHELF_BYTES)
    base_bytes = _data_bytes()
    with suppress(EOFError, BrokenPipeError):
        while True:
            job: Job = pickle.load(sys.stdin.buffer)
            with _limits(job, base_bytes), _tether():
                answer = _outcome(job, answers, mapped)
            _say(answer, answers, mapped)


def _outcome(job: Job, answers: IO[bytes], shelf: mmap.mmap | None) -> _Done | _Failed:
    try:
        data = job.read()
        _say(_READ, answers, shelf)
        return _Done(job.work(data))
    except Exception as error:
        if isinstance(error, MemoryError) or isinstance(error.__context__, MemoryError):
            text = f"The picture needs more than {job.megabytes:,} MB of memory to decode."
            return _Failed(OutOfMemoryError(text))
        if isinstance(error, PhotoError | OSError):
            return _Failed(error)
        return _Failed(RuntimeError(f"{type(error).__name__}: {error}"))  # others need not survive being pickled


def _say(what: object, answers: IO[bytes], shelf: mmap.mmap | None) -> None:
    found: list[pickle.PickleBuffer] = []
    pickled = pickle.dumps(what, protocol=5, buffer_callback=found.append)
    arrays = [np.frombuffer(buffer.raw(), np.uint8) for buffer in found]
    lengths = [len(array) for array in arrays]
    on_shelf = shelf is not None and sum(lengths) <= SHELF_BYTES
    if shelf is not None and on_shelf:
        start = 0
        for array in arrays:
            np.frombuffer(shelf, np.uint8, len(array), start)[:] = array
            start += len(array)
    _write(pickle.dumps(_Message(pickled, lengths, on_shelf)), answers)
    for array in [] if on_shelf else arrays:
        _write(array.data, answers)


def _write(data: bytes | memoryview, pipe: IO[bytes]) -> None:
    view = memoryview(data)
    while view:
        view = view[pipe.write(view) :]


@contextmanager
def _limits(job: Job, base_bytes: int | None) -> Iterator[None]:
    """Hold this process to a job's memory, where the system can: on Linux.

    RLIMIT_DATA counts what is taken, also by mmap and for the stacks of threads; RLIMIT_AS would count what malloc only
    reserves for each thread. Processor time is a backstop, should a hanging child lose its parent.
    """
    if sys.platform == "win32":
        yield
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    seconds = usage.ru_utime + usage.ru_stime + (job.seconds + 60) * (os.cpu_count() or 1)
    _limit(resource.RLIMIT_CPU, int(seconds))
    if base_bytes is None:
        yield
        return
    _limit(resource.RLIMIT_DATA, base_bytes + job.megabytes * 10**6)
    try:
        yield
    finally:
        _limit(resource.RLIMIT_DATA, resource.RLIM_INFINITY)


def _limit(which: int, most: int) -> None:
    """Set a soft limit, as far as the hard one allows."""
    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        most = hard if most == resource.RLIM_INFINITY else min(most, hard)
    with suppress(ValueError, OSError):
        resource.setrlimit(which, (most, hard))


def _data_bytes() -> int | None:
    """What RLIMIT_DATA counts, of this process now; None where nobody can tell."""
    if sys.platform != "linux":
        return None
    with suppress(OSError), Path("/proc/self/status").open("rb") as status:
        return next((int(line.split()[1]) * 1024 for line in status if line.startswith(b"VmData:")), None)
    return None


@contextmanager
def _tether() -> Iterator[None]:
    """End this process if its parent ends meanwhile, though a decoder hang and never come back to Python.

    The system sends SIGIO, which ends it, when something happens to stdin; while there is a job, that is only its end.
    """
    if sys.platform != "linux":
        yield
        return
    flags = fcntl.fcntl(0, fcntl.F_GETFL)
    fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(0, fcntl.F_SETFL, flags | os.O_ASYNC)
    try:
        yield
    finally:
        fcntl.fcntl(0, fcntl.F_SETFL, flags)
