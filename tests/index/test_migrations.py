from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from phototag.errors import LibraryError, NewerIndexError
from phototag.index import migrations

ONE = "CREATE TABLE pets (name TEXT);\nINSERT INTO pets VALUES ('rex');\n"
TWO = "ALTER TABLE pets ADD COLUMN legs INTEGER;\nUPDATE pets SET legs = 4;\n"
BROKEN = "ALTER TABLE pets ADD COLUMN legs INTEGER;\nINSERT INTO nowhere VALUES (1);\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "index.db"


def connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def test_each_missing_step_runs_once(path: Path) -> None:
    db = connect(path)
    migrations.migrate(db, path, (ONE,))
    migrations.migrate(db, path, (ONE, TWO))
    migrations.migrate(db, path, (ONE, TWO))
    assert db.execute("SELECT * FROM pets").fetchall() == [("rex", 4)]
    assert migrations.version(db) == 2


def test_a_step_that_fails_leaves_the_index_as_it_was(path: Path) -> None:
    db = connect(path)
    migrations.migrate(db, path, (ONE,))
    with pytest.raises(sqlite3.Error):
        migrations.migrate(db, path, (ONE, BROKEN))
    assert migrations.version(db) == 1
    assert db.execute("SELECT * FROM pets").fetchall() == [("rex",)]


def test_a_backup_is_made_before_an_old_index_is_changed(path: Path) -> None:
    db = connect(path)
    migrations.migrate(db, path, (ONE,))
    assert list(path.parent.glob("index-v*")) == []
    migrations.migrate(db, path, (ONE, TWO))
    with connect(path.with_name("index-v1-1.db")) as backup:
        assert backup.execute("SELECT * FROM pets").fetchall() == [("rex",)]
    backup.close()


def test_only_the_last_five_backups_are_kept(path: Path) -> None:
    steps = [ONE]
    db = connect(path)
    for _ in range(8):
        migrations.migrate(db, path, steps)
        steps.append("INSERT INTO pets VALUES ('one more');\n")
    migrations.migrate(db, path, steps)
    kept = sorted(p.name for p in path.parent.glob("index-v*"))
    assert kept == [f"index-v{n}-{n}.db" for n in range(4, 9)]


def test_a_newer_index_is_refused_untouched(path: Path) -> None:
    db = connect(path)
    migrations.migrate(db, path, (ONE, TWO))
    db.close()
    before = path.read_bytes()
    with pytest.raises(NewerIndexError, match="Update phototag"):
        migrations.check(connect(path), path, (ONE,))
    assert path.read_bytes() == before


def test_the_database_of_another_program_is_refused(path: Path) -> None:
    db = connect(path)
    db.execute("CREATE TABLE accounts (money REAL)")
    with pytest.raises(LibraryError, match="another program"):
        migrations.check(db, path)


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    path.write_bytes(b"Dear diary, " * 100)
    with pytest.raises(LibraryError, match="not a phototag index"):
        migrations.check(connect(path), path)


def test_statements_are_split_where_they_end_and_not_inside_triggers() -> None:
    db = sqlite3.connect(":memory:", isolation_level=None)
    migrations.migrate(db, Path("index.db"))
    triggers = db.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'").fetchone()[0]
    assert triggers == 2
