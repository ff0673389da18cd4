"""A new index from tags.jsonl, where the old one is lost or damaged: what a human said survives.

The new index is made beside the old one, with all that was said in it, and then takes its place at one stroke; only
after that a scan finds the faces again and writes a new tags.jsonl. So whenever it is killed, either tags.jsonl still
has everything or the index has, and doing it again finishes.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from phototag.app.backup import set_aside, spoken
from phototag.app.enrolment import list_file
from phototag.app.export import TAGS
from phototag.app.scan import ScanReport, Workshop, scan
from phototag.app.tagfile import SaidFace, SaidPhoto, TagFile, read
from phototag.core.geometry import box_within, to_stored
from phototag.core.names import name_key
from phototag.errors import EditedError, LibraryError, PhotoError
from phototag.index import backups, db, groups, journal, words
from phototag.index.db import EXCLUDED, Index, get_meta, set_meta, transaction
from phototag.index.draft import Draft
from phototag.index.journal import Kind
from phototag.index.spots import Spot
from phototag.index.words import Who
from phototag.media.darkroom import Darkroom
from phototag.types import Box, PhotoFile

UNFINISHED = "rebuilding"
"""Key of a new index whose faces have not been found again yet; holds the numbers of the lines that were broken."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of making an index anew.

    Attributes:
        names: people with a name who have faces.
        faces: of which a human said who they are.
        away: of those, on photos that are not there now; they wait.
        unfound: on photos that are there, where no face is found now; they wait too.
        broken: numbers of the lines of tags.jsonl that could not be understood.
        kept: copies of what was there before.
        scan: the scan's report.
    """

    names: int
    faces: int
    away: int
    unfound: int
    broken: tuple[int, ...]
    kept: tuple[Path, ...]
    scan: ScanReport


def rebuild(folder: Path, root: Path, shop: Workshop, at_ns: int, *, force: bool = False) -> Rebuilt:
    """Make the index of a library anew, with all that tags.jsonl says that a human said.

    Args:
        folder: of the index; the lock is held.
        root: the library.
        shop: for the scan.
        at_ns: now, nanoseconds since the epoch.
        force: also where the index is sound.

    Raises:
        EditedError: the index is sound.
        LibraryError: there is no tags.jsonl, or what is there is another program's.
        NewerIndexError: the index was made by a newer phototag.
        OSError, sqlite3.Error: something cannot be read or written; the same command goes on where it was.
    """
    path = folder / db.FILE
    kept: tuple[Path, ...] = ()
    is_sound = spoken(path) is not None
    if not is_sound or (force and not _is_unfinished(path)):
        kept = _begin(folder, root, shop, at_ns, is_sound)
    elif not _is_unfinished(path):
        raise EditedError(
            f"{path} is sound, so there is nothing to rebuild. Nothing was changed. See if something else is wrong: "
            "phototag check. To put tags.jsonl in the place of all your decisions: phototag rebuild DIR --force"
        )
    index = db.open_for_writing(folder, root)
    try:
        report = scan(index, shop)
        broken = json.loads(get_meta(index.db, UNFINISHED) or b"[]")
        rebuilt = _rebuilt(index, report, tuple(broken), kept)
        with transaction(index.db):
            set_meta(index.db, UNFINISHED, b"")
        return rebuilt
    finally:
        index.close()


def _is_unfinished(path: Path) -> bool:
    """Whether a rebuilding was interrupted after the new index, a sound one, took its place."""
    with closing(db.connect_for_reading(path, still=True)) as opened:
        return bool(get_meta(opened, UNFINISHED))


def _begin(folder: Path, root: Path, shop: Workshop, at_ns: int, is_sound: bool) -> tuple[Path, ...]:
    """Make the new index and put it in its place; returns copies of what was there."""
    path, tags = folder / db.FILE, folder / TAGS
    said = _read(tags)
    copy = backups.keep_copy(tags, backups.REBUILD)
    with backups.replacing_index(path) as draft:
        _write(draft, folder, root, said, shop, at_ns)
        before, _ = set_aside(folder, backups.REBUILD, is_sound=is_sound)
    return tuple(kept for kept in (before, copy) if kept is not None)


def _read(tags: Path) -> TagFile:
    if not tags.is_file():
        raise LibraryError(
            f"There is no {tags} to rebuild from. Nothing was changed. Do you have a backup? phototag restore --list. "
            "If not, start anew: phototag scan DIR"
        )
    said = read(tags)
    if said.broken and not said.photos:
        raise LibraryError(
            f"{tags} is damaged too: {len(said.broken)} lines cannot be understood, and no other says anything. "
            "Nothing was changed. Do you have a backup? phototag restore --list"
        )
    return said


def _write(draft: Path, folder: Path, root: Path, said: TagFile, shop: Workshop, at_ns: int) -> None:
    """Write all that was said into a new index, as one decision."""
    index = db.open_draft(draft, folder, root)
    try:
        with transaction(index.db, durable=True):
            told = _Telling(index, root, shop.darkroom)
            lines = [*_each_once(said.photos, root), *_enrolled(folder)]
            for photo in shop.progress(lines, label="Reading tags.jsonl", total=len(lines), unit="photo"):
                told.photo(photo)
            journal.decide(index.db, Kind.REBUILD, {"faces": len(told.faces)}, told.draft, at_ns)
            set_meta(index.db, UNFINISHED, json.dumps(said.broken).encode())
            set_meta(index.db, EXCLUDED, json.dumps(_excluded_before(folder / db.FILE)).encode())
    finally:
        index.close()


def _enrolled(folder: Path) -> tuple[SaidPhoto, ...]:
    """Who is enrolled, as it is written beside their pictures."""
    path = list_file(folder)
    return read(path).photos if path.is_file() else ()


def _excluded_before(path: Path) -> list[str]:
    """The patterns of --exclude in what is left of the old index, as far as that can be read."""
    with suppress(LibraryError, sqlite3.Error, ValueError), closing(db.connect_for_reading(path, still=True)) as old:
        return list(json.loads(get_meta(old, EXCLUDED) or b"[]"))
    return []


def _each_once(photos: Sequence[SaidPhoto], root: Path) -> Iterator[SaidPhoto]:
    """The lines to go by: of a picture and its copies, which say the same, those of the first that is there.

    The others keep what was said of that copy alone.
    """
    families: dict[str, list[SaidPhoto]] = defaultdict(list)
    for photo in photos:
        families[photo.original].append(photo)
    for original, family in families.items():
        ordered = sorted(family, key=lambda photo: photo.hash != original)
        first = next((photo for photo in ordered if os.path.lexists(root / photo.path)), ordered[0])
        for photo in ordered:
            if photo.hash == first.hash:
                yield photo
            elif own := tuple(face for face in photo.faces if face.is_of_copy):
                yield replace(photo, faces=own, is_collage=False, present=(), present_ignored=())


class _Scale(NamedTuple):
    """What makes a box in pixels one in fractions of the stored picture."""

    width: int
    height: int
    orientation: int


class _Telling:
    """Says again, line by line, what was said. Inside a transaction.

    Attributes:
        draft: all of it.
        faces: ids of the faces that it is about.
    """

    def __init__(self, index: Index, root: Path, darkroom: Darkroom) -> None:
        self.draft = Draft(index.db)
        self.faces: set[str] = set()
        self._db, self._root, self._darkroom = index.db, root, darkroom
        self._people: dict[str | int | None, int] = {}

    def photo(self, photo: SaidPhoto) -> None:
        """Say what a line says."""
        scale = _scale(photo) or self._scale_of_file(photo)
        for face in photo.faces:
            self._face(Spot(face.id, photo.hash, _box(face, scale)), face)
        for name in photo.present:
            self.draft.present(photo.hash, self._person(Who(name)))
        for name in photo.present_ignored:
            self.draft.present(photo.hash, self._person(Who(name, ignored=True)))
        if photo.is_collage:
            self.draft.collage(photo.hash)
        if photo.origin:
            self.draft.enrol(photo.hash, photo.origin)

    def _scale_of_file(self, photo: SaidPhoto) -> _Scale | None:
        """Of a line that an older phototag wrote: as the file says, if it still holds the picture."""
        try:
            status = (self._root / photo.path).stat()
            file = PhotoFile(os.fsencode(photo.path), status.st_size, status.st_mtime_ns)
            developed = self._darkroom.develop(self._root, file, long_side=1)
        except (OSError, ValueError, PhotoError):
            return None
        picture = developed.picture
        if developed.hash != photo.hash or picture is None:
            return None
        return _Scale(picture.width, picture.height, picture.shown.orientation)

    def _face(self, spot: Spot, face: SaidFace) -> None:
        self.faces.add(face.id)
        if face.is_drawn:
            self.draft.draw(spot)
        for other in face.refused:
            self.draft.refuse(spot, self._person(other))
        if not face.is_face:
            self.draft.no_face(spot)
        elif face.who is not None:
            self.draft.name(spot, self._person(face.who))

    def _person(self, who: Who) -> int:
        key = who.group if who.name is None else name_key(who.name)
        if key not in self._people:
            self._people[key] = self._introduced(who)
        if who.ignored:
            self.draft.ignore(self._people[key])
        return self._people[key]

    def _introduced(self, who: Who) -> int:
        if who.name is not None:
            return self.draft.person(who.name)
        groups.reserve(self._db, who.group or 0)
        return self.draft.somebody(who.group or 0)


def _box(face: SaidFace, scale: _Scale | None) -> Box:
    """Where a face is; where that is not known, nowhere, and only its id will find it."""
    if scale is None:
        return Box(0, 0, 0, 0)
    width, height, orientation = scale
    left, top, right, bottom = face.box
    return to_stored(box_within(left / width, top / height, right / width, bottom / height), orientation)


def _scale(photo: SaidPhoto) -> _Scale | None:
    return None if photo.size is None or photo.orientation is None else _Scale(*photo.size, photo.orientation)


def _rebuilt(index: Index, report: ScanReport, broken: tuple[int, ...], kept: tuple[Path, ...]) -> Rebuilt:
    said = [word.who for found in words.by_photo(index.db).values() for word in found if word.who is not None]
    waiting = [is_there for _, is_there in words.waiting(index.db)]
    return Rebuilt(
        names=len({who.name for who in said if who.name is not None}),
        faces=len(said),
        away=waiting.count(False),
        unfound=waiting.count(True),
        broken=broken,
        kept=kept,
        scan=report,
    )
