"""Searches that somebody gave a name, kept in a file beside the index, which outlives it.

The file has the text that was saved. Where somebody in it was renamed or merged since, it also has the text as it is
now, which is read first; the text of then is read where that makes no sense, as in an older index that was put back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from phototag.app.find import QueryError, require_query
from phototag.app.name import clean_name
from phototag.core import terms
from phototag.core.names import name_key
from phototag.core.query import parse, render
from phototag.core.terms import Named, Query
from phototag.errors import EditedError, LibraryError, UnknownError, UsageError, WrongQueryError
from phototag.files import write_if_changed
from phototag.index.db import Index

FILE = "searches.json"

MOST = 1_000
"""Searches that are kept: the file is read whole for each page that shows them."""

_KEYS = {"query", "now"}


@dataclass(frozen=True, slots=True)
class Search:
    """A query with a name.

    Attributes:
        name: that it is called by, in any capitals.
        query: as it was saved.
        now: with the names that people have now, where that is another text; else None.
    """

    name: str
    query: str
    now: str | None = None

    @property
    def text(self) -> str:
        """What to look for."""
        return self.now or self.query


def searches(index: Index) -> list[Search]:
    """All saved searches by name, each with a text that makes sense now, if one does.

    Raises:
        LibraryError: the file cannot be read.
    """
    return [_sensible(index, search) for search in _read(index)]


def require_search(index: Index, name: str) -> Search:
    """Look a search up by its name, in any capitals.

    Raises:
        UnknownError: there is none of this name.
        LibraryError: the file cannot be read.
    """
    return _sensible(index, _require(_read(index), name))


def save(index: Index, name: str, query: str) -> Search:
    """Keep a query by a name.

    Args:
        index: open for writing.
        name: any that a person could have.
        query: that finds something or nothing, but makes sense.

    Raises:
        UsageError: it is no name, or there are too many.
        WrongQueryError: it is no query, or nobody has a name in it.
        EditedError: another query has this name.
        LibraryError: the file cannot be read or written.
    """
    wanted = Search(clean_name(name), query.strip())
    require_query(index, wanted.query)
    found = _read(index)
    there = _find(found, wanted.name)
    if there is not None and wanted.query in (there.query, there.text):
        return there
    if there is not None:
        raise EditedError(
            f"There is a search {there.name!r} already: {there.text}. Nothing was changed. "
            "Give another name, or delete that one first."
        )
    if len(found) >= MOST:
        raise UsageError(f"There are {MOST:,} saved searches; more are not kept. Nothing was changed. Delete some.")
    _write(index, [*found, wanted])
    return wanted


def rename(index: Index, name: str, new: str) -> Search:
    """Call a search something else.

    Raises:
        UnknownError: there is none of this name.
        UsageError: the new one is no name.
        EditedError: another search has it.
        LibraryError: the file cannot be read or written.
    """
    found, wanted = _read(index), clean_name(new)
    search = _require(found, name)
    other = _find(found, wanted)
    if other is not None and other != search:
        raise EditedError(f"There is a search {other.name!r} already. Nothing was changed. Give another name.")
    renamed = replace(search, name=wanted)
    _write(index, [*(one for one in found if one != search), renamed])
    return renamed


def delete(index: Index, name: str) -> Search:
    """Forget a search; returns it, so that it can be saved again.

    Raises:
        UnknownError: there is none of this name.
        LibraryError: the file cannot be read or written.
    """
    found = _read(index)
    search = _require(found, name)
    shown = _sensible(index, search)
    _write(index, [one for one in found if one != search])
    return shown


def follow(index: Index, names: Mapping[str, str]) -> None:
    """Somebody is called otherwise from now on: let the searches that name them find them by that name, too.

    A file that cannot be read or written stays as it is: the decision holds all the same.

    Args:
        index: open for writing; the names are decided.
        names: key of a former name -> the name of now.
    """
    with suppress(LibraryError):
        found = _read(index)
        if found:
            _write(index, [_followed(search, names) for search in found])


def recall(index: Index) -> None:
    """People are several again who were one: the searches that make sense as they were saved are as they were saved."""
    with suppress(LibraryError):
        found = _read(index)
        if found:
            _write(index, [_recalled(index, search) for search in found])


def _recalled(index: Index, search: Search) -> Search:
    with suppress(WrongQueryError):
        require_query(index, search.query)
        return replace(search, now=None)
    return search


def _followed(search: Search, names: Mapping[str, str]) -> Search:
    whole = names.get(name_key(search.text))
    try:
        before = parse(search.text) if whole is None else None
    except QueryError:  # somebody's whole name that is no query, or what somebody wrote by hand
        return search
    now = Named(whole or "") if before is None else terms.renamed(before, lambda name: names.get(name_key(name), name))
    if now == before:
        return search
    return replace(search, now=None if _is_same(now, search.query) else render(now))


def _is_same(query: Query, text: str) -> bool:
    with suppress(QueryError):
        return query == parse(text)
    return False


def _sensible(index: Index, search: Search) -> Search:
    """The search as it makes sense here: the index may be an older one that was put back."""
    if search.now is None:
        return search
    for text in (search.now, search.query):
        with suppress(WrongQueryError):
            require_query(index, text)
            return replace(search, now=None if text == search.query else text)
    return search


def _find(found: Sequence[Search], name: str) -> Search | None:
    return next((search for search in found if name_key(search.name) == name_key(name)), None)


def _require(found: Sequence[Search], name: str) -> Search:
    search = _find(found, name)
    if search is None:
        known = ", ".join(one.name for one in found[:10]) or "none yet"
        raise UnknownError(f"There is no saved search {name!r}. There are: {known}. All: phototag searches")
    return search


def _read(index: Index) -> list[Search]:
    path = index.folder / FILE
    try:
        return [_search(name, said) for name, said in _document(path.read_bytes()).items()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise LibraryError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise LibraryError(
            f"{path} is not as phototag writes it ({error}), so it is left alone. Put it right, or move it away."
        ) from error


def _document(data: bytes) -> dict[str, Any]:
    document = json.loads(data)
    if not isinstance(document, dict):
        raise ValueError("it has no names")  # of the file
    return document


def _search(name: str, said: object) -> Search:
    if not (isinstance(said, dict) and "query" in said and said.keys() <= _KEYS):
        raise ValueError(f"of {name!r}")
    if not all(isinstance(text, str) for text in said.values()):
        raise ValueError(f"of {name!r}")
    return Search(name, **said)


def _write(index: Index, found: Sequence[Search]) -> None:
    path = index.folder / FILE
    document = {
        search.name: {"query": search.query} | ({"now": search.now} if search.now else {})
        for search in sorted(found, key=lambda search: (name_key(search.name), search.name))
    }
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    try:
        write_if_changed(path, text.encode("utf-8", "backslashreplace"))  # JSON has lone surrogates so
    except OSError as error:
        raise LibraryError(f"{path} cannot be written: {error.strerror}. Nothing was changed.") from error
