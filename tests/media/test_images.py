from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageOps, features
from PIL.PngImagePlugin import PngInfo

from phototag.errors import PhotoError
from phototag.media import hdr
from phototag.media.images import MAX_MEGAPIXELS, Picture, decode, how_shown
from tests.media.negatives import LONG, SHORT, Tags, tiff

RED, GREY, BLUE, WHITE = (224, 0, 0), (128, 128, 128), (0, 0, 224), (255, 255, 255)
ANY_SIZE = 100_000
"""A long side that makes every picture be decoded in full."""

needs_avif = pytest.mark.skipif(not features.check("avif"), reason="this Pillow cannot write AVIF")

HINT = " (--max-megapixels)."


def drawing(width: int = 96, height: int = 64) -> Image.Image:
    """Grey, red in the upper left corner, blue in the lower right one."""
    image = Image.new("RGB", (width, height), GREY)
    image.paste(RED, (0, 0, width // 3, height // 4))
    image.paste(BLUE, (width - width // 3, height - height // 4, width, height))
    return image


def encoded(image: Image.Image, form: str, **settings: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **settings)
    return out.getvalue()


def noise(width: int = 96, height: int = 64) -> Image.Image:
    """Something that takes space in any format."""
    return Image.fromarray(np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8))


def shows(picture: Picture, image: Image.Image, tolerance: float = 6) -> bool:
    """Whether the pixels are, but for the losses of compression, those of an RGB image."""
    wanted = np.asarray(image.convert("RGB"))
    if picture.pixels.shape != wanted.shape or (picture.width, picture.height) != image.size:
        return False
    return float(np.abs(picture.pixels.astype(int) - wanted).mean()) < tolerance


def exif(orientation: object = 1, **fields: str) -> bytes:
    """EXIF with an orientation and capture times by the names of their tags."""
    made = Image.Exif()
    made[ExifTags.Base.Orientation] = orientation
    inner = made.get_ifd(ExifTags.IFD.Exif)
    for name, value in fields.items():
        (inner if name == "DateTimeOriginal" else made)[ExifTags.Base[name]] = value
    return made.tobytes()


def reason(data: bytes, **settings: object) -> str:
    """Why a file is refused."""
    with pytest.raises(PhotoError) as refusal:
        decode(data, ANY_SIZE, **settings)
    return str(refusal.value)


# Formats


@pytest.mark.parametrize(
    ("form", "options"),
    [
        pytest.param("JPEG", {"quality": 95}, id="jpeg"),
        pytest.param("JPEG", {"quality": 95, "progressive": True}, id="progressive jpeg"),
        pytest.param("MPO", {"quality": 95, "save_all": True, "append_images": [drawing()]}, id="jpeg of two pictures"),
        pytest.param("PNG", {}, id="png"),
        pytest.param("WEBP", {"quality": 95}, id="webp"),
        pytest.param("WEBP", {"lossless": True}, id="lossless webp"),
        pytest.param("GIF", {}, id="gif"),
        pytest.param("TIFF", {}, id="tiff"),
        pytest.param("TIFF", {"compression": "tiff_lzw"}, id="compressed tiff"),
        pytest.param("BMP", {}, id="bmp"),
        pytest.param("HEIF", {"quality": 95}, id="heic"),
        pytest.param("AVIF", {"quality": 95}, id="avif", marks=needs_avif),
    ],
)
def test_a_photo_of_this_format_is_read(form: str, options: dict[str, object]) -> None:
    assert shows(decode(encoded(drawing(), form, **options), ANY_SIZE), drawing())


@pytest.mark.parametrize(
    ("mode", "form"),
    [
        ("L", "JPEG"),
        ("CMYK", "JPEG"),
        ("L", "PNG"),
        ("1", "PNG"),
        ("P", "PNG"),
        ("P", "TIFF"),
        ("CMYK", "TIFF"),
        ("P", "BMP"),
    ],
)
def test_a_photo_of_this_mode_becomes_rgb(mode: str, form: str) -> None:
    image = drawing().convert(mode)
    assert shows(decode(encoded(image, form), ANY_SIZE), image)


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_grey_of_16_bits_becomes_grey_of_8(form: str) -> None:
    steps = np.array([[0, 0x4000, 0x8000, 0xFFFF]], dtype=np.uint16)
    pixels = decode(encoded(Image.fromarray(steps), form), ANY_SIZE).pixels
    assert pixels.tolist() == [[[value] * 3 for value in (0, 63, 127, 255)]]


@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF"])
def test_what_is_transparent_is_shown_on_white(form: str) -> None:
    image = drawing().convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 32, 16))
    pixels = decode(encoded(image, form, lossless=True), ANY_SIZE).pixels
    assert tuple(pixels[0, 0]) == WHITE
    assert tuple(pixels[63, 95]) == BLUE


@pytest.mark.parametrize("form", ["PNG", "GIF"])
def test_a_transparent_colour_of_a_palette_is_shown_on_white(form: str) -> None:
    image = drawing().quantize(3)
    red = image.getpixel((0, 0))
    pixels = decode(encoded(image, form, transparency=red), ANY_SIZE).pixels
    assert tuple(pixels[0, 0]) == WHITE
    assert tuple(pixels[63, 95]) == BLUE


def test_half_transparent_grey_is_lighter() -> None:
    pixels = decode(encoded(Image.new("LA", (1, 1), (0, 51)), "PNG"), ANY_SIZE).pixels
    assert pixels.tolist() == [[[204] * 3]]


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP", "TIFF"])
def test_an_animation_gives_its_first_frame(form: str) -> None:
    data = encoded(drawing(), form, save_all=True, append_images=[Image.new("RGB", (96, 64), "white")], lossless=True)
    assert shows(decode(data, ANY_SIZE), drawing())


def test_pixels_can_be_used_as_they_are() -> None:
    pixels = decode(encoded(drawing(), "PNG", exif=exif(6)), ANY_SIZE).pixels
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous


def test_a_program_in_disguise_is_not_run() -> None:
    assert reason(encoded(drawing(), "EPS")) == "Not a picture in a format that phototag reads."


# Orientation


def turned_away(image: Image.Image, orientation: int) -> Image.Image:
    """The image as a camera held that way stores it: this orientation makes it upright again."""
    inverse = {6: 8, 8: 6}.get(orientation, orientation)
    tagged = image.copy()
    tagged.getexif()[ExifTags.Base.Orientation] = inverse
    return ImageOps.exif_transpose(tagged)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    "form",
    [
        "JPEG",
        "PNG",
        "WEBP",
        "HEIF",
        pytest.param("AVIF", marks=needs_avif),
        "TIFF",
    ],
)
def test_every_orientation_gives_the_same_upright_picture(form: str, orientation: int) -> None:
    data = encoded(turned_away(drawing(), orientation), form, exif=exif(orientation), quality=95)
    assert shows(decode(data, ANY_SIZE), drawing())


def test_a_reduced_jpeg_is_turned_too() -> None:
    data = encoded(turned_away(drawing(960, 640), 6), "JPEG", exif=exif(6))
    picture = decode(data, 240)
    assert (picture.width, picture.height, picture.pixels.shape) == (960, 640, (160, 240, 3))
    assert np.abs(picture.pixels[10, 10].astype(int) - RED).max() < 20


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_absurd_orientation_is_ignored(orientation: int) -> None:
    assert shows(decode(encoded(drawing(), "PNG", exif=exif(orientation)), ANY_SIZE), drawing())


# Size


@pytest.mark.parametrize(
    ("long_side", "shape"),
    [
        (1600, (1200, 1600)),
        (801, (1200, 1600)),
        (800, (600, 800)),
        (401, (600, 800)),
        (400, (300, 400)),
        (1, (150, 200)),
    ],
)
def test_a_jpeg_is_decoded_no_larger_than_is_worth_it(long_side: int, shape: tuple[int, int]) -> None:
    picture = decode(encoded(drawing(1600, 1200), "JPEG"), long_side)
    assert picture.pixels.shape == (*shape, 3)
    assert (picture.width, picture.height) == (1600, 1200)


def test_a_jpeg_of_two_pictures_is_decoded_no_larger_than_is_worth_it() -> None:
    data = encoded(drawing(1600, 1200), "MPO", save_all=True, append_images=[drawing(200, 150)])
    assert decode(data, 400).pixels.shape == (300, 400, 3)


@settings(deadline=None)
@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 400))
def test_a_jpeg_never_has_fewer_pixels_than_are_worth_it(width: int, height: int, long_side: int) -> None:
    picture = decode(encoded(Image.new("L", (width, height)), "JPEG"), long_side)
    assert max(picture.pixels.shape) >= min(long_side, max(width, height))
    assert (picture.width, picture.height) == (width, height)


def test_a_cmyk_jpeg_keeps_its_colours_when_reduced() -> None:
    image = drawing(800, 600).convert("CMYK")
    picture = decode(encoded(image, "JPEG", quality=95), 200)
    assert picture.pixels.shape == (150, 200, 3)
    assert np.abs(picture.pixels[10, 10].astype(int) - RED).max() < 20


@pytest.mark.parametrize(
    ("long_side", "shape"),
    [(97, (64, 96)), (49, (64, 96)), (48, (32, 48)), (47, (32, 48)), (32, (22, 32)), (1, (1, 1))],
)
def test_other_formats_are_reduced_by_a_whole_number(long_side: int, shape: tuple[int, int]) -> None:
    picture = decode(encoded(drawing(), "PNG"), long_side)
    assert picture.pixels.shape == (*shape, 3)
    assert (picture.width, picture.height) == (96, 64)


def claims(width: int, height: int) -> bytes:
    """A PNG that says it is this large, and holds nothing."""
    chunks = (b"IHDR" + struct.pack(">II5B", width, height, 8, 2, 0, 0, 0), b"IDAT" + zlib.compress(b""), b"IEND")
    body = b"".join(struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in chunks)
    return b"\x89PNG\r\n\x1a\n" + body


def test_a_picture_over_the_limit_is_refused_with_both_numbers() -> None:
    data = encoded(drawing(100, 50), "PNG")
    assert reason(data, max_megapixels=0.0049) == f"100 x 50 pixels are more than the limit of 0.0049 megapixels{HINT}"
    assert decode(data, ANY_SIZE, max_megapixels=0.005).width == 100


def test_a_picture_is_refused_by_what_it_claims_before_it_is_decoded() -> None:
    assert (
        reason(claims(9000, 9000), max_megapixels=80)
        == f"9000 x 9000 pixels are more than the limit of 80 megapixels{HINT}"
    )


def test_a_bomb_is_refused_in_our_words() -> None:
    assert reason(claims(60_000, 60_000)) == f"60000 x 60000 pixels are more than the limit of 200 megapixels{HINT}"


def test_a_phones_largest_photo_is_within_the_limit() -> None:
    assert MAX_MEGAPIXELS >= 199.8
    picture = decode(encoded(Image.new("L", (16_320, 12_240)), "JPEG"), 1600)
    assert (picture.width, picture.height, picture.pixels.shape) == (16_320, 12_240, (1530, 2040, 3))


# What cannot be read


def test_an_empty_file_is_named_so() -> None:
    assert reason(b"") == "The file is empty (0 bytes)."


@pytest.mark.parametrize("data", [b"x", b"Dear diary, today I saw no picture.", b"<html></html>", bytes(1000)])
def test_what_is_no_picture_is_named_so(data: bytes) -> None:
    assert reason(data) == "Not a picture in a format that phototag reads."


@pytest.mark.parametrize(
    "form",
    [
        "JPEG",
        "PNG",
        "GIF",
        "TIFF",
        "BMP",
        "WEBP",
        "HEIF",
        pytest.param("AVIF", marks=needs_avif),
    ],
)
def test_a_file_that_is_cut_off_is_named_so(form: str) -> None:
    data = encoded(noise(), form)
    assert reason(data[: len(data) // 2]).startswith("The file is cut off or damaged")


@settings(deadline=None)
@given(st.sampled_from(["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP"]), st.floats(0, 1), st.binary(max_size=8))
def test_a_damaged_file_is_read_or_refused(form: str, where: float, damage: bytes) -> None:
    data = SMALL[form]
    at = int(where * len(data))
    try:
        picture = decode(data[:at] + damage + data[at + len(damage) :], ANY_SIZE, max_megapixels=1)
    except PhotoError as refusal:
        assert str(refusal)
    else:
        assert picture.pixels.shape == (picture.height, picture.width, 3)


SMALL = {form: encoded(noise(24, 16), form) for form in ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP")}


# Metadata


def with_exif(payload: bytes) -> bytes:
    """A JPEG with this in its EXIF segment."""
    plain = encoded(drawing(), "JPEG", quality=95)
    return plain[:2] + struct.pack(">BBH", 0xFF, 0xE1, len(payload) + 8) + b"Exif\0\0" + payload + plain[2:]


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"garbage", id="garbage"),
        pytest.param(exif(1)[6:20], id="cut off"),
        pytest.param(b"II*\0\xff\xff\xff\xff", id="a table beyond the end"),
        pytest.param(b"II*\0\x08\0\0\0\xff\xff" + bytes(30), id="65535 entries"),
    ],
)
def test_broken_exif_is_ignored(payload: bytes) -> None:
    picture = decode(with_exif(payload), ANY_SIZE)
    assert shows(picture, drawing())
    assert picture.shown.taken is None


@settings(deadline=None)
@given(st.sampled_from([b"", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"]), st.binary(max_size=80))
def test_any_exif_leaves_the_picture_readable(start: bytes, rest: bytes) -> None:
    picture = decode(with_exif(start + rest), ANY_SIZE)
    assert {picture.width, picture.height} == {96, 64}


def test_the_orientation_counts_though_other_parts_of_the_exif_are_broken() -> None:
    orientation = struct.pack("<HHII", ExifTags.Base.Orientation, 3, 1, 3)
    nowhere = struct.pack("<HHII", ExifTags.IFD.Exif, 4, 1, 1_000_000)
    payload = b"II*\0\x08\0\0\0" + struct.pack("<H", 2) + orientation + nowhere + bytes(4)
    assert shows(decode(with_exif(payload), ANY_SIZE), drawing().rotate(180))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", pytest.param("AVIF", marks=needs_avif)])
def test_the_capture_time_is_read(form: str) -> None:
    data = encoded(drawing(), form, exif=exif(DateTimeOriginal="2019:06:22 11:40:04"))
    assert decode(data, ANY_SIZE).shown.taken == "2019-06-22T11:40:04"


def test_the_capture_time_comes_before_the_time_of_the_file() -> None:
    data = encoded(drawing(), "JPEG", exif=exif(DateTimeOriginal="2019:06:22 11:40:04", DateTime="2020:01:01 00:00:00"))
    assert decode(data, ANY_SIZE).shown.taken == "2019-06-22T11:40:04"


def test_the_time_of_the_file_is_better_than_none() -> None:
    assert decode(encoded(drawing(), "JPEG", exif=exif(DateTime="2020:01:01 00:00:00")), ANY_SIZE).shown.taken == (
        "2020-01-01T00:00:00"
    )


@pytest.mark.parametrize("text", ["2019-06-22 11:40:04", "2019-06-22T11:40:04", "2019:06:22 11:40:04.123"])
def test_other_spellings_of_a_time_are_read_too(text: str) -> None:
    assert (
        decode(encoded(drawing(), "JPEG", exif=exif(DateTimeOriginal=text)), ANY_SIZE).shown.taken
        == "2019-06-22T11:40:04"
    )


@pytest.mark.parametrize(
    "text",
    [
        "0000:00:00 00:00:00",
        "    :  :     :  :  ",
        "yesterday",
        "",
        "2019:13:01 00:00:00",
        "2019:02:30 00:00:00",
        "2019:01:01 24:61:00",
    ],
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert decode(encoded(drawing(), "JPEG", exif=exif(DateTimeOriginal=text)), ANY_SIZE).shown.taken is None


def test_a_photo_without_metadata_has_no_time() -> None:
    assert decode(encoded(drawing(), "JPEG"), ANY_SIZE).shown.taken is None


# What phones, scanners and editors make of formats


def test_jpeg_2000_is_read() -> None:
    assert shows(decode(encoded(drawing(), "JPEG2000"), ANY_SIZE), drawing())


def test_the_film_of_a_motion_photo_is_no_part_of_the_still() -> None:
    film = b"\0\0\0\x18ftypmp42" + bytes(5000)
    assert shows(decode(encoded(drawing(), "JPEG", quality=95) + film, ANY_SIZE), drawing())


def with_xmp_orientation(image: Image.Image, form: str, orientation: int) -> bytes:
    text = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a tiff:Orientation="{orientation}"/></x:xmpmeta>'
    if form == "PNG":
        chunks = PngInfo()
        chunks.add_itxt("XML:com.adobe.xmp", text)
        return encoded(image, form, pnginfo=chunks)
    return encoded(image, form, xmp=text.encode(), quality=95)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", pytest.param("AVIF", marks=needs_avif)])
def test_an_orientation_that_only_xmp_knows_counts(form: str, orientation: int) -> None:
    data = with_xmp_orientation(turned_away(drawing(), orientation), form, orientation)
    picture = decode(data, ANY_SIZE)
    assert shows(picture, drawing())
    assert picture.shown.orientation == orientation


def test_ink_that_adobe_stores_the_other_way_round_has_the_right_colours() -> None:
    data = encoded(drawing().convert("CMYK"), "JPEG", quality=95)
    assert b"Adobe" in data
    pixels = decode(data, ANY_SIZE).pixels
    assert np.abs(pixels[5, 5].astype(int) - RED).max() < 20
    assert np.abs(pixels[-5, -5].astype(int) - BLUE).max() < 20


@pytest.mark.parametrize("profile", [b"", b"no profile", bytes(200)])
def test_a_broken_profile_of_cmyk_is_ignored(profile: bytes) -> None:
    image = drawing().convert("CMYK")
    assert shows(decode(encoded(image, "TIFF", icc_profile=profile), ANY_SIZE), image)


def cielab(bits: int) -> bytes:
    """A TIFF of one colour, L 54, a 81, b 70 (nearly pure red), which Pillow reads with 8 bits only."""
    colour = (54 * 255 // 100, 81, 70) if bits == 8 else (54 * 65535 // 100, 81 * 256, 70 * 256)
    pixels = np.full((8, 8, 3), colour, "u1" if bits == 8 else "<u2").tobytes()
    tags: Tags = {
        256: (LONG, 8),
        257: (LONG, 8),
        258: (SHORT, (bits, bits, bits)),
        259: (SHORT, 1),
        262: (SHORT, 8),
        273: (LONG, 8),
        274: (SHORT, 1),
        277: (SHORT, 3),
        278: (LONG, 8),
        279: (LONG, len(pixels)),
    }
    return tiff(tags, pixels)


@pytest.mark.parametrize("bits", [8, 16])
def test_cielab_has_the_right_colours(bits: int) -> None:
    pixels = decode(cielab(bits), ANY_SIZE).pixels
    assert pixels.shape == (8, 8, 3)
    assert np.abs(pixels.astype(int) - (255, 10, 0)).max() < 25


def test_cielab_over_the_limit_is_refused() -> None:
    assert "more than the limit" in reason(cielab(16), max_megapixels=0.00001)


@pytest.mark.parametrize(
    ("mode", "form"), [("1", "PNG"), ("P", "PNG"), ("L", "TIFF"), ("CMYK", "TIFF"), ("RGBA", "WEBP")]
)
def test_a_picture_of_this_mode_is_reduced_by_the_mean_of_its_pixels(mode: str, form: str) -> None:
    image = drawing(384, 256).convert(mode)
    picture = decode(encoded(image, form, lossless=True), 96)
    assert picture.pixels.shape == (64, 96, 3)
    assert np.abs(picture.pixels[5, 5].astype(int) - np.asarray(image.convert("RGB").reduce(4))[5, 5]).max() < 20
    assert (picture.width, picture.height) == (384, 256)


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_grey_of_16_bits_is_reduced_too(form: str) -> None:
    ramp = np.tile(np.arange(256, dtype=np.uint16) * 257, (64, 1))
    pixels = decode(encoded(Image.fromarray(ramp), form), 64).pixels
    assert pixels[0, :, 0].tolist() == [4 * i + 2 for i in range(64)]


def test_what_is_transparent_does_not_colour_its_neighbours_when_reduced() -> None:
    image = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    image.paste((200, 200, 200, 255), (0, 0, 33, 64))
    assert decode(encoded(image, "PNG"), 32).pixels.min() >= 200


def nclx(transfer: int) -> bytes:
    """The beginning of a HEIF with this transfer curve."""
    return b"\0\0\0\x18ftypheic" + bytes(12) + b"\0\0\0\x13colrnclx" + struct.pack(">HHH", 9, transfer, 9) + b"\0"


def test_the_light_of_hdr_is_fitted_to_a_screen() -> None:
    levels = hdr.levels(nclx(16))
    assert levels is not None
    assert levels == sorted(levels)
    assert (levels[0], levels[-1]) == (0, 255)
    assert levels[148] in range(180, 215)  # white paper


@pytest.mark.parametrize("data", [nclx(13), nclx(1), nclx(18), nclx(16)[:30], b"", b"colrnclx\0\x09\0\x10"])
def test_other_light_is_left_as_it_is(data: bytes) -> None:
    assert hdr.levels(data) is None


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "The file is cut off or damaged."),
        (b"\xff\xd8\xff\xe0", "The file is cut off or damaged."),
        (b"II*\0" + bytes(50), "The file is damaged, or a kind of TIFF that phototag does not read."),
        (b"\0\0\0\x18ftypmp42" + bytes(50), "Not a picture in a format that phototag reads."),
    ],
)
def test_a_file_that_begins_like_a_picture_is_said_to_be_damaged(data: bytes, why: str) -> None:
    assert reason(data) == why


def test_a_picture_has_a_perceptual_hash_of_how_it_is_upright() -> None:
    straight, turned = (decode(encoded(turned_away(drawing(), o), "PNG", exif=exif(o)), ANY_SIZE).look for o in (1, 6))
    assert straight == turned is not None
    assert decode(encoded(Image.new("RGB", (64, 64)), "PNG"), ANY_SIZE).look is None


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    "form", ["JPEG", "PNG", "WEBP", "TIFF", "BMP", "JPEG2000", "HEIF", pytest.param("AVIF", marks=needs_avif)]
)
def test_an_orientation_from_elsewhere_holds_where_the_file_tells_none(form: str, orientation: int) -> None:
    data = encoded(turned_away(drawing(), orientation), form)
    picture = decode(data, ANY_SIZE, turn=orientation)
    assert shows(picture, drawing(), tolerance=12)
    assert (picture.shown.orientation, picture.shown.is_turn_own) == (orientation, False)
    assert how_shown(data, turn=orientation) == picture.shown


@pytest.mark.parametrize("own", [1, 6])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_the_file_has_the_word(form: str, own: int) -> None:
    by_exif = encoded(turned_away(drawing(), own), form, exif=exif(own), quality=95)
    by_xmp = with_xmp_orientation(turned_away(drawing(), own), "PNG", own)
    for data in (by_exif, by_xmp):
        picture = decode(data, ANY_SIZE, turn=3)
        assert shows(picture, drawing())
        assert (picture.shown.orientation, picture.shown.is_turn_own) == (own, True)
        assert how_shown(data, turn=3) == picture.shown


def test_heic_that_says_it_in_its_own_way_has_the_word() -> None:
    data = encoded(drawing(), "HEIF") + struct.pack(">I4s4s", 12, b"free", b"irot")
    picture = decode(data, ANY_SIZE, turn=6)
    assert (picture.shown.orientation, picture.shown.is_turn_own) == (1, True)
