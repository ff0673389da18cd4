"""Faces here are points on a circle: anna at 0 degrees, ben at 90, chidi at 200."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import LinearSVC

from phototag.core import classifiers
from phototag.core.classifiers import CLASSIFIERS, METRICS, NEIGHBOURS, Linear, arrays, restored
from phototag.core.matching import Probe, score, suggest
from phototag.errors import UsageError
from tests.core.test_calibration import ANNA, BEN, CHIDI, THRESHOLDS, on_circle

FACES = on_circle(-6, 0, 6, 84, 90, 96, 194, 200, 206)
WHO = np.repeat([ANNA, BEN, CHIDI], 3)
ALL = {**CLASSIFIERS, **METRICS}
PROBES = on_circle(3, 93, 197, 40)


@pytest.mark.parametrize("name", ALL)
def test_each_tells_people_apart(name: str) -> None:
    answers = ALL[name](FACES, WHO, THRESHOLDS).answer(on_circle(3, 93, 197))
    assert answers.people.tolist() == [ANNA, BEN, CHIDI]


@pytest.mark.parametrize("name", ALL)
def test_each_is_surer_of_a_face_like_those_it_knows(name: str) -> None:
    model = ALL[name](FACES, WHO, THRESHOLDS)
    alike, between = model.answer(on_circle(0, 42)).scores
    assert alike < between


@pytest.mark.parametrize("name", [*METRICS, "logistic", "svm", "softmax"])
def test_what_learns_needs_two_people(name: str) -> None:
    with pytest.raises(UsageError, match="Name somebody else"):
        ALL[name](FACES[:3], WHO[:3], THRESHOLDS)


@pytest.mark.parametrize("name", ALL)
def test_two_people_are_enough(name: str) -> None:
    answers = ALL[name](FACES[:6], WHO[:6], THRESHOLDS).answer(on_circle(3, 93))
    assert answers.people.tolist() == [ANNA, BEN]


@pytest.mark.parametrize("name", ALL)
def test_kept_arrays_answer_as_before(name: str, tmp_path: Path) -> None:
    model = ALL[name](FACES, WHO, THRESHOLDS)
    np.savez(tmp_path / "model.npz", **arrays(model))
    with np.load(tmp_path / "model.npz", allow_pickle=False) as parts:
        again = restored(name, parts)
    before, after = model.answer(PROBES), again.answer(PROBES)
    assert (before.people.tolist(), before.scores.tolist()) == (after.people.tolist(), after.scores.tolist())


def test_nearest_is_the_rule_that_tags() -> None:
    answers = classifiers.nearest(FACES, WHO, THRESHOLDS).answer(PROBES)
    references = {person: FACES[person == WHO] for person in (ANNA, BEN, CHIDI)}
    found = suggest([Probe(f"{i}", f"{i}") for i in range(3)], PROBES[:3], references, THRESHOLDS)
    assert answers.people[:3].tolist() == [one.person for one in found]
    scores = [score(one.distance, one.runner_up_distance, THRESHOLDS) for one in found]
    np.testing.assert_allclose(answers.scores[:3], scores, atol=1e-6)


def test_somebody_alone_has_no_runner_up() -> None:
    answers = classifiers.nearest(FACES[:3], WHO[:3], THRESHOLDS).answer(on_circle(0))
    assert answers.people.tolist() == [ANNA]
    assert answers.scores[0] < 0


def test_a_learned_metric_is_used_on_both_sides() -> None:
    matrix = np.diag([1.0, 3.0]).astype(np.float32)
    model = classifiers.Nearest(FACES, WHO, np.array(0.1), matrix)
    own = classifiers.nearest(FACES, WHO, THRESHOLDS)
    assert model.answer(on_circle(10)).scores[0] > own.answer(on_circle(10)).scores[0]  # across, 10 degrees are farther


def blurred() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """60 faces of three people, and 40 others, in five dimensions: near enough to be mistaken."""
    rng = np.random.default_rng(0)
    who = np.repeat([ANNA, BEN, CHIDI], 20)
    middles = rng.standard_normal((4, 5))
    vectors = middles[who] + rng.standard_normal((60, 5))
    others = middles[rng.integers(1, 4, 40)] + rng.standard_normal((40, 5))
    length = lambda v: (v / np.linalg.norm(v, axis=1, keepdims=True)).astype(np.float32)  # noqa: E731
    return length(vectors), who, length(others)


def test_knn_votes_as_scikit_learn_does() -> None:
    vectors, who, others = blurred()
    theirs = KNeighborsClassifier(NEIGHBOURS, weights="distance").fit(vectors, who)
    answers = classifiers.knn(vectors, who, THRESHOLDS).answer(others)
    assert answers.people.tolist() == theirs.predict(others).tolist()
    np.testing.assert_allclose(answers.scores, theirs.kneighbors(others)[0][:, 0], atol=1e-5)


def test_softmax_has_the_shares_of_scikit_learn() -> None:
    vectors, who, others = blurred()
    theirs = LogisticRegression(C=classifiers.COST).fit(vectors, who)
    answers = classifiers.softmax(vectors, who, THRESHOLDS).answer(others)
    assert answers.people.tolist() == theirs.predict(others).tolist()
    np.testing.assert_allclose(np.exp(-answers.scores), theirs.predict_proba(others).max(axis=1), atol=1e-3)


def test_softmax_of_two_has_the_shares_of_scikit_learn() -> None:
    vectors, who, others = blurred()
    theirs = LogisticRegression(C=classifiers.COST).fit(vectors[:40], who[:40])
    answers = classifiers.softmax(vectors[:40], who[:40], THRESHOLDS).answer(others)
    np.testing.assert_allclose(np.exp(-answers.scores), theirs.predict_proba(others).max(axis=1), atol=1e-3)


def test_svm_decides_as_scikit_learn_does() -> None:
    vectors, who, others = blurred()
    theirs = LinearSVC(C=classifiers.COST, random_state=0).fit(vectors, who)
    answers = classifiers.svm(vectors, who, THRESHOLDS).answer(others)
    assert answers.people.tolist() == theirs.predict(others).tolist()


def test_softmax_is_sure_of_a_stranger_whom_one_against_all_doubts() -> None:
    # anna, ben and chidi lie around a circle; the stranger is off it, but a little nearer to anna than to the others
    lift = lambda flat, up: np.column_stack([flat, np.full(len(flat), up)]).astype(np.float32)  # noqa: E731
    known = lift(on_circle(-6, 0, 6, 114, 120, 126, 234, 240, 246), 0)
    stranger = np.array([[0.5, 0, -3]], dtype=np.float32)
    softmax, logistic = (CLASSIFIERS[name](known, WHO, THRESHOLDS).answer(stranger) for name in ("softmax", "logistic"))
    assert softmax.people.tolist() == logistic.people.tolist() == [ANNA]
    assert np.exp(-softmax.scores[0]) > 0.5
    assert 1 / (1 + np.exp(logistic.scores[0])) < np.exp(-softmax.scores[0])


def test_a_plane_behind_another_is_the_other_person() -> None:
    model = Linear(np.array([[1.0, 0.0], [-1.0, 0.0]]), np.zeros(2), np.array([ANNA, BEN]), np.array(False))
    answers = model.answer(on_circle(0, 180))
    assert answers.people.tolist() == [ANNA, BEN]
    np.testing.assert_allclose(answers.scores, [-1, -1])
