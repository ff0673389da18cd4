"""Which pictures are copies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from phototag.core.copies import MOST_ORIGINALS, Neighbours, originals, same_people, same_shape, to_looks
from phototag.types import Box

LEFT, RIGHT = Box(0.1, 0.1, 0.3, 0.3), Box(0.6, 0.1, 0.8, 0.3)


def looks(*seeds: int) -> NDArray[np.int8]:
    """A look for each number, the same for the same."""
    return to_looks([np.random.default_rng(seed).integers(-90, 90, 256).astype(np.int8).tobytes() for seed in seeds])


def test_near_pictures_are_found_among_many_the_most_similar_first() -> None:
    many = looks(*range(40), 3, 3).copy()
    many[40] += 2  # hardly
    found = Neighbours(many)
    assert found.of(3) == [41, 40]
    assert found.of(17) == []


@given(st.lists(st.integers(0, 5), min_size=1, max_size=12))
def test_what_is_found_is_what_comparing_all_finds(seeds: list[int]) -> None:
    found = Neighbours(looks(*seeds))
    for i, seed in enumerate(seeds):
        assert found.of(i) == [j for j, other in enumerate(seeds) if other == seed and j != i]


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [((400, 300), (200, 150), True), ((401, 300), (100, 75), True), ((400, 300), (300, 400), False),
     ((400, 300), (400, 280), False)],
)  # fmt: skip
def test_copies_have_one_shape(a: tuple[int, int], b: tuple[int, int], same: bool) -> None:
    assert same_shape(a, b) is same
    assert same_shape(b, a) is same


@pytest.mark.parametrize(
    ("large", "small", "apart", "same"),
    [
        ([LEFT], [LEFT], [[0.1]], True),
        ([LEFT, RIGHT], [LEFT], [[0.1, 3]], True),  # a face too small to be found on the smaller one
        ([LEFT], [LEFT, RIGHT], [[0.1], [3]], False),  # somebody came into the picture
        ([LEFT, RIGHT], [LEFT, RIGHT], [[3, 0.1], [0.1, 3]], False),  # they changed places
        ([RIGHT], [LEFT], [[0.1]], False),  # somebody moved
        ([], [], [], True),
    ],
)
def test_the_faces_must_agree(large: list[Box], small: list[Box], apart: Sequence[Sequence[float]], same: bool) -> None:
    assert (
        same_people(
            large, small, [True] * len(small), np.array(apart, dtype=np.float32).reshape(len(small), len(large))
        )
        is same
    )


def test_a_face_that_the_detector_is_not_sure_of_does_not_matter() -> None:
    apart = np.array([[0.1], [3]], dtype=np.float32)
    assert same_people([LEFT], [LEFT, RIGHT], [True, False], apart)


def found(
    alike: Sequence[tuple[int, int]], n: int, former: dict[int, int] | None = None, again: Sequence[int] | None = None
) -> dict[int, int]:
    """Copies among n pictures, the best first, where these are alike; all are new unless told."""
    pairs = {frozenset(pair) for pair in alike}
    return originals(
        former or {},
        range(n) if again is None else again,
        n,
        lambda row: [other for other in range(n) if frozenset((row, other)) in pairs],
        lambda better, worse: frozenset((better, worse)) in pairs,
    )


def test_the_best_of_alike_pictures_is_the_original() -> None:
    assert found([(1, 0)], 3) == {1: 0}


def test_a_copy_of_a_copy_that_is_not_like_the_original_is_a_picture_of_its_own() -> None:
    assert found([(0, 1), (1, 2)], 3) == {1: 0}


def test_a_picture_has_one_original_the_best() -> None:
    assert found([(0, 2), (1, 2)], 3) == {2: 0}


def test_what_is_gone_is_no_original() -> None:
    assert originals({}, [0, 1, 2], 1, lambda row: [o for o in range(3) if o != row], lambda *_: True) == {1: 0, 2: 0}
    assert originals({}, [0, 1], 0, lambda row: [1 - row], lambda *_: True) == {}


def test_a_better_one_that_comes_takes_the_copies_over() -> None:
    assert found([(0, 1), (0, 2), (1, 2)], 3, {2: 1}, [0]) == {1: 0, 2: 0}


def test_of_a_thousand_frames_each_is_compared_with_a_few() -> None:
    asked = 0

    def is_copy(better: int, worse: int) -> bool:
        nonlocal asked
        asked += 1
        return False

    frames = range(300)
    assert originals({}, frames, 300, lambda row: [other for other in frames if other != row], is_copy) == {}
    assert asked <= 300 * MOST_ORIGINALS


PAIRS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] != pair[1]), max_size=14)


@given(PAIRS, st.permutations(range(8)))
def test_it_does_not_matter_in_which_order_pictures_come(alike: list[tuple[int, int]], order: list[int]) -> None:
    pairs = {frozenset(pair) for pair in alike}
    of: dict[int, int] = {}
    here: set[int] = set()
    for picture in order:
        here.add(picture)
        of = originals(
            of,
            [picture],
            8,
            lambda row: [other for other in sorted(here) if frozenset((row, other)) in pairs],
            lambda better, worse: frozenset((better, worse)) in pairs,
        )
    assert of == found(alike, 8)
