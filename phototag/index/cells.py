"""What a person's decisions come to, as cells: each holds one thing that can be said, or nothing.

    is SPOT              the person that this face is
    not SPOT PERSON      1: this face is not that person
    face SPOT            0: this is no face at all
    name PERSON          what the person is called; nothing for somebody whom nobody named yet
    ignored PERSON       1: a stranger, nobody wants to hear of them
    drawn SPOT           1: this is a face, whether or not one is found there
    on PHOTO PERSON      1: this person is on this photo, nobody says where
    collage PHOTO        1: one person may be on this photo more than once
    enrolled PHOTO       where it came from: this picture, of no photo of the library, shows somebody
    person PERSON        JSON: somebody new; written once, never taken back

A decision is a set of changes of cells, each from what it was to what it becomes (`index.journal`); so the state is a
function of the journal by construction, taking a decision back is writing what was, and two decisions depend on each
other only where they share a cell.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from phototag.core.names import name_key

Content: TypeAlias = int | str | None


class Held(NamedTuple):
    """What a cell holds, None for nothing, and the decision that put it there, where that is remembered."""

    content: Content
    by: int | None = None


NOTHING = Held(None)

TABLES = ("labels", "not_faces", "collages", "drawn", "present", "enrolled")
"""Hold nothing but cells."""


def read(db: sqlite3.Connection, cell: str) -> Held:
    """What a cell holds now."""
    kind, *ids = cell.split(" ")
    row = db.execute(_CELLS[kind].select, ids).fetchone()
    return NOTHING if row is None or row[0] is None else Held(*row)


def write(db: sqlite3.Connection, cells: Iterable[tuple[str, Held]]) -> None:
    """Let cells hold something else, all at once. Inside a transaction."""
    cells = list(cells)
    for cell, _ in cells:
        kind, *ids = cell.split(" ")
        db.execute(_CELLS[kind].clear, ids)
    for cell, held in cells:
        if held.content is not None:
            kind, *ids = cell.split(" ")
            db.execute(_CELLS[kind].put, _CELLS[kind].row(ids, held))


@dataclass(frozen=True, slots=True)
class _Cell:
    """SQL of one kind of cell: `select` and `clear` take the cell's ids, `put` what `row` makes of ids and contents."""

    select: str
    clear: str
    put: str
    row: Callable[[list[str], Held], tuple[Content, ...]]


def _introduction(ids: list[str], held: Held) -> tuple[Content, ...]:
    facts = json.loads(str(held.content))
    name = facts["name"]
    return int(ids[0]), name, None if name is None else name_key(name), facts["cluster"]


_LABEL = "INSERT INTO labels VALUES (?, ?, ?, ?)"
_CELLS = {
    "is": _Cell(
        "SELECT person_id, decision_id FROM labels WHERE spot_id = ? AND verdict = 'is'",
        "DELETE FROM labels WHERE spot_id = ? AND verdict = 'is'",
        _LABEL,
        lambda ids, held: (ids[0], held.content, "is", held.by),
    ),
    "not": _Cell(
        "SELECT 1, decision_id FROM labels WHERE spot_id = ? AND person_id = ? AND verdict = 'is_not'",
        "DELETE FROM labels WHERE spot_id = ? AND person_id = ? AND verdict = 'is_not'",
        _LABEL,
        lambda ids, held: (ids[0], int(ids[1]), "is_not", held.by),
    ),
    "face": _Cell(
        "SELECT 0, decision_id FROM not_faces WHERE spot_id = ?",
        "DELETE FROM not_faces WHERE spot_id = ?",
        "INSERT INTO not_faces VALUES (?, ?)",
        lambda ids, held: (ids[0], held.by),
    ),
    "drawn": _Cell(
        "SELECT 1, decision_id FROM drawn WHERE spot_id = ?",
        "DELETE FROM drawn WHERE spot_id = ?",
        "INSERT INTO drawn VALUES (?, ?)",
        lambda ids, held: (ids[0], held.by),
    ),
    "on": _Cell(
        "SELECT 1, decision_id FROM present WHERE hash = ? AND person_id = ?",
        "DELETE FROM present WHERE hash = ? AND person_id = ?",
        "INSERT INTO present VALUES (?, ?, ?)",
        lambda ids, held: (ids[0], int(ids[1]), held.by),
    ),
    "collage": _Cell(
        "SELECT 1, decision_id FROM collages WHERE hash = ?",
        "DELETE FROM collages WHERE hash = ?",
        "INSERT INTO collages VALUES (?, ?)",
        lambda ids, held: (ids[0], held.by),
    ),
    "enrolled": _Cell(
        "SELECT origin, decision_id FROM enrolled WHERE hash = ?",
        "DELETE FROM enrolled WHERE hash = ?",
        "INSERT INTO enrolled VALUES (?, ?, ?)",
        lambda ids, held: (ids[0], held.content, held.by),
    ),
    "name": _Cell(
        "SELECT name FROM people WHERE id = ?",
        "UPDATE people SET name = NULL, key = NULL WHERE id = ?",
        "UPDATE people SET name = ?, key = ? WHERE id = ?",
        lambda ids, held: (held.content, name_key(str(held.content)), int(ids[0])),
    ),
    "ignored": _Cell(
        "SELECT 1 FROM people WHERE id = ? AND ignored",
        "UPDATE people SET ignored = 0 WHERE id = ?",
        "UPDATE people SET ignored = 1 WHERE id = ?",
        lambda ids, held: (int(ids[0]),),
    ),
    "person": _Cell(
        "SELECT NULL FROM people WHERE id = ?",
        "SELECT ?",  # who was introduced stays so, for when a decision is put back
        "INSERT INTO people (id, name, key, cluster_id) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, key = excluded.key, cluster_id = excluded.cluster_id",
        _introduction,
    ),
}
