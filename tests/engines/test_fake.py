from __future__ import annotations

import colorsys
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from phototag.core.geometry import box_in_pixels
from phototag.core.vectors import distances
from phototag.engines import fake
from phototag.engines.fake import FakeEngine
from phototag.types import Box
from tests.conftest import BLUE, CYAN, GREEN, MAGENTA, RED, YELLOW, draw_photo

ENGINE = FakeEngine()
LIMITS = fake.THRESHOLDS


def picture(*colours: str, side: int = 40) -> np.ndarray:
    """Grey, with a square of each colour from left to right."""
    image = Image.new("RGB", (100 * len(colours) or 100, 100), "#808080")
    draw = ImageDraw.Draw(image)
    for i, colour in enumerate(colours):
        draw.rectangle((100 * i + 30, 20, 100 * i + 30 + side - 1, 20 + side - 1), fill=colour)
    return np.asarray(image)


def vectors(pixels: np.ndarray) -> np.ndarray:
    """Of all faces from left to right."""
    found = sorted(ENGINE.detect(pixels), key=lambda detection: detection.box.left)
    return ENGINE.embed(ENGINE.align(pixels, found))


def hue(degrees: float, value: float = 0.9) -> str:
    return "#" + "".join(f"{round(255 * part):02x}" for part in colorsys.hsv_to_rgb(degrees / 360, 1, value))


def test_a_face_is_a_square_of_one_colour() -> None:
    (found,) = ENGINE.detect(picture(RED))
    assert found.box == pytest.approx(Box(0.3, 0.2, 0.7, 0.6))
    assert found.score == 1
    assert all(0.3 < x < 0.7 and 0.2 < y < 0.6 for x, y in found.landmarks)
    assert len(found.landmarks) == 5


def test_each_square_is_a_face_with_its_own_colour() -> None:
    pixels = picture(RED, GREEN, BLUE)
    found = sorted(ENGINE.detect(pixels), key=lambda detection: detection.box.left)
    assert [box_in_pixels(d.box, 300, 100)[0] for d in found] == [30, 130, 230]
    assert [chip[0, 0, 0].tolist() for chip in ENGINE.align(pixels, found)] == [[224, 0, 0], [0, 224, 0], [0, 0, 224]]


@pytest.mark.parametrize("nobody", [picture(), picture("#ffffff", "#000000", "#a08080"), picture(RED, side=7)])
def test_grey_and_specks_are_nobody(nobody: np.ndarray) -> None:
    assert ENGINE.detect(nobody) == []


def test_the_same_hue_is_near_however_bright() -> None:
    bright_and_dark = vectors(picture("#ff0000", "#e00000", "#a00000", "#780000"))
    assert distances(bright_and_dark, bright_and_dark).max() < LIMITS.group
    near = distances(bright_and_dark[1:2], bright_and_dark[:2])
    assert near.max() < LIMITS.strong


def test_looks_make_a_difference() -> None:
    bright, dark = vectors(picture("#ff0000", "#780000"))
    assert np.linalg.norm(bright - dark) > 0.05


def test_another_hue_is_far() -> None:
    everybody = vectors(picture(*[hue(degrees) for degrees in range(0, 360, fake.HUE_STEP)]))
    table = distances(everybody, everybody)
    np.fill_diagonal(table, 2)
    assert len(everybody) == 24
    assert table.min() > LIMITS.possible + LIMITS.largest_gap


def test_a_hue_a_little_off_is_still_the_same_person() -> None:
    table = distances(*(vectors(picture(hue(degrees))) for degrees in (120, 125)))
    assert table.max() < LIMITS.strong
    table = distances(*(vectors(picture(hue(degrees))) for degrees in (357, 3)))
    assert table.max() < LIMITS.strong


def test_vectors_have_length_1_and_are_the_same_each_time() -> None:
    found = vectors(picture(RED, BLUE))
    assert found.dtype == np.float32
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 1])
    assert np.array_equal(found, vectors(picture(RED, BLUE)))


@pytest.mark.parametrize("colour", [RED, YELLOW, GREEN, CYAN, BLUE, MAGENTA])
@pytest.mark.parametrize("suffix", ["jpg", "webp", "png"])
def test_a_face_survives_compression(tmp_path: Path, colour: str, suffix: str) -> None:
    stored = np.asarray(Image.open(draw_photo(tmp_path / f"a.{suffix}", [colour])).convert("RGB"))
    found = vectors(stored)
    assert len(found) == 1
    assert distances(found, vectors(picture(colour))).max() < LIMITS.strong


def test_a_face_survives_being_made_smaller() -> None:
    image = Image.fromarray(picture(RED, BLUE)).resize((100, 50))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95, subsampling=0)
    small = vectors(np.asarray(Image.open(out)))
    assert np.diag(distances(small, vectors(picture(RED, BLUE)))).max() < LIMITS.strong
