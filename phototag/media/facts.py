"""What a file says about its photo: how it is turned, when and where it was taken, with what camera.

Anything that is broken or absurd is as if it were not there; the picture may be fine.
"""

from __future__ import annotations

import math
import os
import struct
from collections.abc import Iterator, Mapping

import defusedxml.ElementTree
from PIL import ExifTags, Image

from phototag.media import dates
from phototag.types import Place, Shown, TakenFrom

MAX_XMP = 1_000_000
"""Bytes of XMP that are looked at: it is some kilobytes, more where tools put pictures into it."""

BROKEN_EXIF = (SyntaxError, ValueError, TypeError, KeyError, IndexError, OSError, struct.error, AttributeError)
"""What Pillow raises on it."""

_TIMES = (
    (ExifTags.Base.DateTimeOriginal, ExifTags.Base.OffsetTimeOriginal),
    (ExifTags.Base.DateTimeDigitized, ExifTags.Base.OffsetTimeDigitized),
    (ExifTags.Base.DateTime, ExifTags.Base.OffsetTime),
)
_TIFF = "{http://ns.adobe.com/tiff/1.0/}"
_XMP_TIMES = (
    "{http://ns.adobe.com/exif/1.0/}DateTimeOriginal",
    "{http://ns.adobe.com/photoshop/1.0/}DateCreated",
    "{http://ns.adobe.com/xap/1.0/}CreateDate",
)
_LONGEST = 100


def shown(image: Image.Image, name: bytes = b"", mtime_ns: int | None = None) -> Shown:
    """Gather the facts of an opened picture.

    Args:
        image: as opened by Pillow, with its EXIF and XMP.
        name: the file's name or path: it may say when the photo was taken.
        mtime_ns: time of last change of the file, if that may say it where nothing else does.
    """
    try:
        exif = image.getexif()
    except BROKEN_EXIF:
        exif = Image.Exif()
    return of_tags(exif, image.info.get("xmp") or b"", name, mtime_ns)


def of_tags(exif: Image.Exif, xmp: bytes | str = b"", name: bytes = b"", mtime_ns: int | None = None) -> Shown:
    """Gather the facts of metadata that was read already; see `shown`."""
    properties = _Properties(xmp)
    taken, taken_from = _taken(exif, properties, name, mtime_ns)
    turn = _orientation(exif)
    return Shown(
        turn or 1,
        taken,
        taken_from,
        camera(_tag(exif, ExifTags.Base.Make), _tag(exif, ExifTags.Base.Model))
        or camera(properties.get(_TIFF + "Make"), properties.get(_TIFF + "Model")),
        _place(_table(exif, ExifTags.IFD.GPSInfo)),
        is_turn_own=turn is not None,
    )


def orientation(image: Image.Image) -> int | None:
    """EXIF's orientation, 1 to 8, of an opened picture (Pillow takes XMP's where there is no other), or None."""
    try:
        return _orientation(image.getexif())
    except BROKEN_EXIF:
        return None


def _orientation(exif: Image.Exif) -> int | None:
    found = _tag(exif, ExifTags.Base.Orientation)
    return found if isinstance(found, int) and found in range(1, 9) else None


def camera(make: object, model: object) -> str | None:
    """Maker and model in one, without the maker twice: "Canon EOS 5D", not "Canon Canon EOS 5D"."""
    maker, name = _words(make), _words(model)
    if maker and name and maker[0].casefold() == name[0].casefold():
        maker = []
    return " ".join(maker + name)[:_LONGEST].rstrip() or None


def _words(text: object) -> list[str]:
    return "".join(c if c.isprintable() else " " for c in text).split() if isinstance(text, str) else []


def _tag(table: Mapping[int, object] | Image.Exif, tag: int) -> object:
    try:
        return table.get(tag)
    except BROKEN_EXIF:  # Pillow reads each tag as it is asked for
        return None


def _table(exif: Image.Exif, number: int) -> Mapping[int, object]:
    try:
        return exif.get_ifd(number)
    except BROKEN_EXIF:
        return {}


def _taken(
    exif: Image.Exif, properties: _Properties, name: bytes, mtime_ns: int | None
) -> tuple[str | None, TakenFrom | None]:
    for source, time in _times(exif, properties, name, mtime_ns):
        if time is not None:
            return time, source
    return None, None


def _times(
    exif: Image.Exif, properties: _Properties, name: bytes, mtime_ns: int | None
) -> Iterator[tuple[TakenFrom, str | None]]:
    """Who says when, the most trusted first."""
    inner = _table(exif, ExifTags.IFD.Exif)
    for time, offset in _TIMES:
        for table in (inner, exif):  # some writers know one table only
            yield TakenFrom.EXIF, dates.written(_tag(table, time), inner.get(offset))
    for key in _XMP_TIMES:
        yield TakenFrom.XMP, dates.written(properties.get(key))
    yield TakenFrom.NAME, dates.in_name(os.fsdecode(name.rpartition(b"/")[2]))
    if mtime_ns is not None:
        yield TakenFrom.MTIME, dates.local(mtime_ns)


class _Properties:
    """Texts by the names of XMP properties; parsed when one is asked for, as EXIF mostly says it all."""

    def __init__(self, xmp: bytes | str) -> None:
        self._xmp = xmp.encode() if isinstance(xmp, str) else xmp
        self._texts: dict[str, str] | None = None

    def get(self, key: str) -> str | None:
        if self._texts is None:
            self._texts = _properties(self._xmp)
        return self._texts.get(key)


def _properties(xmp: bytes) -> dict[str, str]:
    if not xmp or len(xmp) > MAX_XMP:
        return {}
    try:
        tree = defusedxml.ElementTree.fromstring(xmp.strip(b"\0 \r\n\t"))
    except Exception:  # not XML, or XML with entities, which defusedxml refuses: billions of laughs
        return {}
    texts: dict[str, str] = {}
    for element in tree.iter():
        for key, text in ((element.tag, element.text), *element.attrib.items()):
            if isinstance(key, str) and text:
                texts.setdefault(key, text)
    return texts


def _place(gps: Mapping[int, object]) -> Place | None:
    latitude = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef), "NS", 90)
    longitude = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef), "EW", 180)
    if latitude is None or longitude is None or latitude == longitude == 0:  # where no receiver has ever been
        return None
    return Place(latitude, longitude)


def _degrees(parts: object, side: object, sides: str, most: int) -> float | None:
    """Degrees, minutes and seconds as one number, with six decimals: a hand's breadth."""
    if isinstance(side, bytes):
        side = side.decode("ascii", "replace")
    which = side.strip("\0 ").upper() if isinstance(side, str) else ""
    if len(which) != 1 or which not in sides:
        return None
    try:
        numbers = [float(part) for part in (parts if isinstance(parts, tuple) else (parts,))]
        degrees = sum(number / 60**i for i, number in enumerate(numbers))
        is_sane = len(numbers) <= 3 and min(numbers) >= 0 and math.isfinite(degrees) and degrees <= most
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return round(-degrees if which == sides[1] else degrees, 6) if is_sane else None
