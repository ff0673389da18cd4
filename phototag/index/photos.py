"""What the last scan saw on the disk: files, photos, faces, problems."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from phototag.core.vectors import from_bytes, to_bytes
from phototag.errors import PhotoProblem
from phototag.index import spaces, spots
from phototag.index.db import forget_results
from phototag.index.gone import IS_A_FACE
from phototag.types import Box, Face, Photo, PhotoFile, Place, Shown, Sidecar, TakenFrom

if TYPE_CHECKING:
    from phototag.types import Vectors


NEVER = -1
"""A time of change that no file has."""

FEW = 2_000
"""Up to so many vectors are looked up one by one."""


def files(db: sqlite3.Connection) -> dict[bytes, tuple[PhotoFile, str]]:
    """Every file of the last scan with the picture that is in it, be it a copy of another one, by path.

    A file comes with the sidecar that it had when its orientation was last asked for.
    """
    beside = {photo: Sidecar(*rest) for photo, *rest in db.execute("SELECT photo, path, size, mtime_ns FROM beside")}
    rows = db.execute("SELECT path, size, mtime_ns, content FROM files")
    return {path: (PhotoFile(path, size, mtime_ns, beside.get(path)), photo) for path, size, mtime_ns, photo in rows}


def turns(db: sqlite3.Connection) -> dict[bytes, int]:
    """The orientation, 1 to 8, of each file that does not tell it itself, by path."""
    return dict(db.execute("SELECT path, orientation FROM files WHERE NOT is_turn_own"))


def failed_files(db: sqlite3.Connection) -> dict[bytes, PhotoFile]:
    """Every file that could not be used, by path."""
    rows = db.execute("SELECT path, size, mtime_ns FROM problems")
    return {path: PhotoFile(path, size, mtime_ns) for path, size, mtime_ns in rows}


def problems(db: sqlite3.Connection) -> list[PhotoProblem]:
    """Every photo that could not be used and why, sorted by path."""
    sql = "SELECT path, reason FROM problems WHERE is_photo ORDER BY path"
    return [PhotoProblem(path, reason) for path, reason in db.execute(sql)]


def not_photos(db: sqlite3.Connection) -> list[PhotoProblem]:
    """Every file without extension that is no photo by its content, and what it is, sorted by path."""
    sql = "SELECT path, reason FROM problems WHERE NOT is_photo ORDER BY path"
    return [PhotoProblem(path, reason) for path, reason in db.execute(sql)]


def known_sizes(db: sqlite3.Connection) -> set[int]:
    """Sizes of all files whose picture is known, also of those that are gone: a file of one of them may be a copy."""
    return {row[0] for row in db.execute("SELECT size FROM files UNION SELECT size FROM photos")}


def described_otherwise(db: sqlite3.Connection, space_id: int) -> set[bytes]:
    """Paths of the photos whose faces were described in another Space, by an older phototag: to be read again."""
    sql = "SELECT path FROM files JOIN photos ON photos.hash = content WHERE photos.space_id <> ?"
    return {row[0] for row in db.execute(sql, (space_id,))}


def described_in(db: sqlite3.Connection, space_id: int, pictures: Iterable[str]) -> set[str]:
    """Those of some pictures, by their hashes, whose faces have been looked for in this Space."""
    sql = "SELECT hash FROM photos WHERE hash IN (SELECT value FROM json_each(?)) AND space_id = ?"
    return {row[0] for row in db.execute(sql, (json.dumps(list(pictures)), space_id))}


def is_analysed(
    db: sqlite3.Connection,
    photo: str,
    orientation: int,
    space_id: int,
    is_other: Callable[[bytes], bool] = lambda _: True,
) -> bool:
    """Whether this photo's faces have been looked for in this Space, with the picture turned this way.

    Where other files of the picture are there, the way that it is turned on those is as good.

    Args:
        db: the index.
        photo: hash of the picture.
        orientation: 1 to 8.
        space_id: the Space's.
        is_other: whether the file that was known at this path is still there, and not the one that is asked for.
    """
    sql = "SELECT orientation FROM photos WHERE hash = ? AND space_id = ?"
    row = db.execute(sql, (photo, space_id)).fetchone()
    if row is None or row[0] == orientation:
        return row is not None
    paths = db.execute("SELECT path FROM files WHERE content = ? AND orientation = ?", (photo, row[0]))
    return any(is_other(path) for (path,) in paths)


def count_copies(db: sqlite3.Connection) -> int:
    """Files whose picture is a copy of another one that is there."""
    return int(db.execute("SELECT count(*) FROM files WHERE content <> hash").fetchone()[0])


def record_analysis(
    db: sqlite3.Connection,
    file: PhotoFile,
    shown: Shown,
    photo: Photo,
    faces: Sequence[Face],
    vectors: Vectors,
    space_id: int,
) -> None:
    """Write what was found on one photo, replacing what was known of it. Inside a transaction.

    A face that is found again keeps its group and its suggestion until they are made anew. What a human said stays at
    its spot; where the face is not found again under its id, the new face that overlaps the spot most is it. Where none
    does, the face stays as it was described, if that was in this Space: the picture is the same, so it is still there,
    and only the detector missed it, such as on a photo that was turned on its side.
    """
    record_photo(db, photo, file.size, faces, vectors, space_id)
    record_file(db, file, photo.hash, shown)


def record_photo(
    db: sqlite3.Connection, photo: Photo, size: int, faces: Sequence[Face], vectors: Vectors, space_id: int
) -> None:
    """As `record_analysis`, of a picture that may lie in no file of the library; `size` in bytes."""
    kept = _missed(db, photo.hash, {face.id: face.box for face in faces}, space_id)
    _put_photo(db, photo, size, space_id)
    stay = json.dumps([*kept, *(face.id for face in faces)])
    db.execute("DELETE FROM faces WHERE hash = ? AND id NOT IN (SELECT value FROM json_each(?))", (photo.hash, stay))
    db.executemany(
        "INSERT INTO faces VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE"
        " SET left = excluded.left, top = excluded.top, right = excluded.right, bottom = excluded.bottom,"
        " score = excluded.score, quality = excluded.quality, landmarks = excluded.landmarks",
        [(f.id, f.photo, *f.box, f.score, f.quality, json.dumps(f.landmarks)) for f in faces],
    )
    db.executemany(
        "INSERT INTO vectors VALUES (?, ?, ?) ON CONFLICT (face_id) DO UPDATE"
        " SET space_id = excluded.space_id, vector = excluded.vector",
        [(face.id, space_id, to_bytes(vector)) for face, vector in zip(faces, vectors, strict=True)],
    )
    forget_results(db)
    spots.rebind(db, photo.hash)


def _put_photo(db: sqlite3.Connection, photo: Photo, size: int, space_id: int) -> None:
    db.execute(
        "INSERT INTO photos (hash, width, height, orientation, space_id, size, look)"
        " VALUES (:hash, :width, :height, :orientation, :space, :size, :look) ON CONFLICT (hash) DO UPDATE"
        " SET width = :width, height = :height, orientation = :orientation, space_id = :space, size = :size,"
        " look = :look, compared = 0",
        {
            "hash": photo.hash,
            "width": photo.width,
            "height": photo.height,
            "orientation": photo.orientation,
            "space": space_id,
            "size": size,
            "look": photo.look,
        },
    )


def _missed(db: sqlite3.Connection, photo: str, found: Mapping[str, Box], space_id: int) -> list[str]:
    """Faces on a photo that a human spoke of, that are described in this Space and not among those found now."""
    sql = """
        SELECT id, left, top, right, bottom FROM faces
        JOIN bindings ON face_id = id JOIN vectors USING (face_id)
        WHERE hash = ? AND space_id = ?
            AND (spot_id IN (SELECT spot_id FROM labels) OR spot_id IN (SELECT spot_id FROM not_faces))"""
    spoken = {face: Box(*edges) for face, *edges in db.execute(sql, (photo, space_id))}
    return sorted(spoken.keys() - spots.same_faces(spoken, found).keys())


def record_file(db: sqlite3.Connection, file: PhotoFile, photo: str, shown: Shown) -> None:
    """Remember that this file holds this photo, or what that is a copy of. Inside a transaction."""
    db.execute("DELETE FROM problems WHERE path = ?", (file.path,))
    # one that is back may be the original of copies again
    back = "hash = ? AND NOT EXISTS (SELECT 1 FROM files WHERE content = photos.hash)"
    db.execute(f"UPDATE photos SET compared = 0 WHERE {back}", (photo,))
    db.execute(
        "REPLACE INTO files (path, size, mtime_ns, hash, content, orientation, taken, taken_from, camera, latitude,"
        " longitude, is_turn_own) VALUES (?1, ?2, ?3,"
        " coalesce((SELECT original FROM copies WHERE copies.hash = ?4), ?4), ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        (
            file.path,
            file.size,
            file.mtime_ns,
            photo,
            shown.orientation,
            shown.taken,
            shown.taken_from,
            shown.camera,
            *(shown.place or (None, None)),
            shown.is_turn_own,
        ),
    )
    record_sidecar(db, file)


def record_sidecar(db: sqlite3.Connection, file: PhotoFile) -> None:
    """Remember the sidecar of a file that is known, or that it has none. Inside a transaction."""
    db.execute("DELETE FROM beside WHERE photo = ?", (file.path,))
    if (sidecar := file.sidecar) is not None:
        row = file.path, sidecar.path, sidecar.size, sidecar.mtime_ns
        db.execute("INSERT INTO beside (photo, path, size, mtime_ns) VALUES (?, ?, ?, ?)", row)


def sidecar_written(
    db: sqlite3.Connection, photo: bytes, sidecar: bytes, before: tuple[int, int] | None, after: tuple[int, int] | None
) -> None:
    """We wrote to a sidecar, which changes no orientation, so that no scan need open it for that. Inside a transaction.

    Args:
        db: the index.
        photo: path of the file beside which it lies.
        sidecar: its path.
        before: its size and time of change, nanoseconds, before; None if it was not there. What others changed before
            that, and no scan has seen, is for the next one.
        after: likewise, now; None if it is not there any more.
    """
    if before is not None:
        seen = "photo = ? AND path = ? AND size = ? AND mtime_ns = ?"
        if not db.execute(f"DELETE FROM beside WHERE {seen}", (photo, sidecar, *before)).rowcount:
            return
    if after is not None:
        db.execute("REPLACE INTO beside VALUES (?, ?, ?, ?)", (photo, sidecar, *after))


def recorded(db: sqlite3.Connection, file: PhotoFile) -> str | None:
    """The picture in a file that is as it was when it was read; None for any other file."""
    sql = "SELECT content FROM files WHERE path = ? AND size = ? AND mtime_ns = ?"
    row = db.execute(sql, (file.path, file.size, file.mtime_ns)).fetchone()
    return None if row is None else str(row[0])


def record_problem(
    db: sqlite3.Connection, file: PhotoFile, reason: str, *, lasting: bool, is_photo: bool = True
) -> None:
    """Remember that this file could not be used. Inside a transaction.

    Args:
        db: the index.
        file: which.
        reason: for a person.
        lasting: whether to leave it alone until it changes; else the next scan tries again.
        is_photo: false where its content says that it is none, which is no problem.
    """
    db.execute("DELETE FROM files WHERE path = ?", (file.path,))
    mtime_ns = file.mtime_ns if lasting else NEVER
    db.execute("REPLACE INTO problems VALUES (?, ?, ?, ?, ?)", (file.path, file.size, mtime_ns, reason, is_photo))


def forget_files(db: sqlite3.Connection, paths: Iterable[bytes]) -> None:
    """Forget files that are gone; photos, faces and labels stay for when they come back. Inside a transaction."""
    rows = [(path,) for path in paths]
    db.executemany("DELETE FROM files WHERE path = ?", rows)
    db.executemany("DELETE FROM problems WHERE path = ?", rows)


def face_ids(db: sqlite3.Connection) -> list[str]:
    """The faces that take part in grouping: on a photo that is there, or said by a human to be somebody. Sorted.

    Not those that a human drew: nothing describes them.
    While the photos are being described anew, only those that have been.
    """
    sql = f"""
        SELECT id FROM faces f
        WHERE (hash IN (SELECT hash FROM files) OR id IN (SELECT face_id FROM said WHERE verdict = 'is'))
            AND hash IN (SELECT hash FROM photos WHERE space_id = ?) AND {IS_A_FACE}
            AND id NOT IN (SELECT face_id FROM drawn_faces)
        ORDER BY id"""
    return [row[0] for row in db.execute(sql, (spaces.current_id(db),))]


def no_faces(db: sqlite3.Connection) -> list[str]:
    """What was found as a face and is none, as a human said; as far as it is described in today's Space. Sorted."""
    sql = """
        SELECT face_id FROM not_faces CROSS JOIN bindings USING (spot_id) CROSS JOIN vectors USING (face_id)
        WHERE space_id = ? ORDER BY face_id"""
    return [row[0] for row in db.execute(sql, (spaces.current_id(db),))]


def collages(db: sqlite3.Connection) -> set[str]:
    """Hashes of the photos on which one person may be more than once, as a human said of them or of a copy."""
    sql = "SELECT hash FROM collages UNION SELECT original FROM collages JOIN copies USING (hash)"
    return {row[0] for row in db.execute(sql)}


def weak_faces(db: sqlite3.Connection, quality: float, score: float) -> set[str]:
    """Faces below this quality or below this detector's score."""
    return {row[0] for row in db.execute("SELECT id FROM faces WHERE quality < ? OR score < ?", (quality, score))}


def photos_of(db: sqlite3.Connection) -> dict[str, str]:
    """Face id -> its photo's hash, for all faces."""
    return dict(db.execute("SELECT id, hash FROM faces"))


def picture_at(db: sqlite3.Connection, path: bytes) -> tuple[str, int] | None:
    """The picture in a file, and its orientation by EXIF; None for a file that the last scan did not see."""
    row = db.execute("SELECT content, orientation FROM files WHERE path = ?", (path,)).fetchone()
    return None if row is None else (str(row[0]), int(row[1]))


def contents(db: sqlite3.Connection, paths: Iterable[bytes]) -> dict[bytes, str]:
    """The pictures in some files of the last scan, by path."""
    sql = "SELECT content FROM files WHERE path = ?"
    return {path: db.execute(sql, (path,)).fetchone()[0] for path in set(paths)}


_IS_FIRST = "path = (SELECT min(path) FROM files AS other WHERE other.content = files.content)"


def pictures(db: sqlite3.Connection, limit: int, offset: int) -> list[tuple[bytes, str]]:
    """Some of all pictures, each with the path of the first file that holds it, by that path."""
    sql = f"SELECT path, content FROM files WHERE {_IS_FIRST} ORDER BY path LIMIT ? OFFSET ?"
    return db.execute(sql, (limit, offset)).fetchall()


def beside(db: sqlite3.Connection, content: str) -> tuple[str | None, str | None]:
    """The pictures before and after one in the order of `pictures`; None at an end, or if no file holds it."""
    found = []
    for order, way in (("<", "DESC"), (">", "ASC")):
        sql = f"""
            SELECT content FROM files WHERE path {order} (SELECT min(path) FROM files WHERE content = ?) AND {_IS_FIRST}
            ORDER BY path {way} LIMIT 1"""
        row = db.execute(sql, (content,)).fetchone()
        found.append(None if row is None else str(row[0]))
    return found[0], found[1]


def shared(db: sqlite3.Connection) -> dict[bytes, str]:
    """Of pictures that lie in several files, bit by bit the same, which is in which file, by path."""
    shared = "SELECT content FROM files GROUP BY content HAVING count(*) > 1"
    return dict(db.execute(f"SELECT path, content FROM files WHERE content IN ({shared})"))


def holding(db: sqlite3.Connection, content: str) -> list[PhotoFile]:
    """The files that hold a picture, bit by bit, sorted by path."""
    rows = db.execute("SELECT path, size, mtime_ns FROM files WHERE content = ? ORDER BY path", (content,))
    return [PhotoFile(*row) for row in rows]


def count_pictures(db: sqlite3.Connection) -> int:
    """Pictures that lie in one file or more; what is the same bit by bit counts once."""
    return int(db.execute("SELECT count(DISTINCT content) FROM files").fetchone()[0])


def turn_of_face(db: sqlite3.Connection, face: str) -> int | None:
    """The orientation, by EXIF, of the file that a face is shown of; None if no such file is there.

    That is the one that `faces.faces` names, without all else that is known of the face: 0.1 ms instead of 30 where
    there are 50,000 faces.
    """
    sql = """
        SELECT orientation FROM files WHERE path = (
            SELECT coalesce((SELECT min(path) FROM files WHERE content = faces.hash AND hash = faces.hash),
                (SELECT min(path) FROM files WHERE hash = faces.hash)) FROM faces WHERE id = ?)"""
    row = db.execute(sql, (face,)).fetchone()
    return None if row is None else int(row[0])


def shown_at(db: sqlite3.Connection, path: bytes) -> Shown:
    """How one file of the last scan shows its picture."""
    sql = "SELECT orientation, taken, taken_from, camera, latitude, longitude FROM files WHERE path = ?"
    return _shown(*db.execute(sql, (path,)).fetchone())


def how_shown(db: sqlite3.Connection) -> dict[bytes, Shown]:
    """How each file of the last scan shows its picture, by path."""
    rows = db.execute("SELECT path, orientation, taken, taken_from, camera, latitude, longitude FROM files")
    return {path: _shown(*rest) for path, *rest in rows}


def taken(db: sqlite3.Connection, paths: Iterable[bytes]) -> dict[bytes, str | None]:
    """When the pictures in some files were taken, ISO 8601 or None, by path."""
    sql = "SELECT taken FROM files WHERE path = ?"
    return {path: db.execute(sql, (path,)).fetchone()[0] for path in set(paths)}


def _shown(
    orientation: int, taken: str | None, by: str | None, camera: str | None, north: float | None, east: float | None
) -> Shown:
    place = None if north is None or east is None else Place(north, east)
    return Shown(orientation, taken, None if by is None else TakenFrom(by), camera, place)


def shown_photos(db: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    """For each file its picture, and its orientation by EXIF; in any order."""
    return db.execute("SELECT content, orientation FROM files")


def shown_faces(db: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    """For each file the faces on its picture, and its orientation by EXIF; in any order."""
    return db.execute("SELECT faces.id, files.orientation FROM files JOIN faces USING (hash)")


def vectors_of(db: sqlite3.Connection, ids: Sequence[str], dim: int) -> Vectors:
    """The vectors of these faces, (n, dim), in order.

    Raises:
        KeyError: a face has no vector.
    """
    few = len(ids) <= FEW
    some = " WHERE face_id IN (SELECT value FROM json_each(?))" if few else ""
    known = dict(db.execute(f"SELECT face_id, vector FROM vectors{some}", (json.dumps(list(ids)),) if few else ()))
    return from_bytes([known[face] for face in ids], dim)
