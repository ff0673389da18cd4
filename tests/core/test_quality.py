from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from phototag.core.quality import FULL_SIZE_PX, quality

NO_MARKS = np.zeros((0, 2))


def chip(*, detail: float = 1.0, contrast: int = 20, side: int = 20) -> np.ndarray:
    """A grey square of which this share, from the left, is a fine chequerboard."""
    y, x = np.indices((side, side))
    grey = 128 + np.where(x < detail * side, contrast * (2 * ((x + y) % 2) - 1), 0)
    return np.repeat(grey[..., None], 3, axis=2).astype(np.uint8)


def marks(nose: float = 50) -> np.ndarray:
    """A face whose eyes are at x = 30 and 70."""
    return np.array([(30, 40), (70, 40), (nose, 60), (35, 80), (65, 80)], dtype=np.float64)


SHARP_CHIP, FRONTAL = chip(), marks()


def face(
    *, width: float = FULL_SIZE_PX, score: float = 1.0, pixels: np.ndarray = SHARP_CHIP, seen: np.ndarray = FRONTAL
) -> float:
    """The quality of one face, perfect unless said otherwise."""
    (found,) = quality([width], [score], pixels[None, None], [seen])
    return found


def falls(values: list[float]) -> bool:
    return all(a > b for a, b in pairwise(values))


def test_a_large_sharp_frontal_face_is_perfect() -> None:
    assert face() == 1


def test_quality_falls_with_the_width() -> None:
    assert falls([face(width=FULL_SIZE_PX * share) for share in (1, 0.8, 0.5, 0.2, 0)])


def test_a_face_cannot_be_too_wide() -> None:
    assert face(width=10 * FULL_SIZE_PX) == 1


def test_quality_falls_with_the_sharpness() -> None:
    assert falls([face(pixels=chip(contrast=1, detail=share)) for share in (0.8, 0.6, 0.4, 0.2, 0)])


def test_quality_falls_as_the_nose_leaves_the_middle_between_the_eyes() -> None:
    assert falls([face(seen=marks(nose)) for nose in (50, 55, 60, 65, 70)])
    assert falls([face(seen=marks(nose)) for nose in (50, 45, 40, 35, 30)])


def test_quality_falls_with_the_detectors_score() -> None:
    assert falls([face(score=score) for score in (1, 0.9, 0.5, 0.1, 0)])


@pytest.mark.parametrize(
    "flaw",
    [
        pytest.param({"width": 0.0}, id="no width"),
        pytest.param({"score": 0.0}, id="no score"),
        pytest.param({"pixels": chip(detail=0)}, id="nothing but grey"),
    ],
)
def test_one_flaw_is_enough_to_be_worthless(flaw: dict[str, object]) -> None:
    assert face(**flaw) == 0


@pytest.mark.parametrize("seen", [marks(nose=90), np.full((5, 2), 7.0)], ids=["nose beyond an eye", "all in one place"])
def test_a_profile_is_worth_less_but_something(seen: np.ndarray) -> None:
    assert 0 < face(seen=seen) < face(seen=marks(60))


def test_quality_is_the_geometric_mean_of_four_factors() -> None:
    assert face(width=FULL_SIZE_PX / 2, score=0.5, seen=marks(nose=60)) == pytest.approx((1 / 8) ** (1 / 4), abs=1e-3)


def test_a_face_that_leans_is_as_good_as_one_that_does_not() -> None:
    cos, sin = np.cos(0.7), np.sin(0.7)
    assert face(seen=marks(60) @ np.array([[cos, sin], [-sin, cos]])) == face(seen=marks(60))


def test_a_face_without_landmarks_counts_as_frontal() -> None:
    assert face(seen=NO_MARKS) == 1


def test_each_face_of_a_photo_is_judged_by_itself() -> None:
    chips = np.stack([chip(), chip(detail=0), chip()])[:, None]
    assert quality([200, 200, 0], [1, 1, 1], chips, [marks(), marks(), NO_MARKS]) == [1, 0, 0]


def test_the_first_view_of_a_face_is_judged() -> None:
    views = np.stack([chip(), chip(detail=0)])
    assert quality([200, 200], [1, 1], np.stack([views, views[::-1]]), [marks(), marks()]) == [1, 0]


def test_a_photo_of_nobody_has_no_qualities() -> None:
    assert quality([], [], np.zeros((0, 1, 150, 150, 3), dtype=np.uint8), []) == []


@given(
    st.floats(0, 1e5),
    st.floats(0, 1),
    hnp.arrays(np.uint8, (5, 5, 3)),
    hnp.arrays(np.float64, (5, 2), elements=st.floats(-1e4, 1e4)),
)
def test_quality_is_between_0_and_1(width: float, score: float, pixels: np.ndarray, seen: np.ndarray) -> None:
    assert 0 <= face(width=width, score=score, pixels=pixels, seen=seen) <= 1
