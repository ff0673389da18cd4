"""Classifiers of faces: learned from the vectors of named faces, they say who a face may be and how sure they are.

Each answers with a person for any face, strangers included, so an answer is worth something only with a limit for its
score; `core.open_set` finds it. A model is arrays and nothing else: it is kept without pickling, and answers without
scikit-learn, which is needed to fit the linear ones only.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from phototag.core.matching import distances_to_people
from phototag.core.triplets import learn_projection, project, require_two
from phototag.core.vectors import distances

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phototag.types import Thresholds, Vectors

NEIGHBOURS = 5
"""Faces that vote in `knn`."""

COST = 100.0
"""scikit-learn's C for the linear classifiers. On half of LFW (27 to 146 people with 3 to 15 named photos, 2026-11), by
recall at a precision of 99 %, nothing that was tried from 1 to 1,000 is better for svm and logistic; softmax gains 1.5
points at 300. At 1 softmax names 3 % of the known faces: it is hardly surer of them than of strangers."""

ROUNDS = 1_000
"""Most iterations of scikit-learn's solvers."""

COEFFICIENTS = ("coef_", "intercept_")
"""Where scikit-learn keeps what was fitted."""


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Who n faces may be.

    Attributes:
        people: (n,) ids.
        scores: (n,) the smaller, the surer, as those of `core.matching`.
    """

    people: NDArray[np.intp]
    scores: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """phototag's own rule, `core.matching`: the mean of the three nearest references, less the gap to the runner-up.

    Attributes:
        vectors: (n, dim) references.
        people: (n,) whose they are.
        largest_gap: () of the Space's thresholds.
        matrix: (dim, dim), the learned metric in which distances are taken; (0, 0) for the Space's own.
    """

    vectors: NDArray[np.float32]
    people: NDArray[np.intp]
    largest_gap: NDArray[np.float64]
    matrix: NDArray[np.float32]

    def answer(self, vectors: Vectors) -> Answers:
        """Who faces (n, dim), rows of length 1, may be."""
        known, asked = self._seen(self.vectors), self._seen(vectors)
        people = np.unique(self.people)
        table = distances_to_people(asked, [known[self.people == person] for person in people]).astype(np.float64)
        order = np.argsort(table, axis=0, kind="stable")
        columns = np.arange(len(vectors))
        nearest = table[order[0], columns]
        gap = table[order[1], columns] - nearest if len(people) > 1 else np.inf
        return Answers(people[order[0]], nearest - np.minimum(self.largest_gap, gap))

    def _seen(self, vectors: Vectors) -> Vectors:
        return project(vectors, self.matrix) if self.matrix.size else vectors


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """The k nearest named faces vote, each by the inverse of its distance; the score is that of the nearest one.

    As in the example `face_recognition_knn.py` of the face_recognition package, which votes with scikit-learn's
    KNeighborsClassifier and takes nobody farther than a limit.

    Attributes:
        vectors: (n, dim) named faces.
        people: (n,) whose they are.
    """

    vectors: NDArray[np.float32]
    people: NDArray[np.intp]

    def answer(self, vectors: Vectors) -> Answers:
        """Who faces (n, dim), rows of length 1, may be."""
        apart = distances(vectors, self.vectors).astype(np.float64)
        nearest = np.argsort(apart, axis=1, kind="stable")[:, :NEIGHBOURS]
        near = np.take_along_axis(apart, nearest, axis=1)
        people, column = np.unique(self.people, return_inverse=True)
        votes = np.zeros((len(vectors), len(people)))
        np.add.at(votes, (np.arange(len(vectors))[:, None], column[nearest]), 1 / np.maximum(near, 1e-6))
        return Answers(people[votes.argmax(axis=1)], near[:, 0])


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """A plane for each person; the score is minus the value of the highest one.

    Attributes:
        weights: (people, dim).
        biases: (people,).
        people: (people,) ids.
        is_shared: () whether the values are the logarithms of shares that add up to one, whoever is asked for.
    """

    weights: NDArray[np.float64]
    biases: NDArray[np.float64]
    people: NDArray[np.intp]
    is_shared: NDArray[np.bool_]

    def answer(self, vectors: Vectors) -> Answers:
        """Who faces (n, dim), rows of length 1, may be."""
        values = vectors @ self.weights.T + self.biases
        if self.is_shared:
            highest = values.max(axis=1, keepdims=True)
            values = values - highest - np.log(np.exp(values - highest).sum(axis=1, keepdims=True))
        return Answers(self.people[values.argmax(axis=1)], -values.max(axis=1))


Model: TypeAlias = Nearest | Neighbours | Linear
"""What was learned: all its fields are arrays."""

Fit: TypeAlias = "Callable[[Vectors, NDArray[np.intp], Thresholds], Model]"
"""Vectors (n, dim) with rows of length 1, who each is (n,), thresholds of their Space -> a model."""


def nearest(vectors: Vectors, people: NDArray[np.intp], thresholds: Thresholds) -> Nearest:
    """Phototag's own rule; nothing is learned."""
    return Nearest(vectors, people, np.array(thresholds.largest_gap), np.empty((0, 0), dtype=np.float32))


def triplet(vectors: Vectors, people: NDArray[np.intp], thresholds: Thresholds) -> Nearest:
    """Phototag's own rule in a learned metric (`core.triplets`)."""
    return Nearest(vectors, people, np.array(thresholds.largest_gap), learn_projection(vectors, people))


def knn(vectors: Vectors, people: NDArray[np.intp], thresholds: Thresholds) -> Neighbours:
    """The nearest named faces vote; nothing is learned."""
    return Neighbours(vectors, people)


def logistic(vectors: Vectors, people: NDArray[np.intp], thresholds: Thresholds) -> Linear:
    """Logistic regression of each person against all others: a stranger may be unlikely to be anybody."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    require_two(people)
    with _quietly():
        fitted = OneVsRestClassifier(LogisticRegression(C=COST, max_iter=ROUNDS)).fit(vectors, people)
    weights, biases = (np.concatenate([getattr(one, part) for one in fitted.estimators_]) for part in COEFFICIENTS)
    return Linear(*_for_each(weights, biases), fitted.classes_, np.array(False))


def svm(vectors: Vectors, people: NDArray[np.intp], thresholds: Thresholds) -> Linear:
    """A linear support vector machine of each person against all others."""
    from sklearn.svm import LinearSVC

    require_two(people)
    with _quietly():
        fitted = LinearSVC(C=COST, max_iter=ROUNDS, random_state=0).fit(vectors, people)
    return Linear(*_for_each(fitted.coef_, fitted.intercept_), fitted.classes_, np.array(False))


def softmax(vectors: Vectors, people: NDArray[np.intp], thresholds: Thresholds) -> Linear:
    """Multinomial logistic regression: shares among the known people that add up to one, so a stranger is somebody."""
    from sklearn.linear_model import LogisticRegression

    require_two(people)
    with _quietly():
        fitted = LogisticRegression(C=COST, max_iter=ROUNDS).fit(vectors, people)
    weights, biases = _for_each(fitted.coef_, fitted.intercept_)
    half = 0.5 if len(fitted.coef_) == 1 else 1.0  # the plane between two is the difference of theirs
    return Linear(half * weights, half * biases, fitted.classes_, np.array(True))


@contextmanager
def _quietly() -> Iterator[None]:
    """scikit-learn warns of many people with few faces, and where it stops early: it is tried anyhow."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


def _for_each(
    weights: NDArray[np.float64], biases: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A plane for each person; of two people scikit-learn has only the second one's, and the other is behind it."""
    if len(weights) > 1:
        return weights, biases
    return np.concatenate([-weights, weights]), np.concatenate([-biases, biases])


CLASSIFIERS: Mapping[str, Fit] = {
    "nearest": nearest,
    "knn": knn,
    "logistic": logistic,
    "svm": svm,
    "softmax": softmax,
}
"""By name; `nearest` is what tags."""

METRICS: Mapping[str, Fit] = {"triplet": triplet}

NEED_SCIKIT_LEARN = frozenset({"logistic", "svm", "softmax"})

MODELS: Mapping[str, type[Model]] = {
    **dict.fromkeys(("nearest", "triplet"), Nearest),
    "knn": Neighbours,
    **dict.fromkeys(("logistic", "svm", "softmax"), Linear),
}
"""What each name's model is, for `restored`."""


def arrays(model: Model) -> dict[str, NDArray[Any]]:
    """All that a model is, by the names of its fields."""
    return {field.name: getattr(model, field.name) for field in fields(model)}


def restored(name: str, parts: Mapping[str, NDArray[Any]]) -> Model:
    """Undo `arrays`.

    Args:
        name: of the classifier or metric.
        parts: by the names of the model's fields.

    Raises:
        KeyError: there is no such classifier, or a part is missing.
    """
    kind = MODELS[name]
    return kind(**{field.name: parts[field.name] for field in fields(kind)})
