"""One number for how much of a person a face shows: size, sharpness, pose and the detector's score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phototag.types import Chips

FULL_SIZE_PX = 112
"""A face this wide in the original photo loses nothing in a 150 px chip: with dlib's padding of 0.25 the face fills
about 100 of its pixels, and MTCNN's boxes are a little wider than dlib's."""

PROFILE = 0.1
"""What the pose is worth where the nose lies on or beyond an eye: a profile is hard to compare, but it is a face."""

SHARP = 60.0
"""Variance of the Laplacian of a chip's luminance (0 to 255) at which it counts as sharp: the median over the 111 faces
of an album of 90 web photos is 64 (measured 2026-11)."""


def quality(
    widths_px: Sequence[float], scores: Sequence[float], chips: Chips, marks_px: Sequence[NDArray[np.float64]]
) -> list[float]:
    """Judge the faces of one photo.

    The number is the geometric mean of four factors, each 0 to 1: width of the face in original pixels against
    FULL_SIZE_PX; sharpness of the chip against SHARP; how far the nose is from the middle between the eyes (a profile
    shows half a face); the detector's score. Size, sharpness or score near 0 pull the whole towards
    0; a profile is worth PROFILE at least.

    Args:
        widths_px: of the boxes, in pixels of the full-size photo.
        scores: the detector's, 0 to 1.
        chips: (n, views, side, side, 3); the first view is looked at.
        marks_px: (5, 2) landmarks each in pixels, or (0, 2) where the detector gives none (which counts as frontal).

    Returns:
        A number in [0, 1] for each face.
    """
    size = np.clip(np.asarray(widths_px) / FULL_SIZE_PX, 0, 1)
    sharp = np.clip(_laplacian_variance(chips) / SHARP, 0, 1)
    pose = np.array([_frontal(marks) for marks in marks_px])
    factors = np.stack([size, sharp, pose, np.clip(np.asarray(scores), 0, 1)])
    return [round(float(q), 3) for q in factors.prod(axis=0) ** (1 / 4)]


def _laplacian_variance(chips: Chips) -> NDArray[np.float64]:
    grey = chips[:, 0].astype(np.float32) @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    middle = grey[:, 1:-1, 1:-1]
    around = grey[:, :-2, 1:-1] + grey[:, 2:, 1:-1] + grey[:, 1:-1, :-2] + grey[:, 1:-1, 2:]
    return np.asarray((around - 4 * middle).var(axis=(1, 2), dtype=np.float64))


def _frontal(marks: NDArray[np.float64]) -> float:
    """1 where the nose lies between the eyes, PROFILE where it lies on or beyond one of them."""
    if not len(marks):
        return 1.0
    left, right, nose = marks[:3]
    across = right - left
    along = float((nose - left) @ across) / max(float(across @ across), 1e-12)
    return float(np.clip(2 * min(along, 1 - along), PROFILE, 1))
