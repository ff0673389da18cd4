"""Copies of the index: made, listed, and put back."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from phototag.app.decide import take_effect
from phototag.app.export import TAGS
from phototag.errors import DamagedError, EditedError, LibraryError, UsageError
from phototag.index import backups, db, health, journal, photos
from phototag.index.backups import Backup, Shown
from phototag.index.db import Index

LATEST = "latest"

STEPS = 4
"""Of a restore, as they are told."""

Step: TypeAlias = Callable[[str], None]
"""Told what is being done now."""

_REASONS = {
    backups.RESTORE: "before a restore",
    backups.REBUILD: "before a rebuild",
    backups.REPAIR: "before a repair",
    backups.ENGINE: "before another engine",
    backups.ASKED: "you asked for it",
}


@dataclass(frozen=True, slots=True)
class KnownBackup:
    """A backup beside the index.

    Attributes:
        path: of the file.
        made_ns: when, nanoseconds since the epoch.
        size: in bytes.
        reason: in words.
        decisions: how many are in it; None if it cannot be read.
    """

    path: Path
    made_ns: int
    size: int
    reason: str
    decisions: int | None


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of putting a backup back.

    Attributes:
        source: the backup.
        kept: copy of the index that was there before, or None if there was none.
        damaged: whether that one is damaged.
        tags: copy of the tags.jsonl that was there, where the index that wrote it cannot be read; else None.
        root: the library.
        decisions: how many there are now.
        lacking: how many of the former index's there are not any more; None if that one cannot be read.
    """

    source: Path
    kept: Path | None
    damaged: bool
    tags: Path | None
    root: Path
    decisions: int
    lacking: int | None


def back_up(index: Index, target: Path | None, shown: Shown) -> Path:
    """Copy an index to one whole file, or beside the index if no file is named; returns where.

    Raises:
        EditedError: the file is there and is no index of phototag.
        UsageError: it is a folder, or the index itself.
        DamagedError: the index is damaged; a good backup shall not be replaced by a bad one.
        OSError, sqlite3.Error: it cannot be written. There is no half file.
    """
    faults = health.damage(index.db)
    if faults:
        raise DamagedError(
            f"The index is damaged ({faults[0]}), so it was not copied. To go on: phototag restore latest, or "
            "phototag rebuild DIR"
        )
    if target is None:
        return backups.make(index.db, index.folder, backups.ASKED, shown)
    _require_place(index, target)
    backups.write(index.db, target, shown)
    return target


def list_backups(folder: Path) -> list[KnownBackup]:
    """All backups beside an index, the newest first."""
    return [_known(backup) for backup in backups.listed(folder)]


def restore(folder: Path, root: Path | None, name: str, step: Step) -> Restored:
    """Put a backup in the place of the index, which is backed up first.

    Args:
        folder: of the index; the lock is held.
        root: the library, if known.
        name: a file, the name of one beside the index, or "latest".
        step: told what is being done.

    Raises:
        UsageError: no such file, or it is the index itself.
        DamagedError: it is no whole index.
        NewerIndexError: it, or the index, was made by a newer phototag.
        LibraryError: it is of another library; the index is as it was.
        OSError, sqlite3.Error: something cannot be written; the index is as it was.
    """
    path = folder / db.FILE
    step("Checking the backup")
    source = _source(folder, name)
    health.require_sound(source)
    step("Checking the index")
    before = spoken(path)
    with backups.replacing_index(path) as draft:
        _copy(source, draft, folder, root, before)
        step("Keeping the index that was there")
        kept, tags = set_aside(folder, backups.RESTORE, is_sound=before is not None)
    index = db.open_for_writing(folder, root)
    try:
        step("Writing tags.jsonl")
        take_effect(index)
        now = journal.numbers(index.db)
        lacking = None if before is None else len(before - now)
        return Restored(source, kept, before is None, tags, index.root, len(now), lacking)
    finally:
        index.close()


def spoken(path: Path) -> set[tuple[int, int]] | None:
    """The decisions in a sound index, by number and time; None if it is damaged or not there.

    Raises:
        LibraryError: it is another program's.
        NewerIndexError: made by a newer phototag.
    """
    if not path.is_file():
        return None
    try:
        health.require_sound(path)
    except DamagedError:
        return None
    with closing(db.connect_for_reading(path, still=True)) as opened:
        return journal.numbers(opened)


def set_aside(folder: Path, reason: str, *, is_sound: bool) -> tuple[Path | None, Path | None]:
    """Keep a copy of the index, and where it is damaged or lost one of tags.jsonl, which may know more than a backup.

    Returns:
        The two copies, each None if there is nothing to keep.
    """
    path = folder / db.FILE
    if not is_sound:
        return backups.keep_aside(folder, path), backups.keep_copy(folder / TAGS, reason)
    with closing(db.connect_for_reading(path, still=True)) as opened:
        return backups.make(opened, folder, reason), None


def _copy(source: Path, draft: Path, folder: Path, root: Path | None, before: set[tuple[int, int]] | None) -> None:
    """Copy a backup to where it shall become the index, bring it up to date, and see that it is this library's."""
    with closing(db.connect_for_reading(source, still=True)) as opened:
        backups.copy(opened, draft)
    index = db.open_draft(draft, folder, root)
    try:
        if not (before or set()) & journal.numbers(index.db) and not _is_of(
            index, folder / db.FILE, before is not None
        ):
            raise LibraryError(
                f"{source} is of another library: its photos are not in {index.root}. Nothing was changed. "
                "See the backups of this one: phototag restore --list"
            )
    finally:
        index.close()


def _is_of(index: Index, path: Path, is_sound: bool) -> bool:
    """Whether photos that an index knows are in its library, or in the index that is there now; a tenth is enough."""
    files = photos.files(index.db)
    known: set[str] = set()
    if is_sound:
        with closing(db.connect_for_reading(path, still=True)) as opened:
            known = {photo for _, photo in photos.files(opened).values()}
    shared = sum(photo in known or _size(index.root, file.path) == file.size for file, photo in files.values())
    return 10 * shared >= len(files)


def _size(root: Path, path: bytes) -> int | None:
    try:
        return (root / os.fsdecode(path)).stat().st_size
    except OSError:
        return None


def _source(folder: Path, name: str) -> Path:
    if name == LATEST:
        return _latest(folder)
    own = folder / db.FILE
    for path in (Path(name).absolute(), folder / name):
        if path.is_file():
            if own.exists() and path.samefile(own):
                raise UsageError(f"{path} is the index itself. See its backups: phototag restore --list")
            return path
    raise UsageError(f"There is no file {name}. Nothing was changed. See the backups: phototag restore --list")


def _latest(folder: Path) -> Path:
    found = backups.listed(folder)
    for backup in found:
        try:
            health.require_sound(backup.path)
        except LibraryError:
            continue
        return backup.path
    such = f"None of the {len(found)} backups in {folder} can be read." if found else f"There is no backup in {folder}."
    raise UsageError(
        f"{such} Nothing was changed. Give a file of yours: phototag restore FILE; or make a new index with the names "
        "in tags.jsonl: phototag rebuild DIR"
    )


def _require_place(index: Index, target: Path) -> None:
    """Refuse to write over what is not a backup."""
    own = index.folder / db.FILE
    if target.is_dir() or (target.exists() and target.samefile(own)):
        raise UsageError(f"{target} is {'a folder' if target.is_dir() else 'the index itself'}. Give a file.")
    if target.exists() and not health.is_ours(target):
        raise EditedError(
            f"{target} is there already and is no index of phototag. Nothing was changed. Give another file."
        )


def _known(backup: Backup) -> KnownBackup:
    status = backup.path.stat()
    reason = _REASONS.get(backup.kind, f"before a migration from version {backup.reason.removeprefix('v')}")
    return KnownBackup(backup.path, status.st_mtime_ns, status.st_size, reason, health.count_decisions(backup.path))
