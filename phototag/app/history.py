"""What a person decided, and taking it back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from phototag.app import searches
from phototag.app.decide import take_effect
from phototag.app.sentences import listed
from phototag.core.names import name_key
from phototag.errors import UnknownError, UsageError
from phototag.index import journal, people
from phototag.index.db import Index, transaction
from phototag.index.journal import ConflictError, Decision, Kind, Words

__all__ = ["Decision", "Entry", "entries", "redo", "undo"]


REGROUPS = frozenset({Kind.MERGE, Kind.SPLIT, Kind.MOVE, Kind.REJECT, Kind.NOT_A_FACE, Kind.COLLAGE})
"""Decisions that scans make groups by: what they made stays until the next one, if such a decision is taken back."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A decision and how it reads."""

    decision: Decision
    text: str

    @property
    def regroups(self) -> bool:
        """Whether groups are others with the next scan, if this is taken back or put back."""
        return self.decision.kind in REGROUPS


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
    chosen = {wanted.id if wanted.of is None else wanted.of}
    while True:
        try:
            with transaction(index.db, durable=True):
                for one in sorted(chosen, reverse=True):
                    journal.undo(index.db, one, at_ns)
        except ConflictError as error:
            later = {one for one in error.decisions if one > min(chosen)} - chosen
            if not (with_later and later):
                raise UsageError(_built_on(index, min(chosen), later or error.decisions)) from error
            chosen |= later
        else:
            return _settled(index, chosen)


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
    found = [entry for entry in entries(index) if entry.decision.id in numbers]
    for entry in found:
        _tell_searches(index, entry.decision)
    return found


def _tell_searches(index: Index, decision: Decision) -> None:
    """Saved searches name people as they are called again."""
    words = decision.words
    if decision.kind is Kind.RENAME:
        before, now = ("name", "new") if decision.is_active else ("new", "name")
        searches.follow(index, {name_key(words[before]): words[now]})
    elif decision.kind is Kind.MERGE and decision.is_active:
        searches.follow(index, {name_key(other): words["name"] for other in words["others"]})
    elif decision.kind is Kind.MERGE:
        searches.recall(index)


def _require(index: Index, number: int | None, *, active: bool) -> Decision:
    found = journal.history(index.db)
    if number is None:
        return _last(found, active=active)
    wanted = next((decision for decision in found if decision.id == number), None)
    if wanted is None:
        raise UnknownError(f"There is no decision {number}. See which there are: phototag history")
    original = wanted if wanted.of is None else next(d for d in found if d.id == wanted.of)
    if active and wanted.kind is Kind.UNDO and original.is_active:
        raise UsageError(f"Decision {original.id} was put back already. Nothing was changed. See: phototag history")
    if active and wanted.kind is not Kind.UNDO and not original.is_active:
        raise UsageError(
            f"Decision {original.id} was taken back already. Nothing was changed. "
            f"To put it back: phototag redo {original.id}"
        )
    if not active and (wanted.of is not None or wanted.is_active):
        raise UsageError(
            f"Decision {number} was not taken back, so there is nothing to put back. Nothing was changed. "
            "See: phototag history"
        )
    return wanted


def _not_a_rebuild(decision: Decision) -> Decision:
    """Refuse to take back everything that was said before an index was rebuilt, unless by number."""
    if decision.kind is Kind.REBUILD:
        raise UsageError(
            f"The newest decision is all that you said before the index was rebuilt. Nothing was changed. "
            f"To take all of it back: phototag undo {decision.id}"
        )
    return decision


def _last(found: Sequence[Decision], *, active: bool) -> Decision:
    """The newest decision that holds, or the one that was taken back last."""
    if active:
        for decision in found:
            if decision.is_active:
                return _not_a_rebuild(decision)
        raise UsageError("There is nothing to take back. What was decided: phototag history")
    by_number = {decision.id: decision for decision in found}
    for decision in found:
        if decision.kind is Kind.UNDO and decision.of is not None and not by_number[decision.of].is_active:
            return by_number[decision.of]
        if decision.is_active and not all(by_number[d.of].is_active for d in found if d.kind is Kind.UNDO and d.of):
            raise UsageError(
                f"Decision {decision.id} was made since something was taken back. Nothing was changed. "
                "To put that back all the same, give its number: phototag redo N. See: phototag history"
            )
    raise UsageError("There is nothing to put back. What was decided: phototag history")


def _told(index: Index, numbers: Collection[int]) -> str:
    return "\n".join(f"  {e.decision.id}: {e.text}" for e in entries(index) if e.decision.id in numbers)


def _built_on(index: Index, number: int, numbers: Collection[int]) -> str:
    if max(numbers) > number:
        advice = f"To take all of these back: phototag undo {number} --with-later"
    else:
        advice = "Take one of those back first: phototag undo N"
    return (
        f"Decision {number} cannot be taken back alone, because of:\n{_told(index, numbers)}\n"
        f"Nothing was changed. {advice}"
    )


def _in_the_way(index: Index, number: int, numbers: Collection[int]) -> str:
    standing = {entry.decision.id for entry in entries(index) if entry.decision.is_active}
    if standing.intersection(numbers):
        advice = "Take them back first, the newest first: phototag undo N"
    else:
        advice = "Put what it builds on back first: phototag redo N"
    return f"Decision {number} cannot be put back because of:\n{_told(index, numbers)}\nNothing was changed. {advice}"


def former_names(index: Index) -> dict[str, str]:
    """Key of a name that nobody has any more -> the name of whoever had it, who was renamed or merged since."""
    became: dict[str, str] = {}
    for decision in reversed(journal.history(index.db)):
        words = decision.words
        if decision.is_active and decision.kind is Kind.RENAME:
            became[name_key(words["name"])] = words["new"]
        elif decision.is_active and decision.kind is Kind.MERGE:
            became |= {name_key(other): words["name"] for other in words["others"]}
    known = {name_key(person.name): person.name for person in people.count_people(index.db)}
    found = {}
    for former in became.keys() - known.keys():
        now, seen = former, set[str]()
        while now in became and now not in known and now not in seen:
            seen.add(now)
            now = name_key(became[now])
        if now in known:
            found[former] = known[now]
    return found


_TEXTS = {
    Kind.NAME: "{faces}{of_group} {are} {name}",
    Kind.CONFIRM: "{faces} {are} {name}, as suggested",
    Kind.REJECT: "{faces} {are} not {name}",
    Kind.MOVE: "{faces} moved to {name}",
    Kind.MERGE: "{merged} are one",
    Kind.SPLIT: "{faces} of {name} {are} somebody else: {groups}",
    Kind.RENAME: "{name} is called {new}",
    Kind.IGNORE: "{name} is ignored, {faces}",
    Kind.NOTICE: "{name} is no longer ignored",
    Kind.NOT_A_FACE: "{faces} {are} no {one}",
    Kind.COLLAGE: "{photo} may show one person more than once",
    Kind.DRAW: "{drawn} on {photo}",
    Kind.PRESENT: "{name} is on {on}",
    Kind.ABSENT: "{name} is not on {on}",
    Kind.ENROL: "{names} enrolled, {on}",
    Kind.UNENROL: "{names} no longer enrolled, {on}",
    Kind.IMPORT: "{told}, as in {source}",
    Kind.REBUILD: "{faces} as tags.jsonl had them",
    Kind.UNDO: "decision {of} taken back",
    Kind.REDO: "decision {of} put back",
}
"""How each kind reads in the history: with the decision's words, and those of `_text`."""


def _text(decision: Decision) -> str:
    words, n = decision.words, int(decision.words.get("faces", 0))
    groups = [f"group {number}" for number in words.get("groups", [])]
    more = {
        "faces": "1 face" if n == 1 else f"{n:,} faces",
        "are": "is" if n == 1 else "are",
        "one": "face" if n == 1 else "faces",
        "of_group": f" of group {words['cluster']}" if words.get("cluster") else "",
        "merged": listed([str(words.get("name")), *words.get("others", [])]),
        "groups": listed(groups),
        "of": decision.of,
        "on": "1 photo" if words.get("photos") == 1 else f"{words.get('photos', 0):,} photos",
        "names": listed(_some(words.get("names", []))),
        "told": listed(_imported(words)) or "nothing",
        "drawn": _drawn(words),
    }
    return _TEXTS[decision.kind].format_map({**words, **more})


def _some(names: Sequence[str]) -> list[str]:
    """All names, or the first of many."""
    return [*names[:5], f"{len(names) - 5:,} more"] if len(names) > 6 else list(names)


def _drawn(words: Words) -> str:
    of = f" of {words['name']}" if words.get("name") else ""
    return {"moved": f"face{of} drawn elsewhere", "found": f"face{of} is one after all"}.get(
        words.get("how", ""), f"face{of} drawn"
    )


def _imported(words: Words) -> list[str]:
    """What an import came to, a phrase for each kind of thing that it said."""
    kinds = {
        "faces": ("1 face named", "{:,} faces named"),
        "present": ("1 person put on a photo", "{:,} people put on photos"),
        "absent": ("1 person taken off a photo", "{:,} people taken off photos"),
        "refused": ("1 face not somebody", "{:,} faces not somebody"),
        "no_faces": ("1 face none", "{:,} faces none"),
    }
    told = [(int(words.get(kind, 0)), one, many) for kind, (one, many) in kinds.items()]
    return [one if n == 1 else many.format(n) for n, one, many in told if n]
