"""Groups join, the nearest first, until the nearest are too far apart to be one person.

The distance from a face to a group is the mean over the group's three nearest faces, as in tagging (`core.matching`).
The distance between two groups is the mean of that over the faces of one, and over those of the other, averaged; it
asks that every face of each finds its like in the other, so that neither a single in-between face joins two people
(as in DBSCAN) nor do two halves of one person fall apart because their far ends differ (as in average linkage).
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from phototag.core.density import near_pairs
from phototag.core.vectors import distances

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phototag.types import Vectors

NEAREST = 3
"""Faces of a group that make the distance to it (all where there are fewer)."""

SIZE_PENALTY = 0.03
"""Added to the distance between two groups of SIZE_LIMIT faces or more, less for smaller ones by the logarithm of the
smaller size: the more faces there are to choose from, the nearer the nearest are, also between strangers. On 12 large
groups (5,859 faces) B-cubed precision is 0.975 with a penalty of 0.02, two people being mixed, and 0.995 from 0.03 on,
where F is best too (2026-11)."""

SIZE_LIMIT = 50

MOST_COMPARED = 500
"""Faces of a group that are compared: the first by id, which is by a digest of the photo, and so a fair sample. On 12
large groups F is 0.899 with 100, 0.916 with 300, 0.919 with all, in 4, 7 and 13 seconds (2026-11)."""


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """Faces that are one person already.

    Attributes:
        rows: of the vectors, ascending.
        person: whom a human named one of them, or None.
        refused: who a human said that one of them is not.
        photos: they are on; two faces on one photo are two people.
    """

    rows: NDArray[np.intp]
    person: int | None = None
    refused: frozenset[int] = frozenset()
    photos: frozenset[Hashable] = frozenset()

    def excludes(self, other: Unit) -> bool:
        """Whether what is known forbids that the two are one person."""
        if self.person is not None and other.person is not None and self.person != other.person:
            return True
        return self.person in other.refused or other.person in self.refused or not self.photos.isdisjoint(other.photos)

    def joined(self, other: Unit) -> Unit:
        """Both as one."""
        return Unit(
            np.union1d(self.rows, other.rows),
            other.person if self.person is None else self.person,
            self.refused | other.refused,
            self.photos | other.photos,
        )


def distances_to_group(apart: NDArray[np.float32]) -> NDArray[np.float32]:
    """The distance of each face to one group: the mean over its NEAREST faces.

    Args:
        apart: (n, k) distances of n faces to the k >= 1 faces of the group.

    Returns:
        (n,) distances.
    """
    k = min(NEAREST, apart.shape[1])
    return np.asarray(np.partition(apart, k - 1, axis=1)[:, :k].mean(axis=1), dtype=np.float32)


def link(vectors: Vectors, units: Sequence[Unit], limit: Callable[[int], float]) -> list[Unit]:
    """Join the two nearest units that may be one person, again and again, while they are near enough.

    Args:
        vectors: (n, dim), rows of length 1.
        units: no face in two of them; their order breaks ties.
        limit: how far apart two units may be that join while there are so many units; it must not grow with them.

    Returns:
        What is left: joined units and those that found no other.
    """
    return _Linkage(vectors, units).run(limit) if len(units) > 1 else list(units)


class _Linkage:
    def __init__(self, vectors: Vectors, units: Sequence[Unit]) -> None:
        self.vectors = vectors
        self.units: dict[int, Unit] = dict(enumerate(units))
        self.near: dict[int, set[int]] = {}
        self.queue: list[tuple[float, int, int]] = []
        self.numbers = itertools.count(len(units))

    def run(self, limit: Callable[[int], float]) -> list[Unit]:
        self._find_pairs(limit(1))
        while self.queue:
            apart, a, b = heapq.heappop(self.queue)
            if a not in self.units or b not in self.units:
                continue
            if apart > limit(len(self.units)):
                break
            self._join(a, b)
        return list(self.units.values())

    def _find_pairs(self, limit: float) -> None:
        """Only units with two faces within the limit can ever join: a mean is never below all of its parts."""
        home = np.full(len(self.vectors), -1, dtype=np.intp)
        for number, unit in self.units.items():
            home[unit.rows] = number
        self.near = {number: set() for number in self.units}
        placed = np.flatnonzero(home >= 0)
        for i, j in near_pairs(self.vectors[placed], limit):
            a, b = home[placed[i]], home[placed[j]]
            low, high = np.minimum(a, b), np.maximum(a, b)
            codes = np.unique((low * len(self.units) + high)[low != high])
            for code in codes.tolist():
                a_number, b_number = divmod(code, len(self.units))
                if b_number not in self.near[a_number] and not self.units[a_number].excludes(self.units[b_number]):
                    self.near[a_number].add(b_number)
                    self.near[b_number].add(a_number)
        for number, others in self.near.items():
            self._measure(number, sorted(other for other in others if other > number))

    def _join(self, a: int, b: int) -> None:
        new = next(self.numbers)
        unit = self.units[new] = self.units.pop(a).joined(self.units.pop(b))
        around = (self.near.pop(a) | self.near.pop(b)) - {a, b}
        for other in around:
            self.near[other] -= {a, b}
        self.near[new] = {other for other in around if not unit.excludes(self.units[other])}
        for other in self.near[new]:
            self.near[other].add(new)
        self._measure(new, sorted(self.near[new]))

    def _measure(self, number: int, others: list[int]) -> None:
        """Queue the distances of a unit to others."""
        if not others:
            return
        mine = self.units[number].rows
        theirs = [self.units[other].rows for other in others]
        found = _apart(self.vectors, mine[:MOST_COMPARED], [rows[:MOST_COMPARED] for rows in theirs])
        for other, rows, apart in zip(others, theirs, found.tolist(), strict=True):
            smaller = min(len(mine), len(rows), SIZE_LIMIT)
            distance = apart + SIZE_PENALTY * float(np.log(smaller) / np.log(SIZE_LIMIT))
            heapq.heappush(self.queue, (distance, min(number, other), max(number, other)))


def _apart(vectors: Vectors, mine: NDArray[np.intp], theirs: list[NDArray[np.intp]]) -> NDArray[np.float64]:
    """The distance between one group and each of others, without the penalty."""
    counts = np.array([len(rows) for rows in theirs])
    starts = np.concatenate([[0], counts.cumsum()[:-1]])
    apart = distances(vectors[mine], vectors[np.concatenate(theirs)])
    from_them = np.add.reduceat(distances_to_group(apart.T), starts) / counts
    to_them = np.add.reduceat(apart, starts, axis=1).mean(axis=0) / counts
    for position in np.flatnonzero(counts > NEAREST).tolist():
        part = apart[:, starts[position] : starts[position] + counts[position]]
        to_them[position] = distances_to_group(part).mean()
    return np.asarray((from_them + to_them) / 2, dtype=np.float64)
