"""Which Space the vectors of an index live in: one at a time."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict

from phototag.types import Space, Thresholds


def current(db: sqlite3.Connection) -> Space | None:
    """The Space of this index, or None while no photo has been looked at."""
    sql = "SELECT description FROM spaces WHERE id IN (SELECT space_id FROM photos) ORDER BY id DESC LIMIT 1"
    row = db.execute(sql).fetchone()
    if row is None:
        return None
    fields = json.loads(row[0])
    return Space(**{**fields, "thresholds": Thresholds(**fields["thresholds"])})


def adopt(db: sqlite3.Connection, space: Space) -> int:
    """Remember a Space with its thresholds of today, and return its row id."""
    description = json.dumps(asdict(space), sort_keys=True)
    db.execute(
        "INSERT INTO spaces (key, description) VALUES (?, ?)"
        " ON CONFLICT (key) DO UPDATE SET description = excluded.description WHERE description <> excluded.description",
        (space.key, description),
    )
    return int(db.execute("SELECT id FROM spaces WHERE key = ?", (space.key,)).fetchone()[0])
