"""What a gallery shows, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from phototag.media.pages.places import LARGE_SIDE, SMALL_SIDE, cover, person_page, photo_page, picture
from phototag.types import Box, Shown


@dataclass(frozen=True, slots=True)
class Sitter:
    """Somebody with a name.

    Attributes:
        id: the person's.
        name: theirs.
        face: id of the face that shows them best; None for who is on photos, but nobody says where.
        orientation: EXIF's, of the photo that it is on.
    """

    id: int
    name: str
    face: str | None = None
    orientation: int = 1

    @property
    def page(self) -> str:
        """Their first page."""
        return person_page(self.id)

    @property
    def cover(self) -> str | None:
        """The picture of their face, if they have one."""
        return None if self.face is None else cover(self.face, self.orientation)


@dataclass(frozen=True, slots=True)
class Mark:
    """A face on a photo: fractions of the upright picture, and who it is, or None."""

    box: Box
    who: Sitter | None


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A photo with somebody on it.

    Attributes:
        photo: hash that the photo goes by.
        content: hash of the picture in the file that is shown: that one, or a copy of it.
        width, height: of the upright picture at its full size, in pixels.
        shown: orientation, date and camera.
        path: of the file, relative to the library.
        original: link to the file, from a page of a photo.
        marks: the faces, from left to right.
        also: who else is on it, nobody says where; by name.
    """

    photo: str
    content: str
    width: int
    height: int
    shown: Shown
    path: bytes
    original: str
    marks: tuple[Mark, ...]
    also: tuple[Sitter, ...] = ()

    @property
    def page(self) -> str:
        """Its page."""
        return photo_page(self.photo)

    @property
    def small(self) -> str:
        """Its picture in a row of others."""
        return picture(self.content, self.shown.orientation, SMALL_SIDE)

    @property
    def large(self) -> str:
        """Its picture on its own page."""
        return picture(self.content, self.shown.orientation, LARGE_SIDE)

    @property
    def year(self) -> str:
        """In which it was taken, four digits; "" if nobody knows."""
        return (self.shown.taken or "")[:4]

    @property
    def sitters(self) -> tuple[Sitter, ...]:
        """Who is on it, each once, from left to right, then those without a place."""
        return tuple(dict.fromkeys([*(mark.who for mark in self.marks if mark.who is not None), *self.also]))


@dataclass(frozen=True, slots=True)
class Companion:
    """Somebody who is on so many photos of somebody else."""

    who: Sitter
    photos: int


@dataclass(frozen=True, slots=True)
class Portrayed:
    """Somebody with all photos of them.

    Attributes:
        who: they.
        faces: of theirs in the library.
        exhibits: the photos, the newest first, those without a date last.
        companions: who else is on them, the most frequent first.
    """

    who: Sitter
    faces: int
    exhibits: tuple[Exhibit, ...]
    companions: tuple[Companion, ...]


@dataclass(frozen=True, slots=True)
class Gallery:
    """All that is shown.

    Attributes:
        title: what it is called.
        people: everybody with a name, those with most faces first.
        exhibits: the photos they are on, the newest first, those without a date last.
        unknown: faces in the library that have no name.
        left_out: photos in the library that nobody with a name is on.
    """

    title: str
    people: tuple[Portrayed, ...]
    exhibits: tuple[Exhibit, ...]
    unknown: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Section:
    """Photos of one year on one page.

    Attributes:
        year: four digits, or "" for photos without a date.
        exhibits: the photos.
        of: how many the year has on all pages.
    """

    year: str
    exhibits: tuple[Exhibit, ...]
    of: int


Leaf = tuple[Section, ...]
"""What is on one page of somebody's photos."""


def leaves(exhibits: tuple[Exhibit, ...], most: int) -> list[Leaf]:
    """Lay photos out on pages of so many at most: whole years as long as they fit; a larger year takes several."""
    pages: list[list[Section]] = []
    room = 0
    for year, group in groupby(exhibits, key=lambda exhibit: exhibit.year):
        of_year = tuple(group)
        for at in range(0, len(of_year), most):
            part = Section(year, of_year[at : at + most], len(of_year))
            if len(part.exhibits) > room:
                pages.append([])
                room = most
            pages[-1].append(part)
            room -= len(part.exhibits)
    return [tuple(page) for page in pages]


def years(pages: list[Leaf]) -> Mapping[str, int]:
    """Year -> number of the first page that has photos of it, counted from 1."""
    first: dict[str, int] = {}
    for number, page in enumerate(pages, 1):
        for section in page:
            first.setdefault(section.year, number)
    return first
