"""DBSCAN over blocks of rows: scikit-learn's labels, with memory that grows with the faces and not with the pairs.

scikit-learn keeps every neighbour of every face at once, which is quadratic in the largest group: 2.4 GB at 100,000
faces (measured 2026-10). Here a block of rows is compared with all faces, its pairs join components, and are forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from phototag.core.vectors import distances

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phototag.types import Vectors

ROWS_AT_ONCE = 512
"""Faces compared with all others at once: 200 MB of distances at 100,000 faces."""


def near_pairs(vectors: Vectors, limit: float) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """All pairs of rows i < j at most `limit` apart, block by block, in order of i.

    Args:
        vectors: (n, dim), rows of length 1.
        limit: a distance.

    Yields:
        i and j of the pairs of one block, (k,) each.
    """
    cosine = 1 - limit * limit / 2  # compared instead of distances: half the time
    for start in range(0, len(vectors), ROWS_AT_ONCE):
        part = vectors[start : start + ROWS_AT_ONCE]
        rows, columns = np.nonzero(part @ vectors[start:].T >= cosine)
        ahead = columns > rows
        yield rows[ahead] + start, columns[ahead] + start


def components(vectors: Vectors, limit: float) -> NDArray[np.intp]:
    """Label rows so that any two at most `limit` apart share a label, and whoever shares with one shares with all.

    Returns:
        (n,) labels from 0, numbered by the first row that has them.
    """
    return _joined(len(vectors), near_pairs(vectors, limit))


def leaders(vectors: Vectors, limit: float) -> NDArray[np.intp]:
    """Give each row the first row at most `limit` away that has no leader itself; such a row leads itself.

    Unlike a component it cannot drift: no row is farther than `limit` from its leader.

    Returns:
        (n,) rows; leaders[i] <= i.
    """
    found = np.arange(len(vectors), dtype=np.intp)
    for i, j in near_pairs(vectors, limit):
        for leader, row in zip(i.tolist(), j.tolist(), strict=True):
            if found[leader] == leader and found[row] == row:
                found[row] = leader
    return found


def dbscan(vectors: Vectors, eps: float, min_samples: int) -> NDArray[np.intp]:
    """DBSCAN (Ester et al., KDD 1996); a border point goes to its nearest core point.

    Args:
        vectors: (n, dim), rows of length 1.
        eps: how near a neighbour is.
        min_samples: neighbours that make a core point, itself counted.

    Returns:
        (n,) labels from 0; -1 for noise.
    """
    n = len(vectors)
    neighbours = np.ones(n, dtype=np.intp)
    for i, j in near_pairs(vectors, eps):
        neighbours += np.bincount(i, minlength=n) + np.bincount(j, minlength=n)
    core = np.flatnonzero(neighbours >= min_samples)
    labels = np.full(n, -1, dtype=np.intp)
    labels[core] = components(vectors[core], eps)
    border = np.flatnonzero((neighbours > 1) & (neighbours < min_samples))
    for start in range(0, len(border) if len(core) else 0, ROWS_AT_ONCE):
        part = border[start : start + ROWS_AT_ONCE]
        apart = distances(vectors[part], vectors[core])
        nearest = apart.argmin(axis=1)
        inside = apart[np.arange(len(part)), nearest] <= eps
        labels[part[inside]] = labels[core[nearest[inside]]]
    return labels


def _joined(n: int, blocks: Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]) -> NDArray[np.intp]:
    from scipy.sparse import coo_array  # half a second to import: only when there is something to group
    from scipy.sparse.csgraph import connected_components

    labels = np.arange(n, dtype=np.intp)
    for i, j in blocks:
        if len(i):
            links = coo_array((np.ones(len(i), dtype=np.int8), (labels[i], labels[j])), shape=(n, n))
            labels = connected_components(links, directed=False)[1][labels]
    _, first, labels = np.unique(labels, return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(first))[labels], dtype=np.intp)
