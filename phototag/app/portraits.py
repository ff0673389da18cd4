"""Faces as somebody looks at them: one that shows a person best, and all of them by year."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from phototag.index import faces, people, photos
from phototag.index.db import Index
from phototag.index.faces import KnownFace
from phototag.index.people import IgnoredPerson


@dataclass(frozen=True, slots=True)
class Year:
    """Faces on photos of one year.

    Attributes:
        year: four digits; "" for photos without a date.
        faces: the newest first.
    """

    year: str
    faces: tuple[KnownFace, ...]


def covers(index: Index, names: Collection[str]) -> Mapping[str, str]:
    """Name -> id of the face that shows this person best; only of those who have a face."""
    return {name: found[0].id for name, found in faces.best_named(index.db, names, 1).items() if found}


def ignored_covers(index: Index, found: Sequence[IgnoredPerson]) -> Mapping[int, str]:
    """Id of somebody who is ignored -> id of the best of the faces that were said to be theirs."""
    return people.best_faces(index.db, [one.id for one in found])


def newest_first(index: Index, found: Sequence[KnownFace]) -> list[KnownFace]:
    """Faces in the order of their photos, the newest first, those without a date last."""
    shown = photos.how_shown(index.db)
    return sorted(found, key=lambda face: shown[face.path].taken or "", reverse=True)


def by_year(index: Index, found: Sequence[KnownFace]) -> list[Year]:
    """Faces that are in order, the newest first, year by year."""
    shown = photos.how_shown(index.db)
    groups = groupby(found, key=lambda face: (shown[face.path].taken or "")[:4])
    return [Year(year, tuple(of_year)) for year, of_year in groups]


def photos_of(index: Index, found: Sequence[KnownFace]) -> Mapping[str, str]:
    """Id of a face -> id of the picture in the file that it is shown of."""
    contents = photos.contents(index.db)
    return {face.id: contents[face.path] for face in found}
