"""Who is known, what was said of which face, and what the machine suggests."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from phototag.core.names import name_key
from phototag.index.gone import GONE
from phototag.types import Dismissal, Label, Person, Suggestion, Verdict

IS_KNOWN = """(EXISTS (SELECT 1 FROM labels WHERE person_id = people.id AND verdict = 'is')
    OR EXISTS (SELECT 1 FROM present WHERE person_id = people.id))"""
"""SQL: a human said of a face or a photo that it shows this person."""

_HAS_FACES = "EXISTS (SELECT 1 FROM labels WHERE person_id = people.id AND verdict = 'is')"


@dataclass(frozen=True, slots=True)
class PersonCount:
    """A person with what carries their name.

    Attributes:
        name: as first typed.
        faces: tagged, by a human or automatically.
        photos: with one of those faces, or on which a human said that they are; identical files count once.
        confirmed: of the faces, those that a human named.
        suggested: faces that may be this person and wait for an answer.
    """

    name: str
    faces: int
    photos: int
    confirmed: int
    suggested: int


@dataclass(frozen=True, slots=True)
class IgnoredPerson:
    """Somebody of whom nobody wants to hear.

    Attributes:
        id: the person's.
        name: or None.
        cluster: number of the group that somebody without a name is called by, or None.
        faces: of which a human said that they are this person; enrolled pictures do not count.
        alike: faces that are dismissed because they are like one of those.
    """

    id: int
    name: str | None
    cluster: int | None
    faces: int
    alike: int

    @property
    def called(self) -> str:
        """The name, or "group 3"."""
        return self.name or f"group {self.cluster}"


def ignored_people(db: sqlite3.Connection) -> list[IgnoredPerson]:
    """Everybody who is ignored, those with most faces first."""
    sql = """
        SELECT people.id, name, cluster_id,
            count(DISTINCT iif(f.hash IN (SELECT hash FROM enrolled), NULL, f.id)), count(d.face_id)
        FROM people JOIN said ON person_id = people.id AND verdict = 'is' JOIN faces f ON f.id = said.face_id
        LEFT JOIN dismissals d ON like_id = said.face_id
        WHERE ignored GROUP BY people.id ORDER BY 4 DESC, people.id"""
    return [IgnoredPerson(*row) for row in db.execute(sql)]


def best_faces(db: sqlite3.Connection, ids: Collection[int]) -> dict[int, str]:
    """Person id -> the best face that a human said is theirs, on a photo that is there; ignored people too."""
    sql = """
        SELECT id FROM faces WHERE id IN (SELECT face_id FROM said WHERE verdict = 'is' AND person_id = ?)
            AND hash IN (SELECT hash FROM files)
        ORDER BY quality DESC, id LIMIT 1"""
    found = {person: db.execute(sql, (person,)).fetchone() for person in ids}
    return {person: str(row[0]) for person, row in found.items() if row is not None}


def find_person(db: sqlite3.Connection, name: str) -> Person | None:
    """The person of this name who is on a photo, however it is capitalised, or None."""
    sql = f"SELECT id, name FROM people WHERE key = ? AND {IS_KNOWN}"
    row = db.execute(sql, (name_key(name),)).fetchone()
    return None if row is None else Person(*row)


def names(db: sqlite3.Connection) -> dict[int, str]:
    """Person id -> name; who has none is called by their group."""
    return dict(db.execute("SELECT id, coalesce(name, 'group ' || cluster_id) FROM people"))


def called(db: sqlite3.Connection, person: int) -> str:
    """The name of one person, or "of group 3"."""
    sql = "SELECT coalesce(name, 'of group ' || cluster_id) FROM people WHERE id = ?"
    return str(db.execute(sql, (person,)).fetchone()[0])


def has_faces(db: sqlite3.Connection, person: int) -> bool:
    """Whether a human gave this person a face, on a photo that is there or not."""
    sql = "SELECT 1 FROM labels WHERE person_id = ? AND verdict = 'is'"
    return db.execute(sql, (person,)).fetchone() is not None


def with_name(db: sqlite3.Connection) -> set[int]:
    """Ids of the people who have a name."""
    return {row[0] for row in db.execute("SELECT id FROM people WHERE name IS NOT NULL")}


def person_of(db: sqlite3.Connection, face: str) -> int | None:
    """The person that a human said a face is, or None."""
    row = db.execute("SELECT person_id FROM said WHERE face_id = ? AND verdict = 'is'", (face,)).fetchone()
    return None if row is None else int(row[0])


def said_no_face(db: sqlite3.Connection, face: str) -> int | None:
    """The decision that says that this is no face, or None."""
    sql = "SELECT decision_id FROM not_faces JOIN bindings USING (spot_id) WHERE face_id = ?"
    row = db.execute(sql, (face,)).fetchone()
    return None if row is None else int(row[0])


def nameless(db: sqlite3.Connection) -> dict[int, int]:
    """Person id -> number of their group, of people who have faces and no name."""
    return dict(db.execute(f"SELECT id, cluster_id FROM people WHERE name IS NULL AND {_HAS_FACES}"))


def nameless_among(db: sqlite3.Connection, faces: Sequence[str]) -> list[int]:
    """Ids of the people without a name who have one of these faces, ascending."""
    sql = "SELECT face_id, person_id FROM said JOIN people ON id = person_id WHERE verdict = 'is' AND name IS NULL"
    wanted = set(faces)
    return sorted({person for face, person in db.execute(sql) if face in wanted})


def ignored(db: sqlite3.Connection) -> set[int]:
    """Ids of the people whom nobody wants to hear of."""
    return {row[0] for row in db.execute("SELECT id FROM people WHERE ignored")}


def count_people(db: sqlite3.Connection) -> list[PersonCount]:
    """Everybody, the most photographed first, ties by name."""
    faces, on, confirmed = Counter[int](), Counter[int](), Counter[int]()
    tagged = f"""
        SELECT person_id, count(*), count(DISTINCT hash), sum(source = 'human') FROM tags
        WHERE hash NOT IN ({GONE}) GROUP BY person_id"""
    for person, *counts in db.execute(tagged):
        faces[person], on[person], confirmed[person] = counts
    without_a_face = f"""
        SELECT person_id, count(DISTINCT hash) FROM presences p
        WHERE hash NOT IN ({GONE}) AND NOT EXISTS (
            SELECT 1 FROM tags t WHERE t.person_id = p.person_id AND t.hash = p.hash)
        GROUP BY person_id"""
    on.update(dict(db.execute(without_a_face)))
    possible = f"""
        SELECT person_id, count(*) FROM suggestions
        WHERE grade = 'possible' AND hash NOT IN ({GONE}) GROUP BY person_id"""
    suggested = Counter[int](dict(db.execute(possible)))
    named = f"SELECT id, name FROM people WHERE name IS NOT NULL AND NOT ignored AND {IS_KNOWN}"
    found = [PersonCount(name, faces[i], on[i], confirmed[i], suggested[i]) for i, name in db.execute(named)]
    return sorted(found, key=lambda person: (-person.faces, person.name))


def present(db: sqlite3.Connection) -> dict[str, list[str]]:
    """Photo -> names of those who are on it, as a human said without a place; sorted. Nobody who is ignored."""
    return _by_photo(db, "SELECT DISTINCT hash, name FROM presences JOIN people ON id = person_id ORDER BY hash, name")


def present_unheard(db: sqlite3.Connection) -> dict[str, list[str]]:
    """As `present`, those who are ignored."""
    sql = """
        SELECT DISTINCT coalesce(original, present.hash), name FROM present JOIN people ON id = person_id
        LEFT JOIN copies ON copies.hash = present.hash WHERE ignored AND name IS NOT NULL ORDER BY 1, 2"""
    return _by_photo(db, sql)


def _by_photo(db: sqlite3.Connection, sql: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for photo, name in db.execute(sql):
        found[photo].append(name)
    return found


def photographed(db: sqlite3.Connection) -> dict[int, set[str]]:
    """Person id -> hashes of the photos that they are on, with a face or without a place; some may be gone."""
    on: dict[int, set[str]] = defaultdict(set)
    sql = "SELECT person_id, hash FROM tags UNION ALL SELECT person_id, hash FROM presences"
    for person, photo in db.execute(sql):
        on[person].add(photo)
    return on


def labels(db: sqlite3.Connection) -> list[Label]:
    """Everything a human said of the faces that there are, sorted."""
    rows = db.execute("SELECT face_id, person_id, verdict FROM said ORDER BY face_id, person_id")
    return [Label(face, person, Verdict(verdict)) for face, person, verdict in rows]


def replace_suggestions(db: sqlite3.Connection, found: Sequence[Suggestion]) -> None:
    """Put these suggestions in the place of all former ones; only what differs is written. Inside a transaction."""
    former = set(db.execute(f"SELECT {_SUGGESTION} FROM suggestions"))
    wanted = set(found)
    fresh = {suggestion.face for suggestion in wanted - former}
    gone = [row[:1] for row in former - wanted if row[0] not in fresh]
    db.executemany("DELETE FROM suggestions WHERE face_id = ?", gone)
    db.executemany(
        f"INSERT INTO suggestions ({_SUGGESTION}, hash) SELECT ?1, ?2, ?3, ?4, ?5, ?6, hash FROM faces WHERE id = ?1"
        " ON CONFLICT (face_id) DO UPDATE SET person_id = excluded.person_id, distance = excluded.distance,"
        " runner_up_id = excluded.runner_up_id, runner_up_distance = excluded.runner_up_distance,"
        " grade = excluded.grade, hash = excluded.hash",
        list(wanted - former),
    )


_SUGGESTION = "face_id, person_id, distance, runner_up_id, runner_up_distance, grade"
"""Columns, in the order of a Suggestion."""


def replace_dismissals(db: sqlite3.Connection, found: Sequence[Dismissal]) -> None:
    """Put these in the place of all former ones; only what differs is written. Inside a transaction."""
    former, wanted = set(db.execute("SELECT face_id, like_id, distance FROM dismissals")), set(found)
    db.executemany("DELETE FROM dismissals WHERE face_id = ?", [row[:1] for row in former - wanted])
    db.executemany("INSERT INTO dismissals VALUES (?, ?, ?)", [(d.face, d.like, d.distance) for d in wanted - former])


def count_like(db: sqlite3.Connection, faces: Sequence[str]) -> int:
    """How many faces are dismissed because they are like one of these."""
    wanted = set(faces)
    return sum(like in wanted for (like,) in db.execute("SELECT like_id FROM dismissals"))


def dismissal(db: sqlite3.Connection, face: str) -> Dismissal | None:
    """The dismissed face that this one is like, or None."""
    row = db.execute("SELECT face_id, like_id, distance FROM dismissals WHERE face_id = ?", (face,)).fetchone()
    return None if row is None else Dismissal(*row)


def count_told_apart(db: sqlite3.Connection) -> int:
    """People who have a face, as a human said; with a name or without."""
    return int(db.execute("SELECT count(DISTINCT person_id) FROM said WHERE verdict = 'is'").fetchone()[0])


def automatic(db: sqlite3.Connection, person: int) -> list[tuple[str, float, float | None]]:
    """The faces that carry a person's name because of a strong match: id, distance, and that to the runner-up."""
    sql = """
        SELECT s.face_id, s.distance, s.runner_up_distance FROM suggestions s JOIN tags t ON t.face_id = s.face_id
        WHERE s.person_id = ? AND t.source = 'auto' AND s.hash IN (SELECT hash FROM files)"""
    return list(db.execute(sql, (person,)))


def count_auto_tagged(db: sqlite3.Connection) -> int:
    """Faces on photos that are there which carry a name because of a strong match."""
    sql = f"SELECT count(*) FROM tags WHERE source = 'auto' AND hash NOT IN ({GONE})"
    return int(db.execute(sql).fetchone()[0])
