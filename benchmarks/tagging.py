"""How well people are tagged when most of the faces are of nobody known: open-set identification on LFW."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from benchmarks import lfw, rules
from benchmarks.lfw import MainFaces
from benchmarks.rules import Guesses
from benchmarks.tables import Table
from phototag.cli.bar import progress

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.features import Features
    from phototag.types import Vectors

PRECISION = 0.995
"""Of the tags; what `Thresholds.strong` is meant to give."""

Tagger: TypeAlias = "Callable[[Vectors, dict[int, Vectors]], Guesses]"


@dataclass(frozen=True, slots=True)
class Gallery:
    """Whom a person has named, and with how many photos.

    Attributes:
        name: for the table.
        least: photos of somebody who may be named.
        references: named photos of each.
        people: how many are named, picked at random; None for all.
        seeds: how often it is drawn.
    """

    name: str
    least: int
    references: int
    people: int | None = None
    seeds: int = 5

    def draw(self, faces: MainFaces, seed: int) -> Trial:
        """Pick people and references."""
        rng = np.random.default_rng(seed)
        _, who, counts = np.unique(faces.people, return_inverse=True, return_counts=True)
        able = np.flatnonzero(counts >= self.least)
        chosen = able if self.people is None else rng.permutation(able)[: self.people]
        references = {
            int(person): rng.permutation(np.flatnonzero((who == person) & faces.found))[: self.references]
            for person in chosen
        }
        others = np.setdiff1d(np.arange(len(who)), np.concatenate(list(references.values())))
        return Trial(faces, references, others, np.where(np.isin(who[others], chosen), who[others], -1))


GALLERIES = (
    Gallery("5 of everybody with 8 or more", 8, 5),
    Gallery("1 of everybody with 2 or more", 2, 1),
    Gallery("5 of 30 with 8 or more", 8, 5, people=30, seeds=10),
    Gallery("5 of 12 with 8 or more", 8, 5, people=12, seeds=10),
)


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """A gallery that was drawn.

    Attributes:
        faces: all.
        references: person, from 0 on -> rows of the named faces.
        probes: (n,) rows of all other faces.
        truth: (n,) who of the gallery that is; -1 for somebody else.
    """

    faces: MainFaces
    references: Mapping[int, NDArray[np.intp]]
    probes: NDArray[np.intp]
    truth: NDArray[np.intp]

    @property
    def known(self) -> int:
        """Probes that must be tagged."""
        return int((self.truth >= 0).sum())

    def score(self, tag: Tagger, vectors: Vectors) -> tuple[float, float, float]:
        """Precision and recall of the tags, and the recall at PRECISION.

        A photo without a face is never tagged, and counts in the recall if its person is known.

        Args:
            tag: the rule.
            vectors: of all faces.
        """
        found = self.faces.found[self.probes]
        probes, truth = self.probes[found], self.truth[found]
        guesses = tag(vectors[probes], {person: vectors[rows] for person, rows in self.references.items()})
        right = guesses.people == truth
        tags, hits = int(guesses.tagged.sum()), int((guesses.tagged & right).sum())
        return hits / max(tags, 1), hits / self.known, self._recall_at_precision(guesses, right)

    def _recall_at_precision(self, guesses: Guesses, right: NDArray[np.bool_]) -> float:
        """Tag from the surest on, as far as the precision holds."""
        hits = right[np.argsort(guesses.scores, kind="stable")].cumsum()
        holds = np.flatnonzero(hits >= PRECISION * np.arange(1, len(hits) + 1))
        return hits[holds[-1]] / self.known if len(holds) else 0.0


HEAD = ["named photos", "rule", "people", "known", "strangers", "precision", "recall", f"recall at {PRECISION:.1%}"]


def tables(features: Features, suffix: str) -> Iterator[Table]:
    """From photos; and from dlib's vectors, which are of more people than there are photos of."""
    thresholds = features.engine.space.thresholds
    ours = partial(rules.phototag_tags, thresholds=thresholds)
    plain = lfw.described_by_dlib(features.data, suffix, "plain")
    mirrored = lfw.described_by_dlib(features.data, suffix, "mirrored").scaled()
    photos = lfw.photographed(features, suffix)
    title = (
        "tagging, LFW: the known are to be tagged, the strangers not; mean ± standard deviation over random draws; the "
        "last column by ranking, with a limit chosen with the truth at hand; "
    )
    peers = plain.only(photos.paths).vectors
    yield _table(f"{title}photos in, others by dlib's own plain vectors of the same photos", photos, ours, peers)
    yield _table(
        f"{title}dlib's own vectors of all, mirrored and of length 1 for phototag", mirrored, ours, plain.vectors
    )


def _table(title: str, faces: MainFaces, ours: Tagger, plain: Vectors) -> Table:
    contenders: list[tuple[str, Tagger, Vectors]] = [("phototag, as shipped", ours, faces.vectors)]
    for limit in (rules.FACE_RECOGNITION, rules.ARTICLE):
        contenders.append((f"nearest <= {limit:g}, plain", partial(rules.nearest_reference, limit=limit), plain))
    rows: list[list[str]] = []
    for gallery in progress(GALLERIES, label="Tagging", total=len(GALLERIES), unit="gallery"):
        trials = [gallery.draw(faces, seed) for seed in range(gallery.seeds)]
        rows += [_row(f"{gallery.name}, {gallery.seeds} draws", trials, *contender) for contender in contenders]
    return Table(title, HEAD, rows, words=2)


def _row(gallery: str, trials: Sequence[Trial], name: str, tag: Tagger, vectors: Vectors) -> list[str]:
    results = np.array([trial.score(tag, vectors) for trial in trials])
    known = np.mean([trial.known for trial in trials])
    strangers = np.mean([len(trial.probes) - trial.known for trial in trials])
    cells = [
        f"{mean:.4f} ±{spread:.4f}"
        for mean, spread in zip(results.mean(axis=0), results.std(axis=0, ddof=1), strict=True)
    ]
    return [gallery, name, str(len(trials[0].references)), f"{known:.0f}", f"{strangers:.0f}", *cells]
