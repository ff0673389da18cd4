"""What pictures look like."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from phototag.core.copies import ALIKE, likeness, to_looks
from phototag.media.looks import WAVES, look


def picture(seed: int) -> NDArray[np.float64]:
    """Eight by eight spots of grey, 256 x 256 pixels."""
    return np.kron(np.random.default_rng(seed).uniform(20, 235, (8, 8)), np.ones((32, 32)))


def rgb(grey: NDArray[np.float64]) -> NDArray[np.uint8]:
    return np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


def alike(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    both = to_looks([look(rgb(a)) or b"", look(rgb(b)) or b""])
    return float(likeness(both[:1], both[1:])[0])


def test_a_look_is_256_bytes() -> None:
    assert len(look(rgb(picture(1))) or b"") == WAVES * WAVES == 256


def test_a_picture_is_like_itself() -> None:
    assert alike(picture(1), picture(1)) == pytest.approx(1)


def test_brightness_and_contrast_do_not_matter() -> None:
    assert alike(picture(1), 20 + picture(1) * 0.5) > ALIKE


def test_a_little_noise_does_not_matter() -> None:
    noise = np.random.default_rng(9).normal(0, 5, (256, 256))
    assert alike(picture(1), picture(1) + noise) > ALIKE


def test_a_shift_by_one_pixel_in_32_is_another_picture() -> None:
    assert alike(picture(1), np.roll(picture(1), 8, axis=1)) < ALIKE


def test_a_mirrored_picture_is_another_picture() -> None:
    assert alike(picture(1), picture(1)[:, ::-1]) < 0.8


def test_a_plain_picture_has_no_look() -> None:
    assert look(rgb(np.full((256, 256), 200))) is None
    assert look(rgb(200 + np.random.default_rng(1).normal(0, 2, (256, 256)))) is None


def test_a_picture_is_like_itself_in_any_size() -> None:
    large = np.kron(picture(1), np.ones((8, 8)))
    assert alike(picture(1), large) > 0.999
    assert alike(picture(1), large[:, ::2]) > 0.999
