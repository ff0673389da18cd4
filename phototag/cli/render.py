"""How things look in a terminal and as JSON."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from phototag.app.sentences import count, line

__all__ = ["LISTED", "command", "count", "flush", "line", "note", "null", "out", "path", "raw", "stream", "table"]

LISTED = 20
"""Rows shown to a person before "and N more"; --json has all."""


def out(text: str = "") -> None:
    """What was asked for: to stdout."""
    sys.stdout.write(text + "\n")


def null(paths: Sequence[Path]) -> None:
    """Paths for `xargs -0`, as the bytes that they are."""
    sys.stdout.flush()
    sys.stdout.buffer.write(b"".join(os.fsencode(path) + b"\0" for path in paths))


def stream(chunks: Iterable[bytes]) -> None:
    """What was asked for, as the bytes that it is, piece by piece: to stdout."""
    sys.stdout.flush()
    for chunk in chunks:
        sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()


def flush() -> None:
    """Let whoever reads our stdout have it now."""
    sys.stdout.flush()


def note(text: str = "") -> None:
    """A message: to stderr."""
    sys.stderr.write(text + "\n")


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> str:
    """Columns under a head; columns whose numbers are in `right` are aligned there."""
    widths = [max(len(str(row[i])) for row in [head, *rows]) for i in range(len(head))]
    lines = [
        "  ".join(
            cell.rjust(w) if i in right else cell.ljust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in [head, ["-" * w for w in widths], *rows]
    ]
    return "\n".join(line.rstrip() for line in lines)


def path(raw: bytes) -> str:
    """A path as a person reads it; control characters, such as a newline, are escaped."""
    return line(os.fsdecode(raw))


def raw(path_: bytes) -> str:
    """A path for programs: `os.fsencode` gives the bytes back, whatever they are."""
    return os.fsdecode(path_)


def command(*words: object) -> str:
    """A command as this user can type it: `phototag ...`, or with the path it was started by if it is not on PATH."""
    started = Path(sys.argv[0])
    installed = shutil.which("phototag")
    plain = installed is not None and started.exists() and Path(installed).samefile(started)
    program = "phototag" if plain or started.name != "phototag" else os.path.relpath(started)
    return " ".join([program, *map(str, words)])
