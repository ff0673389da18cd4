"""Which files fit one term of a query; each answer is a set of paths, and joining them is for the caller.

Who is on a photo is what the views `tags` and `presences` say. Files whose picture is the same are each in the answer.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping
from typing import NamedTuple

from phototag.core import globe
from phototag.core.globs import Test
from phototag.core.terms import Count, Counted, Dated, Dater, Dates, Near, Order
from phototag.index.people import IS_KNOWN


class Known(NamedTuple):
    """Somebody with a name who is on a photo; `is_ignored` is 1 or 0."""

    id: int
    name: str
    is_ignored: int


class File(NamedTuple):
    """A file and what it shows.

    Attributes:
        path: relative to the library.
        photo: hash of the picture that it counts as.
        is_copy: 1 or 0: the picture in it is a copy of that one.
    """

    path: bytes
    photo: str
    is_copy: int


_OPPOSITES: Mapping[Order, Order] = {
    Order.EQUAL: Order.UNEQUAL,
    Order.UNEQUAL: Order.EQUAL,
    Order.LESS: Order.AT_LEAST,
    Order.AT_LEAST: Order.LESS,
    Order.MORE: Order.AT_MOST,
    Order.AT_MOST: Order.MORE,
}

_NO_FACES = "SELECT face_id FROM bindings JOIN not_faces USING (spot_id)"

_SPOKEN_OF = """
    SELECT said.face_id FROM said JOIN people ON people.id = said.person_id
    WHERE said.verdict = 'is' AND (people.name IS NOT NULL OR people.ignored)"""
"""SQL: faces that a human said are somebody: who has a name, or who is ignored."""

_STRONG = "SELECT face_id FROM suggestions WHERE grade = 'strong'"

_SET_ASIDE = """
    SELECT d.face_id FROM dismissals d
    WHERE NOT EXISTS (SELECT 1 FROM suggestions s WHERE s.face_id = d.face_id AND s.grade = 'strong')
    UNION ALL
    SELECT c.face_id FROM cluster_faces c
    WHERE c.cluster_id IN (SELECT cluster_id FROM ignored_groups)
        AND NOT EXISTS (SELECT 1 FROM suggestions s WHERE s.face_id = c.face_id)
        AND NOT EXISTS (
            SELECT 1 FROM said JOIN people p ON p.id = said.person_id
            WHERE said.face_id = c.face_id AND (said.verdict = 'is' OR p.ignored))"""
"""SQL: faces of which nothing was said that are like somebody ignored or like what is no face."""

_IGNORED = """
    SELECT said.face_id FROM said JOIN people ON people.id = said.person_id
    WHERE said.verdict = 'is' AND people.ignored"""


def by_key(db: sqlite3.Connection) -> dict[str, Known]:
    """Everybody with a name who is on a photo, by its key (`core.names.name_key`); of two, the one not ignored."""
    sql = f"""
        SELECT key, id, name, ignored FROM people WHERE name IS NOT NULL AND {IS_KNOWN}
        ORDER BY ignored DESC, id DESC"""
    return {key: Known(*row) for key, *row in db.execute(sql)}


def everything(db: sqlite3.Connection) -> set[bytes]:
    """All files."""
    return _paths(db, "SELECT path FROM files")


def files(db: sqlite3.Connection) -> list[File]:
    """All files, in any order."""
    return [File(*row) for row in db.execute("SELECT path, hash, content <> hash FROM files")]


def with_person(db: sqlite3.Connection, person: int) -> set[bytes]:
    """Files that somebody is on."""
    return _paths(db, f"SELECT path FROM files WHERE hash IN ({_ON})", (person,))


def with_others(db: sqlite3.Connection, people: Collection[int]) -> set[bytes]:
    """Files with the first of these people on which also is somebody else, known or not, by a face or without.

    Who is ignored and what is no face does not count.
    """
    sql = f"""
        SELECT path FROM files WHERE hash IN (
            SELECT hash FROM faces INDEXED BY faces_hash WHERE hash IN ({_ON})
                AND id NOT IN (SELECT face_id FROM tags WHERE person_id IN (SELECT value FROM json_each(?2)))
                AND id NOT IN ({_NO_FACES} UNION ALL {_IGNORED} UNION ALL {_SET_ASIDE})
            UNION ALL SELECT hash FROM presences
            WHERE hash IN ({_ON}) AND person_id NOT IN (SELECT value FROM json_each(?2)))"""
    people = list(people)
    return _paths(db, sql, (people[0], json.dumps(people)))


_ON = "SELECT hash FROM tags WHERE person_id = ?1 UNION ALL SELECT hash FROM presences WHERE person_id = ?1"


def counted(db: sqlite3.Connection, count: Count) -> set[bytes]:
    """Files with so many faces, or with so many faces of nobody that is known; none is a number too."""
    leave_out = _NO_FACES
    if count.of is Counted.UNKNOWN:
        leave_out = f"{_STRONG} UNION ALL {_SPOKEN_OF} UNION ALL {_NO_FACES} UNION ALL {_SET_ASIDE}"
    # only photos with a face to count are grouped: where none will do too, it is those that do not fit that are counted
    is_in, order = ("NOT IN", _OPPOSITES[count.order]) if _fits(0, count.order, count.number) else ("IN", count.order)
    sql = f"""
        SELECT path FROM files WHERE hash {is_in} (
            SELECT hash FROM faces INDEXED BY faces_hash WHERE id NOT IN ({leave_out})
            GROUP BY hash HAVING count(*) {order} ?)"""
    return _paths(db, sql, (count.number,))


def _fits(n: int, order: Order, number: int) -> bool:
    return {
        Order.EQUAL: n == number,
        Order.UNEQUAL: n != number,
        Order.LESS: n < number,
        Order.AT_MOST: n <= number,
        Order.MORE: n > number,
        Order.AT_LEAST: n >= number,
    }[order]


def of_dates(db: sqlite3.Connection, dates: Dates) -> set[bytes]:
    """Files taken on these days, local time; those without a date are not among them."""
    sql = "SELECT path FROM files WHERE taken >= ? AND taken < ?"
    return _paths(db, sql, (dates.first or "", (dates.last or "") + "~"))  # "~" is after all that follows a date


def dated(db: sqlite3.Connection, dated_: Dated) -> set[bytes]:
    """Files whose date comes from there."""
    if dated_.by is Dater.NONE:
        return _paths(db, "SELECT path FROM files WHERE taken IS NULL")
    return _paths(db, "SELECT path FROM files WHERE taken IS NOT NULL AND taken_from = ?", (dated_.by,))


def by_camera(db: sqlite3.Connection, fits: Test) -> set[bytes]:
    """Files of the cameras that pass a test."""
    cameras = [row[0] for row in db.execute("SELECT DISTINCT camera FROM files WHERE camera IS NOT NULL")]
    wanted = json.dumps([camera for camera in cameras if fits(camera)])
    return _paths(db, "SELECT path FROM files WHERE camera IN (SELECT value FROM json_each(?))", (wanted,))


def near(db: sqlite3.Connection, place: Near) -> set[bytes]:
    """Files that say that they were taken there."""
    here, band = (place.latitude, place.longitude), globe.latitudes(place.latitude, place.radius_km)
    sql = "SELECT latitude, longitude, path FROM files WHERE latitude BETWEEN ? AND ? AND longitude IS NOT NULL"
    found = db.execute(sql, band).fetchall()
    far = globe.distances_km(here, [row[:2] for row in found])
    return {row[2] for row, km in zip(found, far.tolist(), strict=True) if km <= place.radius_km}


def _paths(db: sqlite3.Connection, sql: str, values: tuple[object, ...] = ()) -> set[bytes]:
    return {path for (path,) in db.execute(sql, values)}
