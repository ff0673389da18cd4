from __future__ import annotations

import pytest

from phototag.core.scores import b_cubed


def test_scores_of_a_small_example_are_those_by_hand() -> None:
    # Precision: A's two in group 1 share it with one B, 2/3 each, that B 1/3; the B in group 2 is pure, 1. Mean 2/3.
    # Recall: each A finds 2 of 2; each B finds 1 of 2. Mean 3/4.
    precision, recall, f = b_cubed(["A", "A", "B", "B"], [1, 1, 1, 2])
    assert precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
    assert recall == pytest.approx(3 / 4)
    assert f == pytest.approx(2 * (2 / 3) * (3 / 4) / (2 / 3 + 3 / 4))


def test_the_truth_is_perfect_whatever_its_groups_are_called() -> None:
    assert b_cubed(["A", "B", "A"], ["x", None, "x"]) == (1, 1, 1)


def test_everybody_in_one_group_is_complete_but_not_pure() -> None:
    precision, recall, _ = b_cubed(["A", "A", "B", "B"], [7, 7, 7, 7])
    assert (precision, recall) == (0.5, 1)


def test_faces_without_a_group_are_alone() -> None:
    precision, recall, _ = b_cubed(["A", "A", "A", "A"], [None, None, None, None])
    assert (precision, recall) == (1, 0.25)


def test_a_face_alone_is_not_in_the_group_of_that_number() -> None:
    assert b_cubed(["A", "B"], [None, 0]) == (1, 1, 1)


def test_no_faces_are_perfect() -> None:
    assert b_cubed([], []) == (1, 1, 1)


def test_a_grouping_of_other_length_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        b_cubed(["A", "B"], [1])
