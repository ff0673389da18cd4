"""The name of a picture: a digest of its bytes without the metadata.

Tools write ratings, captions, keywords and dates into photos all the time. A face must stay the same face through that,
so the digest leaves metadata out where the container tells it from the picture: JPEG, PNG and WebP. Any other format is
digested whole. Nothing is decoded.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_PICTURE = frozenset({b"IHDR", b"PLTE", b"IDAT", b"tRNS", b"acTL", b"fcTL", b"fdAT"})
_WEBP_PICTURE = frozenset({b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"})
_ADOBE = 0xEE  # APP14: how the colours are coded, so it belongs to the picture
_START_OF_SCAN = 0xDA


class _UnexpectedError(Exception):
    """The container is not what it says; the whole file is digested instead."""


def content_hash(data: bytes) -> str:
    """Digest what is stored in a file, without its metadata.

    Args:
        data: the whole file.

    Returns:
        32 hex digits (BLAKE2b, 128 bits). Equal for files that differ in metadata only, if JPEG, PNG or WebP.
    """
    digest = hashlib.blake2b(digest_size=16)
    try:
        parts = list(_picture_parts(data))
    except (_UnexpectedError, struct.error, IndexError):
        parts = [memoryview(data)]
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def _picture_parts(data: bytes) -> Iterator[memoryview]:
    if data.startswith(b"\xff\xd8"):
        return _jpeg_parts(data)
    if data.startswith(_PNG_SIGNATURE):
        return _png_parts(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp_parts(data)
    return iter([memoryview(data)])


def _jpeg_parts(data: bytes) -> Iterator[memoryview]:
    """Every segment but APPn (other than Adobe's) and comments, up to the first scan; from there on everything."""
    view, at = memoryview(data), 2
    while True:
        if data[at] != 0xFF:
            raise _UnexpectedError
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker == _START_OF_SCAN:
            yield view[at:]
            return
        (length,) = struct.unpack_from(">H", data, at + 2)
        if length < 2 or at + 2 + length > len(data):
            raise _UnexpectedError
        if not (0xE0 <= marker <= 0xEF and marker != _ADOBE) and marker != 0xFE:
            yield view[at : at + 2 + length]
        at += 2 + length


def _png_parts(data: bytes) -> Iterator[memoryview]:
    view, at = memoryview(data), len(_PNG_SIGNATURE)
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        if data[at + 4 : at + 8] in _PNG_PICTURE:
            yield view[at : at + 8 + length]
        at += 12 + length


def _webp_parts(data: bytes) -> Iterator[memoryview]:
    view, at = memoryview(data), 12
    while at < len(data):
        (length,) = struct.unpack_from("<I", data, at + 4)
        if data[at : at + 4] in _WEBP_PICTURE:
            yield view[at : at + 8 + length]
        at += 8 + length + length % 2
