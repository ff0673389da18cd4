"""Groups of faces as the machine sees them; replaced whole at each grouping."""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Sequence
from operator import itemgetter
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
    """Put these groups in the place of all former ones; only what differs is written. Inside a transaction."""
    former = set(db.execute("SELECT face_id, cluster_id FROM cluster_faces"))
    wanted = {(face, cluster.id) for cluster in found for face in cluster.faces}
    db.executemany("DELETE FROM cluster_faces WHERE face_id = ?", [row[:1] for row in former - wanted])
    db.executemany("INSERT INTO clusters VALUES (?) ON CONFLICT DO NOTHING", [(cluster.id,) for cluster in found])
    db.executemany("INSERT INTO cluster_faces VALUES (?, ?)", sorted(wanted - former))
    kept = json.dumps([cluster.id for cluster in found])
    db.execute("DELETE FROM clusters WHERE id NOT IN (SELECT value FROM json_each(?))", (kept,))


_WAITING = f"""
    SELECT cluster_id, face_id, quality, hash, person_id, distance FROM standings
    WHERE source = 'open' AND cluster_id IS NOT NULL AND hash NOT IN ({GONE})
        AND (person_id IS NOT NULL OR cluster_id NOT IN (SELECT cluster_id FROM ignored_groups))
        AND (?1 IS NULL OR cluster_id IN (SELECT value FROM json_each(?1)))
    UNION ALL
    SELECT g.cluster_id, face_id, quality, hash, s.person_id, distance
    FROM standings s CROSS JOIN grouped g USING (face_id)
    WHERE source = 'spoken' AND g.cluster_id IS NOT NULL AND hash NOT IN ({GONE})
        AND (s.person_id IS NOT NULL OR g.cluster_id NOT IN (SELECT cluster_id FROM ignored_groups))
        AND (?1 IS NULL OR g.cluster_id IN (SELECT value FROM json_each(?1)))"""
"""SQL: the unknown faces of all groups, or of those in a JSON list. Most are those of which nobody spoke."""


class Waiting(NamedTuple):
    """An unknown face of a group, and who it may be.

    Attributes:
        cluster: the group.
        face: its id.
        photo: hash of its photo.
        person: the name of whoever is suggested, or None.
        distance: to that person, or None.
    """

    cluster: int
    face: str
    photo: str
    person: str | None
    distance: float | None


def waiting(db: sqlite3.Connection, clusters: Collection[int] | None = None, least: int = 2) -> list[list[Waiting]]:
    """Groups of faces that nobody is known to be, the largest first, ties by id; of each the best face first.

    With `clusters`, only those of them. Only faces on photos that are there.

    A face that a human named or that a strong match tagged is not among them, nor one that is ignored, or is like one
    that is, or is in its group; nor is a group of fewer faces than `least`.
    """
    sql = f"""
        SELECT w.cluster_id, w.face_id, hash, name, distance FROM ({_WAITING}) w LEFT JOIN people ON id = w.person_id
        ORDER BY w.cluster_id, quality DESC, w.face_id"""
    rows = db.execute(sql, (None if clusters is None else json.dumps(list(clusters)),))
    found = [[Waiting(*row) for row in its] for _, its in itertools.groupby(rows, key=itemgetter(0))]
    return sorted((group for group in found if len(group) >= least), key=lambda group: -len(group))


def unknown(db: sqlite3.Connection, clusters: Collection[int] | None = None, least: int = 2) -> list[Cluster]:
    """As `waiting`, with no more than the ids of the faces."""
    found = waiting(db, clusters, least)
    return [Cluster(group[0].cluster, tuple(face.face for face in group)) for group in found]


def unknown_ids(db: sqlite3.Connection) -> list[int]:
    """The groups of `waiting` by id, in its order."""
    sql = f"""
        SELECT cluster_id FROM ({_WAITING})
        GROUP BY cluster_id HAVING count(*) > 1 ORDER BY count(*) DESC, cluster_id"""
    return [row[0] for row in db.execute(sql, (None,))]


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
