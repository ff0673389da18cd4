from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phototag.engines.alignment import TEMPLATE, VIEWS, View, chips_of
from phototag.types import Box, Detection, Point

SIDE = 150
PLAIN = View(1, 0, False)
WHOLE = Box(0, 0, 1, 1)


def face(points: np.ndarray, width: int, height: int) -> Detection:
    """A detection with landmarks in pixels."""
    return Detection(WHOLE, 1.0, tuple(Point(x / width, y / height) for x, y in points.tolist()))


def placed(turn: float, scale: float, x: float, y: float) -> np.ndarray:
    """The template's landmarks, turned by degrees around the middle of a chip, scaled, with that middle at (x, y)."""
    cos, sin = scale * np.cos(np.deg2rad(turn)), scale * np.sin(np.deg2rad(turn))
    return (TEMPLATE - SIDE / 2) @ np.array([[cos, sin], [-sin, cos]]) + [x, y]


def similarity_chips(pixels: np.ndarray, detections: list[Detection]) -> np.ndarray:
    """The faces as they are, neither turned nor zoomed."""
    return chips_of(pixels, detections, [PLAIN])[:, 0]


def bright_spot(chip: np.ndarray) -> tuple[float, float]:
    """The centre of what is bright."""
    weight = chip[..., 0].astype(float)
    y, x = np.indices(weight.shape)
    return float((x * weight).sum() / weight.sum()), float((y * weight).sum() / weight.sum())


@pytest.mark.parametrize(
    ("turn", "scale"), [(0, 1), (0, 0.5), (0, 2.2), (0, 4), (0, 7.3), (30, 1), (-90, 1.5), (180, 3)]
)
@pytest.mark.parametrize("landmark", range(5))
def test_landmarks_come_to_lie_on_the_template(landmark: int, turn: float, scale: float) -> None:
    marks = placed(turn, scale, x=1010, y=800)
    picture = np.zeros((1600, 2000, 3), dtype=np.uint8)
    cv2.circle(picture, np.rint(marks[landmark]).astype(int).tolist(), max(2, round(5 * scale)), (255, 255, 255), -1)
    (chip,) = similarity_chips(picture, [face(marks, 2000, 1600)])
    assert bright_spot(chip) == pytest.approx(tuple(TEMPLATE[landmark]), abs=1.2)


def test_each_face_has_its_own_chip_in_order() -> None:
    picture = np.zeros((400, 900, 3), dtype=np.uint8)
    picture[:, :450], picture[:, 450:] = (250, 0, 0), (0, 0, 250)
    left, right = (face(placed(0, 1, x, 200), 900, 400) for x in (200, 700))
    chips = similarity_chips(picture, [right, left])
    assert chips.shape == (2, SIDE, SIDE, 3)
    assert chips.dtype == np.uint8
    assert [chip[75, 75].tolist() for chip in chips] == [[0, 0, 250], [250, 0, 0]]


def test_no_faces_have_no_chips() -> None:
    assert similarity_chips(np.zeros((10, 10, 3), dtype=np.uint8), []).shape == (0, SIDE, SIDE, 3)


@pytest.mark.parametrize("scale", [1, 3])
def test_outside_of_the_picture_it_is_black(scale: float) -> None:
    picture = np.full((600, 600, 3), 200, dtype=np.uint8)
    (chip,) = similarity_chips(picture, [face(placed(0, scale, 0, 300), 600, 600)])  # half of it left of the picture
    assert (chip[:, :70] == 0).all()
    assert (chip[:, 80:] == 200).all()


def test_a_large_face_is_averaged_rather_than_sampled() -> None:
    stripes = np.zeros((1000, 1000, 3), dtype=np.uint8)
    stripes[:, 0::4] = stripes[:, 1::4] = 200
    (chip,) = similarity_chips(stripes, [face(placed(0, 5, 500, 500), 1000, 1000)])
    middle = chip[10:140, 10:140]
    assert np.abs(middle.astype(int) - 100).max() <= 60


def test_a_chip_does_not_depend_on_how_large_the_rest_of_the_photo_is() -> None:
    random = np.random.default_rng(2).integers(0, 256, (900, 900, 3), dtype=np.uint8)
    photo = cv2.GaussianBlur(random, (0, 0), 6)
    part = np.ascontiguousarray(photo[:700, :700])
    marks = placed(10, 3, 350, 350)
    chips = [similarity_chips(image, [face(marks, len(image), len(image))])[0] for image in (photo, part)]
    assert np.abs(chips[0].astype(int) - chips[1].astype(int)).max() <= 2


def test_landmarks_in_one_place_make_a_chip_all_the_same() -> None:
    picture = np.full((300, 300, 3), 200, dtype=np.uint8)
    assert similarity_chips(picture, [face(np.full((5, 2), 150.0), 300, 300)]).shape == (1, SIDE, SIDE, 3)


@settings(deadline=None)
@given(
    st.integers(100, 400),
    st.integers(100, 400),
    st.tuples(st.floats(0, 360), st.floats(0.05, 3), st.floats(-50, 450), st.floats(-50, 450)),
)
def test_any_face_in_or_near_a_picture_makes_a_chip(width: int, height: int, where: tuple[float, ...]) -> None:
    picture = np.full((height, width, 3), 200, dtype=np.uint8)
    (chip,) = similarity_chips(picture, [face(placed(*where), width, height)])
    assert chip.max() <= 200


# Views


def seen(view: View, landmark: int) -> tuple[float, float]:
    """Where a landmark lies in a view."""
    picture = np.zeros((900, 900, 3), dtype=np.uint8)
    marks = placed(0, 2, 450, 450)
    cv2.circle(picture, np.rint(marks[landmark]).astype(int).tolist(), 10, (255, 255, 255), -1)
    return bright_spot(chips_of(picture, [face(marks, 900, 900)], [view])[0, 0])


def test_a_nearer_view_shows_the_face_larger() -> None:
    left, right = seen(View(1.08, 0, False), 0), seen(View(1.08, 0, False), 1)
    assert right[0] - left[0] == pytest.approx(1.08 * (TEMPLATE[1] - TEMPLATE[0])[0], abs=1)


def test_a_turned_view_is_turned_clockwise_about_the_middle() -> None:
    middle, radians = SIDE / 2, np.deg2rad(7)
    for landmark in range(5):
        x, y = TEMPLATE[landmark] - middle
        expected = (x * np.cos(radians) - y * np.sin(radians), x * np.sin(radians) + y * np.cos(radians))
        assert seen(View(1, 7, False), landmark) == pytest.approx(np.add(expected, middle), abs=1.2)


def test_a_mirrored_view_is_the_mirror_image() -> None:
    random = np.random.default_rng(4).integers(0, 256, (600, 600, 3), dtype=np.uint8)
    here = face(placed(5, 2, 300, 300), 600, 600)
    plain, mirrored = chips_of(random, [here], [View(1, 7, False), View(1, 7, True)])[0]
    assert (mirrored == plain[:, ::-1]).all()


def test_every_face_is_seen_in_every_view() -> None:
    picture = np.zeros((300, 300, 3), dtype=np.uint8)
    faces = [face(placed(0, 1, 150, 150), 300, 300)] * 3
    assert chips_of(picture, faces).shape == (3, len(VIEWS), SIDE, SIDE, 3)
    assert chips_of(picture, []).shape == (0, len(VIEWS), SIDE, SIDE, 3)
