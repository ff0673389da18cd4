"""The tree of files: which may be photos, and what changed since they were last seen. Opens no file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from phototag.errors import LibraryError
from phototag.types import PhotoFile

EXTENSIONS = frozenset(b".jpg .jpeg .jpe .jfif .png .webp .gif .tif .tiff .bmp .heic .heif .hif .avif".split())
"""Of the formats that `media.images` reads; compared in lower case."""

SKIPPED_FOLDERS = frozenset({b"@eaDir", b"#recycle", b"$RECYCLE.BIN", b"lost+found", b"System Volume Information"})
"""Folders that file servers and systems keep for themselves; those that start with a dot are skipped as well."""


def photo_files(root: Path) -> Iterator[PhotoFile]:
    """Walk a library, folder by folder in the order of their names.

    Symbolic links are followed, each real folder once. Hidden files and folders and SKIPPED_FOLDERS are left out.
    A folder that cannot be read is passed over; files that vanish meanwhile are too.

    Args:
        root: the library.

    Raises:
        LibraryError: `root` is not a folder that can be read.
    """
    top = os.fsencode(root)
    try:
        os.scandir(top).close()
    except OSError as error:
        raise LibraryError(f"Cannot read {root}: {error.strerror}. Give the folder that holds your photos.") from error
    yield from _walk(top, b"", set())


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


def compare(found: Iterable[PhotoFile], known: Mapping[bytes, PhotoFile]) -> Changes:
    """Sort what a walk found by what must be done with it; all three in the order of paths."""
    unchanged: list[PhotoFile] = []
    fresh: list[PhotoFile] = []
    seen: set[bytes] = set()
    for file in sorted(found, key=lambda f: f.path):
        seen.add(file.path)
        (unchanged if known.get(file.path) == file else fresh).append(file)
    return Changes(tuple(unchanged), tuple(fresh), tuple(sorted(known.keys() - seen)))


def _walk(folder: bytes, prefix: bytes, visited: set[tuple[int, int]]) -> Iterator[PhotoFile]:
    try:
        real = os.stat(folder)
        if (real.st_dev, real.st_ino) in visited:
            return
        visited.add((real.st_dev, real.st_ino))
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith(b".") or entry.name in SKIPPED_FOLDERS:
            continue
        path = prefix + entry.name
        if _is_folder(entry):
            yield from _walk(entry.path, path + b"/", visited)
        elif os.path.splitext(entry.name)[1].lower() in EXTENSIONS:
            yield from _photo_file(entry, path)


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
