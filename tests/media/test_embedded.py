from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pillow_heif
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from phototag.errors import PhotoError
from phototag.media import darkroom
from phototag.media.darkroom import Apart, Here
from phototag.media.embedded import packet
from phototag.media.markup import MAX_BYTES
from phototag.media.xmp import parse
from phototag.types import PhotoFile
from tests.media.packets import ADOBE, EXIFTOOL, of, rdf

MAIN, MORE = b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0"
GUID = b"0123456789ABCDEF" * 2
UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


def saved(path: Path, **options: object) -> Path:
    """A grey picture."""
    Image.new("RGB", (16, 16), "grey").save(path, **options)  # type: ignore[arg-type]
    return path


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def segment(body: bytes, marker: int = 0xE1) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def jpeg(*segments: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(segments) + b"\xff\xda"


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">L", len(body) + 8) + name + body


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">L", len(body)) + name + body + bytes(4)


@pytest.mark.parametrize("name", ["a.jpg", "a.webp", "a.avif"])
def test_what_pillow_puts_in(tmp_path: Path, name: str) -> None:
    assert packet(saved(tmp_path / name, xmp=ADOBE)) == ADOBE


def test_a_heif_has_one(tmp_path: Path) -> None:
    picture = pillow_heif.from_pillow(Image.new("RGB", (64, 64)))
    picture.save(tmp_path / "a.heic", xmp=ADOBE)
    assert packet(tmp_path / "a.heic") == ADOBE


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif", "a.avif", "a.gif", "a.bmp"])
def test_a_picture_without_one(tmp_path: Path, name: str) -> None:
    assert packet(saved(tmp_path / name)) == b""


def test_what_is_no_picture_has_none(tmp_path: Path) -> None:
    assert packet(written(tmp_path / "a", b"")) == b""
    assert packet(written(tmp_path / "b", ADOBE)) == b""


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("start", [b"*\0", b"RO"])
def test_a_tiff_has_it_in_a_tag(tmp_path: Path, order: str, start: bytes) -> None:
    head = (b"II" if order == "<" else b"MM") + (start if order == "<" else b"\0*")
    table = struct.pack(order + "LHHHLLHHLL", 8, 2, 256, 3, 1, 16, 700, 1, len(ADOBE), 38)
    assert packet(written(tmp_path / "a", head + table + bytes(4) + ADOBE)) == ADOBE


def test_a_big_tiff_has_it_in_a_tag(tmp_path: Path) -> None:
    table = struct.pack("<2sHHHQQHHQQ", b"II", 43, 8, 0, 16, 1, 700, 1, len(ADOBE), 44)
    assert packet(written(tmp_path / "a", table + ADOBE)) == ADOBE


@pytest.mark.parametrize("is_zipped", [0, 1])
def test_a_png_has_it_behind_the_pixels_too(tmp_path: Path, is_zipped: int) -> None:
    text = zlib.compress(ADOBE) if is_zipped else ADOBE
    body = b"XML:com.adobe.xmp\0" + bytes([is_zipped, 0]) + b"en\0XMP\0" + text
    other = chunk(b"iTXt", b"Comment\0\0\0\0\0a comment that is long")
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IDAT", b"1") + other + chunk(b"iTXt", body) + chunk(b"IEND", b"")
    assert packet(written(tmp_path / "a", data)) == ADOBE


def test_boxes(tmp_path: Path) -> None:
    jxl = b"\0\0\0\x0cJXL \r\n\x87\n" + box(b"ftyp", b"jxl ") + box(b"xml ", ADOBE)
    assert packet(written(tmp_path / "a.jxl", jxl)) == ADOBE
    jp2 = b"\0\0\0\x0cjP  \r\n\x87\n" + box(b"uuid", bytes(20)) + box(b"uuid", UUID + ADOBE)
    assert packet(written(tmp_path / "a.jp2", jp2)) == ADOBE
    cr3 = box(b"ftyp", b"crx ") + struct.pack(">L4sQ", 1, b"moov", 20) + bytes(4) + box(b"uuid", UUID + ADOBE)
    assert packet(written(tmp_path / "a.cr3", cr3)) == ADOBE


def test_a_fuji_has_it_in_its_preview(tmp_path: Path) -> None:
    data = b"FUJIFILMCCD-RAW".ljust(84, b"\0") + struct.pack(">L", 100) + bytes(12) + jpeg(segment(MAIN + ADOBE))
    assert packet(written(tmp_path / "a.raf", data)) == ADOBE


def parts(whole: bytes, guid: bytes = GUID, step: int = 100) -> list[bytes]:
    return [
        segment(MORE + guid + struct.pack(">LL", len(whole), at) + whole[at : at + step])
        for at in range(0, len(whole), step)
    ]


NOTE = of("<dc:subject>a</dc:subject>").replace(
    b'about=""', b'about="" xmlns:n="http://ns.adobe.com/xmp/note/" n:HasExtendedXMP="' + GUID + b'"'
)


def test_a_large_packet_is_put_together(tmp_path: Path) -> None:
    whole = b"<a>" + of("<lr:hierarchicalSubject>b</lr:hierarchicalSubject>").replace(b"lr", b"l") + b"</a>"
    foreign = parts(rdf(""), b"F" * 32)
    data = jpeg(segment(b"Exif\0\0"), segment(MAIN + NOTE), *foreign, *reversed(parts(whole)), segment(b"", 0xDB))
    found = parse(packet(written(tmp_path / "a.jpg", data)))
    assert (found.subject, found.hierarchical) == (("a",), ("b",))


def test_a_large_packet_that_lacks_a_part_is_refused(tmp_path: Path) -> None:
    data = jpeg(segment(MAIN + NOTE), *parts(EXIFTOOL)[1:])
    with pytest.raises(PhotoError, match="incomplete"):
        packet(written(tmp_path / "a.jpg", data))


def test_what_is_too_large_for_people_is_left_out(tmp_path: Path) -> None:
    depth_map = segment(MORE + GUID + struct.pack(">LL", MAX_BYTES, 0) + bytes(9))
    assert packet(written(tmp_path / "a.jpg", jpeg(segment(MAIN + NOTE), depth_map))) == NOTE


@pytest.mark.parametrize("name", ["a.jpg", "a.webp", "a.avif"])
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, name: str) -> None:
    data = saved(tmp_path / name, xmp=ADOBE).read_bytes()
    start = data.index(ADOBE[:10])
    with pytest.raises(PhotoError, match="cut off"):
        packet(written(tmp_path / name, data[: start + 100]))


def test_a_packet_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    data = b"RIFF\0\0\0\0WEBPXMP " + struct.pack("<L", MAX_BYTES + 1000) + bytes(MAX_BYTES + 1000)
    with pytest.raises(PhotoError, match="more than 10 MB"):
        packet(written(tmp_path / "a", data))


def test_offsets_beyond_all_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PhotoError):
        packet(written(tmp_path / "a", struct.pack("<2sHHHQ", b"II", 43, 8, 0, (1 << 64) - 1)))


SAMPLES = [
    jpeg(segment(MAIN + NOTE), *parts(EXIFTOOL)),
    struct.pack("<2sHLHHHLL", b"II", 42, 8, 1, 700, 1, 20, 26) + bytes(30),
    b"\0\0\0\x0cJXL \r\n\x87\n" + box(b"uuid", UUID) + box(b"xml ", b"<a/>"),
    b"RIFF\x20\0\0\0WEBP" + b"XMP \4\0\0\0<a/>",
    b"\x89PNG\r\n\x1a\n" + chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(b"<a/>")),
]


@given(st.sampled_from(SAMPLES), st.integers(0, 90), st.binary(max_size=9))
def test_damaged_files_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, at: int, junk: bytes
) -> None:
    path = written(tmp_path_factory.getbasetemp() / "damaged", data[:at] + junk + data[at + len(junk) :])
    try:
        assert isinstance(packet(path), bytes)
    except PhotoError as error:
        assert str(error).endswith(".")


def test_the_darkroom_finds_it_here_and_apart(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.avif"):
        path = saved(tmp_path / name, xmp=ADOBE)
        file = PhotoFile(name.encode(), path.stat().st_size, path.stat().st_mtime_ns)
        assert Here().packet(tmp_path, file) == Apart().packet(tmp_path, file) == ADOBE
    written(tmp_path / "a.jpg", path.read_bytes()[:100])
    with pytest.raises(PhotoError):
        Apart().packet(tmp_path, PhotoFile(b"a.jpg", 100, 0))
    with pytest.raises(FileNotFoundError):
        Apart().packet(tmp_path, PhotoFile(b"gone.jpg", 100, 0))
    darkroom.close()
