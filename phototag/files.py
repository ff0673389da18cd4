"""Files that appear whole or not at all, and digests of what is in them."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file to be written, which then takes the place of `path`, so that it is there whole or not at all.

    It lies in the same folder, is flushed to the disk, takes the name, and then the folder is flushed too. On any
    failure the old file stays and the temporary one is removed.

    Raises:
        OSError: as the system says (no space, no permission); the old file is untouched.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    os.close(descriptor)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _flush_folder(path.parent)


def replace_file(path: Path, data: bytes) -> None:
    """Write `data` to `path` so that a reader sees the old contents or the new, even after a crash.

    Raises:
        OSError: as for `replacing`.
    """
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def leftovers(folder: Path, names: str) -> list[Path]:
    """Temporary files in a folder that a crash left there, or that somebody is writing just now; sorted.

    Args:
        folder: may be missing.
        names: a regular expression for the files that they were to become; those of other programs are none of ours.
    """
    temporary = re.compile(rf"\.({names})\.[a-z0-9_]{{8}}\.tmp(-journal|-wal|-shm)?")
    return sorted(path for path in folder.glob(".*.tmp*") if temporary.fullmatch(path.name) and path.is_file())


def write_if_changed(path: Path, data: bytes) -> bool:
    """Replace `path` only when its contents differ; say whether it was written.

    Raises:
        OSError: as for `replace_file`.
    """
    if path.is_file() and path.read_bytes() == data:
        return False
    replace_file(path, data)
    return True


def sha256(path: Path) -> str:
    """Digest of a file's contents, 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush_folder(folder: Path) -> None:
    """Make a rename survive a power cut, where the system can: Windows and some network folders cannot."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _umask() -> int:
    """Read the process's umask, which has no reading without writing; mkstemp ignores it."""
    current = os.umask(0o022)
    os.umask(current)
    return current
