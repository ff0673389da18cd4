"""A deterministic engine over colour-coded images, for fast tests of everything that is not an engine.

A face is a rectangle of one saturated colour on a grey picture. The hue, in steps of 15 degrees, is who it is; the
brightness is how they look today. Two faces of one hue are near, two hues far apart.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from phototag.core.geometry import box_in_pixels, box_within
from phototag.core.vectors import normalise
from phototag.types import Detection, Point, Space, Thresholds

if TYPE_CHECKING:
    from phototag.types import Chips, Pixels, Vectors

NAME = "fake"
DIM = 128
THRESHOLDS = Thresholds(
    group=0.30,
    group_min_faces=2,
    merge=0.30,
    merge_tightening=0.0,
    join=0.30,
    strong=0.25,
    strong_few=0.25,
    possible=0.60,
    largest_gap=0.10,
    same=0.40,
)
LONG_SIDE = 320
CHIP_SIDE = 16
HUE_STEP = 15
LEAST_SATURATION = 100
LEAST_AREA = 64
LOOKS = 1.0
"""How far the brightest and the darkest face of one hue are apart, about, before scaling to length 1."""


@dataclass(frozen=True, slots=True)
class FakeEngine:
    """See the module."""

    @property
    def space(self) -> Space:
        """A Space of its own."""
        return Space(NAME, "colours", DIM, "euclidean", "face", "f32", THRESHOLDS)

    @property
    def long_side(self) -> int:
        """See LONG_SIDE."""
        return LONG_SIDE

    def detect(self, pixels: Pixels) -> list[Detection]:
        """Every connected region of a saturated colour."""
        height, width = pixels.shape[:2]
        colourful = (pixels.max(axis=2).astype(int) - pixels.min(axis=2) > LEAST_SATURATION).astype(np.uint8)
        _, _, regions, _ = cv2.connectedComponentsWithStats(colourful, connectivity=4)
        return [
            _detection(x / width, y / height, (x + w) / width, (y + h) / height)
            for x, y, w, h, area in regions[1:].tolist()
            if area >= LEAST_AREA
        ]

    def align(self, pixels: Pixels, detections: Sequence[Detection]) -> Chips:
        """The middle of each box."""
        height, width = pixels.shape[:2]
        chips = np.zeros((len(detections), 1, CHIP_SIDE, CHIP_SIDE, 3), dtype=np.uint8)
        for chip, detection in zip(chips[:, 0], detections, strict=True):
            left, top, right, bottom = box_in_pixels(detection.box, width, height)
            region = pixels[top:bottom, left:right]
            chip[:] = np.median(region.reshape(-1, 3), axis=0) if region.size else 0
        return chips

    def embed(self, chips: Chips) -> Vectors:
        """One direction for each hue, turned a little by the brightness."""
        return normalise(np.array([_vector(chip[0, 0, 0]) for chip in chips], dtype=np.float32).reshape(-1, DIM))


@functools.cache
def load(cache: Path, threads: int = 1, runtime: str | None = None) -> FakeEngine:
    """Load the engine; it needs nothing."""
    return FakeEngine()


def _detection(left: float, top: float, right: float, bottom: float) -> Detection:
    width, height = right - left, bottom - top
    marks = ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8))
    points = tuple(Point(left + x * width, top + y * height) for x, y in marks)
    return Detection(box_within(left, top, right, bottom), 1.0, points)


def _vector(colour: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    high, low = int(colour.max()), int(colour.min())
    hue, _, _ = cv2.cvtColor(colour.reshape(1, 1, 3), cv2.COLOR_RGB2HSV)[0, 0].tolist()
    person = round(hue * 2 / HUE_STEP) % (360 // HUE_STEP)
    bases = np.random.default_rng(person).standard_normal((2, DIM))
    direction, looks = bases / np.linalg.norm(bases, axis=1, keepdims=True)
    return np.asarray(direction + LOOKS * (high + low) / 510 * looks, dtype=np.float32)
