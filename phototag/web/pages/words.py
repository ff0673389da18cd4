"""How numbers, dates and paths read on a page."""

from __future__ import annotations

import re
from datetime import datetime

from phototag.app.sentences import count, listed
from phototag.web.text import readable

__all__ = ["clock", "count", "day", "folder", "listed", "moment", "path", "year"]

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

WITHOUT_DATE = "Without a date"

_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d)")


def year(of: str) -> str:
    """'2021', or that there is no date."""
    return of or WITHOUT_DATE


def day(taken: str | None) -> str:
    """'14 August 2021' of ISO 8601 local time."""
    parts = _TIME.match(taken or "")
    return f"{int(parts[3])} {MONTHS[int(parts[2]) - 1]} {parts[1]}" if parts else WITHOUT_DATE


def clock(taken: str | None) -> str:
    """'13:21', or "" if nobody knows."""
    parts = _TIME.match(taken or "")
    return parts[4] if parts else ""


def moment(at_ns: int) -> str:
    """ISO 8601 local time of nanoseconds since the epoch."""
    return datetime.fromtimestamp(at_ns / 1e9).astimezone().isoformat(timespec="minutes")


def path(raw: bytes) -> str:
    """A path as a person reads it."""
    return str(readable(raw))


def folder(raw: bytes) -> str:
    """The last folder that a photo lies in; "" for the library itself."""
    return path(raw).rpartition("/")[0].rpartition("/")[2]
