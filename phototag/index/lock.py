"""One writer at a time, and a word on who it is."""

from __future__ import annotations

import json
import multiprocessing
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from phototag.errors import LibraryError, LockedError

WAIT_S = 10.0
"""How long a command waits for another one to finish before it gives up."""


@contextmanager
def writing(
    folder: Path, command: str, *, waiting: Callable[[str], None], wait_s: float | None = None
) -> Iterator[None]:
    """Hold the index's lock.

    The lock is the system's, on an open file: it ends with its process, however that ends, so a dead holder keeps
    nobody out.

    Args:
        folder: of the index; must exist.
        command: what the holder is doing, for others to read.
        waiting: called once with a sentence if somebody else holds it.
        wait_s: how long; None for WAIT_S.

    Raises:
        LockedError: somebody else still holds it; the message says who.
        LibraryError: the folder cannot be written.
    """
    lock, holder = FileLock(folder / "lock"), folder / "lock.json"
    try:
        _acquire(lock, holder, waiting, WAIT_S if wait_s is None else wait_s)
        holder.write_text(json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "command": command}))
    except OSError as error:
        lock.release()
        raise LibraryError(
            f"Cannot write in {folder}: {error.strerror}. "
            "For a library that cannot be written, keep the index elsewhere: --index DIR"
        ) from error
    try:
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def other_writer(folder: Path) -> str | None:
    """Which process, other than this one and its children, holds the index's lock; None if none does.

    A killed holder leaves its word behind, so the lock itself is asked, for a moment, where there is one.
    """
    holder = folder / "lock.json"
    try:
        facts = json.loads(holder.read_text())
        is_own = facts["host"] == socket.gethostname() and facts["pid"] in {os.getpid(), *_children()}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if is_own:
        return None
    try:
        with FileLock(folder / "lock").acquire(timeout=0):
            return None
    except Timeout:
        return _who(holder)
    except OSError:  # a disk that is only read: nobody here can tell
        return None


def _children() -> list[int | None]:
    """Of this process, by multiprocessing: a scan that runs apart."""
    return [child.pid for child in multiprocessing.active_children()]


def _acquire(lock: FileLock, holder: Path, waiting: Callable[[str], None], wait_s: float) -> None:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        who = _who(holder)
        waiting(f"Waiting up to {wait_s:.0f} s for {who} to finish.")
        try:
            lock.acquire(timeout=wait_s)
        except Timeout:
            raise LockedError(f"The index is being written by {who}. Try again when it is done.") from None


def _who(holder: Path) -> str:
    try:
        facts = json.loads(holder.read_text())
        return f"phototag {facts['command']} (process {facts['pid']} on {facts['host']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another phototag"
