"""Tiny camera RAW files: DNG, which is a TIFF with the light behind a mosaic of colour filters."""

from __future__ import annotations

import io
import struct
from fractions import Fraction

import numpy as np
from PIL import Image

BYTE, ASCII, SHORT, LONG, RATIONAL, SRATIONAL = 1, 2, 3, 4, 5, 10
_CODES = {BYTE: "B", SHORT: "H", LONG: "L"}

Tags = dict[int, tuple[int, object]]
"""Tag -> (type, values)."""


def _packed(kind: int, values: object) -> tuple[int, bytes]:
    """How many values, and their bytes."""
    if kind == ASCII:
        text = str(values).encode() + b"\0"
        return len(text), text
    numbers = list(values) if isinstance(values, (list, tuple, bytes)) else [values]
    if kind in (RATIONAL, SRATIONAL):
        pairs = [part for number in numbers for part in Fraction(number).limit_denominator(10_000).as_integer_ratio()]
        return len(numbers), struct.pack(f"<{len(pairs)}{'l' if kind == SRATIONAL else 'L'}", *pairs)
    return len(numbers), struct.pack(f"<{len(numbers)}{_CODES[kind]}", *numbers)


def _table(tags: Tags, at: int) -> bytes:
    """A table of tags that is to stand at an offset, with what does not fit into it behind it."""
    entries, behind = b"", b""
    start = at + 2 + 12 * len(tags) + 4
    for tag, (kind, values) in sorted(tags.items()):
        count, data = _packed(kind, values)
        if len(data) > 4:
            where = struct.pack("<L", start + len(behind))
            behind += data + bytes(len(data) % 2)
        else:
            where = data.ljust(4, b"\0")
        entries += struct.pack("<HHL", tag, kind, count) + where
    return struct.pack("<H", len(tags)) + entries + bytes(4) + behind


def tiff(tags: Tags, body: bytes) -> bytes:
    """A TIFF with this at offset 8, and these tags behind it."""
    at = 8 + len(body)
    return struct.pack("<2sHL", b"II", 42, at) + body + _table(tags, at)


def dng(picture: Image.Image, preview: Image.Image | None = None, orientation: int = 1) -> bytes:
    """A DNG of a picture by a "Toy Box", taken on 2019-06-01 at noon, with a JPEG in it if a preview is given."""
    pixels = np.asarray(picture.convert("RGB")).astype(np.uint32)
    height, width = pixels.shape[:2]
    mosaic = pixels[:, :, 1].copy()  # RGGB
    mosaic[::2, ::2], mosaic[1::2, 1::2] = pixels[::2, ::2, 0], pixels[1::2, 1::2, 2]
    light = ((mosaic / 255) ** 2.2 * 65535).astype("<u2").tobytes()
    jpeg = b""
    if preview is not None:
        out = io.BytesIO()
        preview.save(out, "JPEG", quality=95)
        jpeg = out.getvalue() + bytes(len(out.getvalue()) % 2)
    about: Tags = {
        271: (ASCII, "Toy"),
        272: (ASCII, "Toy Box"),
        274: (SHORT, orientation),
        306: (ASCII, "2019:06:01 12:00:00"),
        50706: (BYTE, (1, 4, 0, 0)),
        50707: (BYTE, (1, 1, 0, 0)),
        50708: (ASCII, "Toy Box"),
        50721: (SRATIONAL, (3.2406, -1.5372, -0.4986, -0.9689, 1.8758, 0.0415, 0.0557, -0.2040, 1.0570)),
        50728: (RATIONAL, (1, 1, 1)),
        50778: (SHORT, 21),
    }
    raw: Tags = {
        254: (LONG, 0),
        256: (LONG, width),
        257: (LONG, height),
        258: (SHORT, 16),
        259: (SHORT, 1),
        262: (SHORT, 32803),
        273: (LONG, 8),
        277: (SHORT, 1),
        278: (LONG, height),
        279: (LONG, len(light)),
        33421: (SHORT, (2, 2)),
        33422: (BYTE, (0, 1, 1, 2)),
        50714: (SHORT, 0),
        50717: (LONG, 65535),
    }
    body = light + jpeg
    at = 8 + len(body)
    if preview is None:
        return tiff(about | raw, body)
    inner = _table(raw, at)
    first: Tags = {
        254: (LONG, 1),
        256: (LONG, preview.width),
        257: (LONG, preview.height),
        258: (SHORT, (8, 8, 8)),
        259: (SHORT, 7),
        262: (SHORT, 6),
        273: (LONG, 8 + len(light)),
        277: (SHORT, 3),
        278: (LONG, preview.height),
        279: (LONG, len(jpeg)),
        330: (LONG, at),
    }
    return tiff(about | first, body + inner)
