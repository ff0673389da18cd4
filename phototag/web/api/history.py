"""What was decided, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from fastapi import APIRouter

from phototag.app import history as said
from phototag.app.history import Entry
from phototag.web.api import models
from phototag.web.api.asking import PAGE, Limit, Offset, Served, now_ns

router = APIRouter(tags=["history"])


@router.get("/history", operation_id="history")
def history(library: Served, limit: Limit = PAGE, offset: Offset = 0) -> models.History:
    """All decisions, the newest first."""
    with library.reading() as index:
        found = said.entries(index)
    return models.History(total=len(found), decisions=[_decision(one) for one in found[offset : offset + limit]])


@router.post("/undo", operation_id="undo")
def undo(library: Served, wish: models.Undoing) -> models.Undone:
    """Take a decision back; what builds on it goes with it or nothing happens."""
    with library.writing() as index:
        found = said.undo(index, wish.decision, now_ns(), with_later=wish.with_later)
    return _undone("Put back" if found[0].decision.is_active else "Taken back", found)


@router.post("/redo", operation_id="redo")
def redo(library: Served, wish: models.Redoing) -> models.Undone:
    """Put back a decision that was taken back."""
    with library.writing() as index:
        return _undone("Put back", said.redo(index, wish.decision, now_ns()))


def _undone(done: str, found: Sequence[Entry]) -> models.Undone:
    lines = [f"{done}: {entry.text} (decision {entry.decision.id})." for entry in found]
    return models.Undone(said="\n".join(lines), decisions=[_decision(entry) for entry in found])


def _decision(entry: Entry) -> models.Decision:
    decision = entry.decision
    return models.Decision(
        id=decision.id,
        at=datetime.fromtimestamp(decision.at_ns / 1e9).astimezone().isoformat(timespec="seconds"),
        kind=decision.kind,
        text=entry.text,
        of=decision.of,
        active=decision.is_active,
        regroups=entry.regroups,
    )
