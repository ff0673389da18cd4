"""What a library comes to, in a few numbers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from phototag.index import faces, groups, people, photos, spaces
from phototag.index.db import FILE, SCANNED, Index, get_meta
from phototag.types import Space


@dataclass(frozen=True, slots=True)
class Overview:
    """A library as of the last scan.

    Attributes:
        root: the library, absolute.
        space: what its vectors live in; None before the first scan.
        photos: pictures that are there; what is the same bit by bit counts once.
        faces: on all of them.
        people: who have a name.
        clusters: groups of unknown faces.
        auto_tagged: faces that were named because of a strong match.
        problems: files that could not be used.
        ignored: of whom nobody wants to hear.
        scanned_ns: when the index was last compared with the disk, nanoseconds since the epoch; None if nobody knows.
        index_bytes: that its file takes, without small pictures.
    """

    root: Path
    space: Space | None
    photos: int
    faces: int
    people: int
    clusters: int
    auto_tagged: int
    problems: int
    ignored: int
    scanned_ns: int | None
    index_bytes: int


def overview(index: Index) -> Overview:
    """Count."""
    known = index.once(people.count_people)
    return Overview(
        root=index.root,
        space=index.once(spaces.current),
        photos=index.once(photos.count_pictures),
        faces=index.once(faces.count_faces),
        people=len(known),
        clusters=len(index.once(groups.unknown_ids)),
        auto_tagged=sum(person.faces - person.confirmed for person in known),
        problems=len(photos.problems(index.db)),
        ignored=len(people.ignored_people(index.db)),
        scanned_ns=int(get_meta(index.db, SCANNED) or 0) or None,
        index_bytes=(index.folder / FILE).stat().st_size,
    )
