"""Are two photos of one person? On Labelled Faces in the Wild, from photos to the answer."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import cdist

from benchmarks import lfw
from benchmarks.lfw import MainFaces
from benchmarks.tables import Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.features import Features

FOLDS = 10
SEED = 0
RATES = (1e-3, 1e-4)
"""Of false accepts, at which true accepts are counted."""

ROWS_AT_ONCE = 1_000
HEAD = [
    "vectors",
    "photos",
    "no face",
    "pairs",
    "accuracy",
    "balanced",
    "limit",
    *(f"TAR at FAR {rate:.0e}" for rate in RATES),
]


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of photos.

    Attributes:
        a: (n,) rows of the first photos.
        b: (n,) rows of the second.
        same: (n,) whether both are of one person.
        folds: (n,) 0 to FOLDS - 1; nobody is in two of them.
    """

    a: NDArray[np.intp]
    b: NDArray[np.intp]
    same: NDArray[np.bool_]
    folds: NDArray[np.intp]


def tables(features: Features, suffix: str) -> Iterator[Table]:
    """Our vectors of the photos, beside dlib's own of the same photos."""
    ours = lfw.photographed(features, suffix)
    plain = lfw.described_by_dlib(features.data, suffix, "plain").only(ours.paths)
    mirrored = lfw.described_by_dlib(features.data, suffix, "mirrored").only(ours.paths)
    pairs = read_pairs(features.data / f"lfw-{suffix}" / "pairs.csv", ours)
    title = (
        f"verification, LFW: {FOLDS}-fold accuracy on pairs.csv ({pairs.same.mean():.0%} same; folds by identity, the "
        "threshold from the other nine; balanced: mean of the accuracies on same and on different; "
        "limit: the best threshold over all), TAR over all pairs "
        "of photos; a photo without a face matches none"
    )
    contenders = {
        f"phototag {features.engine.space.engine}, photos in": ours,
        "dlib's, plain (what face_recognition compares)": plain,
        "dlib's, plain, length 1": plain.scaled(),
        "dlib's, mirrored, length 1": mirrored.scaled(),
    }
    yield Table(title, HEAD, [_row(name, faces, pairs) for name, faces in contenders.items()])


def read_pairs(path: Path, faces: MainFaces) -> Pairs:
    """Read a CSV with path_a, path_b and same (1 or 0), and put its people into folds."""
    with path.open() as file:
        rows = list(csv.DictReader(file))
    row_of = {path: i for i, path in enumerate(faces.paths)}
    a = np.array([row_of[row["path_a"]] for row in rows], dtype=np.intp)
    b = np.array([row_of[row["path_b"]] for row in rows], dtype=np.intp)
    same = np.array([row["same"] == "1" for row in rows], dtype=bool)
    return Pairs(a, b, same, _folds(faces, a, b))


def accuracies(apart: NDArray[np.float64], pairs: Pairs) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Accuracy on each fold at the threshold that is best on all others.

    Args:
        apart: (n,) distances of the pairs.
        pairs: the truth.

    Returns:
        (FOLDS,) shares of pairs judged rightly; and (FOLDS,) means of that over same and over different pairs.
    """
    plain, balanced = np.zeros(FOLDS), np.zeros(FOLDS)
    for fold in range(FOLDS):
        tried = pairs.folds == fold
        limit = _best_limit(apart[~tried], pairs.same[~tried])
        right = (apart <= limit) == pairs.same
        plain[fold] = right[tried].mean()
        balanced[fold] = (right[tried & pairs.same].mean() + right[tried & ~pairs.same].mean()) / 2
    return plain, balanced


def true_accept_rates(faces: MainFaces) -> list[float]:
    """Share of all pairs of photos of one person that are accepted when RATES of all other pairs are."""
    people = np.unique(faces.people, return_inverse=True)[1]
    same, different = [], []
    for start in range(0, len(people), ROWS_AT_ONCE):
        rows = np.arange(start, min(start + ROWS_AT_ONCE, len(people)))
        later = rows[:, None] < np.arange(len(people))
        is_same = people[rows, None] == people
        apart = cdist(faces.vectors[rows], faces.vectors)
        apart[~(faces.found[rows, None] & faces.found)] = np.inf
        same.append(apart[later & is_same])
        different.append(apart[later & ~is_same])
    genuine, impostors = np.concatenate(same), np.concatenate(different)
    accepted = [int(rate * len(impostors)) for rate in RATES]
    limits = np.partition(impostors, accepted)[accepted]
    return [float((genuine < limit).mean()) for limit in limits]


def _row(name: str, faces: MainFaces, pairs: Pairs) -> list[str]:
    apart = np.linalg.norm(faces.vectors[pairs.a] - faces.vectors[pairs.b], axis=1).astype(np.float64)
    apart[~(faces.found[pairs.a] & faces.found[pairs.b])] = np.inf
    plain, balanced = accuracies(apart, pairs)
    counts = [str(len(faces.paths)), str(int((~faces.found).sum())), str(len(apart))]
    spread = f"{plain.mean():.4f} ±{plain.std(ddof=1) / FOLDS**0.5:.4f}"
    limit = f"{_best_limit(apart, pairs.same):.3f}"
    return [
        name,
        *counts,
        spread,
        f"{balanced.mean():.4f}",
        limit,
        *(f"{rate:.4f}" for rate in true_accept_rates(faces)),
    ]


def _best_limit(apart: NDArray[np.float64], same: NDArray[np.bool_]) -> float:
    """The distance up to which "same" is right most often: the middle between two pairs."""
    order = np.argsort(apart)
    gains = np.where(same[order], 1, -1).cumsum()
    best = int(gains.argmax())
    return float(apart[order[best : best + 2]].mean())


def _folds(faces: MainFaces, a: NDArray[np.intp], b: NDArray[np.intp]) -> NDArray[np.intp]:
    """Put people who are in a pair together into one fold, and fill the folds evenly with pairs."""
    people = np.unique(faces.people, return_inverse=True)[1]
    count = int(people.max()) + 1
    met = coo_array((np.ones(len(a)), (people[a], people[b])), shape=(count, count))
    circle = connected_components(met, directed=False)[1][people[a]]
    circles, sizes = np.unique(circle, return_counts=True)
    shuffled = np.random.default_rng(SEED).permutation(len(circles))
    filled, fold_of = np.zeros(FOLDS, dtype=np.intp), np.zeros(circle.max() + 1, dtype=np.intp)
    for i in shuffled[np.argsort(-sizes[shuffled], kind="stable")]:
        fold_of[circles[i]] = filled.argmin()
        filled[filled.argmin()] += sizes[i]
    return np.asarray(fold_of[circle], dtype=np.intp)
