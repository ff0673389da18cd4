from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image

from phototag.media.content import content_hash

EXIF = Image.Exif()
EXIF[ExifTags.Base.ImageDescription] = "Anna at the lake"
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"
ICC = b"colours of this camera"


def image(corner: str = "#e00000") -> Image.Image:
    drawn = Image.new("RGB", (48, 33), "#4080c0")
    drawn.paste(corner, (0, 0, 16, 16))
    return drawn


def encoded(form: str, corner: str = "#e00000", **settings: object) -> bytes:
    out = io.BytesIO()
    image(corner).save(out, form, **settings)
    return out.getvalue()


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


# JPEG: segments of marker, length (itself counted), contents


def segment(marker: int, contents: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(contents) + 2) + contents


def after_start(data: bytes, *segments: bytes) -> bytes:
    return data[:2] + b"".join(segments) + data[2:]


JPEG = encoded("JPEG", quality=90)
JPEG_EDITS = {
    "EXIF": after_start(JPEG, segment(0xE1, EXIF.tobytes())),
    "XMP": after_start(JPEG, segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)),
    "IPTC": after_start(JPEG, segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\0")),
    "colour profile": after_start(JPEG, segment(0xE2, b"ICC_PROFILE\0\x01\x01" + ICC)),
    "comment": after_start(JPEG, segment(0xFE, b"a comment")),
    "several, with fill bytes": after_start(
        JPEG, segment(0xE1, EXIF.tobytes()), b"\xff\xff\xff", segment(0xFE, b"a"), segment(0xFE, b"b")
    ),
    "no JFIF header": JPEG[:2] + JPEG[2 + 2 + 16 :],
}

# PNG: chunks of length, name, contents, check sum


def png_chunk(name: bytes, contents: bytes) -> bytes:
    return struct.pack(">I", len(contents)) + name + contents + struct.pack(">I", zlib.crc32(name + contents))


def before(data: bytes, name: bytes, chunk: bytes) -> bytes:
    at = data.index(name) - 4
    return data[:at] + chunk + data[at:]


PNG = encoded("PNG")
PNG_EDITS = {
    "text": before(PNG, b"IDAT", png_chunk(b"tEXt", b"Title\0Anna at the lake")),
    "text at the end": before(PNG, b"IEND", png_chunk(b"tEXt", b"Title\0Anna at the lake")),
    "XMP": before(PNG, b"IDAT", png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)),
    "EXIF": before(PNG, b"IDAT", png_chunk(b"eXIf", EXIF.tobytes()[6:])),
    "time": before(PNG, b"IDAT", png_chunk(b"tIME", b"\x07\xe8\x01\x02\x03\x04\x05")),
}

# WebP: chunks of name, length, contents, padding to an even length


def webp_chunk(name: bytes, contents: bytes) -> bytes:
    return name + struct.pack("<I", len(contents)) + contents + b"\0" * (len(contents) % 2)


def extended(simple: bytes, flags: int, *chunks: bytes) -> bytes:
    """A WebP with metadata, which needs a header that tells of it and repeats the size of the picture."""
    size = struct.pack("<I", 48 - 1)[:3] + struct.pack("<I", 33 - 1)[:3]
    body = b"WEBP" + webp_chunk(b"VP8X", bytes([flags, 0, 0, 0]) + size) + simple[12:] + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


WEBP, LOSSLESS = encoded("WEBP", quality=90), encoded("WEBP", lossless=True)
HAS_EXIF, HAS_XMP = 0x08, 0x04
WEBP_EDITS = {
    "EXIF": extended(WEBP, HAS_EXIF, webp_chunk(b"EXIF", EXIF.tobytes()[6:])),
    "XMP": extended(WEBP, HAS_XMP, webp_chunk(b"XMP ", XMP)),
    "both": extended(
        WEBP, HAS_EXIF | HAS_XMP, webp_chunk(b"EXIF", EXIF.tobytes()[6:]), webp_chunk(b"XMP ", XMP + b" ")
    ),
    "an empty extended header": extended(WEBP, 0),
}
LOSSLESS_EDITS = {"EXIF": extended(LOSSLESS, HAS_EXIF, webp_chunk(b"EXIF", EXIF.tobytes()[6:]))}


@pytest.mark.parametrize(
    ("original", "edited"),
    [
        pytest.param(original, edited, id=f"{name}: {edit}")
        for name, original, edits in (
            ("JPEG", JPEG, JPEG_EDITS),
            ("PNG", PNG, PNG_EDITS),
            ("WebP", WEBP, WEBP_EDITS),
            ("lossless WebP", LOSSLESS, LOSSLESS_EDITS),
        )
        for edit, edited in edits.items()
    ],
)
def test_a_picture_keeps_its_name_when_metadata_changes(original: bytes, edited: bytes) -> None:
    assert edited != original
    assert np.array_equal(pixels(edited), pixels(original))  # so the edit is a valid one
    assert content_hash(edited) == content_hash(original)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP"])
def test_another_picture_has_another_name(form: str) -> None:
    assert content_hash(encoded(form)) != content_hash(encoded(form, corner="#00e000"))


def test_the_same_pixels_stored_in_another_way_have_another_name() -> None:
    assert len({content_hash(data) for data in (JPEG, PNG, WEBP, LOSSLESS, encoded("PNG", compress_level=0))}) == 5


def test_adobes_way_to_code_colours_belongs_to_the_picture() -> None:
    cmyk = io.BytesIO()
    image().convert("CMYK").save(cmyk, "JPEG")
    data = cmyk.getvalue()
    at = data.index(b"Adobe") + 11
    recoded = data[:at] + bytes([2]) + data[at + 1 :]
    assert not np.array_equal(pixels(data), pixels(recoded))
    assert content_hash(data) != content_hash(recoded)


def test_the_transparent_colour_of_a_png_belongs_to_the_picture() -> None:
    drawn = image().quantize(4)
    plain, holed = io.BytesIO(), io.BytesIO()
    drawn.save(plain, "PNG")
    drawn.save(holed, "PNG", transparency=0)
    assert content_hash(plain.getvalue()) != content_hash(holed.getvalue())


@pytest.mark.parametrize("form", ["PNG", "WEBP", "GIF"])
def test_every_frame_belongs_to_the_picture(form: str) -> None:
    def animation(last: str) -> bytes:
        frames = {"save_all": True, "duration": 100, "lossless": True}
        return encoded(form, append_images=[image("#00e000"), image(last)], **frames)

    assert content_hash(animation("#0000e0")) != content_hash(animation("#e0e000"))


def test_other_formats_are_named_whole() -> None:
    bmp = encoded("BMP")
    assert content_hash(bmp + b"\0") != content_hash(bmp)


def test_names_are_32_hex_digits_that_never_change() -> None:
    assert content_hash(b"not a picture") == "9c3b933485a7c3695abd293a62c0afc0"
    assert content_hash(b"\xff\xd8\xff\xda a scan") == "205322ab10f482ec841357232560cce3"


def cut(data: bytes) -> list[bytes]:
    return [data[:n] for n in range(len(data))]


def test_no_part_of_a_jpeg_has_the_name_of_the_whole() -> None:
    assert content_hash(JPEG) not in {content_hash(part) for part in cut(JPEG)}


@pytest.mark.parametrize("data", [*JPEG_EDITS.values(), *PNG_EDITS.values(), *WEBP_EDITS.values()])
def test_a_file_cut_off_anywhere_has_a_name(data: bytes) -> None:
    assert {len(content_hash(part)) for part in cut(data)} == {32}


@given(st.sampled_from([b"", b"\xff\xd8", b"\xff\xd8\xff", PNG[:8], WEBP[:12], b"RIFF"]), st.binary(max_size=60))
def test_anything_has_a_name(start: bytes, rest: bytes) -> None:
    assert int(content_hash(start + rest), 16) >= 0


@given(st.sampled_from([JPEG, PNG, WEBP]), st.integers(0, 400), st.integers(0, 255))
def test_a_damaged_file_has_a_name(data: bytes, at: int, byte: int) -> None:
    at %= len(data)
    assert len(content_hash(data[:at] + bytes([byte]) + data[at + 1 :])) == 32
