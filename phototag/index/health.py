"""Whether an index can be read, and whether it agrees with itself."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from phototag.errors import DamagedError, LibraryError
from phototag.index import journal, migrations, spots
from phototag.index.db import connect_for_reading

MOST = 100
"""Lines of SQLite's report that are worth having."""

SAID = {
    "labels": "SELECT spot_id, person_id, verdict FROM labels",
    "not_faces": "SELECT spot_id FROM not_faces",
    "collages": "SELECT hash FROM collages",
    "drawn": "SELECT spot_id FROM drawn",
    "present": "SELECT hash, person_id FROM present",
    "enrolled": "SELECT hash, origin FROM enrolled",
    "people": "SELECT id, name, key, cluster_id, ignored FROM people",
}
"""What the decisions come to."""


def damage(db: sqlite3.Connection) -> list[str]:
    """What SQLite finds wrong with an index, a line each; [] for a sound one."""
    try:
        found = [row[0] for row in db.execute(f"PRAGMA integrity_check({MOST})") if row[0] != "ok"]
        for table, row, target, _ in db.execute("PRAGMA foreign_key_check"):
            found.append(f"a row of {table}{'' if row is None else f' ({row})'} speaks of one that {target} has not")
    except sqlite3.DatabaseError as error:
        return [str(error)]
    return found


def require_sound(path: Path) -> None:
    """Refuse a file that is not a whole index.

    Raises:
        DamagedError: it is none, or it is damaged.
        LibraryError: it cannot be opened, or it is another program's.
        NewerIndexError: made by a newer phototag.
    """
    with closing(connect_for_reading(path, still=True)) as db:
        try:
            migrations.check(db, path)
            found = damage(db)
        except DamagedError:
            found = ["it is another kind of file, or damaged"]
        if found or not migrations.version(db):
            raise DamagedError(
                f"{path} is not a whole phototag index ({found[0] if found else 'it is empty'}). Nothing was changed. "
                "See which backups there are: phototag restore --list"
            )


def is_ours(path: Path) -> bool:
    """Whether a file is an index of phototag, whatever its version and state."""
    try:
        with closing(connect_for_reading(path, still=True)) as db:
            return bool(db.execute("PRAGMA application_id").fetchone()[0] == migrations.APPLICATION_ID)
    except (sqlite3.Error, LibraryError):
        return False


def count_decisions(path: Path) -> int | None:
    """How many decisions are in an index file, or None if it cannot be read."""
    try:
        with closing(connect_for_reading(path, still=True)) as db:
            return int(db.execute("SELECT count(*) FROM decisions").fetchone()[0])
    except (sqlite3.Error, LibraryError):
        return None


def differences_from_journal(db: sqlite3.Connection) -> list[str]:
    """Where what is taken for said is not what the decisions come to, a line each."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
        migrations.migrate(copy, Path())
        for table in ("decisions", "changes", "spots", "people"):
            _copy(db, copy, table)
        journal.replay(copy)
        return [line for table, sql in SAID.items() for line in _differences(db, copy, table, sql)]


def miscounted(db: sqlite3.Connection) -> list[str]:
    """Where what is kept to be counted is not what counting anew would find, a line each."""
    return [
        f"{table}: {row} {what}"
        for table in ("gone", "standings")
        for what, first, second in (("is kept", table, f"{table}_anew"), ("is missing", f"{table}_anew", table))
        for row in db.execute(f"SELECT * FROM {first} EXCEPT SELECT * FROM {second}")
    ]


def count_anew(db: sqlite3.Connection) -> None:
    """Make what is kept to be counted anew. Inside a transaction."""
    for table in ("gone", "standings"):
        db.execute(f"DELETE FROM {table}")
        db.execute(f"INSERT INTO {table} SELECT * FROM {table}_anew")


def unbound(db: sqlite3.Connection) -> list[str]:
    """Spots that are bound to no face, or another one, though a face lies there. Sorted."""
    bound = dict(db.execute("SELECT id, face_id FROM spots LEFT JOIN bindings ON spot_id = id"))
    originals = "SELECT DISTINCT coalesce(original, hash) FROM spots LEFT JOIN copies USING (hash)"
    return sorted(
        spot
        for (photo,) in db.execute(originals).fetchall()
        for spot, face in spots.found_again(db, photo).items()
        if bound[spot] != face
    )


def _copy(db: sqlite3.Connection, copy: sqlite3.Connection, table: str) -> None:
    columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
    sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    copy.execute("BEGIN")
    copy.executemany(sql, db.execute(f"SELECT {', '.join(columns)} FROM {table}"))
    copy.execute("COMMIT")


def _differences(db: sqlite3.Connection, copy: sqlite3.Connection, table: str, sql: str) -> list[str]:
    is_so, should_be = set(db.execute(sql)), set(copy.execute(sql))
    return [f"{table}: {row} is not what you said" for row in sorted(is_so - should_be, key=repr)] + [
        f"{table}: {row} is missing" for row in sorted(should_be - is_so, key=repr)
    ]
