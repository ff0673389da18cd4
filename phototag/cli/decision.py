"""How every command that takes a decision opens the index, and says what came of it."""

from __future__ import annotations

from contextlib import AbstractContextManager

from phototag import wiring
from phototag.app.decide import Index, Outcome
from phototag.cli import options, render
from phototag.settings import load


def writing(command: str, library: options.Library, index: options.Index) -> AbstractContextManager[Index]:
    """The library that the options mean, for writing."""
    return wiring.writing(load(library, index), command, render.note)


def tell(outcome: Outcome, done: str, before: str = "Nothing changed.") -> None:
    """What came of a decision, and how to take it back."""
    if outcome.decision is None:
        render.out(before)
        return
    render.out(done)
    render.out(f"\nTake it back:     {render.command('undo')}   (decision {outcome.decision})")


def count(outcome: Outcome) -> str:
    """'1 face', '2,000 faces'."""
    return render.count(outcome.words["faces"], "face")


def is_or_are(outcome: Outcome) -> str:
    """'is' or 'are', by the number of faces."""
    return "is" if outcome.words["faces"] == 1 else "are"


def are(outcome: Outcome) -> str:
    """'1 face is', '2 faces are'."""
    return f"{count(outcome)} {is_or_are(outcome)}"


def upper(text: str) -> str:
    """A sentence begins with a capital, unless with a name as it was typed."""
    return text.capitalize() if text.startswith("group ") else text
