"""dlib's CNN face detector, without dlib: an 80-pixel window slid over a pyramid of the image.

Davis King, "Max-Margin Object Detection" (2015), and mmod_human_face_detector (2016). It needs faces of 80 pixels or
more, so small ones need a large image, which is why MTCNN is the default.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import cv2
import numpy as np

from phototag.engines import weights
from phototag.engines.boxes import detection, suppress
from phototag.engines.mtcnn import shrunk
from phototag.engines.session import Session, open_session

if TYPE_CHECKING:
    from phototag.engines.boxes import Boxes, Scores
    from phototag.types import Detection, Pixels

WINDOW = 80
STRIDE, OFFSET = 8, 14  # the window of output cell c is centred on pixel 8 * c + 14
SHRINK = 5 / 6
OVERLAP = 0.338
"""Greatest intersection over union of two detections, as stored in dlib's model."""

LEAST_SCORE = 0.0

LONG_SIDE = 1600
"""Pixels in which faces are looked for."""


@dataclass(frozen=True, slots=True)
class Mmod:
    """The detector. Safe to share between threads."""

    net: Session
    label: ClassVar[str] = "mmod"
    digests: ClassVar[tuple[str, ...]] = (weights.MMOD.sha256,)
    weak_score: ClassVar[float] = 0.0

    def detect(self, pixels: Pixels) -> list[Detection]:
        """Find faces of at least 80 pixels.

        Args:
            pixels: (h, w, 3) RGB upright; enlarge it to find smaller faces, up to LONG_SIDE.

        Returns:
            Detections without landmarks; the score is dlib's margin squeezed to 0..1 by the logistic function.
        """
        pixels = shrunk(pixels, LONG_SIDE)
        height, width = pixels.shape[:2]
        scale, found = 1.0, []
        while min(height, width) * scale >= WINDOW:
            found.append(self._level(pixels, scale))
            scale *= SHRINK
        if not found:
            return []
        boxes, scores = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return [
            detection(boxes[i], float(1 / (1 + np.exp(-scores[i]))), None, width, height)
            for i in suppress(boxes, scores, OVERLAP)
        ]

    def _level(self, pixels: Pixels, scale: float) -> tuple[Boxes, Scores]:
        height, width = pixels.shape[:2]
        size = round(width * scale), round(height * scale)
        image = pixels if scale == 1 else cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR)
        (scores,) = self.net(np.asarray(image, dtype=np.uint8)[None])
        y, x = np.nonzero(scores[0, 0] > LEAST_SCORE)
        centre = np.stack([x, y], axis=1).astype(np.float32) * STRIDE + OFFSET
        return np.concatenate([centre - WINDOW / 2, centre + WINDOW / 2], axis=1) / np.float32(scale), scores[
            0, 0, y, x
        ]


def load(cache: Path, *, threads: int, runtime: str | None = None) -> Mmod:
    """Load the network.

    Raises:
        EngineError: face-recognition-models or a runtime is missing.
        ChecksumError: its weights are not the released ones.
    """
    path = weights.cached_graph(weights.MMOD, "phototag.engines.dlib_graphs:mmod", cache)
    return Mmod(open_session(path, threads=threads, runtime=runtime))
