from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phototag.core.geometry import box_within, match_boxes
from phototag.engines import mtcnn
from phototag.engines.mtcnn import shrunk
from phototag.engines.pairs import PairEngine
from phototag.types import Detection
from tests.engines.conftest import FIVE, FRONTAL, NOBODY, PROFILE, SIX, TWO, sample

if TYPE_CHECKING:
    from phototag.types import Pixels


@pytest.mark.parametrize("path", [FIVE, TWO, PROFILE, FRONTAL, SIX])
def test_all_faces_of_a_photo_are_found_and_nothing_else_is_as_sure(engine: PairEngine, path: str) -> None:
    photo = sample(path)
    sure = [d.box for d in engine.detect(photo.pixels) if d.score > 0.9]
    assert len(match_boxes(sure, list(photo.boxes.values()))) == len(sure) == len(photo.boxes)


def test_nobody_is_found_where_nobody_is(engine: PairEngine) -> None:
    assert engine.detect(sample(NOBODY).pixels) == []


@pytest.mark.parametrize("path", [FIVE, TWO, PROFILE, FRONTAL, SIX])
def test_landmarks_lie_inside_the_box(engine: PairEngine, path: str) -> None:
    for detection in engine.detect(sample(path).pixels):
        left, top, right, bottom = detection.box
        assert len(detection.landmarks) == 5
        assert all(left < x < right and top < y < bottom for x, y in detection.landmarks)


def test_landmarks_are_left_and_right_as_the_viewer_sees_them(engine: PairEngine) -> None:
    for detection in engine.detect(sample(FRONTAL).pixels):
        left_eye, right_eye, nose, left_mouth, right_mouth = detection.landmarks
        assert left_eye.x < nose.x < right_eye.x
        assert left_mouth.x < right_mouth.x
        assert max(left_eye.y, right_eye.y) < nose.y < min(left_mouth.y, right_mouth.y)


def test_a_mirrored_photo_has_the_faces_mirrored(engine: PairEngine) -> None:
    found = engine.detect(np.ascontiguousarray(sample(TWO).pixels[:, ::-1]))
    mirrored = [box._replace(left=1 - box.right, right=1 - box.left) for box in sample(TWO).boxes.values()]
    assert len(match_boxes([d.box for d in found], mirrored)) == len(found) == 2


def test_a_smaller_copy_has_the_same_faces(engine: PairEngine) -> None:
    photo = sample(FRONTAL)
    found = engine.detect(np.ascontiguousarray(photo.pixels[::2, ::2]))
    assert len(match_boxes([d.box for d in found], list(photo.boxes.values()))) == len(found) == 2


def test_a_face_that_the_edge_cuts_off_has_a_box_inside_the_photo(engine: PairEngine) -> None:
    photo = sample(FRONTAL)
    height, width = photo.pixels.shape[:2]
    face = photo.boxes["Dana"]
    middle = round((face.left + face.right) / 2 * width + 0.15 * (face.right - face.left) * width)
    below = round((face.bottom + 0.5 * (face.bottom - face.top)) * height)
    found = engine.detect(np.ascontiguousarray(photo.pixels[:below, :middle]))
    cut_off = [d.box for d in found if d.box.right > 0.98]
    assert len(cut_off) == 1
    assert all(0 <= edge <= 1 for d in found for edge in d.box)


@pytest.mark.parametrize("shape", [(525, 1400), (1400, 700), (1000, 705)])
def test_faces_are_found_on_a_picture_of_any_shape(engine: PairEngine, shape: tuple[int, int]) -> None:
    photo = sample(FRONTAL)
    height, width = photo.pixels.shape[:2]
    canvas = np.full((*shape, 3), 128, dtype=np.uint8)
    canvas[-height:, -width:] = photo.pixels
    top, left = shape[0] - height, shape[1] - width
    expected = [
        box_within(
            (left + box.left * width) / shape[1],
            (top + box.top * height) / shape[0],
            (left + box.right * width) / shape[1],
            (top + box.bottom * height) / shape[0],
        )
        for box in photo.boxes.values()
    ]
    found = engine.detect(canvas)
    assert len(match_boxes([d.box for d in found], expected)) == len(found) == 2


def nothing(height: int, width: int) -> Pixels:
    return np.full((height, width, 3), 128, dtype=np.uint8)


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 700), st.integers(1, 700))
def test_a_picture_of_nothing_has_no_faces(engine: PairEngine, height: int, width: int) -> None:
    assert engine.detect(nothing(height, width)) == []


@pytest.mark.parametrize(
    ("height", "width"),
    [
        (5, 3000),
        (3000, 12),
        (1, 3000),
        (3000, 3),
    ],
)
def test_a_sliver_has_no_faces(engine: PairEngine, height: int, width: int) -> None:
    assert engine.detect(nothing(height, width)) == []


def test_noise_is_survived(engine: PairEngine) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    assert [d.score for d in engine.detect(noise) if not mtcnn.THRESHOLDS[2] < d.score <= 1] == []


def test_a_large_picture_is_shrunk_to_the_long_side() -> None:
    assert shrunk(nothing(300, 1200), 600).shape == (150, 600, 3)
    assert shrunk(nothing(700, 20), 600).shape == (600, 17, 3)


def test_shrinking_averages() -> None:
    stripes = np.zeros((2, 4, 3), dtype=np.uint8)
    stripes[:, ::2] = 200
    assert shrunk(stripes, 2).tolist() == [[[100] * 3, [100] * 3]]


def test_a_small_picture_is_left_as_it_is() -> None:
    small = nothing(3, 4)
    assert shrunk(small, 4) is small


def test_faces_of_another_detector_get_its_landmarks(engine: PairEngine) -> None:
    pixels = sample(FIVE).pixels
    known = engine.detect(pixels)
    cut = [
        Detection(box_within(b.left + 0.01, b.top + 0.02, b.right - 0.01, b.bottom), 0.5)
        for b in (one.box for one in known)
    ]
    for ours, theirs in zip(known, engine.marker.marked(pixels, cut), strict=True):
        assert (theirs.box, theirs.score) == (cut[known.index(ours)].box, 0.5)
        eyes = abs(ours.landmarks[1].x - ours.landmarks[0].x)
        assert np.abs(np.array(ours.landmarks) - np.array(theirs.landmarks)).max() < 0.25 * eyes


def test_without_faces_there_is_nothing_to_mark(engine: PairEngine) -> None:
    assert engine.marker.marked(sample(FIVE).pixels, []) == []
