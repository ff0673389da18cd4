"""Faces are points on a circle, given in whole degrees, or on a sphere. Limits lie half a degree between them, so that
no rounding decides."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.cluster import DBSCAN

from phototag.core import density
from phototag.core.density import components, dbscan, leaders, near_pairs
from phototag.core.vectors import distances, normalise


def on_circle(*degrees: float) -> np.ndarray:
    radians = np.deg2rad(degrees)
    return np.stack([np.cos(radians), np.sin(radians)], axis=1).astype(np.float32).reshape(-1, 2)


def on_sphere(n: int, seed: int) -> np.ndarray:
    return normalise(np.random.default_rng(seed).standard_normal((n, 3)).astype(np.float32))


def chord(degrees: float) -> float:
    return float(2 * np.sin(np.deg2rad(degrees) / 2))


def groups(labels: np.ndarray) -> set[frozenset[int]]:
    """Rows by label, noise left out."""
    return {frozenset(np.flatnonzero(labels == label).tolist()) for label in set(labels.tolist()) - {-1}}


def as_sklearn(vectors: np.ndarray, eps: float, min_samples: int) -> None:
    """Compare with scikit-learn, which gives a border point to any of its cores."""
    ours = dbscan(vectors, eps, min_samples)
    theirs = DBSCAN(eps=eps, min_samples=min_samples).fit(vectors)
    core = theirs.core_sample_indices_
    assert groups(ours[core]) == groups(theirs.labels_[core])
    assert np.array_equal(ours < 0, theirs.labels_ < 0)
    for row in set(np.flatnonzero(ours >= 0).tolist()) - set(core.tolist()):
        apart = np.linalg.norm(vectors[core] - vectors[row], axis=1)
        assert ours[row] in ours[core[apart < apart.min() + 1e-3]]


# Pairs


def test_pairs_are_all_that_are_near_and_each_comes_once() -> None:
    ((i, j),) = near_pairs(on_circle(0, 90, 10, 95, 20), chord(10.5))
    assert list(zip(i.tolist(), j.tolist(), strict=True)) == [(0, 2), (1, 3), (2, 4)]


def test_faces_as_far_apart_as_the_limit_are_near() -> None:
    east_and_west = np.array([[1, 0], [-1, 0]], dtype=np.float32)
    assert [len(i) for i, _ in near_pairs(east_and_west, 2.0)] == [1]
    assert [len(i) for i, _ in near_pairs(east_and_west, 1.999)] == [0]


@pytest.mark.parametrize("rows_at_once", [1, 2, 3, 7, 20])
def test_blocks_of_any_size_have_the_same_pairs_in_order(rows_at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, limit = on_sphere(20, seed=3), 0.8
    monkeypatch.setattr(density, "ROWS_AT_ONCE", rows_at_once)
    blocks = list(near_pairs(vectors, limit))
    found = [pair for i, j in blocks for pair in zip(i.tolist(), j.tolist(), strict=True)]
    apart = np.linalg.norm(vectors[:, None] - vectors[None], axis=2)
    expected = [(i, j) for i in range(20) for j in range(i + 1, 20) if apart[i, j] <= limit]
    assert len(expected) > 20
    assert sorted(found) == expected
    assert [i for i, _ in found] == [i for i, _ in expected]
    assert len(blocks) == -(-20 // rows_at_once)


# Components


def test_whoever_is_near_one_is_with_all() -> None:
    assert components(on_circle(0, 100, 10, 20, 110, 200), chord(10.5)).tolist() == [0, 1, 0, 0, 1, 2]


def test_components_are_numbered_by_their_first_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(density, "ROWS_AT_ONCE", 2)  # 0 and 2 meet only in the last block, by way of 3
    assert components(on_circle(0, 100, 20, 200, 10, 105), chord(10.5)).tolist() == [0, 1, 0, 2, 0, 1]


def test_nobody_has_no_components() -> None:
    assert components(on_circle(), 0.3).tolist() == []


@settings(max_examples=40)
@given(st.lists(st.integers(0, 359), max_size=30), st.integers(0, 30), st.integers(1, 8))
def test_components_are_dbscan_where_everybody_is_core(degrees: list[int], limit: int, rows_at_once: int) -> None:
    vectors, eps = on_circle(*degrees), chord(limit + 0.5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(density, "ROWS_AT_ONCE", rows_at_once)
        labels = components(vectors, eps)
    assert labels.tolist() == (DBSCAN(eps=eps, min_samples=1).fit(vectors).labels_.tolist() if degrees else [])


# Leaders


def test_a_chain_has_a_new_leader_where_it_has_drifted_too_far() -> None:
    assert leaders(on_circle(0, 5, 10, 15, 20, 25), chord(10.5)).tolist() == [0, 0, 0, 3, 3, 3]


def test_of_two_leaders_the_first_is_followed_not_the_nearest() -> None:
    assert leaders(on_circle(0, 12, 10), chord(10.5)).tolist() == [0, 1, 0]


def test_nobody_follows_a_follower() -> None:
    assert leaders(on_circle(0, 10, 20, 200), chord(10.5)).tolist() == [0, 0, 2, 3]
    assert leaders(on_circle(), chord(10.5)).tolist() == []


@settings(max_examples=40)
@given(st.lists(st.integers(0, 120), max_size=30), st.integers(0, 30), st.integers(1, 8))
def test_leaders_are_those_that_come_one_by_one(degrees: list[int], limit: int, rows_at_once: int) -> None:
    led: list[int] = []
    for row, here in enumerate(degrees):
        led.append(next((i for i in range(row) if led[i] == i and abs(degrees[i] - here) <= limit), row))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(density, "ROWS_AT_ONCE", rows_at_once)
        assert leaders(on_circle(*degrees), chord(limit + 0.5)).tolist() == led


# DBSCAN


def test_a_face_with_enough_neighbours_is_core_and_takes_them_along() -> None:
    assert dbscan(on_circle(0, 10, 20, 100, 110, 200), chord(10.5), 3).tolist() == [0, 0, 0, -1, -1, -1]
    assert dbscan(on_circle(0, 10, 20, 100, 110, 200), chord(10.5), 2).tolist() == [0, 0, 0, 1, 1, -1]


def test_a_border_face_is_no_bridge_and_goes_to_the_nearest_core() -> None:
    left, right = (-6, -4, -2, 0), (19, 21, 23, 25)
    labels = dbscan(on_circle(*left, 10, *right), chord(10.5), 4)
    assert labels.tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 1]
    labels = dbscan(on_circle(*left, 9, *right), chord(10.5), 4)
    assert labels.tolist() == [0, 0, 0, 0, 0, 1, 1, 1, 1]


def test_a_face_near_a_border_face_alone_is_noise() -> None:
    assert dbscan(on_circle(0, 2, 4, 6, 16, 26), chord(10.5), 4).tolist() == [0, 0, 0, 0, 0, -1]


def test_where_nobody_has_enough_neighbours_all_is_noise() -> None:
    assert dbscan(on_circle(0, 10, 100, 110), chord(10.5), 3).tolist() == [-1] * 4
    assert dbscan(on_circle(), chord(10.5), 2).tolist() == []


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 359), min_size=1, max_size=30),
    st.integers(0, 30),
    st.integers(1, 6),
    st.integers(1, 8),
)
def test_on_a_circle_it_is_scikit_learns_dbscan(
    degrees: list[int], eps: int, min_samples: int, rows_at_once: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(density, "ROWS_AT_ONCE", rows_at_once)
        as_sklearn(on_circle(*degrees), chord(eps + 0.5), min_samples)


@settings(max_examples=40)
@given(st.integers(1, 80), st.integers(0, 9999), st.floats(0.05, 1), st.integers(2, 6), st.integers(1, 40))
def test_on_a_sphere_it_is_scikit_learns_dbscan(
    n: int, seed: int, eps: float, min_samples: int, rows_at_once: int
) -> None:
    vectors = on_sphere(n, seed)
    assume(np.abs(distances(vectors, vectors) - eps).min() > 1e-4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(density, "ROWS_AT_ONCE", rows_at_once)
        as_sklearn(vectors, eps, min_samples)
