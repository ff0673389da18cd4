"""The default engine: MTCNN finds faces and landmarks, dlib's ResNet describes them; both as ONNX graphs.

Each face is described twice, as it is and mirrored; the mean, scaled to length 1, is its vector. On all 22 million
pairs of half of LFW the true-accept rate at a false-accept rate of 1e-4 is 0.725 for dlib's plain descriptor, 0.775
mirrored and 0.830 mirrored and scaled (measured 2026-10).
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
    group=0.30,
    group_min_faces=2,
    cut=0.40,
    strong=0.215,
    possible=0.30,
    largest_gap=0.10,
    weak_quality=0.4,
    weak_score=0.95,
)
"""Measured 2026-11 on half of LFW (6,598 faces of 2,890 people) and on 5,859 faces of 12 people.

group, cut: B-cubed precision and F of DBSCAN at eps 0.30, min_samples 2, and then cut at 0.40: LFW 0.986, 0.921; the 12
large groups 0.998, 0.911 (without the cut 0.597, 0.723); sample_library 1.000, 0.901. At eps 0.32 F rises to 0.946,
0.928 and 0.938, but sample_library gets an impure group.
strong: open-set tagging on LFW reaches 99.5 % precision at scores up to 0.219 with 20 people known, 0.225 with 12
(three references each), 0.229 with 12 (one each), 0.240 with 104 (five each) and 0.262 with 871 (one each); 0.215 holds
for all. It tags with precision 0.998 and recall 0.727 for the 104, 0.998 and 0.514 for the 871.
weak: blurred background and clothing that were taken for faces look alike, and made the third largest group of an album
of 90 photos and the second largest of 1,500 LFW photos; with these limits there is none in the album, the sample
library or 500 LFW photos, for 0.002 of B-cubed F on the sample library.
possible: of these suggestions 90 % are right with 104 people known, 94 % with 871."""

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
        return Space(NAME, used, DIM, "euclidean", "face+mirror", "f32", THRESHOLDS)

    @property
    def long_side(self) -> int:
        """See LONG_SIDE."""
        return LONG_SIDE

    def detect(self, pixels: Pixels) -> list[Detection]:
        """Find faces with their landmarks."""
        return self.detector.detect(pixels)

    def align(self, pixels: Pixels, detections: Sequence[Detection]) -> Chips:
        """Cut chips by their landmarks."""
        return alignment.similarity_chips(pixels, detections)

    def embed(self, chips: Chips) -> Vectors:
        """Describe chips: mean of face and mirror image, length 1."""
        both = self.descriptors(np.concatenate([chips, chips[:, :, ::-1]]))
        return normalise(both[: len(chips)] + both[len(chips) :])

    def descriptors(self, chips: Chips) -> Vectors:
        """Dlib's own descriptor of each chip, (n, 128), neither mirrored nor scaled: equal to dlib's within 1e-5."""
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
