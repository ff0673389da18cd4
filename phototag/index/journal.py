"""A person's decisions: an append-only list, and what it comes to.

Each decision is one row and its changes of cells (`index.cells`). Taking one back is one more row, which writes what
its cells held before; putting it back is another. People, labels and whatever else a person can say hold nothing that
the journal does not: `replay` builds the same again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from phototag.index import cells, spots
from phototag.index.cells import Held
from phototag.index.draft import Change, Draft

Words: TypeAlias = Mapping[str, Any]
"""What a person reads of a decision, such as a name and a number of faces; JSON can hold them."""


class Kind(StrEnum):
    """What was decided, as the journal spells it."""

    NAME = "name"
    CONFIRM = "confirm"
    REJECT = "reject"
    MOVE = "move"
    MERGE = "merge"
    SPLIT = "split"
    RENAME = "rename"
    IGNORE = "ignore"
    NOTICE = "notice"
    NOT_A_FACE = "not-a-face"
    COLLAGE = "collage"
    DRAW = "draw"
    PRESENT = "present"
    ABSENT = "absent"
    ENROL = "enrol"
    UNENROL = "unenrol"
    IMPORT = "import"
    REBUILD = "rebuild"
    UNDO = "undo"
    REDO = "redo"


@dataclass(frozen=True, slots=True)
class Decision:
    """One row of the journal.

    Attributes:
        id: its number.
        at_ns: when, nanoseconds since the epoch.
        kind: what.
        words: what a person reads of it, such as the name and the number of faces.
        of: the decision that is taken back or put back, else None.
        is_active: whether it holds: it is neither taken back nor itself a taking back.
    """

    id: int
    at_ns: int
    kind: Kind
    words: Words
    of: int | None
    is_active: bool


class ConflictError(Exception):
    """Other decisions stand in the way.

    Attributes:
        decisions: their numbers, ascending.
    """

    def __init__(self, decisions: Iterable[int]) -> None:
        super().__init__()
        self.decisions = sorted(set(decisions))


def decide(db: sqlite3.Connection, kind: Kind, words: Words, draft: Draft, at_ns: int) -> int | None:
    """Write a decision down and let it take effect. Inside a durable transaction.

    Args:
        db: the index.
        kind: what it is.
        words: for the history; JSON can hold them.
        draft: what it changes.
        at_ns: when, nanoseconds since the epoch.

    Returns:
        Its number, or None if all that it says was said before: then nothing is written.

    Raises:
        ConflictError: it contradicts what these decisions say; the transaction must be rolled back.
    """
    changes = draft.changes()
    if not changes:
        return None
    number = _row(db, kind, words, None, at_ns)
    db.executemany(
        "INSERT INTO changes VALUES (?, ?, ?, ?, ?)",
        [(number, change.cell, change.was.content, change.was.by, change.becomes) for change in changes],
    )
    _write(db, ((change.cell, Held(change.becomes, number)) for change in changes))
    _require_sense(db, number)
    return number


def undo(db: sqlite3.Connection, number: int, at_ns: int) -> None:
    """Take an active decision back. Inside a durable transaction.

    Raises:
        ConflictError: later ones build on it; the transaction must be rolled back.
    """
    building = dependents(db, number)
    if building:
        raise ConflictError(building)
    _row(db, Kind.UNDO, {}, number, at_ns)
    _write(db, ((c.cell, c.was) for c in _changes(db, number)))
    _require_sense(db, number)


def redo(db: sqlite3.Connection, number: int, at_ns: int) -> None:
    """Put back a decision that was taken back. Inside a durable transaction.

    Raises:
        ConflictError: what it changes has not been as it was since these decisions were made or taken back; the
            transaction must be rolled back.
    """
    changes = _changes(db, number)
    others = [c.cell for c in changes if cells.read(db, c.cell).content != c.was.content]
    if others:
        raise ConflictError(_in_the_way(db, others, number))
    _row(db, Kind.REDO, {}, number, at_ns)
    _write(db, ((c.cell, Held(c.becomes, number)) for c in changes))
    _require_sense(db, number)


def dependents(db: sqlite3.Connection, number: int) -> list[int]:
    """Active decisions after this one that changed a cell of its, ascending."""
    sql = """
        SELECT DISTINCT theirs.decision_id FROM changes mine JOIN changes theirs USING (cell)
        WHERE mine.decision_id = ?1 AND theirs.decision_id > ?1 ORDER BY 1"""
    active = _active(db)
    return [row[0] for row in db.execute(sql, (number,)) if row[0] in active]


def history(db: sqlite3.Connection) -> list[Decision]:
    """All decisions, the newest first."""
    active = _active(db)
    sql = "SELECT id, at_ns, kind, words, of FROM decisions ORDER BY id DESC"
    return [
        Decision(id_, at_ns, Kind(kind), json.loads(words), of, id_ in active)
        for id_, at_ns, kind, words, of in db.execute(sql)
    ]


def numbers(db: sqlite3.Connection) -> set[tuple[int, int]]:
    """All decisions by number and time, which together no two libraries share; of an older index too."""
    return {(number, at_ns) for number, at_ns in db.execute("SELECT id, at_ns FROM decisions")}


def decision_on(db: sqlite3.Connection, face: str) -> tuple[int, int] | None:
    """Number and time (nanoseconds since the epoch) of the decision that says who a face is, or None."""
    sql = """
        SELECT decisions.id, at_ns FROM said JOIN decisions ON decisions.id = decision_id
        WHERE face_id = ? AND verdict = 'is'"""
    row = db.execute(sql, (face,)).fetchone()
    return None if row is None else (int(row[0]), int(row[1]))


def replay(db: sqlite3.Connection) -> None:
    """Build all that was said anew from the decisions alone. Inside a transaction."""
    for table in cells.TABLES:
        db.execute(f"DELETE FROM {table}")
    db.execute("UPDATE people SET ignored = 0")
    for number, of, kind in db.execute("SELECT id, of, kind FROM decisions ORDER BY id").fetchall():
        if kind == Kind.UNDO:
            cells.write(db, ((c.cell, c.was) for c in _changes(db, of)))
        elif kind == Kind.REDO:
            cells.write(db, ((c.cell, Held(c.becomes, of)) for c in _changes(db, of)))
        else:
            cells.write(db, ((c.cell, Held(c.becomes, number)) for c in _changes(db, number, introductions=True)))


def _write(db: sqlite3.Connection, changes: Iterable[tuple[str, Held]]) -> None:
    """Let cells hold something else, and have faces where some are drawn, and none where none is drawn any more."""
    changes = list(changes)
    cells.write(db, changes)
    drawn = [cell.removeprefix("drawn ") for cell, _ in changes if cell.startswith("drawn ")]
    for photo in spots.photos_of(db, drawn):
        spots.rebind(db, photo)


def _row(db: sqlite3.Connection, kind: Kind, words: Words, of: int | None, at_ns: int) -> int:
    cursor = db.execute(
        "INSERT INTO decisions (at_ns, kind, words, of) VALUES (?, ?, ?, ?)",
        (at_ns, kind, json.dumps(words), of),
    )
    return int(cursor.lastrowid or 0)


def _changes(db: sqlite3.Connection, number: int, *, introductions: bool = False) -> list[Change]:
    """What a decision changes, people whom it introduces first; they stay introduced when it is taken back."""
    sql = """
        SELECT cell, was, was_by, becomes FROM changes WHERE decision_id = ?
        ORDER BY cell NOT LIKE 'person %', cell"""
    return [
        Change(cell, Held(was, was_by), becomes)
        for cell, was, was_by, becomes in db.execute(sql, (number,))
        if introductions or not cell.startswith("person ")
    ]


def _active(db: sqlite3.Connection) -> set[int]:
    """Decisions that hold: of a decision that was taken back or put back, the last word counts."""
    rows = db.execute("SELECT id, of, kind FROM decisions ORDER BY id").fetchall()
    last = {of: kind for _, of, kind in rows if of is not None}
    return {id_ for id_, of, _ in rows if of is None and last.get(id_) != Kind.UNDO}


def _in_the_way(db: sqlite3.Connection, these: Iterable[str], number: int) -> set[int]:
    """Why cells are not as they were before a decision: what was said of them since, or what it built on."""
    active = _active(db)
    sql = "SELECT decision_id FROM changes WHERE cell = ?"
    found = {row[0] for cell in these for row in db.execute(sql, (cell,))} - {number}
    return {other for other in found if other in active} or found


def _require_sense(db: sqlite3.Connection, number: int) -> None:
    """Refuse what contradicts itself: a face that is somebody and is not, one that is none, one name for two people.

    So is what was said of a face that was drawn, and is not drawn any more.

    Raises:
        ConflictError: with the other decisions that have a part in it.
    """
    sql = """
        WITH here AS (  -- "is SPOT", "not SPOT PERSON", "face SPOT", "drawn SPOT"; an id has 16 digits
            SELECT DISTINCT substr(cell, instr(cell, ' ') + 1, 16) AS spot_id FROM changes
            WHERE decision_id = ?1
                AND (cell LIKE 'is %' OR cell LIKE 'not %' OR cell LIKE 'face %' OR cell LIKE 'drawn %')),
        twins AS (SELECT key FROM people WHERE key IS NOT NULL GROUP BY key HAVING count(*) > 1)
        SELECT y.decision_id, n.decision_id FROM here JOIN labels y USING (spot_id) JOIN labels n USING (spot_id)
            WHERE y.verdict = 'is' AND n.verdict = 'is_not' AND y.person_id = n.person_id
        UNION ALL
        SELECT y.decision_id, n.decision_id FROM here JOIN labels y USING (spot_id) JOIN not_faces n USING (spot_id)
            WHERE y.verdict = 'is'
        UNION ALL
        SELECT l.decision_id, drew.decision_id FROM here JOIN labels l USING (spot_id)
            JOIN changes drew ON drew.cell = 'drawn ' || spot_id AND drew.decision_id < l.decision_id
            WHERE spot_id NOT IN (SELECT spot_id FROM drawn) AND spot_id NOT IN (SELECT spot_id FROM bindings)
        UNION ALL
        SELECT min(y.decision_id), max(y.decision_id) FROM twins JOIN people USING (key)
            JOIN (SELECT person_id, decision_id FROM labels WHERE verdict = 'is'
                UNION ALL SELECT person_id, decision_id FROM present) y ON y.person_id = people.id
            GROUP BY key HAVING count(DISTINCT people.id) > 1"""
    blamed = {decision for row in db.execute(sql, (number,)) for decision in row}
    if blamed:
        raise ConflictError(blamed - {number} or {number})
