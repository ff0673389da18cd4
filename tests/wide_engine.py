"""Another fake engine: it sees what the first one sees, in wider boxes and by other vectors of another length."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from phototag.core.geometry import box_within
from phototag.core.vectors import normalise
from phototag.engines.fake import THRESHOLDS, FakeEngine
from phototag.types import Detection, Space

if TYPE_CHECKING:
    from phototag.types import Chips, Pixels, Vectors

NAME = "wide"
DIM = 96
WIDER = 0.15
"""Of a box's width, at each side; with a little less below and more above, as detectors differ in foreheads."""

blind: set[tuple[int, int, int]] = set()
"""Colours (red, green, blue) that it does not find, within 16 steps each; a test fills it."""


@dataclass(frozen=True, slots=True)
class WideEngine:
    """See the module."""

    @property
    def space(self) -> Space:
        """A Space of its own."""
        return Space(NAME, "wide", DIM, "euclidean", "face", "f32", replace(THRESHOLDS, group=0.31))

    @property
    def long_side(self) -> int:
        """As the first one's."""
        return FakeEngine().long_side

    def detect(self, pixels: Pixels) -> list[Detection]:
        """What the first one finds, but for the colours that this one is blind to."""
        found = FakeEngine().detect(pixels)
        colours = FakeEngine().align(pixels, found)[:, 0, 0, 0].astype(int).tolist()
        return [_wider(one) for one, colour in zip(found, colours, strict=True) if not _is_among(colour, blind)]

    def align(self, pixels: Pixels, detections: Sequence[Detection]) -> Chips:
        """As the first one: the colour in the middle is that of most of the box."""
        return FakeEngine().align(pixels, detections)

    def embed(self, chips: Chips) -> Vectors:
        """The first one's, turned and cut off."""
        turned = np.roll(FakeEngine().embed(chips), 7, axis=1)[:, ::-1]
        return normalise(np.ascontiguousarray(turned[:, :DIM]))


@functools.cache
def load(cache: Path, threads: int = 1, runtime: str | None = None) -> WideEngine:
    """Load the engine; it needs nothing."""
    return WideEngine()


def _wider(found: Detection) -> Detection:
    left, top, right, bottom = found.box
    x, y = WIDER * (right - left), WIDER * (bottom - top)
    return Detection(box_within(left - x, top - 1.2 * y, right + x, bottom + 0.6 * y), 0.99)


def _is_among(colour: Sequence[int], others: Iterable[Sequence[int]]) -> bool:
    return any(max(abs(a - b) for a, b in zip(colour, other, strict=True)) < 16 for other in others)
