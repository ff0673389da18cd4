from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from phototag.index import backups
from phototag.index.db import Index, get_meta, open_for_reading, set_meta


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_backups_are_numbered_together_and_listed_the_newest_first(index: Index) -> None:
    for reason in ("v1", backups.RESTORE, backups.REPAIR):
        backups.make(index.db, index.folder, reason)
    found = [(backup.number, backup.reason) for backup in backups.listed(index.folder)]
    assert found == [(3, "before-repair"), (2, "before-restore"), (1, "v1")]


def test_five_of_each_kind_are_kept_and_migrations_are_one_kind(index: Index) -> None:
    for reason in ("v1", "v2", *[backups.REPAIR] * 7, "v3"):
        backups.make(index.db, index.folder, reason)
    numbers = [backup.number for backup in backups.listed(index.folder)]
    assert numbers == [10, 9, 8, 7, 6, 5, 2, 1]


def test_other_files_are_no_backups(index: Index) -> None:
    for name in ("index-damaged-1.db", "index-mine.db", "index-v1-x.db", "index.db.bak"):
        (index.folder / name).touch()
    assert backups.listed(index.folder) == []


def test_a_backup_that_fails_leaves_nothing(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    before = names(index.folder)

    def shown(left: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises((KeyboardInterrupt, sqlite3.OperationalError)):
        backups.make(index.db, index.folder, "v1", shown)
    assert names(index.folder) == before


def test_what_is_damaged_is_kept_once_with_its_log(tmp_path: Path) -> None:
    (tmp_path / "index.db").write_bytes(b"rubbish")
    (tmp_path / "index.db-wal").write_bytes(b"log")
    for _ in range(2):
        assert backups.keep_aside(tmp_path, tmp_path / "index.db") == tmp_path / "index-damaged-1.db"
    (tmp_path / "index.db").write_bytes(b"other rubbish")
    assert backups.keep_aside(tmp_path, tmp_path / "index.db") == tmp_path / "index-damaged-2.db"
    assert (tmp_path / "index-damaged-1.db-wal").read_bytes() == b"log"
    assert (tmp_path / "index-damaged-1.db").read_bytes() == b"rubbish"


def test_where_there_is_nothing_nothing_is_kept(tmp_path: Path) -> None:
    assert backups.keep_aside(tmp_path, tmp_path / "index.db") is None
    assert backups.keep_copy(tmp_path / "tags.jsonl", "before-rebuild") is None
    assert names(tmp_path) == []


def test_the_log_goes_before_the_new_index_takes_its_place(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    for name in ("index.db", "index.db-wal", "index.db-shm"):
        (tmp_path / name).write_bytes(b"old")
    with backups.replacing_index(path) as draft:
        draft.write_bytes(b"new")
        assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["index.db"]
    assert path.read_bytes() == b"new"


def test_a_new_index_that_does_not_come_about_changes_nothing(tmp_path: Path) -> None:
    for name in ("index.db", "index.db-wal"):
        (tmp_path / name).write_bytes(b"old")
    with pytest.raises(KeyError), backups.replacing_index(tmp_path / "index.db"):
        raise KeyError
    assert names(tmp_path) == ["index.db", "index.db-wal"]


def test_a_backup_is_of_one_moment_whoever_writes_meanwhile(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    set_meta(index.db, "colour", b"red")
    set_meta(index.db, "ballast", b"x" * 100_000)
    monkeypatch.setattr(backups, "_PAGES", 1)
    reader = open_for_reading(index.folder)
    reader.db.execute("BEGIN")
    assert get_meta(reader.db, "colour") == b"red"
    path = index.folder / "copy.db"
    backups.write(reader.db, path, lambda left, total: set_meta(index.db, "colour", str(left).encode()))
    reader.close()
    with closing(sqlite3.connect(path)) as copy:
        assert get_meta(copy, "colour") == b"red"
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
