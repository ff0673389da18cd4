"""Any supported file -> upright RGB pixels and the facts about the photo."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pillow_heif
from PIL import ExifTags, Image, UnidentifiedImageError

from phototag.errors import PhotoError, TooLargeError
from phototag.media import colours, extras, facts, hdr, jxl, raw
from phototag.media.looks import look
from phototag.types import Shown

if TYPE_CHECKING:
    from phototag.types import Pixels

MAX_MEGAPIXELS = 200
"""Larger pictures are refused: 200 MP is more than any phone's or medium-format camera's, and 600 MB once decoded."""

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "HEIF", "AVIF", "JPEG2000")
"""By Pillow's names ("JPEG" opens MPO too). No other is tried, whatever is inside the file: some run other programs.
JPEG XL and camera RAW come by their own ways."""

_TRANSPOSED = frozenset({5, 6, 7, 8})
_JPEG = frozenset({"JPEG", "MPO"})
_CIELAB = frozenset({8, 9})
_BOXED = frozenset({"HEIF", "AVIF"})
_BOXED_HEAD = 1 << 16
"""Bytes in which HEIF and AVIF describe their items."""

Image.MAX_IMAGE_PIXELS = None  # Pillow's own limit is below that of some phones; ours is checked on every photo
pillow_heif.register_heif_opener()


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded photo.

    Attributes:
        pixels: (h, w, 3) RGB upright; may be smaller than the photo, never larger.
        width, height: of the upright photo at its full size.
        shown: how the file says that it is to be shown.
        look: what it looks like (`media.looks`); None where it is too plain.
    """

    pixels: Pixels
    width: int
    height: int
    shown: Shown
    look: bytes | None


def decode(
    data: bytes,
    long_side: int,
    max_megapixels: float = MAX_MEGAPIXELS,
    *,
    name: bytes = b"",
    mtime_ns: int | None = None,
    turn: int | None = None,
) -> Picture:
    """Decode a photo at the size that is worth it.

    A JPEG is decoded at 1/2, 1/4 or 1/8 where the result still has `long_side` pixels on its long side, for a fraction
    of the time; anything else is decoded in full and then reduced by a whole number. Of several pictures in a file
    (animations, pages, stereo pairs, gain maps, the film of a motion photo) the first counts. Transparency is shown on
    white.

    Args:
        data: the whole file.
        long_side: pixels worth having on the long side; the result may have more.
        max_megapixels: of the full size; more is refused before decoding.
        name: the file's name or path: camera RAW is told by it, and it may say when the photo was taken.
        mtime_ns: time of last change of the file, which says when the photo was taken if nothing else does.
        turn: the orientation, 1 to 8, that holds if the file itself tells none.

    Raises:
        PhotoError: not a photo, broken, cut off, too large, or of a kind whose package is not installed; says which.
    """
    if not data:
        raise PhotoError("The file is empty (0 bytes).")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _decode(data, long_side, max_megapixels, name, mtime_ns, turn)
    except PhotoError:
        raise
    except MemoryError:
        raise PhotoError("Not enough memory to decode the picture.") from None
    except Exception as error:  # decoders raise whatever they like on broken data; each is a problem of this photo only
        raise PhotoError(_reason(data, name, error)) from error


def how_shown(data: bytes, *, name: bytes = b"", mtime_ns: int | None = None, turn: int | None = None) -> Shown:
    """Read the facts about a photo without decoding it (but JPEG XL); of what is no photo, what name and time say.

    Args:
        data: the whole file.
        name: the file's name or path.
        mtime_ns: time of last change of the file.
        turn: as for `decode`.
    """
    return _or_turned(_own(data, name, mtime_ns), turn)


def _or_turned(shown: Shown, turn: int | None) -> Shown:
    """The file itself has the word."""
    return shown if shown.is_turn_own or turn is None else replace(shown, orientation=turn)


def _own(data: bytes, name: bytes, mtime_ns: int | None) -> Shown:
    """What the file itself says."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if raw.is_raw(name, data) and (orientation := raw.orientation(data)):
                return _shown_raw(data, orientation, name, mtime_ns)
            with _opened(data, MAX_MEGAPIXELS) as image:
                return _shown(image, data, name, mtime_ns)
    except Exception:  # the same decoders as above
        return facts.of_tags(Image.Exif(), b"", name, mtime_ns)


def _decode(
    data: bytes, long_side: int, max_megapixels: float, name: bytes, mtime_ns: int | None, turn: int | None
) -> Picture:
    if raw.is_raw(name, data):
        try:
            negative = raw.read(data, long_side, max_megapixels)
        except raw.NotRawError:
            pass
        else:
            shown = _shown_raw(data, negative.orientation, name, mtime_ns)
            pixels = _upright(negative.image, long_side, negative.turn)
            return _picture(pixels, negative.width, negative.height, shown.orientation, shown)
    with _opened(data, max_megapixels) as image:
        width, height = image.size
        shown = _or_turned(_shown(image, data, name, mtime_ns), turn)
        if image.format in _JPEG:
            image.draft("RGB", _draft_size(width, height, long_side))
        image.load()
        if image.format not in _JPEG:
            width, height = image.size  # Pillow turns TIFF by itself as it loads, and takes the tag away
        is_turned = image.format == "TIFF" and shown.is_turn_own
        left = facts.orientation(image) or 1 if is_turned else shown.orientation
        pixels = _upright(image, long_side, left)
        if curve := hdr.levels(data):
            pixels = cv2.LUT(pixels, np.array(curve, np.uint8)).astype(np.uint8, copy=False)
        return _picture(pixels, width, height, left, shown)


def _picture(pixels: Pixels, width: int, height: int, turn: int, shown: Shown) -> Picture:
    """Put it together; width and height are from before the turn."""
    if turn in _TRANSPOSED:
        width, height = height, width
    return Picture(pixels, width, height, shown, look(pixels))


@contextmanager
def _opened(data: bytes, max_megapixels: float) -> Iterator[Image.Image]:
    """Open a picture that is not too large. JPEG XL is decoded by that; nothing else is."""
    if jxl.is_jxl(data):
        head = jxl.header(data)
        _refuse_large(head.width, head.height, max_megapixels)
        extras.require(extras.pillow_jxl, "a JPEG XL picture", "jxl")
        formats: tuple[str, ...] = ("JXL",)
    else:
        formats = FORMATS
    image: Image.Image
    try:
        image = Image.open(io.BytesIO(data), formats=formats)
    except UnidentifiedImageError:
        image = _cielab(data, max_megapixels)
    with image:
        _refuse_large(*image.size, max_megapixels)
        yield image


def _refuse_large(width: int, height: int, max_megapixels: float) -> None:
    if width * height > max_megapixels * 1e6:
        limit = f"the limit of {max_megapixels:g} megapixels (--max-megapixels)"
        raise TooLargeError(f"{width} x {height} pixels are more than {limit}.")


def _cielab(data: bytes, max_megapixels: float) -> Image.Image:
    """TIFF in CIELAB with 16 bits, which OpenCV reads and Pillow does not.

    Raises:
        UnidentifiedImageError: it is something else.
    """
    tags = raw.exif(data)
    if tags.get(ExifTags.Base.PhotometricInterpretation) not in _CIELAB:
        raise UnidentifiedImageError
    _refuse_large(tags[ExifTags.Base.ImageWidth], tags[ExifTags.Base.ImageLength], max_megapixels)
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION)
    if pixels is None:
        raise PhotoError(_DAMAGED)
    image = Image.fromarray(pixels)
    image.info["exif"] = tags.tobytes()
    return image


def _shown(image: Image.Image, data: bytes, name: bytes, mtime_ns: int | None) -> Shown:
    shown = facts.shown(image, name, mtime_ns)
    if image.format in _BOXED:
        return replace(shown, is_turn_own=shown.is_turn_own or _is_turned_by_box(data))
    if image.format != "JXL":
        return shown
    head = jxl.header(data)
    is_own = shown.is_turn_own or head.orientation != 1
    if head.from_jpeg:
        return replace(shown, orientation=head.orientation, is_turn_own=is_own)
    # else the decoder has turned it
    return shown if head.orientation == 1 else replace(shown, orientation=1, is_turn_own=is_own)


def _is_turned_by_box(data: bytes) -> bool:
    """Whether HEIF or AVIF says how it is turned or mirrored in its own way; the decoders do not tell."""
    head = data[:_BOXED_HEAD]
    return b"irot" in head or b"imir" in head


def _shown_raw(data: bytes, orientation: int, name: bytes, mtime_ns: int | None) -> Shown:
    shown = facts.of_tags(raw.exif(data), b"", name, mtime_ns)
    return replace(shown, orientation=orientation, is_turn_own=True)


def _draft_size(width: int, height: int, long_side: int) -> tuple[int, int]:
    """Ask for the smallest size that is not below `long_side`; draft never gives less than it is asked for."""
    scale = min(1.0, long_side / max(width, height))
    return max(1, int(width * scale)), max(1, int(height * scale))


def _upright(image: Image.Image, long_side: int, orientation: int) -> Pixels:
    """Pixels of a loaded picture, reduced by the largest whole number that leaves `long_side`; JPEG is already."""
    factor = 1 if image.format in _JPEG else max(1, max(image.size) // max(1, long_side))
    return np.asarray(_turned(colours.rgb(image, factor), orientation))


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


_DAMAGED = "The file is cut off or damaged."
_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51")
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def _reason(data: bytes, name: bytes, error: Exception) -> str:
    """Say what is wrong in words; decoders speak in their own."""
    text = str(error).strip() or type(error).__name__
    if re.search("truncated|decoder error|broken data|no picture|libjxl", text, re.I) or _is_cut_off(data):
        return _DAMAGED
    if isinstance(error, UnidentifiedImageError):
        return _unidentified(data, name)
    return f"The picture cannot be decoded ({text.splitlines()[0]})."


def _unidentified(data: bytes, name: bytes) -> str:
    """Why no decoder takes a file."""
    if raw.is_raw(name, data):
        return "The camera RAW file is damaged, or of a camera that phototag does not know."
    if data.startswith(_TIFF):
        return "The file is damaged, or a kind of TIFF that phototag does not read."
    return _DAMAGED if data.startswith(_SIGNATURES) else "Not a picture in a format that phototag reads."


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
