from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phototag.index import people
from phototag.index.db import Index, transaction
from phototag.index.journal import LabelledFace, NameFaces, RefuseFaces, decide, decision_on, name_key, replay
from phototag.types import Label, Verdict
from tests.index.conftest import LEFT, RIGHT, put_photo


def say(index: Index, who: str, *faces: LabelledFace) -> None:
    with transaction(index.db, durable=True):
        decide(index.db, NameFaces(who, faces), at_ns=1)


def refuse(index: Index, who: str, *faces: LabelledFace) -> None:
    with transaction(index.db, durable=True):
        decide(index.db, RefuseFaces(who, faces), at_ns=2)


@pytest.fixture
def two(index: Index) -> tuple[LabelledFace, LabelledFace]:
    left, right = put_photo(index, "a.jpg", "aa", [LEFT, RIGHT])
    return LabelledFace(left, "aa", LEFT), LabelledFace(right, "aa", RIGHT)


def test_a_name_is_a_label_and_a_person(index: Index, two: tuple[LabelledFace, LabelledFace]) -> None:
    say(index, "elon", two[0])
    assert people.labels(index.db) == [Label(two[0].face, 1, Verdict.IS)]
    assert people.names(index.db) == {1: "elon"}


def test_a_face_has_one_name_the_last(index: Index, two: tuple[LabelledFace, LabelledFace]) -> None:
    say(index, "elon", two[0])
    say(index, "ann", two[0])
    assert people.labels(index.db) == [Label(two[0].face, 2, Verdict.IS)]


def test_a_decision_remembers_what_it_replaced(index: Index, two: tuple[LabelledFace, LabelledFace]) -> None:
    say(index, "elon", two[0])
    say(index, "ann", *two)
    inverses = [json.loads(row[0])["labels"] for row in index.db.execute("SELECT inverse FROM decisions ORDER BY id")]
    assert inverses[0] == []
    (before,) = inverses[1]
    assert (before["face"], before["name"], before["verdict"], before["box"]) == (two[0].face, "elon", "is", list(LEFT))


def test_a_name_given_after_a_new_detection_overrules_the_one_before_it_in_replay_too(
    index: Index, two: tuple[LabelledFace, LabelledFace]
) -> None:
    say(index, "ann", two[0])
    moved = LEFT._replace(left=LEFT.left + 0.03, right=LEFT.right + 0.03)
    (new,) = put_photo(index, "a.jpg", "aa", [moved])
    say(index, "bob", LabelledFace(new, "aa", moved))
    before = people.labels(index.db)
    assert [label.face for label in before] == [new]
    with transaction(index.db):
        replay(index.db)
    assert people.labels(index.db) == before


@pytest.mark.parametrize("again", ["Élise", "élise", "  ÉLISE ", unicodedata.normalize("NFD", "Élise"), "Élise\u00a0"])
def test_a_name_typed_another_way_is_the_same_person(
    index: Index, two: tuple[LabelledFace, LabelledFace], again: str
) -> None:
    say(index, "Élise", two[0])
    say(index, again, two[1])
    assert people.names(index.db) == {1: "Élise"}


def test_other_names_are_other_people() -> None:
    assert len({name_key(name) for name in ("ann", "anna", "ann b", "annb", "än")}) == 5


DECISIONS = st.lists(
    st.tuples(
        st.sampled_from([NameFaces, RefuseFaces]),
        st.sampled_from(["ann", "Ben", "elon"]),
        st.sets(st.sampled_from([0, 1]), min_size=1),
    )
)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DECISIONS)
def test_people_and_labels_are_what_the_decisions_come_to(
    index: Index,
    two: tuple[LabelledFace, LabelledFace],
    decisions: list[tuple[type[NameFaces] | type[RefuseFaces], str, set[int]]],
) -> None:
    for kind, who, which in decisions:
        with transaction(index.db, durable=True):
            decide(index.db, kind(who, tuple(two[i] for i in sorted(which))), at_ns=1)
    before = people.labels(index.db), people.names(index.db)
    with transaction(index.db):
        replay(index.db)
    assert (people.labels(index.db), people.names(index.db)) == before


def test_replay_finds_faces_that_were_detected_anew(index: Index, two: tuple[LabelledFace, LabelledFace]) -> None:
    say(index, "elon", two[0])
    moved = LEFT._replace(left=LEFT.left + 0.03, right=LEFT.right + 0.03)
    (new,) = put_photo(index, "a.jpg", "aa", [moved])
    with transaction(index.db):
        replay(index.db)
    assert [label.face for label in people.labels(index.db)] == [new]


# Somebody is not somebody


def verdicts(index: Index) -> list[tuple[str, Verdict]]:
    """Name and verdict of every label, by face and then by person."""
    names = people.names(index.db)
    return [(names[label.person], label.verdict) for label in people.labels(index.db)]


IS, IS_NOT = Verdict.IS, Verdict.IS_NOT


def test_a_refusal_is_a_label_and_names_nobody(index: Index, two: tuple[LabelledFace, LabelledFace]) -> None:
    refuse(index, "elon", two[0])
    assert people.labels(index.db) == [Label(two[0].face, 1, IS_NOT)]
    assert people.count_people(index.db) == []


def test_refusing_takes_that_name_away_and_no_other(index: Index, two: tuple[LabelledFace, LabelledFace]) -> None:
    say(index, "elon", two[0])
    refuse(index, "ann", two[0])
    assert verdicts(index) == [("elon", IS), ("ann", IS_NOT)]
    refuse(index, "ELON", two[0])
    assert verdicts(index) == [("elon", IS_NOT), ("ann", IS_NOT)]


def test_naming_takes_that_refusal_away_and_no_other(index: Index, two: tuple[LabelledFace, LabelledFace]) -> None:
    refuse(index, "elon", two[0])
    refuse(index, "ann", two[0])
    say(index, "elon", two[0])
    assert verdicts(index) == [("elon", IS), ("ann", IS_NOT)]
    say(index, "zoe", two[0])
    assert verdicts(index) == [("ann", IS_NOT), ("zoe", IS)]


def test_refusing_twice_is_refusing_once(index: Index, two: tuple[LabelledFace, LabelledFace]) -> None:
    for _ in range(2):
        refuse(index, "elon", *two)
    assert verdicts(index) == [("elon", IS_NOT)] * 2


def test_a_refusal_remembers_what_it_replaced(index: Index, two: tuple[LabelledFace, LabelledFace]) -> None:
    say(index, "elon", two[0])
    refuse(index, "elon", two[0])
    kind, inverse = index.db.execute("SELECT kind, inverse FROM decisions ORDER BY id DESC LIMIT 1").fetchone()
    assert kind == "refuse"
    assert [(label["name"], label["verdict"]) for label in json.loads(inverse)["labels"]] == [("elon", "is")]


def test_a_refusal_follows_its_face_and_is_replayed_there(index: Index, two: tuple[LabelledFace, LabelledFace]) -> None:
    refuse(index, "elon", two[0])
    say(index, "ann", two[0])
    moved = LEFT._replace(left=LEFT.left + 0.03, right=LEFT.right + 0.03)
    (new,) = put_photo(index, "a.jpg", "aa", [moved])
    assert new != two[0].face
    followed = people.labels(index.db)
    assert followed == [Label(new, 1, IS_NOT), Label(new, 2, IS)]
    with transaction(index.db):
        replay(index.db)
    assert people.labels(index.db) == followed


def test_the_decision_that_named_a_face_is_known(index: Index, two: tuple[LabelledFace, LabelledFace]) -> None:
    assert decision_on(index.db, two[0].face) is None
    say(index, "elon", two[1])
    say(index, "elon", two[0])
    assert decision_on(index.db, two[0].face) == (2, 1)
    refuse(index, "elon", two[0])
    assert decision_on(index.db, two[0].face) is None
    assert decision_on(index.db, two[1].face) == (1, 1)
