"""Who is known, what was said of which face, and what the machine suggests."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from phototag.index.journal import name_key
from phototag.types import Label, Person, Suggestion, Verdict


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
    # Counted here rather than by SQLite, whose sorting for count(DISTINCT) takes twice the time at 100,000 faces.
    absent = "SELECT hash FROM photos WHERE NOT EXISTS (SELECT 1 FROM files WHERE files.hash = photos.hash)"
    gone = {row[0] for row in db.execute(absent)}
    faces, confirmed, suggested = Counter[int](), Counter[int](), Counter[int]()
    on: dict[int, set[str]] = defaultdict(set)
    for person, photo, is_human in db.execute("SELECT person_id, hash, source = 'human' FROM tags"):
        if photo not in gone:
            faces[person] += 1
            confirmed[person] += is_human
            on[person].add(photo)
    for person, photo in db.execute("SELECT person_id, hash FROM suggestions WHERE grade = 'possible'"):
        suggested[person] += photo not in gone
    named = "SELECT id, name FROM people WHERE id IN (SELECT person_id FROM labels WHERE verdict = 'is')"
    found = [PersonCount(name, faces[i], len(on[i]), confirmed[i], suggested[i]) for i, name in db.execute(named)]
    return sorted(found, key=lambda person: (-person.faces, person.name))


def labels(db: sqlite3.Connection) -> list[Label]:
    """Everything a human said about faces, sorted."""
    rows = db.execute("SELECT face_id, person_id, verdict FROM labels ORDER BY face_id, person_id")
    return [Label(face, person, Verdict(verdict)) for face, person, verdict in rows]


def replace_suggestions(db: sqlite3.Connection, found: Sequence[Suggestion]) -> None:
    """Put these suggestions in the place of all former ones; only what differs is written. Inside a transaction."""
    former = {row[0]: row for row in db.execute(f"SELECT {_SUGGESTION} FROM suggestions")}
    wanted = {s.face: (s.face, s.person, s.distance, s.runner_up, s.runner_up_distance, s.grade) for s in found}
    db.executemany("DELETE FROM suggestions WHERE face_id = ?", [(face,) for face in former.keys() - wanted.keys()])
    db.executemany(
        f"INSERT INTO suggestions ({_SUGGESTION}, hash) SELECT ?1, ?2, ?3, ?4, ?5, ?6, hash FROM faces WHERE id = ?1"
        " ON CONFLICT (face_id) DO UPDATE SET person_id = excluded.person_id, distance = excluded.distance,"
        " runner_up_id = excluded.runner_up_id, runner_up_distance = excluded.runner_up_distance,"
        " grade = excluded.grade, hash = excluded.hash",
        [row for face, row in wanted.items() if former.get(face) != row],
    )


_SUGGESTION = "face_id, person_id, distance, runner_up_id, runner_up_distance, grade"


def count_auto_tagged(db: sqlite3.Connection) -> int:
    """Faces on photos that are there which carry a name because of a strong match."""
    sql = "SELECT count(*) FROM tags WHERE source = 'auto' AND hash IN (SELECT hash FROM files)"
    return int(db.execute(sql).fetchone()[0])
