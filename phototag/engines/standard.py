"""The default engine: MTCNN finds faces and landmarks, dlib's ResNet describes them; both as ONNX graphs.

Each face is described in the four views of `engines.alignment`; the mean, scaled to length 1, is its vector.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from phototag.core.vectors import normalise
from phototag.engines import alignment, mtcnn, weights
from phototag.engines.dlib_weights import DIM
from phototag.engines.mtcnn import Mtcnn
from phototag.engines.session import Session, in_batches, open_session
from phototag.types import Detection, Space, Thresholds

if TYPE_CHECKING:
    from phototag.types import Chips, Pixels, Vectors

NAME = "mtcnn-resnet"

THRESHOLDS = Thresholds(
    group=0.26,
    group_min_faces=2,
    merge=0.375,
    merge_tightening=0.008,
    join=0.328,
    strong=0.245,
    strong_few=0.205,
    possible=0.30,
    largest_gap=0.10,
    weak_quality=0.57,
    weak_score=0.95,
    same=0.379,
)
"""Measured 2026-11 with `python -m benchmarks quality`; the tables are in docs/performance.md.

group, merge, merge_tightening: chosen for the mean B-cubed F over four shapes of library (half of LFW, 12 large groups,
a family among strangers, wild photos): 0.919. With `merge` chosen on one half of the people the mean on the other is
0.936, with this one 0.938. From 0.372 to 0.380 the mean changes by 0.003; at 0.378 sample_library gets a mixed group.
join: up to 0.332 precision on sample_library is 1.0; at 0.30, F is 0.04 less there and 0.025 less on wild photos.
strong: 104 people with 5 references: precision 0.996, recall 0.952; 871 people with one: 0.996, 0.751.
strong_few: 30 and 12 people with 5 references among 5,000 strangers: precision 0.997 and 0.998, recall 0.885 and 0.887;
at 0.245 precision would be 0.950 and 0.928.
weak_quality: a full profile has 0.56 at most; two profiles of two people were the last mixed group of sample_library.
weak_score: blurred background taken for faces looks alike, and made the third largest group of an album.
same: one in a thousand of the 22 million pairs of two people of half of LFW is that near (vectors of one face and its
mirror image); of the pairs of one person 0.963 are. At 0.424 it is one in a hundred, and 0.996."""

BATCHES = (2, 4, 8)
"""Chips the network sees at once. Time for each: 5.3 ms in batches of 2, 4.8 in 8, 4.9 in 32 (measured 2026-11)."""

LONG_SIDE = 1600
"""Pixels worth decoding: a face of the smallest size that is looked for (1/32) still has 50 of them for its chip."""


@dataclass(frozen=True, slots=True, eq=False)
class StandardEngine:
    """MTCNN and ResNet. Safe to share between threads; pickles as its settings and is loaded once a process."""

    cache: Path
    threads: int
    runtime: str | None
    detector: Mtcnn
    describe: Session

    def __reduce__(self) -> tuple[object, ...]:
        """Send no network to another process, only where to find it; a worker process uses it by itself."""
        return load, (self.cache, 1, self.runtime)

    @property
    def space(self) -> Space:
        """float32 on any runtime, so that machines agree."""
        used = weights.fingerprint(weights.PNET, weights.RNET, weights.ONET, weights.RESNET)
        return Space(NAME, used, DIM, "euclidean", "turned+zoomed+mirrored", "f32", THRESHOLDS)

    @property
    def long_side(self) -> int:
        """See LONG_SIDE."""
        return LONG_SIDE

    def detect(self, pixels: Pixels) -> list[Detection]:
        """Find faces with their landmarks."""
        return self.detector.detect(pixels)

    def align(self, pixels: Pixels, detections: Sequence[Detection]) -> Chips:
        """Cut chips by their landmarks, in four views."""
        return alignment.chips_of(pixels, detections)

    def embed(self, chips: Chips) -> Vectors:
        """Describe faces: the mean over their views, length 1."""
        each = self.descriptors(chips.reshape(-1, *chips.shape[2:]))
        return normalise(each.reshape(*chips.shape[:2], DIM).sum(axis=1))

    def descriptors(self, chips: Pixels) -> Vectors:
        """Dlib's own descriptor of each chip (n, side, side, 3): (n, 128), not scaled, equal to dlib's within 1e-5."""
        return in_batches(self.describe, chips, BATCHES)[0] if len(chips) else np.zeros((0, DIM), dtype=np.float32)


@functools.cache
def load(cache: Path, threads: int = 1, runtime: str | None = None) -> StandardEngine:
    """Load the engine, once a process for the same arguments.

    Args:
        cache: where the ONNX graphs are kept.
        threads: how many will use it at once.
        runtime: see `engines.session`.

    Raises:
        EngineError: weights or a runtime are missing.
        ChecksumError: weights are not the released ones.
    """
    cv2.setNumThreads(1)  # the callers' threads or processes are the parallelism; OpenCV's own would compete with them
    path = weights.cached_graph(weights.RESNET, "phototag.engines.dlib_graphs:resnet", cache)
    detector = mtcnn.load(cache, threads=threads, runtime=runtime)
    return StandardEngine(cache, threads, runtime, detector, open_session(path, threads=threads, runtime=runtime))
