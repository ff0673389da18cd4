"""The tree of files: which may be photos, and what changed since they were last seen. Opens no file."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from phototag.errors import LibraryError
from phototag.media.formats import Kind, kind_of
from phototag.types import PhotoFile

SKIPPED_FOLDERS = frozenset({b"@eaDir", b"#recycle", b"$RECYCLE.BIN", b"lost+found", b"System Volume Information"})
"""Folders that file servers and systems keep for themselves; those that start with a dot are skipped as well."""


class Walk:
    """One walk through a library, folder by folder in the order of their names.

    Symbolic links are followed, each real folder once. Hidden files and folders and SKIPPED_FOLDERS are left out, and
    so are files and folders that vanish meanwhile.

    Attributes:
        unreadable: folder, relative to the library and with a slash at its end -> what the system says; of folders that
            are there but could not be listed. Complete when the walk is.
    """

    def __init__(self, root: Path, skip: Path | None = None) -> None:
        """Prepare a walk of the library `root` that leaves out the folder `skip`, where the index is."""
        self.unreadable: dict[bytes, str] = {}
        self._root = root
        self._skip = skip

    def photo_files(self) -> Iterator[PhotoFile]:
        """List all files that may be photos.

        Raises:
            LibraryError: the library is not a folder that can be read.
        """
        top = os.fsencode(self._root)
        try:
            os.scandir(top).close()
        except OSError as error:
            raise LibraryError(
                f"Cannot read {self._root}: {error.strerror}. Give the folder that holds your photos."
            ) from error
        visited: set[tuple[int, int]] = set()
        if self._skip is not None and self._skip.is_dir():
            visited.add(_identity(os.fsencode(self._skip)))
        yield from self._folder(top, b"", visited)

    def _folder(self, folder: bytes, prefix: bytes, visited: set[tuple[int, int]]) -> Iterator[PhotoFile]:
        try:
            identity = _identity(folder)
            if identity in visited:
                return
            visited.add(identity)
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except FileNotFoundError:
            return
        except OSError as error:
            self.unreadable[prefix] = error.strerror or str(error)
            return
        for entry in entries:
            if entry.name.startswith(b".") or entry.name in SKIPPED_FOLDERS:
                continue
            path = prefix + entry.name
            if _is_folder(entry):
                yield from self._folder(entry.path, path + b"/", visited)
            elif kind_of(entry.name) is Kind.PHOTO:
                yield from _photo_file(entry, path)


@dataclass(frozen=True, slots=True)
class Changes:
    """The disk against the index.

    Attributes:
        unchanged: same path, size and time as last seen: taken to be the same without opening.
        fresh: everything else that is there: new, changed, or moved here.
        missing: paths that were there last time.
    """

    unchanged: tuple[PhotoFile, ...]
    fresh: tuple[PhotoFile, ...]
    missing: tuple[bytes, ...]


def compare(
    found: Iterable[PhotoFile], known: Mapping[bytes, PhotoFile], unreadable: Collection[bytes] = ()
) -> Changes:
    """Sort what a walk found by what must be done with it; all three in the order of paths.

    Args:
        found: the files that are there.
        known: the files of the last scan, by path.
        unreadable: folders (`Walk.unreadable`); what was known below them is not missing, it just cannot be seen.
    """
    unchanged: list[PhotoFile] = []
    fresh: list[PhotoFile] = []
    seen: set[bytes] = set()
    for file in sorted(found, key=lambda f: f.path):
        seen.add(file.path)
        (unchanged if known.get(file.path) == file else fresh).append(file)
    hidden = tuple(unreadable)
    missing = sorted(path for path in known.keys() - seen if not path.startswith(hidden))
    return Changes(tuple(unchanged), tuple(fresh), tuple(missing))


def _identity(folder: bytes) -> tuple[int, int]:
    status = os.stat(folder)
    return status.st_dev, status.st_ino


def _is_folder(entry: os.DirEntry[bytes]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _photo_file(entry: os.DirEntry[bytes], path: bytes) -> Iterator[PhotoFile]:
    try:
        status = entry.stat()
        if entry.is_file():
            yield PhotoFile(path, status.st_size, status.st_mtime_ns)
    except OSError:
        return
