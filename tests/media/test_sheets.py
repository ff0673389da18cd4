from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from phototag.media.sheets import COLUMNS, MOST_FACES, SIDE, FaceOnDisk, contact_sheet
from phototag.types import Box

RED, GREEN, PAPER, BLANK = (224, 0, 0), (0, 224, 0), (255, 255, 255), (229, 229, 234)
GAP, TOP = 12, 44 + 12  # of the first picture's corner
STEP = SIDE + 12, SIDE + 18 + 12  # to the next picture


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A green picture with a red square from 0.4 to 0.6."""
    image = Image.new("RGB", (400, 400), GREEN)
    image.paste(RED, (160, 160, 240, 240))
    image.save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


SQUARE = Box(0.4, 0.4, 0.6, 0.6)


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
def test_faces_stand_in_a_grid_of_six_columns(photo: Path, faces: int, columns: int, rows: int) -> None:
    sheet = opened(contact_sheet("Group 1", [FaceOnDisk(photo, SQUARE, "photo.png")] * faces))
    assert sheet.size == (columns * STEP[0] + GAP, 44 + rows * STEP[1] + GAP)
    shown = [i for i in range(columns * rows) if is_like(sheet, centre(i), RED)]
    assert shown == list(range(min(faces, MOST_FACES)))


def test_a_face_is_shown_with_some_of_its_surroundings(photo: Path) -> None:
    sheet = opened(contact_sheet("Group 1", [FaceOnDisk(photo, SQUARE, "")]))
    x, y = centre(0)
    half = SIDE / 2
    assert is_like(sheet, (x + half * 0.5, y), RED)  # the face ends at half / 1.7
    assert is_like(sheet, (x + half * 0.7, y), GREEN)
    assert is_like(sheet, (x - half * 0.9, y - half * 0.9), GREEN)
    assert is_like(sheet, (x + half + 5, y), PAPER)


EDGES = [Box(0, 0.4, 0.2, 0.6), Box(0.8, 0.4, 1, 0.6), Box(0.4, 0, 0.6, 0.2), Box(0.4, 0.8, 0.6, 1)]
CORNERS = [Box(0, 0, 0.2, 0.2), Box(0.8, 0.8, 1, 1), Box(0.05, 0.9, 0.15, 1)]
LARGE = [Box(0, 0, 1, 1), Box(0.1, 0.1, 0.95, 0.95), Box(0, 0.3, 1, 0.4)]


@pytest.mark.parametrize("box", [*EDGES, *CORNERS, *LARGE])
@pytest.mark.parametrize("size", [(400, 400), (300, 91), (60, 500)])
def test_nothing_is_shown_of_what_lies_beyond_the_photo(tmp_path: Path, box: Box, size: tuple[int, int]) -> None:
    Image.new("RGB", size, GREEN).save(tmp_path / "green.png")
    sheet = opened(contact_sheet("Group 1", [FaceOnDisk(tmp_path / "green.png", box, "")]))
    x, y = centre(0)
    picture = np.asarray(sheet.crop((round(x - 78), round(y - 78), round(x + 78), round(y + 78)))).astype(int)
    assert np.abs(picture - GREEN).max() < 25


def test_a_face_at_the_edge_is_shown_as_large_as_any_other(photo: Path, tmp_path: Path) -> None:
    with Image.open(photo) as image:
        image.crop((160, 0, 400, 400)).save(tmp_path / "cut.png")  # the red square is at the left edge, 80 of 240 wide
    sheet = opened(contact_sheet("Group 1", [FaceOnDisk(tmp_path / "cut.png", Box(0, 0.4, 1 / 3, 0.6), "")]))
    x, y = centre(0)
    left, face = x - SIDE / 2, SIDE / 1.7
    assert is_like(sheet, (left + 3, y), RED)
    assert is_like(sheet, (left + face - 5, y), RED)
    assert is_like(sheet, (left + face + 5, y), GREEN)
    assert is_like(sheet, (x, y - face / 2 - 5), GREEN)


def test_a_photo_is_shown_upright(photo: Path, tmp_path: Path) -> None:
    image = Image.new("RGB", (300, 200), GREEN)
    image.paste(RED, (0, 0, 100, 100))  # upper left as stored, upper right when turned
    turned = tmp_path / "turned.jpg"
    image.getexif()[0x0112] = 6
    image.save(turned, exif=image.getexif(), quality=95)
    assert ImageOps.exif_transpose(Image.open(turned)).size == (200, 300)
    sheet = opened(contact_sheet("Group 1", [FaceOnDisk(turned, Box(0.5, 0, 1, 1 / 3), "")]))
    assert is_like(sheet, centre(0), RED)


@pytest.mark.parametrize("contents", [None, b"", b"not a photo"])
def test_a_photo_that_cannot_be_read_leaves_a_grey_square(photo: Path, tmp_path: Path, contents: bytes | None) -> None:
    broken = tmp_path / "broken.jpg"
    if contents is not None:
        broken.write_bytes(contents)
    faces = [FaceOnDisk(file, SQUARE, file.name) for file in (photo, broken, photo)]
    sheet = opened(contact_sheet("Group 1", faces))
    colours = [next(c for c in (RED, BLANK, PAPER) if is_like(sheet, centre(i), c)) for i in range(3)]
    assert colours == [RED, BLANK, RED]


def test_a_box_without_area_is_still_a_picture(photo: Path) -> None:
    sheet = opened(contact_sheet("Group 1", [FaceOnDisk(photo, Box(0.5, 0.5, 0.5, 0.5), "")]))
    assert is_like(sheet, centre(0), RED)


def has_ink(sheet: Image.Image, left: float, top: float, right: float, bottom: float) -> bool:
    region = np.asarray(sheet.crop((round(left), round(top), round(right), round(bottom))).convert("L"))
    return bool(region.min() < 160)


def test_title_and_captions_are_written(photo: Path) -> None:
    with_words = opened(contact_sheet("Group 1", [FaceOnDisk(photo, SQUARE, "photo.png")]))
    without = opened(contact_sheet("", [FaceOnDisk(photo, SQUARE, "")]))
    title = (GAP, GAP, 200, 40)
    caption = (GAP, TOP + SIDE + 3, GAP + SIDE, TOP + SIDE + 18)
    assert [has_ink(with_words, *place) for place in (title, caption)] == [True, True]
    assert [has_ink(without, *place) for place in (title, caption)] == [False, False]


def test_a_long_caption_does_not_run_into_the_next(photo: Path) -> None:
    faces = [FaceOnDisk(photo, SQUARE, "a very long name of a photo " * 9 + ".png"), FaceOnDisk(photo, SQUARE, "")]
    sheet = opened(contact_sheet("Group 1", faces))
    y = TOP + SIDE + 3
    assert has_ink(sheet, GAP, y, GAP + SIDE, y + 15)
    assert not has_ink(sheet, GAP + SIDE + 1, y, GAP + SIDE + STEP[0], y + 15)


@pytest.mark.parametrize("caption", ["Großmutter – café.jpg", "写真.jpg", "not UTF-8: \udcff.jpg", "two\nlines.jpg"])
def test_any_file_name_can_be_a_caption(photo: Path, caption: str) -> None:
    assert is_like(opened(contact_sheet(caption, [FaceOnDisk(photo, SQUARE, caption)])), centre(0), RED)


def test_the_same_faces_make_the_same_sheet(photo: Path) -> None:
    faces = [FaceOnDisk(photo, SQUARE, "photo.png")]
    assert contact_sheet("Group 1", faces) == contact_sheet("Group 1", faces)
