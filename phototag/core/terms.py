"""What a query is made of: frozen values, a tree where operators join them."""

from __future__ import annotations

from collections.abc import Callable
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


def renamed(query: Query, name_of: Callable[[str], str]) -> Query:
    """The same query of people who are called otherwise; where nobody is, it is equal."""

    def named(people: tuple[Named, ...]) -> tuple[Named, ...]:
        return tuple(Named(name_of(one.name), one.at) for one in people)

    match query:
        case Named(name, at):
            return Named(name_of(name), at)
        case Only(people):
            return Only(named(people))
        case Together(people):
            return Together(named(people))
        case Not(part):
            return Not(renamed(part, name_of))
        case All(parts):
            return All(tuple(renamed(part, name_of) for part in parts))
        case Any(parts):
            return Any(tuple(renamed(part, name_of) for part in parts))
        case _:
            return query
