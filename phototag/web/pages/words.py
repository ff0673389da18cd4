"""How numbers, dates and paths read on a page."""

from __future__ import annotations

from datetime import datetime

from phototag.app.sentences import clock, count, day, listed, year
from phototag.web.text import readable

__all__ = ["clock", "count", "day", "folder", "listed", "moment", "path", "size", "year"]


def moment(at_ns: int) -> str:
    """ISO 8601 local time of nanoseconds since the epoch."""
    return datetime.fromtimestamp(at_ns / 1e9).astimezone().isoformat(timespec="minutes")


def path(raw: bytes) -> str:
    """A path as a person reads it."""
    return str(readable(raw))


def size(n_bytes: int) -> str:
    """Bytes as a person reads them: "1.5 MB"."""
    if n_bytes < 1_000_000:
        return f"{n_bytes / 1e3:,.0f} kB"
    return f"{n_bytes / 1e6:,.1f} MB" if n_bytes < 1e9 else f"{n_bytes / 1e9:,.1f} GB"


def folder(raw: bytes) -> str:
    """The last folder that a photo lies in; "" for the library itself."""
    return path(raw).rpartition("/")[0].rpartition("/")[2]
