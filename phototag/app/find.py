"""Photos by who is on them, when, where and how they were taken."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from phototag.app.known import nobody_called, require_noticed
from phototag.core import globs, terms
from phototag.core.names import name_key
from phototag.core.query import QueryError, parse, render
from phototag.core.terms import All, Any, Named, Not, Only, Query, Term, Together
from phototag.errors import UsageError, WrongQueryError
from phototag.index import search
from phototag.index.db import Index
from phototag.index.search import Known

__all__ = ["Found", "QueryError", "find_photos", "require_query"]

SHOWN = 60
"""Characters of a query in a message, at most: one line of a narrow terminal."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a query finds.

    Attributes:
        query: as it was understood.
        paths: relative to the library, sorted; each file of a photo.
    """

    query: str
    paths: list[bytes]


def find_photos(index: Index, text: str) -> Found:
    """Find photos. A text that is somebody's whole name means them, whatever is in it.

    Raises:
        WrongQueryError: it is no query, or nobody has a name in it; the message shows where.
    """
    people = search.by_key(index.db)
    query = _understood(index, people, text)
    return Found(render(query), sorted(_Search(index, people).paths(query)))


def require_query(index: Index, text: str) -> None:
    """See that a text is a query, without looking for what it finds.

    Raises:
        WrongQueryError: as `find_photos`.
    """
    _understood(index, search.by_key(index.db), text)


def _understood(index: Index, people: Mapping[str, Known], text: str) -> Query:
    query: Query
    if name_key(text) in people:
        query = Named(text.strip(), len(text) - len(text.lstrip()))
    else:
        try:
            query = parse(text)
        except QueryError as error:
            raise _wrong(error.message, text, error.at) from error
    for named in terms.names(query):
        _require(index, people, named, text)
    return query


def _wrong(message: str, text: str, at: int) -> WrongQueryError:
    return WrongQueryError(pointing(message, text, at), message, at)


def pointing(message: str, text: str, at: int) -> str:
    """A message with the text below it and a caret under one of its characters; may also be under its end."""
    begin = 0 if len(text) <= SHOWN else max(0, min(at - SHOWN // 2, len(text) - SHOWN))
    before, after = _on_screen(text[begin:at]), _on_screen(text[at : begin + SHOWN])
    if begin:
        before = "..." + before
    if begin + SHOWN < len(text):
        after += "..."
    return f"{_on_screen(message)}\n  {before}{after}\n  {' ' * _columns(before)}^"


def _require(index: Index, people: Mapping[str, Known], named: Named, text: str) -> None:
    known = people.get(name_key(named.name))
    if known is not None and not known.is_ignored:
        return
    try:
        require_noticed(index, named.name)
        raise nobody_called(index, named.name)
    except UsageError as error:
        raise _wrong(str(error), text, named.at) from None


class _Search:
    """Answers one query on one state of an index; what it asks for twice, it looks for once."""

    def __init__(self, index: Index, people: Mapping[str, Known]) -> None:
        self._db, self._people = index.db, people
        self._found: dict[Term, set[bytes]] = {}
        self._all: set[bytes] | None = None

    def paths(self, query: Query) -> set[bytes]:
        match query:
            case Any(parts):
                return set[bytes]().union(*map(self.paths, parts))
            case All(parts):
                return self._in_all(parts)
            case Not(part):
                return self._everything() - self.paths(part)
            case _:
                if query not in self._found:
                    self._found[query] = self._term(query)
                return self._found[query]

    def _in_all(self, parts: tuple[Query, ...]) -> set[bytes]:
        asked = [self.paths(part) for part in parts if not isinstance(part, Not)]
        found = set.intersection(*sorted(asked, key=len)) if asked else self._everything()
        return found.difference(*(self.paths(part.of) for part in parts if isinstance(part, Not)))

    def _everything(self) -> set[bytes]:
        if self._all is None:
            self._all = search.everything(self._db)
        return self._all

    def _term(self, term: Term) -> set[bytes]:
        match term:
            case Named():
                return search.with_person(self._db, self._id(term))
            case Together(people):
                return self._in_all(people)
            case Only(people):
                return self._in_all(people) - search.with_others(self._db, [self._id(named) for named in people])
            case terms.Count():
                return search.counted(self._db, term)
            case terms.Dates():
                return search.of_dates(self._db, term)
            case terms.Dated():
                return search.dated(self._db, term)
            case terms.Camera(pattern):
                return search.by_camera(self._db, globs.camera_test(pattern))
            case terms.Near():
                return search.near(self._db, term)
            case terms.InPath(pattern):
                fits = globs.PathPattern(pattern).fits
                return {path for path in self._everything() if fits(os.fsdecode(path))}

    def _id(self, named: Named) -> int:
        return self._people[name_key(named.name)].id


def _on_screen(text: str) -> str:
    """Without what a terminal would not show as a character."""
    return "".join(c if c.isprintable() or c in _JOINERS else "\ufffd" for c in text)


_JOINERS = "\u200c\u200d"


def _columns(text: str) -> int:
    """How wide a terminal shows a text: Chinese is twice as wide, an accent of its own takes no room."""
    return sum(
        0 if unicodedata.combining(c) or c in _JOINERS else 2 if unicodedata.east_asian_width(c) in {"W", "F"} else 1
        for c in text
    )
