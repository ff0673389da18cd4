from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from phototag.errors import PhotoError
from phototag.media import extras, jxl
from phototag.media.images import decode, how_shown
from tests.media.test_images import drawing, encoded, exif, noise, reason, shows, turned_away

pytest.importorskip("pillow_jxl")

ALL = 100_000


@pytest.mark.parametrize(("width", "height"), [(96, 64), (97, 64), (8, 8), (300, 200), (1, 700), (1920, 1080)])
def test_the_size_is_read_from_the_first_bytes(width: int, height: int) -> None:
    data = encoded(Image.new("RGB", (width, height)), "JXL")
    assert jxl.header(data)[:3] == (width, height, 1)
    assert decode(data, ALL).pixels.shape == (height, width, 3)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA"])
def test_a_photo_of_this_mode_becomes_rgb(mode: str) -> None:
    image = drawing().convert(mode)
    assert shows(decode(encoded(image, "JXL", lossless=True), ALL), image)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_of_exif_gives_the_same_upright_picture(orientation: int) -> None:
    data = encoded(turned_away(drawing(), orientation), "JXL", exif=exif(orientation), quality=95)
    picture = decode(data, ALL)
    assert shows(picture, drawing())
    assert picture.shown == how_shown(data)
    assert picture.shown.orientation == orientation


@pytest.mark.filterwarnings("ignore:Using JPEG reconstruction")
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_jpeg_packed_without_loss_gives_the_same_upright_picture(tmp_path: Path, orientation: int) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(encoded(turned_away(drawing(), orientation), "JPEG", exif=exif(orientation), quality=95))
    Image.open(path).save(tmp_path / "a.jxl")
    data = (tmp_path / "a.jxl").read_bytes()
    assert jxl.header(data).from_jpeg
    picture = decode(data, ALL)
    assert shows(picture, drawing())
    assert picture.shown == how_shown(data)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_orientation_from_elsewhere_holds_where_the_file_tells_none(orientation: int) -> None:
    data = encoded(turned_away(drawing(), orientation), "JXL", quality=95)
    assert shows(decode(data, ALL, turn=orientation), drawing())
    assert how_shown(encoded(drawing(), "JXL", exif=exif(6)), turn=orientation).orientation == 6


def test_what_the_decoder_has_turned_is_not_turned_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jxl, "header", lambda _: jxl.Header(64, 96, 6, from_jpeg=False))
    picture = decode(encoded(drawing(), "JXL", exif=exif(6), quality=95), ALL)
    assert shows(picture, drawing())
    assert picture.shown.orientation == 1
    assert decode(encoded(drawing(), "JXL", quality=95), ALL, turn=3).shown.orientation == 1


def test_the_capture_time_is_read() -> None:
    data = encoded(drawing(), "JXL", exif=exif(DateTimeOriginal="2019:06:22 11:40:04"))
    assert decode(data, ALL).shown.taken == "2019-06-22T11:40:04"


def test_a_large_picture_is_refused_before_it_is_decoded() -> None:
    huge = jxl._BARE + (1 << 1 | 3 << 1 | (59_999 << 3) | (1 << 33)).to_bytes(12, "little")
    assert jxl.header(huge)[:2] == (60_000, 60_000)
    assert reason(huge) == "60000 x 60000 pixels are more than the limit of 200 megapixels (--max-megapixels)."


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_that_is_cut_off_is_named_so(share: float) -> None:
    data = encoded(noise(), "JXL")
    assert reason(data[: int(share * len(data))]) == "The file is cut off or damaged."


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "pillow_jxl", None)
    data = encoded(drawing(), "JXL")
    with pytest.raises(PhotoError) as refusal:
        decode(data, ALL)
    assert str(refusal.value) == "This is a JPEG XL picture; reading it needs: pip install 'phototag[jxl]'"
    assert how_shown(data, name=b"20190601_120000.jxl").taken == "2019-06-01T12:00:00"


@given(st.binary(max_size=60))
def test_any_bytes_have_a_header_or_none(rest: bytes) -> None:
    for start in (jxl._BARE, jxl._BOXED, jxl._BOXED + struct.pack(">L", 40) + b"jxlc" + jxl._BARE):
        try:
            head = jxl.header(start + rest)
        except ValueError:
            continue
        assert head.width > 0 and head.height > 0 and head.orientation in range(1, 9)
