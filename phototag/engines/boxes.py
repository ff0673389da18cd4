"""Arrays of candidate boxes in pixels: (n, 4) float, left, top, right, bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, cast

import cv2
import numpy as np

from phototag.core.geometry import box_within
from phototag.types import Detection, Point

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Boxes: TypeAlias = NDArray[np.floating]
    Scores: TypeAlias = NDArray[np.floating]
    Rows: TypeAlias = NDArray[np.intp]


def suppress(boxes: Boxes, scores: Scores, most: float) -> Rows:
    """Non-maximum suppression: keep the best box, drop what overlaps it too much, and so on.

    Args:
        boxes: (n, 4).
        scores: (n,), positive; equal scores keep their order.
        most: the greatest intersection over union that two kept boxes may have.

    Returns:
        Rows kept, the best first.
    """
    if not len(boxes):
        return np.zeros(0, dtype=np.intp)
    sizes = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1).astype(np.float64)
    kept = cv2.dnn.NMSBoxes(cast("Any", sizes), cast("Any", scores), 0.0, most)
    return np.asarray(kept, dtype=np.intp).ravel()


def suppress_nested(boxes: Boxes, scores: Scores, most: float) -> Rows:
    """The same with the overlap counted against the smaller box, so that a face inside a face goes too.

    Meant for the few boxes of a last stage.
    """
    kept: list[int] = []
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    for i in np.argsort(-scores, kind="stable"):
        low = np.maximum(boxes[kept, :2], boxes[i, :2])
        high = np.minimum(boxes[kept, 2:], boxes[i, 2:])
        shared = np.maximum(high - low, 0).prod(axis=1)
        if (shared <= most * np.minimum(areas[kept], areas[i])).all():
            kept.append(int(i))
    return np.array(kept, dtype=np.intp)


def squared(boxes: Boxes) -> Boxes:
    """Grow the shorter side to the longer one around the same centre."""
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2
    half = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, keepdims=True) / 2
    return np.concatenate([centre - half, centre + half], axis=1)


def moved(boxes: Boxes, offsets: Boxes) -> Boxes:
    """Shift each edge by its offset, given in widths (left, right) and heights (top, bottom) of the box."""
    size = boxes[:, 2:] - boxes[:, :2]
    return np.asarray(boxes + offsets * np.concatenate([size, size], axis=1))


def detection(
    box: NDArray[np.floating], score: float, marks: NDArray[np.floating] | None, width: int, height: int
) -> Detection:
    """A face found in an image of this size: box (4,) and landmarks (5, 2), or none, in its pixels."""
    left, top, right, bottom = box.tolist()
    points = () if marks is None else tuple(Point(float(x) / width, float(y) / height) for x, y in marks)
    return Detection(box_within(left / width, top / height, right / width, bottom / height), float(score), points)
