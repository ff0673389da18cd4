"""What a human said of the faces of photos, put together photo by photo, for writing it down elsewhere."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from phototag.index.spots import Spot
from phototag.types import Box, Verdict


class Who(NamedTuple):
    """Somebody, as a human knows them.

    Attributes:
        name: or None for somebody who was told apart and not named.
        group: then, the number that they are called by.
        ignored: nobody wants to hear of them.
    """

    name: str | None
    group: int | None = None
    ignored: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """What was said of one face.

    Attributes:
        spot: where it is now; where it was, if no face is found there any more.
        is_found: whether a face lies there.
        is_face: a human did not say that it is none.
        who: it is, or None.
        refused: who it is not.
    """

    spot: Spot
    is_found: bool
    is_face: bool
    who: Who | None
    refused: tuple[Who, ...]


_STALE = (
    "SELECT hash FROM stale_lines JOIN files USING (path) UNION SELECT content FROM stale_lines JOIN files USING (path)"
)
"""SQL: photos with a file whose line in tags.jsonl is out of date."""


def by_photo(db: sqlite3.Connection, *, stale: bool = False) -> dict[str, list[Word]]:
    """Photo -> what was said of its faces, from left to right; only of photos whose lines are stale, if so wished."""
    said: dict[str, list[Who]] = defaultdict(list)
    refused: dict[str, list[Who]] = defaultdict(list)
    only = f"WHERE spot_id IN (SELECT spot_id FROM told_on WHERE hash IN ({_STALE}))" if stale else ""
    sql = f"""
        SELECT spot_id, verdict, name, CASE WHEN name IS NULL THEN cluster_id END, ignored
        FROM labels JOIN people ON people.id = person_id {only} ORDER BY name, cluster_id"""
    for spot, verdict, name, group, ignored in db.execute(sql):
        (said if verdict == Verdict.IS else refused)[spot].append(Who(name, group, bool(ignored)))
    found: dict[str, list[Word]] = defaultdict(list)
    for id_, spot, is_found, is_none in _spots(db, stale):
        if is_none or said[id_] or refused[id_]:
            who = said[id_][0] if said[id_] else None
            found[spot.photo].append(Word(spot, is_found, not is_none, who, tuple(refused[id_])))
    for photo in found.values():
        photo.sort(key=lambda word: (word.spot.box, word.spot.id))
    return found


def waiting(db: sqlite3.Connection) -> list[tuple[str, bool]]:
    """Spots at which somebody is and no face is found: photo, and whether that photo is there."""
    sql = """
        SELECT hash, EXISTS (SELECT 1 FROM files WHERE content = spots.hash)
        FROM labels JOIN spots ON spots.id = spot_id
        WHERE verdict = 'is' AND hash NOT IN (SELECT hash FROM enrolled) AND spot_id NOT IN (
            SELECT spot_id FROM bindings JOIN faces ON faces.id = face_id JOIN files ON files.hash = faces.hash)
        ORDER BY hash"""
    return [(photo, bool(is_there)) for photo, is_there in db.execute(sql)]


def _spots(db: sqlite3.Connection, stale: bool) -> list[tuple[str, Spot, bool, bool]]:
    """Each spot's own id, where it is now, whether a face lies there, whether a human said that it is none."""
    sql = f"""
        SELECT s.id, coalesce(f.id, s.id), coalesce(f.hash, s.hash), coalesce(f.left, s.left), coalesce(f.top, s.top),
            coalesce(f.right, s.right), coalesce(f.bottom, s.bottom), f.id IS NOT NULL,
            s.id IN (SELECT spot_id FROM not_faces)
        FROM spots s LEFT JOIN bindings b ON b.spot_id = s.id LEFT JOIN faces f ON f.id = b.face_id
        {f"WHERE s.id IN (SELECT spot_id FROM told_on WHERE hash IN ({_STALE}))" if stale else ""}"""
    return [
        (id_, Spot(face, photo, Box(*box)), bool(is_found), bool(is_none))
        for id_, face, photo, *box, is_found, is_none in db.execute(sql)
    ]
