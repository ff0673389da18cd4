"""How sidecars were left: what each said of people when it last was as the index has it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

from phototag.core.reconciliation import Base
from phototag.core.regions import Region, Tagged
from phototag.types import Box

NOTHING_HEARD = b""
"""What is said here was not compared yet."""


class Left(NamedTuple):
    """A sidecar as it was left.

    Attributes:
        size: in bytes; -1 where it was never there.
        mtime_ns: nanoseconds since the epoch.
        heard: digest of what was said here then.
        content: hash of the picture in the photo's file.
        said: JSON; see `base`.
        writing: likewise; see `intended`.
    """

    size: int
    mtime_ns: int
    heard: bytes
    content: str
    said: str
    writing: str | None

    @property
    def base(self) -> Base:
        """What it said."""
        return _base(self.said)

    @property
    def intended(self) -> Base | None:
        """What was being written when phototag was stopped; None if it was not."""
        return None if self.writing is None else _base(self.writing)


def known(db: sqlite3.Connection) -> dict[bytes, Left]:
    """All sidecars that were ever read or written, by path: relative to the library, or absolute."""
    sql = "SELECT path, size, mtime_ns, heard, content, said, intended FROM sidecars"
    return {path: Left(*rest) for path, *rest in db.execute(sql)}


def intend(db: sqlite3.Connection, what: Mapping[bytes, tuple[str, Base]]) -> None:
    """Remember what is about to be written: by path, the picture and what will be said. Inside a transaction."""
    new = "INSERT INTO sidecars VALUES (?, -1, 0, ?, x'', ?, ?)"
    sql = f"{new} ON CONFLICT (path) DO UPDATE SET intended = excluded.intended, content = excluded.content"
    nothing = _json(Base())
    db.executemany(sql, [(path, nothing, content, _json(base)) for path, (content, base) in what.items()])


def leave(
    db: sqlite3.Connection,
    path: bytes,
    status: tuple[int, int],
    base: Base,
    *,
    content: str,
    heard: bytes = NOTHING_HEARD,
) -> None:
    """Remember how a sidecar is now. Inside a transaction.

    Args:
        db: the index.
        path: of the sidecar.
        status: its size in bytes and time of change in nanoseconds.
        base: what it says.
        content: hash of the picture in the photo's file.
        heard: digest of what was said here, if it says that.
    """
    db.execute("REPLACE INTO sidecars VALUES (?, ?, ?, ?, ?, ?, NULL)", (path, *status, _json(base), heard, content))


def forget(db: sqlite3.Connection, path: bytes) -> None:
    """A sidecar is not there any more. Inside a transaction."""
    db.execute("DELETE FROM sidecars WHERE path = ?", (path,))


def _json(base: Base) -> str:
    return json.dumps({"whole": _said(base.whole), "written": _said(base.written)}, ensure_ascii=False)


def _said(tagged: Tagged) -> dict[str, Any]:
    return {key: value for key, value in asdict(tagged).items() if value}


def _base(text: str) -> Base:
    document = json.loads(text)
    return Base(_tagged(document["whole"]), _tagged(document["written"]))


def _tagged(said: dict[str, Any]) -> Tagged:
    def regions(each: str) -> tuple[Region, ...]:
        return tuple(Region(name, Box(*box)) for name, box in said.get(each, ()))

    def names(each: str) -> tuple[str, ...]:
        return tuple(said.get(each, ()))

    return Tagged(
        regions("mwg"),
        regions("microsoft"),
        regions("iptc"),
        names("person_in_image"),
        names("subject"),
        names("hierarchical"),
        names("tags_list"),
        said.get("orientation"),
    )
