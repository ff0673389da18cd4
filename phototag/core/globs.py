"""Patterns with * ? and [...], as people write them for files; capitals and the way an accent is coded do not count."""

from __future__ import annotations

import fnmatch
import functools
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import TypeAlias

Test: TypeAlias = Callable[[str], bool]


def in_path(pattern: str) -> Test:
    """A test for paths, relative to the library, with "/" between their parts.

    Without a slash in it, a pattern is for the name of the file or of any folder that it lies in. With one it is for a
    path from the library on, of the file or of such a folder; there `**` is any number of folders. A slash at the end:
    only for folders.
    """
    folded = _folded(pattern)
    parts = [part for part in folded.split("/") if part]
    is_folder = folded.endswith("/")
    names = tuple(None if part == "**" else _name(part) for part in parts)
    if len(parts) == 1 and not folded.startswith("/"):
        names = (None, *names)

    def test(path: str) -> bool:
        folders = _folded(path).split("/")
        return _fits(names, folders[:-1] if is_folder else folders)

    return test


def is_camera(pattern: str) -> Test:
    """A test for cameras, such as "Google Pixel 7": a pattern may begin at any word; without * ? [ it may end at any."""
    folded = _folded(pattern)
    test = _name(folded if re.search(r"[*?[]", folded) else f"{folded}*")

    def fits(camera: str) -> bool:
        words = _folded(camera).split()
        return any(test(" ".join(words[i:])) for i in range(len(words)))

    return fits


def _fits(names: Sequence[Test | None], parts: Sequence[str]) -> bool:
    """Whether the parts begin so. None is any number of parts; the earliest fit is as good as any, as no end is asked."""
    at, is_loose = 0, False
    begun: tuple[int, int] | None = None
    i = 0
    while i < len(names):
        test = names[i]
        if test is None:
            is_loose, begun, i = True, (i + 1, at), i + 1
            continue
        if at < len(parts) and test(parts[at]):
            at, i = at + 1, i + 1
        elif is_loose and begun is not None and begun[1] + 1 <= len(parts):
            begun = (begun[0], begun[1] + 1)
            i, at = begun
        else:
            return False
    return True


def _name(pattern: str) -> Test:
    """A test for one name; the answers are remembered, as folders come again and again."""
    fits = re.compile(fnmatch.translate(pattern)).match
    return functools.lru_cache(maxsize=4096)(lambda name: fits(name) is not None)


def _folded(text: str) -> str:
    return (text if text.isascii() else unicodedata.normalize("NFC", text)).casefold()
