"""How dates, numbers and lists of names read on a page."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from phototag.core.wording import clock, count, day, listed, year
from phototag.media.pages.contents import Exhibit
from phototag.types import TakenFrom

__all__ = ["clock", "count", "day", "description", "listed", "path", "seen", "source", "span", "year"]


def seen(faces: int, photos: int, between: str) -> str:
    """'3 faces on 2 photos', or '2 photos' for who has no face on them."""
    return between.join([*([count(faces, "face")] if faces else []), count(photos, "photo")])


def source(by: TakenFrom | None) -> str:
    """Who says so, where that may be wrong."""
    return {TakenFrom.NAME: "by the file's name", TakenFrom.MTIME: "by the file's time"}.get(by, "") if by else ""


def span(exhibits: Sequence[Exhibit]) -> str:
    """'2018 to 2024', '2021', or "" if no photo has a date."""
    found = sorted({exhibit.year for exhibit in exhibits if exhibit.year})
    return found[0] if len(found) == 1 else f"{found[0]} to {found[-1]}" if found else ""


def description(exhibit: Exhibit) -> str:
    """Of a picture for who cannot see it: 'Ann, Bob and 2 people without a name, 14 August 2021'."""
    strangers = sum(mark.who is None for mark in exhibit.marks)
    names = [sitter.name for sitter in exhibit.sitters]
    who = names + ([count(strangers, "person without a name", "people without a name")] if strangers else [])
    return f"{listed(who)}, {day(exhibit.shown.taken)[:1].lower() + day(exhibit.shown.taken)[1:]}"


def path(raw: bytes) -> str:
    """A path as a person reads it; what is no letter, or no UTF-8, is shown as such."""
    text = raw.decode("utf-8", "replace")
    return "".join("\ufffd" if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp"} else c for c in text)
