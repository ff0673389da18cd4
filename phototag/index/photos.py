"""What the last scan saw on the disk: files, photos, faces, problems."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from phototag.core.vectors import from_bytes, to_bytes
from phototag.errors import PhotoProblem
from phototag.index import journal
from phototag.types import Face, Photo, PhotoFile

if TYPE_CHECKING:
    from phototag.types import Vectors


def files(db: sqlite3.Connection) -> dict[bytes, tuple[PhotoFile, str]]:
    """Every file of the last scan with its photo's hash, by path."""
    rows = db.execute("SELECT path, size, mtime_ns, hash FROM files")
    return {path: (PhotoFile(path, size, mtime_ns), photo) for path, size, mtime_ns, photo in rows}


def failed_files(db: sqlite3.Connection) -> dict[bytes, PhotoFile]:
    """Every file that could not be used, by path."""
    rows = db.execute("SELECT path, size, mtime_ns FROM problems")
    return {path: PhotoFile(path, size, mtime_ns) for path, size, mtime_ns in rows}


def problems(db: sqlite3.Connection) -> list[PhotoProblem]:
    """Every file that could not be used and why, sorted by path."""
    return [
        PhotoProblem(path, reason) for path, reason in db.execute("SELECT path, reason FROM problems ORDER BY path")
    ]


def is_analysed(db: sqlite3.Connection, photo: str, space_id: int) -> bool:
    """Whether this photo's faces have been looked for in this Space."""
    row = db.execute("SELECT 1 FROM photos WHERE hash = ? AND space_id = ?", (photo, space_id)).fetchone()
    return row is not None


def count_faces(db: sqlite3.Connection) -> int:
    """Faces on photos that are there."""
    sql = "SELECT count(*) FROM faces WHERE EXISTS (SELECT 1 FROM files WHERE files.hash = faces.hash)"
    return int(db.execute(sql).fetchone()[0])


def record_analysis(
    db: sqlite3.Connection, file: PhotoFile, photo: Photo, faces: Sequence[Face], vectors: Vectors, space_id: int
) -> None:
    """Write what was found on one photo, replacing what was known of it. Inside a transaction.

    Labels stay. Where a label's face is not found again under its id, the new face that overlaps it most takes it over.
    """
    db.execute(
        "INSERT INTO photos VALUES (:hash, :width, :height, :taken, :space) ON CONFLICT (hash) DO UPDATE"
        " SET width = :width, height = :height, taken = :taken, space_id = :space",
        {"hash": photo.hash, "width": photo.width, "height": photo.height, "taken": photo.taken, "space": space_id},
    )
    db.execute("DELETE FROM faces WHERE hash = ?", (photo.hash,))
    db.executemany(
        "INSERT INTO faces VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(f.id, f.photo, *f.box, f.score, f.quality, json.dumps(f.landmarks)) for f in faces],
    )
    db.executemany(
        "INSERT INTO vectors VALUES (?, ?, ?)",
        [(face.id, space_id, to_bytes(vector)) for face, vector in zip(faces, vectors, strict=True)],
    )
    record_file(db, file, photo.hash)
    journal.follow_turn(db, photo.hash)
    journal.rebind(db, photo.hash)


def record_file(db: sqlite3.Connection, file: PhotoFile, photo: str) -> None:
    """Remember that this file holds this photo. Inside a transaction."""
    db.execute("DELETE FROM problems WHERE path = ?", (file.path,))
    db.execute(
        "INSERT INTO files VALUES (?, ?, ?, ?) ON CONFLICT (path) DO UPDATE"
        " SET size = excluded.size, mtime_ns = excluded.mtime_ns, hash = excluded.hash",
        (file.path, file.size, file.mtime_ns, photo),
    )


def record_problem(db: sqlite3.Connection, file: PhotoFile, reason: str) -> None:
    """Remember that this file could not be used: it is tried again when it changes. Inside a transaction."""
    db.execute("DELETE FROM files WHERE path = ?", (file.path,))
    db.execute("REPLACE INTO problems VALUES (?, ?, ?, ?)", (file.path, file.size, file.mtime_ns, reason))


def forget_files(db: sqlite3.Connection, paths: Iterable[bytes]) -> None:
    """Forget files that are gone; photos, faces and labels stay for when they come back. Inside a transaction."""
    rows = [(path,) for path in paths]
    db.executemany("DELETE FROM files WHERE path = ?", rows)
    db.executemany("DELETE FROM problems WHERE path = ?", rows)


def face_ids(db: sqlite3.Connection) -> list[str]:
    """The faces that take part in grouping: on a photo that is there, or named by a human. Sorted."""
    sql = (
        "SELECT id FROM faces WHERE EXISTS (SELECT 1 FROM files WHERE files.hash = faces.hash)"
        " OR id IN (SELECT face_id FROM labels WHERE verdict = 'is') ORDER BY id"
    )
    return [row[0] for row in db.execute(sql)]


def photos_of(db: sqlite3.Connection) -> dict[str, str]:
    """Face id -> its photo's hash, for all faces."""
    return dict(db.execute("SELECT id, hash FROM faces"))


def vectors_of(db: sqlite3.Connection, ids: Sequence[str], dim: int) -> Vectors:
    """The vectors of these faces, (n, dim), in order.

    Raises:
        KeyError: a face has no vector.
    """
    known = dict(db.execute("SELECT face_id, vector FROM vectors"))
    return from_bytes([known[face] for face in ids], dim)
