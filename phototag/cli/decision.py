"""How every command that takes a decision opens the index, and says what came of it."""

from __future__ import annotations

from contextlib import AbstractContextManager

from phototag import wiring
from phototag.app.decide import Index, Outcome
from phototag.app.sentences import UNCHANGED
from phototag.cli import options, render
from phototag.settings import load


def writing(command: str, library: options.Library, index: options.Index) -> AbstractContextManager[Index]:
    """The library that the options mean, for writing."""
    return wiring.writing(load(library, index), command, render.note)


def tell(outcome: Outcome, done: str, before: str = UNCHANGED) -> None:
    """What came of a decision, and how to take it back."""
    if outcome.decision is None:
        render.out(before)
        return
    render.out(done)
    render.out(f"\nTake it back:     {render.command('undo')}   (decision {outcome.decision})")
