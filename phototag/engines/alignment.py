"""Cut a face out so that eyes, nose and mouth are where the descriptor network expects them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from phototag.core.landmarks import points_in_pixels, similarity
from phototag.engines.dlib_weights import CHIP_SIDE
from phototag.types import Detection

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    from phototag.types import Chips, Pixels

    Matrix: TypeAlias = NDArray[np.float64]

TEMPLATE = np.array([(47.1, 45.2), (101.5, 45.0), (74.4, 78.2), (50.5, 105.2), (97.7, 104.9)])
"""Where MTCNN's five landmarks lie on dlib's 150-pixel chips (padding 0.25): medians over 400 chips of LFW faces that
dlib had aligned (measured 2026-10). Never align with a detector's raw box: that costs up to 12 points on LFW."""


class View(NamedTuple):
    """One way to look at an aligned face.

    Attributes:
        zoom: larger than 1 shows the face larger.
        turn_degrees: about the middle of the chip, clockwise.
        mirrored: left and right changed, after that.
    """

    zoom: float
    turn_degrees: float
    mirrored: bool


VIEWS = (View(1, 7, False), View(1, -7, True), View(1.08, 0, False), View(0.92, 0, True))
"""What the descriptor is averaged over. On lfw-dev (5,552 photos; 2,325 pairs, 10-fold; all pairs at a false-accept
rate of 1e-4; 104 people with 5 references at 99.5 % precision; 871 with one), measured 2026-11:

| views | chips | accuracy | TAR at 1e-4 | recall, 5 | recall, 1 |
|---|--:|--:|--:|--:|--:|
| face, mirror | 2 | .9918 | .836 | .945 | .701 |
| face, mirror, both again by dlib's 5-point alignment | 4 | .9918 | .864 | .953 | .740 |
| **these four** | 4 | .9940 | .862 | .954 | .732 |
| face, two zooms, two turns, each mirrored | 10 | .9940 | .867 | .955 | .744 |
| those and dlib's alignment, each mirrored | 12 | .9944 | .876 | .961 | .755 |

A chip costs 5 ms; dlib's alignment would need a second landmark model. Four chips are where the gain levels off."""


def chips_of(
    pixels: Pixels,
    detections: Sequence[Detection],
    views: Sequence[View] = VIEWS,
    template: Matrix = TEMPLATE,
    side: int = CHIP_SIDE,
) -> Chips:
    """Turn, scale and shift each face so that its landmarks fall on a template as well as they can, then look at it.

    Args:
        pixels: (h, w, 3) RGB upright, as large as there is: small faces need every pixel.
        detections: with five landmarks each.
        views: how to look at each face.
        template: (5, 2) where the landmarks are to lie on a chip.
        side: of a chip, in pixels.

    Returns:
        (n, views, side, side, 3), black outside of the image.
    """
    chips = np.zeros((len(detections), len(views), side, side, 3), dtype=np.uint8)
    if not detections:
        return chips
    height, width = pixels.shape[:2]
    marks = np.stack([points_in_pixels(d.landmarks, width, height) for d in detections])
    for number, view in enumerate(views):
        for chip, matrix in zip(chips[:, number], similarity(marks, _seen(view, template, side)), strict=True):
            scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
            _warp(pixels, matrix, scale, out=chip)
            if view.mirrored:
                chip[:] = chip[:, ::-1].copy()
    return chips


def boxes_of(pixels: Pixels, detections: Sequence[Detection], side: int, margin: float, mirrored: bool) -> Chips:
    """Cut out each face's box as it lies, wider and higher by a share of itself, and bring it to a square.

    Returns:
        (n, 1, side, side, 3), or with `mirrored` (n, 2, side, side, 3), the second view mirrored.
    """
    chips = np.zeros((len(detections), 1 + mirrored, side, side, 3), dtype=np.uint8)
    height, width = pixels.shape[:2]
    for chip, detection in zip(chips, detections, strict=True):
        left, top, right, bottom = np.array(detection.box) * (width, height, width, height)
        scale = side / np.maximum([(right - left) * (1 + margin), (bottom - top) * (1 + margin)], 1e-3)
        shift = side / 2 - scale * np.array([left + right, top + bottom]) / 2
        _warp(pixels, np.array([[scale[0], 0, shift[0]], [0, scale[1], shift[1]]]), float(scale.max()), out=chip[0])
        chip[1:] = chip[:1, :, ::-1]
    return chips


def _seen(view: View, template: Matrix, side: int) -> Matrix:
    """Where the landmarks lie in this view, before it is mirrored."""
    angle, middle = np.deg2rad(view.turn_degrees), side / 2
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray((template - middle) @ turn.T * view.zoom + middle)


def _warp(pixels: Pixels, matrix: Matrix, scale: float, out: Pixels) -> None:
    """Warp by bilinear sampling; a face that shrinks much is averaged down first, so that it is not aliased."""
    factor = min(int(1 / scale), *pixels.shape[:2]) if 0 < scale <= 0.5 else 1
    if factor > 1:
        region, matrix = _region_around(pixels, matrix, factor, len(out))
        pixels = np.asarray(cv2.resize(region, None, fx=1 / factor, fy=1 / factor, interpolation=cv2.INTER_AREA))
        centre = (factor - 1) / 2  # pixel i of the small image is the mean of pixels i * factor to (i + 1) * factor - 1
        matrix = matrix @ np.array([[factor, 0, centre], [0, factor, centre], [0, 0, 1.0]])
    cv2.warpAffine(pixels, matrix, (len(out), len(out)), dst=out, flags=cv2.INTER_LINEAR)


def _region_around(pixels: Pixels, matrix: Matrix, factor: int, side: int) -> tuple[Pixels, Matrix]:
    """The part of the image that the chip shows, in whole multiples of `factor`, and the matrix that starts there."""
    inverse = cv2.invertAffineTransform(matrix)
    corners = np.array([[0, 0, 1], [side, 0, 1], [0, side, 1], [side, side, 1]]) @ inverse.T
    height, width = pixels.shape[:2]
    low = np.clip(np.floor(corners.min(axis=0)).astype(int) - 2 * factor, 0, [width - factor, height - factor])
    high = np.clip(np.ceil(corners.max(axis=0)).astype(int) + 2 * factor, low + factor, [width, height])
    right, bottom = low + (high - low) // factor * factor
    shifted = matrix.copy()
    shifted[:, 2] += matrix[:, :2] @ low
    return pixels[low[1] : bottom, low[0] : right], shifted
