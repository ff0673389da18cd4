"""Camera RAW: the preview that the camera put into it, and only where there is none worth it the negative, developed.

A RAW file is told by its name, as most are TIFF inside, of which other readers see a thumbnail.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from PIL import ExifTags, Image

from phototag.errors import PhotoError, TooLargeError
from phototag.media import extras, facts
from phototag.media.formats import Kind, kind_of

_PLAIN_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"GIF8", b"BM")
_TIFF = {b"II": b"II*\0", b"MM": b"MM\0*"}
_RAF = b"FUJIFILMCCD-RAW"
_RAF_PREVIEW_AT = 84
_CR3_TABLES = ((b"CMT2", ExifTags.IFD.Exif), (b"CMT4", ExifTags.IFD.GPSInfo))
_CR3_HEAD = 1 << 16
"""Bytes in which Canon's CR3 has its metadata."""

_ORIENTATIONS = {0: 1, 1: 2, 2: 4, 3: 3, 4: 5, 5: 8, 6: 6, 7: 7}
"""LibRaw's `flip` -> EXIF's orientation, from LibRaw's own table "50132467"."""


class NotRawError(Exception):
    """LibRaw knows no such file; by its content it may be something else."""


@dataclass(frozen=True, slots=True, eq=False)
class Negative:
    """What came out of a RAW file.

    Attributes:
        image: loaded, not turned; may be smaller than the photo.
        turn: EXIF's orientation by which that image becomes upright: some cameras turn the preview, some do not.
        width, height: of the photo as stored, at its full size.
        orientation: of the photo.
    """

    image: Image.Image
    turn: int
    width: int
    height: int
    orientation: int


def is_raw(name: bytes, data: bytes) -> bool:
    """Whether a file is to be read as RAW: by its name, unless its first bytes are those of a plain picture."""
    return kind_of(name) is Kind.RAW and not data.startswith(_PLAIN_PICTURES)


def read(data: bytes, long_side: int, max_megapixels: float) -> Negative:
    """Get a picture out of a RAW file.

    Args:
        data: the whole file.
        long_side: pixels worth having on the long side; a preview with less than half of them is none.
        max_megapixels: of the full size.

    Raises:
        NotRawError: it is something else.
        PhotoError: too large, damaged, or LibRaw is not installed.
    """
    rawpy = extras.require(extras.rawpy, "a camera RAW file", "raw")
    try:
        with rawpy.imread(io.BytesIO(data)) as raw:
            return _negative(rawpy, raw, long_side, max_megapixels)
    except rawpy.LibRawFileUnsupportedError as error:
        raise NotRawError from error
    except rawpy.LibRawError as error:
        raise PhotoError("The camera RAW file is cut off or damaged, and has no preview.") from error


def orientation(data: bytes) -> int | None:
    """The orientation that `read` gives, without reading more than the head of a RAW file.

    Returns:
        None where LibRaw knows no such file. Where LibRaw is not installed, what the tags say.
    """
    if extras.rawpy is None:
        return facts.of_tags(exif(data)).orientation
    try:
        with extras.rawpy.imread(io.BytesIO(data)) as raw:
            return _ORIENTATIONS.get(raw.sizes.flip, 1)
    except extras.rawpy.LibRawError:
        return None


def _negative(rawpy: Any, raw: Any, long_side: int, max_megapixels: float) -> Negative:
    width, height = raw.sizes.width, raw.sizes.height
    if width * height > max_megapixels * 1e6:
        limit = f"the limit of {max_megapixels:g} megapixels (--max-megapixels)"
        raise TooLargeError(f"{width} x {height} pixels are more than {limit}.")
    turned = _ORIENTATIONS.get(raw.sizes.flip, 1)
    preview = _preview(rawpy, raw, long_side)
    if preview is None or max(preview.size) < min(long_side, max(width, height)) / 2:
        try:
            preview = Image.fromarray(
                raw.postprocess(use_camera_wb=True, user_flip=0, half_size=max(width, height) // 2 >= long_side)
            )
        except rawpy.LibRawError:
            if preview is None:
                raise
    return Negative(preview, _turn(preview, (width, height), turned), width, height, turned)


def _preview(rawpy: Any, raw: Any, long_side: int) -> Image.Image | None:
    """The largest preview, loaded; None where there is none or a broken one."""
    try:
        thumb = raw.extract_thumb()
        if thumb.format == rawpy.ThumbFormat.BITMAP:
            return Image.fromarray(thumb.data)
        image = Image.open(io.BytesIO(thumb.data), formats=("JPEG",))
        scale = min(1.0, long_side / max(image.size))
        image.draft("RGB", (max(1, int(image.width * scale)), max(1, int(image.height * scale))))
        image.load()
    except (rawpy.LibRawError, *facts.BROKEN_EXIF):
        return None
    return image


def _turn(image: Image.Image, stored: tuple[int, int], turned: int) -> int:
    """How to turn the image so that it lies as the photo does: as it says, as the photo does, or not at all."""
    is_upright_tall = (stored[1] > stored[0]) != (turned >= 5)
    for turn in (facts.orientation(image), turned, 1):
        if turn and ((image.height > image.width) != (turn >= 5)) == is_upright_tall:
            return turn
    return turned


def exif(data: bytes) -> Image.Exif:
    """The tags of a RAW file that is TIFF inside (also with a camera maker's own first bytes), a RAF or a CR3."""
    found = Image.Exif()
    with suppress(*facts.BROKEN_EXIF):
        if data[:2] in _TIFF:
            found.load(data if data[:4] == _TIFF[data[:2]] else _TIFF[data[:2]] + data[4:])
        elif data.startswith(_RAF):
            at = int.from_bytes(data[_RAF_PREVIEW_AT : _RAF_PREVIEW_AT + 4], "big")
            found = Image.open(io.BytesIO(data[at:]), formats=("JPEG",)).getexif()
        elif data[4:12] == b"ftypcrx ":
            found = _cr3(data[:_CR3_HEAD])
    return found


def _cr3(head: bytes) -> Image.Exif:
    """Canon's CR3 has a TIFF for each table."""
    found = Image.Exif()
    found.load(_after(head, b"CMT1"))
    for name, number in _CR3_TABLES:
        found.get_ifd(number).update(_entries(_after(head, name)))
    return found


def _after(head: bytes, name: bytes) -> bytes:
    at = head.find(name)
    return head[at + len(name) :] if at >= 0 else b""


def _entries(tiff: bytes) -> Iterator[tuple[int, Any]]:
    table = Image.Exif()
    with suppress(*facts.BROKEN_EXIF):
        table.load(tiff)
        yield from table.items()
