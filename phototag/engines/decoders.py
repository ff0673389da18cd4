"""What the outputs of face detectors mean: arrays as a network gives them -> boxes, scores and landmarks in pixels.

Written after the published decoders, which are named with each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phototag.engines.boxes import Boxes, Scores
    from phototag.engines.cards import DetectorCard

    Arrays = Sequence[NDArray[np.floating]]


class Found(NamedTuple):
    """Candidates: boxes (n, 4), scores (n,), landmarks (n, 5, 2), or None where the network has none; in pixels."""

    boxes: Boxes
    scores: Scores
    marks: NDArray[np.floating] | None


class MisfitError(ValueError):
    """Outputs that are not of the shape that the card makes one expect. The message says which."""


def yunet(card: DetectorCard, outputs: Arrays, size: tuple[int, int]) -> Found:
    """YuNet, as FaceDetectorYNImpl::postProcess in OpenCV, modules/objdetect/src/face_detect.cpp.

    For each stride `cls` and `obj` (cells,), whose geometric mean is the score; `bbox` (cells, 4): the centre from the
    cell's corner in strides, and the logarithm of width and height in strides; `kps` (cells, 10): likewise from the
    corner.
    """
    levels = len(card.strides)
    found = []
    for i, stride in enumerate(card.strides):
        cells = _cells(size, stride, 1)
        cls, obj = (_shaped(outputs[i + k * levels], len(cells), 1, f"cls or obj of stride {stride}") for k in (0, 1))
        bbox = _shaped(outputs[i + 2 * levels], len(cells), 4, f"bbox of stride {stride}")
        kps = _shaped(outputs[i + 3 * levels], len(cells), 10, f"kps of stride {stride}")
        centre, half = (cells + bbox[:, :2]) * stride, np.exp(np.minimum(bbox[:, 2:], 20)) * stride / 2
        scores = np.sqrt(np.clip(cls, 0, 1) * np.clip(obj, 0, 1)).ravel()
        marks = (cells[:, None] + kps.reshape(-1, 5, 2)) * stride
        found.append(Found(np.concatenate([centre - half, centre + half], axis=1), scores, marks))
    return _joined(found)


def scrfd(card: DetectorCard, outputs: Arrays, size: tuple[int, int]) -> Found:
    """SCRFD, as insightface's python-package/insightface/model_zoo/scrfd.py.

    For each stride a score for each anchor of each cell; the distances of the box's edges from the cell's corner, in
    strides; and those of the landmarks, if there are as many outputs.
    """
    levels = len(card.strides)
    if len(outputs) not in (2 * levels, 3 * levels):
        raise MisfitError(f"{len(outputs)} outputs, where {levels} strides make {2 * levels} or {3 * levels}")
    found = []
    for i, stride in enumerate(card.strides):
        cells = _cells(size, stride, card.anchors)
        scores = _shaped(outputs[i], len(cells), 1, f"scores of stride {stride}")
        edges = _shaped(outputs[i + levels], len(cells), 4, f"boxes of stride {stride}")
        boxes = np.concatenate([cells - edges[:, :2], cells + edges[:, 2:]], axis=1) * stride
        marks = None
        if len(outputs) == 3 * levels:
            points = _shaped(outputs[i + 2 * levels], len(cells), 10, f"points of stride {stride}")
            marks = (cells[:, None] + points.reshape(-1, 5, 2)) * stride
        found.append(Found(boxes, scores.ravel(), marks))
    return _joined(found)


def boxes(card: DetectorCard, outputs: Arrays, size: tuple[int, int]) -> Found:
    """A network that gives boxes: (n, 4) left, top, right, bottom; scores (n,), or (n, 2) with that of a face last.

    Landmarks (n, 10), if there is a third output. All in pixels of what the network was given, or fractions of it.
    """
    unit = np.array([size[1], size[0]] if card.fractions else [1, 1], dtype=np.float32)
    edges = np.asarray(outputs[0], dtype=np.float32).reshape(-1, outputs[0].shape[-1])
    edges = _shaped(edges, len(edges), 4, "boxes")
    per_box = max(1, outputs[1].size // max(len(edges), 1))
    scores = _shaped(outputs[1], len(edges), min(per_box, 2), "scores")[:, -1]
    marks = None
    if len(outputs) == 3:
        marks = _shaped(outputs[2], len(edges), 10, "points").reshape(-1, 5, 2) * unit
    return Found(edges * np.tile(unit, 2), scores, marks)


DECODERS: Mapping[str, Callable[[DetectorCard, Arrays, tuple[int, int]], Found]] = {
    "yunet": yunet,
    "scrfd": scrfd,
    "boxes": boxes,
}


def _cells(size: tuple[int, int], stride: int, anchors: int) -> NDArray[np.float32]:
    """(cells * anchors, 2): column and row of each cell, row by row, as often as it has anchors."""
    rows, columns = np.mgrid[: size[0] // stride, : size[1] // stride]
    return np.repeat(np.stack([columns.ravel(), rows.ravel()], axis=1).astype(np.float32), anchors, axis=0)


def _shaped(output: NDArray[np.floating], n: int, each: int, what: str) -> NDArray[np.float32]:
    if output.size != n * each or output.shape[-1] not in (each, n):
        expected = f"{n} x {each}" if each > 1 else str(n)
        raise MisfitError(f"{what}: {' x '.join(map(str, output.shape))} numbers instead of {expected}")
    return np.asarray(output, dtype=np.float32).reshape(n, each)


def _joined(found: Sequence[Found]) -> Found:
    marks = [one.marks for one in found if one.marks is not None]
    return Found(
        np.concatenate([one.boxes for one in found]),
        np.concatenate([one.scores for one in found]),
        np.concatenate(marks) if marks else None,
    )
