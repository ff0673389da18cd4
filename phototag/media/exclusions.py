"""What the user wants left out: patterns as in .gitignore, from .phototagignore files and from `--exclude`."""

from __future__ import annotations

import os
import re
import unicodedata
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pathspec import GitIgnoreSpec

from phototag.errors import LibraryError, UsageError

IGNORE_FILE = b".phototagignore"
"""In the library's folder or in any below it; its patterns are relative to the folder that it is in."""

OPTION = "--exclude"


@dataclass(frozen=True, slots=True)
class Patterns:
    """Patterns from one source; the last that matches decides.

    Attributes:
        folder: that they are relative to: relative to the library, "" or with a slash at its end.
        spec: compiled.
        sources: for a person, where each pattern was written.
    """

    folder: bytes
    spec: GitIgnoreSpec
    sources: tuple[str, ...]

    def decide(self, path: bytes) -> tuple[bool, str] | None:
        """Whether the path is to be left out, and who says so; None if nothing here matches."""
        found = self.spec.check_file(_comparable(os.fsdecode(path[len(self.folder) :])))
        if found.include is None or found.index is None:
            return None
        return found.include, self.sources[found.index]


def from_option(lines: Sequence[str]) -> Patterns:
    """Patterns from the command line, relative to the library.

    Raises:
        UsageError: one makes no sense.
    """
    try:
        said = _patterns(lines)
        return Patterns(b"", _compiled(said), tuple(f"{OPTION} {line}" for line in said.values()))
    except _BrokenError as error:
        raise UsageError(f"{OPTION} {error.line!r} is no pattern that can be understood. {_HELP}") from None


def from_file(path: bytes, folder: bytes) -> Patterns:
    """Patterns from a .phototagignore file.

    Args:
        path: of the file, absolute.
        folder: that it is in, relative to the library, "" or with a slash at its end.

    Raises:
        LibraryError: it cannot be read, or a line makes no sense. To go on without it would be against the user's will.
    """
    name = os.fsdecode(path)
    try:
        said = _patterns(_text(Path(name)).split("\n"))
        source = os.fsdecode(folder + IGNORE_FILE)
        return Patterns(folder, _compiled(said), tuple(f"{source}, line {number}" for number in said))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise LibraryError(
            f"Cannot read {name}: {why}. It says which photos to leave out, so nothing was scanned and nothing "
            "changed. Mend it or remove it."
        ) from error
    except _BrokenError as error:
        raise LibraryError(
            f"{name}, line {error.number}: {error.line!r} is no pattern that can be understood. Nothing was scanned "
            f"and nothing changed. {_HELP}"
        ) from None


def excluded_by(rules: Sequence[Patterns], path: bytes) -> str | None:
    """Who wants this path left out, or None. The last rules that say anything about it decide.

    Args:
        rules: from the library's folder downwards.
        path: relative to the library; of a folder with a slash at its end.
    """
    for patterns in reversed(rules):
        decided = patterns.decide(path)
        if decided is not None:
            return decided[1] if decided[0] else None
    return None


_HELP = r"Patterns are as in .gitignore: private/, *.tmp, 2019/scan*.jpg; a bracket is written \[."


class _BrokenError(Exception):
    def __init__(self, number: int, line: str) -> None:
        super().__init__(number, line)
        self.number, self.line = number, line


def _patterns(lines: Sequence[str]) -> dict[int, str]:
    """Lines by their numbers, from 1, without what is no pattern: comments and empty lines."""
    numbered = enumerate((line.removesuffix("\r") for line in lines), 1)
    return {number: line for number, line in numbered if line.strip() and not line.startswith("#")}


def _compiled(said: Mapping[int, str]) -> GitIgnoreSpec:
    for number, line in said.items():
        try:
            (pattern,) = _spec([line]).patterns
        except (ValueError, re.error):
            raise _BrokenError(number, line) from None
        # git lets a pattern that can match nothing pass; but somebody wrote it to keep something out
        if pattern.include is None:
            raise _BrokenError(number, line)
    return _spec(said.values())


def _spec(lines: Iterable[str]) -> GitIgnoreSpec:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of `re`, about brackets in brackets
        return GitIgnoreSpec.from_lines([_comparable(line) for line in lines])


def _comparable(text: str) -> str:
    """One spelling of accents, as file systems differ; and no line break, at which patterns would end."""
    return text.replace("\n", "\0") if text.isascii() else unicodedata.normalize("NFC", text).replace("\n", "\0")


def _text(path: Path) -> str:
    if not path.is_file():
        path.stat()  # says what is wrong, if it is not there
        raise ValueError("it is no file")
    data = path.read_bytes()
    if b"\0" in data:
        raise ValueError("it is not text in UTF-8; save it as such")
    return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
