"""Which Space the vectors of an index live in: one at a time, but for a scan that is bringing them to a newer one."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict

from phototag.types import Space, Thresholds


def current(db: sqlite3.Connection) -> Space | None:
    """The newest Space that a photo was described in, or None while none has been looked at."""
    row = db.execute("SELECT description FROM spaces WHERE id = ?", (current_id(db),)).fetchone()
    if row is None:
        return None
    fields = json.loads(row[0])
    return Space(**{**fields, "thresholds": Thresholds(**fields["thresholds"])})


def current_id(db: sqlite3.Connection) -> int:
    """Row id of the newest Space that a photo which is there was described in; else any photo; 0 if there is none."""
    there = "SELECT max(space_id) FROM photos WHERE hash IN (SELECT hash FROM files)"
    return int(db.execute(f"SELECT coalesce(({there}), max(space_id), 0) FROM photos").fetchone()[0])


def adopt(db: sqlite3.Connection, space: Space) -> int:
    """Remember a Space with its thresholds of today, and return its row id."""
    description = json.dumps(asdict(space), sort_keys=True)
    db.execute(
        "INSERT INTO spaces (key, description) VALUES (?, ?)"
        " ON CONFLICT (key) DO UPDATE SET description = excluded.description WHERE description <> excluded.description",
        (space.key, description),
    )
    return int(db.execute("SELECT id FROM spaces WHERE key = ?", (space.key,)).fetchone()[0])


def renew(db: sqlite3.Connection, space: Space) -> int:
    """Remember a Space as the newest, also where another one came after it; returns its row id. Inside a transaction.

    Photos that are described in it already stay so.
    """
    number = adopt(db, space)
    newest = int(db.execute("SELECT max(id) FROM spaces").fetchone()[0])
    if number == newest:
        return number
    db.execute("PRAGMA defer_foreign_keys = ON")  # until the rows that point to it have followed
    db.execute("UPDATE spaces SET id = ? WHERE id = ?", (newest + 1, number))
    for table in ("photos", "vectors"):
        db.execute(f"UPDATE {table} SET space_id = ? WHERE space_id = ?", (newest + 1, number))
    return newest + 1
