"""Every face with all that is known of it: the view that people and other programs read."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from phototag.core.geometry import box_in_pixels, carried, to_upright, turned_size
from phototag.index import spaces
from phototag.index.gone import GONE, IS_A_FACE
from phototag.index.spots import Spot
from phototag.types import Box, Source


@dataclass(frozen=True, slots=True)
class KnownFace:
    """A face on a photo that is there.

    Attributes:
        id: its id.
        photo: the photo's hash.
        path: of the photo, relative to the library; the first in order where several files hold it, not that of a copy.
        orientation: EXIF's, of that file.
        width, height: as stored, in pixels.
        stored_box: fractions of the stored picture: where a decision remembers the face.
        score: the detector's.
        quality: 0 to 1.
        cluster: its group, or None.
        person: who it is or may be, or None.
        source: who says so, or None.
        distance: to that person, or None where a human said it.
        runner_up: the next nearest person and their distance, or None.
        ignored: a human does not want to hear of this person, or it is like one of those.
        is_drawn: a human drew it, where no detector found a face: nothing describes it.
    """

    id: str
    photo: str
    path: bytes
    orientation: int
    width: int
    height: int
    stored_box: Box
    score: float
    quality: float
    cluster: int | None
    person: str | None
    source: Source | None
    distance: float | None
    runner_up: tuple[str, float] | None
    ignored: bool = False
    is_drawn: bool = False

    @property
    def spot(self) -> Spot:
        """The face by content and place, as a decision remembers it."""
        return Spot(self.id, self.photo, self.stored_box)

    @property
    def box(self) -> Box:
        """Fractions of the upright image."""
        return to_upright(self.stored_box, self.orientation)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the upright image, in pixels."""
        return turned_size(self.width, self.height, self.orientation)

    @property
    def is_tagged(self) -> bool:
        """Whether `person` is a tag: a human's word or a strong match, not a mere suggestion."""
        return self.source in (Source.HUMAN, Source.AUTO)

    @property
    def box_px(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom in whole pixels of the upright image."""
        return box_in_pixels(self.box, *self.size)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which faces to list; None does not restrict."""

    path: bytes | None = None
    person: int | None = None
    cluster: int | None = None
    ids: tuple[str, ...] | None = None
    photos: tuple[str, ...] | None = None
    """Hashes."""
    suggested: bool | None = None
    """Whether somebody is suggested, and no human named the face."""
    stale: bool | None = None
    """Whether on a photo with a file whose line in tags.jsonl is out of date."""


_FIRST = """coalesce((SELECT min(path) FROM files WHERE files.hash = f.hash AND files.content = f.hash),
        (SELECT min(path) FROM files WHERE files.hash = f.hash))"""
"""SQL: the file that a face is shown of: the first that holds the picture, or else the first that holds a copy."""

_SOURCE = """
        CASE WHEN named.ignored THEN NULL WHEN named.name IS NOT NULL THEN 'human' WHEN s.grade = 'strong' THEN 'auto'
             WHEN s.grade IS NOT NULL THEN 'suggested' END"""
"""SQL: who says who a face is."""

_PERSON = "CASE WHEN named.ignored THEN NULL ELSE coalesce(named.name, guessed.name) END"
"""SQL: who it is or may be."""

_IGNORED = """(coalesce(named.ignored, 0) OR d.face_id IS NOT NULL
            OR (named.id IS NULL AND s.grade IS NULL AND c.cluster_id IN (SELECT cluster_id FROM ignored_groups)))"""
"""SQL: nobody wants to hear of them."""

_WHO = """
    LEFT JOIN bindings b ON b.face_id = f.id  -- the view `said` would be made of all faces here
    LEFT JOIN labels l ON l.spot_id = b.spot_id AND l.verdict = 'is'
    LEFT JOIN people named ON named.id = l.person_id
    LEFT JOIN suggestions s ON s.face_id = f.id"""
"""SQL: what `_SOURCE` needs."""

_SAID = f"""
    LEFT JOIN dismissals d ON d.face_id = f.id
{_WHO}
    LEFT JOIN people guessed ON guessed.id = s.person_id"""
"""SQL: what `_PERSON` and `_IGNORED` need as well."""

_SELECT = f"""
    SELECT f.id, f.hash, p.width, p.height, f.left, f.top, f.right, f.bottom, f.score, f.quality, c.cluster_id,
        {_SOURCE},
        {_PERSON},
        CASE WHEN named.name IS NULL THEN s.distance END,
        CASE WHEN named.name IS NULL THEN coalesce(second.name, 'group ' || second.cluster_id) END,
        s.runner_up_distance, first.path, first.orientation, {_IGNORED},
        f.id IN (SELECT face_id FROM drawn_faces)
    FROM grouped c
    JOIN faces f ON f.id = c.face_id
    JOIN photos p ON p.hash = f.hash
    JOIN files first ON first.path = {_FIRST}
{_SAID}
    LEFT JOIN people second ON second.id = s.runner_up_id
    WHERE TRUE"""


def faces(db: sqlite3.Connection, wanted: Filter | None = None) -> list[KnownFace]:
    """List faces, sorted by path, then from left to right."""
    wanted = wanted or Filter()
    where, values = _conditions(wanted)
    rows = [_known_face(row) for row in db.execute(_SELECT + where, values)]
    return sorted(rows, key=lambda face: (face.path, face.box, face.id))


class Mark(NamedTuple):
    """What is said of a face, without its photo; the fields are those of `KnownFace`."""

    id: str
    quality: float
    cluster: int | None
    source: str | None
    person: str | None


def marks(db: sqlite3.Connection) -> list[Mark]:
    """All faces on photos that are there and that something describes, but for those of the ignored; sorted by id."""
    sql = f"""
        SELECT f.id, f.quality, c.cluster_id, {_SOURCE}, {_PERSON}
        FROM grouped c JOIN faces f ON f.id = c.face_id {_SAID}
        WHERE NOT {_IGNORED} AND f.hash IN (SELECT hash FROM files)
            AND f.hash IN (SELECT hash FROM photos WHERE space_id = ?)
            AND f.id NOT IN (SELECT face_id FROM drawn_faces)
        ORDER BY f.id"""
    return [Mark(*row) for row in db.execute(sql, (spaces.current_id(db),))]


class Listed(NamedTuple):
    """A face in a list of which only a part is looked at.

    Attributes:
        id: its id.
        path: of the file that it is shown of.
        taken: ISO 8601, or None.
        source: who says who it is, or None; as text.
    """

    id: str
    path: bytes
    taken: str | None
    source: str | None

    @property
    def is_tagged(self) -> bool:
        """As `KnownFace.is_tagged`."""
        return self.source in (Source.HUMAN, Source.AUTO)


def listed(db: sqlite3.Connection, wanted: Filter) -> list[Listed]:
    """The faces that `faces` would list, with no more than it takes to count and sort them; by path, then id."""
    where, values = _conditions(wanted)
    of = "faces f" if wanted.cluster is None else "faces f JOIN grouped c ON c.face_id = f.id"
    sql = f"{_LISTED.format(faces=of)}{where} ORDER BY first.path, f.id"
    return [Listed(*row) for row in db.execute(sql, values)]


_LISTED = f"""
    SELECT f.id, first.path, first.taken, {_SOURCE}
    FROM {{faces}} JOIN files first ON first.path = {_FIRST}
{_WHO}
    WHERE {IS_A_FACE}"""


def part(db: sqlite3.Connection, found: Sequence[Listed], start: int, stop: int) -> list[KnownFace]:
    """Some faces of a list in which those of one photo stand together: photos in its order, faces from left to right.

    Only those and others on the same photos are looked at: boxes are upright only here.
    """
    stop = min(stop, len(found))
    if start >= stop:
        return []
    first, last = start, stop
    while first and found[first - 1].path == found[start].path:
        first -= 1
    while last < len(found) and found[last].path == found[stop - 1].path:
        last += 1
    place = {path: i for i, path in enumerate(dict.fromkeys(one.path for one in found[first:last]))}
    looked_at = faces(db, Filter(ids=tuple(one.id for one in found[first:last])))
    return sorted(looked_at, key=lambda face: place[face.path])[start - first : stop - first]


def part_of_all(db: sqlite3.Connection, start: int, stop: int) -> list[KnownFace]:
    """Some faces of all that there are, by path and from left to right."""
    sql = f"""
        SELECT f.id, f.hash FROM files first JOIN faces f ON f.hash = first.hash
        WHERE first.path = {_FIRST} AND {IS_A_FACE} ORDER BY first.path, f.id LIMIT ? OFFSET ?"""
    rows = db.execute(sql, (stop - start, start)).fetchall()
    if not rows:
        return []
    found = faces(db, Filter(photos=tuple({photo for _, photo in rows})))
    face, photo = rows[0]
    before = sum(other.id < face for other in found if other.photo == photo)
    return found[before : before + len(rows)]


def best_named(db: sqlite3.Connection, people: Collection[str], most: int) -> dict[str, list[KnownFace]]:
    """The best of the faces that a human named so, the best first, by name; looked up all at once."""
    sql = """
        SELECT id FROM faces
        WHERE id IN (SELECT face_id FROM said JOIN people ON people.id = person_id WHERE verdict = 'is' AND name = ?)
            AND hash IN (SELECT hash FROM files)
        ORDER BY quality DESC, id LIMIT ?"""
    ids = {person: [row[0] for row in db.execute(sql, (person, most))] for person in people}
    known = {face.id: face for face in faces(db, Filter(ids=tuple(id_ for best in ids.values() for id_ in best)))}
    return {person: [known[id_] for id_ in best if id_ in known] for person, best in ids.items()}


class Guessed(NamedTuple):
    """A face that may be somebody and waits for an answer.

    Attributes:
        face: its id.
        person: the name.
        distance: to that person.
        told_apart: 1 if a human said that it is somebody without a name, and asks no more of it alone; else 0.
    """

    face: str
    person: str
    distance: float
    told_apart: int


def guesses(db: sqlite3.Connection) -> list[Guessed]:
    """Who may be who, without looking at the faces; only those on photos that are there and that nobody dismissed."""
    sql = f"""
        SELECT face_id, name, distance, told_apart FROM (
            SELECT face_id, person_id, distance, 0 AS told_apart FROM standings
            WHERE source = 'open' AND person_id IS NOT NULL AND hash NOT IN ({GONE})
            UNION ALL
            SELECT face_id, person_id, distance, face_id IN (SELECT face_id FROM said WHERE verdict = 'is')
            FROM standings WHERE source = 'spoken' AND person_id IS NOT NULL AND hash NOT IN ({GONE}))
        JOIN people ON id = person_id"""
    return [Guessed(*row) for row in db.execute(sql)]


def count_named(db: sqlite3.Connection) -> int:
    """Faces on photos that are there which carry a name, by a human or by a strong match."""
    return int(db.execute(f"SELECT count(*) FROM tags WHERE hash NOT IN ({GONE})").fetchone()[0])


def best_of_all(db: sqlite3.Connection) -> dict[str, str]:
    """Name -> id of the best of the faces that a human named so, as the first of `best_named`; nobody ignored."""
    sql = f"""
        SELECT name, (SELECT face_id FROM standings
            WHERE source = 'human' AND person_id = people.id AND hash NOT IN ({GONE})
            ORDER BY quality DESC, face_id LIMIT 1) AS best
        FROM people WHERE best IS NOT NULL"""
    return dict(db.execute(sql))


def count_faces(db: sqlite3.Connection) -> int:
    """Faces on photos that are there, without those of which a human said that they are none."""
    sql = f"""
        SELECT (SELECT count(*) FROM faces) - (SELECT count(*) FROM gone CROSS JOIN faces USING (hash))
            - (SELECT count(*) FROM not_faces CROSS JOIN bindings USING (spot_id) CROSS JOIN faces ON id = face_id
                WHERE hash NOT IN ({GONE}))"""
    return int(db.execute(sql).fetchone()[0])


def ids_beginning(db: sqlite3.Connection, text: str) -> list[str]:
    """Ids of the faces that begin with this text (letters and digits only), sorted."""
    return [row[0] for row in db.execute("SELECT id FROM faces WHERE id GLOB ? ORDER BY id", (text + "*",))]


def is_known(db: sqlite3.Connection, path: bytes) -> bool:
    """Whether the last scan saw a photo here."""
    return db.execute("SELECT 1 FROM files WHERE path = ?", (path,)).fetchone() is not None


def photo_at(db: sqlite3.Connection, path: bytes) -> str:
    """The hash of the picture in a file that the last scan saw."""
    return str(db.execute("SELECT hash FROM files WHERE path = ?", (path,)).fetchone()[0])


class PhotoOnDisk(NamedTuple):
    """A file that holds a photo.

    Attributes:
        path: relative to the library.
        photo: hash of the picture that it counts as.
        content: hash of the picture in it, which is that one or a copy of it.
        orientation: EXIF's, of the file.
        taken: ISO 8601, or None.
        width, height: of the picture in it, as stored.
        is_collage: 1 or 0.
        photo_orientation: in which the picture that it counts as was looked at.
        content_orientation: in which the picture in it was looked at.
    """

    path: bytes
    photo: str
    content: str
    orientation: int
    taken: str | None
    width: int
    height: int
    is_collage: int
    photo_orientation: int
    content_orientation: int

    @property
    def is_copy(self) -> bool:
        """Whether the picture in it is not the one that it counts as."""
        return self.photo != self.content

    def here(self, box: Box) -> Box:
        """A box on the picture that it counts as, as fractions of the picture in it, both as stored."""
        return carried(box, self.photo_orientation, self.content_orientation) if self.is_copy else box

    def there(self, box: Box) -> Box:
        """The inverse of `here`: a box on the picture in it, as fractions of the one that it counts as."""
        return carried(box, self.content_orientation, self.photo_orientation) if self.is_copy else box


def photos_on_disk(db: sqlite3.Connection, *, stale: bool = False, path: bytes | None = None) -> list[PhotoOnDisk]:
    """All files whose picture is known, or only those whose lines in tags.jsonl are out of date; sorted by path.

    With `path`, only the one there.
    """
    of = "stale_lines JOIN files USING (path)" if stale else "files"
    sql = f"""
        SELECT path, files.hash, content, files.orientation, taken, held.width, held.height,
            files.hash IN (SELECT hash FROM collages
                UNION SELECT original FROM collages JOIN copies USING (hash)), counted.orientation, held.orientation
        FROM {of} JOIN photos counted ON counted.hash = files.hash JOIN photos held ON held.hash = content
        {"" if path is None else "WHERE path = ?"} ORDER BY path"""
    return [PhotoOnDisk(*row) for row in db.execute(sql, () if path is None else (path,))]


def stale_paths(db: sqlite3.Connection) -> list[bytes]:
    """Files, also some that are gone, whose lines in tags.jsonl are out of date; sorted."""
    return [row[0] for row in db.execute("SELECT path FROM stale_lines ORDER BY path")]


def nothing_is_stale(db: sqlite3.Connection) -> None:
    """All lines are up to date now. Inside a transaction."""
    db.execute("DELETE FROM stale_lines")


def _conditions(wanted: Filter) -> tuple[str, list[bytes | int | str]]:
    where = ""
    values: list[bytes | int | str] = []
    if wanted.path is not None:
        where += " AND f.hash = (SELECT hash FROM files WHERE path = ?)"
        values.append(wanted.path)
    if wanted.person is not None:
        where += (
            " AND CASE WHEN named.name IS NULL THEN s.person_id ELSE named.id END = ? AND f.id IN"
            " (SELECT face_id FROM said WHERE person_id = ? UNION ALL"
            " SELECT face_id FROM suggestions WHERE person_id = ?)"
        )
        values += [wanted.person] * 3
    if wanted.cluster is not None:
        where += (
            " AND c.cluster_id = ? AND f.id IN (SELECT face_id FROM cluster_faces WHERE cluster_id = ? UNION ALL"
            " SELECT face_id FROM people JOIN said ON person_id = people.id AND verdict = 'is' WHERE cluster_id = ?)"
        )
        values += [wanted.cluster] * 3
    if wanted.suggested:
        where += " AND s.grade = 'possible' AND l.person_id IS NULL"
    if wanted.stale:
        where += " AND f.hash IN (SELECT hash FROM stale_lines JOIN files USING (path))"
    if wanted.photos is not None:
        where += " AND f.hash IN (SELECT value FROM json_each(?))"
        values.append(json.dumps(wanted.photos))
    if wanted.ids is not None:
        where += " AND f.id IN (SELECT value FROM json_each(?))"
        values.append(json.dumps(wanted.ids))
    return where, values


def _known_face(row: tuple) -> KnownFace:  # type: ignore[type-arg]
    (id_, photo, width, height, left, top, right, bottom, score, quality, cluster, source, person, distance, *rest) = (
        row
    )
    second, second_distance, path, orientation, ignored, is_drawn = rest
    return KnownFace(
        id_, photo, path, orientation, width, height, Box(left, top, right, bottom), score, quality, cluster, person,
        None if source is None else Source(source), distance, None if second is None else (second, second_distance),
        bool(ignored), bool(is_drawn),
    )  # fmt: skip
