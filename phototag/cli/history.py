"""phototag history, undo, redo."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime

from phototag import wiring
from phototag.app import history as said
from phototag.app.export import to_json
from phototag.app.history import Entry
from phototag.cli import options, render
from phototag.settings import load


def history(library: options.Library = None, index: options.Index = None, json: options.Json = False) -> None:
    """List everything you decided, the newest first."""
    with wiring.reading(load(library, index)) as opened:
        found = said.entries(opened)
    if json:
        render.out(to_json({"decisions": [_document(entry) for entry in found]}))
    elif found:
        rows = [[str(e.decision.id), _when(e.decision.at_ns), _what(e)] for e in found[: render.LISTED]]
        render.out(render.table(["decision", "when", "what"], rows, right=(0,)))
        if len(found) > len(rows):
            render.out(f"and {len(found) - len(rows)} more: {render.command('history', '--json')}")
        render.out(f"\nTake back the newest:   {render.command('undo')}")
        render.out(f"Take back another:      {render.command('undo', 'N')}")
    else:
        render.out(f"You have decided nothing yet. See the groups: {render.command('clusters', '--sheets')}")


def undo(
    number: options.Number = None,
    with_later: options.WithLater = False,
    library: options.Library = None,
    index: options.Index = None,
) -> None:
    """Take a decision back.

    The newest one, if you give no number. One that later decisions build on is taken back together with them
    or not at all.
    """
    with wiring.writing(load(library, index), "undo", render.note) as opened:
        found = said.undo(opened, number, time.time_ns(), with_later=with_later)
    if found[0].decision.is_active:  # what was taken back is an undo
        _tell_put_back(found)
        return
    _tell("Taken back", found)
    if len(found) > 1:
        render.out(f"\nPut them back:   {render.command('redo')}   ({len(found)} times)")
    else:
        render.out(f"\nPut it back:     {render.command('redo')}")
    _tell_to_regroup(found)


def redo(number: options.Number = None, library: options.Library = None, index: options.Index = None) -> None:
    """Put back a decision that was taken back.

    The one that was taken back last, if you give no number.
    """
    with wiring.writing(load(library, index), "redo", render.note) as opened:
        found = said.redo(opened, number, time.time_ns())
    _tell_put_back(found)


def _tell_put_back(found: Sequence[Entry]) -> None:
    _tell("Put back", found)
    render.out(f"\nTake it back:    {render.command('undo', found[0].decision.id)}")
    _tell_to_regroup(found)


def _tell_to_regroup(found: Sequence[Entry]) -> None:
    if any(entry.regroups for entry in found):
        render.out(f"Group anew:      {render.command('scan', 'DIR')}")


def _tell(done: str, found: Sequence[Entry]) -> None:
    for entry in found:
        render.out(f"{done}: {render.line(entry.text)} (decision {entry.decision.id}).")


def _what(entry: Entry) -> str:
    taken_back = entry.decision.of is None and not entry.decision.is_active
    return render.line(entry.text) + (" (taken back)" if taken_back else "")


def _when(at_ns: int) -> str:
    return datetime.fromtimestamp(at_ns / 1e9).strftime("%Y-%m-%d %H:%M")


def _document(entry: Entry) -> dict[str, object]:
    decision = entry.decision
    return {
        "id": decision.id,
        "at": datetime.fromtimestamp(decision.at_ns / 1e9).astimezone().isoformat(timespec="seconds"),
        "kind": decision.kind,
        "text": entry.text,
        "words": dict(decision.words),
        "of": decision.of,
        "active": decision.is_active,
    }
