"""Capture times as they are written: in EXIF, in XMP and in the names of files.

All become ISO 8601 local time, "2019-06-01T12:00:00", with an offset from UTC behind it only where one is written.
A date without a time is midnight.
"""

from __future__ import annotations

import re
from datetime import datetime

_WRITTEN = re.compile(
    r"\s*(\d{4})[:-](\d\d)[:-](\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?)?(?!\d)"
)
_OFFSET = re.compile(r"\s*([+-])(\d\d):?(\d\d)\s*\0?\s*")

_DAY = r"(?<!\d)((?:19|20)\d\d)([-_.]?)(\d\d)\2(\d\d)"
_NAMED_TIMES = (
    re.compile(_DAY + r"[-_. T]?(\d\d)([-_.]?)(\d\d)\6(\d\d)(?:[-_.]?\d{3})?(?!\d)"),
    re.compile(_DAY + r"(?:,? at |[-_. T]+)(\d\d?)([-_.:h])(\d\d)\6(\d\d)(?!\d)\s*([AP]M)?"),
)
_NAMED_DAY = re.compile(_DAY + r"(?!\d)")
_MILLISECONDS = re.compile(r"(?<!\d)(1\d{12})(?!\d)")
"""Since the epoch, from 2001 to 2033."""


def written(text: object, offset: object = None) -> str | None:
    """Read a time as EXIF and XMP write it.

    Args:
        text: "2019:06:01 12:00:00", "2019-06-01T12:00:00+02:00" and the like; anything else is no time.
        offset: "+02:00", where it is written apart; an absurd one is ignored.
    """
    match = _WRITTEN.match(text) if isinstance(text, str) else None
    if match is None:
        return None
    time = _time(*(int(part or 0) for part in match.groups()[:6]))
    return time and time + (_offset(match[7]) or _offset(offset))


def in_name(name: str) -> str | None:
    """Read the time that a camera, a phone or a messenger wrote into the name of a file, without its folder.

    Such are IMG_20190601_120000, PXL_20190601_120000123, 2019-06-01 12.00.00, Screenshot_20190601-120000,
    IMG-20190601-WA0001 and 1559383200000: milliseconds since the epoch, which become this machine's local time.
    """
    for pattern in _NAMED_TIMES:
        for match in pattern.finditer(name):
            year, _, month, day, hour, _, minute, second, *half = match.groups()
            hours = int(hour) if not half or half[0] is None else int(hour) % 12 + 12 * (half[0] == "PM")
            if time := _time(int(year), int(month), int(day), hours, int(minute), int(second)):
                return time
    if milliseconds := _MILLISECONDS.search(name):
        return local(int(milliseconds[1]) * 1_000_000)
    days = (_time(int(match[1]), int(match[3]), int(match[4])) for match in _NAMED_DAY.finditer(name))
    return next(filter(None, days), None)


def local(time_ns: int) -> str | None:
    """This machine's local time at so many nanoseconds since the epoch; None where no calendar reaches."""
    try:
        return datetime.fromtimestamp(time_ns // 1_000_000_000).isoformat()
    except (ValueError, OverflowError, OSError):
        return None


def _time(*parts: int) -> str | None:
    try:
        return datetime(*parts).isoformat()  # type: ignore[arg-type]
    except ValueError:  # month 13, or year 0 where a camera's clock was never set
        return None


def _offset(text: object) -> str:
    if text == "Z":
        return "+00:00"
    match = _OFFSET.fullmatch(text) if isinstance(text, str) else None
    if match is None or int(match[2]) > 14 or int(match[3]) > 59:
        return ""
    return f"{match[1]}{match[2]}:{match[3]}"
