from __future__ import annotations

import io
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import ExifTags, Image

from phototag.errors import PhotoError
from phototag.media import extras, raw
from phototag.media.images import decode, how_shown
from phototag.types import Shown, TakenFrom
from tests.media.negatives import dng
from tests.media.test_images import BLUE, GREY, RED, drawing, encoded, exif, turned_away

rawpy = pytest.importorskip("rawpy")

ALL = 100_000
NAME = b"2019/IMG_1.DNG"


def near(pixel: np.ndarray, colour: tuple[int, int, int], tolerance: int = 40) -> bool:
    return bool(np.abs(pixel.astype(int) - colour).max() <= tolerance)


def looks_right(pixels: np.ndarray) -> bool:
    """Red in the upper left corner, blue in the lower right one, grey in the others."""
    corners = [pixels[5, 5], pixels[-5, -5], pixels[5, -5], pixels[-5, 5]]
    return all(near(pixel, colour) for pixel, colour in zip(corners, (RED, BLUE, GREY, GREY), strict=True))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("has_preview", [True, False])
def test_every_orientation_gives_the_same_upright_picture(has_preview: bool, orientation: int) -> None:
    stored = turned_away(drawing(240, 160), orientation)
    picture = decode(dng(stored, stored if has_preview else None, orientation), ALL, name=NAME)
    assert looks_right(picture.pixels)
    assert (picture.width, picture.height) == (240, 160)
    assert picture.shown == Shown(orientation, "2019-06-01T12:00:00", TakenFrom.EXIF, "Toy Box")
    assert how_shown(dng(stored, None, orientation), name=NAME) == picture.shown
    assert decode(dng(stored, None, orientation), ALL, name=NAME, turn=3).shown == picture.shown


def test_a_preview_that_the_camera_has_turned_already_is_left_so() -> None:
    data = dng(turned_away(drawing(160, 240), 6), drawing(160, 240), 6)
    assert looks_right(decode(data, ALL, name=NAME).pixels)


def test_the_preview_comes_first() -> None:
    white = Image.new("RGB", (120, 80), "white")
    assert decode(dng(drawing(240, 160), white), ALL, name=NAME).pixels.min() > 250


def test_a_preview_of_less_than_half_the_pixels_worth_having_is_none() -> None:
    data = dng(drawing(240, 160), Image.new("RGB", (118, 80), "white"))
    picture = decode(data, ALL, name=NAME)
    assert looks_right(picture.pixels)
    assert picture.pixels.shape == (160, 240, 3)


def test_a_negative_is_developed_no_larger_than_is_worth_it() -> None:
    picture = decode(dng(drawing(240, 160)), 60, name=NAME)
    assert picture.pixels.shape == (40, 60, 3)
    assert (picture.width, picture.height) == (240, 160)


def test_a_broken_negative_with_a_small_preview_gives_the_preview(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise rawpy.LibRawIOError

    with rawpy.imread(io.BytesIO(dng(drawing(240, 160), drawing(24, 16)))) as opened:
        broken = SimpleNamespace(sizes=opened.sizes, extract_thumb=opened.extract_thumb, postprocess=fail)
        assert raw._negative(rawpy, broken, ALL, 1).image.size == (24, 16)


def test_a_negative_over_the_limit_is_refused() -> None:
    with pytest.raises(PhotoError, match=r"240 x 160 pixels are more than the limit of 0\.01 megapixels"):
        decode(dng(drawing(240, 160)), ALL, 0.01, name=NAME)


def test_a_cut_off_negative_says_so() -> None:
    with pytest.raises(PhotoError, match="damaged"):
        decode(dng(drawing(240, 160))[:5000], ALL, name=NAME)


def test_a_raw_file_of_no_known_camera_says_so() -> None:
    with pytest.raises(PhotoError) as refusal:
        decode(b"IIU\0" + bytes(2000), ALL, name=b"a.rw2")
    assert str(refusal.value) == "The camera RAW file is damaged, or of a camera that phototag does not know."


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF"])
def test_a_plain_picture_with_the_name_of_a_raw_file_is_read_as_what_it_is(form: str) -> None:
    data = encoded(turned_away(drawing(240, 160), 6), form, exif=exif(6))
    picture = decode(data, ALL, name=b"a.nef")
    assert looks_right(picture.pixels)
    assert picture.shown == how_shown(data, name=b"a.nef") == Shown(6)


def test_without_the_package_a_raw_file_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "rawpy", None)
    with pytest.raises(PhotoError) as refusal:
        decode(dng(drawing(240, 160)), ALL, name=NAME)
    assert str(refusal.value) == "This is a camera RAW file; reading it needs: pip install 'phototag[raw]'"
    assert how_shown(dng(drawing(240, 160)), name=NAME).camera == "Toy Box"


def table(**tags: object) -> bytes:
    """A TIFF that is only a table of tags."""
    made = Image.Exif()
    for name, value in tags.items():
        made[ExifTags.Base[name]] = value
    return made.tobytes().removeprefix(b"Exif\0\0")


def test_tags_are_read_behind_the_first_bytes_of_other_makers() -> None:
    data = table(Make="Toy")
    start = b"IIU\0" if data.startswith(b"II") else b"MMOR"
    assert raw.exif(start + data[4:])[ExifTags.Base.Make] == "Toy"


def test_tags_of_a_raf_are_those_of_its_preview() -> None:
    preview = encoded(drawing(), "JPEG", exif=exif(6))
    data = b"FUJIFILMCCD-RAW ".ljust(84, b"\0") + (100).to_bytes(4, "big") + len(preview).to_bytes(4, "big")
    assert raw.exif(data.ljust(100, b"\0") + preview)[ExifTags.Base.Orientation] == 6


def test_tags_of_a_cr3_are_in_a_table_each() -> None:
    data = b"\0\0\0\x18ftypcrx " + bytes(12) + b"CMT1" + table(Make="Toy") + b"\0\0\0\0CMT2"
    found = raw.exif(data + table(DateTimeOriginal="2019:06:01 12:00:00"))
    assert found[ExifTags.Base.Make] == "Toy"
    assert found.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] == "2019:06:01 12:00:00"


@pytest.mark.filterwarnings("ignore")  # Pillow's; `decode` and `how_shown` silence it
@pytest.mark.parametrize("data", [b"", b"II", b"FUJIFILMCCD-RAW", b"\0\0\0\x18ftypcrx ", b"MM" + b"\xff" * 50])
def test_broken_tags_are_none(data: bytes) -> None:
    assert dict(raw.exif(data)) == {}
