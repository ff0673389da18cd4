"""What may follow date:, dated:, path:, camera: and near: in a query."""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from phototag.core.terms import Camera, Dated, Dater, Dates, InPath, Near, Query

NEARBY_KM = 1.0
"""What near: means without a distance."""

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_FLOAT = r"[-+]?[0-9]+(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?"
_PLACE = re.compile(rf"({_FLOAT}),\s*({_FLOAT})(?:\s*/\s*({_FLOAT})(km|m))?", re.IGNORECASE)


class QueryError(ValueError):
    """A text that is no query.

    Attributes:
        message: a sentence for a person.
        at: the character of the text that it is about, from 0; may be its end.
    """

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.message, self.at = message, at


def shown(text: str) -> str:
    """A part of the query in a message."""
    return f'"{text}"'


Reader: TypeAlias = Callable[[str, int], Query]
"""A field's value and where it stands -> the term."""


def _dates(value: str, at: int) -> Dates:
    first, dots, last = value.partition("..")
    if not dots:
        day = _date(first, at)
        return Dates(day, day)
    if not first and not last:
        raise QueryError('A date is missing before or after "..".', at)
    found = Dates(_date(first, at) if first else None, _date(last, at + len(first) + 2) if last else None)
    if found.first and found.last:
        shorter = min(len(found.first), len(found.last))
        if found.first[:shorter] > found.last[:shorter]:
            raise QueryError(f"The dates end before they begin. Write date:{last}..{first}", at)
    return found


def _date(text: str, at: int) -> str:
    found = _DATE.fullmatch(text)
    if found is not None:
        year, month, day = int(found[1]), int(found[2] or 1), int(found[3] or 1)
        if year and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]:
            return text
    raise QueryError(f"{shown(text)} is no date. Write a year, month or day: 2020, 2020-06 or 2020-06-14.", at)


def _dated(value: str, at: int) -> Dated:
    try:
        return Dated(Dater(value.lower()))
    except ValueError:
        raise QueryError(f"{shown(value)} says no date. There are {', '.join(Dater)}.", at) from None


def _in_path(value: str, at: int) -> InPath:
    if not value.strip("/"):
        raise QueryError("A folder or file name is missing here.", at)
    return InPath(value)


def _near(value: str, at: int) -> Near:
    found = _PLACE.fullmatch(value)
    if found is None:
        raise QueryError("Write latitude and longitude in degrees: near:48.85,2.35 or near:48.85,2.35/10km", at)
    latitude, longitude = float(found[1]), float(found[2])
    radius_km = float(found[3] or NEARBY_KM) / (1000 if (found[4] or "km").lower() == "m" else 1)
    if not abs(latitude) <= 90:
        raise QueryError("A latitude is between -90 and 90 degrees; it comes first.", at)
    if not abs(longitude) <= 180:
        raise QueryError("A longitude is between -180 and 180 degrees.", at + found.start(2))
    if not 0 < radius_km < math.inf:
        raise QueryError("A distance is more than 0.", at + found.start(3))
    return Near(latitude, longitude, radius_km)


def _camera(value: str, at: int) -> Camera:
    return Camera(value)


FIELDS: Mapping[str, Reader] = {
    "date": _dates,
    "dated": _dated,
    "path": _in_path,
    "camera": _camera,
    "near": _near,
}
