"""Copies of an index: whole files of their own, made before something dangerous and when the user asks.

Those that phototag makes by itself lie beside the index and say in their names what they were made before:
index-v1-7.db a migration from version 1, index-before-restore-8.db a restore, index-before-repair-9.db a repair. They
are numbered together, and of each kind the last five are kept. What cannot be read is kept as it is, as
index-damaged-N.db, and never removed.
"""

from __future__ import annotations

import filecmp
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple, TypeAlias

from phototag.files import replacing

KEPT = 5
"""Automatic backups of each kind."""

RESTORE, REBUILD, REPAIR, ENGINE = "before-restore", "before-rebuild", "before-repair", "before-engine"
ASKED = "asked-for"
_NAME = re.compile(r"index-(v\d+|before-[a-z]+|asked-for)-(\d+)\.db")
_PAGES = 1000

Shown: TypeAlias = Callable[[int, int], None]
"""Told how many pages are left and how many there are."""


def _silent(left: int, total: int) -> None:
    """Show nothing."""


class Backup(NamedTuple):
    """A backup in the index's folder.

    Attributes:
        number: they are numbered together, in the order in which they were made.
        reason: as in its name: "v1" for a migration from version 1.
        path: of the file.
    """

    number: int
    reason: str
    path: Path

    @property
    def kind(self) -> str:
        """What it was made before, whatever the version: of each kind a few are kept."""
        return "migration" if self.reason.startswith("v") else self.reason


def listed(folder: Path) -> list[Backup]:
    """All backups that phototag made by itself, the newest first."""
    found = [(match, path) for path in folder.glob("index-*.db") if (match := _NAME.fullmatch(path.name))]
    return sorted((Backup(int(match[2]), match[1], path) for match, path in found), reverse=True)


def make(db: sqlite3.Connection, folder: Path, reason: str, shown: Shown = _silent) -> Path:
    """Back an index up beside it, and remove the oldest backups of this kind.

    Raises:
        OSError: the folder cannot be written.
        sqlite3.Error: the index cannot be read, or the disk is full. There is no half backup.
    """
    before = listed(folder)
    number = max((backup.number for backup in before), default=0) + 1
    made = Backup(number, reason, folder / f"index-{reason}-{number}.db")
    write(db, made.path, shown)
    for old in [backup for backup in before if backup.kind == made.kind][KEPT - 1 :]:
        old.path.unlink(missing_ok=True)
    return made.path


def write(db: sqlite3.Connection, path: Path, shown: Shown = _silent) -> None:
    """Copy an index, with what is in its log, to one whole file; whoever writes meanwhile is not held up.

    Raises:
        OSError, sqlite3.Error: as for `make`; a file that was there is untouched.
    """
    with replacing(path) as temporary:
        copy(db, temporary, shown)


def copy(db: sqlite3.Connection, path: Path, shown: Shown = _silent) -> None:
    """Copy an index to a file that nobody knows yet, without a log beside it."""
    with closing(sqlite3.connect(path)) as written:
        db.backup(written, pages=_PAGES, progress=lambda _, left, total: shown(left, total), sleep=0)
        written.execute("PRAGMA journal_mode = DELETE")


def keep_aside(folder: Path, path: Path) -> Path | None:
    """Copy a damaged index with its log, byte for byte, to index-damaged-N.db; once, however often it is tried.

    Returns:
        The copy, or None if there is no file.

    Raises:
        OSError: it cannot be read, or the disk is full; nothing has changed.
    """
    if not path.is_file():
        return None
    kept = _keep(path, folder, "index-damaged", ".db")
    log = path.with_name(path.name + "-wal")
    if log.is_file():
        with replacing(kept.with_name(kept.name + "-wal")) as temporary:
            shutil.copyfile(log, temporary)
    return kept


def keep_copy(path: Path, reason: str) -> Path | None:
    """Keep what is in a file under a name of its own, such as tags-before-rebuild-1.jsonl.

    Returns:
        The copy, or None if there is no file. The same contents are kept once.

    Raises:
        OSError: it cannot be read, or the disk is full; nothing has changed.
    """
    return _keep(path, path.parent, f"{path.stem}-{reason}", path.suffix) if path.is_file() else None


@contextmanager
def replacing_index(path: Path) -> Iterator[Path]:
    """A file to be made an index, which then takes the place of another one, of which nothing is needed any more.

    The log of the other one goes first: SQLite would take it for the new one's.

    Raises:
        OSError: the system refuses, such as Windows for a file that another program has open.
    """
    with replacing(path) as temporary:
        yield temporary
        for log in ("-wal", "-shm"):
            path.with_name(path.name + log).unlink(missing_ok=True)


def _keep(path: Path, folder: Path, stem: str, suffix: str) -> Path:
    kept = {int(p.stem.removeprefix(f"{stem}-")): p for p in folder.glob(f"{stem}-*{suffix}") if p.stem[-1].isdecimal()}
    for copy in kept.values():
        if filecmp.cmp(path, copy, shallow=False):
            return copy
    target = folder / f"{stem}-{max(kept, default=0) + 1}{suffix}"
    with replacing(target) as temporary:
        shutil.copyfile(path, temporary)
    return target
