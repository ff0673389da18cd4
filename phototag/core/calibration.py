"""How good tagging is on faces that a human named, and which limit gives the precision that is asked for.

Each named face is tried twice: as a new photo of somebody known (its own reference left out), and as one of a stranger
(all of its person's references left out). So there is one stranger for each known face.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from phototag.core.linkage import distances_to_group
from phototag.core.matching import ROWS_AT_ONCE, StrongLimits, score
from phototag.core.vectors import distances

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phototag.types import Thresholds, Vectors

ENOUGH_TAGS = 100
"""Tags of one person that count as much as the limit of the whole library does: with fewer, a person's own limit is
drawn towards the library's; with none, it is the library's."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One attempt to tag a face whose person is known.

    Attributes:
        truth: who it is; None where that person was made a stranger.
        nearest: whom the rule would tag.
        score: how sure it is (`core.matching.score`).
    """

    truth: int | None
    nearest: int
    score: float


@dataclass(frozen=True, slots=True)
class Quality:
    """What tagging came to in trials.

    Attributes:
        known: trials of faces of the person, or of anybody.
        tagged: trials that were tagged as the person, or at all.
        right: of them, those that are.
    """

    known: int
    tagged: int
    right: int

    @property
    def precision(self) -> float | None:
        """Share of the tags that are right; None without a tag."""
        return self.right / self.tagged if self.tagged else None

    @property
    def recall(self) -> float | None:
        """Share of the known faces that are tagged, rightly; None without a known face."""
        return self.right / self.known if self.known else None


def trials(references: Mapping[int, Vectors], thresholds: Thresholds) -> list[Trial]:
    """Try every reference as somebody known and as a stranger.

    Args:
        references: (k, dim) vectors of each person's named faces, k >= 1; rows of length 1.
        thresholds: of their Space.

    Returns:
        One trial or two for each reference: a person with a single one cannot be known without it, and a stranger needs
        somebody else to be taken for.
    """
    people = sorted(references)
    found: list[Trial] = []
    for position, person in enumerate(people):
        mine = references[person]
        for start in range(0, len(mine), ROWS_AT_ONCE):
            rows = np.arange(start, min(start + ROWS_AT_ONCE, len(mine)))
            table = np.stack([distances_to_group(distances(mine[rows], references[p])) for p in people], axis=1)
            table[:, position] = _without_itself(mine, rows)
            if len(mine) > 1:
                found += _judged(table, people, person, thresholds)
            if len(people) > 1:
                table[:, position] = np.inf
                found += _judged(table, people, None, thresholds)
    return found


def measure(found: Sequence[Trial], limits: StrongLimits) -> tuple[Quality, dict[int, Quality]]:
    """Precision and recall of tagging with these limits: over all, and for each person."""
    people = sorted({t.truth for t in found if t.truth is not None} | {t.nearest for t in found})
    tagged = [t for t in found if t.score <= limits.of(t.nearest)]
    each = {
        person: Quality(
            sum(t.truth == person for t in found),
            sum(t.nearest == person for t in tagged),
            sum(t.nearest == t.truth == person for t in tagged),
        )
        for person in people
    }
    whole = (sum(quality.known for quality in each.values()), len(tagged), sum(t.nearest == t.truth for t in tagged))
    return Quality(*whole), each


def calibrate(found: Sequence[Trial], precision: float, thresholds: Thresholds) -> StrongLimits | None:
    """Find the limits that give a precision: one for the library, and one for each person who has tags of their own.

    One wrong tag more is counted than there was, so that a few lucky trials prove nothing.

    Args:
        found: `trials`.
        precision: wanted, in (0, 1).
        thresholds: of the Space; nothing tags by itself that is not even worth a question.

    Returns:
        None if there are too few trials for such a precision: even without a mistake at least 1 / (1 - precision) tags
        are needed.
    """
    found = [t for t in found if t.score <= thresholds.possible]
    everybody = limit_for(found, precision)
    if everybody is None:
        return None
    people: dict[int, float] = {}
    for person in sorted({t.nearest for t in found}):
        theirs = [t for t in found if t.nearest == person]
        own = limit_for(theirs, precision, unseen=0)
        right = sum(t.truth == person for t in theirs)
        if own is not None and right:
            weight = right / (right + ENOUGH_TAGS)
            people[person] = everybody + weight * (own - everybody)
    return StrongLimits(everybody, people)


def limit_for(found: Sequence[Trial], precision: float, unseen: int = 1) -> float | None:
    """The highest score up to which the tags have a precision; None if there is none.

    Args:
        found: trials.
        precision: wanted, in (0, 1).
        unseen: wrong tags that are counted though they were not seen.
    """
    ordered = sorted(found, key=lambda t: t.score)
    wrong = np.cumsum([t.nearest != t.truth for t in ordered]) + unseen
    tagged = np.arange(1, len(ordered) + 1) + unseen
    scores = np.array([t.score for t in ordered])
    is_last = np.append(scores[1:] > scores[:-1], True)[: len(scores)]  # of equal scores: they stand or fall together
    good = np.flatnonzero(is_last & (wrong <= (1 - precision) * tagged))
    return None if not len(good) else ordered[int(good[-1])].score


def _without_itself(mine: Vectors, rows: NDArray[np.intp]) -> NDArray[np.float32]:
    """Distances of some faces of a person to the person's others."""
    if len(mine) < 2:
        return np.full(len(rows), np.inf, dtype=np.float32)
    apart = distances(mine[rows], mine)
    others = np.ones(apart.shape, dtype=bool)
    others[np.arange(len(rows)), rows] = False
    return distances_to_group(apart[others].reshape(len(rows), -1))


def _judged(table: NDArray[np.float32], people: list[int], truth: int | None, thresholds: Thresholds) -> list[Trial]:
    order = np.argsort(table, axis=1, kind="stable")
    found = []
    for row, (first, *rest) in zip(table, order.tolist(), strict=True):
        runner_up = float(row[rest[0]]) if rest and np.isfinite(row[rest[0]]) else None
        found.append(Trial(truth, people[first], score(float(row[first]), runner_up, thresholds)))
    return found
