"""Groups of faces as the machine sees them; replaced whole at each grouping."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from phototag.index.gone import GONE
from phototag.types import Cluster


def clusters(db: sqlite3.Connection) -> dict[int, frozenset[str]]:
    """Group id -> faces, with all that was said since the last grouping."""
    found: dict[int, set[str]] = defaultdict(set)
    for face, cluster in db.execute("SELECT face_id, cluster_id FROM grouped WHERE cluster_id IS NOT NULL"):
        found[cluster].add(face)
    return {cluster: frozenset(faces) for cluster, faces in found.items()}


def next_id(db: sqlite3.Connection) -> int:
    """The lowest id that no group has ever had."""
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'clusters'").fetchone()
    return 1 if row is None else int(row[0]) + 1


def replace(db: sqlite3.Connection, found: Sequence[Cluster]) -> None:
    """Put these groups in the place of all former ones. Inside a transaction."""
    db.execute("DELETE FROM cluster_faces")
    db.execute("DELETE FROM clusters")
    db.executemany("INSERT INTO clusters VALUES (?)", [(cluster.id,) for cluster in found])
    db.executemany(
        "INSERT INTO cluster_faces VALUES (?, ?)", [(face, cluster.id) for cluster in found for face in cluster.faces]
    )


_STRONG = "SELECT face_id FROM suggestions WHERE grade = 'strong'"

_UNKNOWN = """
    CROSS JOIN grouped g ON g.face_id = may.face_id JOIN faces ON faces.id = g.face_id
    LEFT JOIN suggestions s ON s.face_id = g.face_id LEFT JOIN dismissals d ON d.face_id = g.face_id
    WHERE g.cluster_id IS NOT NULL
        AND (g.person_id IS NULL OR g.person_id IN (SELECT id FROM people WHERE name IS NULL AND NOT ignored))
        AND s.grade IS NOT 'strong' AND d.face_id IS NULL
        AND (s.face_id IS NOT NULL OR g.cluster_id NOT IN (SELECT cluster_id FROM ignored_groups))
        AND EXISTS (SELECT 1 FROM files WHERE files.hash = faces.hash)"""
"""SQL: which of some faces, called may, are unknown and in a group."""


def unknown(db: sqlite3.Connection, clusters: Collection[int] | None = None, least: int = 2) -> list[Cluster]:
    """Groups of faces that nobody is known to be, the largest first, ties by id; only faces on photos that are there.

    With `clusters`, only those of them; the faces of all others need not be looked at.

    A face that a human named or that a strong match tagged is not among them, nor one that is ignored, or is like one
    that is, or is in its group; nor is a group of fewer faces than `least`.
    """
    may, only = f"SELECT face_id FROM cluster_faces WHERE face_id NOT IN ({_STRONG})", "SELECT value FROM json_each(?1)"
    if clusters is not None:
        may = f"SELECT face_id FROM cluster_faces WHERE cluster_id IN ({only})"
    sql = f"""
        SELECT g.cluster_id, g.face_id FROM (
            {may} UNION SELECT face_id FROM people JOIN said ON person_id = people.id AND verdict = 'is'
            WHERE people.name IS NULL AND (?1 IS NULL OR people.cluster_id IN ({only}))) may
        {_UNKNOWN} AND (?1 IS NULL OR g.cluster_id IN ({only}))
        ORDER BY quality DESC, g.face_id"""
    found: dict[int, list[str]] = defaultdict(list)
    for of, face in db.execute(sql, (None if clusters is None else json.dumps(list(clusters)),)):
        found[of].append(face)
    groups = [Cluster(of, tuple(faces)) for of, faces in found.items() if len(faces) >= least]
    return sorted(groups, key=lambda c: (-len(c.faces), c.id))


def unknown_ids(db: sqlite3.Connection) -> list[int]:
    """The groups of `unknown` by id, in its order: their faces are counted, and only what was said of is looked at."""
    sql = f"""
        SELECT cluster_id FROM (
            SELECT cluster_id FROM cluster_faces
            WHERE face_id NOT IN (
                    {_STRONG} UNION ALL SELECT face_id FROM bindings UNION ALL SELECT face_id FROM dismissals
                    UNION ALL SELECT faces.id FROM ({GONE}) CROSS JOIN faces USING (hash))
                AND (cluster_id NOT IN (SELECT cluster_id FROM ignored_groups)
                    OR face_id IN (SELECT face_id FROM suggestions))
            UNION ALL
            SELECT g.cluster_id FROM (
                SELECT face_id FROM bindings WHERE NOT EXISTS (
                    SELECT 1 FROM labels JOIN people ON people.id = person_id
                    WHERE spot_id = bindings.spot_id AND verdict = 'is' AND (name IS NOT NULL OR ignored))) may
            {_UNKNOWN})
        GROUP BY cluster_id HAVING count(*) > 1 ORDER BY count(*) DESC, cluster_id"""
    return [row[0] for row in db.execute(sql)]


class Likeness(NamedTuple):
    """A face of a group, and who it may be.

    Attributes:
        face: its id.
        photo: hash of its photo.
        person: the name of whoever is suggested, or None.
        distance: to that person, or None.
    """

    face: str
    photo: str
    person: str | None
    distance: float | None


def likenesses(db: sqlite3.Connection, faces: Iterable[str]) -> dict[str, Likeness]:
    """Who unknown faces may be, by the face's id."""
    sql = """
        SELECT faces.id, faces.hash, name, distance FROM json_each(?) JOIN faces ON faces.id = value
        LEFT JOIN suggestions ON face_id = faces.id LEFT JOIN people ON people.id = person_id"""
    return {row[0]: Likeness(*row) for row in db.execute(sql, (json.dumps(list(faces)),))}


def unknown_faces(db: sqlite3.Connection, cluster: int) -> tuple[str, ...]:
    """The unknown faces of one group, even if it is a single face; but not the last one of a group that is somebody."""
    found = next((group.faces for group in unknown(db, [cluster], least=1)), ())
    return () if len(found) == 1 and owner(db, cluster) is not None else found


def exists(db: sqlite3.Connection, cluster: int) -> bool:
    """Whether there is a group of this id, of unknown or of known faces."""
    sql = "SELECT 1 FROM clusters WHERE id = ?1 UNION ALL SELECT 1 FROM grouped WHERE cluster_id = ?1"
    return db.execute(sql, (cluster,)).fetchone() is not None


def new_id(db: sqlite3.Connection) -> int:
    """The number of a group that is made now; never used again. Inside a transaction."""
    return int(db.execute("INSERT INTO clusters DEFAULT VALUES").lastrowid or 0)


def reserve(db: sqlite3.Connection, number: int) -> None:
    """Keep a number for somebody who is called by it. Inside a transaction."""
    db.execute("INSERT OR IGNORE INTO clusters VALUES (?)", (number,))


def owner(db: sqlite3.Connection, cluster: int) -> str | None:
    """The name of whoever a human said is in this group, or None."""
    sql = """
        SELECT name FROM grouped JOIN said USING (face_id) JOIN people ON people.id = said.person_id
        WHERE grouped.cluster_id = ? AND verdict = 'is' AND name IS NOT NULL LIMIT 1"""
    row = db.execute(sql, (cluster,)).fetchone()
    return None if row is None else str(row[0])
