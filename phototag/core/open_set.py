"""How good a classifier is where most faces are of nobody known: cross-validation with strangers, and what comes of it.

Every named face is tried twice, as in `core.calibration`: as a new photo of somebody known, and as a stranger, its
person left out of what is learned. What is tried is never of a photo that was learned from.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from phototag.core.calibration import Trial
from phototag.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phototag.core.classifiers import Fit, Model
    from phototag.types import Thresholds, Vectors

PARTS = 4
"""Parts into which photos are dealt, and people: a classifier is fitted for each pair of parts, sixteen times."""

LEAST_PEOPLE = 3
"""One is left out as a stranger, and between two there is something to learn."""

MOST_FACES = 200
"""Faces of one person that are learned from: for time; the large groups of a family have thousands."""


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """Named faces.

    Attributes:
        vectors: (n, dim), rows of length 1.
        people: (n,) ids.
        photos: (n,) numbers of the photos that they are on.
    """

    vectors: Vectors
    people: NDArray[np.intp]
    photos: NDArray[np.intp]

    def only(self, rows: NDArray[np.intp]) -> Named:
        """Some of them."""
        return Named(self.vectors[rows], self.people[rows], self.photos[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """What is learned from, and what is tried.

    Attributes:
        learned: rows of named faces.
        known: rows of other faces of the same people, on other photos.
        strangers: rows of faces of other people, on other photos.
    """

    learned: NDArray[np.intp]
    known: NDArray[np.intp]
    strangers: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Calibration:
    """How probable it is that an answer is right, by its score: 1 / (1 + exp(slope * score + offset)) (Platt, 1999).

    Attributes:
        slope: positive: a smaller score is surer.
        offset: of the exponent.
    """

    slope: float
    offset: float

    def probability(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of each score, where as many faces are of strangers as of people who are known."""
        return np.asarray(1 / (1 + np.exp(np.clip(self.slope * scores + self.offset, -500, 500))))


def splits(named: Named) -> list[Split]:
    """Sixteen ways to learn from some and try others; each face is known in one at most, and a stranger in one.

    Photos are dealt into parts so that each person's are spread over all; people are dealt by the number of their
    faces, so that no part has all the large ones.

    Raises:
        UsageError: fewer than three people, or nobody on two photos.
    """
    people, counts = np.unique(named.people, return_counts=True)
    if len(people) < LEAST_PEOPLE:
        raise UsageError(
            f"It takes named faces of {LEAST_PEOPLE} people: two to be told apart, and one whom nobody knows. Here "
            f"are those of {len(people)}. Name a group: phototag clusters"
        )
    parts = min(PARTS, len(people))
    of_person = dict(
        zip(people[np.argsort(-counts, kind="stable")].tolist(), np.arange(len(people)) % parts, strict=True)
    )
    group = np.array([of_person[person] for person in named.people.tolist()])
    part = _dealt(named)
    found = [
        _split(named.people, part == one, group, other, (other + 1) % parts)
        for one in range(PARTS)
        for other in range(parts)
    ]
    found = [split for split in found if len(np.unique(named.people[split.learned])) > 1]
    if not any(len(split.known) for split in found):
        raise UsageError(
            "Nobody has a name on two photos, so nothing can be learned on one and tried on another. "
            "Name more faces: phototag review"
        )
    return found


def tried(named: Named, split: Split, fit: Fit, thresholds: Thresholds) -> list[Trial]:
    """Fit a classifier and try it; the trials of a split come in the same order whatever is tried."""
    model = fitted(named.only(split.learned), fit, thresholds)
    rows = np.concatenate([split.known, split.strangers])
    return trials_of(model, named.vectors[rows], [*named.people[split.known].tolist(), *[None] * len(split.strangers)])


def fitted(named: Named, fit: Fit, thresholds: Thresholds) -> Model:
    """A classifier that learned from named faces, from MOST_FACES of a person at most."""
    rows = np.concatenate([np.flatnonzero(named.people == who)[:MOST_FACES] for who in np.unique(named.people)])
    few = named.only(np.sort(rows))
    return fit(few.vectors, few.people, thresholds)


def trials_of(model: Model, vectors: Vectors, truth: Sequence[int | None]) -> list[Trial]:
    """What a classifier says of faces whose person is known; None for a stranger."""
    answers = model.answer(vectors)
    return [Trial(*one) for one in zip(truth, answers.people.tolist(), answers.scores.tolist(), strict=True)]


def calibrated(found: Sequence[Trial]) -> Calibration:
    """Fit the probability that an answer is right to trials, by the greatest likelihood.

    As Platt did, a right answer counts as a little less than sure, so that there is a fit where all that is right has a
    smaller score than all that is wrong.
    """
    from scipy.optimize import minimize  # half a second to import: only when there is something to learn

    scores = np.array([trial.score for trial in found])
    right = np.array([trial.truth == trial.nearest for trial in found])
    n_right, n_wrong = int(right.sum()), int((~right).sum())
    wanted = np.where(right, (n_right + 1) / (n_right + 2), 1 / (n_wrong + 2))
    middle, width = float(scores.mean()), float(scores.std()) or 1.0
    scaled = (scores - middle) / width

    def unlikely(parts: NDArray[np.float64]) -> float:
        exponent = np.exp(parts[0]) * scaled + parts[1]
        return float((np.logaddexp(0, exponent) - (1 - wanted) * exponent).sum())

    log_slope, offset = minimize(unlikely, np.zeros(2), method="L-BFGS-B", bounds=[(-5, 5), (-50, 50)]).x
    slope = float(np.exp(log_slope)) / width
    return Calibration(slope, float(offset) - slope * middle)


def is_clearly_better(one: Sequence[Trial], one_limit: float, other: Sequence[Trial], other_limit: float) -> bool:
    """Whether more known faces are named rightly than by another classifier, beyond what luck explains.

    The trials are of the same faces in the same order. Only those that one of both names rightly tell something; the
    difference must be more than two standard deviations of as many coins (McNemar's test).
    """
    wins, losses = 0, 0
    for mine, theirs in zip(one, other, strict=True):
        if mine.truth is not None:
            is_mine = mine.nearest == mine.truth and mine.score <= one_limit
            is_theirs = theirs.nearest == theirs.truth and theirs.score <= other_limit
            wins, losses = wins + (is_mine and not is_theirs), losses + (is_theirs and not is_mine)
    return wins - losses > 2 * math.sqrt(wins + losses)


def _dealt(named: Named) -> NDArray[np.intp]:
    """(n,) the part of each face's photo: person by person, to the part that has fewest photos of theirs."""
    part_of: dict[int, int] = {}
    for person in np.unique(named.people):
        photos = np.unique(named.photos[named.people == person]).tolist()
        filled = np.bincount([part_of[photo] for photo in photos if photo in part_of], minlength=PARTS)
        for photo in photos:
            if photo not in part_of:
                part_of[photo] = int(filled.argmin())
                filled[part_of[photo]] += 1
    return np.array([part_of[photo] for photo in named.photos.tolist()])


def _split(
    people: NDArray[np.intp], tested: NDArray[np.bool_], group: NDArray[np.intp], strangers: int, known: int
) -> Split:
    """Leave a part of the photos and a part of the people out; whoever is not learned at all cannot be known."""
    learned = np.flatnonzero(~tested & (group != strangers))
    able = tested & np.isin(people, people[learned])
    return Split(learned, np.flatnonzero(able & (group == known)), np.flatnonzero(tested & (group == strangers)))
