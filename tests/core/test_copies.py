"""Which pictures are copies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from phototag.core.copies import (
    ALIKE,
    SIDE,
    WAVES,
    likeness,
    look,
    near,
    originals,
    same_people,
    same_shape,
    to_looks,
)
from phototag.types import Box

LEFT, RIGHT = Box(0.1, 0.1, 0.3, 0.3), Box(0.6, 0.1, 0.8, 0.3)


def picture(seed: int) -> NDArray[np.float64]:
    """Soft spots of grey: eight by eight of them, enlarged."""
    return np.kron(np.random.default_rng(seed).uniform(0, 255, (8, 8)), np.ones((4, 4)))


def looks(*pictures: NDArray[np.float64]) -> NDArray[np.int8]:
    found = [look(grey) for grey in pictures]
    return to_looks([one for one in found if one is not None])


def alike(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    both = looks(a, b)
    return float(likeness(both[:1], both[1:])[0])


def test_a_look_is_256_bytes() -> None:
    assert len(look(picture(1)) or b"") == WAVES * WAVES == 256


def test_a_picture_is_like_itself() -> None:
    assert alike(picture(1), picture(1)) == pytest.approx(1)


def test_brightness_and_contrast_do_not_matter() -> None:
    assert alike(picture(1), 20 + picture(1) * 0.5) > ALIKE


def test_a_little_noise_does_not_matter() -> None:
    noise = np.random.default_rng(9).normal(0, 5, (SIDE, SIDE))
    assert alike(picture(1), picture(1) + noise) > ALIKE


def test_a_shift_by_one_pixel_in_32_is_another_picture() -> None:
    assert alike(picture(1), np.roll(picture(1), 1, axis=1)) < ALIKE


def test_a_mirrored_picture_is_another_picture() -> None:
    assert alike(picture(1), picture(1)[:, ::-1]) < 0.8


def test_a_plain_picture_has_no_look() -> None:
    assert look(np.full((SIDE, SIDE), 200)) is None
    assert look(200 + np.random.default_rng(1).normal(0, 2, (SIDE, SIDE))) is None


def test_near_pictures_are_found_among_many() -> None:
    many = [picture(seed) for seed in range(40)]
    found = near(looks(*many, many[3] * 0.9, many[17] + 3), range(42))
    assert found == [(3, 40), (17, 41)]


def test_only_fresh_pictures_are_compared() -> None:
    four = looks(picture(1), picture(1), picture(2), picture(2))
    assert near(four, [3]) == [(2, 3)]
    assert near(four, []) == []
    assert near(four[:1], [0]) == []


@given(st.lists(st.integers(0, 5), min_size=2, max_size=12))
def test_near_finds_what_comparing_all_finds(seeds: list[int]) -> None:
    all_ = looks(*(picture(seed) for seed in seeds))
    expected = [(i, j) for j in range(len(seeds)) for i in range(j) if seeds[i] == seeds[j]]
    assert near(all_, range(len(seeds))) == sorted(expected)


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
