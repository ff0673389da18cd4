from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phototag.core.names import name_key
from phototag.index import cells, faces, journal, people, photos
from phototag.index.db import Index, transaction
from phototag.index.draft import Draft
from phototag.index.journal import ConflictError, Kind, decide, decision_on, dependents, history, redo, replay, undo
from phototag.index.spots import Spot, drawn_spot
from phototag.types import Box, Label, Verdict
from tests.index.conftest import LEFT, NEWER, RIGHT, name, put_photo, refuse

IS, IS_NOT = Verdict.IS, Verdict.IS_NOT
FAR_RIGHT = Box(0.7, 0.6, 0.9, 0.8)


@pytest.fixture
def two(index: Index) -> tuple[Spot, Spot]:
    left, right = put_photo(index, "a.jpg", "aa", [LEFT, RIGHT])
    return Spot(left, "aa", LEFT), Spot(right, "aa", RIGHT)


def verdicts(index: Index) -> list[tuple[str, Verdict]]:
    """Name and verdict of every label, by face and then by person."""
    names = people.names(index.db)
    return [(names[label.person], label.verdict) for label in people.labels(index.db)]


def state(index: Index) -> list[list[tuple[object, ...]]]:
    """All that was said, without who was only introduced."""
    return [
        index.db.execute(sql).fetchall()
        for sql in (
            "SELECT * FROM labels ORDER BY 1, 2, 3",
            "SELECT * FROM not_faces ORDER BY 1",
            "SELECT * FROM collages ORDER BY 1",
            "SELECT * FROM drawn ORDER BY 1",
            "SELECT id FROM faces ORDER BY 1",
            "SELECT id, name, ignored FROM people WHERE id IN (SELECT person_id FROM labels) ORDER BY 1",
        )
    ]


def take_back(index: Index, number: int | None) -> None:
    assert number is not None
    with transaction(index.db, durable=True):
        undo(index.db, number, at_ns=9)


def put_back(index: Index, number: int | None) -> None:
    assert number is not None
    with transaction(index.db, durable=True):
        redo(index.db, number, at_ns=9)


# Naming and refusing


def test_a_name_is_a_label_and_a_person(index: Index, two: tuple[Spot, Spot]) -> None:
    assert name(index, "elon", two[0]) == 1
    assert people.labels(index.db) == [Label(two[0].id, 1, IS)]
    assert people.names(index.db) == {1: "elon"}


def test_a_face_has_one_name_the_last(index: Index, two: tuple[Spot, Spot]) -> None:
    name(index, "elon", two[0])
    name(index, "ann", two[0])
    assert verdicts(index) == [("ann", IS)]


def test_what_was_said_before_is_no_new_decision(index: Index, two: tuple[Spot, Spot]) -> None:
    assert name(index, "elon", two[0]) == 1
    assert name(index, "elon", two[0]) is None
    assert [decision.id for decision in history(index.db)] == [1]


@pytest.mark.parametrize("again", ["Élise", "élise", "  ÉLISE ", unicodedata.normalize("NFD", "Élise"), "Élise\u00a0"])
def test_a_name_typed_another_way_is_the_same_person(index: Index, two: tuple[Spot, Spot], again: str) -> None:
    name(index, "Élise", two[0])
    name(index, again, two[1])
    assert people.names(index.db) == {1: "Élise"}


def test_other_names_are_other_people() -> None:
    assert len({name_key(name) for name in ("ann", "anna", "ann b", "annb", "än")}) == 5


def test_a_refusal_is_a_label_and_names_nobody(index: Index, two: tuple[Spot, Spot]) -> None:
    refuse(index, "elon", two[0])
    assert people.labels(index.db) == [Label(two[0].id, 1, IS_NOT)]
    assert people.count_people(index.db) == []


def test_refusing_takes_that_name_away_and_no_other(index: Index, two: tuple[Spot, Spot]) -> None:
    name(index, "elon", two[0])
    refuse(index, "ann", two[0])
    assert verdicts(index) == [("elon", IS), ("ann", IS_NOT)]
    refuse(index, "ELON", two[0])
    assert verdicts(index) == [("elon", IS_NOT), ("ann", IS_NOT)]


def test_naming_takes_that_refusal_away_and_no_other(index: Index, two: tuple[Spot, Spot]) -> None:
    refuse(index, "elon", two[0])
    refuse(index, "ann", two[0])
    name(index, "elon", two[0])
    assert verdicts(index) == [("elon", IS), ("ann", IS_NOT)]
    name(index, "zoe", two[0])
    assert verdicts(index) == [("ann", IS_NOT), ("zoe", IS)]


def test_the_decision_that_named_a_face_is_known(index: Index, two: tuple[Spot, Spot]) -> None:
    assert decision_on(index.db, two[0].id) is None
    name(index, "elon", two[1])
    name(index, "elon", two[0])
    assert decision_on(index.db, two[0].id) == (2, 1)
    refuse(index, "elon", two[0])
    assert decision_on(index.db, two[0].id) is None
    assert decision_on(index.db, two[1].id) == (1, 1)
    take_back(index, 3)
    assert decision_on(index.db, two[0].id) == (2, 1)


@pytest.mark.parametrize("table", ["decisions", "changes"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET rowid_ = 1"])
def test_the_journal_is_only_ever_added_to(index: Index, two: tuple[Spot, Spot], table: str, statement: str) -> None:
    name(index, "elon", two[0])
    column = {"decisions": "at_ns", "changes": "was"}[table]
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        index.db.execute(statement.format(table).replace("rowid_", column))


# Names follow their faces


def moved(box: Box) -> Box:
    return box._replace(left=box.left + 0.03, right=box.right + 0.03)


def test_a_face_that_was_detected_anew_is_the_one_that_was_spoken_of(index: Index, two: tuple[Spot, Spot]) -> None:
    name(index, "ann", two[0])
    (new,) = put_photo(index, "a.jpg", "aa", [moved(LEFT)])
    assert new != two[0].id
    name(index, "bob", Spot(new, "aa", moved(LEFT)))
    assert people.labels(index.db) == [Label(new, 2, IS)]
    take_back(index, 2)
    assert people.labels(index.db) == [Label(new, 1, IS)]


def test_what_was_said_survives_a_detection_that_finds_nothing(index: Index, two: tuple[Spot, Spot]) -> None:
    refuse(index, "elon", two[0])
    name(index, "ann", two[0])
    put_photo(index, "a.jpg", "aa", [], NEWER)
    assert people.labels(index.db) == []
    put_photo(index, "a.jpg", "aa", [moved(LEFT), RIGHT], NEWER)
    assert verdicts(index) == [("elon", IS_NOT), ("ann", IS)]


def test_a_face_that_was_spoken_of_stays_where_the_same_engine_misses_it(index: Index, two: tuple[Spot, Spot]) -> None:
    name(index, "ann", two[0])
    put_photo(index, "a.jpg", "aa", [])
    assert (faces.count_faces(index.db), verdicts(index)) == (1, [("ann", IS)])


def test_two_spots_never_meet_at_one_face(index: Index, two: tuple[Spot, Spot]) -> None:
    name(index, "ann", two[0])
    name(index, "bob", two[1])
    between = Box(LEFT.left, LEFT.top, LEFT.right + 0.05, LEFT.bottom)
    put_photo(index, "a.jpg", "aa", [between], NEWER)
    assert verdicts(index) == [("ann", IS)]
    put_photo(index, "a.jpg", "aa", [LEFT, RIGHT], NEWER)
    assert verdicts(index) in ([("ann", IS), ("bob", IS)], [("bob", IS), ("ann", IS)])


# Other things that can be said


def test_what_is_no_face_is_nobody_and_takes_no_part(index: Index, two: tuple[Spot, Spot]) -> None:
    name(index, "elon", *two)
    with transaction(index.db):
        draft = Draft(index.db)
        draft.no_face(two[0])
        number = decide(index.db, Kind.NOT_A_FACE, {"faces": 1}, draft, 1)
    assert (photos.face_ids(index.db), photos.no_faces(index.db)) == ([two[1].id], [two[0].id])
    assert (faces.count_faces(index.db), len(people.labels(index.db))) == (1, 1)
    take_back(index, number)
    assert photos.no_faces(index.db) == []
    assert len(people.labels(index.db)) == 2


def test_naming_what_is_no_face_makes_it_one(index: Index, two: tuple[Spot, Spot]) -> None:
    with transaction(index.db):
        draft = Draft(index.db)
        draft.no_face(two[0])
        decide(index.db, Kind.NOT_A_FACE, {"faces": 1}, draft, 1)
    name(index, "elon", two[0])
    assert photos.no_faces(index.db) == []


def test_a_renamed_person_is_the_same_person(index: Index, two: tuple[Spot, Spot]) -> None:
    name(index, "bob", two[0])
    with transaction(index.db):
        draft = Draft(index.db)
        draft.rename(1, "Robert")
        decide(index.db, Kind.RENAME, {"name": "bob", "new": "Robert"}, draft, 1)
    name(index, "robert", two[1])
    assert {label.person for label in people.labels(index.db)} == {1}
    take_back(index, 2)
    assert people.names(index.db)[1] == "bob"


def test_merged_people_are_one_and_their_refusals_too(index: Index, two: tuple[Spot, Spot]) -> None:
    (third,) = put_photo(index, "b.jpg", "bb", [LEFT])
    name(index, "ann", two[0])
    name(index, "anna", two[1])
    refuse(index, "anna", Spot(third, "bb", LEFT), two[0])
    before = state(index)
    with transaction(index.db):
        draft = Draft(index.db)
        draft.merge(2, 1)
        number = decide(index.db, Kind.MERGE, {"name": "ann", "others": ["anna"], "faces": 1}, draft, 1)
    said = {(label.face, label.person, label.verdict) for label in people.labels(index.db)}
    assert {(two[0].id, 1, IS), (two[1].id, 1, IS), (third, 1, IS_NOT)} <= said
    assert people.find_person(index.db, "anna") is None
    take_back(index, number)
    assert state(index) == before


# Undo and redo


def test_an_undone_name_is_gone_and_can_be_put_back(index: Index, two: tuple[Spot, Spot]) -> None:
    number = name(index, "elon", *two)
    named = state(index)
    take_back(index, number)
    assert people.labels(index.db) == []
    assert people.find_person(index.db, "elon") is None
    assert [(d.id, d.kind, d.of, d.is_active) for d in history(index.db)] == [
        (2, Kind.UNDO, 1, False),
        (1, Kind.NAME, None, False),
    ]
    put_back(index, number)
    assert state(index) == named
    assert [d.is_active for d in history(index.db)] == [False, False, True]


def test_two_names_given_one_after_the_other_do_not_depend_on_each_other(index: Index, two: tuple[Spot, Spot]) -> None:
    first, second = name(index, "elon", two[0]), name(index, "elon", two[1])
    take_back(index, first)
    assert people.labels(index.db) == [Label(two[1].id, 1, IS)]
    assert people.find_person(index.db, "elon") is not None
    take_back(index, second)
    put_back(index, first)
    assert people.labels(index.db) == [Label(two[0].id, 1, IS)]


def test_what_a_later_decision_builds_on_cannot_be_taken_back(index: Index, two: tuple[Spot, Spot]) -> None:
    name(index, "elon", *two)
    name(index, "ann", two[1])
    name(index, "bob", two[1])
    assert dependents(index.db, 1) == [2, 3]
    before = state(index)
    with pytest.raises(ConflictError) as caught:
        take_back(index, 1)
    assert caught.value.decisions == [2, 3]
    assert state(index) == before
    take_back(index, 3)
    take_back(index, 2)
    take_back(index, 1)
    assert people.labels(index.db) == []


def test_what_would_contradict_a_later_decision_cannot_be_taken_back(index: Index, two: tuple[Spot, Spot]) -> None:
    """Bob was ann before, and not to be ann was said since."""
    name(index, "ann", two[0])
    name(index, "bob", two[0])
    refuse(index, "ann", two[0])
    with pytest.raises(ConflictError) as caught:
        take_back(index, 2)
    assert 3 in caught.value.decisions
    assert verdicts(index) == [("ann", IS_NOT), ("bob", IS)]


def test_what_was_said_otherwise_since_cannot_be_put_back(index: Index, two: tuple[Spot, Spot]) -> None:
    take_back(index, name(index, "ann", two[0]))
    other = name(index, "bob", two[0])
    with pytest.raises(ConflictError) as caught:
        put_back(index, 1)
    assert caught.value.decisions == [other]
    assert verdicts(index) == [("bob", IS)]


def test_a_refusal_cannot_be_put_back_over_the_name_itself(index: Index, two: tuple[Spot, Spot]) -> None:
    take_back(index, refuse(index, "ann", two[0]))
    name(index, "ann", two[0])
    with pytest.raises(ConflictError):
        put_back(index, 1)
    assert verdicts(index) == [("ann", IS)]


def test_what_it_built_on_must_be_put_back_first(index: Index, two: tuple[Spot, Spot]) -> None:
    first, second = name(index, "ann", two[0]), name(index, "bob", two[0])
    take_back(index, second)
    take_back(index, first)
    with pytest.raises(ConflictError) as caught:
        put_back(index, second)
    assert caught.value.decisions == [first]
    put_back(index, first)
    put_back(index, second)
    assert verdicts(index) == [("bob", IS)]


def test_two_people_never_have_one_name(index: Index, two: tuple[Spot, Spot]) -> None:
    take_back(index, name(index, "ann", two[0]))
    name(index, "bob", two[1])
    with transaction(index.db):
        draft = Draft(index.db)
        draft.rename(2, "ann")
        decide(index.db, Kind.RENAME, {"name": "bob", "new": "ann"}, draft, 1)
    with pytest.raises(ConflictError):
        put_back(index, 1)
    assert verdicts(index) == [("ann", IS)]


# The state is a function of the journal


def beside(spot: Spot) -> Spot:
    """A place where no face is found."""
    return drawn_spot(spot.photo, Box(spot.box.left, 0.4, spot.box.right, 0.55))


def below(spot: Spot) -> Spot:
    """Another one, for each."""
    return drawn_spot(spot.photo, Box(spot.box.left, 0.82, spot.box.right, 0.99))


VERBS: dict[str, Callable[[Draft, Spot, int], None]] = {
    "name": lambda draft, spot, person: draft.name(spot, person),
    "refuse": lambda draft, spot, person: draft.refuse(spot, person),
    "no face": lambda draft, spot, person: draft.no_face(spot),
    "ignore": lambda draft, spot, person: draft.ignore(person),
    "notice": lambda draft, spot, person: draft.ignore(person, ignored=False),
    "collage": lambda draft, spot, person: draft.collage(spot.photo),
    "merge": lambda draft, spot, person: draft.merge(draft.person("ann"), person),
    "somebody": lambda draft, spot, person: draft.name(spot, draft.somebody(7)),
    "draw": lambda draft, spot, person: draft.draw(beside(spot)),
    "name drawn": lambda draft, spot, person: draft.name(beside(spot), person),
    "redraw": lambda draft, spot, person: draft.redraw(beside(spot), below(spot)),
    "remove drawn": lambda draft, spot, person: draft.no_face(beside(spot)),
    "rename": lambda draft, spot, person: draft.rename(person, f"{person}th"),
}
SAYINGS = st.lists(
    st.tuples(st.sampled_from(sorted(VERBS)), st.sampled_from(["ann", "Ben", "elon"]), st.sets(st.integers(0, 2))),
    max_size=12,
)


def say(index: Index, verb: str, who: str, faces: list[Spot]) -> int | None:
    with transaction(index.db, durable=True):
        draft = Draft(index.db)
        person = draft.person(who)
        for face in faces:
            VERBS[verb](draft, face, person)
        return decide(index.db, Kind.NAME, {"name": who, "faces": len(faces)}, draft, at_ns=1)


@pytest.fixture
def three(index: Index) -> list[Spot]:
    boxes = [LEFT, RIGHT, FAR_RIGHT]
    return [Spot(face, "aa", box) for face, box in zip(put_photo(index, "a.jpg", "aa", boxes), boxes, strict=True)]


def afresh(index: Index) -> None:
    """Hypothesis calls a test many times with one index: nothing was said in it yet."""
    db = index.db
    for trigger in ("decisions_are_never_removed", "changes_are_never_removed"):
        db.execute(f"DROP TRIGGER IF EXISTS {trigger}")
    for table in ("labels", "not_faces", "collages", "drawn", "bindings", "spots", "changes", "decisions", "people"):
        db.execute(f"DELETE FROM {table}")
    db.execute("DELETE FROM faces WHERE id NOT IN (SELECT face_id FROM vectors)")


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SAYINGS, st.data())
def test_as_many_undos_as_decisions_lead_back_and_as_many_redos_forth_again(
    index: Index, three: list[Spot], sayings: list[tuple[str, str, set[int]]], data: st.DataObject
) -> None:
    afresh(index)
    states = [state(index)]
    numbers = []
    for verb, who, which in sayings:
        try:
            number = say(index, verb, who, [three[i] for i in sorted(which)])
        except ConflictError:
            continue
        if number is not None:
            numbers.append(number)
            states.append(state(index))
    back = data.draw(st.integers(0, len(numbers)))
    for number, before in zip(numbers[::-1][:back], states[-2::-1], strict=False):
        take_back(index, number)
        assert state(index) == before
    for number, after in zip(numbers[len(numbers) - back :], states[len(numbers) - back + 1 :], strict=True):
        put_back(index, number)
        assert state(index) == after


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SAYINGS, st.lists(st.tuples(st.booleans(), st.integers(1, 14)), max_size=12))
def test_what_was_said_is_what_the_journal_comes_to(
    index: Index, three: list[Spot], sayings: list[tuple[str, str, set[int]]], changes_of_mind: list[tuple[bool, int]]
) -> None:
    """Decisions, some of them taken back and put back wherever that is allowed, in any order."""
    afresh(index)
    for verb, who, which in sayings:
        try:
            say(index, verb, who, [three[i] for i in sorted(which)])
        except ConflictError:
            continue
    for wants_back, which in changes_of_mind:
        known = [d for d in history(index.db) if d.of is None and d.is_active is wants_back]
        if known:
            number = known[which % len(known)].id
            try:
                (take_back if wants_back else put_back)(index, number)
            except ConflictError:
                continue
    before = state(index)
    with transaction(index.db):
        replay(index.db)
    assert state(index) == before


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SAYINGS, st.integers(0, 11))
def test_taking_back_one_decision_is_as_if_it_had_never_been(
    index: Index, three: list[Spot], sayings: list[tuple[str, str, set[int]]], which: int
) -> None:
    """Of one on which nothing builds: what the cells of the others hold is untouched."""
    afresh(index)
    for verb, who, spots in sayings:
        try:
            say(index, verb, who, [three[i] for i in sorted(spots)])
        except ConflictError:
            continue
    free = [d.id for d in history(index.db) if not dependents(index.db, d.id)]
    if not free:
        return
    number = free[which % len(free)]
    mine = index.db.execute("SELECT cell, was FROM changes WHERE decision_id = ?", (number,)).fetchall()
    others = index.db.execute("SELECT DISTINCT cell FROM changes WHERE cell NOT LIKE 'person %'").fetchall()
    before = {cell: cells.read(index.db, cell) for (cell,) in others}
    try:
        take_back(index, number)
    except ConflictError:
        assert {cell: cells.read(index.db, cell) for cell in before} == before
        return
    after = {cell: cells.read(index.db, cell) for cell in before}
    changed = {cell: was for cell, was in mine if not cell.startswith("person ")}
    assert {cell: held.content for cell, held in after.items() if cell in changed} == changed
    assert {c: h for c, h in after.items() if c not in changed} == {c: h for c, h in before.items() if c not in changed}


def test_every_kind_of_decision_is_spelt_as_it_was(index: Index) -> None:
    """They are in the indexes of users."""
    assert {kind.value for kind in journal.Kind} >= {"name", "reject", "merge", "split", "move", "rename", "ignore"}
