"""The tree of files: which may be photos, what is passed over and why, what changed since. Opens no photo."""

from __future__ import annotations

import errno
import itertools
import os
import stat
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

from phototag.errors import LibraryError
from phototag.media.exclusions import IGNORE_FILE, Patterns, excluded_by, from_file, from_option
from phototag.media.formats import Kind, kind_of
from phototag.media.sidecars import is_sidecar, owners
from phototag.types import PhotoFile, Sidecar

SKIPPED_FOLDERS = frozenset(
    [*b"@eadir #recycle #snapshot $recycle.bin lost+found thumbs __macosx".split(), b"system volume information"]
)
"""Folders that file servers and systems keep for themselves, in lower case."""

PREVIEWS = (b".lrdata",)
"""Ends of the names of folders in which a program keeps previews: Lightroom. In lower case."""

PHOTO_LIBRARIES = (b".photoslibrary", b".photolibrary", b".migratedphotolibrary", b".aplibrary")
"""Ends of the names of folders that are libraries of Apple's programs, in lower case."""

ORIGINALS = frozenset({b"originals", b"masters"})
"""What is looked at in such a library, in lower case; all else in it was generated from these."""


class Why(StrEnum):
    """Why something is passed over."""

    VIDEO = "video"
    OTHER_PICTURE = "other_picture"
    OTHER = "other"
    EXCLUDED = "excluded"
    HIDDEN = "hidden"
    GENERATED = "generated"
    LINK = "link"
    SEEN = "seen"
    NO_FILE = "no_file"


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A file that is not looked at, or a folder with all that is in it.

    Attributes:
        path: relative to the library; a folder's has a slash at its end.
        why: as it says.
        by: who excluded it; "" if nobody did.
    """

    path: bytes
    why: Why
    by: str = ""


_Identity: TypeAlias = tuple[int, int]
"""Of a folder, whatever path leads to it: device and inode."""

_LEADS_NOWHERE = frozenset({errno.ENOENT, errno.ELOOP, errno.ENOTDIR})

_NOT_PHOTOS = {Kind.VIDEO: Why.VIDEO, Kind.OTHER_PICTURE: Why.OTHER_PICTURE, Kind.OTHER: Why.OTHER}


@dataclass(slots=True)
class _Folder:
    """A folder that is being listed.

    Attributes:
        prefix: of the paths of what is in it.
        entries: what is left to look at.
        rules: of this folder and those above it.
        is_library: of one of Apple's programs.
        sidecars: name of a photo -> what lies beside it.
    """

    prefix: bytes
    entries: Iterator[os.DirEntry[bytes]]
    rules: tuple[Patterns, ...]
    is_library: bool
    sidecars: Mapping[bytes, os.DirEntry[bytes]]


class Walk:
    """One walk through a library, folder by folder in the order of their names, then where links lead.

    Each real folder is walked once; one that is in the library keeps its own path, whatever links lead to it. Left out
    are what the user excludes, what is hidden, what systems and programs keep for themselves, links to what is left out
    or to a folder that the library is in, and what vanishes meanwhile.

    Attributes:
        unreadable: path relative to the library -> what the system says; of folders (with a slash at the end) that are
            there but could not be listed, and of files of which not even the size is told.
        passed_over: how many files, or whole folders, were passed over, and why.

    Both are complete when the walk is.
    """

    def __init__(self, root: Path, skip: Path | None = None, exclude: Sequence[str] = ()) -> None:
        """Prepare a walk.

        Args:
            root: the library.
            skip: a folder to leave out: where the index is.
            exclude: patterns as in .gitignore, besides those in .phototagignore files.

        Raises:
            UsageError: a pattern makes no sense.
        """
        self.unreadable: dict[bytes, str] = {}
        self.passed_over: Counter[Why] = Counter()
        self._top = os.fsencode(root)
        self._skip = skip
        self._option = from_option(exclude) if exclude else None
        self._excluded: dict[bytes, str] = {}
        self._visited: set[_Identity] = set()
        self._own: _Identity | None = None

    def photo_files(self) -> Iterator[PhotoFile]:
        """List all files that may be photos.

        Raises:
            LibraryError: the library is not a folder that can be read, or a .phototagignore cannot be.
        """
        return (found for found in self.entries() if isinstance(found, PhotoFile))

    def entries(self) -> Iterator[PhotoFile | PassedOver]:
        """List all files that may be photos, and what is passed over. Else as `photo_files`."""
        self._visited = set(_around(self._top))
        self._own = _identity(os.fsencode(self._skip)) if self._skip is not None and self._skip.is_dir() else None
        first = self._require_folder()
        stack: list[_Folder] = [first]
        links: deque[tuple[os.DirEntry[bytes], _Folder]] = deque()
        while stack or links:
            if stack:
                entry, folder = next(stack[-1].entries, None), stack[-1]
                if entry is None:
                    stack.pop()
                    continue
                if _is_link(entry):
                    links.append((entry, folder))
                    continue
            else:
                entry, folder = links.popleft()
            found = self._look(entry, folder)
            if isinstance(found, _Folder):
                stack.append(found)
            elif found is not None:
                if isinstance(found, PassedOver):
                    self.passed_over[found.why] += 1
                yield found

    def _require_folder(self) -> _Folder:
        """The library itself."""
        try:
            if _identity(self._top) == self._own:
                raise LibraryError(
                    f"The index cannot lie among the photos in {os.fsdecode(self._top)}. Give it a folder of its own: "
                    "--index DIR"
                )
            return self._listed(self._top, b"", () if self._option is None else (self._option,))
        except OSError as error:
            raise LibraryError(
                f"Cannot read {os.fsdecode(self._top)}: {error.strerror}. Give the folder that holds your photos."
            ) from error

    def _look(self, entry: os.DirEntry[bytes], folder: _Folder) -> PhotoFile | PassedOver | _Folder | None:
        """What to do with an entry; None if it is not there any more, or cannot be read."""
        path = folder.prefix + entry.name
        if entry.name.startswith(b"."):
            return PassedOver(path, Why.HIDDEN)
        is_folder = self._is_folder(entry, path, folder)
        if is_folder is None:
            return None
        path += b"/" if is_folder else b""
        if is_folder and _is_generated(entry.name.lower(), folder):
            return PassedOver(path, Why.GENERATED)
        by = excluded_by(folder.rules, path) or self._target_excluded_by(entry)
        if by is not None:
            self._excluded[path] = by
            return PassedOver(path, Why.EXCLUDED, by)
        if is_folder:
            return self._folder(entry.path, path, folder)
        why = _NOT_PHOTOS.get(kind_of(entry.name))
        return self._file(entry, path, folder) if why is None else PassedOver(path, why)

    def _is_folder(self, entry: os.DirEntry[bytes], path: bytes, folder: _Folder) -> bool | None:
        """None if the system does not tell; noted, unless it is excluded whatever it is."""
        try:
            return entry.is_dir()
        except OSError as error:
            if error.errno in _LEADS_NOWHERE:
                return False
            if excluded_by(folder.rules, path) is None and excluded_by(folder.rules, path + b"/") is None:
                self.unreadable[path] = error.strerror or str(error)
            return None

    def _folder(self, absolute: bytes, path: bytes, parent: _Folder) -> PassedOver | _Folder | None:
        try:
            identity = _identity(absolute)
            if identity == self._own:
                return PassedOver(path, Why.GENERATED)
            if identity in self._visited:
                return PassedOver(path, Why.SEEN)
            return self._listed(absolute, path, parent.rules)
        except FileNotFoundError:
            return None
        except OSError as error:
            self.unreadable[path] = error.strerror or str(error)
            return None

    def _listed(self, absolute: bytes, path: bytes, rules: tuple[Patterns, ...]) -> _Folder:
        with os.scandir(absolute) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
        self._visited.add(_identity(absolute))
        if any(entry.name == IGNORE_FILE for entry in entries):
            own = from_file(os.path.join(absolute, IGNORE_FILE), path)
            # the option has the last word, as git's has
            rules = (*rules[:-1], own, self._option) if self._option is not None else (*rules, own)
        is_library = absolute.lower().endswith(PHOTO_LIBRARIES)
        return _Folder(path, iter(entries), rules, is_library, _sidecars(entries))

    def _file(self, entry: os.DirEntry[bytes], path: bytes, folder: _Folder) -> PhotoFile | PassedOver | None:
        try:
            status = entry.stat()
        except OSError as error:
            if error.errno not in _LEADS_NOWHERE:
                self.unreadable[path] = error.strerror or str(error)
                return None
            return PassedOver(path, Why.LINK) if _is_link(entry) else None
        if not stat.S_ISREG(status.st_mode):
            return PassedOver(path, Why.NO_FILE)
        return PhotoFile(path, status.st_size, status.st_mtime_ns, self._sidecar(entry.name, folder))

    def _sidecar(self, photo: bytes, folder: _Folder) -> Sidecar | None:
        """What lies beside a photo, if it is there and nobody excludes it."""
        entry = folder.sidecars.get(photo)
        if entry is None or excluded_by(folder.rules, folder.prefix + entry.name) is not None:
            return None
        try:
            status = entry.stat()
        except OSError:
            return None
        is_file = stat.S_ISREG(status.st_mode)
        return Sidecar(folder.prefix + entry.name, status.st_size, status.st_mtime_ns) if is_file else None

    def _target_excluded_by(self, entry: os.DirEntry[bytes]) -> str | None:
        """Who excludes what a link leads to, or a folder around that; links are looked at when all else is known."""
        if not self._excluded or not _is_link(entry):
            return None
        top = os.path.join(os.path.realpath(self._top), b"")
        target = os.path.realpath(entry.path)
        if not target.startswith(top):
            return None
        parts = target[len(top) :].split(b"/")
        around = (b"/".join(parts[:n]) for n in range(1, len(parts) + 1))
        found = (self._excluded.get(path) or self._excluded.get(path + b"/") for path in around)
        return next((by for by in found if by), None)


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
        unreadable: as `Walk.unreadable`; what was known there is not missing, it just cannot be seen.
    """
    unchanged: list[PhotoFile] = []
    fresh: list[PhotoFile] = []
    seen: set[bytes] = set()
    for file in sorted(found, key=lambda f: f.path):
        seen.add(file.path)
        (unchanged if known.get(file.path) == file else fresh).append(file)
    missing = sorted(path for path in known.keys() - seen if not is_there(path, unreadable))
    return Changes(tuple(unchanged), tuple(fresh), tuple(missing))


def is_there(path: bytes, unreadable: Collection[bytes]) -> bool:
    """Whether a path that was not seen may be there all the same, in or at what could not be read."""
    above = itertools.accumulate(path.split(b"/"), lambda folder, name: folder + b"/" + name)
    return any(part in unreadable or part + b"/" in unreadable for part in above)


def _sidecars(entries: Sequence[os.DirEntry[bytes]]) -> Mapping[bytes, os.DirEntry[bytes]]:
    """Name of a photo -> what lies beside it; a folder without sidecars costs hardly anything."""
    if not any(is_sidecar(entry.name) for entry in entries):
        return {}
    by_name = {entry.name: entry for entry in entries if not entry.name.startswith(b".") and not _is_folder(entry)}
    return {photo: by_name[sidecar] for photo, sidecar in owners(by_name).items()}


def _identity(folder: bytes) -> _Identity:
    status = os.stat(folder)
    return status.st_dev, status.st_ino


def _is_link(entry: os.DirEntry[bytes]) -> bool:
    try:
        return entry.is_symlink()
    except OSError:
        return False


def _is_folder(entry: os.DirEntry[bytes]) -> bool:
    """Whether it is a folder, and no link to one."""
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _around(folder: bytes) -> Iterator[_Identity]:
    """The folders that a folder is in."""
    path = os.path.realpath(folder)
    while (above := os.path.dirname(path)) != path:
        path = above
        with suppress(OSError):
            yield _identity(path)


def _is_generated(name: bytes, folder: _Folder) -> bool:
    """Whether a folder, by its name in lower case, holds nothing but what a program made of the photos."""
    return name in SKIPPED_FOLDERS or name.endswith(PREVIEWS) or (folder.is_library and name not in ORIGINALS)
