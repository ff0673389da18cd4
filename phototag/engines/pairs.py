"""An engine is a detector and an embedder. The default one is MTCNN and dlib's ResNet.

Where the detector finds no landmarks and the embedder wants some, MTCNN's last network finds them.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from phototag.engines import detectors, embedders, mtcnn, weights
from phototag.engines.cards import Card, DetectorCard, EmbedderCard
from phototag.engines.detectors import Detector
from phototag.engines.embedders import Embedder
from phototag.engines.mtcnn import Mtcnn
from phototag.engines.registry import DEFAULT, USUAL
from phototag.errors import EngineError
from phototag.types import Box, Choice, Detection, Point, Space

if TYPE_CHECKING:
    from phototag.types import Chips, Pixels, Vectors

LONG_SIDE = 1600
"""Pixels worth decoding: a face of the smallest size that is looked for (1/32) still has 50 of them for its chip."""


@dataclass(frozen=True, slots=True, eq=False)
class PairEngine:
    """A detector and an embedder. Safe to share between threads; pickles as its settings, loaded once a process.

    Attributes:
        cache, threads, runtime: see `load`.
        choice: how it is asked for.
        detector: finds faces.
        embedder: describes them.
        marker: finds landmarks where they are wanted and the detector has none.
    """

    cache: Path
    threads: int
    runtime: str | None
    choice: Choice
    detector: Detector
    embedder: Embedder
    marker: Mtcnn

    def __reduce__(self) -> tuple[object, ...]:
        """Send no network to another process, only where to find it; a worker process uses it by itself."""
        wanted = (self.choice.detector, self.choice.embedder) if self.choice.detector else USUAL
        return load, (self.cache, 1, self.runtime, *wanted)

    @property
    def space(self) -> Space:
        """float32 on any runtime, so that machines agree."""
        used, part = {*self.detector.digests, *self.embedder.digests}, self.embedder
        if part.wants_marks:
            used.add(weights.ONET.sha256)  # see `detect`
        limits = replace(part.thresholds, weak_score=self.detector.weak_score)
        digest = weights.digest_of(used)
        named = self.choice
        return Space(
            named.name, digest, part.dim, "euclidean", part.views, "f32", limits, named.detector, named.embedder
        )

    @property
    def long_side(self) -> int:
        """See LONG_SIDE."""
        return LONG_SIDE

    def detect(self, pixels: Pixels) -> list[Detection]:
        """Find faces, with landmarks if the embedder wants them."""
        found = self.detector.detect(pixels)
        if not self.embedder.wants_marks or all(one.landmarks for one in found):
            return found
        return self.marker.marked(pixels, found)

    def align(self, pixels: Pixels, detections: Sequence[Detection]) -> Chips:
        """Cut chips as the embedder wants them."""
        return self.embedder.align(pixels, detections)

    def embed(self, chips: Chips) -> Vectors:
        """Describe faces: the mean over their views, length 1."""
        return self.embedder.embed(chips)


def load(
    cache: Path, threads: int = 1, runtime: str | None = None, detector: str = USUAL[0], embedder: str = USUAL[1]
) -> PairEngine:
    """Load an engine, once a process for the same arguments and the same files.

    Args:
        cache: where graphs are kept.
        threads: how many will use it at once.
        runtime: see `engines.session`.
        detector: a name, or the path of a card or of the model beside it.
        embedder: likewise.

    Raises:
        UsageError: no such name.
        EngineError: a file, weights or a runtime are missing, or a model does not fit its card.
        ChecksumError: weights are not the released ones.
    """
    cv2.setNumThreads(1)  # the callers' threads or processes are the parallelism; OpenCV's own would compete with them
    return _loaded(cache, threads, runtime, detectors.chosen(detector), embedders.chosen(embedder))


def choose(cache: Path, detector: str, embedder: str) -> Choice:
    """What an engine of these parts is called. A model of somebody's own is tried, so that one that fails does so now.

    Raises:
        As `load`.
    """
    if (detector, embedder) == USUAL:
        return Choice(DEFAULT)
    engine = load(cache, 1, None, detector, embedder)
    for height, width in ((480, 640), (640, 300)):
        engine.detect(np.full((height, width, 3), 127, dtype=np.uint8))
    marks = tuple(Point(x, y) for x, y in ((0.4, 0.4), (0.6, 0.4), (0.5, 0.5), (0.4, 0.6), (0.6, 0.6)))
    anywhere = Detection(Box(0.25, 0.25, 0.75, 0.75), 1.0, marks)
    picture = np.random.default_rng(0).integers(0, 256, (300, 300, 3), dtype=np.uint8)
    for faces in (1, 3):
        if not np.isfinite(engine.embed(engine.align(picture, [anywhere] * faces))).all():
            raise EngineError(f"{embedder} gives no numbers for a picture of noise. Compare mean and std in its card.")
    return engine.choice


@functools.cache
def _loaded(
    cache: Path, threads: int, runtime: str | None, detector: str | DetectorCard, embedder: str | EmbedderCard
) -> PairEngine:
    finds = detectors.load(detector, cache, threads=threads, runtime=runtime)
    describes = embedders.load(embedder, cache, threads=threads, runtime=runtime)
    marker = finds if isinstance(finds, Mtcnn) else mtcnn.load(cache, threads=threads, runtime=runtime)
    asked = (_asked(detector), _asked(embedder))
    choice = Choice(DEFAULT) if asked == USUAL else Choice(f"{finds.label}+{describes.label}", *asked)
    return PairEngine(cache, threads, runtime, choice, finds, describes, marker)


def _asked(part: str | Card) -> str:
    return part if isinstance(part, str) else str(part.path)
