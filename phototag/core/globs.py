"""Patterns with * ? and [...], as people write them for files; capitals and the way an accent is coded do not count."""

from __future__ import annotations

import fnmatch
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

Test: TypeAlias = Callable[[str], bool]

_Places: TypeAlias = frozenset[int]
"""How many parts of a pattern may have been met so far; more than one where a `**` leaves it open."""


class PathPattern:
    """A pattern for paths, relative to the library, with "/" between their parts.

    Without a slash in it, a pattern is for the name of the file or of any folder that it lies in. With one it is for a
    path from the library on, of the file or of such a folder; there `**` is any number of folders. A slash at the end:
    only for folders.
    """

    def __init__(self, pattern: str) -> None:
        folded = _folded(pattern)
        parts = [part for part in folded.split("/") if part]
        while parts[-1:] == ["**"]:  # whatever lies in a folder that fits does so anyway
            parts.pop()
        self._is_folder = folded.endswith("/")
        self._parts: list[Test | None] = [None if part == "**" else _name(part) for part in parts]
        if len(parts) == 1 and not folded.startswith("/"):
            self._parts.insert(0, None)
        self._folders: dict[str, _Places] = {"": self._with_none([0])}

    def fits(self, path: str) -> bool:
        """Whether a path is like that."""
        folder, _, name = path.rpartition("/")
        places, end = self._in_folder(folder), len(self._parts)
        if end in places:
            return True
        last = self._parts[-1]
        return not self._is_folder and end - 1 in places and last is not None and last(_folded(name))

    def _in_folder(self, folder: str) -> _Places:
        """Where a folder leads, remembered, as most files share theirs with others."""
        if folder not in self._folders:
            above, _, name = folder.rpartition("/")
            self._folders[folder] = self._after(self._in_folder(above), name)
        return self._folders[folder]

    def _after(self, places: _Places, name: str) -> _Places:
        """Where one more name leads; what has met all parts has done so for ever."""
        folded, end, found = _folded(name), len(self._parts), []
        for place in places:
            test = None if place == end else self._parts[place]
            if test is None:
                found.append(place)
            elif test(folded):
                found.append(place + 1)
        return self._with_none(found) if found else _NOWHERE

    def _with_none(self, places: Iterable[int]) -> _Places:
        """These, and those behind a `**`, which may be no folder at all."""
        found = set(places)
        for place, test in enumerate(self._parts):
            if test is None and place in found:
                found.add(place + 1)
        return frozenset(found)


_NOWHERE: _Places = frozenset()


def camera_test(pattern: str) -> Test:
    """A test for cameras, such as "Google Pixel 7".

    A pattern may begin at any of the words. Without * ? or [ in it, it is also for names that go on: "pixel".
    """
    folded = _folded(pattern)
    test = _name(folded if re.search(r"[*?[]", folded) else f"{folded}*")

    def fits(camera: str) -> bool:
        words: Sequence[str] = _folded(camera).split()
        return any(test(" ".join(words[i:])) for i in range(len(words)))

    return fits


def _name(pattern: str) -> Test:
    """A test for one name."""
    fits = re.compile(fnmatch.translate(pattern)).match
    return lambda name: fits(name) is not None


def _folded(text: str) -> str:
    return (text if text.isascii() else unicodedata.normalize("NFC", text)).casefold()
