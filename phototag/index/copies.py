"""Pictures that are another one, encoded anew or resized: the machine's finding, made anew whenever photos change."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from phototag.core.geometry import to_upright, turned_size
from phototag.index import spots
from phototag.types import Box


class Picture(NamedTuple):
    """A photo, as far as copies are concerned.

    Attributes:
        hash: its name.
        size: width and height in pixels, upright.
        look: of `media.looks`.
        faces: how many were found on it.
        bytes: of the file that it was read from.
        has_camera: whether a file says what camera took it: those that were sent or saved anew seldom do.
        is_there: whether a file has it.
    """

    hash: str
    size: tuple[int, int]
    look: bytes
    faces: int
    bytes: int
    has_camera: bool
    is_there: bool

    @property
    def worth(self) -> tuple[bool, int, bool, int, int, str]:
        """Sorts the best first: what is there, the larger, what the camera left, with more faces, with more bytes."""
        pixels = self.size[0] * self.size[1]
        return not self.is_there, -pixels, not self.has_camera, -self.faces, -self.bytes, self.hash


class Copy(NamedTuple):
    """A file that holds a picture which lies in another file too, or a copy of one.

    Attributes:
        original: hash of the picture that it counts as.
        path: relative to the library.
        is_same: whether the picture is that one, bit by bit; else it is a copy of it.
        width, height: in pixels, upright.
        size: of the file, in bytes.
    """

    original: str
    path: bytes
    is_same: bool
    width: int
    height: int
    size: int


def uncompared(db: sqlite3.Connection, space_id: int) -> set[str]:
    """Photos described in this Space whose copies have not been looked for."""
    return {row[0] for row in db.execute("SELECT hash FROM photos WHERE NOT compared AND space_id = ?", (space_id,))}


def pictures(db: sqlite3.Connection, space_id: int) -> list[Picture]:
    """All photos described in this Space that have a look, sorted."""
    sql = f"SELECT {_PICTURE} FROM photos WHERE space_id = ? AND look IS NOT NULL ORDER BY hash"
    return [_picture(row) for row in db.execute(sql, (space_id,))]


_PICTURE = """
    hash, width, height, orientation, look, (SELECT count(*) FROM faces WHERE faces.hash = photos.hash),
    size, EXISTS (SELECT 1 FROM files WHERE content = photos.hash AND camera IS NOT NULL),
    hash IN (SELECT content FROM files)"""


def _picture(row: tuple[str, int, int, int, bytes, int, int, int, int]) -> Picture:
    hash_, width, height, orientation, look, faces, size, has_camera, is_there = row
    return Picture(hash_, turned_size(width, height, orientation), look, faces, size, bool(has_camera), bool(is_there))


def upright_faces(db: sqlite3.Connection, photo: str) -> list[tuple[str, Box, float, float]]:
    """Id, box as fractions of the upright picture, quality and score of the faces found on a photo, sorted by id."""
    sql = """
        SELECT id, left, top, right, bottom, quality, score, orientation FROM faces JOIN photos USING (hash)
        WHERE hash = ? AND id NOT IN (SELECT face_id FROM drawn_faces) ORDER BY id"""
    return [
        (face, to_upright(Box(*box), orientation), quality, score)
        for face, *box, quality, score, orientation in db.execute(sql, (photo,))
    ]


def said_there(db: sqlite3.Connection, photo: str) -> list[tuple[Box, int]]:
    """Where on a photo, in the upright picture, a human said that somebody is, and who."""
    sql = """
        SELECT left, top, right, bottom, person_id, orientation FROM labels JOIN spots ON id = spot_id
        JOIN photos USING (hash) WHERE verdict = 'is' AND hash = ?"""
    return [(to_upright(Box(*box), orientation), who) for *box, who, orientation in db.execute(sql, (photo,))]


def known(db: sqlite3.Connection) -> dict[str, str]:
    """Copy -> original, as it was found last."""
    return dict(db.execute("SELECT hash, original FROM copies"))


def orphans(db: sqlite3.Connection) -> set[str]:
    """Originals that are not there any more, and their copies."""
    rows = db.execute("SELECT hash, original FROM copies WHERE original NOT IN (SELECT content FROM files)").fetchall()
    return {photo for row in rows for photo in row}


def compared(db: sqlite3.Connection, photos: Iterable[str]) -> None:
    """Remember that copies of these have been looked for. Inside a transaction."""
    db.executemany("UPDATE photos SET compared = 1 WHERE hash = ?", [(photo,) for photo in sorted(photos)])


def replace(db: sqlite3.Connection, found: Mapping[str, str]) -> None:
    """Let files count as files of these originals, and what was said be bound to those. Inside a transaction.

    Args:
        db: the index.
        found: copy -> original, all that there are.
    """
    former = known(db)
    changed = sorted(copy for copy in former.keys() | found.keys() if former.get(copy) != found.get(copy))
    if not changed:
        return
    db.executemany("DELETE FROM copies WHERE hash = ?", [(copy,) for copy in changed])
    db.executemany("INSERT INTO copies VALUES (?, ?)", [(copy, found[copy]) for copy in changed if copy in found])
    db.executemany("UPDATE files SET hash = ? WHERE content = ?", [(found.get(copy, copy), copy) for copy in changed])
    involved = {*changed, *(former.get(copy, copy) for copy in changed), *(found.get(copy, copy) for copy in changed)}
    spots.rebind_families(db, involved)


def duplicates(db: sqlite3.Connection) -> list[Copy]:
    """All files that count as one picture with another file, together, the original of each first."""
    sql = """
        SELECT files.hash, path, content = files.hash, width, height, files.orientation, files.size
        FROM files JOIN photos ON photos.hash = content
        WHERE files.hash IN (SELECT hash FROM files GROUP BY hash HAVING count(*) > 1)"""
    found = [
        Copy(original, path, bool(is_same), *turned_size(width, height, orientation), size)
        for original, path, is_same, width, height, orientation, size in db.execute(sql)
    ]
    best_first = sorted(found, key=lambda copy: (not copy.is_same, copy.path))
    first: dict[str, bytes] = {}
    for copy in best_first:
        first.setdefault(copy.original, copy.path)
    return sorted(best_first, key=lambda copy: first[copy.original])
