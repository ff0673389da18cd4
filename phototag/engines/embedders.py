"""Embedders: dlib's ResNet, and a network of somebody's own with its card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from phototag.core.vectors import normalise
from phototag.engines import cards, fitting, resnet, weights
from phototag.engines.alignment import View, boxes_of, chips_of
from phototag.engines.cards import EmbedderCard
from phototag.engines.session import Session, in_batches
from phototag.errors import EngineError, UsageError
from phototag.types import Detection, Thresholds

if TYPE_CHECKING:
    from phototag.types import Chips, Pixels, Vectors

PLAIN, MIRRORED = View(1, 0, False), View(1, 0, True)

DLIB = "dlib"


class Embedder(Protocol):
    """Describes faces. A value, safe to share between threads."""

    @property
    def label(self) -> str:
        """A part of the engine's name."""

    @property
    def digests(self) -> tuple[str, ...]:
        """Of its weights; equal for embedders that describe alike."""

    @property
    def dim(self) -> int:
        """How many numbers it gives."""

    @property
    def views(self) -> str:
        """See `types.Space`."""

    @property
    def wants_marks(self) -> bool:
        """Whether it cuts faces out by their landmarks."""

    @property
    def thresholds(self) -> Thresholds:
        """For distances of its vectors."""

    def align(self, pixels: Pixels, detections: Sequence[Detection]) -> Chips:
        """See `types.Engine`."""

    def embed(self, chips: Chips) -> Vectors:
        """See `types.Engine`."""


def chosen(wanted: str) -> str | EmbedderCard:
    """A name as it is, or the card that a path means.

    Raises:
        UsageError: it is no name, and no file either.
        EngineError: the card is missing or not right.
    """
    if wanted == DLIB:
        return wanted
    if not Path(wanted).suffix:
        raise UsageError(f"There is no embedder {wanted!r}. Choose {DLIB}; or FILE.onnx.")
    return cards.read_embedder(Path(wanted))


def load(part: str | EmbedderCard, cache: Path, *, threads: int, runtime: str | None = None) -> Embedder:
    """Load an embedder that was chosen.

    Raises:
        EngineError: weights or a runtime are missing, or the model does not fit its card.
        ChecksumError: weights are not the released ones.
    """
    if isinstance(part, str):
        return resnet.load(cache, threads=threads, runtime=runtime)
    graph = weights.kept_graph(part.label, lambda: fitting.fit(part), cache)
    at_once = fitting.batch_of(graph)
    sizes = resnet.BATCHES if at_once is None else (at_once,)
    return CardEmbedder(part, fitting.open_fitted(part, graph, threads, runtime), sizes)


@dataclass(frozen=True, slots=True)
class CardEmbedder:
    """A network with its card.

    Attributes:
        card: of it.
        net: the network.
        batches: chips that it is given at once, ascending.
    """

    card: EmbedderCard
    net: Session
    batches: tuple[int, ...]

    @property
    def label(self) -> str:
        """See `Embedder`."""
        return self.card.label

    @property
    def digests(self) -> tuple[str, ...]:
        """See `Embedder`."""
        return (self.card.digest,)

    @property
    def dim(self) -> int:
        """See `Embedder`."""
        return self.card.dim

    @property
    def views(self) -> str:
        """See `Embedder`."""
        return "face+mirror" if self.card.mirror else "face"

    @property
    def wants_marks(self) -> bool:
        """See `Embedder`."""
        return bool(self.card.template)

    @property
    def thresholds(self) -> Thresholds:
        """See `Embedder`."""
        return self.card.thresholds

    def align(self, pixels: Pixels, detections: Sequence[Detection]) -> Chips:
        """Cut chips by landmarks or, without a template, boxes."""
        side, mirror = self.card.size[0], self.card.mirror
        if not self.card.template:
            return boxes_of(pixels, detections, side, self.card.margin, mirror)
        views = (PLAIN, MIRRORED) if mirror else (PLAIN,)
        return chips_of(pixels, detections, views, np.array(self.card.template), side)

    def embed(self, chips: Chips) -> Vectors:
        """Describe faces: the mean over their views at length 1, itself of length 1.

        Raises:
            EngineError: the network gives something else than the card says.
        """
        n, views = chips.shape[:2]
        if not n:
            return np.zeros((0, self.dim), dtype=np.float32)
        outputs = in_batches(self.net, chips.reshape(-1, *chips.shape[2:]), self.batches)
        if len(outputs) > 1:
            raise EngineError(
                f"{self.card.model} has {len(outputs)} outputs. Say in {self.card.path} which one describes a face: "
                'outputs = ["NAME"]'
            )
        each = outputs[0].reshape(n * views, -1).astype(np.float32)
        if each.shape[1] != self.dim:
            raise EngineError(
                f"{self.card.model} describes a face by {each.shape[1]} numbers, and {self.card.path} says dim = "
                f"{self.dim}. Say dim = {each.shape[1]}; or name another output."
            )
        return normalise(normalise(each).reshape(n, views, self.dim).sum(axis=1))
