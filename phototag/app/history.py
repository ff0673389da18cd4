"""What a person decided, and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from phototag.app.decide import take_effect
from phototag.errors import UsageError
from phototag.index import journal
from phototag.index.db import Index, transaction
from phototag.index.journal import ConflictError, Decision, Kind

__all__ = ["Decision", "Entry", "entries", "redo", "undo"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A decision and how it reads."""

    decision: Decision
    text: str


def entries(index: Index) -> list[Entry]:
    """All decisions, the newest first."""
    found = journal.history(index.db)
    texts = {decision.id: _text(decision) for decision in found}
    return [Entry(decision, texts[decision.id]) for decision in found]


def undo(index: Index, number: int | None, at_ns: int, *, with_later: bool = False) -> list[Entry]:
    """Take a decision back, the newest that holds if none is given; returns what was taken back, the newest first.

    Args:
        index: open for writing.
        number: which; an undo is taken back by putting back what it took.
        at_ns: now, nanoseconds since the epoch.
        with_later: take back later ones that build on it too; otherwise nothing happens where there are any.

    Raises:
        UsageError: no such decision, one that was taken back already, or one that others build on; nothing is written.
    """
    wanted = _require(index, number, active=True)
    if wanted.kind is Kind.UNDO and wanted.of is not None:
        return redo(index, wanted.of, at_ns)
    chosen = wanted.of if wanted.of is not None else wanted.id
    later = _building_on(index, chosen) if with_later else set()
    try:
        with transaction(index.db, durable=True):
            for one in sorted({chosen, *later}, reverse=True):
                journal.undo(index.db, one, at_ns)
    except ConflictError as error:
        raise UsageError(
            f"Decision {chosen} is what others build on:\n{_told(index, error.decisions)}\n"
            f"Nothing was changed. To take all of these back: phototag undo {chosen} --with-later"
        ) from error
    return _settled(index, {chosen, *later})


def redo(index: Index, number: int | None, at_ns: int) -> list[Entry]:
    """Put back a decision that was taken back, the one taken back last if none is given; returns what was put back.

    Raises:
        UsageError: no such decision, one that holds, or one that others stand in the way of; nothing is written.
    """
    wanted = _require(index, number, active=False)
    try:
        with transaction(index.db, durable=True):
            journal.redo(index.db, wanted.id, at_ns)
    except ConflictError as error:
        raise UsageError(_in_the_way(index, wanted.id, error.decisions)) from error
    return _settled(index, {wanted.id})


def _settled(index: Index, numbers: set[int]) -> list[Entry]:
    take_effect(index)
    return [entry for entry in entries(index) if entry.decision.id in numbers]


def _building_on(index: Index, number: int) -> set[int]:
    """All active decisions that build on this one, and those that build on them."""
    found: set[int] = set()
    ahead = [number]
    while ahead:
        new = set(journal.dependents(index.db, ahead.pop())) - found
        found |= new
        ahead += new
    return found


def _require(index: Index, number: int | None, *, active: bool) -> Decision:
    found = journal.history(index.db)
    if number is None:
        return _last(found, active=active)
    wanted = next((decision for decision in found if decision.id == number), None)
    if wanted is None:
        raise UsageError(f"There is no decision {number}. See which there are: phototag history")
    original = wanted if wanted.of is None else next(d for d in found if d.id == wanted.of)
    takes_back = wanted.kind is Kind.UNDO
    if active and original.is_active == takes_back:
        raise UsageError(f"Decision {number} was taken back already. To put it back: phototag redo {original.id}")
    if not active and (wanted.of is not None or wanted.is_active):
        raise UsageError(f"Decision {number} holds, so there is nothing to put back. See: phototag history")
    return wanted


def _last(found: Sequence[Decision], *, active: bool) -> Decision:
    """The newest decision that holds, or the one that was taken back last."""
    if active:
        for decision in found:
            if decision.is_active:
                return decision
        raise UsageError("There is nothing to take back. What was decided: phototag history")
    by_number = {decision.id: decision for decision in found}
    for decision in found:
        if decision.kind is Kind.UNDO and decision.of is not None and not by_number[decision.of].is_active:
            return by_number[decision.of]
    raise UsageError("There is nothing to put back. What was decided: phototag history")


def _told(index: Index, numbers: Sequence[int]) -> str:
    return "\n".join(f"  {e.decision.id}: {e.text}" for e in entries(index) if e.decision.id in numbers)


def _in_the_way(index: Index, number: int, numbers: Sequence[int]) -> str:
    standing = {entry.decision.id for entry in entries(index) if entry.decision.is_active}
    if standing.intersection(numbers):
        advice = "Take them back first, the newest first: phototag undo N"
    else:
        advice = "Put what it builds on back first: phototag redo N"
    return f"Decision {number} cannot be put back because of:\n{_told(index, numbers)}\nNothing was changed. {advice}"


def _faces(words: journal.Words) -> str:
    n = int(words.get("faces", 0))
    return "1 face" if n == 1 else f"{n:,} faces"


_TEXTS: dict[Kind, Callable[[journal.Words], str]] = {
    Kind.NAME: lambda w: (
        f"{_faces(w)} {'of group ' + str(w['cluster']) + ' ' if w.get('cluster') else ''}are {w['name']}"
    ),
    Kind.CONFIRM: lambda w: f"{_faces(w)} are {w['name']}, as suggested",
    Kind.REJECT: lambda w: f"{_faces(w)} are not {w['name']}",
    Kind.MOVE: lambda w: f"{_faces(w)} moved to {w['name']}",
    Kind.MERGE: lambda w: f"{', '.join(w['others'])} and {w['name']} are one",
    Kind.SPLIT: lambda w: f"{_faces(w)} of {w['name']} are somebody else (group {', '.join(map(str, w['groups']))})",
    Kind.RENAME: lambda w: f"{w['name']} is called {w['new']}",
    Kind.IGNORE: lambda w: f"{w['name']} ({_faces(w)}) is ignored",
    Kind.NOTICE: lambda w: f"{w['name']} is no longer ignored",
    Kind.NOT_A_FACE: lambda w: f"{_faces(w)} are none",
    Kind.COLLAGE: lambda w: f"{w['photo']} may show one person more than once",
    Kind.REBUILD: lambda w: f"{_faces(w)} as tags.jsonl had them",
}
"""How each kind reads in the history."""


def _text(decision: Decision) -> str:
    if decision.kind is Kind.UNDO:
        return f"decision {decision.of} taken back"
    if decision.kind is Kind.REDO:
        return f"decision {decision.of} put back"
    return _TEXTS[decision.kind](decision.words)
