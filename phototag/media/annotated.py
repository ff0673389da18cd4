"""A photo, or a frame, with boxes and names drawn on it, for people to look at."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from phototag.core.geometry import box_in_pixels

if TYPE_CHECKING:
    from phototag.types import Box, Pixels

KNOWN, PERHAPS, UNKNOWN = "#34c759", "#ffcc00", "#8e8e93"
"""Of a box: somebody, perhaps somebody, nobody who is known."""

_INK = "#000000"
_SMALLEST_TEXT = 12
"""Pixels."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A box: fractions of the upright picture, what is written at it, and its colour."""

    box: Box
    text: str
    colour: str


def annotated(pixels: Pixels, marks: Sequence[Mark], *, is_png: bool = False) -> bytes:
    """Draw boxes with text: a JPEG file of the same size, or a PNG. As for `drawn`."""
    out = io.BytesIO()
    drawn(pixels, marks).save(out, "PNG" if is_png else "JPEG", quality=90)
    return out.getvalue()


def drawn(pixels: Pixels, marks: Sequence[Mark]) -> Image.Image:
    """Draw boxes with text below them, or above them where there is no room.

    Args:
        pixels: (h, w, 3) RGB, upright.
        marks: in any order.

    Returns:
        A picture of the same size.
    """
    image = Image.fromarray(pixels)
    draw = ImageDraw.Draw(image)
    line = max(2, round(max(image.size) / 400))
    font = ImageFont.load_default(max(_SMALLEST_TEXT, round(max(image.size) / 55)))
    for mark in marks:
        left, top, right, bottom = box_in_pixels(mark.box, *image.size)
        draw.rectangle((left, top, right, bottom), outline=mark.colour, width=line)
        x0, y0, x1, y1 = draw.textbbox((0, 0), mark.text, font=font)
        width, height = x1 - x0 + 2 * line, y1 - y0 + 2 * line
        x = min(max(left, 0), max(image.width - round(width), 0))
        y = bottom if bottom + height <= image.height else max(top - height, 0)
        draw.rectangle((x, y, x + width, y + height), fill=mark.colour)
        draw.text((x + line - x0, y + line - y0), mark.text, fill=_INK, font=font)
    return image
