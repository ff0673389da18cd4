from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageOps

from phototag.core.geometry import (
    FACE_ID_GRID,
    box_in_pixels,
    box_within,
    face_ids,
    intersection_over_union,
    match_boxes,
    to_stored,
    to_upright,
)
from phototag.types import Box

ORIENTATIONS = range(1, 9)
PHOTO = "0123456789abcdef" * 2

fractions = st.floats(0, 1, allow_subnormal=False)
boxes = st.builds(box_within, fractions, fractions, fractions, fractions)


def cell_centre(x: int, y: int, side: float = 0.04) -> Box:
    """A box around the centre of cell (x, y) of the grid that names faces."""
    centre_x, centre_y = (x + 0.5) / FACE_ID_GRID, (y + 0.5) / FACE_ID_GRID
    return Box(centre_x - side / 2, centre_y - side / 2, centre_x + side / 2, centre_y + side / 2)


# Boxes in an image


def test_a_box_is_clipped_to_the_image() -> None:
    assert box_within(-0.5, 0.25, 1.5, 0.75) == Box(0, 0.25, 1, 0.75)


def test_a_box_has_its_edges_in_order() -> None:
    assert box_within(0.75, 1, 0.25, 0) == Box(0.25, 0, 0.75, 1)


def test_a_box_outside_of_the_image_has_no_area() -> None:
    assert box_within(1.5, 0.25, 2, 0.75) == Box(1, 0.25, 1, 0.75)


@given(*[st.floats(allow_nan=False)] * 4)
def test_any_numbers_make_a_box(left: float, top: float, right: float, bottom: float) -> None:
    box = box_within(left, top, right, bottom)
    assert 0 <= box.left <= box.right <= 1
    assert 0 <= box.top <= box.bottom <= 1


def test_a_box_of_numpy_numbers_holds_plain_floats() -> None:
    assert [type(edge) for edge in box_within(*np.array([0.1, 0.2, 0.3, 0.4], dtype=np.float32))] == [float] * 4


def test_pixels_of_a_box_are_rounded() -> None:
    assert box_in_pixels(Box(0.1, 0.2, 0.5, 1.0), 1004, 498) == (100, 100, 502, 498)


# EXIF orientation


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_a_turned_box_lies_where_pillow_turns_its_pixels(orientation: int) -> None:
    stored = Box(0.1, 0.2, 0.5, 0.4)
    image = Image.new("L", (40, 30))
    image.paste(255, box_in_pixels(stored, 40, 30))
    image.getexif()[ExifTags.Base.Orientation] = orientation
    upright = ImageOps.exif_transpose(image)
    assert upright.getbbox() == box_in_pixels(to_upright(stored, orientation), *upright.size)


@given(boxes, st.sampled_from(ORIENTATIONS))
def test_to_stored_undoes_to_upright(box: Box, orientation: int) -> None:
    assert to_stored(to_upright(box, orientation), orientation) == pytest.approx(box, abs=1e-12)
    assert to_upright(to_stored(box, orientation), orientation) == pytest.approx(box, abs=1e-12)


# Overlap


def test_a_box_overlaps_itself_wholly() -> None:
    box = Box(0.25, 0.25, 0.75, 0.5)
    assert intersection_over_union(box, box) == 1


def test_overlap_is_the_shared_area_over_the_covered_area() -> None:
    left, middle = Box(0, 0, 0.5, 1), Box(0.25, 0, 0.75, 1)
    assert intersection_over_union(left, middle) == pytest.approx(0.25 / 0.75)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(Box(0.5, 0, 1, 0.5), id="side by side"),
        pytest.param(Box(0.5, 0.5, 1, 1), id="corner to corner"),
        pytest.param(Box(0.25, 0.25, 0.25, 0.25), id="a point inside"),
        pytest.param(Box(0.25, 0, 0.25, 0.5), id="a line inside"),
    ],
)
def test_boxes_that_share_no_area_do_not_overlap(other: Box) -> None:
    assert intersection_over_union(Box(0, 0, 0.5, 0.5), other) == 0


def test_boxes_whose_area_is_too_small_to_tell_do_not_overlap() -> None:
    speck = Box(0, 0, 1e-200, 1e-200)
    assert intersection_over_union(speck, speck) == 0


@given(boxes, boxes)
def test_overlap_is_symmetric_and_a_fraction(a: Box, b: Box) -> None:
    assume(all((box.right - box.left) * (box.bottom - box.top) > 1e-300 for box in (a, b)))
    overlap = intersection_over_union(a, b)
    assert 0 <= overlap <= 1 + 1e-9
    assert overlap == pytest.approx(intersection_over_union(b, a))


def test_boxes_are_paired_with_the_greatest_overlap_first() -> None:
    ours = [Box(0, 0, 0.4, 1), Box(0.1, 0, 0.5, 1)]
    theirs = [Box(0.1, 0, 0.48, 1)]
    assert match_boxes(ours, theirs) == {1: 0}


def test_a_box_that_lost_its_best_partner_gets_the_next() -> None:
    ours = [Box(0, 0, 0.40, 1), Box(0, 0, 0.36, 1)]
    theirs = [Box(0, 0, 0.39, 1), Box(0, 0, 0.30, 1)]
    assert match_boxes(ours, theirs) == {0: 0, 1: 1}


def test_boxes_that_overlap_too_little_are_not_paired() -> None:
    a, b = Box(0, 0, 0.5, 1), Box(0.25, 0, 0.75, 1)
    assert match_boxes([a], [b]) == {}
    assert match_boxes([a], [b], least=0.3) == {0: 0}


def test_equal_overlaps_go_to_the_lower_indices() -> None:
    box = Box(0, 0, 0.5, 0.5)
    assert match_boxes([box, box], [box, box, box]) == {0: 0, 1: 1}


solid = boxes.filter(lambda box: (box.right - box.left) * (box.bottom - box.top) > 1e-6)


@given(
    st.lists(solid, max_size=6, unique=True).flatmap(lambda drawn: st.tuples(st.just(drawn), st.permutations(drawn)))
)
def test_boxes_are_matched_with_themselves_in_any_order(both: tuple[list[Box], list[Box]]) -> None:
    ours, theirs = both
    assert {ours[i]: theirs[j] for i, j in match_boxes(ours, theirs).items()} == {box: box for box in ours}


# Names of faces


def test_faces_are_named_by_16_hex_digits_that_never_change() -> None:
    assert face_ids(PHOTO, [cell_centre(3, 5), cell_centre(100, 5)]) == ["e16386742149e511", "559f33dceae55924"]


@given(st.lists(boxes, max_size=8, unique=True), st.permutations(range(8)))
def test_names_do_not_depend_on_the_order_of_the_boxes(drawn: list[Box], order: list[int]) -> None:
    names = dict(zip(drawn, face_ids(PHOTO, drawn), strict=True))
    shuffled = [drawn[i] for i in order if i < len(drawn)]
    assert face_ids(PHOTO, shuffled) == [names[box] for box in shuffled]


@given(st.lists(boxes, max_size=8))
def test_all_faces_of_a_photo_have_different_names(drawn: list[Box]) -> None:
    assert len(set(face_ids(PHOTO, drawn))) == len(drawn)


def test_the_same_box_on_another_photo_has_another_name() -> None:
    box = cell_centre(3, 5)
    assert face_ids(PHOTO, [box]) != face_ids(PHOTO[::-1], [box])


@given(
    st.integers(0, FACE_ID_GRID - 1),
    st.integers(0, FACE_ID_GRID - 1),
    st.tuples(*[st.floats(-1e-6, 1e-6)] * 4),
)
def test_names_do_not_depend_on_the_last_digits(x: int, y: int, jitter: tuple[float, ...]) -> None:
    box = cell_centre(x, y)
    moved = Box(*(edge + d for edge, d in zip(box, jitter, strict=True)))
    assert face_ids(PHOTO, [box]) == face_ids(PHOTO, [moved])


def test_faces_in_neighbouring_cells_have_different_names() -> None:
    middle = cell_centre(64, 64)
    (name,) = face_ids(PHOTO, [middle])
    around = [cell_centre(x, y) for x in (63, 64, 65) for y in (63, 64, 65) if (x, y) != (64, 64)]
    assert name not in {found for box in around for found in face_ids(PHOTO, [box])}


def test_of_two_faces_in_one_cell_the_upper_keeps_the_plain_name() -> None:
    small, large = cell_centre(64, 64, side=0.1), cell_centre(64, 64, side=0.2)
    (plain,) = face_ids(PHOTO, [small])
    names = face_ids(PHOTO, [small, large])  # the larger box starts further up
    assert names[1] == plain
    assert names[0] != plain


def test_faces_in_the_corners_of_the_image_have_names_too() -> None:
    corners = [Box(0, 0, 0, 0), Box(1, 0, 1, 0), Box(0, 1, 0, 1), Box(1, 1, 1, 1)]
    assert len(set(face_ids(PHOTO, corners))) == 4


# Similarity transforms
