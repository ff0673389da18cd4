"""What a file without extension is, by its first bytes."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from phototag.media.formats import HEAD_BYTES, looks_like_a_picture, looks_like_a_video
from tests.conftest import SAMPLE_LIBRARY


def ftyp(brand: bytes, *others: bytes) -> bytes:
    box = b"ftyp" + brand + b"\0\0\0\0" + b"".join(others)
    return (len(box) + 4).to_bytes(4, "big") + box + b"\0\0\0\x08free" * 9


PICTURES = {
    "JPEG XL, bare": b"\xff\x0a\xfa\x7f",
    "JPEG XL in a box": b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl ",
    "JPEG 2000": b"\0\0\0\x0cjP  \r\n\x87\n",
    "JPEG 2000, bare": b"\xff\x4f\xff\x51\0\x2f",
    "HEIC": ftyp(b"heic", b"mif1", b"heic"),
    "HEIC of Nokia": ftyp(b"msf1"),
    "HEIC that says so second": ftyp(b"mp42", b"mif1"),
    "AVIF": ftyp(b"avif"),
    "Canon CR3": ftyp(b"crx ", b"crx ", b"isom"),
    "Olympus": b"IIRO\x08\0\0\0",
    "Panasonic": b"IIU\0\x18\0\0\0",
    "Fujifilm": b"FUJIFILMCCD-RAW 0201",
    "Sigma": b"FOVb\0\0\2\0",
    "Minolta": b"\0MRM\0\0\x12\x34",
    "Canon CRW": b"II\x1a\0\0\0HEAPCCDR",
    "BigTIFF": b"MM\0+\0\x08\0\0",
}

VIDEOS = {
    "MP4": ftyp(b"isom", b"iso2", b"avc1"),
    "QuickTime": ftyp(b"qt  "),
    "QuickTime of old": b"\0\0\0\x08wide\0\1\x12\x34mdat",
    "AVI": b"RIFF\x10\0\0\0AVI LIST",
    "Matroska": b"\x1a\x45\xdf\xa3\x93\x42",
    "MPEG": b"\0\0\x01\xba\x44",
}

OTHERS = {
    "nothing": b"",
    "one byte": b"\xff",
    "text": b"Dear diary",
    "text that begins like a bitmap": b"BMW: I have bought a car, and it is a red one.",
    "a script": b"#!/bin/sh\n",
    "sound": b"RIFF\x10\0\0\0WAVEfmt ",
    "Photoshop": b"8BPS\0\1",
    "PDF": b"%PDF-1.4",
    "a box that ends before its brand": b"\0\0\0\x08ftyp",
}


@pytest.mark.parametrize("kind", PICTURES)
def test_pictures(kind: str) -> None:
    assert looks_like_a_picture(PICTURES[kind])


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "JPEG2000", "AVIF", "HEIF"])
def test_pictures_as_they_are_written(format_: str) -> None:
    if format_ not in Image.registered_extensions().values():
        pytest.skip("this Pillow cannot write it")
    file = BytesIO()
    Image.new("RGB", (64, 64)).save(file, format_)
    assert looks_like_a_picture(file.getvalue()[:HEAD_BYTES])


@pytest.mark.parametrize("kind", VIDEOS)
def test_videos(kind: str) -> None:
    assert (looks_like_a_picture(VIDEOS[kind]), looks_like_a_video(VIDEOS[kind])) == (False, True)


@pytest.mark.parametrize("kind", OTHERS)
def test_others(kind: str) -> None:
    assert not looks_like_a_picture(OTHERS[kind])


def test_every_photo_of_the_sample_library_would_be_known_without_its_name() -> None:
    photos = [path for path in SAMPLE_LIBRARY.rglob("*.*") if path.suffix in {".jpg", ".png", ".webp", ".heic"}]
    unknown = [path for path in photos if not looks_like_a_picture(_head(path))]
    assert len(photos) > 50
    assert [path.name for path in unknown if path.stat().st_size > 100] == []


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)
