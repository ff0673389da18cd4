"""Where a person saw a face: what they said of it binds to the picture's content and a place on it.

A spot is a face's id, photo and box at the moment when somebody first spoke of it; it never changes afterwards. Which
face lies there now is the machine's finding, kept apart (`bindings`) and made anew whenever the photo is read again. So
a name survives every new detection, by whatever engine.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from phototag.core.geometry import carried, drawn_id, match_boxes
from phototag.types import Box

SAME_PLACE = 0.25
"""Two boxes of one picture that overlap at least this much (intersection over union) may be one face; of several the
greatest overlap is.

Measured in 2026-11 with `python -m benchmarks places`: boxes of one face by MTCNN and by face_recognition overlap by
0.335 at least, by 0.71 in the median (129 faces of the sample library, 68 of 64 web photos); boxes of two faces of one
photo by 0.07 at most, whichever found them. On 400 other web photos MTCNN's own boxes overlap by 0.22 at most (1,212
pairs, the second most by 0.16). 0.25 lies between.
"""


class Spot(NamedTuple):
    """A face by content and place.

    Attributes:
        id: the face's.
        photo: the photo's hash.
        box: fractions of the stored picture, so that the spot outlives a turn by the EXIF orientation.
    """

    id: str
    photo: str
    box: Box


def drawn_spot(photo: str, box: Box) -> Spot:
    """A place on the stored picture where nobody found a face."""
    return Spot(drawn_id(photo, box), photo, box)


def settle(db: sqlite3.Connection, spot: Spot) -> str:
    """The id of the spot that this face lies at: the one where it was first spoken of, or else this one, new.

    Inside a transaction.
    """
    row = db.execute("SELECT spot_id FROM bindings WHERE face_id = ?", (spot.id,)).fetchone()
    if row is not None:
        return str(row[0])
    db.execute("INSERT OR IGNORE INTO spots VALUES (?, ?, ?, ?, ?, ?)", (spot.id, spot.photo, *spot.box))
    db.execute(
        "INSERT OR IGNORE INTO bindings SELECT ?1, id FROM faces WHERE id = ?1 AND hash = ?2", (spot.id, spot.photo)
    )
    return spot.id


def rebind(db: sqlite3.Connection, photo: str) -> None:
    """Find again the faces of a photo that was spoken of. Inside a transaction.

    A face with the spot's own id, else the one that overlaps it most. A spot that finds no face waits, unless a human
    drew it: then it is a face by itself, which nothing describes. What was said of copies is bound with it.
    """
    _free(db, family(db, photo))
    _bind(db, photo)


def rebind_families(db: sqlite3.Connection, photos: Iterable[str]) -> None:
    """Find again the faces of photos that have other copies now, or are copies of others. Inside a transaction."""
    families = {tuple(family(db, photo)) for photo in photos}
    for one in families:  # a face that passes from one family to another must be free before
        _free(db, one)
    for one in sorted(families):
        _bind(db, one[0])


def _free(db: sqlite3.Connection, photos: Iterable[str]) -> None:
    rows = [(photo,) for photo in photos]
    db.executemany("DELETE FROM bindings WHERE spot_id IN (SELECT id FROM spots WHERE hash = ?)", rows)
    db.executemany("DELETE FROM faces WHERE hash = ? AND id NOT IN (SELECT face_id FROM vectors)", rows)  # drawn ones


def _bind(db: sqlite3.Connection, photo: str) -> None:
    pairs = found_again(db, photo)
    db.executemany("INSERT INTO bindings VALUES (?, ?)", sorted(pairs.items()))
    for spot, (onto, box) in sorted(_drawn(db, photo).items()):
        if spot not in pairs:
            db.execute("INSERT OR IGNORE INTO faces VALUES (?, ?, ?, ?, ?, ?, 1, 0, '[]')", (spot, onto, *box))
            db.execute("INSERT OR IGNORE INTO bindings VALUES (?1, ?1)", (spot,))


def _drawn(db: sqlite3.Connection, photo: str) -> dict[str, tuple[str, Box]]:
    """Spot -> the photo that it counts for and its place there, of faces that were drawn on a photo and its copies."""
    original, *_ = pictures = family(db, photo)
    if db.execute("SELECT 1 FROM photos WHERE hash = ?", (original,)).fetchone() is None:
        return {}
    found: dict[str, tuple[str, Box]] = {}
    for picture in pictures:
        drawn = {
            row[0] for row in db.execute("SELECT id FROM spots JOIN drawn ON spot_id = id WHERE hash = ?", (picture,))
        }
        there = {spot: box for spot, box in boxes(db, "spots", picture).items() if spot in drawn} if drawn else {}
        found |= {spot: (original, box) for spot, box in _carried(db, there, picture, original).items()}
    return found


def photos_of(db: sqlite3.Connection, spots: Iterable[str]) -> list[str]:
    """The photos on which spots lie, sorted."""
    found = [db.execute("SELECT hash FROM spots WHERE id = ?", (spot,)).fetchone()[0] for spot in spots]
    return sorted(set(found))


def family(db: sqlite3.Connection, photo: str) -> list[str]:
    """The picture of which this is a copy, or this one, and then all its copies, sorted."""
    row = db.execute("SELECT original FROM copies WHERE hash = ?", (photo,)).fetchone()
    original = photo if row is None else str(row[0])
    sql = "SELECT hash FROM copies WHERE original = ? ORDER BY hash"
    return [original, *(copy for (copy,) in db.execute(sql, (original,)))]


def found_again(db: sqlite3.Connection, photo: str) -> dict[str, str]:
    """Spot -> the face that lies there, of a photo and all its copies.

    Spots on a copy find the faces of the original, as far as none of that one's own spots does; else their own. Where
    something was drawn and is not drawn any more, a face is found last: it may have been drawn better since.
    """
    pictures = family(db, photo)
    known = {picture: spots for picture in pictures if (spots := boxes(db, "spots", picture))}
    if not known:
        return {}
    free, pairs = boxes(db, "faces", pictures[0]), dict[str, str]()
    for picture, spots in known.items():
        here, gone = _carried(db, spots, picture, pictures[0]), _undrawn(db, picture)
        for some in ({k: v for k, v in here.items() if k not in gone}, {k: v for k, v in here.items() if k in gone}):
            pairs |= same_faces(some, free)
            free = {face: box for face, box in free.items() if face not in pairs.values()}
    for picture in known.keys() - pictures[:1]:
        lost = {spot: box for spot, box in known[picture].items() if spot not in pairs}
        pairs |= same_faces(lost, boxes(db, "faces", picture)) if lost else {}
    return pairs


def _undrawn(db: sqlite3.Connection, photo: str) -> set[str]:
    sql = """
        SELECT id FROM spots WHERE hash = ? AND id NOT IN (SELECT spot_id FROM drawn)
        AND EXISTS (SELECT 1 FROM changes WHERE cell = 'drawn ' || id)"""
    return {row[0] for row in db.execute(sql, (photo,))}


def _carried(db: sqlite3.Connection, found: Mapping[str, Box], picture: str, onto: str) -> Mapping[str, Box]:
    """Boxes of one picture as they are on another one that shows the same, as that is stored."""
    if picture == onto:
        return found
    orientations = dict(db.execute("SELECT hash, orientation FROM photos WHERE hash IN (?, ?)", (picture, onto)))
    return {key: carried(box, orientations[picture], orientations[onto]) for key, box in found.items()}


def same_faces(known: Mapping[str, Box], found: Mapping[str, Box]) -> dict[str, str]:
    """Which of the faces found on a photo are those known: of the same id, else with the greatest overlap.

    Args:
        known: id -> box in the stored picture.
        found: likewise.

    Returns:
        Id of a known one -> id of the face found; without those that were not found.
    """
    pairs = {face: face for face in known if face in found}
    lost = [face for face in known if face not in pairs]
    free = [face for face in found if face not in pairs]
    matched = match_boxes([known[face] for face in lost], [found[face] for face in free], SAME_PLACE)
    return pairs | {lost[i]: free[j] for i, j in matched.items()}


def denied(db: sqlite3.Connection, photo: str) -> dict[str, Box]:
    """Places on a photo of which it was said that no face is there, and where none is found: id -> box."""
    sql = "SELECT spot_id FROM not_faces WHERE spot_id NOT IN (SELECT spot_id FROM bindings)"
    said = {row[0] for row in db.execute(sql)}
    return {spot: box for spot, box in boxes(db, "spots", photo).items() if spot in said}


def rebind_all(db: sqlite3.Connection) -> None:
    """Find again every face that was spoken of. Inside a transaction."""
    for (photo,) in db.execute("SELECT DISTINCT hash FROM spots").fetchall():
        rebind(db, photo)


def boxes(db: sqlite3.Connection, table: str, photo: str) -> dict[str, Box]:
    """Id -> box of a photo's faces or spots: of the rows of this table, sorted by id."""
    sql = f"SELECT id, left, top, right, bottom FROM {table} WHERE hash = ? ORDER BY id"
    return {row[0]: Box(*row[1:]) for row in db.execute(sql, (photo,))}
