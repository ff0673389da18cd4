"""Give found photos to somebody: copies in a folder, or a look at them. The library itself is only read."""

from __future__ import annotations

import filecmp
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from phototag.errors import LibraryError, PhotoProblem, UsageError
from phototag.types import Progress

AT_ONCE = 20
"""Photos that are opened one by one where links cannot be made."""


@dataclass(frozen=True, slots=True)
class CopyReport:
    """What came of copying photos.

    Attributes:
        copied: files that are there now and were not.
        present: photos of which the folder had the same file already.
        problems: photos that could not be read.
    """

    copied: int
    present: int
    problems: tuple[PhotoProblem, ...]


def copy_photos(root: Path, paths: Sequence[bytes], folder: Path, progress: Progress) -> CopyReport:
    """Copy photos of a library into a folder, which is made if it is not there. Nothing is overwritten.

    A photo keeps its name; where the folder has another file of that name, it gets a number: "IMG_1 (2).jpg".

    Raises:
        UsageError: the folder lies in the library.
        LibraryError: the folder cannot be written to.
    """
    if folder.resolve().is_relative_to(root.resolve()):
        raise UsageError(f"{folder} lies in the library {root}, which is left as it is. Nothing was copied.")
    copied, problems = 0, []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in progress(paths, label="Copying", total=len(paths), unit="photo"):
            try:
                copied += _copy(root / os.fsdecode(path), folder)
            except _UnreadableError as error:
                problems.append(PhotoProblem(path, f"It cannot be read: {error}"))
    except OSError as error:
        raise LibraryError(
            f"{folder} cannot be written to: {error.strerror or error}. Copied so far: {copied}. "
            "The same command goes on where it was."
        ) from error
    return CopyReport(copied, len(paths) - copied - len(problems), tuple(problems))


class _UnreadableError(Exception):
    """A photo cannot be read; the message says why."""


def _copy(photo: Path, folder: Path) -> bool:
    """Whether there was something to copy.

    Raises:
        _UnreadableError: there is no such photo, or no reading it.
        OSError: no writing it.
    """
    for number in itertools.count(1):
        target = folder / (photo.name if number == 1 else f"{photo.stem} ({number}){photo.suffix}")
        if not os.path.lexists(target):
            with suppress(FileExistsError):  # somebody made it just now
                _write(photo, target)
                return True
        if _is_same(photo, target):
            return False
    raise AssertionError("numbers do not end")


def _is_same(photo: Path, target: Path) -> bool:
    try:
        return target.is_file() and filecmp.cmp(photo, target, shallow=False)
    except OSError as error:
        raise _UnreadableError(error.strerror or str(error)) from error


def _write(photo: Path, target: Path) -> None:
    """Copy to a file that is not there yet; what is begun and not finished is removed."""
    try:
        source = photo.open("rb")
    except OSError as error:
        raise _UnreadableError(error.strerror or str(error)) from error
    with source, target.open("xb") as file:
        try:
            _pour(source.read, file.write)
        except BaseException:
            file.close()
            target.unlink()
            raise
    with suppress(OSError):  # a file system without times or modes
        shutil.copystat(photo, target)


def _pour(read: Callable[[int], bytes], write: Callable[[bytes], int]) -> None:
    while True:
        try:
            chunk = read(1 << 20)
        except OSError as error:
            raise _UnreadableError(error.strerror or str(error)) from error
        if not chunk:
            return
        write(chunk)


def open_photos(root: Path, paths: Sequence[bytes], opener: Callable[[Path], None] | None = None) -> Path | None:
    """Show photos in the system's own viewer: a folder of links to them, or the first AT_ONCE where it has no links.

    Args:
        root: of the library.
        paths: in it, at least one.
        opener: opens a file or folder; None is the system's.

    Returns:
        The folder of links, which the system clears away some day; or None.

    Raises:
        UsageError: the system has nothing to open it with.
    """
    opener = opener or system_opener()
    folder = Path(tempfile.mkdtemp(prefix="phototag-found-"))
    try:
        for number, path in enumerate(paths, 1):
            photo = root / os.fsdecode(path)
            (folder / f"{number:0{len(str(len(paths)))}} {photo.name}").symlink_to(photo)
    except OSError:  # Windows asks for a privilege
        shutil.rmtree(folder)
        for path in paths[:AT_ONCE]:
            opener(root / os.fsdecode(path))
        return None
    opener(folder)
    return folder


def system_opener() -> Callable[[Path], None]:
    """What opens a file or folder as a double click does.

    Raises:
        UsageError: there is nothing here that does.
    """
    if sys.platform == "win32":
        return os.startfile
    program = shutil.which("open" if sys.platform == "darwin" else "xdg-open")
    if program is None:
        raise UsageError("There is no xdg-open on this machine, so nothing can be opened. Use --copy DIR, or -0.")

    def opened(path: Path) -> None:
        done = subprocess.run([program, path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        if done.returncode:
            raise UsageError(f"{program} could not open {path} (code {done.returncode}). Use --copy DIR, or -0.")

    return opened
