"""Pictures of people that lie in no library: references, cut from photos that a person gave."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from phototag.types import Box


class Enrolment(NamedTuple):
    """Somebody on a picture.

    Attributes:
        photo: the picture's hash, 32 hex digits; its file in enrolled/ has that name.
        origin: where the photo was that it was cut from.
        name: who it is.
        face: id of the spot of their face on it.
        box: where that is, fractions of the picture.
        size: width and height of the picture in pixels; None before it was described.
        is_described: whether a face is found there, so that it is compared with others.
        is_ignored: nobody wants to hear of them.
    """

    photo: str
    origin: str
    name: str
    face: str
    box: Box
    size: tuple[int, int] | None
    is_described: bool
    is_ignored: bool


def enrolments(db: sqlite3.Connection) -> list[Enrolment]:
    """All of them, by name and where they came from."""
    sql = """
        SELECT e.hash, e.origin, coalesce(p.name, 'group ' || p.cluster_id), s.id, s.left, s.top, s.right, s.bottom,
            h.width, h.height, s.id IN (SELECT spot_id FROM bindings JOIN vectors USING (face_id)), p.ignored
        FROM enrolled e JOIN spots s ON s.hash = e.hash JOIN labels l ON l.spot_id = s.id AND l.verdict = 'is'
            JOIN people p ON p.id = l.person_id LEFT JOIN photos h ON h.hash = e.hash
        ORDER BY p.key, e.origin, e.hash, s.id"""
    return [
        Enrolment(
            photo, origin, name, face, Box(*box), (width, height) if width else None, bool(is_described), bool(ignored)
        )
        for photo, origin, name, face, *box, width, height, is_described, ignored in db.execute(sql)
    ]


def origins(db: sqlite3.Connection) -> dict[str, str]:
    """Hash of a picture -> where it came from."""
    return dict(db.execute("SELECT hash, origin FROM enrolled"))
