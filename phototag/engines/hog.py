"""dlib's HOG face detector, which face_recognition uses by default. Needs dlib: pip install dlib-bin."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import dlib
import numpy as np

from phototag.engines.boxes import detection
from phototag.engines.mtcnn import shrunk

if TYPE_CHECKING:
    from phototag.types import Detection, Pixels

LONG_SIDE = 1600
"""Pixels in which faces are looked for."""

ENLARGED = 1
"""Times that the picture is doubled first, as in face_recognition: faces of 40 pixels are found, instead of 80."""

_ONE_AT_A_TIME = threading.Lock()  # dlib's detector keeps what it computes in itself


@dataclass(frozen=True, slots=True)
class Hog:
    """The detector. See `engines.detectors.Detector`."""

    label: ClassVar[str] = "hog"
    digests: ClassVar[tuple[str, ...]] = (hashlib.sha256(b"dlib.get_frontal_face_detector").hexdigest(),)
    weak_score: ClassVar[float] = 0.0

    def detect(self, pixels: Pixels) -> list[Detection]:
        """Find frontal faces; no landmarks. The score is dlib's margin squeezed to 0..1 by the logistic function."""
        image = np.ascontiguousarray(shrunk(pixels, LONG_SIDE))
        height, width = image.shape[:2]
        with _ONE_AT_A_TIME:
            found, margins, _ = _DETECTOR.run(image, ENLARGED, 0.0)
        corners = [(box.left(), box.top(), box.right(), box.bottom()) for box in found]
        boxes = np.array(corners, dtype=np.float32).reshape(-1, 4)
        return [
            detection(box, float(1 / (1 + np.exp(-margin))), None, width, height)
            for box, margin in zip(boxes, margins, strict=True)
        ]


_DETECTOR = dlib.get_frontal_face_detector()


def load(cache: Path, *, threads: int, runtime: str | None = None) -> Hog:
    """Load the detector; it has no cache, threads or runtime to choose."""
    return Hog()
