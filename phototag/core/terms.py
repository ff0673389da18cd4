"""What a query is made of: frozen values, a tree where operators join them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias


class Order(StrEnum):
    """How a number on a photo is to compare with the one that was asked for."""

    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="


class Counted(StrEnum):
    """What on a photo is counted."""

    FACES = "faces"
    UNKNOWN = "unknown"


class Dater(StrEnum):
    """Who says when a photo was taken; NONE: nobody does."""

    EXIF = "exif"
    XMP = "xmp"
    NAME = "name"
    MTIME = "mtime"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Named:
    """Photos with somebody; `at` is where the name stands in the query, in characters, and makes no difference."""

    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Only:
    """Photos with all of these people and with nobody else."""

    people: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Together:
    """Photos with all of these people, two or more."""

    people: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """Photos with so many faces, or faces of nobody that is known."""

    of: Counted
    order: Order
    number: int


@dataclass(frozen=True, slots=True)
class Dates:
    """Photos of these days; both ends belong to them. Years, months or days as in ISO 8601; None is an open end."""

    first: str | None
    last: str | None


@dataclass(frozen=True, slots=True)
class Dated:
    """Photos whose date comes from here."""

    by: Dater


@dataclass(frozen=True, slots=True)
class InPath:
    """Files with such a path (`core.globs.PathPattern`)."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Camera:
    """Photos taken with such a camera (`core.globs.camera_test`)."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Near:
    """Photos taken not further than this from a place: degrees, WGS 84, and kilometres."""

    latitude: float
    longitude: float
    radius_km: float


@dataclass(frozen=True, slots=True)
class Not:
    """Files that another query does not find."""

    of: Query


@dataclass(frozen=True, slots=True)
class All:
    """Files that each of two or more queries finds."""

    of: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Files that at least one of two or more queries finds."""

    of: tuple[Query, ...]


Term: TypeAlias = Named | Only | Together | Count | Dates | Dated | InPath | Camera | Near
Query: TypeAlias = Term | Not | All | Any


def names(query: Query) -> list[Named]:
    """Everybody that a query names, as often as it does, in the order of the text."""
    match query:
        case Named():
            return [query]
        case Only(people) | Together(people):
            return list(people)
        case Not(part):
            return names(part)
        case All(parts) | Any(parts):
            return [name for part in parts for name in names(part)]
        case _:
            return []
