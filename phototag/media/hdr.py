"""Pictures of more light than a screen shows (HDR) -> levels as sRGB has them.

AVIF and HEIC say by two numbers in a box how their levels mean light (ITU-T H.273); decoders hand the levels out as
they are, which look dim and flat. JPEG XL is converted by its decoder.
"""

from __future__ import annotations

import numpy as np

_BOX = b"colrnclx"
_HEAD = 1 << 16
"""Bytes in which the box is, in files with HDR; phones that put it at the end have none."""
_PQ = 16
_WHITE = 203.0
"""Candela a square metre that are white paper, by ITU-R BT.2408; highlights are told apart up to 1000."""


def levels(data: bytes) -> list[int] | None:
    """The sRGB level of each of the 256 levels of a file.

    Args:
        data: the whole file.

    Returns:
        None where the levels are as they should be, or the file does not say. HLG is made to look right as it is.
    """
    at = data.find(_BOX, 0, _HEAD)
    if data[4:8] != b"ftyp" or at < 0 or int.from_bytes(data[at + 10 : at + 12], "big") != _PQ:
        return None
    light = _light(np.arange(256) / 255) / _WHITE
    brightest = 1000 / _WHITE
    shown = np.minimum(light * (1 + light / brightest**2) / (1 + light), 1)  # Reinhard's curve
    return [int(level) for level in np.rint(255 * _srgb(shown))]


def _light(pq: np.ndarray) -> np.ndarray:
    """Candela a square metre, by SMPTE ST 2084."""
    m1, m2, c1, c2, c3 = 0.1593017578125, 78.84375, 0.8359375, 18.8515625, 18.6875
    root = pq ** (1 / m2)
    return np.asarray(10_000 * (np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1))


def _srgb(light: np.ndarray) -> np.ndarray:
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
