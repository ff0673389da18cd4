"""Hints from the system that something changed in a folder. What it was, only a walk can tell."""

from __future__ import annotations

import errno
import logging
import os
import tempfile
import threading
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from watchdog.events import EVENT_TYPE_CLOSED_NO_WRITE, EVENT_TYPE_OPENED, FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from phototag.media.exclusions import IGNORE_FILE
from phototag.media.formats import Kind, kind_of
from phototag.media.sidecars import is_sidecar
from phototag.media.walk import SKIPPED_FOLDERS

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver

MOUNTS = Path("/proc/mounts")
"""Linux's list of file systems; other systems have none, and are asked with `--poll`."""

NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "9p", "ncpfs", "fuse", "drvfs"})
"""File systems on which others write without this machine's kernel being told; so does anything that is fuse.*."""

JUST_READ = frozenset({EVENT_TYPE_OPENED, EVENT_TYPE_CLOSED_NO_WRITE})
"""What a scan itself causes."""


class HintsError(Exception):
    """The system gives no hints here; the message says why and what would help."""


class Hints:
    """Rings when something may have changed below a folder.

    A hint may come late, twice, without reason or, after a flood, not at all; those who wait must look by themselves
    from time to time. Folders behind symbolic links give none.
    """

    def __init__(self, root: Path, skip: Path) -> None:
        """Prepare to listen below the folder `root`, but not to what happens in the folder `skip`."""
        self._root, self._skip = root, skip
        self._rung = threading.Event()
        self._observer: BaseObserver | None = None
        self._listens_to: tuple[int, int] | None = None

    def listen(self) -> None:
        """Listen, or listen anew: to the folder that is there now.

        Raises:
            HintsError: the system cannot tell of so many folders, or not of what other machines do in this one.
        """
        self.close()
        network = network_folder(self._root)
        if network is not None:
            raise HintsError(f"What other machines do in the network folder {os.fsdecode(network)} is not told here.")
        _hush()
        self._listens_to = _identity(self._root)
        try:
            self._observer = Observer()
            self._observer.start()
            self._observer.schedule(_Bell(self._rung, self._root, self._skip), str(self._root), recursive=True)
            _require_room(self._observer)
        except OSError as error:
            self.close()
            raise HintsError(_why(error)) from error

    @property
    def is_deaf(self) -> bool:
        """Whether it listens to a folder that has gone or been replaced, such as by another disk at its place."""
        return self._observer is not None and (
            self._listens_to != _identity(self._root) or not self._observer.is_alive()
        )

    def ring(self) -> None:
        """Give a hint."""
        self._rung.set()

    def wait(self, seconds: float) -> bool:
        """Wait for a hint, for so long at most; whether there was one."""
        return self._rung.wait(max(0.0, seconds))

    def forget(self) -> None:
        """Forget the hints that were given: to be called before looking, never after."""
        self._rung.clear()

    def close(self) -> None:
        """Listen no more."""
        if self._observer is not None:
            self._observer.stop()
            if self._observer.is_alive():
                self._observer.join()
            self._observer = None


def _require_room(observer: BaseObserver) -> None:
    """See whether one more folder can be listened to; watchdog tells of no failure below the folder that it is given.

    Raises:
        OSError: there is no room, so some of the library's folders are not listened to.
    """
    with tempfile.TemporaryDirectory() as other:
        observer.unschedule(observer.schedule(FileSystemEventHandler(), other))


def _hush() -> None:
    """Keep watchdog from printing what matters only to itself, such as a folder that came back."""
    warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"watchdog\.")
    log = logging.getLogger("watchdog")
    if not log.handlers:
        log.addHandler(logging.NullHandler())


class _Bell(FileSystemEventHandler):
    """Rings for what may concern photos."""

    def __init__(self, rung: threading.Event, root: Path, skip: Path) -> None:
        self._rung, self._root = rung, os.fsencode(root)
        self._skip = os.fsencode(skip)

    def dispatch(self, event: FileSystemEvent) -> None:
        if event.event_type in JUST_READ or (event.is_directory and event.event_type == "modified"):
            return
        paths = [os.fsencode(path) for path in (event.src_path, event.dest_path) if path]
        if any(self._concerns(path, event.is_directory) for path in paths):
            self._rung.set()

    def _concerns(self, path: bytes, is_folder: bool) -> bool:
        if path == self._skip or path.startswith(self._skip + os.fsencode(os.sep)):
            return False
        if path.endswith(os.fsencode(os.sep) + IGNORE_FILE):
            return True
        names = os.path.relpath(path, self._root).split(os.fsencode(os.sep))
        if path != self._root and any(name.startswith(b".") or name in SKIPPED_FOLDERS for name in names):
            return False
        return is_folder or is_sidecar(path) or kind_of(path) is not Kind.OTHER


def _why(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "Linux does not watch so many folders (sudo sysctl fs.inotify.max_user_watches=1048576 allows more)."
    if error.errno == errno.EMFILE:
        return "Too many programs watch folders here (sudo sysctl fs.inotify.max_user_instances=1024 allows more)."
    return f"This system cannot watch the folder: {error.strerror or error}."


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def network_folder(root: Path) -> bytes | None:
    """The folder, on Linux, that other machines write to: the library's, or one in it; None if all is on this machine.

    Nobody is told what another machine does to a network folder.
    """
    try:
        lines = MOUNTS.read_bytes().splitlines()
    except OSError:
        return None
    return network_mount(os.fsencode(root.resolve()), lines)


def network_mount(root: bytes, mounts: Iterable[bytes]) -> bytes | None:
    """As `network_folder`, from the lines of /proc/mounts."""
    places = {_unescaped(fields[1]): fields[2] for line in mounts if len(fields := line.split()) > 2}  # the last counts
    around = sorted((place for place in places if _is_in(root, place)), key=len)
    within = [place for place in places if _is_in(place, root)]
    return next((place for place in [*around[-1:], *within] if _is_network(places[place])), None)


def _is_network(kind: bytes) -> bool:
    name = kind.decode(errors="replace")
    return name in NETWORK or name.startswith("fuse.")


def _is_in(path: bytes, folder: bytes) -> bool:
    return path == folder or path.startswith(folder.rstrip(b"/") + b"/")


def _unescaped(folder: bytes) -> bytes:
    r"""Spaces and the like are written \040 there."""
    parts: Sequence[bytes] = folder.split(b"\\")
    return parts[0] + b"".join(bytes([int(part[:3], 8)]) + part[3:] for part in parts[1:])
