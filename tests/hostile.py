"""What files can do to a decoder. A child process runs `work` in the place of `phototag.media.darkroom.develop`."""

from __future__ import annotations

import ctypes
import os
import signal
import struct
import threading
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from phototag.media.darkroom import Developed, develop
from phototag.types import PhotoFile

Bytes: TypeAlias = np.ndarray[Any, np.dtype[np.uint8]]

HUGE = 100_000


def work(file: PhotoFile, long_side: int | None, max_megapixels: float, turn: int | None, data: bytes) -> Developed:
    """Do what the name of a file says, such as "hang.jpg"; else what is always done."""
    _DEEDS.get(Path(os.fsdecode(file.path)).stem, _nothing)()
    return develop(file, long_side, max_megapixels, turn, data)


def _nothing() -> None:
    pass


def _hang() -> None:
    threading.Event().wait()


def _hang_on(_: bytes) -> None:
    _hang()


def _crash_on(_: bytes) -> None:
    _crash()


def _hang_in_c() -> None:
    """Never come back to Python, and hold its lock."""
    ctypes.PyDLL(None).pause()


def _crash() -> None:
    ctypes.string_at(0)


def _abort() -> None:
    os.abort()


def _be_killed() -> None:
    """As a system without memory does it."""
    os.kill(os.getpid(), signal.SIGKILL)


def _leave() -> None:
    os._exit(3)


def _take_memory() -> None:
    np.zeros(1_200_000_000, np.uint8)


def _talk() -> None:
    os.write(1, b"a decoder's opinion\n" * 10_000)
    os.write(2, b"a decoder's opinion\n" * 10_000)


def _raise() -> None:
    raise RecursionError("too deep")


def large_result(length: int, _: bytes) -> tuple[Bytes, Bytes]:
    """What a child is to return: two arrays."""
    return np.full(length, 5, np.uint8), np.full(1, 7, np.uint8)


_spoilt = False


def _spoil() -> None:
    """Leave something behind that the next file stumbles over."""
    global _spoilt
    _spoilt = True


def _stumble() -> None:
    if _spoilt:
        _crash()


_DEEDS: dict[str, Callable[[], None]] = {
    "hang": _hang,
    "hang_in_c": _hang_in_c,
    "crash": _crash,
    "abort": _abort,
    "killed": _be_killed,
    "leave": _leave,
    "memory": _take_memory,
    "talk": _talk,
    "raise": _raise,
    "spoil": _spoil,
    "stumble": _stumble,
}


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def huge_png(side: int = HUGE, rows: int = 100) -> bytes:
    """A picture with a valid header of `side` x `side` grey pixels, and the beginning of them."""
    header = _png_chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
    pixels = zlib.compress(bytes((side + 1) * rows))
    return b"\x89PNG\r\n\x1a\n" + header + _png_chunk(b"IDAT", pixels) + _png_chunk(b"IEND", b"")


def huge_jpeg() -> bytes:
    """65,500 on a side: a JPEG cannot say more."""
    frame = struct.pack(">HBHHB", 11, 8, 65500, 65500, 1) + b"\1\x11\0"
    scan = struct.pack(">HB", 8, 1) + b"\1\0\0\x3f\0"
    return b"\xff\xd8\xff\xc0" + frame + b"\xff\xda" + scan + bytes(100) + b"\xff\xd9"


def huge_bmp() -> bytes:
    """100,000 on a side."""
    return b"BM" + struct.pack("<IHHI", 1000, 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, HUGE, HUGE, 1, 24, *[0] * 6)


def huge_gif() -> bytes:
    """65,535 on a side: a GIF cannot say more."""
    screen = struct.pack("<HHBBB", 65535, 65535, 0x80, 0, 0) + bytes(6)
    image = b"," + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0) + b"\2\2\x44\1\0"
    return b"GIF89a" + screen + image + b";"


def huge_tiff() -> bytes:
    """100,000 on a side."""
    tags = [(256, 4, HUGE), (257, 4, HUGE), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8), (278, 4, HUGE)]
    tags += [(277, 3, 1), (279, 4, 100)]
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in sorted(tags))
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4) + bytes(100)


def huge_webp() -> bytes:
    """16,383 on a side: a WebP cannot say more."""
    bits = 16382 | 16382 << 14
    body = b"VP8L" + struct.pack("<I", 26) + b"\x2f" + struct.pack("<I", bits) + bytes(21)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


HUGE_FILES = {
    "png": huge_png, "jpg": huge_jpeg, "bmp": huge_bmp, "gif": huge_gif, "tif": huge_tiff,
}  # fmt: skip
"""Extension -> a small file that says that it is huge."""
