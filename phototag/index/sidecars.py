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


class Left(NamedTuple):
    """A sidecar as it was left.

    Attributes:
        size: in bytes; -1 where it was never there.
        mtime_ns: nanoseconds since the epoch.
        base: what it said.
        intended: what was being written when phototag was stopped; None if it was not.
    """

    size: int
    mtime_ns: int
    base: Base
    intended: Base | None


def known(db: sqlite3.Connection) -> dict[bytes, Left]:
    """All sidecars that were ever read or written, by path: relative to the library, or absolute."""
    return {
        path: Left(size, mtime_ns, _base(said), None if intended is None else _base(intended))
        for path, size, mtime_ns, said, intended in db.execute("SELECT * FROM sidecars")
    }


def intend(db: sqlite3.Connection, what: Mapping[bytes, Base]) -> None:
    """Remember what is about to be written. Inside a transaction."""
    sql = "INSERT INTO sidecars VALUES (?, -1, 0, ?, ?) ON CONFLICT (path) DO UPDATE SET intended = excluded.intended"
    nothing = _json(Base())
    db.executemany(sql, [(path, nothing, _json(base)) for path, base in what.items()])


def leave(db: sqlite3.Connection, path: bytes, size: int, mtime_ns: int, base: Base) -> None:
    """Remember how a sidecar is now. Inside a transaction."""
    db.execute("REPLACE INTO sidecars VALUES (?, ?, ?, ?, NULL)", (path, size, mtime_ns, _json(base)))


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
