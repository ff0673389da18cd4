"""Detectors: those with a name, and a network of somebody's own with its card."""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from phototag.engines import cards, decoders, fitting, weights
from phototag.engines.boxes import detection, suppress
from phototag.engines.cards import DetectorCard
from phototag.engines.mtcnn import shrunk
from phototag.engines.session import Session
from phototag.errors import EngineError, UsageError

if TYPE_CHECKING:
    from phototag.types import Detection, Pixels


class Detector(Protocol):
    """Finds faces. A value, safe to share between threads."""

    @property
    def label(self) -> str:
        """A part of the engine's name."""

    @property
    def digests(self) -> tuple[str, ...]:
        """Of its weights; equal for detectors that find the same."""

    @property
    def weak_score(self) -> float:
        """See `types.Thresholds`."""

    def detect(self, pixels: Pixels) -> list[Detection]:
        """Find all faces, in no particular order."""


NAMED = {"mtcnn": "phototag.engines.mtcnn", "mmod": "phototag.engines.mmod", "hog": "phototag.engines.hog"}
"""Each has `load(cache, threads, runtime)`."""


def chosen(wanted: str) -> str | DetectorCard:
    """A name as it is, or the card that a path means.

    Raises:
        UsageError: it is no name, and no file either.
        EngineError: what it wraps is not installed, or the card is missing or not right.
    """
    if wanted == "hog" and importlib.util.find_spec("dlib") is None:
        raise EngineError("The detector hog needs dlib. Install it: pip install dlib-bin")
    if wanted in NAMED:
        return wanted
    if not Path(wanted).suffix:
        raise UsageError(f"There is no detector {wanted!r}. Choose one of: {', '.join(NAMED)}; or FILE.onnx.")
    return cards.read_detector(Path(wanted))


def load(part: str | DetectorCard, cache: Path, *, threads: int, runtime: str | None = None) -> Detector:
    """Load a detector that was chosen.

    Raises:
        EngineError: weights or a runtime are missing, or the model does not fit its card.
        ChecksumError: weights are not the released ones.
    """
    if isinstance(part, str):
        detector: Detector = importlib.import_module(NAMED[part]).load(cache, threads=threads, runtime=runtime)
        return detector
    graph = weights.kept_graph(part.label, lambda: fitting.fit(part), cache)
    return CardDetector(part, fitting.open_fitted(part, graph, threads, runtime), fitting.is_open(graph))


@dataclass(frozen=True, slots=True)
class CardDetector:
    """A network with its card.

    Attributes:
        card: of it.
        net: the network.
        is_open: whether it takes pictures of any size.
    """

    card: DetectorCard
    net: Session
    is_open: bool

    @property
    def label(self) -> str:
        """See `Detector`."""
        return self.card.label

    @property
    def digests(self) -> tuple[str, ...]:
        """See `Detector`."""
        return (self.card.digest,)

    @property
    def weak_score(self) -> float:
        """See `Detector`."""
        return self.card.weak_score

    def detect(self, pixels: Pixels) -> list[Detection]:
        """Shrink the picture to what the network is given, fill that up with black, and read what it finds.

        Raises:
            EngineError: the network gives something else than the card says.
        """
        canvas, image = self._canvas(pixels)
        try:
            found = decoders.DECODERS[self.card.decoder](self.card, self.net(canvas[None]), canvas.shape[:2])
        except decoders.MisfitError as error:
            raise EngineError(
                f"{self.card.model} does not fit {self.card.path}: it gives {error}. Compare decoder, strides, "
                "anchors, size and outputs in the card with the model; docs/engines.md has examples."
            ) from error
        sure = (found.scores >= self.card.score) & np.isfinite(found.boxes).all(axis=1)
        boxes, scores = found.boxes[sure], found.scores[sure]
        marks = None if found.marks is None else found.marks[sure]
        height, width = image.shape[:2]
        return [
            detection(boxes[i], scores[i], None if marks is None else marks[i], width, height)
            for i in suppress(boxes, scores, self.card.overlap)
        ]

    def _canvas(self, pixels: Pixels) -> tuple[Pixels, Pixels]:
        """What the network is given, and the picture in its upper left corner."""
        height, width = self.card.size
        scale = min(height / pixels.shape[0], width / pixels.shape[1], 1)
        image = shrunk(pixels, int(max(pixels.shape[:2]) * scale))[:height, :width]
        if self.is_open:
            step = max(self.card.strides, default=1)
            height, width = (-(-side // step) * step for side in image.shape[:2])
        canvas = np.zeros((height, width, 3), dtype=np.uint8)
        canvas[: image.shape[0], : image.shape[1]] = image
        return canvas, image
