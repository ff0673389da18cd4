"""Faces as somebody looks at them: one that shows a person best, and all of them by year."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from phototag.app.known import require_person
from phototag.index import faces, people, photos
from phototag.index.db import Index
from phototag.index.faces import Filter, KnownFace, Listed
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
    best = index.once(faces.best_of_all)
    return {name: best[name] for name in names if name in best}


def ignored_covers(index: Index, found: Sequence[IgnoredPerson]) -> Mapping[int, str]:
    """Id of somebody who is ignored -> id of the best of the faces that were said to be theirs."""
    return people.best_faces(index.db, [one.id for one in found])


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The faces that are, or may be, one person, the newest first, those without a date last.

    Attributes:
        sure: which carry the name.
        unsure: which may be that person.
    """

    sure: Sequence[Listed]
    unsure: Sequence[Listed]


def portfolio(index: Index, name: str) -> Portfolio:
    """All faces of a person.

    Raises:
        UnknownError: nobody has that name.
    """
    found = faces.listed(index.db, Filter(person=require_person(index, name).id))
    found.sort(key=lambda face: face.taken or "", reverse=True)
    return Portfolio([face for face in found if face.is_tagged], [face for face in found if not face.is_tagged])


def some_of(index: Index, found: Sequence[Listed], start: int, stop: int) -> list[KnownFace]:
    """Faces of a part of a portfolio from one place to another; those on one photo from left to right."""
    return faces.part(index.db, found, start, stop)


def faces_called(index: Index, ids: Sequence[str]) -> list[KnownFace]:
    """The faces of these ids, in this order; without those that are on no photo that is there."""
    known = {face.id: face for face in faces.faces(index.db, Filter(ids=tuple(ids)))}
    return [known[face] for face in ids if face in known]


def by_year(index: Index, found: Sequence[KnownFace]) -> list[Year]:
    """Faces that are in order, the newest first, year by year."""
    taken = photos.taken(index.db, (face.path for face in found))
    groups = groupby(found, key=lambda face: (taken[face.path] or "")[:4])
    return [Year(year, tuple(of_year)) for year, of_year in groups]


def photos_of(index: Index, found: Sequence[KnownFace]) -> Mapping[str, str]:
    """Id of a face -> id of the picture in the file that it is shown of."""
    contents = photos.contents(index.db, (face.path for face in found))
    return {face.id: contents[face.path] for face in found}
