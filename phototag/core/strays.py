"""Faces that carry a name and lie on a map among faces of somebody else: where a mistake is likely.

A map is flat, so it shows some faces in the wrong place. It proposes; the distances of the vectors decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from phototag.core.vectors import distances

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phototag.types import Vectors

LOOKED_AT = 10
"""Neighbours on the map that are asked whose they are."""

FEWEST = 4
"""Faces of somebody of whom one may be a stray: the mean of three references, as in tagging, and the face itself."""

MOST_CANDIDATES, MOST_REFERENCES = 1_000, 200
"""Bounds of what is compared: with 100,000 faces it takes about as long as reading their vectors."""


class Stray(NamedTuple):
    """A face that is nearer to others than to its own.

    Attributes:
        row: of it.
        like: the kind that it is nearest to; None where it is merely far from its own.
        own, other: mean distance to the three nearest faces of its own kind, and of the other, or the limit.
    """

    row: int
    like: int | None
    own: float
    other: float


def candidates(places: NDArray[np.float32], kinds: NDArray[np.intp], named: NDArray[np.bool_]) -> list[int]:
    """Rows of named faces most of whose neighbours on the map are somebody else's, the most striking first.

    Args:
        places: (n, 2).
        kinds: (n,) the person or group of each, -1 for none.
        named: (n,) whether the kind is a name that the face carries.
    """
    known = np.flatnonzero(kinds >= 0)
    sizes = np.bincount(kinds[named], minlength=int(kinds.max(initial=-1)) + 1)
    rows = np.flatnonzero(named)
    rows = rows[sizes[kinds[rows]] >= FEWEST]
    if not len(rows):
        return []
    asked = min(LOOKED_AT + 1, len(known))
    _, near = cKDTree(places[known]).query(places[rows], k=asked)
    neighbours = known[near.reshape(len(rows), asked)]
    is_other = neighbours != rows[:, None]
    counted = np.minimum(LOOKED_AT, sizes[kinds[rows]] - 1)  # no more than there are of its own
    is_asked = is_other & (np.cumsum(is_other, axis=1) <= counted[:, None])
    share = (is_asked & (kinds[neighbours] == kinds[rows][:, None])).sum(axis=1) / counted
    order = np.argsort(share, kind="stable")
    return [int(rows[i]) for i in order if share[i] < 0.5][:MOST_CANDIDATES]


def strays(
    vectors: Vectors,
    places: NDArray[np.float32],
    kinds: NDArray[np.intp],
    named: NDArray[np.bool_],
    limit: float,
) -> list[Stray]:
    """Named faces that lie among others and are nearer to these, or farther from their own than the limit.

    Args:
        vectors: (n, dim), rows of length 1.
        places: (n, 2), their places on a map.
        kinds: (n,) the person or group of each, -1 for none.
        named: (n,) whether the kind is a name that the face carries.
        limit: a distance beyond which nobody would be suggested.

    Returns:
        Those that are farthest from their own in comparison first.
    """
    suspected = candidates(places, kinds, named)
    members: dict[int, Sequence[int]] = {}
    if suspected:
        known = np.flatnonzero(kinds >= 0)
        tree = cKDTree(places[known])
        doubted = np.zeros(len(kinds), dtype=np.bool_)
        doubted[suspected] = True
        for kind in np.unique(kinds[known]):
            of = known[kinds[known] == kind]
            sure = of[~doubted[of]]
            members[int(kind)] = (sure if len(sure) >= FEWEST - 1 else of)[:MOST_REFERENCES].tolist()
    found = []
    for row in suspected:
        _, near = tree.query(places[row], k=min(LOOKED_AT + 1, len(known)))
        around = set(kinds[known[np.atleast_1d(near)]].tolist())
        own = _distance(vectors, row, members[int(kinds[row])])
        others = [(_distance(vectors, row, members[kind]), kind) for kind in sorted(around - {int(kinds[row])})]
        other, like = min(others, default=(np.inf, -1))
        if own > min(other, limit):
            found.append(Stray(row, like if other < own else None, own, min(other, limit)))
    return sorted(found, key=lambda stray: (stray.other - stray.own, stray.row))


def _distance(vectors: Vectors, row: int, of: Sequence[int]) -> float:
    """The mean over the three nearest of these, without the face itself; infinite if there is no other."""
    others = [one for one in of if one != row]
    if not others:
        return float("inf")
    return float(np.sort(distances(vectors[row : row + 1], vectors[others])[0])[:3].mean())
