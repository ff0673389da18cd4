"""Queries: what they mean, and what is said of those that mean nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phototag.core.query import DEEPEST, LONGEST, QueryError, parse, render
from phototag.core.terms import (
    All,
    Any,
    Camera,
    Count,
    Counted,
    Dated,
    Dater,
    Dates,
    InPath,
    Named,
    Near,
    Not,
    Only,
    Order,
    Query,
    Together,
    names,
)

ANN, BOB, EVE = Named("ann"), Named("bob"), Named("eve")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("ann", ANN),
        (" ann ", ANN),
        ("ann & bob", All((ANN, BOB))),
        ("ann&bob", All((ANN, BOB))),
        ("ann and bob", All((ANN, BOB))),
        ("ann AND bob Or eve", Any((All((ANN, BOB)), EVE))),
        ("ann | bob & eve", Any((ANN, All((BOB, EVE))))),
        ("(ann | bob) & eve", All((Any((ANN, BOB)), EVE))),
        ("ann & bob & eve", All((ANN, BOB, EVE))),
        ("ann & (bob & eve)", All((ANN, All((BOB, EVE))))),
        ("!ann & bob", All((Not(ANN), BOB))),
        ("not ann & bob", All((Not(ANN), BOB))),
        ("not(ann & bob)", Not(All((ANN, BOB)))),
        ("!!ann", Not(Not(ANN))),
        ("((ann))", ANN),
        ('"anna maria" & ann', All((Named("anna maria"), ANN))),
        ('"and" | "only"', Any((Named("and"), Named("only")))),
        (r'"say \"hi\" \\ \x"', Named(r'say "hi" \ \x')),
        ("O'Brien | P!nk | Jean-Luc", Any((Named("O'Brien"), Named("P!nk"), Named("Jean-Luc")))),
        ("Élise & 李雷", All((Named("Élise"), Named("李雷")))),
        ("andy & orla & notker", All((Named("andy"), Named("orla"), Named("notker")))),
        ("only | faces | unknown", Any((Named("only"), Named("faces"), Named("unknown")))),
        ("only(ann)", Only((ANN,))),
        ("Only ( ann , bob )", Only((ANN, BOB))),
        ('only(anna maria, "b, c", not)', Only((Named("anna maria"), Named("b, c"), Named("not")))),
        ("together(ann,bob)", Together((ANN, BOB))),
        ("faces>=3", Count(Counted.FACES, Order.AT_LEAST, 3)),
        ("Faces != 0", Count(Counted.FACES, Order.UNEQUAL, 0)),
        ("unknown=0&ann", All((Count(Counted.UNKNOWN, Order.EQUAL, 0), ANN))),
        ("!faces<2", Not(Count(Counted.FACES, Order.LESS, 2))),
        ("date:2020", Dates("2020", "2020")),
        ("date:2020..2022", Dates("2020", "2022")),
        ("date:2020-06..", Dates("2020-06", None)),
        ("date:..2024-02-29", Dates(None, "2024-02-29")),
        ("date:2020-06..2020", Dates("2020-06", "2020")),
        ("dated:EXIF", Dated(Dater.EXIF)),
        ("path:holiday*", InPath("holiday*")),
        ('path:"Summer holiday (1)/*"', InPath("Summer holiday (1)/*")),
        (r"path:a!b\c", InPath(r"a!b\c")),
        ("(path:2020/*)", InPath("2020/*")),
        ("camera:pixel* or ann", Any((Camera("pixel*"), ANN))),
        ("near:48.85,2.35", Near(48.85, 2.35, 1.0)),
        ("near:48.8584, 2.2945", Near(48.8584, 2.2945, 1.0)),
        ("near:-33,151/500m", Near(-33.0, 151.0, 0.5)),
        ("near:48.85,2.35/10km & ann", All((Near(48.85, 2.35, 10.0), ANN))),
    ],
)
def test_a_query_means(text: str, tree: Query) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("", 0, "The query is empty."),
        (" \t\n", 0, "The query is empty."),
        ("anna & ", 5, 'Something is missing after "&".'),
        ("anna and", 5, 'Something is missing after "and".'),
        ("anna & | bob", 5, 'Something is missing after "&".'),
        ("!", 0, 'Something is missing after "!".'),
        ("not", 0, 'Something is missing after "not".'),
        ("(", 0, 'Something is missing after "(".'),
        ("& anna", 0, 'Something is missing before "&".'),
        ("or anna", 0, 'Something is missing before "or".'),
        ("(| anna)", 1, 'Something is missing before "|".'),
        ("(anna & )", 6, 'Something is missing after "&".'),
        ("()", 0, 'There is nothing between "(" and ")".'),
        ("anna & (bob | eve", 7, 'This "(" is never closed.'),
        ("only(anna", 4, 'This "(" is never closed.'),
        ("anna)", 4, 'There is no "(" for this ")".'),
        (")", 0, 'There is no "(" for this ")".'),
        ('"anna', 0, "This quote is never closed."),
        ('bob "anna', 4, "This quote is never closed."),
        ('only("anna', 5, "This quote is never closed."),
        ('path:"holi', 5, "This quote is never closed."),
        ('""', 0, "There is no name between these quotes."),
        ("anna maria", 5, 'Write anna & maria for both, anna | maria for either, or "anna maria" if that is one name.'),
        ("bob & von der aa | eve", 10, '"von der aa" if that is one name.'),
        ("(anna maria)", 6, "Write anna & maria for both"),
        ("anna !bob", 5, "An operator is missing here"),
        ("anna (bob)", 5, "An operator is missing here"),
        ("(bob) anna", 6, "An operator is missing here"),
        ('anna "bob"', 5, "An operator is missing here"),
        ("anna, bob", 4, "A comma stands only in only(...)"),
        ("only()", 4, 'A name is missing after "only(".'),
        ("only(anna,)", 9, 'A name is missing after ",".'),
        ("only(anna & bob)", 10, "names only, with commas between them"),
        ("only((anna))", 5, "names only, with commas between them"),
        ("together(!anna)", 9, "parentheses of together(...) are names only"),
        ("together(anna)", 0, "takes two names or more"),
        ("faces>=", 0, 'After "faces>=" comes a whole number'),
        ("faces=3.5", 0, "comes a whole number"),
        ("faces>-1", 0, "comes a whole number"),
        ("faces=9999999999", 0, "comes a whole number"),
        ("taken:2020", 0, 'There is no "taken:". There are date:'),
        ("faces:3", 0, "faces>=3"),
        ("anna & date:", 7, 'Something is missing after "date:".'),
        ("date:& anna", 0, 'Something is missing after "date:".'),
        ("date:soon", 5, '"soon" is no date. Write a year, month or day: 2020, 2020-06 or 2020-06-14.'),
        ("date:2020-13", 5, "is no date"),
        ("date:0000", 5, "is no date"),
        ("date:2023-02-29", 5, "is no date"),
        ("date:2020-6", 5, "is no date"),
        ("date:2020..2o22", 11, '"2o22" is no date'),
        ("date:2020...2022", 11, '".2022" is no date'),
        ("date:..", 5, "A date is missing"),
        ("date:2022..2020", 5, "Write date:2020..2022"),
        ("dated:me", 6, '"me" says no date. There are exif, xmp, name, mtime, none.'),
        ("path:/", 5, "A folder or file name is missing"),
        ("near:paris", 5, "Write latitude and longitude"),
        ("near:48.85", 5, "Write latitude and longitude"),
        ("near:48.85,2.35/10", 5, "Write latitude and longitude"),
        ("near:91,0", 5, "A latitude is between"),
        ("near:0,181", 7, "A longitude is between"),
        ("near:0,0/0km", 9, "more than 0"),
        ("near:0,0/1e999km", 9, "more than 0"),
        ("(" * 10_000, DEEPEST, "within each other"),
        ("!" * 10_000, DEEPEST, "within each other"),
        ("a" * (LONGEST + 1), LONGEST, "10,001 characters"),
    ],
)
def test_what_is_no_query_says_what_is_wrong_and_where(text: str, at: int, message: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse(text)
    assert message in str(refused.value)
    assert refused.value.at == at


def test_a_name_knows_where_it_stands() -> None:
    assert [(named.name, named.at) for named in names(parse('ann & !only(bob c, "eve")'))] == [
        ("ann", 0), ("bob c", 12), ("eve", 19),
    ]  # fmt: skip


def test_as_deep_as_may_be() -> None:
    assert parse("(" * DEEPEST + "ann" + ")" * DEEPEST) == ANN


NAMED = st.builds(Named, st.text(min_size=1).filter(str.strip))
PEOPLE = st.lists(NAMED, min_size=2, max_size=4).map(tuple)
DATES = st.sampled_from([("2020", "2020"), ("2019-06", None), (None, "2020-06-14"), ("2019", "2020-01")])
PATTERN = st.text(min_size=1).map(str.strip).filter(lambda text: text.strip("/"))
TERM = st.one_of(
    NAMED,
    st.builds(Only, st.lists(NAMED, min_size=1, max_size=3).map(tuple)),
    st.builds(Together, PEOPLE),
    st.builds(Count, st.sampled_from(Counted), st.sampled_from(Order), st.integers(0, 999_999_999)),
    DATES.map(lambda ends: Dates(*ends)),
    st.builds(Dated, st.sampled_from(Dater)),
    st.builds(InPath, PATTERN),
    st.builds(Camera, PATTERN),
    st.builds(Near, st.floats(-90, 90), st.floats(-180, 180), st.floats(0, 20_000, exclude_min=True)),
)
QUERY = st.recursive(
    TERM,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(All, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Any, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=12,
)


@given(QUERY)
def test_a_query_that_is_written_is_read_as_what_it_was(query: Query) -> None:
    assert parse(render(query)) == query


@given(st.text(alphabet='ab &|!(),"\\:.<>=0129-/ndort', max_size=60) | st.text(max_size=30))
def test_any_text_is_a_query_or_says_where_it_is_none(text: str) -> None:
    try:
        query = parse(text)
    except QueryError as error:
        assert 0 <= error.at <= len(text)
        assert error.message.endswith((".", '"', "km")) or "date:" in error.message
    else:
        assert parse(render(query)) == query
