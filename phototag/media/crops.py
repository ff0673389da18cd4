"""Small pictures to look at, as JPEG files: the square around a face, and a preview of a whole photo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from phototag.core.geometry import box_in_pixels, box_within

if TYPE_CHECKING:
    from phototag.types import Box, Pixels

FACE_SIDE = 192
"""Pixels of a face's picture, at most: small faces are not made larger."""

SHARP_SIDE = 160
"""Pixels from which on a face is worth keeping although its photo has more of them: so large are those on a sheet."""

PHOTO_SIDE = 640
"""Pixels of a preview's long side, at most."""

MARGIN = 0.35
"""Of the box's longer side, shown around a face on every side: hair and chin help to tell people apart."""

PORTRAIT_SIDE = 512
"""Pixels of the long side of a picture that somebody is enrolled by: 300 kB, and more than any descriptor looks at."""

PORTRAIT_MARGIN = 0.75
"""Of the box's longer side, around a face on a picture that somebody is enrolled by."""

_SMALLEST = 0.01
"""Of the picture: a face that is smaller, or has no area, asks for no more pixels than one of this size."""

_QUALITY = 85
"""Of JPEG: 7 kB for a face, 60 kB for a preview."""


def face_crop(pixels: Pixels, box: Box) -> bytes:
    """Cut a square around a face, as much of it as the picture has, and never anything beyond the picture.

    Args:
        pixels: (h, w, 3) RGB, upright.
        box: fractions of the upright picture.

    Returns:
        A JPEG file of FACE_SIDE pixels, or fewer where the face has fewer.
    """
    left, top, side = _square(pixels, box)
    return _jpeg(shrunk(pixels[top : top + side, left : left + side], FACE_SIDE))


def portrait(pixels: Pixels, box: Box) -> tuple[Pixels, Box]:
    """Cut out a face with so much around it that any detector finds it again.

    Args:
        pixels: (h, w, 3) RGB, upright.
        box: fractions of the upright picture.

    Returns:
        (h, w, 3) RGB, PORTRAIT_SIDE pixels on the long side or fewer, and where the face is on it.
    """
    height, width = pixels.shape[:2]
    left, top, right, bottom = box_in_pixels(box, width, height)
    around = round(max(right - left, bottom - top) * PORTRAIT_MARGIN)
    x0, y0 = max(left - around, 0), max(top - around, 0)
    x1, y1 = min(right + around, width), min(bottom + around, height)
    w, h = x1 - x0, y1 - y0
    place = box_within((left - x0) / w, (top - y0) / h, (right - x0) / w, (bottom - y0) / h)
    return shrunk(np.ascontiguousarray(pixels[y0:y1, x0:x1]), PORTRAIT_SIDE), place


def png(pixels: Pixels) -> bytes:
    """A picture, (h, w, 3) RGB, as a PNG file: what is found on it is found on the file."""
    _, data = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    return data.tobytes()


def crop_side(pixels: Pixels, box: Box) -> int:
    """How many of these pixels the square around a face is wide."""
    return _square(pixels, box)[2]


def long_side_for(box: Box) -> int:
    """How many pixels a photo must have on its long side, so that this face has FACE_SIDE of them."""
    narrowest = max(min(box.right - box.left, box.bottom - box.top), _SMALLEST)
    return max(round(FACE_SIDE / (narrowest * (1 + 2 * MARGIN))), 2 * FACE_SIDE)  # the short side limits the square


def preview(pixels: Pixels, long_side: int = PHOTO_SIDE) -> bytes:
    """The whole of an upright picture, (h, w, 3) RGB, as a JPEG file of so many pixels on its long side or fewer."""
    return _jpeg(shrunk(pixels, long_side))


def _square(pixels: Pixels, box: Box) -> tuple[int, int, int]:
    """Left, top and side in pixels; at an edge it is moved, in a narrow picture it is smaller."""
    height, width = pixels.shape[:2]
    left, top, right, bottom = box_in_pixels(box, width, height)
    wanted = max(right - left, bottom - top, 1) * (1 + 2 * MARGIN)
    side = max(1, min(round(wanted), width, height))
    x, y = round((left + right - side) / 2), round((top + bottom - side) / 2)
    return min(max(x, 0), width - side), min(max(y, 0), height - side), side


def shrunk(pixels: Pixels, long_side: int) -> Pixels:
    """A picture, (h, w, 3), of no more than `long_side` pixels; first by a whole number, which is ten times as fast."""
    height, width = pixels.shape[:2]
    longest = max(height, width)
    whole = longest // long_side
    if whole > 1:
        height, width = max(height // whole, 1), max(width // whole, 1)
        pixels = _resized(pixels[: height * whole, : width * whole], width, height)
        longest = max(height, width)
    if longest <= long_side:
        return pixels
    scale = long_side / longest
    return _resized(pixels, max(round(width * scale), 1), max(round(height * scale), 1))


def _resized(pixels: Pixels, width: int, height: int) -> Pixels:
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _jpeg(pixels: Pixels) -> bytes:
    swapped = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    _, data = cv2.imencode(".jpg", swapped, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return data.tobytes()
