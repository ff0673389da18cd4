from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phototag.core.landmarks import points_in_pixels, similarity
from phototag.types import Point


def turned(points: np.ndarray, angle: float, scale: float, shift: tuple[float, float]) -> np.ndarray:
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    return points @ np.array([[cos, sin], [-sin, cos]]) + shift


def test_points_in_pixels_are_rows_of_x_and_y() -> None:
    assert points_in_pixels([Point(0.5, 0.25), Point(-0.1, 1)], 200, 100).tolist() == [[100, 25], [-20, 100]]


def test_no_points_are_an_array_of_no_rows() -> None:
    assert points_in_pixels([], 200, 100).shape == (0, 2)


def applied(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    return points @ matrix[:, :2].T + matrix[:, 2]


TRIANGLE = np.array([(0.0, 0.0), (4.0, 0.0), (0.0, 3.0)])


def test_a_shift_is_found() -> None:
    (matrix,) = similarity(TRIANGLE[None], TRIANGLE + np.array([10, 20]))
    assert matrix == pytest.approx(np.array([[1, 0, 10], [0, 1, 20]]))


def test_a_quarter_turn_is_found() -> None:
    (matrix,) = similarity(TRIANGLE[None], np.array([(0.0, 0.0), (0.0, 4.0), (-3.0, 0.0)]))
    assert matrix == pytest.approx(np.array([[0, -1, 0], [1, 0, 0]]))


@given(st.floats(-np.pi, np.pi), st.floats(0.01, 100), st.tuples(st.floats(-1000, 1000), st.floats(-1000, 1000)))
def test_a_turn_a_scale_and_a_shift_are_undone(angle: float, scale: float, shift: tuple[float, float]) -> None:
    (matrix,) = similarity(turned(TRIANGLE, angle, scale, shift)[None], TRIANGLE)
    assert applied(matrix, turned(TRIANGLE, angle, scale, shift)) == pytest.approx(TRIANGLE, abs=1e-6)


def test_many_sets_are_aligned_at_once_each_by_itself() -> None:
    sets = np.stack([TRIANGLE * 2, TRIANGLE + 7])
    assert similarity(sets, TRIANGLE) == pytest.approx(np.array([[[0.5, 0, 0], [0, 0.5, 0]], [[1, 0, -7], [0, 1, -7]]]))


@given(st.lists(st.tuples(st.floats(-10, 10), st.floats(-10, 10)), min_size=3, max_size=3))
def test_a_similarity_never_mirrors(points: list[tuple[float, float]]) -> None:
    (matrix,) = similarity(np.array(points)[None], TRIANGLE)
    assert matrix[0, 0] == matrix[1, 1]
    assert matrix[0, 1] == -matrix[1, 0]


def test_a_mirror_image_is_not_reached() -> None:
    mirrored = TRIANGLE * (-1, 1)
    (matrix,) = similarity(mirrored[None], TRIANGLE)
    assert np.abs(applied(matrix, mirrored) - TRIANGLE).max() > 1


def test_no_other_similarity_is_nearer_in_least_squares() -> None:
    source = np.array([(0.0, 0.0), (4.0, 0.5), (0.3, 3.0), (5.0, 4.0)])
    target = np.array([(1.0, 1.0), (2.0, 3.0), (-1.0, 2.0), (0.5, 5.0)])
    (best,) = similarity(source[None], target)
    error = np.square(applied(best, source) - target).sum()
    turn = np.array([[1, 0, 0], [0, 1, 0]]), np.array([[0, -1, 0], [1, 0, 0]])
    shift = np.array([[0, 0, 1], [0, 0, 0]]), np.array([[0, 0, 0], [0, 0, 1]])
    for direction in (*turn, *shift):
        for step in (-0.01, 0.01):
            assert np.square(applied(best + step * direction, source) - target).sum() > error


def test_points_that_coincide_go_to_the_middle_of_the_target() -> None:
    (matrix,) = similarity(np.full((1, 3, 2), 5.0), TRIANGLE)
    assert matrix == pytest.approx(np.array([[0, 0, 4 / 3], [0, 0, 1]]))
