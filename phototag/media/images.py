"""Any supported file -> upright RGB pixels and the facts about the photo."""

from __future__ import annotations

import io
import re
import struct
import warnings
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pillow_heif
from PIL import ExifTags, Image, UnidentifiedImageError

from phototag.errors import PhotoError, TooLargeError
from phototag.types import Shown

if TYPE_CHECKING:
    from phototag.types import Pixels

MAX_MEGAPIXELS = 200
"""Larger pictures are refused: 200 MP is more than any phone's or medium-format camera's, and 600 MB once decoded."""

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "HEIF", "AVIF")
"""By Pillow's names ("JPEG" opens MPO too). No other is tried, whatever is inside the file: some run other programs."""

_TRANSPOSED = frozenset({5, 6, 7, 8})
_EXIF_TIME = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)")

Image.MAX_IMAGE_PIXELS = None  # Pillow's own limit is below that of some phones; ours is checked on every photo
pillow_heif.register_heif_opener()


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded photo.

    Attributes:
        pixels: (h, w, 3) RGB upright; may be smaller than the photo, never larger.
        width, height: of the upright photo at its full size.
        shown: how the file says that it is to be shown.
    """

    pixels: Pixels
    width: int
    height: int
    shown: Shown


def decode(data: bytes, long_side: int, max_megapixels: float = MAX_MEGAPIXELS) -> Picture:
    """Decode a photo at the size that is worth it.

    A JPEG is decoded at 1/2, 1/4 or 1/8 where the result still has `long_side` pixels on its long side, for a fraction
    of the time; everything else in full. Animations give their first frame. Transparency is shown on white.

    Args:
        data: the whole file.
        long_side: pixels worth having on the long side; the result may have more.
        max_megapixels: of the full size; more is refused before decoding.

    Raises:
        PhotoError: not a photo, broken, cut off, or too large; says which.
    """
    if not data:
        raise PhotoError("The file is empty (0 bytes).")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _decode(data, long_side, max_megapixels)
    except PhotoError:
        raise
    except MemoryError:
        raise PhotoError("Not enough memory to decode the picture.") from None
    except Exception as error:  # decoders raise whatever they like on broken data; each is a problem of this photo only
        raise PhotoError(_reason(data, error)) from error


def _decode(data: bytes, long_side: int, max_megapixels: float) -> Picture:
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        width, height = image.size
        if width * height > max_megapixels * 1e6:
            raise TooLargeError(f"{width} x {height} pixels are more than the limit of {max_megapixels:g} megapixels.")
        shown = Shown(_orientation(image), _taken(image))
        if image.format in {"JPEG", "MPO"}:
            image.draft("RGB", _draft_size(width, height, long_side))
        image.load()
        orientation = _orientation(image)  # after loading: Pillow turns TIFF by itself, and takes the tag away
        pixels = np.asarray(_turned(_rgb(image), orientation))
    if image.format not in {"JPEG", "MPO"}:
        height, width = pixels.shape[:2]
    elif orientation in _TRANSPOSED:
        width, height = height, width
    return Picture(pixels, width, height, shown)


def how_shown(data: bytes) -> Shown:
    """Read orientation and capture time from a file without decoding it; the defaults where it is no photo."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                return Shown(_orientation(image), _taken(image))
    except Exception:  # the same decoders as above
        return Shown()


def _draft_size(width: int, height: int, long_side: int) -> tuple[int, int]:
    """Ask for the smallest size that is not below `long_side`; draft never gives less than it is asked for."""
    scale = min(1.0, long_side / max(width, height))
    return max(1, int(width * scale)), max(1, int(height * scale))


_BROKEN_EXIF = (SyntaxError, ValueError, TypeError, KeyError, OSError, struct.error)
"""What Pillow raises on it; the picture may be fine, so it is read as if there were none."""


def _orientation(image: Image.Image) -> int:
    """EXIF orientation, 1 where it is absent or absurd."""
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    except _BROKEN_EXIF:
        return 1
    return orientation if orientation in range(1, 9) else 1


def _taken(image: Image.Image) -> str | None:
    try:
        exif = image.getexif()
        inner = exif.get_ifd(ExifTags.IFD.Exif)
        return _iso_time(inner.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime))
    except _BROKEN_EXIF:
        return None


def _iso_time(text: object) -> str | None:
    match = _EXIF_TIME.match(text) if isinstance(text, str) else None
    try:
        return None if match is None else datetime(*map(int, match.groups())).isoformat()  # type: ignore[arg-type]
    except ValueError:  # month 13, or year 0 where a camera's clock was never set
        return None


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode in {"I", "I;16", "I;16B", "I;16L", "F"}:
        image = _eight_bit(image)
    if image.mode in {"LA", "PA", "RGBA", "La", "RGBa"} or "transparency" in image.info:
        rgba = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
    return image.convert("RGB")


def _eight_bit(image: Image.Image) -> Image.Image:
    """Grey with 16 or more bits; Pillow's own conversion would clip it."""
    grey = np.asarray(image, dtype=np.float64)
    top = 65535 if grey.max(initial=0) > 255 else 255
    return Image.fromarray((np.clip(grey / top, 0, 1) * 255).astype(np.uint8))


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _turned(image: Image.Image, orientation: int) -> Image.Image:
    return image.transpose(_TURNS[orientation]) if orientation in _TURNS else image


def _reason(data: bytes, error: Exception) -> str:
    """Say what is wrong in words; decoders speak in their own."""
    text = str(error).strip() or type(error).__name__
    if "truncated" in text or "decoder error" in text or _is_cut_off(data):
        return "The file is cut off or damaged."
    if isinstance(error, UnidentifiedImageError):
        return "Not a picture in a format that phototag reads."
    return f"The picture cannot be decoded ({text.splitlines()[0]})."


def _is_cut_off(data: bytes) -> bool:
    """Whether a WebP or HEIF container says that it is longer than the file."""
    if data[:4] == b"RIFF" and len(data) >= 8:
        return 8 + int.from_bytes(data[4:8], "little") > len(data)
    if data[4:8] != b"ftyp":
        return False
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size < 8:  # 0: to the end of the file; 1: a 64-bit size; neither tells
            return False
        at += size
    return at > len(data)
