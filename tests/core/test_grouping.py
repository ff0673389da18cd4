"""Most faces here are points on a circle, named and placed by hand: faces 10 degrees apart have a distance of 0.17,
17 degrees are just within eps (0.30), 23 degrees just within the cut (0.40)."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phototag.core import grouping
from phototag.core.grouping import Group, group_faces, persistent_ids
from phototag.core.vectors import normalise
from phototag.types import Label, Thresholds, Verdict

THRESHOLDS = Thresholds(group=0.30, group_min_faces=2, cut=0.40, strong=0.2, possible=0.3, largest_gap=0.1)
ANNA, BEN = 1, 2


def on_circle(degrees: list[float]) -> np.ndarray:
    radians = np.deg2rad(degrees)
    return np.stack([np.cos(radians), np.sin(radians)], axis=1).astype(np.float32)


def grouped(
    faces: dict[str, float],
    labels: list[Label] | None = None,
    thresholds: Thresholds = THRESHOLDS,
    weak: Collection[str] = frozenset(),
) -> list[str]:
    """Group faces given as name -> degrees; each group as its names in order, for letters to be read as a word."""
    found = group_faces(list(faces), on_circle(list(faces.values())), labels or [], thresholds, weak)
    return ["".join(sorted(group)) for group in found]


def is_(face: str, person: int) -> Label:
    return Label(face, person, Verdict.IS)


def is_not(face: str, person: int) -> Label:
    return Label(face, person, Verdict.IS_NOT)


# Without labels


def test_near_faces_are_a_group_and_a_loner_is_none() -> None:
    assert grouped({"a": 0, "b": 10, "c": 90, "d": 100, "e": 200}) == ["ab", "cd"]


def test_the_largest_group_comes_first_and_equals_by_name() -> None:
    assert grouped({"a": 0, "b": 5, "c": 90, "d": 95, "e": 100, "f": 180, "g": 185}) == ["cde", "ab", "fg"]


def test_faces_over_eps_apart_are_no_group() -> None:
    assert grouped({"a": 0, "b": 17}) == ["ab"]
    assert grouped({"a": 0, "b": 18}) == []


def test_a_pair_is_no_group_where_three_are_asked_for() -> None:
    faces = {"a": 0, "b": 10, "c": 90, "d": 95, "e": 100}
    assert grouped(faces, thresholds=replace(THRESHOLDS, group_min_faces=3)) == ["cde"]


@pytest.mark.parametrize("faces", [{}, {"a": 0}, {"a": 0, "b": 180}])
def test_where_nobody_is_alike_there_are_no_groups(faces: dict[str, float]) -> None:
    assert grouped(faces) == []


@pytest.mark.parametrize("names", ["abcd-ijkl", "ijkl-abcd"])
def test_a_border_face_goes_to_its_nearest_core(names: str) -> None:
    left, right = names.split("-")
    faces = dict(zip(left, (-4, 0, 4, 8), strict=True)) | {"x": 24} | dict(zip(right, (38, 42, 46, 50), strict=True))
    assert grouped(faces, thresholds=replace(THRESHOLDS, group_min_faces=4)) == [right + "x", left]


def test_a_chain_that_dbscan_joins_is_cut() -> None:
    chain = {"a": 0, "b": 4, "c": 8, "m": 24, "n": 40, "x": 56, "y": 60, "z": 64}
    assert grouped(chain, thresholds=replace(THRESHOLDS, cut=2.0)) == ["abcmnxyz"]
    assert grouped(chain) == ["abc", "xyz", "mn"]


def test_a_group_too_large_to_cut_is_broken_up_by_a_tighter_eps(monkeypatch: pytest.MonkeyPatch) -> None:
    faces = {"a": 0, "b": 1, "c": 2, "x": 16.5, "y": 17.5, "z": 18.5}
    assert grouped(faces) == ["abcxyz"]
    monkeypatch.setattr(grouping, "LARGEST_CUT", 4)
    assert grouped(faces) == ["abc", "xyz"]


def test_what_a_tighter_eps_leaves_over_is_in_no_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "LARGEST_CUT", 4)
    assert grouped({"a": 0, "b": 1, "c": 2, "d": 3, "x": 18}) == ["abcd"]


def test_equal_faces_too_many_to_cut_are_one_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "LARGEST_CUT", 2)
    monkeypatch.setattr(grouping, "TIGHTER", 1e-30)  # so that for ever is soon
    assert grouped({"a": 0, "b": 0, "c": 0}) == ["abc"]


# Weak faces


def test_a_weak_face_joins_the_group_it_is_near() -> None:
    assert grouped({"a": 0, "b": 1, "w": 2}, weak={"w"}) == ["abw"]


def test_weak_faces_found_no_group() -> None:
    assert grouped({"v": 0, "w": 1, "x": 2}, weak={"v", "w", "x"}) == []
    assert grouped({"a": 0, "w": 1}, weak={"w"}) == []


def test_a_weak_face_is_no_bridge() -> None:
    faces = {"a": 0, "b": 1, "m": 11.5, "x": 23, "y": 24}
    assert grouped(faces) == ["abmxy"]
    assert grouped(faces, weak={"m"}) == ["abm", "xy"]


# With labels


def test_faces_of_one_person_are_together_however_far_apart() -> None:
    assert grouped({"a": 0, "b": 10, "c": 90, "d": 100}, [is_("a", ANNA), is_("c", ANNA)]) == ["abcd"]


def test_a_named_loner_joins_the_persons_group() -> None:
    assert grouped({"a": 0, "b": 10, "x": 180}, [is_("a", ANNA), is_("x", ANNA)]) == ["abx"]


def test_named_faces_are_together_even_where_nothing_is_dense() -> None:
    thresholds = replace(THRESHOLDS, group_min_faces=3)
    assert grouped({"a": 0, "x": 180}, [is_("a", ANNA), is_("x", ANNA)], thresholds) == ["ax"]


def test_two_people_in_one_group_are_split_between_the_nearest() -> None:
    faces = {"a": 0, "b": 5, "c": 15, "d": 20}
    assert grouped(faces) == ["abcd"]
    assert grouped(faces, [is_("a", ANNA), is_("d", BEN)]) == ["ab", "cd"]


def test_a_named_face_stays_with_its_person_among_faces_of_another() -> None:
    faces = {"a": 0, "b": 5, "c": 6, "d": 10}
    assert grouped(faces, [is_("a", ANNA), is_("b", ANNA), is_("c", BEN), is_("d", BEN)]) == ["ab", "cd"]


def test_a_face_that_is_not_somebody_leaves_the_group() -> None:
    assert grouped({"a": 0, "b": 5, "c": 10}, [is_("a", ANNA), is_not("c", ANNA)]) == ["ab"]


def test_a_face_that_is_not_the_nearest_person_is_not_given_to_the_next() -> None:
    faces = {"a": 0, "b": 5, "c": 15, "d": 20}
    assert grouped(faces, [is_("a", ANNA), is_("d", BEN), is_not("b", ANNA)]) == ["cd"]


def test_a_refusal_of_somebody_else_changes_nothing() -> None:
    assert grouped({"a": 0, "b": 5, "c": 10}, [is_("a", ANNA), is_not("c", BEN)]) == ["abc"]


def test_a_refusal_does_not_break_up_a_group_of_unknowns() -> None:
    assert grouped({"a": 0, "b": 5, "c": 10}, [is_not("c", ANNA)]) == ["abc"]


def test_a_person_with_one_face_is_no_group() -> None:
    assert grouped({"a": 0, "b": 5}, [is_("a", ANNA), is_("b", BEN)]) == []


def test_labels_of_other_faces_are_ignored() -> None:
    assert grouped({"a": 0, "b": 5}, [is_("a", ANNA), is_("gone", ANNA), is_not("lost", ANNA)]) == ["ab"]


people = st.sampled_from([ANNA, BEN, 3])
letters = st.sampled_from("abcdefgh")


@settings(deadline=None)  # the first example imports scikit-learn
@given(
    st.lists(st.floats(0, 90), min_size=8, max_size=8),
    st.dictionaries(letters, people, max_size=5),
    st.sets(st.tuples(letters, people), max_size=5),
)
def test_what_a_person_said_holds(degrees: list[float], named: dict[str, int], refused: set[tuple[str, int]]) -> None:
    refused = {(face, person) for face, person in refused if named.get(face) != person}
    labels = [is_(*name) for name in named.items()] + [is_not(*refusal) for refusal in refused]
    groups = grouped(dict(zip("abcdefgh", degrees, strict=True)), labels)
    home = {face: group for group in groups for face in group}
    assert len("".join(groups)) == len(home)  # nobody is in two groups
    for a, person in named.items():
        for b, other in named.items():
            if a != b:
                assert (a in home and home[a] == home.get(b)) == (person == other)
    for face, person in refused:
        assert person not in {named.get(neighbour) for neighbour in home.get(face, "")}


# The order in which faces come


def test_a_tie_is_not_decided_by_the_order() -> None:
    degrees = {"a": -17, "b": 0, "c": 17}  # the cut leaves b with either neighbour, but not with both
    for order in permutations("abc"):
        assert grouped({name: degrees[name] for name in order}) == ["ab"]


def test_a_face_between_two_people_is_not_given_by_the_order() -> None:
    degrees = {"a": 5, "b": 0, "c": -5, "d": 6}
    labels = [is_("a", BEN), is_("c", ANNA), is_("d", BEN)]
    for order in permutations("abcd"):
        assert grouped({name: degrees[name] for name in order}, labels) == ["abd"]


def crowd(seed: int) -> tuple[list[str], np.ndarray]:
    """Forty faces in 128 dimensions: five people, a bridge between two of them, and strangers."""
    draw = np.random.default_rng(seed)
    people = draw.standard_normal((5, 128)) / np.sqrt(128)
    faces = np.repeat(people, 6, axis=0) + draw.standard_normal((30, 128)) * 0.0125
    shares = np.linspace(0, 1, 7)[1:-1, None]
    bridge = (1 - shares) * people[0] + shares * people[1]
    strangers = draw.standard_normal((5, 128)) / np.sqrt(128)
    names = [f"{number:016x}" for number in draw.permutation(40)]
    return names, normalise(np.concatenate([faces, bridge, strangers]).astype(np.float32))


@pytest.mark.parametrize("min_faces", [2, 4])
def test_a_hundred_orders_give_the_same_groups(min_faces: int) -> None:
    names, vectors = crowd(seed=7)
    labels = [is_(names[0], ANNA), is_(names[7], BEN), is_(names[8], ANNA), is_not(names[1], ANNA)]
    thresholds = replace(THRESHOLDS, group_min_faces=min_faces)
    expected = group_faces(names, vectors, labels, thresholds)
    assert len(expected) >= 5
    shuffle = random.Random(7).shuffle
    for _ in range(100):
        order = list(range(40))
        shuffle(order)
        shuffle(labels)
        assert group_faces([names[i] for i in order], vectors[order], labels, thresholds) == expected


def test_the_people_of_a_crowd_are_the_groups() -> None:
    names, vectors = crowd(seed=7)
    expected = {frozenset(names[6 * person : 6 * person + 6]) for person in range(5)}
    found = group_faces(names[:30], vectors[:30], [], THRESHOLDS)
    assert set(found) == expected


# Numbers of groups


def words(*groups: str) -> list[Group]:
    return [frozenset(group) for group in groups]


def test_the_first_groups_are_numbered_from_the_next_id() -> None:
    assert persistent_ids({}, words("ab", "cd"), 5) == [5, 6]


def test_a_group_that_grew_keeps_its_id() -> None:
    assert persistent_ids({3: frozenset("ab")}, words("abc"), 10) == [3]


def test_the_order_of_new_groups_does_not_matter_to_their_ids() -> None:
    old = {3: frozenset("ab"), 4: frozenset("cd")}
    assert persistent_ids(old, words("cd", "xy", "ab"), 10) == [4, 10, 3]


def test_when_a_group_falls_apart_the_larger_part_keeps_the_id() -> None:
    assert persistent_ids({3: frozenset("abcde")}, words("ab", "cde"), 10) == [10, 3]


def test_when_groups_grow_together_the_larger_one_gives_the_id() -> None:
    assert persistent_ids({3: frozenset("ab"), 4: frozenset("cde")}, words("abcde"), 10) == [4]


def test_a_face_that_changed_sides_changes_no_id() -> None:
    old = {3: frozenset("abc"), 4: frozenset("xyz")}
    assert persistent_ids(old, words("ab", "cxyz"), 10) == [3, 4]


def test_an_equal_share_goes_to_the_lower_id_and_the_earlier_group() -> None:
    assert persistent_ids({4: frozenset("cd"), 3: frozenset("ab")}, words("abcd"), 10) == [3]
    assert persistent_ids({3: frozenset("abcd")}, words("ab", "cd"), 10) == [3, 10]


def test_a_group_of_other_faces_gets_a_fresh_id() -> None:
    assert persistent_ids({3: frozenset("ab")}, words("xy"), 10) == [10]


def test_no_groups_need_no_ids() -> None:
    assert persistent_ids({3: frozenset("ab")}, [], 10) == []


partitions = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 3)).map(
    lambda home: [frozenset(face for face in home if home[face] == group) for group in sorted(set(home.values()))]
)


@given(partitions, partitions)
def test_an_id_is_given_once_and_an_old_one_only_to_a_relative(before: list[Group], after: list[Group]) -> None:
    old = dict(enumerate(before))
    given_ids = persistent_ids(old, after, next_id=len(before))
    assert len(set(given_ids)) == len(after)
    assert all(old[number] & group for number, group in zip(given_ids, after, strict=True) if number in old)
    fresh = [number for number in given_ids if number not in old]
    assert fresh == list(range(len(before), len(before) + len(fresh)))


@given(partitions)
def test_groups_that_stayed_the_same_keep_their_ids(groups: list[Group]) -> None:
    assert persistent_ids(dict(enumerate(groups)), groups, next_id=99) == list(range(len(groups)))
