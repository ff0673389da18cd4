"""dlib's ResNet describes a face; the weights are those that dlib ships, as an ONNX graph.

Each face is described in the four views of `engines.alignment`; the mean, scaled to length 1, is its vector.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from phototag.core.vectors import normalise
from phototag.engines import alignment, weights
from phototag.engines.dlib_weights import DIM
from phototag.engines.session import Session, in_batches, open_session
from phototag.types import Detection, Thresholds

if TYPE_CHECKING:
    from phototag.types import Chips, Pixels, Vectors

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
    same_from="one pair in a thousand of two people is that near: 22 million pairs of LFW, 2026-11",
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

SAME_PERSON = 0.41
"""The distance up to which two faces are best taken for one person's: right for 99.3 % of 1,200 pairs of LFW, half of
which are (measured 2026-11). Thresholds of other embedders are in proportion to it where their card says nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Resnet:
    """The embedder. Safe to share between threads. See `engines.pairs.Embedder`."""

    describe: Session
    label: ClassVar[str] = "dlib"
    digests: ClassVar[tuple[str, ...]] = (weights.RESNET.sha256,)
    dim: ClassVar[int] = DIM
    views: ClassVar[str] = "turned+zoomed+mirrored"
    wants_marks: ClassVar[bool] = True
    thresholds: ClassVar[Thresholds] = THRESHOLDS

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


def load(cache: Path, *, threads: int, runtime: str | None = None) -> Resnet:
    """Load the network.

    Raises:
        EngineError: face-recognition-models or a runtime is missing.
        ChecksumError: its weights are not the released ones.
    """
    path = weights.cached_graph(weights.RESNET, "phototag.engines.dlib_graphs:resnet", cache)
    return Resnet(open_session(path, threads=threads, runtime=runtime))
