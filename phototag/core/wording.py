"""How numbers, lists of names and dates read, wherever they are shown."""

from __future__ import annotations

import re
from collections.abc import Sequence

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

WITHOUT_DATE = "Without a date"

_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d)")


def count(n: int, one: str, many: str | None = None) -> str:
    """'1 photo', '2,000 photos'."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def listed(names: Sequence[str]) -> str:
    """Names as in a sentence: "ann, bob and group 3"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def day(taken: str | None) -> str:
    """'14 August 2021' of ISO 8601 local time."""
    parts = _TIME.match(taken or "")
    return f"{int(parts[3])} {MONTHS[int(parts[2]) - 1]} {parts[1]}" if parts else WITHOUT_DATE


def clock(taken: str | None) -> str:
    """'13:21', or "" if nobody knows."""
    parts = _TIME.match(taken or "")
    return parts[4] if parts else ""


def year(of: str) -> str:
    """'2021', or that there is no date."""
    return of or WITHOUT_DATE
