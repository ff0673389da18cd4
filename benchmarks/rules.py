"""Rules that put faces into groups, or a person's name to a face: ours, and those of others, on the same vectors."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from phototag.core.grouping import group_faces
from phototag.core.matching import Probe, score, suggest
from phototag.types import Grade

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.libraries import Library
    from phototag.types import Thresholds, Vectors

Grouper: TypeAlias = Callable[[float], Sequence[Hashable | None]]
"""A setting -> the group of each face; None for a face alone."""

FACE_RECOGNITION = 0.6
"""Distance of plain descriptors up to which face_recognition's `compare_faces` says "the same" by default."""

ARTICLE = 0.52
"""What a well-known article on tagging photos with face_recognition sets instead."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A way of grouping with one setting.

    Attributes:
        name: for the table.
        settings: worth trying, ascending.
        prepare: does once for a library what serves all settings.
    """

    name: str
    settings: tuple[float, ...]
    prepare: Callable[[Library], Grouper]


def phototag(thresholds: Thresholds, around: float = 0.04) -> Rule:
    """Ours; the setting is `Thresholds.merge`, all else as shipped.

    Args:
        thresholds: the shipped ones.
        around: how far the settings reach to both sides of the shipped one, in steps of 0.01.
    """

    def prepare(library: Library) -> Grouper:
        ids = library.ids
        weak = {ids[row] for row in np.flatnonzero(library.weak).tolist()}
        photos = dict(zip(ids, library.photos, strict=True))

        def group(merge: float) -> Sequence[Hashable | None]:
            found = group_faces(ids, library.vectors, [], replace(thresholds, merge=merge), weak, photos)
            home = {face: number for number, faces in enumerate(found) for face in faces}
            return [home.get(face) for face in ids]

        return group

    steps = round(around / 0.01)
    return Rule("phototag", tuple(thresholds.merge + 0.01 * step for step in range(-steps, steps + 1)), prepare)


def dbscan() -> Rule:
    """scikit-learn's DBSCAN, min_samples 2; the setting is eps."""

    def prepare(library: Library) -> Grouper:
        from sklearn.cluster import DBSCAN

        def group(eps: float) -> Sequence[Hashable | None]:
            labels = DBSCAN(eps=eps, min_samples=2, algorithm="brute").fit_predict(library.vectors)
            return [None if label < 0 else label for label in labels.tolist()]

        return group

    return Rule("scikit-learn DBSCAN", _hundredths(20, 46), prepare)


def average_linkage() -> Rule:
    """SciPy's average linkage; the setting is the distance at which the tree is cut."""

    def prepare(library: Library) -> Grouper:
        from scipy.cluster.hierarchy import fcluster, linkage

        tree = linkage(library.vectors, "average")
        return lambda cut: fcluster(tree, cut, "distance").tolist()

    return Rule("SciPy average linkage", _hundredths(26, 50), prepare)


@dataclass(frozen=True, slots=True, eq=False)
class Guesses:
    """The nearest person for each of n probes.

    Attributes:
        people: (n,) who; -1 for nobody.
        scores: (n,) the smaller, the surer.
        tagged: (n,) whether the rule tags by itself.
    """

    people: NDArray[np.intp]
    scores: NDArray[np.float64]
    tagged: NDArray[np.bool_]


def phototag_tags(probes: Vectors, references: dict[int, Vectors], thresholds: Thresholds) -> Guesses:
    """Ours at the shipped limits; the score ranks beyond them too. Each probe is on a photo of its own.

    Args:
        probes: (n, dim), rows of length 1.
        references: person, from 0 on -> (k, dim), rows of length 1.
        thresholds: the shipped ones.
    """
    ids = [f"{i:08d}" for i in range(len(probes))]
    asking = replace(thresholds, possible=np.inf)
    found = suggest([Probe(face, face) for face in ids], probes, references, asking)
    guesses = Guesses(np.full(len(ids), -1), np.full(len(ids), np.inf), np.zeros(len(ids), dtype=bool))
    for one in found:
        row = int(one.face)
        guesses.people[row] = one.person
        guesses.scores[row] = score(one.distance, one.runner_up_distance, thresholds)
        guesses.tagged[row] = one.grade is Grade.STRONG
    return guesses


def nearest_reference(probes: Vectors, references: dict[int, Vectors], limit: float) -> Guesses:
    """The person of the nearest reference, if that is near enough: what face_recognition's examples do.

    Args:
        probes: (n, dim), not scaled.
        references: person -> (k, dim), not scaled.
        limit: a distance.
    """
    from scipy.spatial.distance import cdist

    people = np.concatenate([np.full(len(theirs), person) for person, theirs in references.items()])
    apart = cdist(probes, np.concatenate(list(references.values())))
    nearest = apart.argmin(axis=1)
    scores = apart[np.arange(len(probes)), nearest]
    return Guesses(people[nearest], scores, scores <= limit)


def _hundredths(first: int, last: int) -> tuple[float, ...]:
    return tuple(i / 100 for i in range(first, last + 1))
