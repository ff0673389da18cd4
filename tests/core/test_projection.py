"""A map of toy faces: what is alike lies together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from phototag.core import projection
from phototag.core.projection import beside, project, representatives
from phototag.core.vectors import normalise


def unseen(items: Iterable[Any], **_: object) -> Iterable[Any]:
    return items


def blobs(each: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Three people of so many faces each, along three axes of eight."""
    kinds = np.repeat(np.arange(3), each)
    noise = np.random.default_rng(seed).normal(size=(3 * each, 8)) * 0.1
    return normalise((np.eye(8)[kinds] + noise).astype(np.float32)), kinds


def own_neighbours(places: np.ndarray, kinds: np.ndarray) -> float:
    """The share of faces whose nearest neighbour is of their kind."""
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    return float((kinds[apart.argmin(axis=1)] == kinds).mean())


def test_three_people_are_three_islands() -> None:
    vectors, kinds = blobs(20)
    places = project(vectors, kinds, unseen).places
    middles = np.stack([places[kinds == kind].mean(axis=0) for kind in range(3)])
    radius = max(np.linalg.norm(places[kinds == kind] - middles[kind], axis=1).max() for kind in range(3))
    between = min(np.linalg.norm(middles[a] - middles[b]) for a, b in [(0, 1), (0, 2), (1, 2)])
    assert between > radius
    assert own_neighbours(places, kinds) == 1


def test_the_same_faces_always_make_the_same_map() -> None:
    vectors, kinds = blobs(10)
    first, second = (project(vectors, kinds, unseen) for _ in range(2))
    np.testing.assert_array_equal(first.places, second.places)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 7])
def test_few_faces_have_places(n: int) -> None:
    vectors = normalise(np.random.default_rng(1).normal(size=(n, 8)).astype(np.float32))
    found = project(vectors, np.zeros(n, dtype=np.intp), unseen)
    assert found.places.shape == (n, 2)
    assert found.places.dtype == np.float32
    assert ((found.places >= 0) & (found.places <= 1)).all()
    assert found.is_laid_out.all()


@pytest.mark.parametrize("n", [2, 5, 60])
def test_faces_that_are_all_the_same_have_places(n: int) -> None:
    vectors = np.tile(np.eye(8, dtype=np.float32)[:1], (n, 1))
    places = project(vectors, np.zeros(n, dtype=np.intp), unseen).places
    assert ((places >= 0) & (places <= 1)).all()


def test_who_is_not_laid_out_is_put_beside_their_like(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection, "LAID_OUT", 45)
    vectors, kinds = blobs(40)
    found = project(vectors, kinds, unseen)
    assert found.is_laid_out.sum() == 45
    assert [int(found.is_laid_out[kinds == kind].sum()) for kind in range(3)] == [15, 15, 15]
    assert own_neighbours(found.places, kinds) == 1


def test_every_kind_is_laid_out_and_large_ones_more() -> None:
    kinds = np.array([7] * 100 + [3] * 25 + [-1] + [9])
    chosen = representatives(kinds, 17)
    counts = {kind: int((kinds[chosen] == kind).sum()) for kind in (7, 3, -1, 9)}
    assert counts == {7: 10, 3: 5, -1: 1, 9: 1}


def test_a_new_face_lies_among_those_it_is_like_and_not_between() -> None:
    vectors, kinds = blobs(20)
    places = project(vectors, kinds, unseen).places
    new, of = blobs(1, seed=5)
    found = beside(new, vectors, places)
    nearest = np.linalg.norm(found[:, None] - places[None], axis=2).argmin(axis=1)
    assert kinds[nearest].tolist() == of.tolist()


def test_a_face_on_an_empty_map_is_in_its_middle() -> None:
    empty = np.empty((0, 8), dtype=np.float32)
    found = beside(np.eye(8, dtype=np.float32)[:1], empty, np.empty((0, 2), dtype=np.float32))
    assert found.tolist() == [[0.5, 0.5]]
