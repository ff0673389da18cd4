"""What a picture looks like, in 256 bytes, by which copies of it are found (`core.copies`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from phototag.types import Pixels

SIDE = 32
"""Pixels on each side of the grey square that a look is taken from, whatever the picture's shape."""

WAVES = 16
"""Frequencies in each direction that are kept."""

PLAIN = 4.0
"""A picture whose grey levels vary less (standard deviation, of 255) has no look: a black frame is like any other.
The least of 614 photos is 16.7 (album-dev, wild-dev and 400 of webfaces, 2026-11)."""

UNIT = 400
"""A wave of 1/400 of the picture's contrast is 1 in a look. One above 127/400 is cut to that: a sky must not outshout
everything below it."""


def look(pixels: Pixels) -> bytes | None:
    """The low frequencies of a picture.

    Args:
        pixels: (h, w, 3) RGB, upright.

    Returns:
        WAVES x WAVES signed bytes, in the order of rows; None where the picture is too plain.
    """
    waves = cv2.dct(_grey(pixels).astype(np.float32))[:WAVES, :WAVES].copy()
    waves[0, 0] = 0  # brightness
    contrast = float(np.linalg.norm(waves))
    if contrast / SIDE < PLAIN:
        return None
    return bytes(np.clip(np.rint(waves * (UNIT / contrast)), -127, 127).astype(np.int8).tobytes())


def _grey(pixels: Pixels) -> Pixels:
    """SIDE x SIDE grey levels. Halving first takes 2 ms rather than 12 for 2000 x 1500 pixels."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    while min(grey.shape) >= 8 * SIDE:
        grey = cv2.resize(grey, (grey.shape[1] // 2, grey.shape[0] // 2), interpolation=cv2.INTER_LINEAR)
    return cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
