"""Photos as another program leaves them that writes captions or turns: other metadata, the same picture.

Byte by byte and without a library for pictures, so that not one bit of the picture changes. Each function takes a whole
file and returns one, or None where the format is none of JPEG, PNG and WebP.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator

PNG = b"\x89PNG\r\n\x1a\n"
XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="5"/></rdf:RDF></x:xmpmeta>"""
CAPTION = b"Comment\0Grandmother's birthday, all of us"


def captioned(data: bytes) -> bytes | None:
    """With a rating and a comment more."""
    xmp = _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)
    return _rewritten(
        data,
        lambda jpeg: jpeg[:2] + xmp + _segment(0xFE, CAPTION) + jpeg[2:],
        lambda png: png[:33] + _png_chunk(b"tEXt", CAPTION) + png[33:],
        lambda webp: _webp_with(webp, b"XMP ", XMP, 0x04),
    )


def turned(data: bytes, orientation: int) -> bytes | None:
    """With this EXIF orientation (1 to 8) and no other EXIF."""
    exif = struct.pack(">2sHLHHHLHHL", b"MM", 42, 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    return _rewritten(
        data,
        lambda jpeg: jpeg[:2] + _segment(0xE1, b"Exif\0\0" + exif) + b"".join(_jpeg_without_exif(jpeg)),
        lambda png: png[:33] + _png_chunk(b"eXIf", exif) + b"".join(_png_without_exif(png)),
        lambda webp: _webp_with(webp, b"EXIF", exif, 0x08),
    )


def _rewritten(data: bytes, *of_format: Callable[[bytes], bytes]) -> bytes | None:
    """Use the function for JPEG, PNG or WebP, whichever this is."""
    is_format = data[:3] == b"\xff\xd8\xff", data[:8] == PNG, data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return next((change(data) for change, is_it in zip(of_format, is_format, strict=True) if is_it), None)


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _jpeg_without_exif(data: bytes) -> Iterator[bytes]:
    """From behind the start of the image."""
    at = 2
    while data[at] == 0xFF and 0xE0 <= data[at + 1] <= 0xEF:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 4 : at + 10] != b"Exif\0\0":
            yield data[at:end]
        at = end
    yield data[at:]


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))


def _png_without_exif(data: bytes) -> Iterator[bytes]:
    """From behind the header."""
    at = 33
    while at < len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] != b"eXIf":
            yield data[at:end]
        at = end


def _webp_with(data: bytes, kind: bytes, body: bytes, flag: int) -> bytes:
    """With one chunk in the place of any other of its kind; a plain file becomes one of the extended format."""
    chunks = [chunk for chunk in _webp_chunks(data) if chunk[:4] != kind]
    if chunks[0][:4] != b"VP8X":
        width, height = _webp_size(chunks[0])
        extended = struct.pack("<4sLL", b"VP8X", 10, 0) + _three_bytes(width - 1) + _three_bytes(height - 1)
        chunks.insert(0, extended)
    chunks[0] = chunks[0][:8] + bytes([chunks[0][8] | flag]) + chunks[0][9:]
    chunks.append(kind + struct.pack("<L", len(body)) + body + b"\0" * (len(body) % 2))
    rest = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<L", len(rest)) + rest


def _webp_chunks(data: bytes) -> Iterator[bytes]:
    at = 12
    while at + 8 <= len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 8 + length + length % 2]
        at += 8 + length + length % 2


def _webp_size(chunk: bytes) -> tuple[int, int]:
    """Width and height in pixels, from the header of a lossy or a lossless picture."""
    if chunk[:4] == b"VP8L":
        bits = int.from_bytes(chunk[9:13], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", chunk, 14)
    return width & 0x3FFF, height & 0x3FFF


def _three_bytes(number: int) -> bytes:
    return number.to_bytes(3, "little")
