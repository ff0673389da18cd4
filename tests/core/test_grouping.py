"""Most faces here are points on a circle, named and placed by hand: faces 5 degrees apart are copies (0.10),
17 are just within eps (0.30), 20 near enough for a weak face to join (0.35), 23 for two faces that are firm (0.40)."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from phototag.core import density, grouping
from phototag.core.grouping import Group, group_faces, merge_limit, persistent_ids
from phototag.core.vectors import normalise
from phototag.types import Label, Thresholds, Verdict

THRESHOLDS = Thresholds(
    group=0.30,
    group_min_faces=2,
    merge=0.40,
    merge_tightening=0.0,
    join=0.35,
    strong=0.2,
    strong_few=0.2,
    possible=0.3,
    largest_gap=0.1,
)
ANNA, BEN = 1, 2


def on_circle(degrees: list[float]) -> np.ndarray:
    radians = np.deg2rad(degrees)
    return np.stack([np.cos(radians), np.sin(radians)], axis=1).astype(np.float32)


def grouped(
    faces: dict[str, float],
    labels: list[Label] | None = None,
    thresholds: Thresholds = THRESHOLDS,
    weak: Collection[str] = frozenset(),
    photos: Mapping[str, str] | None = None,
) -> list[str]:
    """Group faces given as name -> degrees; each group as its names in order, for letters to be read as a word."""
    found = group_faces(list(faces), on_circle(list(faces.values())), labels or [], thresholds, weak, photos)
    return ["".join(sorted(group)) for group in found]


def is_(face: str, person: int) -> Label:
    return Label(face, person, Verdict.IS)


def is_not(face: str, person: int) -> Label:
    return Label(face, person, Verdict.IS_NOT)


def on_photo(*faces: str) -> dict[str, str]:
    """Faces of one photo each: "ab", "c" are a and b on one photo and c on another."""
    return {face: photo for photo in faces for face in photo}


# Without labels


def test_near_faces_are_a_group_and_a_loner_is_none() -> None:
    assert grouped({"a": 0, "b": 10, "c": 90, "d": 100, "e": 200}) == ["ab", "cd"]


def test_the_largest_group_comes_first_and_equals_by_name() -> None:
    assert grouped({"a": 0, "b": 8, "c": 90, "d": 98, "e": 106, "f": 180, "g": 188}) == ["cde", "ab", "fg"]


@pytest.mark.parametrize("faces", [{}, {"a": 0}, {"a": 0, "b": 180}])
def test_where_nobody_is_alike_there_are_no_groups(faces: dict[str, float]) -> None:
    assert grouped(faces) == []


def test_two_faces_too_far_apart_for_a_core_are_linked_up_to_the_limit() -> None:
    assert grouped({"a": 0, "b": 23}) == ["ab"]
    assert grouped({"a": 0, "b": 24}) == []


def test_a_dense_chain_is_one_group_however_long() -> None:
    chain = {name: 16.0 * i for i, name in enumerate("abcdefgh")}
    assert grouped(chain) == ["abcdefgh"]
    assert "abcdefgh" not in grouped(chain, thresholds=replace(THRESHOLDS, group=0.25))


def test_a_chain_is_not_dense_where_more_neighbours_are_asked_for() -> None:
    chain = {name: 16.0 * i for i, name in enumerate("abcdefgh")}
    assert grouped(chain, thresholds=replace(THRESHOLDS, group_min_faces=3)) == ["abcdefgh"]
    assert "abcdefgh" not in grouped(chain, thresholds=replace(THRESHOLDS, group_min_faces=4))


def test_two_dense_people_stay_two_though_a_face_lies_in_between() -> None:
    assert grouped({"a": 0, "b": 6, "m": 24, "x": 43, "y": 49}) == ["abm", "xy"]


def test_two_halves_of_one_person_are_linked_over_a_gap() -> None:
    left, right = dict(zip("abc", (0, 7, 14), strict=True)), dict(zip("xyz", (33, 40, 47), strict=True))
    assert grouped(left | right, thresholds=replace(THRESHOLDS, merge=0.45)) == ["abc", "xyz"]
    assert grouped(left | right, thresholds=replace(THRESHOLDS, merge=0.60)) == ["abcxyz"]


@pytest.mark.parametrize("names", ["abcd-ijkl", "ijkl-abcd"])
def test_a_border_face_goes_to_its_nearest_core(names: str) -> None:
    left, right = names.split("-")
    faces = dict(zip(left, (-18, -12, -6, 0), strict=True)) | {"x": 16}
    faces |= dict(zip(right, (31, 37, 43, 49), strict=True))
    thresholds = replace(THRESHOLDS, group_min_faces=4, merge=0)
    assert grouped(faces, thresholds=thresholds) == [right + "x", left]


# Libraries of many people


def test_the_limit_is_that_of_merge_for_few_and_shrinks_for_many() -> None:
    thresholds = replace(THRESHOLDS, merge=0.4, merge_tightening=0.02)
    assert merge_limit(0, thresholds) == 0.4
    assert merge_limit(100, thresholds) == pytest.approx(0.4 - 0.02 * np.log(2))
    assert merge_limit(9900, thresholds) == pytest.approx(0.4 - 0.02 * np.log(100))


def test_among_many_people_faces_have_to_be_nearer() -> None:
    def with_strangers(count: int) -> list[Group]:
        vectors = np.eye(count + 2, dtype=np.float32)
        vectors[:2, :2] = on_circle([0, 22])
        thresholds = replace(THRESHOLDS, merge_tightening=0.02)
        return group_faces([f"{i:04}" for i in range(count + 2)], vectors, [], thresholds)

    assert with_strangers(10) == [{"0000", "0001"}]
    assert with_strangers(300) == []


# Copies


def test_copies_are_a_group() -> None:
    assert grouped({"a": 0, "b": 3, "c": 0}) == ["abc"]


def test_copies_count_once(monkeypatch: pytest.MonkeyPatch) -> None:
    burst, others = {f"{i}": -i / 10 for i in range(10)}, {"b": 16, "x": -22}
    assert grouped(burst | others) == ["0123456789b"]  # x is 0.52 from one look of the burst and from b, on average
    monkeypatch.setattr(grouping, "COPIES", 0.001)
    assert grouped(burst | others) == ["0123456789bx"]


def test_copies_make_no_core_by_themselves() -> None:
    thresholds = replace(THRESHOLDS, group_min_faces=3, merge=0)
    assert grouped({"a": 0, "b": 5, "c": 11}, thresholds=thresholds) == ["ab"]
    assert grouped({"a": 0, "b": 6, "c": 12}, thresholds=thresholds) == ["abc"]


def test_whoever_is_near_the_end_of_a_drifting_burst_is_with_it() -> None:
    assert grouped({"a": 0, "b": 6, "c": 12, "d": 18, "e": 24, "z": 41}) == ["abcdez"]
    assert grouped({"a": 0, "b": 5, "c": 10, "d": 15, "e": 20, "z": 37}) == ["abcdez"]


def test_naming_the_end_of_a_drifting_burst_leaves_it_whole() -> None:
    burst = {"a": 0, "b": 5, "c": 10, "d": 15, "e": 20, "f": 25}
    assert grouped(burst) == ["abcdef"]
    assert grouped(burst, [is_("f", ANNA)]) == ["abcdef"]


def test_faces_of_one_photo_are_no_copies() -> None:
    assert grouped({"a": 0, "b": 0}, photos=on_photo("ab")) == []
    assert grouped({"a": 0, "b": 0, "c": 30, "d": 30}, photos=on_photo("ab", "c", "d")) == ["cd"]


def test_faces_of_different_people_are_no_copies() -> None:
    assert grouped({"a": 0, "b": 0}, [is_("a", ANNA), is_("b", BEN)]) == []
    assert grouped({"a": 0, "b": 0}, [is_("a", ANNA), is_not("b", ANNA)]) == []


# Two faces of one photo


def test_two_faces_of_one_photo_are_two_people() -> None:
    assert grouped({"a": 0, "b": 10}, photos=on_photo("a", "b")) == ["ab"]
    assert grouped({"a": 0, "b": 10}, photos=on_photo("ab")) == []


def test_a_face_joins_the_nearer_of_two_on_one_photo() -> None:
    assert grouped({"a": 0, "b": 14, "c": 20}, photos=on_photo("ab", "c")) == ["bc"]


def test_two_cores_that_share_a_photo_stay_two() -> None:
    faces = {"a": 0, "b": 8, "x": 28, "y": 36}
    thresholds = replace(THRESHOLDS, merge=0.6)
    assert grouped(faces, thresholds=thresholds) == ["abxy"]
    assert grouped(faces, thresholds=thresholds, photos=on_photo("ay", "b", "x")) == ["ab", "xy"]


def test_a_human_may_say_that_somebody_is_on_a_photo_twice() -> None:
    faces, photos = {"a": 0, "b": 10, "c": 90, "d": 100}, on_photo("abc", "d")
    assert grouped(faces, [is_("a", ANNA), is_("b", ANNA)], photos=photos) == ["ab", "cd"]
    assert grouped(faces, [is_("a", ANNA), is_("c", ANNA)], photos=photos) == ["acd"]


def test_a_face_without_a_photo_is_on_none_with_another() -> None:
    assert grouped({"a": 0, "b": 10, "c": 17}, photos={"a": "p"}) == ["abc"]


# Weak faces


def test_a_weak_face_joins_the_group_it_is_near() -> None:
    assert grouped({"a": 0, "b": 8, "w": 16}, weak={"w"}) == ["abw"]


def test_a_weak_face_joins_a_single_face() -> None:
    assert grouped({"a": 0, "w": 20}, weak={"w"}) == ["aw"]
    assert grouped({"a": 0, "w": 21}, weak={"w"}) == []


def test_how_near_a_weak_face_is_is_the_mean_over_the_nearest_of_the_group() -> None:
    assert grouped({"a": 0, "b": 7, "w": 22}, weak={"w"}) == ["abw"]  # 0.38 and 0.26
    assert grouped({"a": 0, "b": 7, "w": 25}, weak={"w"}) == ["ab"]  # 0.43 and 0.31


def test_of_two_groups_a_weak_face_joins_the_nearer() -> None:
    faces = {"a": 0, "b": 7, "x": 40, "y": 47}
    assert grouped(faces | {"w": 23}, weak={"w"}) == ["abw", "xy"]
    assert grouped(faces | {"w": 24}, weak={"w"}) == ["wxy", "ab"]


def test_weak_faces_found_no_group() -> None:
    assert grouped({"v": 0, "w": 8, "x": 16}, weak={"v", "w", "x"}) == []


def test_weak_copies_found_no_group_either() -> None:
    assert grouped({"v": 0, "w": 1, "x": 2}, weak={"v", "w", "x"}) == []


def test_a_weak_face_is_no_bridge() -> None:
    faces = {"a": 0, "b": 8, "m": 23.9, "x": 40, "y": 48}
    assert grouped(faces) == ["abmxy"]
    assert grouped(faces, weak={"m"}) == ["abm", "xy"]


def test_a_weak_face_does_not_bring_another() -> None:
    assert grouped({"a": 0, "b": 8, "v": 24, "w": 40}, weak={"v", "w"}) == ["abv"]


def test_a_weak_face_is_no_bridge_between_copies() -> None:
    faces = {"a": 0, "b": 30} | {name: 5.0 * i for i, name in enumerate("vwxyz", 1)}
    (first, second) = grouped(faces, weak="vwxyz")
    assert ("a" in first) == ("b" in second)


def test_of_two_weak_faces_on_one_photo_the_nearer_joins() -> None:
    faces, photos = {"a": 0, "b": 8, "v": 22, "w": 16}, on_photo("vw", "a", "b")
    assert grouped(faces, weak={"v", "w"}, photos=photos) == ["abw"]


def test_a_weak_face_on_a_photo_with_the_group_stays_alone() -> None:
    faces = {"a": 0, "b": 8, "w": 18, "x": 34, "y": 42}
    assert grouped(faces, weak={"w"}) == ["abw", "xy"]
    assert grouped(faces, weak={"w"}, photos=on_photo("bw", "a")) == ["ab", "xy"]  # x would be near enough


def test_a_weak_face_that_is_not_the_nearest_person_stays_alone() -> None:
    faces = {"a": 0, "b": 8, "w": 18, "x": 34, "y": 42}
    assert grouped(faces, [is_("a", ANNA), is_not("w", ANNA)], weak={"w"}) == ["ab", "xy"]
    assert grouped(faces, [is_("a", ANNA), is_not("w", BEN)], weak={"w"}) == ["abw", "xy"]


def test_a_named_face_is_not_weak() -> None:
    assert grouped({"a": 0, "w": 23}, [is_("w", ANNA)], weak={"w"}) == ["aw"]
    assert grouped({"a": 0, "w": 23}, [is_not("w", ANNA)], weak={"w"}) == []


def test_a_firm_copy_of_a_weak_face_speaks_for_both() -> None:
    assert grouped({"a": 0, "b": 23}, weak={"a"}) == []
    assert grouped({"a": 0, "aa": 0, "b": 23}, weak={"a"}) == ["aaab"]


# With labels


def test_faces_of_one_person_are_together_however_far_apart() -> None:
    assert grouped({"a": 0, "b": 10, "c": 90, "d": 100}, [is_("a", ANNA), is_("c", ANNA)]) == ["abcd"]


def test_a_named_loner_joins_the_persons_group() -> None:
    assert grouped({"a": 0, "b": 10, "x": 180}, [is_("a", ANNA), is_("x", ANNA)]) == ["abx"]


def test_named_faces_are_together_even_where_nothing_is_dense() -> None:
    thresholds = replace(THRESHOLDS, group_min_faces=3)
    assert grouped({"a": 0, "x": 180}, [is_("a", ANNA), is_("x", ANNA)], thresholds) == ["ax"]


def test_a_core_with_two_people_is_broken_up() -> None:
    faces = {"a": 0, "b": 7, "c": 17, "d": 24}
    assert grouped(faces) == ["abcd"]
    assert grouped(faces, [is_("a", ANNA), is_("d", BEN)]) == ["ab", "cd"]
    assert grouped(faces, [is_("a", ANNA), is_("b", BEN)]) == ["bcd"]


def test_a_core_is_broken_up_no_more_than_it_must_be() -> None:
    dense, thresholds = {"a": 0, "b": 12, "c": 24, "d": 36}, replace(THRESHOLDS, merge=0)
    assert grouped(dense | {"x": 52}, thresholds=thresholds) == ["abcdx"]
    assert grouped(dense | {"x": 52}, [is_("a", ANNA), is_("x", BEN)], thresholds) == ["abcd"]


def test_a_core_is_broken_up_until_its_people_part() -> None:
    faces, thresholds = {"a": 0, "b": 6, "x": 14, "y": 20}, replace(THRESHOLDS, merge=0)
    assert grouped(faces, [is_("a", ANNA), is_("y", BEN)], thresholds) == ["ab", "xy"]


def test_a_named_face_stays_with_its_person_among_faces_of_another() -> None:
    faces = {"a": 0, "b": 5, "c": 6, "d": 10}
    assert grouped(faces, [is_("a", ANNA), is_("b", ANNA), is_("c", BEN), is_("d", BEN)]) == ["ab", "cd"]


def test_a_face_that_is_not_somebody_leaves_the_group() -> None:
    assert grouped({"a": 0, "b": 7, "c": 16}, [is_("a", ANNA), is_not("c", ANNA)]) == ["ab"]


def test_a_refused_face_and_its_group_go_on_without_the_person() -> None:
    faces = {"a": 0, "b": 17, "c": 24}
    assert grouped(faces, [is_("a", ANNA), is_not("c", ANNA)]) == ["bc"]


def test_a_refusal_of_somebody_else_changes_nothing() -> None:
    assert grouped({"a": 0, "b": 8, "c": 16}, [is_("a", ANNA), is_not("c", BEN)]) == ["abc"]


def test_a_refusal_does_not_break_up_a_group_of_unknowns() -> None:
    assert grouped({"a": 0, "b": 8, "c": 16}, [is_not("c", ANNA)]) == ["abc"]


def test_a_person_with_one_face_is_no_group() -> None:
    assert grouped({"a": 0, "b": 5}, [is_("a", ANNA), is_("b", BEN)]) == []


def test_labels_of_other_faces_are_ignored() -> None:
    assert grouped({"a": 0, "b": 5}, [is_("a", ANNA), is_("gone", ANNA), is_not("lost", ANNA)]) == ["ab"]


def test_a_core_that_cannot_be_with_all_faces_of_its_person_stays_without_them() -> None:
    faces, named = {"a": 0, "b": 8, "c": 14, "x": 90}, [is_("a", ANNA), is_("x", ANNA)]
    assert grouped(faces, named) == ["abcx"]
    assert grouped(faces, named, photos=on_photo("bx", "a", "c")) == ["ax", "bc"]


people = st.sampled_from([ANNA, BEN, 3])
letters = st.sampled_from("abcdefgh")
circle = st.lists(st.floats(0, 90), min_size=8, max_size=8)
decisions = st.dictionaries(letters, people, max_size=5)
refusals = st.sets(st.tuples(letters, people), max_size=5)
albums = st.dictionaries(letters, st.sampled_from("pqr"))
weak_ones = st.sets(letters, max_size=5)


def homes(groups: list[str]) -> dict[str, str]:
    """The group of each face, after a look that nobody is in two."""
    found = {face: group for group in groups for face in group}
    assert len("".join(groups)) == len(found)
    return found


@given(circle, decisions, refusals, weak_ones, albums)
def test_what_a_person_said_holds(
    degrees: list[float],
    named: dict[str, int],
    refused: set[tuple[str, int]],
    weak: set[str],
    photos: dict[str, str],
) -> None:
    refused = {(face, person) for face, person in refused if named.get(face) != person}
    labels = [is_(*name) for name in named.items()] + [is_not(*refusal) for refusal in refused]
    faces = dict(zip("abcdefgh", degrees, strict=True))
    home = homes(grouped(faces, labels, weak=weak, photos=photos))
    for a, b in combinations(named, 2):
        assert (a in home and home[a] == home.get(b)) == (named[a] == named[b])
    for face, person in refused:
        assert person not in {named.get(neighbour) for neighbour in home.get(face, "")}


def twice_on_a_photo(groups: list[str], photos: dict[str, str]) -> Iterator[tuple[str, str]]:
    for group in groups:
        yield from ((a, b) for a, b in combinations(group, 2) if a in photos and photos[a] == photos.get(b))


@given(circle, refusals, weak_ones, albums)
def test_nobody_is_on_a_photo_twice(
    degrees: list[float], refused: set[tuple[str, int]], weak: set[str], photos: dict[str, str]
) -> None:
    labels = [is_not(*refusal) for refusal in refused]
    groups = grouped(dict(zip("abcdefgh", degrees, strict=True)), labels, weak=weak, photos=photos)
    assert list(twice_on_a_photo(groups, photos)) == []


@given(circle, decisions, weak_ones, albums)
@example([0, 1, 90, 180, 200, 220, 240, 260], {"a": ANNA, "c": ANNA}, set(), on_photo("bc", "a"))
@example([0, 1, 90, 91, 200, 220, 240, 260], {"a": ANNA, "c": ANNA}, set(), on_photo("bd", "a", "c"))
def test_nobody_is_on_a_photo_twice_unless_a_person_said_so(
    degrees: list[float], named: dict[str, int], weak: set[str], photos: dict[str, str]
) -> None:
    labels = [is_(*name) for name in named.items()]
    groups = grouped(dict(zip("abcdefgh", degrees, strict=True)), labels, weak=weak, photos=photos)
    for a, b in twice_on_a_photo(groups, photos):
        assert a in named
        assert named[a] == named.get(b)


# The order in which faces come


def test_a_tie_is_not_decided_by_the_order() -> None:
    degrees = {"a": -18, "b": 0, "c": 18}  # b is linked with either neighbour, but the third is then too far
    for order in permutations("abc"):
        assert grouped({name: degrees[name] for name in order}) == ["ab"]


def test_a_face_between_somebody_known_and_a_stranger_is_the_known() -> None:
    degrees = {"a": -18, "b": 0, "c": 18}
    for order in permutations("abc"):
        assert grouped({name: degrees[name] for name in order}, [is_("c", ANNA)]) == ["bc"]


def test_a_face_between_two_people_is_not_given_by_the_order() -> None:
    degrees = {"a": 18, "b": 0, "c": -18}
    labels = [is_("a", BEN), is_("c", ANNA)]
    for order in permutations("abc"):
        for said in (labels, labels[::-1]):
            assert grouped({name: degrees[name] for name in order}, said) == ["bc"]  # Anna is known longer


def crowd(seed: int) -> tuple[list[str], np.ndarray]:
    """Forty faces in 128 dimensions: five people, a bridge between two of them, and strangers."""
    draw = np.random.default_rng(seed)
    people = draw.standard_normal((5, 128)) / np.sqrt(128)
    faces = np.repeat(people, 6, axis=0) + draw.standard_normal((30, 128)) * 0.0125
    faces[1] = faces[0] + draw.standard_normal(128) * 0.001  # two copies
    shares = np.linspace(0, 1, 7)[1:-1, None]
    bridge = (1 - shares) * people[0] + shares * people[1]
    strangers = draw.standard_normal((5, 128)) / np.sqrt(128)
    names = [f"{number:016x}" for number in draw.permutation(40)]
    return names, normalise(np.concatenate([faces, bridge, strangers]).astype(np.float32))


def crowd_facts(names: list[str]) -> tuple[list[Label], set[str], dict[str, str]]:
    """Labels, weak faces and photos of three faces, for a crowd."""
    labels = [is_(names[3], ANNA), is_(names[7], BEN), is_(names[8], ANNA), is_not(names[4], ANNA)]
    return labels, set(names[5:40:6]), {name: f"photo {i % 14}" for i, name in enumerate(names)}


@pytest.mark.parametrize("min_faces", [2, 4])
def test_a_hundred_orders_give_the_same_groups(min_faces: int) -> None:
    names, vectors = crowd(seed=7)
    labels, weak, photos = crowd_facts(names)
    thresholds = replace(THRESHOLDS, group_min_faces=min_faces, merge_tightening=0.01)
    expected = group_faces(names, vectors, labels, thresholds, weak, photos)
    assert len(expected) >= 5
    shuffle = random.Random(7).shuffle
    for _ in range(100):
        order = list(range(40))
        shuffle(order)
        shuffle(labels)
        shuffled = {names[i]: photos[names[i]] for i in order}
        found = group_faces([names[i] for i in order], vectors[order], labels, thresholds, weak, shuffled)
        assert found == expected


def test_a_library_that_grew_in_chunks_has_the_groups_of_one_that_came_at_once() -> None:
    names, vectors = crowd(seed=8)
    labels, weak, photos = crowd_facts(names)
    expected = group_faces(names, vectors, labels, THRESHOLDS, weak, photos)
    draw = random.Random(8)
    for _ in range(10):
        order = draw.sample(range(40), 40)
        for stop in [*sorted(draw.sample(range(1, 40), 3)), 40]:
            there = order[:stop]
            found = group_faces([names[i] for i in there], vectors[there], labels, THRESHOLDS, weak, photos)
        assert found == expected


@pytest.mark.parametrize("rows_at_once", [1, 3, 16])
def test_blocks_of_any_size_give_the_same_groups(rows_at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    names, vectors = crowd(seed=7)
    facts = crowd_facts(names)
    expected = group_faces(names, vectors, facts[0], THRESHOLDS, *facts[1:])
    monkeypatch.setattr(density, "ROWS_AT_ONCE", rows_at_once)
    assert group_faces(names, vectors, facts[0], THRESHOLDS, *facts[1:]) == expected


def test_the_people_of_a_crowd_are_the_groups() -> None:
    names, vectors = crowd(seed=7)
    expected = {frozenset(names[6 * person : 6 * person + 6]) for person in range(5)}
    assert set(group_faces(names[:30], vectors[:30], [], THRESHOLDS)) == expected
    assert set(group_faces(names[:30], vectors[:30], [], THRESHOLDS, weak=set(names[5:30:6]))) == expected


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


def test_a_group_with_a_face_that_a_human_calls_by_a_number_has_that_number() -> None:
    old = {3: frozenset("abcd"), 4: frozenset("xy")}
    assert persistent_ids(old, words("abcdxy"), 10, {"x": 4}) == [4]
    assert persistent_ids({}, words("ab"), 10, {"b": 7}) == [7]


def test_a_number_by_which_a_human_calls_somebody_is_not_given_to_others() -> None:
    old = {3: frozenset("abcd"), 4: frozenset("xy")}
    assert persistent_ids(old, words("abc", "dxy"), 10, {"d": 3}) == [10, 3]
    assert persistent_ids({3: frozenset("ab")}, words("ab"), 10, {"gone": 3}) == [10]


def test_of_two_groups_that_are_called_by_one_number_the_first_has_it() -> None:
    assert persistent_ids({3: frozenset("abcd")}, words("abc", "d"), 10, {"a": 3, "d": 3}) == [3, 10]


def test_of_two_numbers_that_one_group_is_called_by_it_has_the_lower() -> None:
    assert persistent_ids({}, words("ab"), 10, {"a": 8, "b": 7}) == [7]


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


@given(partitions, partitions, st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 9), max_size=5))
def test_an_id_is_given_once_whatever_a_human_calls_the_groups(
    before: list[Group], after: list[Group], called: dict[str, int]
) -> None:
    given_ids = persistent_ids(dict(enumerate(before)), after, next_id=10, called=called)
    assert len(set(given_ids)) == len(after)
    for number, group in zip(given_ids, after, strict=True):
        assert number not in called.values() or number in {called.get(face) for face in group}


@given(partitions)
def test_groups_that_stayed_the_same_keep_their_ids(groups: list[Group]) -> None:
    assert persistent_ids(dict(enumerate(groups)), groups, next_id=99) == list(range(len(groups)))
