"""Who is known, what was said of which face, and what the machine suggests."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from phototag.index.journal import name_key
from phototag.types import Label, Person, Suggestion, Verdict

_PRESENT = "EXISTS (SELECT 1 FROM files WHERE files.hash = faces.hash)"


@dataclass(frozen=True, slots=True)
class PersonCount:
    """A person with what carries their name.

    Attributes:
        name: as first typed.
        faces: tagged, by a human or automatically.
        photos: with one of those faces; identical files count once.
        confirmed: of the faces, those that a human named.
        suggested: faces that may be this person and wait for an answer.
    """

    name: str
    faces: int
    photos: int
    confirmed: int
    suggested: int


def find_person(db: sqlite3.Connection, name: str) -> Person | None:
    """The person of this name, however it is capitalised, or None."""
    row = db.execute("SELECT id, name FROM people WHERE key = ?", (name_key(name),)).fetchone()
    return None if row is None else Person(*row)


def names(db: sqlite3.Connection) -> dict[int, str]:
    """Person id -> name."""
    return dict(db.execute("SELECT id, name FROM people"))


def count_people(db: sqlite3.Connection) -> list[PersonCount]:
    """Everybody, the most photographed first, ties by name."""
    sql = f"""
        WITH tagged AS (
            SELECT person_id, count(*) AS n_faces, count(DISTINCT hash) AS n_photos, sum(source = 'human') AS n_human
            FROM tags JOIN faces ON faces.id = face_id WHERE {_PRESENT} GROUP BY person_id
        ), asked AS (
            SELECT person_id, count(*) AS n_faces FROM suggestions JOIN faces ON faces.id = face_id
            WHERE grade = 'possible' AND {_PRESENT} GROUP BY person_id
        )
        SELECT name, coalesce(t.n_faces, 0), coalesce(n_photos, 0), coalesce(n_human, 0), coalesce(a.n_faces, 0)
        FROM people p LEFT JOIN tagged t ON t.person_id = p.id LEFT JOIN asked a ON a.person_id = p.id
        WHERE EXISTS (SELECT 1 FROM labels l WHERE l.person_id = p.id AND l.verdict = 'is')
        ORDER BY 2 DESC, name"""
    return [PersonCount(*row) for row in db.execute(sql)]


def labels(db: sqlite3.Connection) -> list[Label]:
    """Everything a human said about faces, sorted."""
    rows = db.execute("SELECT face_id, person_id, verdict FROM labels ORDER BY face_id, person_id")
    return [Label(face, person, Verdict(verdict)) for face, person, verdict in rows]


def replace_suggestions(db: sqlite3.Connection, found: Sequence[Suggestion]) -> None:
    """Put these suggestions in the place of all former ones. Inside a transaction."""
    db.execute("DELETE FROM suggestions")
    db.executemany(
        "INSERT INTO suggestions VALUES (?, ?, ?, ?, ?, ?)",
        [(s.face, s.person, s.distance, s.runner_up, s.runner_up_distance, s.grade) for s in found],
    )


def count_auto_tagged(db: sqlite3.Connection) -> int:
    """Faces on photos that are there which carry a name because of a strong match."""
    sql = f"SELECT count(*) FROM tags JOIN faces ON faces.id = face_id WHERE source = 'auto' AND {_PRESENT}"
    return int(db.execute(sql).fetchone()[0])
