"""A person decides something: it is written down, and takes effect at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from phototag.app import evidence, export, tag
from phototag.app.enrolment import write_list
from phototag.errors import UsageError
from phototag.index import journal
from phototag.index.db import Index, transaction
from phototag.index.draft import Draft
from phototag.index.journal import ConflictError, Kind, Words

__all__ = ["Index", "Outcome", "decide", "take_effect"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a decision.

    Attributes:
        decision: its number, or None where all of it was said before.
        words: what it says.
    """

    decision: int | None
    words: Words


def decide(index: Index, kind: Kind, say: Callable[[Draft], Words], at_ns: int) -> Outcome:
    """Write a decision down, and tag by it.

    Args:
        index: open for writing.
        kind: what it is.
        say: puts it together, verb by verb, and returns its words.
        at_ns: now, nanoseconds since the epoch.

    Raises:
        UsageError: what it says contradicts itself; nothing is written.
    """
    try:
        with transaction(index.db, durable=True):
            draft = Draft(index.db)
            words = say(draft)
            number = journal.decide(index.db, kind, words, draft, at_ns)
    except ConflictError as error:
        spoken = ", ".join(map(str, error.decisions))
        raise UsageError(
            f"That contradicts what you said before (decision {spoken}; see phototag history). Nothing was changed."
        ) from error
    take_effect(index)
    return Outcome(number, words)


def take_effect(index: Index) -> None:
    """Bring tags and tags.jsonl up to date with what was said."""
    known = evidence.gather(index)
    if known is not None:
        tag.retag(index, known)
    export.write_tags(index)
    write_list(index)
