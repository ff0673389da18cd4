r"""The language of `phototag find`: text -> tree, and back.

    query    = all { ("|" | "or") all }
    all      = not { ("&" | "and") not }
    not      = ("!" | "not") not | "(" query ")" | term
    term     = name | ("only" | "together") "(" name { "," name } ")" | ("faces" | "unknown") order number
             | "date:" dates | "dated:" source | "path:" glob | "camera:" glob | "near:" place
    order    = "=" | "!=" | "<" | "<=" | ">" | ">="
    dates    = date | date ".." date | date ".." | ".." date
    place    = latitude "," longitude [ "/" number ("km" | "m") ]

A name or value with spaces or one of & | ( ) , in it stands in double quotes; there \" and \\ are " and \.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NoReturn

from phototag.core.fields import FIELDS, QueryError, shown
from phototag.core.terms import (
    All,
    Any,
    Camera,
    Count,
    Counted,
    Dated,
    Dates,
    InPath,
    Named,
    Near,
    Not,
    Only,
    Order,
    Query,
    Together,
)

__all__ = ["DEEPEST", "LONGEST", "QueryError", "parse", "render"]

LONGEST = 10_000
"""Characters of a query."""

DEEPEST = 50
"""Parentheses and nots within each other."""

_END = r"(?=[\s&|!(),\"]|$)"
_AND = re.compile(rf"&|and{_END}", re.IGNORECASE)
_OR = re.compile(rf"\||or{_END}", re.IGNORECASE)
_NOT = re.compile(rf"!|not{_END}", re.IGNORECASE)
_OPEN, _CLOSE, _COMMA = re.compile(r"\("), re.compile(r"\)"), re.compile(",")
_SPACES = re.compile(r"\s*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_WORD = re.compile(r'[^\s&|!(),"][^\s&|(),"]*')
_LISTED = re.compile(r'[^&|!(),"]*[^&|!(),"\s]')
_VALUE = re.compile(r'(?:[^\s&|()",]|,\s*)+')
_FIELD = re.compile(r"(\w+):")
_GROUP = re.compile(r"(only|together)\s*\(", re.IGNORECASE)
_COUNT = re.compile(r"(faces|unknown)\s*(!=|<=|>=|=|<|>)", re.IGNORECASE)
_NUMBER = re.compile(rf"[0-9]{{1,9}}{_END}")
_PLAIN_NAME = re.compile(r"(?!(?:and|or|not|only|together|faces|unknown)\Z)\w[\w.'-]*", re.IGNORECASE)
_PLAIN_VALUE = re.compile(r'[^\s&|()",]+')


def parse(text: str) -> Query:
    """Read a query.

    Raises:
        QueryError: it is none.
    """
    if len(text) > LONGEST:
        raise QueryError(f"The query has {len(text):,} characters; {LONGEST:,} are the most.", LONGEST)
    if not text.strip():
        raise QueryError("The query is empty. Write somebody's name.", 0)
    return _Parser(text).query()


def render(query: Query) -> str:
    """Write a query; `parse` reads the same tree from it."""
    match query:
        case Any(parts):
            return " | ".join(_within(part, Any) for part in parts)
        case All(parts):
            return " & ".join(_within(part, Any, All) for part in parts)
        case Not(part):
            return "!" + _within(part, Any, All)
        case Named(name):
            return name if _PLAIN_NAME.fullmatch(name) else _quoted(name)
        case Only(people) | Together(people):
            return f"{type(query).__name__.lower()}({', '.join(map(render, people))})"
        case Count(of, order, number):
            return f"{of}{order}{number}"
        case _:
            return _render_field(query)


def _render_field(query: Dates | Dated | InPath | Camera | Near) -> str:
    match query:
        case Dates(first, last):
            return f"date:{first}" if first == last else f"date:{first or ''}..{last or ''}"
        case Dated(by):
            return f"dated:{by}"
        case Near(latitude, longitude, radius_km):
            return f"near:{latitude!r},{longitude!r}/{radius_km!r}km"
        case InPath(pattern) | Camera(pattern):
            field = "path:" if isinstance(query, InPath) else "camera:"
            return field + (pattern if _PLAIN_VALUE.fullmatch(pattern) else _quoted(pattern))


def _within(part: Query, *weaker: type) -> str:
    return f"({render(part)})" if isinstance(part, weaker) else render(part)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class _Parser:
    """Reads one text from left to right."""

    def __init__(self, text: str) -> None:
        self._text, self._at, self._depth = text, 0, 0
        self._before: re.Match[str] | None = None
        """The operator or parenthesis after which something has to come."""
        self._word: Named | None = None
        """The bare word that was just read."""

    def query(self) -> Query:
        tree = self._any()
        if not self._is_done():
            self._refuse_rest()
        return tree

    def _any(self) -> Query:
        return self._joined(Any, _OR, self._all)

    def _all(self) -> Query:
        return self._joined(All, _AND, self._one)

    def _joined(
        self, kind: Callable[[tuple[Query, ...]], Query], operator: re.Pattern[str], part: Callable[[], Query]
    ) -> Query:
        parts = [part()]
        while found := self._take(operator):
            self._before = found
            parts.append(part())
        return parts[0] if len(parts) == 1 else kind(tuple(parts))

    def _one(self) -> Query:
        self._word = None
        found = self._take(_NOT) or self._take(_OPEN)
        if found is None:
            return self._term()
        self._before = found
        self._depth += 1
        if self._depth > DEEPEST:
            raise QueryError(f"More than {DEEPEST} parentheses or nots are within each other here.", found.start())
        tree = self._in_parentheses(found) if found[0] == "(" else Not(self._one())
        self._depth -= 1
        return tree

    def _in_parentheses(self, opening: re.Match[str]) -> Query:
        if self._take(_CLOSE):
            raise QueryError('There is nothing between "(" and ")".', opening.start())
        tree = self._any()
        self._close(opening, self._refuse_rest)
        return tree

    def _close(self, opening: re.Match[str], otherwise: Callable[[], NoReturn]) -> None:
        if self._take(_CLOSE):
            self._word = None
            return
        if not self._is_done():
            otherwise()
        raise QueryError('This "(" is never closed.', opening.end() - 1)

    def _term(self) -> Query:
        if (quoted := self._take(_QUOTED)) is not None:
            return self._named_in_quotes(quoted)
        if (group := self._take(_GROUP)) is not None:
            return self._people(group)
        if (count := self._take(_COUNT)) is not None:
            return self._count(count)
        if (field := self._take(_FIELD)) is not None:
            return self._field(field)
        word = None if self._ahead(_AND) or self._ahead(_OR) else self._take(_WORD)
        if word is None:
            self._refuse_missing()
        self._word = Named(word[0], word.start())
        return self._word

    def _named_in_quotes(self, quoted: re.Match[str]) -> Named:
        name = _unescaped(quoted[1])
        if not name.strip():
            raise QueryError("There is no name between these quotes.", quoted.start())
        return Named(name, quoted.start())

    def _people(self, group: re.Match[str]) -> Only | Together:
        kind = group[1].lower()
        people = [self._listed(kind, f"A name is missing after {shown(group[0])}.", group.end() - 1)]
        while comma := self._take(_COMMA):
            people.append(self._listed(kind, 'A name is missing after ",".', comma.start()))
        self._close(group, lambda: self._refuse_in_list(kind))
        if kind == "only":
            return Only(tuple(people))
        if len(people) < 2:
            raise QueryError("together(...) takes two names or more, with commas between them.", group.start())
        return Together(tuple(people))

    def _listed(self, kind: str, missing: str, at: int) -> Named:
        if (quoted := self._take(_QUOTED)) is not None:
            return self._named_in_quotes(quoted)
        word = self._take(_LISTED)
        if word is None:
            if not self._is_done() and self._text[self._at] not in "),":
                self._refuse_in_list(kind)
            raise QueryError(missing, at)
        return Named(word[0], word.start())

    def _refuse_in_list(self, kind: str) -> NoReturn:
        if self._text[self._at] == '"':
            self._refuse_quote()
        raise QueryError(f"Between the parentheses of {kind}(...) are names only, with commas between them.", self._at)

    def _count(self, count: re.Match[str]) -> Count:
        number = self._take(_NUMBER)
        if number is None:
            raise QueryError(f"After {shown(count[0])} comes a whole number, such as 3.", count.start())
        return Count(Counted(count[1].lower()), Order(count[2]), int(number[0]))

    def _field(self, field: re.Match[str]) -> Query:
        read = FIELDS.get(field[1].lower())
        if read is None:
            raise QueryError(
                f"There is no {shown(field[0])}. There are date:, dated:, path:, camera: and near:, and faces>=3 and "
                'unknown=0. A name with ":" in it stands in quotes.',
                field.start(),
            )
        if (quoted := self._take(_QUOTED)) is not None:
            value, at = _unescaped(quoted[1]), quoted.start(1)
        elif (bare := self._take(_VALUE)) is not None:
            value, at = bare[0], bare.start()
        else:
            value, at = "", field.start()
            if not self._is_done() and self._text[self._at] == '"':
                self._refuse_quote()
        if not value.strip():
            raise QueryError(f"Something is missing after {shown(field[0])}.", field.start())
        return read(value.strip(), at + len(value) - len(value.lstrip()))

    def _refuse_missing(self) -> NoReturn:
        """Say what is missing where a term should begin."""
        before, is_done = self._before, self._is_done()
        here = "" if is_done else self._text[self._at]
        if here == '"':
            self._refuse_quote()
        if before is not None and (is_done or here == ")" or before[0] != "("):
            raise QueryError(f"Something is missing after {shown(before[0])}.", before.start())
        if here in {")", ","}:
            self._refuse_rest()
        operator = self._ahead(_AND) or self._ahead(_OR)
        raise QueryError(f"Something is missing before {shown(operator[0] if operator else here)}.", self._at)

    def _refuse_rest(self) -> NoReturn:
        """Say what is wrong with what follows a whole query."""
        here = self._text[self._at]
        if here == '"' and not self._ahead(_QUOTED):
            self._refuse_quote()
        if here == ")":
            raise QueryError('There is no "(" for this ")".', self._at)
        if here == ",":
            raise QueryError(
                "A comma stands only in only(...) and together(...). Write & for both, | for either.", self._at
            )
        self._refuse_neighbours()

    def _refuse_neighbours(self) -> NoReturn:
        at, before = self._at, self._word
        words = []
        while not (self._ahead(_AND) or self._ahead(_OR) or self._ahead(_NOT)) and (word := self._take(_WORD)):
            words.append(word[0])
        if before is None or not words:
            raise QueryError("An operator is missing here: write & for both, | for either.", at)
        one, whole = before.name, _quoted(" ".join([before.name, *words]))
        raise QueryError(
            f"An operator is missing here. Write {one} & {words[0]} for both, {one} | {words[0]} for either, "
            f"or {whole} if that is one name.",
            at,
        )

    def _refuse_quote(self) -> NoReturn:
        raise QueryError("This quote is never closed.", self._at)

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Read what comes next, if it is that; spaces before it do not count."""
        found = self._ahead(pattern)
        if found is not None:
            self._at = found.end()
        return found

    def _ahead(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        self._is_done()
        return pattern.match(self._text, self._at)

    def _is_done(self) -> bool:
        spaces = _SPACES.match(self._text, self._at)
        self._at = spaces.end() if spaces else self._at
        return self._at == len(self._text)


def _unescaped(quoted: str) -> str:
    return re.sub(r'\\(["\\])', r"\1", quoted)
