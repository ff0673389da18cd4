from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from phototag.errors import LibraryError, NewerIndexError
from phototag.index import journal, migrations, people, spaces

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
    assert triggers > 2


# The steps that there are


FIRST_DESCRIPTION = {
    "engine": "mtcnn-resnet",
    "weights": "0123456789ab",
    "dim": 128,
    "metric": "euclidean",
    "views": "face+mirror",
    "precision": "f32",
    "thresholds": {
        "group": 0.3, "group_min_faces": 2, "cut": 0.4, "strong": 0.215, "possible": 0.3, "largest_gap": 0.1,
        "weak_quality": 0.4, "weak_score": 0.95,
    },
}  # fmt: skip


def test_the_second_step_puts_thresholds_of_today_in_the_place_of_the_first_ones(path: Path) -> None:
    db = connect(path)
    migrations.migrate(db, path, migrations.STEPS[:1])
    db.execute("INSERT INTO spaces VALUES (1, 'key', ?)", (json.dumps(FIRST_DESCRIPTION),))
    db.execute("INSERT INTO photos VALUES ('aa', 100, 100, 1, 1, 1000)")
    with pytest.raises(TypeError):
        spaces.current(db)
    migrations.migrate(db, path, migrations.STEPS[:2])
    found = spaces.current(db)
    assert found is not None
    assert (found.engine, found.weights, found.views) == ("mtcnn-resnet", "0123456789ab", "face+mirror")
    assert found.thresholds.group == 0.26
    assert found.thresholds.strong_few < found.thresholds.strong < found.thresholds.possible
    assert path.with_name("index-v1-1.db").is_file()


def test_all_steps_make_an_index_of_today(path: Path) -> None:
    db = connect(path)
    for n in range(1, len(migrations.STEPS) + 1):
        migrations.migrate(db, path, migrations.STEPS[:n])
    whole = connect(path.with_name("at-once.db"))
    migrations.migrate(whole, path)
    schema = "SELECT type, name, sql FROM sqlite_master ORDER BY type, name"
    assert db.execute(schema).fetchall() == whole.execute(schema).fetchall()
    assert migrations.version(db) == migrations.version(whole) == len(migrations.STEPS)


# The journal of before


def payload(name: str, *faces: tuple[str, list[float]]) -> str:
    return json.dumps({"name": name, "faces": [{"face": f, "photo": "aa", "box": box} for f, box in faces]})


LEFT, LEFT_AGAIN, RIGHT = [0.1, 0.1, 0.3, 0.3], [0.12, 0.1, 0.32, 0.3], [0.6, 0.1, 0.8, 0.3]


@pytest.fixture
def earlier(path: Path) -> sqlite3.Connection:
    """Version 2: the left face is ann; found a little elsewhere, it was said to be bob; the right one is not bob."""
    db = connect(path)
    migrations.migrate(db, path, migrations.STEPS[:2])
    db.execute("INSERT INTO spaces VALUES (1, 'key', ?)", (json.dumps(FIRST_DESCRIPTION),))
    db.execute("INSERT INTO photos VALUES ('aa', 100, 100, 1, 1, 1000)")
    for face, box in (("left-again", LEFT_AGAIN), ("right", RIGHT)):
        db.execute("INSERT INTO faces VALUES (?, 'aa', ?, ?, ?, ?, 1, 1, '[]')", (face, *box))
    db.execute("INSERT INTO people VALUES (1, 'Ann', 'ann'), (2, 'Bob', 'bob')")
    decisions = [
        ("name", payload("Ann", ("left", LEFT))),
        ("name", payload("bob", ("left-again", LEFT_AGAIN))),
        ("refuse", payload("Bob", ("right", RIGHT))),
    ]
    for at_ns, (kind, what) in enumerate(decisions, start=1):
        db.execute("INSERT INTO decisions (at_ns, kind, payload, inverse) VALUES (?, ?, ?, '{}')", (at_ns, kind, what))
    db.execute("INSERT INTO labels VALUES ('left-again', 2, 'is', 'aa', ?, ?, ?, ?, 2)", LEFT_AGAIN)
    db.execute("INSERT INTO labels VALUES ('right', 2, 'is_not', 'aa', ?, ?, ?, ?, 3)", RIGHT)
    db.execute("INSERT INTO suggestions VALUES ('right', 'aa', 1, 0.2, 2, 0.3, 'strong')")
    return db


def test_what_was_said_before_is_said_still(earlier: sqlite3.Connection, path: Path) -> None:
    migrations.migrate(earlier, path)
    names = people.names(earlier)
    said = [(label.face, names[label.person], label.verdict.value) for label in people.labels(earlier)]
    assert said == [("left-again", "Bob", "is"), ("right", "Bob", "is_not")]
    assert earlier.execute("SELECT face_id, source FROM tags ORDER BY 1").fetchall() == [
        ("left-again", "human"), ("right", "auto"),
    ]  # fmt: skip


def test_what_was_said_before_can_be_taken_back(earlier: sqlite3.Connection, path: Path) -> None:
    migrations.migrate(earlier, path)
    assert [(d.id, d.at_ns, d.kind.value, d.words) for d in journal.history(earlier)] == [
        (3, 3, "reject", {"name": "Bob", "faces": 1}),
        (2, 2, "name", {"name": "bob", "faces": 1}),
        (1, 1, "name", {"name": "Ann", "faces": 1}),
    ]
    journal.undo(earlier, 2, at_ns=4)
    names = people.names(earlier)
    said = [(label.face, names[label.person], label.verdict.value) for label in people.labels(earlier)]
    assert said == [("left-again", "Ann", "is"), ("right", "Bob", "is_not")]


def test_the_journal_that_was_brought_over_comes_to_what_was_said(earlier: sqlite3.Connection, path: Path) -> None:
    migrations.migrate(earlier, path)
    before = earlier.execute("SELECT * FROM labels ORDER BY 1, 2").fetchall()
    assert len(before) == 2
    journal.replay(earlier)
    assert earlier.execute("SELECT * FROM labels ORDER BY 1, 2").fetchall() == before
