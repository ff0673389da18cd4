from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from phototag.engines.boxes import moved, squared, suppress, suppress_nested

NONE = np.zeros((0, 4))


def boxes(*edges: tuple[float, float, float, float]) -> np.ndarray:
    return np.array(edges, dtype=np.float32)


def scores(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def test_of_boxes_that_overlap_too_much_the_best_is_kept() -> None:
    found = boxes((0, 0, 10, 10), (1, 0, 11, 10), (50, 50, 60, 60))
    assert suppress(found, scores(0.8, 0.9, 0.7), most=0.5).tolist() == [1, 2]


def test_boxes_that_overlap_little_are_kept_the_best_first() -> None:
    found = boxes((0, 0, 10, 10), (5, 0, 15, 10))  # a third
    assert suppress(found, scores(0.8, 0.9), most=0.4).tolist() == [1, 0]
    assert suppress(found, scores(0.8, 0.9), most=0.3).tolist() == [1]


def test_a_box_that_was_dropped_drops_no_other() -> None:
    chain = boxes((0, 0, 10, 10), (3, 0, 13, 10), (6, 0, 16, 10))
    assert suppress(chain, scores(0.9, 0.8, 0.7), most=0.5).tolist() == [0, 2]


def test_of_equal_scores_the_first_is_kept() -> None:
    assert suppress(boxes((0, 0, 10, 10), (0, 0, 10, 10)), scores(0.9, 0.9), most=0.5).tolist() == [0]


@pytest.mark.parametrize("by", [suppress, suppress_nested])
def test_of_no_boxes_none_are_kept(by: Callable[..., np.ndarray]) -> None:
    kept = by(NONE, np.zeros(0), most=0.5)
    assert kept.tolist() == []
    assert NONE[kept].shape == (0, 4)


def test_a_face_inside_a_face_goes_only_where_nesting_counts() -> None:
    nested = boxes((0, 0, 100, 100), (30, 30, 50, 50))
    assert suppress(nested, scores(0.9, 0.8), most=0.7).tolist() == [0, 1]
    assert suppress_nested(nested, scores(0.9, 0.8), most=0.7).tolist() == [0]


def test_where_nesting_counts_the_best_is_kept_even_if_it_is_the_smaller() -> None:
    nested = boxes((0, 0, 100, 100), (30, 30, 50, 50), (200, 0, 210, 10))
    assert suppress_nested(nested, scores(0.7, 0.9, 0.8), most=0.7).tolist() == [1, 2]


def test_a_box_grows_to_a_square_around_its_centre() -> None:
    assert squared(boxes((0, 10, 20, 20), (5, 5, 6, 8))).tolist() == [[0, 5, 20, 25], [4, 5, 7, 8]]


def test_edges_are_moved_in_widths_and_heights() -> None:
    assert moved(boxes((0, 0, 10, 20)), boxes((0.1, 0.1, -0.2, 0.5))).tolist() == [[1, 2, 8, 30]]


def test_no_boxes_stay_no_boxes() -> None:
    assert squared(NONE).shape == moved(NONE, NONE).shape == (0, 4)
