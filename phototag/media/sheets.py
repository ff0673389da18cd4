"""Contact sheets: the faces of a group side by side, for people to look at."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

SIDE = 160
COLUMNS = 6
MOST_FACES = 24
_GAP, _TITLE, _ROW_TITLE, _CAPTION = 12, 44, 26, 18
_INK, _FAINT, _PAPER, _BLANK = "#1c1c1e", "#77777c", "#ffffff", "#e5e5ea"


@dataclass(frozen=True, slots=True)
class Portrait:
    """A face on a sheet.

    Attributes:
        picture: a square JPEG file; None where there is none.
        caption: a few words below the picture.
    """

    picture: bytes | None
    caption: str


@dataclass(frozen=True, slots=True)
class Row:
    """One group in an overview: a heading, and its faces, the best first."""

    title: str
    faces: tuple[Portrait, ...]


def overview(rows: Sequence[Row]) -> bytes:
    """Draw one row of up to COLUMNS faces for each group, so that all groups can be seen at a glance.

    Returns:
        A JPEG file.
    """
    height = _ROW_TITLE + SIDE + _GAP
    sheet = Image.new("RGB", (COLUMNS * (SIDE + _GAP) + _GAP, len(rows) * height + _GAP), _PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(15)
    for i, row in enumerate(rows):
        draw.text((_GAP, _GAP + i * height), row.title, fill=_INK, font=font)
        for j, face in enumerate(row.faces[:COLUMNS]):
            sheet.paste(_drawn(face), (_GAP + j * (SIDE + _GAP), _GAP + i * height + _ROW_TITLE))
    return _jpeg(sheet)


def contact_sheet(title: str, faces: Sequence[Portrait]) -> bytes:
    """Draw up to MOST_FACES faces in a grid.

    Args:
        title: above the grid.
        faces: best first; one without a picture is a grey square.

    Returns:
        A JPEG file.
    """
    shown = faces[:MOST_FACES]
    columns = min(COLUMNS, max(len(shown), 2))
    rows = max(1, math.ceil(len(shown) / columns))
    cell = (SIDE + _GAP, SIDE + _CAPTION + _GAP)
    sheet = Image.new("RGB", (columns * cell[0] + _GAP, _TITLE + rows * cell[1] + _GAP), _PAPER)
    draw = ImageDraw.Draw(sheet)
    draw.text((_GAP, _GAP), title, fill=_INK, font=ImageFont.load_default(20))
    small = ImageFont.load_default(11)
    for i, face in enumerate(shown):
        x, y = _GAP + i % columns * cell[0], _TITLE + _GAP + i // columns * cell[1]
        sheet.paste(_drawn(face), (x, y))
        draw.text((x, y + SIDE + 3), _fitting(face.caption, small), fill=_FAINT, font=small)
    return _jpeg(sheet)


def _jpeg(sheet: Image.Image) -> bytes:
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=88)
    return out.getvalue()


def _drawn(face: Portrait) -> Image.Image:
    if face.picture is None:
        return Image.new("RGB", (SIDE, SIDE), _BLANK)
    with Image.open(io.BytesIO(face.picture), formats=["JPEG"]) as image:
        return image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.LANCZOS)


def _fitting(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> str:
    """Keep the end of a caption that is too long: there the file's name is."""
    if font.getlength(text) <= SIDE:
        return text
    while text and font.getlength("…" + text) > SIDE:
        text = text[1:]
    return "…" + text
