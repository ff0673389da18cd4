"""The five points of a face: in pixels, and the similarity that brings them where they should be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from phototag.types import Point

if TYPE_CHECKING:
    from numpy.typing import NDArray


def similarity(source: NDArray[np.floating], target: NDArray[np.floating]) -> NDArray[np.float64]:
    """Least-squares similarity transforms (turn, scale, shift, no mirror) from point sets onto one target.

    In the plane this has a closed form: with points as complex numbers, target = a * source + b.

    Args:
        source: (n, k, 2) point sets.
        target: (k, 2) where they should go.

    Returns:
        (n, 2, 3) matrices as OpenCV's warpAffine takes them. A set whose points coincide gives zeros and the mean.
    """
    z = source[..., 0] + 1j * source[..., 1]
    w = target[:, 0] + 1j * target[:, 1]
    z_mean, w_mean = z.mean(axis=1, keepdims=True), w.mean()
    centred = z - z_mean
    spread = np.maximum((np.abs(centred) ** 2).sum(axis=1), 1e-12)
    a = (centred.conj() * (w - w_mean)).sum(axis=1) / spread
    b = w_mean - a * z_mean[:, 0]
    rows = [np.stack([a.real, -a.imag, b.real], axis=-1), np.stack([a.imag, a.real, b.imag], axis=-1)]
    return np.stack(rows, axis=1).astype(np.float64)


def points_in_pixels(points: Sequence[Point], width: int, height: int) -> NDArray[np.float64]:
    """Landmarks as a (k, 2) array in pixels of an image of this size."""
    return np.array(points, dtype=np.float64).reshape(-1, 2) * (width, height)
