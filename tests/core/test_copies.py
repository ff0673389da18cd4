"""Which pictures are copies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from phototag.core.copies import (
    near,
    originals,
    same_people,
    same_shape,
    to_looks,
)
from phototag.types import Box

LEFT, RIGHT = Box(0.1, 0.1, 0.3, 0.3), Box(0.6, 0.1, 0.8, 0.3)


def looks(*seeds: int) -> NDArray[np.int8]:
    """A look for each number, the same for the same."""
    return to_looks([np.random.default_rng(seed).integers(-90, 90, 256).astype(np.int8).tobytes() for seed in seeds])


def test_near_pictures_are_found_among_many() -> None:
    many = looks(*range(40), 3, 17).copy()
    many[40] += 1  # hardly
    found = near(many, range(42))
    assert found == [(3, 40), (17, 41)]


def test_only_fresh_pictures_are_compared() -> None:
    four = looks(1, 1, 2, 2)
    assert near(four, [3]) == [(2, 3)]
    assert near(four, []) == []
    assert near(four[:1], [0]) == []


@given(st.lists(st.integers(0, 5), min_size=2, max_size=12))
def test_near_finds_what_comparing_all_finds(seeds: list[int]) -> None:
    expected = [(i, j) for j in range(len(seeds)) for i in range(j) if seeds[i] == seeds[j]]
    assert near(looks(*seeds), range(len(seeds))) == sorted(expected)


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
    assert same_people(large, small, np.array(apart, dtype=np.float32).reshape(len(small), len(large))) is same


def test_the_best_of_alike_pictures_is_the_original() -> None:
    assert originals(["large", "small", "other"], [("small", "large")]) == {"small": "large"}


def test_a_copy_of_a_copy_that_is_not_like_the_original_is_a_picture_of_its_own() -> None:
    assert originals(["a", "b", "c"], [("a", "b"), ("b", "c")]) == {"b": "a"}


def test_a_picture_has_one_original_the_best() -> None:
    assert originals(["a", "b", "c"], [("a", "c"), ("b", "c")]) == {"c": "a"}


@given(st.permutations([("a", "b"), ("b", "c"), ("a", "d"), ("c", "d"), ("d", "e")]))
def test_the_order_of_the_pairs_does_not_matter(pairs: list[tuple[str, str]]) -> None:
    assert originals(["a", "b", "c", "d", "e"], pairs) == {"b": "a", "d": "a"}
