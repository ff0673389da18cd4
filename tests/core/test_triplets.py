"""Points on a line, mostly: squared distances can be done in the head."""

from __future__ import annotations

import numpy as np
import pytest

from phototag.core import triplets
from phototag.core.triplets import learn_projection, objective, project, semi_hard, triplet_loss
from phototag.errors import UsageError

ANNA, BEN = 1, 2


def points(*xs: float) -> np.ndarray:
    return np.array([[x, 0.0] for x in xs], dtype=np.float32)


def people(*who: int) -> np.ndarray:
    return np.array(who, dtype=np.intp)


def noisy(seed: int, dim: int = 6) -> tuple[np.ndarray, np.ndarray]:
    """Two people who differ in the first component, six faces each, which otherwise are noise, of length 1."""
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal((12, dim))
    vectors[:, 0] = np.repeat([0.7, -0.7], 6)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), np.repeat([ANNA, BEN], 6)


# The loss


def test_a_negative_that_is_farther_by_the_margin_costs_nothing() -> None:
    assert triplet_loss(points(0), points(0.5), points(0.75), margin=0.2) == 0  # 0.25 - 0.5625 + 0.2 < 0


def test_what_is_missing_of_the_margin_is_the_cost() -> None:
    assert triplet_loss(points(0), points(0.5), points(0.6), margin=0.2) == pytest.approx(0.25 - 0.36 + 0.2)


def test_the_costs_add_up_and_do_not_pay_for_each_other() -> None:
    anchors, positives, negatives = points(0, 0, 0), points(0.5, 0.5, 0), points(0.5, 0.6, 9)
    assert triplet_loss(anchors, positives, negatives) == pytest.approx(0.2 + 0.09)


def test_no_triplets_cost_nothing() -> None:
    none = np.empty((0, 2), dtype=np.float32)
    assert triplet_loss(none, none, none) == 0


# Which triplets


def test_the_nearest_negative_between_the_positive_and_the_margin_is_taken() -> None:
    # from anna at 0: anna at 0.5 is 0.25 away; ben at 0.55 and 0.6 is 0.30 and 0.36 away, at 0.9 too far to teach
    vectors = points(0, 0.5, 0.9, 0.6, 0.55)
    assert [0, 1, 4] in semi_hard(vectors, people(ANNA, ANNA, BEN, BEN, BEN)).tolist()


def test_a_negative_nearer_than_the_positive_is_left_out() -> None:
    # from anna at 0, ben at 0.4 is nearer than anna at 0.5; from anna at 0.5 he is 0.01 away
    found = semi_hard(points(0, 0.5, 0.4), people(ANNA, ANNA, BEN))
    assert found.tolist() == []


def test_people_who_are_far_apart_have_nothing_to_teach() -> None:
    assert semi_hard(points(0, 0.1, 5, 5.1), people(ANNA, ANNA, BEN, BEN)).tolist() == []


def test_every_triplet_is_semi_hard() -> None:
    vectors, who = noisy(0)
    found = semi_hard(vectors, who)
    assert len(found)
    anchor, positive, negative = (vectors[column].astype(np.float64) for column in found.T)
    near, far = np.square(anchor - positive).sum(axis=1), np.square(anchor - negative).sum(axis=1)
    assert (near < far).all()
    assert (far < near + triplets.MARGIN).all()
    assert (who[found[:, 0]] == who[found[:, 1]]).all()
    assert (found[:, 0] != found[:, 1]).all()
    assert (who[found[:, 0]] != who[found[:, 2]]).all()


def test_blocks_of_anchors_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, who = noisy(1)
    whole = semi_hard(vectors, who)
    monkeypatch.setattr(triplets, "ANCHORS_AT_ONCE", 5)
    assert semi_hard(vectors, who).tolist() == whole.tolist()


def test_somebody_with_many_faces_has_a_few_positives_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(triplets, "MOST_POSITIVES", 2)
    vectors = points(*np.linspace(0, 0.05, 10), 0.2)
    found = semi_hard(vectors, people(*[ANNA] * 10, BEN))
    assert max(np.bincount(found[:, 0])) == 2


# What is learned


def test_the_gradient_is_that_of_the_value() -> None:
    vectors, who = noisy(2)
    wide, chosen = vectors.astype(np.float64), semi_hard(vectors, who)
    matrix = np.eye(6) + 0.1 * np.random.default_rng(3).standard_normal((6, 6))
    _, gradient = objective(matrix, wide, chosen, shrinkage=0.5)
    step, numeric = 1e-6, np.zeros_like(matrix)
    for place in np.ndindex(*matrix.shape):
        there, back = matrix.copy(), matrix.copy()
        there[place] += step
        back[place] -= step
        up, down = (objective(m, wide, chosen, shrinkage=0.5)[0] for m in (there, back))
        numeric[place] = (up - down) / (2 * step)
    assert np.abs(gradient).max() > 0.1
    np.testing.assert_allclose(gradient, numeric, atol=1e-6)


def test_at_the_identity_the_value_is_the_mean_loss() -> None:
    vectors, who = noisy(2)
    chosen = semi_hard(vectors, who)
    anchors, positives, negatives = (vectors[column].astype(np.float64) for column in chosen.T)
    value, _ = objective(np.eye(6), vectors.astype(np.float64), chosen)
    assert value == pytest.approx(triplet_loss(anchors, positives, negatives) / len(chosen))


def test_what_tells_people_apart_counts_more_afterwards() -> None:
    vectors, who = noisy(4)
    matrix = learn_projection(vectors, who, shrinkage=0.1)
    assert abs(matrix[0, 0]) > 1
    assert abs(matrix[0, 0]) > np.abs(np.diag(matrix)[1:]).max()
    new, who = noisy(5)  # other faces of the same two
    assert _share_nearest(project(new, matrix), who) > _share_nearest(new, who)


def _share_nearest(vectors: np.ndarray, who: np.ndarray) -> float:
    """How often the nearest other face is of the same person."""
    alike = vectors @ vectors.T - 9 * np.eye(len(who))
    return float((who[alike.argmax(axis=1)] == who).mean())


def test_strong_shrinkage_changes_nothing() -> None:
    vectors, who = noisy(4)
    np.testing.assert_allclose(learn_projection(vectors, who, shrinkage=1e6), np.eye(6), atol=1e-4)


def test_where_nothing_teaches_the_metric_stays_as_it_is() -> None:
    vectors = np.eye(4, dtype=np.float32)[[0, 0, 1, 1]]
    assert learn_projection(vectors, people(ANNA, ANNA, BEN, BEN)).tolist() == np.eye(4).tolist()


def test_the_same_faces_give_the_same_metric() -> None:
    vectors, who = noisy(6)
    assert learn_projection(vectors, who).tobytes() == learn_projection(vectors, who).tobytes()


def test_projected_vectors_have_length_1() -> None:
    vectors, _ = noisy(0)
    stretched = project(vectors, np.diag([3, 1, 1, 1, 1, 0.5]).astype(np.float32))
    np.testing.assert_allclose(np.linalg.norm(stretched, axis=1), 1, atol=1e-6)


@pytest.mark.parametrize("learn", [semi_hard, learn_projection])
def test_faces_of_one_person_teach_nothing(learn: object) -> None:
    assert callable(learn)
    with pytest.raises(UsageError, match="Name somebody else"):
        learn(points(0, 1), people(ANNA, ANNA))
