"""MTCNN: three networks, each looking closer at what the one before left. See `engines.mtcnn_graphs` for the paper.

With the constants below it finds 98.2 % of the 1,824 annotated frontal faces (five drawings among every twenty that it
misses) on 1,200 photos of Caltech's Web Faces set, and 0.29 more a photo that nobody annotated, most of them faces
(measured 2026-11). As published (thresholds 0.6, 0.7, 0.7, faces from 20 pixels) it finds 97.2 % and 0.19 more.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import cv2
import numpy as np

from phototag.engines import weights
from phototag.engines.boxes import detection, moved, squared, suppress, suppress_nested
from phototag.engines.session import Session, in_batches, open_session
from phototag.types import Detection, Point

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phototag.engines.boxes import Boxes, Scores
    from phototag.types import Pixels

LONG_SIDE = 640
"""Pixels on the long side in which faces are looked for."""

FINEST = 1 / 32
"""Of the long side: the smallest face that is looked for on a photo of LONG_SIDE pixels or more, 20 of them."""

SMALLEST_FACE = 16
"""Pixels: the smallest face that is looked for on any photo, however small the photo is."""

SHRINK = 0.709
"""Each level of the pyramid has about half the area of the one before (the paper's factor)."""

THRESHOLDS = (0.5, 0.6, 0.6)
"""Least face probability after P-, R- and O-Net; 0.6, 0.7, 0.7 as published costs one point of recall."""

OVERLAP_IN_LEVEL, OVERLAP = 0.5, 0.7
"""Greatest overlap of two candidates within a level, and after each stage; as published."""

RNET_SIDE, ONET_SIDE = 24, 48
"""Pixels: what the second and the third network see of a candidate."""

_CELL, _STRIDE = 12, 2  # what one output of P-Net sees, and how far the next one is
_ROUND = 32  # canvas sizes are multiples of this
_FAR_APART = 1e5  # pixels between boxes of two levels, so that one suppression does for all of them


_REFINE_BATCHES, _OUTPUT_BATCHES = (16, 32, 48, 64), (4, 8, 16)


class _Level(NamedTuple):
    """One size of the image."""

    image: Pixels
    scale: float


@dataclass(frozen=True, slots=True)
class Mtcnn:
    """The detector. Safe to share between threads."""

    proposal: Session
    refine: Session
    output: Session
    label: ClassVar[str] = "mtcnn"
    digests: ClassVar[tuple[str, ...]] = (weights.PNET.sha256, weights.RNET.sha256, weights.ONET.sha256)
    weak_score: ClassVar[float] = 0.95  # see `engines.resnet.THRESHOLDS`

    def detect(self, pixels: Pixels) -> list[Detection]:
        """Find faces of at least SMALLEST_FACE pixels and FINEST of the picture's long side.

        Args:
            pixels: (h, w, 3) RGB upright.

        Returns:
            Detections with five landmarks.
        """
        image = shrunk(pixels, LONG_SIDE)
        levels = _pyramid(image)
        if len(levels) < 2:
            return []
        boxes = self._propose(levels[1:])
        if len(boxes):
            boxes = self._refine(levels, boxes)
        if not len(boxes):
            return []
        boxes, scores, marks = self._confirm(levels, boxes)
        height, width = image.shape[:2]
        return [detection(*found, width, height) for found in zip(boxes, scores, marks, strict=True)]

    def marked(self, pixels: Pixels, detections: Sequence[Detection]) -> list[Detection]:
        """Give faces that another detector found the five landmarks that it does not: O-Net looks at each.

        Detectors differ in what a box is, so O-Net moves the box first, and looks again. On the boxes of HOG its
        landmarks are 0.025 of the distance of the eyes from MTCNN's own (median; 95 % below 0.104), and dlib's vectors
        0.033 apart (95 % below 0.068; 56 faces of the sample library, 2026-11).
        """
        if not detections:
            return []
        image = shrunk(pixels, LONG_SIDE)
        levels = _pyramid(image)
        height, width = image.shape[:2]
        boxes = np.array([d.box for d in detections], dtype=np.float32) * (width, height, width, height)
        offsets, _, _ = in_batches(self.output, _crops(levels, squared(boxes), ONET_SIDE), _OUTPUT_BATCHES)
        boxes = squared(moved(squared(boxes), offsets))
        _, marks, _ = in_batches(self.output, _crops(levels, boxes, ONET_SIDE), _OUTPUT_BATCHES)
        found = _points_on(boxes, marks) / (width, height)
        return [
            replace(d, landmarks=tuple(Point(float(x), float(y)) for x, y in points))
            for d, points in zip(detections, found, strict=True)
        ]

    def _propose(self, levels: list[_Level]) -> Boxes:
        """What P-Net sees on all levels, in pixels of the searched image."""
        layout = _layout(tuple(level.image.shape[:2] for level in levels))
        canvas = np.zeros((1, *layout.size, 3), dtype=np.uint8)
        for level, (top, left) in zip(levels, layout.corners, strict=True):
            height, width = level.image.shape[:2]
            canvas[0, top : top + height, left : left + width] = level.image
        offsets, faces = self.proposal(canvas)
        inside = layout.level_of_cell[: faces.shape[2], : faces.shape[3]]
        y, x = np.nonzero((faces[0, 1] > THRESHOLDS[0]) & (inside >= 0))
        on, scores = inside[y, x], faces[0, 1, y, x]
        scales = np.array([level.scale for level in levels], dtype=np.float32)[on, None]
        corner = np.stack([x, y], axis=1) * _STRIDE - np.array(layout.corners, dtype=np.float32)[on, ::-1]
        boxes = np.concatenate([corner, corner + _CELL], axis=1) / scales
        kept = suppress(boxes + on[:, None] * _FAR_APART, scores, OVERLAP_IN_LEVEL)
        shifted = moved(boxes[kept], offsets[0][:, y[kept], x[kept]].T)
        return squared(shifted[suppress(shifted, scores[kept], OVERLAP)])

    def _refine(self, levels: list[_Level], boxes: Boxes) -> Boxes:
        offsets, faces = in_batches(self.refine, _crops(levels, boxes, RNET_SIDE), _REFINE_BATCHES)
        likely = faces[:, 1] > THRESHOLDS[1]
        boxes = moved(boxes[likely], offsets[likely])
        return squared(boxes[suppress(boxes, faces[likely, 1], OVERLAP)])

    def _confirm(self, levels: list[_Level], boxes: Boxes) -> tuple[Boxes, Scores, NDArray[np.floating]]:
        """Final boxes, scores and landmarks (n, 5, 2), in pixels of the searched image."""
        offsets, marks, faces = in_batches(self.output, _crops(levels, boxes, ONET_SIDE), _OUTPUT_BATCHES)
        sure = faces[:, 1] > THRESHOLDS[2]
        boxes, scores, marks, offsets = boxes[sure], faces[sure, 1], marks[sure], offsets[sure]
        points, boxes = _points_on(boxes, marks), moved(boxes, offsets)
        kept = suppress_nested(boxes, scores, OVERLAP)
        return boxes[kept], scores[kept], points[kept]


def load(cache: Path, *, threads: int, runtime: str | None = None) -> Mtcnn:
    """Load the three networks.

    Raises:
        EngineError: the package `mtcnn` or a runtime is missing.
        ChecksumError: its weights are not the released ones.
    """
    nets = ((weights.PNET, "proposal_net"), (weights.RNET, "refine_net"), (weights.ONET, "output_net"))
    paths = [weights.cached_graph(net, f"phototag.engines.mtcnn_graphs:{builder}", cache) for net, builder in nets]
    return Mtcnn(*(open_session(path, threads=threads, runtime=runtime) for path in paths))


def shrunk(pixels: Pixels, long_side: int) -> Pixels:
    """The image at this long side by area averaging; a smaller one as it is."""
    whole = max(pixels.shape[:2]) // long_side
    if 1 < whole <= min(pixels.shape[:2]):  # a whole factor first: OpenCV does that ten times as fast
        height, width = (side // whole * whole for side in pixels.shape[:2])
        size = width // whole, height // whole
        pixels = np.asarray(cv2.resize(pixels[:height, :width], size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    height, width = pixels.shape[:2]
    scale = long_side / max(height, width)
    if scale >= 1:
        return pixels
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _points_on(boxes: Boxes, marks: NDArray[np.floating]) -> NDArray[np.floating]:
    """Landmarks (n, 5, 2) in pixels, of those that O-Net gives as fractions of its box, all x before all y."""
    corner, size = boxes[:, None, :2], (boxes[:, 2:] - boxes[:, :2])[:, None]
    return np.asarray(corner + marks.reshape(-1, 2, 5).transpose(0, 2, 1) * size)


def _pyramid(image: Pixels) -> list[_Level]:
    """The image itself, then the levels on which P-Net looks for faces from the smallest on.

    Each level is shrunk from the one before, which costs a fifth of shrinking each from the image itself.
    """
    height, width = image.shape[:2]
    smallest = max(SMALLEST_FACE, max(height, width) * FINEST)
    levels, scale = [_Level(image, 1.0)], _CELL / smallest
    while min(height, width) * scale >= _CELL:
        size = int(np.ceil(width * scale)), int(np.ceil(height * scale))
        smaller = cv2.resize(levels[-1].image, size, interpolation=cv2.INTER_AREA)
        levels.append(_Level(np.asarray(smaller, dtype=np.uint8), scale))
        scale *= SHRINK
    return levels


@dataclass(frozen=True, slots=True, eq=False)
class _Layout:
    """Where the levels lie on one canvas, so that P-Net runs once a photo and sees few different sizes.

    Attributes:
        size: of the canvas, (height, width), multiples of _ROUND.
        corners: (top, left) of each level; even, so that P-Net's stride falls on the same pixels as on the level alone.
        level_of_cell: for each output of P-Net the level that its window lies in, -1 where it lies across an edge.
    """

    size: tuple[int, int]
    corners: tuple[tuple[int, int], ...]
    level_of_cell: NDArray[np.int8]


@functools.lru_cache(maxsize=256)
def _layout(sizes: tuple[tuple[int, int], ...]) -> _Layout:
    """Put levels, (height, width) from the largest on, on shelves as long as the largest level's long side.

    On the canvas of a portrait the shelves stand upright.
    """
    upright = sizes[0][0] > sizes[0][1]
    along_across = [(h, w) if upright else (w, h) for h, w in sizes]
    length, depth = along_across[0][0], 0
    shelves: list[_Shelf] = []
    corners: list[tuple[int, int]] = []
    for along, across in along_across:
        shelf = next((s for s in shelves if s.used + along <= length and across <= s.depth), None)
        if shelf is None:
            shelf = _Shelf(start=depth, depth=across)
            shelves.append(shelf)
            depth += across + across % 2
        corners.append((shelf.used, shelf.start) if upright else (shelf.start, shelf.used))
        shelf.used += along + along % 2
    size = (_rounded(length), _rounded(depth)) if upright else (_rounded(depth), _rounded(length))
    cells = np.full((size[0] // _STRIDE, size[1] // _STRIDE), -1, dtype=np.int8)
    for level, ((top, left), (height, width)) in enumerate(zip(corners, sizes, strict=True)):
        last_y, last_x = (top + height - _CELL) // _STRIDE, (left + width - _CELL) // _STRIDE
        cells[top // _STRIDE : last_y + 1, left // _STRIDE : last_x + 1] = level
    return _Layout(size, tuple(corners), cells)


@dataclass(slots=True)
class _Shelf:
    start: int
    depth: int
    used: int = 0


def _rounded(pixels: int) -> int:
    return -(-pixels // _ROUND) * _ROUND


def _crops(levels: list[_Level], boxes: Boxes, side: int) -> NDArray[np.uint8]:
    """Cut square boxes to (n, side, side, 3) by bilinear sampling; black outside of the image.

    Each box is sampled from the smallest level that still has a pixel for each of the crop's, so that large boxes are
    not aliased and no box needs a resize of its own.
    """
    sides = np.maximum(boxes[:, 2] - boxes[:, 0], 1e-3)
    scales = np.array([level.scale for level in levels])
    enough = scales[None] * sides[:, None] >= side
    chosen = np.where(enough.any(axis=1), enough.cumsum(axis=1).argmax(axis=1), 0)
    steps = (np.arange(side, dtype=np.float32) + 0.5) / side
    out = np.zeros((len(boxes), side, side, 3), dtype=np.uint8)
    for k in np.unique(chosen):
        rows = np.flatnonzero(chosen == k)
        at = boxes[rows] * levels[k].scale
        x = at[:, :1] + steps * (at[:, 2:3] - at[:, :1]) - 0.5
        y = at[:, 1:2] + steps * (at[:, 3:] - at[:, 1:2]) - 0.5
        shape = (len(rows), side, side)
        map_x = np.broadcast_to(x[:, None, :], shape).reshape(-1, side).astype(np.float32)
        map_y = np.broadcast_to(y[:, :, None], shape).reshape(-1, side).astype(np.float32)
        out[rows] = _sampled(levels[k].image, map_x, map_y).reshape(*shape, 3)
    return out


_LONGEST_MAP = 32_000
"""cv2.remap counts rows in 16 bits."""


def _sampled(image: Pixels, map_x: NDArray[np.floating], map_y: NDArray[np.floating]) -> Pixels:
    parts = [
        cv2.remap(image, map_x[i : i + _LONGEST_MAP], map_y[i : i + _LONGEST_MAP], cv2.INTER_LINEAR)
        for i in range(0, len(map_x), _LONGEST_MAP)
    ]
    return np.concatenate(parts).astype(np.uint8, copy=False)
