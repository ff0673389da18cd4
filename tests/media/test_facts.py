from __future__ import annotations

import io
import os
from datetime import datetime

import pytest
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import IFDRational

from phototag.media.facts import MAX_XMP, camera
from phototag.media.images import decode, how_shown
from phototag.types import Place, Shown, TakenFrom

EXIF_TIME, XMP_TIME = "2019:06:01 12:00:00", "2018-05-04T03:02:01+02:00"
NAME = b"2020/IMG_20170101_101112.jpg"
MTIME_NS = 1_500_000_000_000_000_000

Table = dict[int, object]


def photo(
    main: Table | None = None,
    inner: Table | None = None,
    gps: Table | None = None,
    form: str = "JPEG",
    xmp: bytes = b"",
) -> bytes:
    """A small picture with these tags."""
    exif = Image.Exif()
    exif.update(main or {})
    for number, tags in ((ExifTags.IFD.Exif, inner), (ExifTags.IFD.GPSInfo, gps)):
        if tags:
            exif.get_ifd(number).update(tags)
    out = io.BytesIO()
    Image.new("RGB", (16, 16)).save(out, form, exif=exif.tobytes(), **({"xmp": xmp} if xmp else {}))
    return out.getvalue()


def xmp(attributes: str = "", inside: str = "") -> bytes:
    spaces = {"exif": "exif", "tiff": "tiff", "xmp": "xap", "photoshop": "photoshop"}
    names = " ".join(f'xmlns:{prefix}="http://ns.adobe.com/{path}/1.0/"' for prefix, path in spaces.items())
    return (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {names} {attributes}>{inside}</rdf:Description>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


ORIGINAL = {ExifTags.Base.DateTimeOriginal: EXIF_TIME}
IN_XMP = xmp(f'exif:DateTimeOriginal="{XMP_TIME}"')


def taken(data: bytes, **source: object) -> tuple[str | None, TakenFrom | None]:
    shown = how_shown(data, **source)
    return shown.taken, shown.taken_from


@pytest.mark.parametrize(
    ("inner", "packet", "name", "expected"),
    [
        (ORIGINAL, IN_XMP, NAME, ("2019-06-01T12:00:00", TakenFrom.EXIF)),
        ({}, IN_XMP, NAME, ("2018-05-04T03:02:01+02:00", TakenFrom.XMP)),
        ({}, b"", NAME, ("2017-01-01T10:11:12", TakenFrom.NAME)),
        ({}, b"", b"20170101/IMG_1.jpg", (datetime.fromtimestamp(1_500_000_000).isoformat(), TakenFrom.MTIME)),
    ],
)
def test_the_most_trusted_source_says_when(
    inner: Table, packet: bytes, name: bytes, expected: tuple[str, TakenFrom]
) -> None:
    data = photo(inner=inner, xmp=packet)
    assert taken(data, name=name, mtime_ns=MTIME_NS) == expected
    assert decode(data, 16, name=name, mtime_ns=MTIME_NS).shown == how_shown(data, name=name, mtime_ns=MTIME_NS)


def test_nobody_says_when() -> None:
    assert taken(photo()) == (None, None)


def test_what_is_no_photo_has_a_time_by_its_name() -> None:
    assert taken(b"no photo", name=NAME) == ("2017-01-01T10:11:12", TakenFrom.NAME)
    assert taken(b"no photo", name=os.fsencode("caf\udce9_20170101_101112")) == ("2017-01-01T10:11:12", TakenFrom.NAME)


@pytest.mark.parametrize(
    ("main", "inner", "time"),
    [
        ({}, {**ORIGINAL, ExifTags.Base.OffsetTimeOriginal: "+02:00"}, "2019-06-01T12:00:00+02:00"),
        ({}, {**ORIGINAL, ExifTags.Base.OffsetTime: "+02:00"}, "2019-06-01T12:00:00"),
        ({}, {ExifTags.Base.DateTimeDigitized: EXIF_TIME}, "2019-06-01T12:00:00"),
        (ORIGINAL, {}, "2019-06-01T12:00:00"),
        ({ExifTags.Base.DateTime: EXIF_TIME}, {ExifTags.Base.OffsetTime: "-01:00"}, "2019-06-01T12:00:00-01:00"),
        ({ExifTags.Base.DateTime: "2021:01:01 00:00:00"}, ORIGINAL, "2019-06-01T12:00:00"),
    ],
)
def test_each_time_of_exif_has_its_own_offset(main: Table, inner: Table, time: str) -> None:
    assert taken(photo(main, inner)) == (time, TakenFrom.EXIF)


@pytest.mark.parametrize(
    ("packet", "time"),
    [
        (xmp('photoshop:DateCreated="2018-05-04"'), "2018-05-04T00:00:00"),
        (xmp('xmp:CreateDate="2018-05-04T03:02:01Z"'), "2018-05-04T03:02:01+00:00"),
        (xmp(inside=f"<exif:DateTimeOriginal>{XMP_TIME}</exif:DateTimeOriginal>"), XMP_TIME),
        (xmp('xmp:CreateDate="2020-01-01" photoshop:DateCreated="2018-05-04"'), "2018-05-04T00:00:00"),
        (xmp('xmp:ModifyDate="2018-05-04"'), None),
        (xmp('xmp:CreateDate="2018"'), None),
        (b"<not xml", None),
        (IN_XMP.replace(b"<x:xmpmeta", b"<!DOCTYPE a [<!ENTITY b 'c'>]><x:xmpmeta"), None),
    ],
)
def test_a_time_in_xmp_is_read(packet: bytes, time: str | None) -> None:
    assert taken(photo(xmp=packet))[0] == time


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "HEIF", "AVIF"])
def test_xmp_is_found_in(form: str) -> None:
    assert taken(photo(form=form, xmp=IN_XMP)) == (XMP_TIME, TakenFrom.XMP)


def test_xmp_is_found_in_tiff_and_png_too() -> None:
    assert taken(photo({ExifTags.Base.XMLPacket: IN_XMP}, form="TIFF")) == (XMP_TIME, TakenFrom.XMP)
    text = PngInfo()
    text.add_itxt("XML:com.adobe.xmp", IN_XMP.decode())
    out = io.BytesIO()
    Image.new("RGB", (16, 16)).save(out, "PNG", pnginfo=text)
    assert taken(out.getvalue()) == (XMP_TIME, TakenFrom.XMP)


def test_xmp_that_is_far_too_long_is_not_looked_at() -> None:
    packet = xmp(f'exif:DateTimeOriginal="{XMP_TIME}"', "<a>" + "x" * MAX_XMP + "</a>")
    assert taken(photo(form="WEBP", xmp=packet)) == (None, None)


@pytest.mark.parametrize(
    ("make", "model", "name"),
    [
        ("Canon", "Canon EOS 5D", "Canon EOS 5D"),
        ("NIKON CORPORATION", "NIKON D5200", "NIKON D5200"),
        ("Apple", "iPhone 12", "Apple iPhone 12"),
        ("Canon\0\0", " EOS\n5D ", "Canon EOS 5D"),
        ("Canon", None, "Canon"),
        (None, "iPhone 12", "iPhone 12"),
        ("", "\0", None),
        (7, b"x", None),
    ],
)
def test_a_camera_has_its_maker_once(make: object, model: object, name: str | None) -> None:
    assert camera(make, model) == name


def test_the_camera_is_read_from_exif_or_from_xmp() -> None:
    assert how_shown(photo({ExifTags.Base.Make: "Toy", ExifTags.Base.Model: "Box"})).camera == "Toy Box"
    assert how_shown(photo(xmp=xmp('tiff:Make="Toy" tiff:Model="Box"'))).camera == "Toy Box"


def gps(latitude: object, north: object, longitude: object, east: object) -> Table:
    return dict(enumerate((north, latitude, east, longitude), 1))


def degrees(*parts: float) -> tuple[IFDRational, ...]:
    return tuple(IFDRational(part) for part in parts)


@pytest.mark.parametrize(
    ("tags", "place"),
    [
        (gps(degrees(52, 30, 36), "N", degrees(13, 22, 48), "E"), Place(52.51, 13.38)),
        (gps(degrees(33, 51.5, 0), "S", degrees(151, 12, 0), "W"), Place(-33.858333, -151.2)),
        (gps(degrees(52.51), "N", degrees(13.38), "E"), Place(52.51, 13.38)),
        (gps(degrees(0, 0, 0), "N", degrees(0, 0, 0), "E"), None),
        (gps(degrees(91, 0, 0), "N", degrees(13, 0, 0), "E"), None),
        (gps(degrees(52, 0, 0), "N", degrees(181, 0, 0), "E"), None),
        (gps(degrees(52, 0, 0), "X", degrees(13, 0, 0), "E"), None),
        ({2: degrees(52, 0, 0), 4: degrees(13, 0, 0)}, None),
        (gps((IFDRational(1, 0), IFDRational(0), IFDRational(0)), "N", degrees(13, 0, 0), "E"), None),
    ],
)
def test_a_place_is_read_or_refused(tags: Table, place: Place | None) -> None:
    assert how_shown(photo(gps=tags)).place == place


def test_a_file_without_metadata_says_nothing() -> None:
    assert how_shown(photo()) == Shown()
