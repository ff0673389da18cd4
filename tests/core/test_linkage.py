"""Faces are points on a circle, named by their degrees: x degrees apart is a distance of about x / 57.3."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phototag.core import linkage
from phototag.core.linkage import SIZE_LIMIT, SIZE_PENALTY, Unit, distances_to_group, link
from phototag.core.vectors import normalise

ANNA, BEN = 1, 2


def on_circle(*degrees: float) -> np.ndarray:
    radians = np.deg2rad(degrees)
    return np.stack([np.cos(radians), np.sin(radians)], axis=1).astype(np.float32)


def chord(degrees: float) -> float:
    return float(2 * np.sin(np.deg2rad(degrees) / 2))


def known(*, person: int | None = None, refused: Sequence[int] = (), photos: Sequence[Hashable] = ()) -> Unit:
    """What is known of a unit, its faces left out."""
    return Unit(np.zeros(0, dtype=np.intp), person, frozenset(refused), frozenset(photos))


def linked(
    groups: Sequence[Sequence[float]], limit: float | Callable[[int], float], about: Sequence[Unit] = ()
) -> list[list[float]]:
    """Link groups given as degrees; what comes out is in order of degrees."""
    degrees = [each for group in groups for each in group]
    starts = np.cumsum([0, *map(len, groups)])
    units = []
    for i, (start, stop) in enumerate(pairwise(starts)):
        facts = about[i] if i < len(about) else known()
        units.append(Unit(np.arange(start, stop), facts.person, facts.refused, facts.photos))
    found = link(on_circle(*degrees), units, limit if callable(limit) else lambda _: limit)
    return sorted(sorted(degrees[row] for row in unit.rows) for unit in found)


def join(a: Sequence[float], b: Sequence[float], limit: float) -> bool:
    return len(linked([a, b], limit)) == 1


# The distance between a face and a group


def test_the_distance_to_a_group_is_the_mean_over_its_three_nearest() -> None:
    apart = np.array([[0.9, 0.1, 0.5, 0.3, 0.8], [0.2, 0.2, 0.2, 0.6, 0.5]], dtype=np.float32)
    assert distances_to_group(apart) == pytest.approx([0.3, 0.2])


def test_the_distance_to_a_group_of_fewer_is_the_mean_over_all() -> None:
    assert distances_to_group(np.array([[0.9, 0.1]], dtype=np.float32)) == pytest.approx([0.5])
    assert distances_to_group(np.array([[0.9], [0.4]], dtype=np.float32)) == pytest.approx([0.9, 0.4])


# The distance between two groups


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        pytest.param([0], [20], chord(20), id="two faces"),
        pytest.param([0], [10, 20], (chord(10) + chord(20)) / 2, id="a face and a pair"),
        pytest.param(
            [0],
            [10, 12, 14, 30, 40],
            ((chord(10) + chord(12) + chord(14)) / 3 + (chord(10) + chord(12) + chord(14) + chord(30) + chord(40)) / 5)
            / 2,
            id="a face and five: from it to the nearest three, from each of them to it",
        ),
        pytest.param(
            [0, 2],
            [20, 22],
            (chord(18) + 2 * chord(20) + chord(22)) / 4 + SIZE_PENALTY * np.log(2) / np.log(SIZE_LIMIT),
            id="two pairs, and a little for their size",
        ),
        pytest.param([0] * SIZE_LIMIT, [20] * SIZE_LIMIT, chord(20) + SIZE_PENALTY, id="two large groups"),
        pytest.param([0] * 2 * SIZE_LIMIT, [20] * 3 * SIZE_LIMIT, chord(20) + SIZE_PENALTY, id="two larger groups"),
        pytest.param([0] * SIZE_LIMIT, [20], chord(20), id="a large group and a face"),
        pytest.param(
            [0] * SIZE_LIMIT,
            [20] * 7,
            chord(20) + SIZE_PENALTY * np.log(7) / np.log(SIZE_LIMIT),
            id="a large group and a smaller one, which counts",
        ),
    ],
)
def test_two_groups_join_up_to_their_distance(a: list[float], b: list[float], expected: float) -> None:
    for one, other in ((a, b), (b, a)):
        assert join(one, other, limit=expected + 1e-4)
        assert not join(one, other, limit=expected - 1e-4)


def test_of_a_large_group_only_the_first_faces_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    near_first, far_first = [20, 20, 90, 90, 90], [90, 90, 20, 20, 20]
    assert not join([0, 0], near_first, limit=0.4)
    monkeypatch.setattr(linkage, "MOST_COMPARED", 2)
    assert join([0, 0], near_first, limit=0.4)
    assert join(near_first, [0, 0], limit=0.4)
    assert not join([0, 0], far_first, limit=0.4)
    assert not join(far_first, [0, 0], limit=0.4)


# Who joins


def test_the_nearest_join_and_the_far_stay() -> None:
    assert linked([[0], [90], [10], [100], [200]], 0.4) == [[0, 10], [90, 100], [200]]


def test_two_halves_of_one_person_join_though_their_far_ends_differ() -> None:
    left, right = list(range(0, 22, 2)), list(range(22, 44, 2))
    assert chord(22) > 0.38  # that is how far their middles are apart
    assert linked([left, right], 0.3) == [left + right]


def test_one_face_in_between_does_not_join_two_people() -> None:
    left, right = [0, 2, 4, 6, 8, 10], [30, 32, 34, 36, 38, 40]
    assert linked([left, [20], right], 0.4) in ([[*left, 20], right], [left, [20, *right]])


def test_a_joined_group_is_measured_anew() -> None:
    assert linked([[0], [19], [-20]], 0.4) == [[-20], [0, 19]]  # -20 was near enough to 0, but is not to both


def test_a_joined_group_finds_what_only_one_of_its_parts_was_near() -> None:
    assert chord(28) > 0.4
    assert linked([[0], [10], [28]], 0.4) == [[0, 10, 28]]


def test_a_single_unit_or_none_is_left_as_it_is() -> None:
    assert linked([[0, 180]], 0.4) == [[0, 180]]
    assert linked([], 0.4) == []


def test_faces_in_no_unit_take_no_part() -> None:
    (left, right) = link(
        on_circle(0, 10, 20, 30),
        [Unit(np.array([0], dtype=np.intp)), Unit(np.array([3], dtype=np.intp))],
        lambda _: 0.4,
    )
    assert (left.rows.tolist(), right.rows.tolist()) == ([0], [3])


# The limit


def test_the_limit_is_that_for_so_many_units() -> None:
    def limit(units: int) -> float:
        return 0.3 if units <= 2 else 0.1

    assert linked([[0], [12]], limit) == [[0, 12]]
    assert linked([[0], [12], [180]], limit) == [[0], [12], [180]]


def test_the_limit_is_asked_for_anew_after_each_join() -> None:
    def limit(units: int) -> float:
        return 0.3 if units <= 2 else 0.1

    assert linked([[0], [3], [14]], limit) == [[0, 3, 14]]


# What is known


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(known(person=ANNA), known(person=BEN), id="two people"),
        pytest.param(known(person=ANNA), known(refused=[ANNA]), id="refused"),
        pytest.param(known(person=ANNA), known(person=ANNA, refused=[BEN, ANNA]), id="refused among others"),
        pytest.param(known(photos="pq"), known(photos="qr"), id="on one photo"),
    ],
)
def test_what_cannot_be_one_person_does_not_join(one: Unit, other: Unit) -> None:
    assert one.excludes(other)
    assert other.excludes(one)
    for about in ([one, other], [other, one]):
        assert linked([[0], [5]], 0.4, about) == [[0], [5]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(known(), known(), id="nothing"),
        pytest.param(known(person=ANNA), known(), id="one is named"),
        pytest.param(known(person=ANNA), known(person=ANNA), id="both are named so"),
        pytest.param(known(person=ANNA), known(refused=[BEN]), id="somebody else refused"),
        pytest.param(known(refused=[ANNA]), known(refused=[ANNA]), id="both refused"),
        pytest.param(known(photos="pq"), known(photos="rs"), id="on other photos"),
    ],
)
def test_what_may_be_one_person_joins(one: Unit, other: Unit) -> None:
    assert not one.excludes(other)
    assert not other.excludes(one)
    assert linked([[0], [5]], 0.4, [one, other]) == [[0, 5]]


@pytest.mark.parametrize(
    ("first", "second", "third"),
    [
        pytest.param(known(person=ANNA), known(), known(person=BEN), id="person"),
        pytest.param(known(person=ANNA), known(), known(refused=[ANNA]), id="refusal"),
        pytest.param(known(refused=[ANNA]), known(), known(person=ANNA), id="refusal, the other way round"),
        pytest.param(known(photos="p"), known(photos="q"), known(photos="p"), id="photo"),
    ],
)
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (2, 0, 1)])
def test_what_holds_for_a_part_holds_for_the_whole(
    first: Unit, second: Unit, third: Unit, order: tuple[int, ...]
) -> None:
    degrees, about = [[0], [5], [11]], [first, second, third]
    assert linked([degrees[i] for i in order], 0.4, [about[i] for i in order]) == [[0, 5], [11]]


def test_the_next_nearest_joins_where_the_nearest_may_not() -> None:
    assert linked([[0], [5], [-10]], 0.4, [known(person=ANNA), known(person=BEN)]) == [[-10, 0], [5]]


def test_two_units_as_one_know_what_both_knew() -> None:
    one = Unit(np.array([1, 4]), None, frozenset({BEN}), frozenset("p"))
    other = Unit(np.array([0, 2]), ANNA, frozenset({3}), frozenset("qr"))
    for both in (one.joined(other), other.joined(one)):
        assert both.rows.tolist() == [0, 1, 2, 4]
        assert (both.person, both.refused, both.photos) == (ANNA, {BEN, 3}, set("pqr"))


# The order of units


def test_the_order_of_units_breaks_ties() -> None:
    assert linked([[-17], [0], [17]], 0.4) == [[-17, 0], [17]]
    assert linked([[17], [0], [-17]], 0.4) == [[-17], [0, 17]]


def _slowly(vectors: np.ndarray, units: list[Unit], limit: Callable[[int], float]) -> set[frozenset[int]]:
    """Linkage as its words say, every distance computed anew at every step."""

    def apart(one: Unit, other: Unit) -> float:
        table = np.linalg.norm(vectors[one.rows][:, None] - vectors[other.rows][None], axis=2)
        both_ways = [np.sort(side, axis=1)[:, :3].mean() for side in (table, table.T)]
        smaller = min(len(one.rows), len(other.rows), 50)
        return float(np.mean(both_ways)) + 0.03 * float(np.log(smaller) / np.log(50))

    units = list(units)
    while True:
        pairs = [(apart(a, b), i, j) for (i, a), (j, b) in combinations(enumerate(units), 2) if not a.excludes(b)]
        if not pairs or min(pairs)[0] > limit(len(units)):
            return {frozenset(unit.rows.tolist()) for unit in units}
        _, i, j = min(pairs)
        units[i] = units[i].joined(units.pop(j))


people = st.sampled_from([None, None, None, ANNA, BEN])
sizes = st.lists(st.tuples(st.integers(1, 6), people, st.sets(st.integers(0, 12), max_size=2)), max_size=9)


@given(sizes, st.integers(0, 9999), st.floats(0.1, 0.9), st.floats(0, 0.1), st.data())
def test_units_in_any_order_join_as_if_all_distances_were_known_at_every_step(
    drawn: list[tuple[int, int | None, set[int]]], seed: int, most: float, tightening: float, data: st.DataObject
) -> None:
    total = sum(size for size, _, _ in drawn)
    vectors = normalise(np.random.default_rng(seed).normal((1.5, 0, 0), 1, (total, 3)).astype(np.float32))
    stops = np.cumsum([size for size, _, _ in drawn]).tolist()
    units = [
        Unit(np.arange(stop - size, stop), person, frozenset(), frozenset(photos))
        for stop, (size, person, photos) in zip(stops, drawn, strict=True)
    ]

    def limit(count: int) -> float:
        return most - tightening * float(np.log1p(count))

    found = link(vectors, data.draw(st.permutations(units)), limit)
    assert {frozenset(unit.rows.tolist()) for unit in found} == _slowly(vectors, units, limit)
    assert sum(len(unit.rows) for unit in found) == total
