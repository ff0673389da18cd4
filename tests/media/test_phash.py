from __future__ import annotations

import time
from pathlib import Path

import cv2
import imagehash
import numpy as np
import pytest
from PIL import Image

from phototag.media.phash import phash
from tests.conftest import SAMPLE_LIBRARY

PHOTOS = sorted(SAMPLE_LIBRARY.rglob("*.jpg"))[::5]


def theirs(pixels: np.ndarray) -> int:
    return int(str(imagehash.phash(Image.fromarray(pixels))), 16)


def bits(a: int, b: int) -> int:
    """In how many of 64 bits two numbers differ; signed or not."""
    return ((a ^ b) & (2**64 - 1)).bit_count()


@pytest.mark.parametrize("seed", range(20))
def test_of_32_by_32_pixels_it_is_that_of_imagehash(seed: int) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    found = phash(pixels)
    assert found is not None
    assert bits(found, theirs(pixels)) == 0


@pytest.mark.parametrize("path", PHOTOS, ids=lambda path: path.stem)
def test_of_a_photo_it_is_nearly_that_of_imagehash(path: Path) -> None:
    try:
        with Image.open(path) as image:
            pixels = np.asarray(image.convert("RGB"))
    except OSError:
        pytest.skip("one of the library's broken photos")
    found = phash(pixels)
    assert found is not None
    assert bits(found, theirs(pixels)) <= 2
    smaller = cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    assert bits(found, phash(np.asarray(smaller)) or 0) <= 4


def test_it_fits_into_a_signed_number_of_64_bits() -> None:
    found = {phash(np.random.default_rng(i).integers(0, 256, (32, 32, 3), dtype=np.uint8)) for i in range(20)}
    assert None not in found
    assert all(-(2**63) <= number < 2**63 for number in found if number is not None)
    assert min(number or 0 for number in found) < 0  # the lowest frequency, in the highest bit, is positive


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_plain_picture_has_none(grey: int) -> None:
    noise = np.random.default_rng(1).normal(grey, 3, (480, 640, 1)).clip(0, 255).astype(np.uint8)
    assert phash(np.repeat(noise, 3, axis=2)) is None


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (3000, 2), (32, 32)])
def test_pictures_of_any_shape_have_one_or_none(shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (*shape, 3), dtype=np.uint8)
    assert phash(pixels) is None or isinstance(phash(pixels), int)


def test_it_costs_next_to_nothing() -> None:
    pixels = np.zeros((1500, 2000, 3), np.uint8)
    best = min(_seconds(pixels) for _ in range(20))
    assert best < 0.01  # 1.5 ms on a quiet machine


def _seconds(pixels: np.ndarray) -> float:
    start = time.perf_counter()
    phash(pixels)
    return time.perf_counter() - start
