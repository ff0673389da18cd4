"""The composition root: settings -> open index, engine, workers. Only here are concrete classes picked."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from pathlib import Path

from filelock import FileLock, Timeout

from phototag.app import export
from phototag.app.enrolment import list_file
from phototag.engines import registry
from phototag.errors import DamagedError, LibraryError, LockedError, NewerIndexError, UsageError
from phototag.files import write_if_changed
from phototag.index import backups, db, lock, spaces
from phototag.index.db import Index
from phototag.index.memory import Memory
from phototag.settings import Settings
from phototag.types import Choice, Engine

LAST = "last.json"


@contextmanager
def reading(settings: Settings, memory: Memory | None = None) -> Iterator[Index]:
    """The library that the settings mean, for reading: one state of it throughout, whatever a scan writes meanwhile.

    Args:
        settings: which library.
        memory: of the same one, for a process that reads it many times.

    Raises:
        LibraryError: no library is meant, or it has no index that can be read.
        NewerIndexError: the index was made by a newer phototag.
    """
    with _in_our_words():
        root, folder = _place(settings)
        _refuse_to_forget(folder, root)
        index = db.open_for_reading(folder)
        try:
            yield db.still(index, memory)
        finally:
            index.close()


@contextmanager
def holding(settings: Settings, command: str, say: Callable[[str], None]) -> Iterator[tuple[Path | None, Path]]:
    """The library that the settings mean and the folder of its index, with the lock held, whatever the index is like.

    The library is None if only its index is meant, and that does not say which it is of.

    Raises:
        LibraryError: no library is meant, or it has no folder for an index, or another process holds the lock.
    """
    with _in_our_words():
        root, folder = _place(settings)
        if not folder.is_dir():
            raise LibraryError(f"There is no index in {folder}. Make one with: phototag scan DIR")
    known = root if settings.index is None or settings.library is not None else _root_of(settings, folder)
    with _in_our_words(), lock.writing(folder, command, waiting=say):
        yield known, folder
    if known is not None:
        _remember(settings, known, folder)


def _root_of(settings: Settings, folder: Path) -> Path | None:
    """The library of an index that lies elsewhere, if the index or what is remembered of the last scan says it."""
    with suppress(LibraryError, NewerIndexError, sqlite3.Error):
        index = db.open_for_reading(folder)
        index.close()
        return index.root
    last = _last(settings)
    return last[0] if last and last[1] == folder else None


@contextmanager
def writing(
    settings: Settings,
    command: str,
    say: Callable[[str], None],
    *,
    create: bool = False,
    wait_s: float | None = None,
) -> Iterator[Index]:
    """The library that the settings mean, for writing, with the lock held.

    Args:
        settings: what the user set; `library` must be set to create.
        command: what is being done, for another process that waits.
        say: told when another process has to be waited for.
        create: make the index where there is none.
        wait_s: how long another process is waited for; None for as long as a command waits.

    Raises:
        LibraryError: as for `reading`, or the folder cannot be written, or another process holds it.
        NewerIndexError: the index was made by a newer phototag.
    """
    with _in_our_words():
        root, folder = _place(settings)
        if create:
            _make(folder)
        if not folder.is_dir():
            raise LibraryError(f"There is no index in {folder}. Make one with: phototag scan DIR")
    with _in_our_words(), lock.writing(folder, command, waiting=say, wait_s=wait_s):
        _refuse_to_forget(folder, root)
        index = db.open_for_writing(folder, root if create else None)
        try:
            if create:
                _remember(settings, index.root, index.folder)
            yield index
        finally:
            index.close()


def writer(settings: Settings) -> str | None:
    """Which other process writes the index that the settings mean, such as "phototag scan (process 7 on attic)"."""
    with suppress(LibraryError):
        return lock.other_writer(_place(settings)[1])
    return None


@contextmanager
def only_watch(settings: Settings) -> Iterator[None]:
    """Be the only watch on this machine of the index that the settings name.

    Raises:
        LockedError: there is another one.
    """
    with _only(settings, "watch", settings.index or Path(), f"Another phototag watches {settings.library} already."):
        yield


@contextmanager
def only_export(settings: Settings, place: Path) -> Iterator[None]:
    """Be the only export on this machine to a folder of albums.

    Raises:
        LockedError: there is another one.
    """
    with _only(
        settings, "albums", place, f"Another phototag writes albums to {place} just now. Wait until it is done."
    ):
        yield


@contextmanager
def _only(settings: Settings, what: str, folder: Path, message: str) -> Iterator[None]:
    """The lock is in the user's state folder: a file open in the folder would keep its disk from being ejected."""
    digest = hashlib.blake2b(os.fsencode(folder), digest_size=8).hexdigest()
    with _in_our_words():
        settings.state.mkdir(parents=True, exist_ok=True)
        only = FileLock(settings.state / f"{what}-{digest}.lock")
        try:
            only.acquire(timeout=0)
        except Timeout:
            raise LockedError(message) from None
    try:
        yield
    finally:
        only.release()


@contextmanager
def _in_our_words() -> Iterator[None]:
    """What the disk and SQLite say, as something that a person can act on."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise LibraryError(f"The index cannot be used now: {error}. Nothing was lost; try again.") from error
    except sqlite3.Error as error:
        raise DamagedError(
            f"The index is damaged: {error}. Keep the file, what you named is in it. "
            "See what is wrong: phototag check. To go on: phototag restore latest, or phototag rebuild DIR"
        ) from error
    except BrokenPipeError:  # whoever reads our output has seen enough
        raise
    except OSError as error:
        raise LibraryError(f"Cannot read or write {error.filename or 'the library'}: {error.strerror}.") from error


def choose_engine(settings: Settings, name: str | None, detector: str | None, embedder: str | None) -> Choice | None:
    """The engine that a user asks for, checked before anything is written; None where they ask for none.

    A detector without an embedder, or the other way around, goes with what the library has.

    Raises:
        UsageError: no such engine, or both an engine and a part of one are asked for.
        EngineError: a model, its card or a package is missing or not right.
        ChecksumError: weights are not the released ones.
    """
    if name is None and detector is None and embedder is None:
        return None
    if name is not None and (detector or embedder):
        raise UsageError(f"Give --engine {name}, or --detector and --embedder, not both.")
    before = _described_by(settings) if (detector is None) != (embedder is None) else None
    return registry.choose(name, detector, embedder, before, settings.cache)


def _described_by(settings: Settings) -> Choice | None:
    with suppress(LibraryError, NewerIndexError), reading(settings) as index:
        space = spaces.current(index.db)
        return space.choice if space else None
    return None


def require_engine(choice: Choice) -> None:
    """Refuse an engine that is not installed, before anything is written.

    Raises:
        EngineError: something it needs is not installed.
    """
    if not choice.detector:
        registry.require(choice.name)


def _refuse_to_forget(folder: Path, root: Path) -> None:
    """Refuse to go on as if nobody had a name where the index is lost: a new one would overwrite what is left of them.

    Raises:
        LibraryError: there is no index, but a tags.jsonl with names.
    """
    own = folder / db.FILE
    is_lost = not own.exists() or not own.stat().st_size
    if is_lost and (export.holds_words(folder / export.TAGS) or _names_somebody(list_file(folder))):
        older = " (an older state is in a backup: phototag restore latest)" if backups.listed(folder) else ""
        raise LibraryError(
            f"The index in {folder} is lost, but tags.jsonl there has what you named. Nothing was changed. "
            f"Make it anew with all names: phototag rebuild {root}{older}. "
            "To forget all names and start anew, move tags.jsonl away."
        )


def _names_somebody(path: Path) -> bool:
    """Whether somebody is enrolled, by what is written beside their pictures."""
    return path.is_file() and path.stat().st_size > 0


def refuse_part_of_library(settings: Settings) -> None:
    """Refuse to make a library inside another one, where all names would seem to be lost.

    Raises:
        UsageError: the folder to scan lies in a library and has no index of its own.
    """
    root = settings.library
    if root is None or settings.index is not None or (root / db.FOLDER / db.FILE).is_file():
        return
    around = _nearest(root.parent)
    if around is not None:
        raise UsageError(
            f"{root} is a part of the library {around}. Scan that: phototag scan {around}, "
            "or give this folder an index of its own: --index DIR"
        )


def open_engine(settings: Settings, choice: Choice | None, workers: int) -> Engine:
    """Load an engine, the default one for None, for this many workers.

    Raises:
        EngineError: something it needs is missing, or is not what it was when the engine was chosen.
        ChecksumError: its weights are not the released ones.
    """
    return registry.open_chosen(choice or Choice(registry.DEFAULT), settings.cache, threads=workers)


FEW_PHOTOS = 12
"""Up to here threads are faster: a worker process needs a second to start, a photo a twentieth."""


@contextmanager
def open_executor(workers: int, photos: int, start: Callable[[int], None] | None = None) -> Iterator[Executor]:
    """Workers for a scan. Leaving waits only for what is running, not for what is queued.

    Processes, because threads would share one interpreter lock: 29 photos/s instead of 22 on two cores (2026-11).

    Args:
        workers: how many.
        photos: how many there are to read; for a few, threads are used.
        start: called in each process with the number of photos that it reads at once, before it is given any.
    """
    if photos <= FEW_PHOTOS:
        executor: Executor = ThreadPoolExecutor(workers, thread_name_prefix="phototag")
    else:
        executor = _processes(workers, start)
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)


def _processes(workers: int, start: Callable[[int], None] | None) -> Executor:
    """Processes that leave Ctrl-C to us, whom they outlive by nothing."""
    spawn = multiprocessing.get_context("spawn")  # fork would copy the locks of threads that are not there any more
    with shielded():
        executor = ProcessPoolExecutor(workers, mp_context=spawn, initializer=_prepare_worker, initargs=(start,))
        for _ in range(workers):  # each starts one of them
            executor.submit(os.getpid)
    return executor


@contextmanager
def shielded() -> Iterator[None]:
    """What is started inside never sees a Ctrl-C; we see one that comes meanwhile afterwards.

    Nor does it speak of what is left when Ctrl-C ends us without ceremony: that goes with the last process.
    """
    is_ours = "PYTHONWARNINGS" not in os.environ
    os.environ.setdefault("PYTHONWARNINGS", "ignore::UserWarning:multiprocessing.resource_tracker")
    resource_tracker.ensure_running()  # it would end the block that follows
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if hasattr(signal, "pthread_sigmask") else None
    try:
        yield
    finally:
        if is_ours:
            os.environ.pop("PYTHONWARNINGS", None)
        if mask is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _prepare_worker(start: Callable[[int], None] | None) -> None:
    """In a worker: end when the parent has ended, however it did; the pool's own pipes would not tell.

    And be quiet: some decoders write to stderr what they think of a file, across the bar and without its name.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    if start is not None:
        start(1)
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def default_workers() -> int:
    """As many as this process may use processors."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _place(settings: Settings) -> tuple[Path, Path]:
    """The library and the folder of its index, both absolute."""
    if settings.index is not None:
        return settings.library or settings.index, settings.index
    last = _last(settings)
    root = settings.library or _nearest(Path.cwd()) or (last[0] if last else None)
    if root is None:
        raise LibraryError("Which library? Scan one first: phototag scan DIR, or say which: --library DIR")
    if not root.is_dir():
        raise LibraryError(
            f"The library {root} is not there. Is its disk connected? Or say which you mean: --library DIR"
        )
    own = root / db.FOLDER
    if last and last[0] == root and not (own / db.FILE).is_file():
        return last
    return root, own


def _nearest(folder: Path) -> Path | None:
    """This folder or the nearest one above it that is a library, also if its index is lost."""
    for candidate in (folder, *folder.parents):
        if any((candidate / db.FOLDER / name).is_file() for name in (db.FILE, export.TAGS)):
            return candidate
    return None


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(
            f"Cannot make {folder}: {error.strerror}. For a library that cannot be written, keep the index elsewhere: "
            "--index DIR"
        ) from error


def _last(settings: Settings) -> tuple[Path, Path] | None:
    """Library and index of the last scan."""
    try:
        facts = json.loads((settings.state / LAST).read_text())
        return Path(facts["library"]), Path(facts["index"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remember(settings: Settings, root: Path, folder: Path) -> None:
    """Make this the library of commands that name none; where that cannot be written, they must name one."""
    facts = json.dumps({"library": str(root), "index": str(folder)})
    with suppress(OSError):
        settings.state.mkdir(parents=True, exist_ok=True)
        write_if_changed(settings.state / LAST, facts.encode())
