"""Metric learning by triplets: a linear projection in which a person's faces are nearer to each other than to others'.

A triplet is an anchor, a positive (another face of the same person) and a negative (a face of somebody else). The loss
asks that the negative be farther from the anchor than the positive is, by a margin, in squared distances (Schroff,
Kalenichenko and Philbin, FaceNet, CVPR 2015). There a network learns; here the network stays as it is, and only a
matrix on top of its descriptors is learned from the faces that a human named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from phototag.core.vectors import normalise
from phototag.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from phototag.types import Vectors

MARGIN = 0.2
"""Alpha of the paper, for vectors of length 1."""

SHRINKAGE = 5.0
"""Weight of the squared difference from the identity (`objective`). On half of LFW 5 to 20 gain up to 1.8 points of
recall at a precision of 99 % or lose up to 1; below 1 it is learned by heart, and 6 points are lost (2026-11)."""

ROUNDS, STEPS = 3, 20
"""How often triplets are chosen anew by the projection so far, and steps of L-BFGS with each choice."""

MOST_POSITIVES = 8
"""Positives tried with an anchor: the pairs of 1,000 faces of one person would be half a million, and say no more."""

ANCHORS_AT_ONCE = 1_024


def triplet_loss(anchors: Vectors, positives: Vectors, negatives: Vectors, margin: float = MARGIN) -> float:
    """Sum over max(|a - p|^2 - |a - n|^2 + margin, 0).

    Args:
        anchors: (n, dim).
        positives: (n, dim), row by row of the same person as the anchor.
        negatives: (n, dim), row by row of somebody else.
        margin: alpha.

    Returns:
        0 where every negative is farther than its positive by the margin, or for no triplets.
    """
    near = np.square(anchors - positives, dtype=np.float64).sum(axis=1)
    far = np.square(anchors - negatives, dtype=np.float64).sum(axis=1)
    return float(np.maximum(near - far + margin, 0).sum())


def semi_hard(vectors: Vectors, people: NDArray[np.intp], margin: float = MARGIN) -> NDArray[np.intp]:
    """Choose triplets that teach something: the negative is farther than the positive, but not yet by the margin.

    For each anchor and positive it is the nearest such negative. Negatives that are nearer than the positive are left
    out: they are often wrongly named, and the paper found that they lead to a collapse.

    Args:
        vectors: (n, dim).
        people: (n,) who each is.
        margin: alpha.

    Returns:
        (triplets, 3) rows of anchor, positive and negative; always the same for the same input.

    Raises:
        UsageError: all are one person, so that there is no negative.
    """
    require_two(people)
    pairs = _pairs(people)
    found = [np.empty((0, 3), dtype=np.intp)]
    squares = np.square(vectors, dtype=np.float64).sum(axis=1)
    for start in range(0, len(vectors), ANCHORS_AT_ONCE):
        block = slice(start, start + ANCHORS_AT_ONCE)
        apart = squares[block, None] + squares - 2.0 * (vectors[block] @ vectors.T)
        mine = pairs[(pairs[:, 0] >= start) & (pairs[:, 0] < start + ANCHORS_AT_ONCE)]
        found.append(_with_negatives(mine, apart[mine[:, 0] - start], people, margin))
    return np.concatenate(found)


def objective(
    matrix: NDArray[np.float64],
    vectors: NDArray[np.float64],
    triplets: NDArray[np.intp],
    margin: float = MARGIN,
    shrinkage: float = SHRINKAGE,
) -> tuple[float, NDArray[np.float64]]:
    """What is made small: the mean triplet loss of the projected vectors, and the distance from doing nothing.

    mean over max(|L(a - p)|^2 - |L(a - n)|^2 + margin, 0) + shrinkage |L - I|^2 / dim

    Args:
        matrix: L, (dim, dim).
        vectors: (n, dim).
        triplets: (t, 3) rows of `vectors`, t >= 1.
        margin: alpha.
        shrinkage: how much staying near the identity I is worth.

    Returns:
        The value, and its gradient with respect to L.
    """
    anchors, positives, negatives = ((vectors @ matrix.T)[column] for column in triplets.T)
    excess = np.square(anchors - positives).sum(axis=1) - np.square(anchors - negatives).sum(axis=1) + margin
    active = excess > 0
    from_identity = matrix - np.eye(len(matrix))
    weight = shrinkage / len(matrix)
    value = excess[active].sum() / len(triplets) + weight * np.square(from_identity).sum()
    pull = 2 * matrix @ (vectors.T @ (_pulls(triplets[active], len(vectors)) @ vectors)) / len(triplets)
    return float(value), pull + 2 * weight * from_identity


def _pulls(triplets: NDArray[np.intp], faces: int) -> csr_matrix:
    """P, such that V'PV is the sum over (a - p)(a - p)' - (a - n)(a - n)': a thirtieth of the work of summing that.

    Where a stands beside itself the two cancel out.
    """
    from scipy.sparse import csr_matrix

    a, p, n = triplets.T
    rows, columns = np.concatenate([p, a, p, n, a, n]), np.concatenate([p, p, a, n, n, a])
    return csr_matrix((np.repeat([1.0, -1.0, -1.0, -1.0, 1.0, 1.0], len(a)), (rows, columns)), shape=(faces, faces))


def learn_projection(
    vectors: Vectors, people: NDArray[np.intp], margin: float = MARGIN, shrinkage: float = SHRINKAGE
) -> NDArray[np.float32]:
    """Learn L, by semi-hard triplets that are chosen anew as it changes. It starts from the identity.

    Args:
        vectors: (n, dim), rows of length 1.
        people: (n,) who each is.
        margin: alpha.
        shrinkage: the greater, the nearer L stays to the identity.

    Returns:
        (dim, dim); the identity where no triplet teaches anything. Always the same for the same input.

    Raises:
        UsageError: all are one person.
    """
    from scipy.optimize import minimize  # half a second to import: only when there is something to learn

    wide = vectors.astype(np.float64)
    matrix = np.eye(vectors.shape[1])
    require_two(people)
    for _ in range(ROUNDS):
        triplets = semi_hard(project(vectors, matrix.astype(np.float32)), people, margin)
        if not len(triplets):
            break

        found = minimize(
            _of_flat_matrix,
            matrix.ravel(),
            args=(wide, triplets, margin, shrinkage),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": STEPS},
        )
        matrix = found.x.reshape(matrix.shape)
    return matrix.astype(np.float32)


def _of_flat_matrix(
    flat: NDArray[np.float64],
    vectors: NDArray[np.float64],
    triplets: NDArray[np.intp],
    margin: float,
    shrinkage: float,
) -> tuple[float, NDArray[np.float64]]:
    """`objective` as SciPy wants it: the matrix and the gradient as one row of numbers."""
    dim = vectors.shape[1]
    value, gradient = objective(flat.reshape(dim, dim), vectors, triplets, margin, shrinkage)
    return value, gradient.ravel()


def project(vectors: Vectors, matrix: NDArray[np.float32]) -> Vectors:
    """The vectors in the learned metric, scaled back to length 1, so that distances stay between 0 and 2."""
    return normalise(vectors @ matrix.T)


def require_two(people: NDArray[np.intp]) -> None:
    """Refuse to learn from faces of one person.

    Raises:
        UsageError: they are of one person, or there are none.
    """
    if len(np.unique(people)) < 2:
        raise UsageError(
            "All named faces are of one person; telling people apart needs two. Name somebody else: phototag clusters"
        )


def _pairs(people: NDArray[np.intp]) -> NDArray[np.intp]:
    """(p, 2) anchor and positive: each face with up to MOST_POSITIVES that follow it in the person's circle."""
    found = [np.empty((0, 2), dtype=np.intp)]
    for person in np.unique(people):
        rows = np.flatnonzero(people == person)
        for step in range(1, min(len(rows), MOST_POSITIVES + 1)):
            found.append(np.stack([rows, np.roll(rows, -step)], axis=1))
    pairs = np.concatenate(found)
    return pairs[np.lexsort(pairs.T[::-1])]


def _with_negatives(
    pairs: NDArray[np.intp], apart: NDArray[np.float64], people: NDArray[np.intp], margin: float
) -> NDArray[np.intp]:
    """Add the nearest semi-hard negative to each pair that has one; `apart` (p, n): squared, from the anchors."""
    if not len(pairs):
        return np.empty((0, 3), dtype=np.intp)
    near = apart[np.arange(len(pairs)), pairs[:, 1]][:, None]
    may = (people != people[pairs[:, 0]][:, None]) & (apart > near) & (apart < near + margin)
    nearest = np.where(may, apart, np.inf).argmin(axis=1)
    has = may[np.arange(len(pairs)), nearest]
    return np.column_stack([pairs[has], nearest[has]])
