from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from phototag.errors import LibraryError
from phototag.index import db, migrations
from phototag.index.db import Index, get_meta, open_for_reading, open_for_writing, set_meta, transaction


def test_a_transaction_is_whole(index: Index) -> None:
    with transaction(index.db):
        set_meta(index.db, "colour", b"red")
    assert get_meta(index.db, "colour") == b"red"


def test_a_transaction_that_fails_did_not_happen(index: Index) -> None:
    with pytest.raises(KeyError), transaction(index.db):
        set_meta(index.db, "colour", b"red")
        raise KeyError
    assert get_meta(index.db, "colour") is None
    assert not index.db.in_transaction


def test_ctrl_c_inside_a_transaction_rolls_it_back(index: Index) -> None:
    with pytest.raises(KeyboardInterrupt), transaction(index.db):
        set_meta(index.db, "colour", b"red")
        raise KeyboardInterrupt
    assert get_meta(index.db, "colour") is None


def test_a_full_disk_stops_with_a_sentence_and_nothing_of_the_transaction(index: Index) -> None:
    pages = index.db.execute("PRAGMA page_count").fetchone()[0]
    index.db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(LibraryError, match="full"), transaction(index.db):
        set_meta(index.db, "colour", b"red" * 100_000)
    assert get_meta(index.db, "colour") is None
    assert index.db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_decisions_cannot_be_changed_or_removed(index: Index) -> None:
    index.db.execute("INSERT INTO decisions (at_ns, kind, words) VALUES (1, 'name', '{}')")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        index.db.execute("UPDATE decisions SET kind = 'other'")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        index.db.execute("DELETE FROM decisions")


def test_the_index_is_ours_in_wal_mode_with_foreign_keys(index: Index) -> None:
    assert index.db.execute("PRAGMA application_id").fetchone()[0] == migrations.APPLICATION_ID
    assert index.db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert index.db.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_reading_where_there_is_no_index_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="phototag scan"):
        open_for_reading(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_reader_cannot_write(index: Index) -> None:
    reader = open_for_reading(index.folder)
    with pytest.raises(LibraryError), transaction(reader.db):
        set_meta(reader.db, "colour", b"red")
    reader.close()


def test_an_index_moves_with_its_library(tmp_path: Path) -> None:
    (tmp_path / "old" / ".phototag").mkdir(parents=True)
    open_for_writing(tmp_path / "old" / ".phototag", tmp_path / "old").close()
    (tmp_path / "old").rename(tmp_path / "new")
    moved = open_for_reading(tmp_path / "new" / ".phototag")
    assert moved.root == tmp_path / "new"
    moved.close()


def test_an_index_elsewhere_remembers_its_library(tmp_path: Path) -> None:
    open_for_writing(tmp_path, Path("/photos/of\udcff mine")).close()
    opened = open_for_reading(tmp_path)
    assert opened.root == Path("/photos/of\udcff mine")
    opened.close()


def test_an_index_is_not_taken_for_another_library_that_is_there(tmp_path: Path) -> None:
    for name in ("one", "two", "index"):
        (tmp_path / name).mkdir()
    open_for_writing(tmp_path / "index", tmp_path / "one").close()
    with pytest.raises(LibraryError, match=r"is of .*one"):
        open_for_writing(tmp_path / "index", tmp_path / "two")
    (tmp_path / "one").rmdir()
    open_for_writing(tmp_path / "index", tmp_path / "two").close()


def test_an_index_elsewhere_may_have_the_name_of_one_inside(tmp_path: Path) -> None:
    (tmp_path / "data" / ".phototag").mkdir(parents=True)
    (tmp_path / "photos").mkdir()
    opened = open_for_writing(tmp_path / "data" / ".phototag", tmp_path / "photos")
    assert opened.root == tmp_path / "photos"
    opened.close()


def test_an_index_on_a_read_only_disk_can_be_read(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    set_meta(index.db, "colour", b"red")
    index.close()
    monkeypatch.setattr(db.os, "access", lambda *_: False)
    reader = open_for_reading(index.folder)
    assert get_meta(reader.db, "colour") == b"red"
    assert sorted(p.name for p in index.folder.iterdir()) == ["index.db"]
    reader.close()
