"""What the first bytes of a JPEG XL file say; its decoder says it only after having decoded all of it.

The layout is that of ISO/IEC 18181: a codestream, bare or in boxes, begins with its size and then with its orientation.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

_BARE = b"\xff\x0a"
_BOXED = b"\0\0\0\x0cJXL \r\n\x87\n"
_RATIOS = ((0, 1), (1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
_BITS_OF_SIZES = (9, 13, 18, 30)
_HEADER = 32
"""Bytes that hold size and orientation for sure."""


class Header(NamedTuple):
    """What is known of a picture by its first bytes.

    Attributes:
        width, height: as stored.
        orientation: 1 to 8, like EXIF's, and stronger than that.
        from_jpeg: made from a JPEG without loss; its decoder gives that JPEG, so not turned.
    """

    width: int
    height: int
    orientation: int
    from_jpeg: bool


def is_jxl(data: bytes) -> bool:
    """Whether a file is JPEG XL by its first bytes."""
    return data.startswith((_BARE, _BOXED))


def header(data: bytes) -> Header:
    """Read size and orientation.

    Raises:
        ValueError: no picture in it.
    """
    parts = {b"jxlc": data[:_HEADER]} if data.startswith(_BARE) else dict(_boxes(data))
    stream = parts.get(b"jxlc") or parts.get(b"jxlp", b"")[4:]  # the first part of several begins with its number
    if not stream.startswith(_BARE):
        raise ValueError("no picture")
    bits = _Bits(stream[2:])
    width, height = _size(bits)
    return Header(width, height, _orientation(bits), b"jbrd" in parts)


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and first bytes of each box, the first of a name last, so that it stays in a dict."""
    found, at = [], 0
    while at + 8 <= len(data):
        size, head = int.from_bytes(data[at : at + 4], "big"), 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        found.append((data[at + 4 : at + 8], data[at + head : at + head + _HEADER]))
        if size < head:  # 0: to the end of the file
            break
        at += size
    return reversed(found)


class _Bits:
    """Numbers of so many bits, the lowest bit first."""

    def __init__(self, data: bytes) -> None:
        self._left = int.from_bytes(data, "little")

    def take(self, count: int) -> int:
        value = self._left & ((1 << count) - 1)
        self._left >>= count
        return value


def _size(bits: _Bits) -> tuple[int, int]:
    small = bits.take(1)

    def side() -> int:
        return 8 * (1 + bits.take(5)) if small else 1 + bits.take(_BITS_OF_SIZES[bits.take(2)])

    height = side()
    across, down = _RATIOS[bits.take(3)]
    return (height * across // down if across else side()), height


def _orientation(bits: _Bits) -> int:
    is_default = bits.take(1)
    has_more = not is_default and bits.take(1)
    return 1 + bits.take(3) if has_more else 1
