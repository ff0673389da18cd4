"""Another engine's description of the whole library, put in the place of the one that an index has.

It is made in an index of its own (`described`) and taken over in one transaction, so that until then nothing has
changed. What was said is said of spots, and finds the faces that lie there now (`index.spots`).
"""

from __future__ import annotations

import json
import os
import sqlite3
import urllib.parse
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from phototag.errors import LibraryError
from phototag.index import backups, faces, photos, spaces, spots
from phototag.index.db import forget_results, transaction
from phototag.index.enrolled import origins
from phototag.types import Space


class Spoken(NamedTuple):
    """A face of which a person spoke.

    Attributes:
        spot: its id.
        photo: the photo's hash.
        names: who it is, or "not NAME" for who it is not; "group 3" for somebody without a name.
        is_somebody: whether it was said who it is, so that it is a reference.
    """

    spot: str
    photo: str
    names: tuple[str, ...]
    is_somebody: bool


class Lost(NamedTuple):
    """Something said of which the new description finds no face.

    Attributes:
        said: as in `Spoken.names`.
        path: of the photo, relative to the library; of an enrolled picture, where it came from.
    """

    said: str
    path: bytes


@dataclass(frozen=True, slots=True)
class Comparison:
    """What taking a description over would come to.

    Attributes:
        photos: on disk, with a description.
        faces_before: on photos on disk, now.
        faces_after: likewise, afterwards.
        matched: faces that were spoken of and that are found again, or now for the first time.
        lost: what was said of a face that is there now and would not be.
        lost_faces: how many faces those are.
        references_gone: named faces that are compared with others now and would not be: those lost, and those on photos
            that are not on disk.
    """

    photos: int
    faces_before: int
    faces_after: int
    matched: int
    lost: tuple[Lost, ...]
    lost_faces: int
    references_gone: int

    @property
    def lost_share(self) -> float:
        """Of the faces that were spoken of and have a place in one of the descriptions, 0 to 1."""
        return self.lost_faces / max(self.matched + self.lost_faces, 1)


def compare(db: sqlite3.Connection, described: sqlite3.Connection) -> Comparison:
    """Say what taking over would come to; writes nothing.

    What is no face, as a person said, is not missed where none is found.
    """
    on_disk = {row[0]: row[1] for row in described.execute("SELECT content, min(path) FROM files GROUP BY content")}
    kept = {row[0] for row in described.execute("SELECT hash FROM photos")}
    there = on_disk | {photo: os.fsencode(origin) for photo, origin in origins(db).items() if photo in kept}
    bound = {row[0] for row in db.execute("SELECT spot_id FROM bindings JOIN vectors USING (face_id)")}
    current = {row[0] for row in db.execute("SELECT hash FROM photos WHERE space_id = ?", (spaces.current_id(db),))}
    everything = _spoken(db)
    here = [one for one in everything if one.photo in there]
    found = _found_again(db, described, {one.photo for one in here})
    lost = [one for one in here if one.spot in bound and one.spot not in found]
    away = [one for one in everything if one.photo not in there and one.photo in current and one.spot in bound]
    return Comparison(
        photos=len(on_disk),
        faces_before=faces.count_faces(db),
        faces_after=_count_faces_after(db, described),
        matched=sum(one.spot in found for one in here),
        lost=tuple(sorted(Lost(name, there[one.photo]) for one in lost for name in one.names)),
        lost_faces=len(lost),
        references_gone=sum(one.is_somebody for one in [*lost, *away]),
    )


def back_up(db: sqlite3.Connection, folder: Path) -> None:
    """Copy an index to a file beside it, before another engine describes it.

    Raises:
        LibraryError: there is no room for it; nothing was changed.
    """
    try:
        backups.make(db, folder, backups.ENGINE)
    except (OSError, sqlite3.Error) as error:
        raise LibraryError(
            f"No copy of the index could be made in {folder}: {error}. Nothing was changed; free some space and run "
            "the same command again."
        ) from error


def take_over(db: sqlite3.Connection, described: Path, space: Space, missing: Sequence[bytes]) -> None:
    """Put a description in the place of the one that an index has: all of it or nothing.

    Only this index is written: of two databases that were written in one transaction, each with its write-ahead log, a
    power cut could leave one changed and the other not.

    Args:
        db: the index, open for writing; in no transaction, for a database cannot be attached in one.
        described: the other index's file; nobody has it open.
        space: the one in which it describes faces.
        missing: paths that are known to the index and not there any more.
    """
    with _attached(db, described), transaction(db, durable=True):
        number = spaces.renew(db, space)
        db.execute("CREATE TEMP TABLE taken AS SELECT hash FROM described.photos WHERE space_id = ?", (_newest(db),))
        groups = list(_grouped_faces_found_again(db))
        _take_faces(db, number)
        db.executemany("INSERT INTO cluster_faces VALUES (?, ?)", groups)
        _take_files(db)
        photos.forget_files(db, missing)
        spots.rebind_all(db)
        forget_results(db)
        db.execute("DROP TABLE taken")


@contextmanager
def _attached(db: sqlite3.Connection, described: Path) -> Iterator[None]:
    """The other index as `described`, which cannot be written."""
    db.execute("ATTACH ? AS described", (f"file:{urllib.parse.quote(os.fsencode(described))}?mode=ro",))
    try:
        yield
    finally:
        db.execute("DETACH described")


def _newest(db: sqlite3.Connection) -> int:
    """Row id, in the other index, of the Space that its photos on disk are described in."""
    sql = "SELECT max(space_id) FROM described.photos WHERE hash IN (SELECT hash FROM described.files)"
    return int(db.execute(sql).fetchone()[0] or 0)


def _take_faces(db: sqlite3.Connection, space_id: int) -> None:
    """Photos with their faces and vectors. A face of the same id keeps its row, for what hangs on it."""
    db.execute("DELETE FROM cluster_faces WHERE face_id IN (SELECT id FROM faces JOIN taken USING (hash))")
    db.execute(
        "DELETE FROM faces WHERE hash IN (SELECT hash FROM taken) AND id NOT IN (SELECT id FROM described.faces)"
    )
    db.execute(
        "INSERT INTO photos (hash, width, height, orientation, space_id, size, look)"
        " SELECT hash, width, height, orientation, ?, size, look FROM described.photos"
        " JOIN taken USING (hash) WHERE TRUE"
        " ON CONFLICT (hash) DO UPDATE SET width = excluded.width, height = excluded.height,"
        " orientation = excluded.orientation, space_id = excluded.space_id, size = excluded.size,"
        " look = excluded.look, compared = 0",
        (space_id,),
    )
    db.execute(
        "INSERT INTO faces SELECT f.* FROM described.faces f JOIN taken USING (hash) WHERE TRUE"
        " ON CONFLICT (id) DO UPDATE SET left = excluded.left, top = excluded.top, right = excluded.right,"
        " bottom = excluded.bottom, score = excluded.score, quality = excluded.quality, landmarks = excluded.landmarks"
    )
    db.execute(
        "INSERT INTO vectors SELECT face_id, ?, vector FROM described.vectors JOIN described.faces f ON f.id = face_id"
        " JOIN taken USING (hash) WHERE TRUE"
        " ON CONFLICT (face_id) DO UPDATE SET space_id = excluded.space_id, vector = excluded.vector",
        (space_id,),
    )


def _take_files(db: sqlite3.Connection) -> None:
    """What lies at which path, as it was seen when the photos were described."""
    db.execute("DELETE FROM files WHERE path IN (SELECT path FROM described.problems)")
    db.execute("REPLACE INTO files SELECT * FROM described.files")
    db.execute("REPLACE INTO beside SELECT * FROM described.beside")
    db.execute("DELETE FROM problems WHERE path IN (SELECT path FROM described.files)")
    db.execute("REPLACE INTO problems SELECT * FROM described.problems")


def _grouped_faces_found_again(db: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    """Faces of the new description and the group that each is in by its place, so that groups keep their numbers."""
    group = dict(db.execute("SELECT face_id, cluster_id FROM cluster_faces"))
    for (photo,) in db.execute("SELECT hash FROM taken").fetchall():
        known = spots.boxes(db, "main.faces", photo)
        pairs = spots.same_faces(known, spots.boxes(db, "described.faces", photo))
        yield from ((new, group[old]) for old, new in pairs.items() if old in group)


def _spoken(db: sqlite3.Connection) -> list[Spoken]:
    """Every face of which it was said who it is or is not."""
    sql = """
        SELECT s.id, s.hash, json_group_array(
            iif(l.verdict = 'is', '', 'not ') || coalesce(p.name, 'group ' || p.cluster_id)), max(l.verdict = 'is')
        FROM labels l JOIN spots s ON s.id = l.spot_id JOIN people p ON p.id = l.person_id
        GROUP BY s.id ORDER BY s.id"""
    return [Spoken(spot, photo, tuple(json.loads(names)), bool(is_)) for spot, photo, names, is_ in db.execute(sql)]


def _found_again(db: sqlite3.Connection, described: sqlite3.Connection, on: Iterable[str]) -> set[str]:
    """Spots on these photos that find a face in the other index."""
    return {
        spot
        for photo in on
        for spot in spots.same_faces(spots.boxes(db, "spots", photo), spots.boxes(described, "faces", photo))
    }


def _count_faces_after(db: sqlite3.Connection, described: sqlite3.Connection) -> int:
    """As `faces.count_faces` will count: without what is no face."""
    spoken_against = {row[0] for row in db.execute("SELECT spot_id FROM not_faces")}
    none = 0
    for (photo,) in db.execute("SELECT DISTINCT hash FROM spots JOIN not_faces ON spot_id = id").fetchall():
        pairs = spots.same_faces(spots.boxes(db, "spots", photo), spots.boxes(described, "faces", photo))
        none += sum(spot in spoken_against for spot in pairs)
    sql = "SELECT count(*) FROM faces WHERE hash IN (SELECT hash FROM files)"
    return int(described.execute(sql).fetchone()[0]) - none
