"""The face_recognition package with dlib, as its documentation shows it: the oracle in tests, the peer in benchmarks.

Needs the extra `reference`. Its vectors are dlib's plain descriptors, scaled to length 1 so that they can be compared
like all others.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import dlib
import face_recognition
import numpy as np
from PIL import ImageFile

from phototag.core.geometry import box_in_pixels, box_within
from phototag.core.vectors import normalise
from phototag.engines import resnet, weights
from phototag.engines.dlib_weights import CHIP_SIDE, DIM
from phototag.types import Detection, Space

if TYPE_CHECKING:
    from phototag.types import Chips, Pixels, Vectors

NAME = "face-recognition"

THRESHOLDS = replace(resnet.THRESHOLDS, weak_quality=0.0, weak_score=0.0, same=0.0, same_from="")
"""Those of the default engine: the network is the same, and with one view distances grow by 0.01 or so. No face is
weak, and `same` was not measured."""

ImageFile.LOAD_TRUNCATED_IMAGES = False  # importing face_recognition sets it, for the whole process

_ONE_AT_A_TIME = threading.Lock()  # dlib's models are globals of that package and not safe to share

PADDING = 0.25
LONG_SIDE = 1600


@dataclass(frozen=True, slots=True)
class ReferenceEngine:
    """face_recognition with HOG, one upsampling, five-point alignment."""

    @property
    def space(self) -> Space:
        """Dlib's descriptors of the face alone."""
        return Space(NAME, weights.fingerprint(weights.RESNET), DIM, "euclidean", "face", "f32", THRESHOLDS)

    @property
    def long_side(self) -> int:
        """See LONG_SIDE."""
        return LONG_SIDE

    def detect(self, pixels: Pixels) -> list[Detection]:
        """face_locations with its defaults; it gives no scores, so all are 1."""
        height, width = pixels.shape[:2]
        with _ONE_AT_A_TIME:
            found = face_recognition.face_locations(pixels)
        return [
            Detection(box_within(left / width, top / height, right / width, bottom / height), 1.0)
            for top, right, bottom, left in found
        ]

    def align(self, pixels: Pixels, detections: Sequence[Detection]) -> Chips:
        """Cut the chips that face_encodings sees."""
        height, width = pixels.shape[:2]
        chips = np.zeros((len(detections), 1, CHIP_SIDE, CHIP_SIDE, 3), dtype=np.uint8)
        with _ONE_AT_A_TIME:
            for chip, detection in zip(chips[:, 0], detections, strict=True):
                box = dlib.rectangle(*box_in_pixels(detection.box, width, height))
                shape = face_recognition.api.pose_predictor_5_point(pixels, box)
                chip[:] = dlib.get_face_chip(pixels, shape, size=CHIP_SIDE, padding=PADDING)
        return chips

    def embed(self, chips: Chips) -> Vectors:
        """Dlib's descriptors, scaled to length 1."""
        return normalise(self.descriptors(chips[:, 0]))

    def descriptors(self, chips: Pixels) -> Vectors:
        """Dlib's descriptors as they are."""
        encoder = face_recognition.api.face_encoder
        with _ONE_AT_A_TIME:
            rows = [encoder.compute_face_descriptor(np.ascontiguousarray(chip)) for chip in chips]
        return np.array(rows, dtype=np.float32).reshape(-1, DIM)


@functools.cache
def load(cache: Path, threads: int = 1, runtime: str | None = None) -> ReferenceEngine:
    """Load the engine; it has no cache, threads or runtime to choose."""
    return ReferenceEngine()
