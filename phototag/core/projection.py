"""A map of faces: places on a plane such that faces that are near each other are drawn near each other.

The method is t-SNE (van der Maaten and Hinton, 2008) with the repulsion interpolated on a grid and computed by FFT
(Linderman et al., 2019: FIt-SNE), begun from the principal components (Kobak and Berens, 2019).
Where there are many, some are laid out so, and each other one is put beside those that it is nearest to.
Why, and how true to its neighbours a map is: docs/decisions/0010-map.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import fft, sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phototag.types import Progress, Vectors

LAID_OUT = 6_000
"""So many are laid out by t-SNE at most; measured in docs/decisions/0010-map.md."""

PERPLEXITY = 15
"""How many neighbours a face has, roughly: many people of a library have not many more faces."""

NEIGHBOURS = 3 * PERPLEXITY
"""Neighbours that attract each other; those beyond have next to no weight (van der Maaten, 2014)."""

EXAGGERATION, FIRST_STEPS, STEPS = 12.0, 150, 350
"""Attraction is exaggerated in the first steps, so that what belongs together finds together."""

POINTS_A_UNIT, FEWEST_POINTS, MOST_POINTS = 1.5, 60, 300
"""Points of the grid: three a unit, on which 1 / (1 + d^2) is near a parabola (Linderman et al.), within bounds."""

FEW = 400
"""Up to so many repel each other directly: that is exact, and as quick."""

BESIDE = 5
"""Faces that one which is not laid out is put among."""

SPREAD = 0.004
"""How far, of the width of the map, a face is put from the middle of those that it is put among."""

ROWS_AT_ONCE = 1_024
"""Vectors compared with all others at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """Where faces are on a map.

    Attributes:
        places: (n, 2) float32 in [0, 1].
        is_laid_out: (n,) bool, whether by t-SNE; others were put beside these.
    """

    places: NDArray[np.float32]
    is_laid_out: NDArray[np.bool_]


def project(vectors: Vectors, kinds: NDArray[np.intp], progress: Progress) -> Projection:
    """Lay faces out on a plane; the same vectors in the same order always come to the same.

    Args:
        vectors: (n, dim) float32, rows of length 1.
        kinds: (n,) the person or group of each, any number; of each some are laid out if there are too many.
        progress: told of the steps.
    """
    chosen = representatives(kinds, LAID_OUT)
    laid = _in_unit_square(_tsne(vectors[chosen], progress))
    places = np.empty((len(vectors), 2), dtype=np.float32)
    places[chosen] = laid
    is_laid_out = np.zeros(len(vectors), dtype=np.bool_)
    is_laid_out[chosen] = True
    places[~is_laid_out] = beside(vectors[~is_laid_out], vectors[chosen], laid)
    return Projection(places, is_laid_out)


def representatives(kinds: NDArray[np.intp], most: int) -> NDArray[np.intp]:
    """Positions of so many at most, ascending, evenly from each kind: first one of each, then another of each that has.

    More of a large kind than of a small one, by the square root of its size.
    """
    if len(kinds) <= most:
        return np.arange(len(kinds))
    order = np.argsort(kinds, kind="stable")
    _, begins, sizes = np.unique(kinds[order], return_index=True, return_counts=True)
    nth = np.arange(len(kinds)) - np.repeat(begins, sizes)
    urgency = (nth + 1) / np.sqrt(np.repeat(sizes, sizes))
    first = np.where(nth == 0, -1.0, urgency)
    return np.sort(order[np.argsort(first, kind="stable")[:most]])


def beside(vectors: Vectors, laid_out: Vectors, places: NDArray[np.float32]) -> NDArray[np.float32]:
    """Places for further faces on a map that stays as it is: each among those of the nearest that are near each other.

    Args:
        vectors: (n, dim) of the further faces.
        laid_out: (m, dim) of those on the map.
        places: (m, 2) of these, in [0, 1].

    Returns:
        (n, 2) float32 in [0, 1]; the middle of the map where nothing is on it.
    """
    found = np.full((len(vectors), 2), 0.5, dtype=np.float32)
    if not len(laid_out):
        return found
    slant = np.random.default_rng(0).normal(size=(vectors.shape[1], 2)).astype(np.float32)
    for start in range(0, len(vectors), ROWS_AT_ONCE):
        block = vectors[start : start + ROWS_AT_ONCE]
        near, products = _nearest(block @ laid_out.T, min(BESIDE, len(laid_out)))
        theirs = places[near]
        is_close = np.linalg.norm(theirs - theirs[:, :1], axis=2) <= 5 * SPREAD
        weights = (is_close / np.maximum(2 - 2 * products, 1e-3))[..., None]
        middle = (theirs * weights).sum(axis=1) / weights.sum(axis=1)
        found[start : start + ROWS_AT_ONCE] = middle + SPREAD * np.tanh((block - laid_out[near[:, 0]]) @ slant)
    return np.clip(found, 0, 1)


def _nearest(products: NDArray[np.float32], k: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Of each row the columns of the k greatest products, the greatest first, and these products."""
    some = np.argpartition(-products, k - 1, axis=1)[:, :k]
    values = np.take_along_axis(products, some, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    return np.take_along_axis(some, order, axis=1), np.take_along_axis(values, order, axis=1)


def _in_unit_square(places: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same picture, moved and scaled so that the longer side is from 0 to 1 and the other in the middle."""
    if not len(places):
        return places
    low, high = places.min(axis=0), places.max(axis=0)
    side = float((high - low).max())
    if side == 0:
        return np.full_like(places, 0.5)
    return np.asarray(np.clip((places - (low + high) / 2) / side + 0.5, 0, 1), dtype=np.float32)


def _tsne(vectors: Vectors, progress: Progress) -> NDArray[np.float32]:
    """(n, 2) places; of one face, or of equal ones, in one place or in a heap."""
    n = len(vectors)
    if n < 3:
        return np.arange(2 * n, dtype=np.float32).reshape(n, 2)
    attraction = _affinities(vectors)
    places = _principal(vectors)
    places *= 1e-4 / max(float(places[:, 0].std()), 1e-12)
    speed, gains = np.zeros_like(places), np.ones_like(places)
    steps: Iterable[int] = range(FIRST_STEPS + STEPS)
    for step in progress(steps, label="Drawing the map", total=FIRST_STEPS + STEPS, unit="step"):
        is_early = step < FIRST_STEPS
        exaggeration = EXAGGERATION if is_early else 1.0
        slope = _pull(attraction, places) * exaggeration - _push(places)
        gains = np.maximum(np.where((slope > 0) != (speed > 0), gains + 0.2, gains * 0.8), 0.01)
        rate = max(n / exaggeration, 50.0)
        speed = (0.5 if is_early else 0.8) * speed - rate * gains * slope
        length = np.linalg.norm(speed, axis=1, keepdims=True)
        speed *= np.minimum(1, 5 / np.maximum(length, 1e-12))
        places = places + speed
        places -= places.mean(axis=0)
    return places.astype(np.float32)


def _affinities(vectors: Vectors) -> sparse.csr_array:
    """(n, n) how much each two attract each other; symmetric, the sum is 1."""
    n = len(vectors)
    k = min(NEIGHBOURS, n - 1)
    columns, squares = np.empty((n, k), dtype=np.intp), np.empty((n, k), dtype=np.float64)
    for start in range(0, n, ROWS_AT_ONCE):
        products = vectors[start : start + ROWS_AT_ONCE] @ vectors.T
        rows = np.arange(len(products))
        products[rows, start + rows] = -np.inf
        near, values = _nearest(products, k)
        columns[start : start + ROWS_AT_ONCE] = near
        squares[start : start + ROWS_AT_ONCE] = np.maximum(2 - 2 * values, 0)
    weights = _weights(squares, min(PERPLEXITY, k / 3 if k >= 3 else 1))
    one_way = sparse.csr_array((weights.ravel(), columns.ravel(), np.arange(0, n * k + 1, k)), shape=(n, n))
    both = sparse.csr_array(one_way + one_way.T)
    return both / both.sum()


def _weights(squares: NDArray[np.float64], perplexity: float) -> NDArray[np.float64]:
    """(n, k) Gaussian weights by squared distances, each row as wide as makes its perplexity this; rows sum to 1."""
    target = np.log(max(perplexity, 1.0))
    away = squares - squares[:, :1]
    low, high = np.full(len(squares), -20.0), np.full(len(squares), 20.0)  # logarithms of what distances are times
    weights = np.ones_like(squares)
    for _ in range(40):
        middle = (low + high) / 2
        scaled = away * np.exp(middle)[:, None]
        weights = np.exp(-scaled)
        total = weights.sum(axis=1)
        entropy = np.log(total) + (scaled * weights).sum(axis=1) / total
        low, high = np.where(entropy > target, middle, low), np.where(entropy > target, high, middle)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _principal(vectors: Vectors) -> NDArray[np.float64]:
    """(n, 2) the two principal components; each points to where its largest weight is positive."""
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, ::-1][:, :2]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    found = np.zeros((len(vectors), 2))
    found[:, : axes.shape[1]] = centred @ axes
    return found + np.random.default_rng(0).normal(size=found.shape) * 1e-6 * max(float(found.std()), 1e-6)


def _pull(attraction: sparse.csr_array, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 2) the slope of the attraction."""
    rows = np.repeat(np.arange(len(places)), np.diff(attraction.indptr))
    apart = np.take(places, rows, axis=0) - np.take(places, attraction.indices, axis=0)
    weights = attraction.data / (1 + np.einsum("ij,ij->i", apart, apart))
    pairs = sparse.csr_array((weights, attraction.indices, attraction.indptr), shape=attraction.shape)
    return np.asarray(pairs.sum(axis=1)[:, None] * places - pairs @ places)


def _push(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 2) the slope of the repulsion of all from all: charges on a grid, folded with 1 / (1 + d^2)^2 by FFT."""
    if len(places) <= FEW:
        apart = places[:, None] - places[None]
        weights = 1 / (1 + (apart * apart).sum(axis=2))
        return np.asarray((weights[..., None] ** 2 * apart).sum(axis=1) / max(weights.sum() - len(places), 1e-12))
    low = places.min(axis=0)
    side = float((places.max(axis=0) - low).max()) + 1e-9
    points = int(np.clip(side * POINTS_A_UNIT, FEWEST_POINTS, MOST_POINTS))
    step = side / (points - 3)
    spread = _on_grid((places - low) / step + 1, points)
    size = fft.next_fast_len(2 * points, real=True)
    at = np.minimum(np.arange(size), size - np.arange(size)) * step
    near = 1 / (1 + at[:, None] ** 2 + at[None, :] ** 2)
    charges = np.concatenate([np.ones((len(places), 1)), places], axis=1)
    grids = (spread.T @ charges).T.reshape(3, points, points).astype(np.float32)
    waves = fft.rfft2(grids, s=(size, size))
    kernels = fft.rfft2(np.stack([near * near, near]).astype(np.float32))
    folded = fft.irfft2(np.concatenate([waves * kernels[0], waves[:1] * kernels[1]]), s=(size, size))[
        :, :points, :points
    ]
    potentials = spread @ folded.reshape(4, -1).T.astype(np.float64)
    total = max(float(potentials[:, 3].sum()) - len(places), 1e-12)
    return np.asarray((potentials[:, :1] * places - potentials[:, 1:3]) / total)


def _on_grid(places: NDArray[np.float64], points: int) -> sparse.csr_array:
    """(n, points * points) the nine points of the grid around each, and how much of it each has: parabolas."""
    middle = np.clip(np.rint(places).astype(np.intp), 1, points - 2)
    off = places - middle
    parts = np.stack([off * (off - 1) / 2, 1 - off * off, off * (off + 1) / 2], axis=1)  # (n, 3, 2)
    weights = parts[:, :, None, 0] * parts[:, None, :, 1]
    reach = np.arange(-1, 2)
    columns = (middle[:, 0, None, None] + reach[:, None]) * points + middle[:, 1, None, None] + reach[None, :]
    begins = np.arange(0, 9 * len(places) + 1, 9)
    return sparse.csr_array((weights.ravel(), columns.ravel(), begins), shape=(len(places), points * points))
