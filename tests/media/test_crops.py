from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from phototag.media.crops import (
    FACE_SIDE,
    MARGIN,
    PHOTO_SIDE,
    crop_side,
    face_crop,
    long_side_for,
    preview,
    shrunk,
)
from phototag.types import Box

if TYPE_CHECKING:
    from phototag.types import Pixels

RED, GREEN = (224, 0, 0), (0, 224, 0)
SQUARE = Box(0.4, 0.4, 0.6, 0.6)


def picture(width: int = 800, height: int = 800, red: Box = SQUARE) -> Pixels:
    """Green, with a red box."""
    pixels = np.full((height, width, 3), GREEN, np.uint8)
    pixels[round(red.top * height) : round(red.bottom * height), round(red.left * width) : round(red.right * width)] = (
        RED
    )
    return pixels


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    assert image.format == "JPEG"
    return image.convert("RGB")


def is_like(image: Image.Image, at: tuple[float, float], colour: tuple[int, int, int]) -> bool:
    """Whether a place, as fractions, is of a colour, but for JPEG's losses."""
    pixel = np.array(image.getpixel((int(at[0] * image.width), int(at[1] * image.height))))
    return bool(np.abs(pixel - colour).max() < 25)


def test_a_face_is_shown_with_some_of_its_surroundings() -> None:
    crop = opened(face_crop(picture(), SQUARE))
    assert crop.size == (FACE_SIDE, FACE_SIDE)
    edge = MARGIN / (1 + 2 * MARGIN)  # where the face begins
    assert is_like(crop, (0.5, 0.5), RED)
    assert is_like(crop, (edge + 0.04, edge + 0.04), RED)
    assert is_like(crop, (edge - 0.04, 0.5), GREEN)
    assert is_like(crop, (1 - edge + 0.04, 0.5), GREEN)


EDGES = [Box(0, 0.4, 0.2, 0.6), Box(0.8, 0.4, 1, 0.6), Box(0.4, 0, 0.6, 0.2), Box(0.4, 0.8, 0.6, 1)]
CORNERS = [Box(0, 0, 0.2, 0.2), Box(0.8, 0.8, 1, 1), Box(0.05, 0.9, 0.15, 1)]
LARGE = [Box(0, 0, 1, 1), Box(0.1, 0.1, 0.95, 0.95), Box(0, 0.3, 1, 0.4)]
TINY = [Box(0.5, 0.5, 0.5, 0.5), Box(1, 1, 1, 1), Box(0, 0, 0.001, 0.001)]


@pytest.mark.parametrize("box", [*EDGES, *CORNERS, *LARGE, *TINY])
@pytest.mark.parametrize("size", [(400, 400), (300, 91), (60, 500), (1, 1), (1, 3000)])
def test_a_crop_is_a_square_of_the_photo_and_of_nothing_else(box: Box, size: tuple[int, int]) -> None:
    crop = opened(face_crop(picture(*size, red=Box(0, 0, 0, 0)), box))
    assert crop.width == crop.height <= min(FACE_SIDE, *size)
    assert np.abs(np.asarray(crop).astype(int) - GREEN).max() < 25


def test_a_face_at_the_edge_is_shown_as_large_as_any_other() -> None:
    box = Box(0, 0.4, 0.2, 0.6)
    crop = opened(face_crop(picture(red=box), box))
    face = 1 / (1 + 2 * MARGIN)
    assert is_like(crop, (0.02, 0.5), RED)
    assert is_like(crop, (face - 0.04, 0.5), RED)
    assert is_like(crop, (face + 0.04, 0.5), GREEN)


def test_a_small_face_is_not_made_larger() -> None:
    assert opened(face_crop(picture(), Box(0.5, 0.5, 0.525, 0.525))).size == (34, 34)


@pytest.mark.parametrize("box", [SQUARE, Box(0.1, 0.1, 0.15, 0.15), Box(0.3, 0.1, 0.8, 0.9)])
def test_so_many_pixels_as_are_asked_for_make_a_sharp_crop(box: Box) -> None:
    long_side = long_side_for(box)
    assert crop_side(picture(long_side, long_side * 2 // 3), box) >= FACE_SIDE * 2 // 3
    assert FACE_SIDE - 3 <= crop_side(picture(long_side, long_side), box) <= 2 * FACE_SIDE


@pytest.mark.parametrize("box", [*TINY, Box(0, 0, 1, 0)])
def test_no_face_asks_for_more_pixels_than_any_photo_has(box: Box) -> None:
    assert long_side_for(box) < 12_000


@pytest.mark.parametrize(
    ("size", "shown"),
    [((1280, 640), (640, 320)), ((700, 1000), (448, 640)), ((300, 200), (300, 200)), ((5000, 3), (640, 1))],
)
def test_a_preview_is_the_whole_photo_and_never_larger(size: tuple[int, int], shown: tuple[int, int]) -> None:
    image = opened(preview(picture(*size)))
    assert max(image.size) <= PHOTO_SIDE
    assert image.size == shown


def test_a_preview_has_the_colours_of_the_photo() -> None:
    image = opened(preview(picture()))
    assert is_like(image, (0.5, 0.5), RED)
    assert is_like(image, (0.1, 0.9), GREEN)


def test_a_large_picture_is_shrunk_and_a_small_one_is_left() -> None:
    assert shrunk(np.zeros((300, 600, 3), dtype=np.uint8), 200).shape == (100, 200, 3)
    small = np.zeros((30, 60, 3), dtype=np.uint8)
    assert shrunk(small, 60) is small
