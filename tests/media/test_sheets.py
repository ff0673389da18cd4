from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from phototag.media.sheets import COLUMNS, MOST_FACES, SIDE, Portrait, Row, contact_sheet, overview

RED, GREEN, PAPER, BLANK = (224, 0, 0), (0, 224, 0), (255, 255, 255), (229, 229, 234)
GAP, TOP = 12, 44 + 12  # of the first picture's corner
STEP = SIDE + 12, SIDE + 18 + 12  # to the next picture


@pytest.fixture
def face() -> bytes:
    """A red square in green surroundings, as it is cut from a photo."""
    image = Image.new("RGB", (192, 192), GREEN)
    image.paste(RED, (40, 40, 152, 152))
    data = io.BytesIO()
    image.save(data, "JPEG", quality=95)
    return data.getvalue()


def opened(sheet: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(sheet))
    assert image.format == "JPEG"
    return image.convert("RGB")


def is_like(image: Image.Image, at: tuple[float, float], colour: tuple[int, int, int]) -> bool:
    """Whether a place is of a colour, but for JPEG's losses."""
    pixel = np.array(image.getpixel((round(at[0]), round(at[1]))))
    return bool(np.abs(pixel - colour).max() < 25)


def centre(i: int) -> tuple[float, float]:
    """Of the i-th picture on a sheet."""
    return GAP + i % COLUMNS * STEP[0] + SIDE / 2, TOP + i // COLUMNS * STEP[1] + SIDE / 2


@pytest.mark.parametrize(
    ("faces", "columns", "rows"),
    [(0, 2, 1), (1, 2, 1), (3, 3, 1), (6, 6, 1), (7, 6, 2), (24, 6, 4), (30, 6, 4)],
)
def test_faces_stand_in_a_grid_of_six_columns(face: bytes, faces: int, columns: int, rows: int) -> None:
    sheet = opened(contact_sheet("Group 1", [Portrait(face, "photo.png")] * faces))
    assert sheet.size == (columns * STEP[0] + GAP, 44 + rows * STEP[1] + GAP)
    shown = [i for i in range(columns * rows) if is_like(sheet, centre(i), RED)]
    assert shown == list(range(min(faces, MOST_FACES)))


def test_a_face_without_a_picture_is_a_grey_square(face: bytes) -> None:
    sheet = opened(contact_sheet("Group 1", [Portrait(picture, "") for picture in (face, None, face)]))
    colours = [next(c for c in (RED, BLANK, PAPER) if is_like(sheet, centre(i), c)) for i in range(3)]
    assert colours == [RED, BLANK, RED]


def test_a_small_picture_is_shown_as_large_as_any_other(face: bytes) -> None:
    small = io.BytesIO()
    Image.new("RGB", (3, 3), GREEN).save(small, "JPEG")
    sheet = opened(contact_sheet("Group 1", [Portrait(small.getvalue(), "")]))
    x, y = centre(0)
    assert all(is_like(sheet, (x + dx, y + dy), GREEN) for dx in (-77, 77) for dy in (-77, 77))


def test_an_overview_has_a_row_for_each_group(face: bytes) -> None:
    rows = [Row("Group 1", (Portrait(face, ""),) * (COLUMNS + 1)), Row("Group 2", (Portrait(None, ""),))]
    sheet = opened(overview(rows))
    assert is_like(sheet, (GAP + (COLUMNS - 1) * STEP[0] + SIDE / 2, GAP + 26 + SIDE / 2), RED)
    assert is_like(sheet, (GAP + SIDE / 2, GAP + 26 + SIDE + GAP + 26 + SIDE / 2), BLANK)


def has_ink(sheet: Image.Image, left: float, top: float, right: float, bottom: float) -> bool:
    region = np.asarray(sheet.crop((round(left), round(top), round(right), round(bottom))).convert("L"))
    return bool(region.min() < 160)


def test_title_and_captions_are_written(face: bytes) -> None:
    with_words = opened(contact_sheet("Group 1", [Portrait(face, "photo.png")]))
    without = opened(contact_sheet("", [Portrait(face, "")]))
    title = (GAP, GAP, 200, 40)
    caption = (GAP, TOP + SIDE + 3, GAP + SIDE, TOP + SIDE + 18)
    assert [has_ink(with_words, *place) for place in (title, caption)] == [True, True]
    assert [has_ink(without, *place) for place in (title, caption)] == [False, False]


def test_a_long_caption_does_not_run_into_the_next(face: bytes) -> None:
    faces = [Portrait(face, "a very long name of a photo " * 9 + ".png"), Portrait(face, "")]
    sheet = opened(contact_sheet("Group 1", faces))
    y = TOP + SIDE + 3
    assert has_ink(sheet, GAP, y, GAP + SIDE, y + 15)
    assert not has_ink(sheet, GAP + SIDE + 1, y, GAP + SIDE + STEP[0], y + 15)


@pytest.mark.parametrize("caption", ["Großmutter – café.jpg", "写真.jpg", "not UTF-8: \udcff.jpg", "two\nlines.jpg"])
def test_any_file_name_can_be_a_caption(face: bytes, caption: str) -> None:
    assert is_like(opened(contact_sheet(caption, [Portrait(face, caption)])), centre(0), RED)


def test_the_same_faces_make_the_same_sheet(face: bytes) -> None:
    faces = [Portrait(face, "photo.png")]
    assert contact_sheet("Group 1", faces) == contact_sheet("Group 1", faces)
