"""A number that is nearly the same for pictures that look the same: resized, recompressed, a little retouched.

It is the perceptual hash of the package imagehash (`phash`, hash_size 8, highfreq_factor 4), which the tests compare
with: which of the 64 lowest frequencies of a grey copy of 32 x 32 pixels are above their median.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import scipy.fft
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phototag.types import Pixels

PLAIN = 2.0
"""Least standard deviation of the 32 x 32 grey levels. Measured on 60 photos of sample_library, made paler to it, then
saved as JPEG at quality 75 and halved: at 1.0 a tenth changed 6 bits of 64 or more, at 2.0 4 bits, at 3.0 2 bits."""

_SIDE = 32
_LOW = 8
_ENOUGH = 256
"""Pixels on the short side that make the hash: on 119 photos at most 2 bits differ from those of all pixels."""


def phash(pixels: Pixels) -> int | None:
    """Hash a picture.

    Args:
        pixels: upright.

    Returns:
        64 bits as a signed number, lowest frequency in the highest bit; None where the picture is too plain: then noise
        would make the hash.
    """
    grey = _grey(pixels)
    if grey.std() < PLAIN:
        return None
    low = scipy.fft.dctn(grey.astype(np.float64))[:_LOW, :_LOW]
    return int(np.packbits(low > np.median(low)).view(">i8")[0])


def _grey(pixels: Pixels) -> NDArray[np.uint8]:
    """32 x 32 grey levels. Pillow's conversion and filter, as they are part of what the hash is."""
    height, width = pixels.shape[:2]
    step = min(height, width) // _ENOUGH
    if step > 1:
        pixels = cv2.resize(pixels, (width // step, height // step), interpolation=cv2.INTER_LINEAR).astype(np.uint8)
    return np.asarray(Image.fromarray(pixels).convert("L").resize((_SIDE, _SIDE), Image.Resampling.LANCZOS))
