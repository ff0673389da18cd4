"""Faces are points on a circle, as in test_matching."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phototag.core import distance_table
from phototag.core.distance_table import DistanceTable, measure
from phototag.core.linkage import distances_to_group
from phototag.core.matching import distances_to_people
from phototag.core.vectors import distances
from tests.core.test_matching import chord, on_circle

ANNA, BEN = 1, 2


def table(
    faces: dict[str, float], known: dict[int, str], kept: DistanceTable | None = None, space: str = "toy"
) -> DistanceTable:
    """Faces are id -> degrees; known people are id -> letters of their faces."""
    ids = sorted(faces)
    references = {person: [ids.index(letter) for letter in sorted(letters)] for person, letters in known.items()}
    return measure(space, ids, on_circle(*(faces[face] for face in ids)), references, kept)


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[int, int]]]:
    """How many distances were computed: (faces, references) of each computation."""
    seen: list[tuple[int, int]] = []

    def watched(vectors: np.ndarray, references: list[np.ndarray]) -> np.ndarray:
        seen.extend((len(vectors), len(mine)) for mine in references if len(vectors))
        return distances_to_people(vectors, references)

    monkeypatch.setattr(distance_table, "distances_to_people", watched)
    return seen


FACES = {"a": 0.0, "b": 10.0, "c": 90.0, "d": 120.0}


def test_it_holds_the_distance_of_each_face_to_each_person() -> None:
    found = table(FACES, {BEN: "cd", ANNA: "a"})
    assert found.distances[0] == pytest.approx([chord(x) for x in (0, 10, 90, 120)], abs=1e-3)
    assert found.distances[1] == pytest.approx(
        [(chord(90) + chord(120)) / 2, (chord(80) + chord(110)) / 2, chord(30) / 2, chord(30) / 2], abs=1e-3
    )


def test_what_did_not_change_is_not_computed_again(computed: list[tuple[int, int]]) -> None:
    kept = table(FACES, {ANNA: "a", BEN: "c"})
    computed.clear()
    again = table(FACES, {ANNA: "a", BEN: "c"}, kept)
    assert computed == []
    assert again.equals(kept)
    assert np.array_equal(again.distances, kept.distances)


def test_only_a_person_with_other_references_is_computed(computed: list[tuple[int, int]]) -> None:
    kept = table(FACES, {ANNA: "a", BEN: "c"})
    computed.clear()
    assert not table(FACES, {ANNA: "a", BEN: "cd"}, kept).equals(kept)
    assert computed == [(4, 2)]


def test_only_a_face_that_came_is_computed(computed: list[tuple[int, int]]) -> None:
    kept = table(FACES, {ANNA: "a", BEN: "cd"})
    computed.clear()
    table(FACES | {"bb": 20.0}, {ANNA: "a", BEN: "cd"}, kept)
    assert computed == [(1, 1), (1, 2)]


def test_a_face_that_looks_otherwise_now_is_computed(computed: list[tuple[int, int]]) -> None:
    kept = table(FACES, {ANNA: "a", BEN: "cd"})
    computed.clear()
    table(FACES | {"b": 11.0}, {ANNA: "a", BEN: "cd"}, kept)
    assert computed == [(1, 1), (1, 2)]
    computed.clear()
    table(FACES | {"a": 1.0}, {ANNA: "a", BEN: "cd"}, kept)
    assert computed == [(4, 1), (1, 2)]  # everything changed for anna, whose reference it is


def test_nothing_is_taken_from_another_space(computed: list[tuple[int, int]]) -> None:
    kept = table(FACES, {ANNA: "a"})
    computed.clear()
    table(FACES, {ANNA: "a"}, kept, space="newer")
    assert computed == [(4, 1)]


def test_an_empty_table_is_of_no_use_and_no_harm() -> None:
    empty = table({}, {})
    assert empty.is_whole
    assert table(FACES, {ANNA: "a"}, empty).distances.shape == (1, 4)


@given(
    st.lists(
        st.tuples(
            st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from([0.0, 7.0, 31.0, 80.0]), min_size=3),
            st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from([1, 2, 3])),
        ),
        min_size=2,
        max_size=4,
    )
)
def test_kept_or_not_the_distances_are_the_same(states: list[tuple[dict[str, float], dict[str, int]]]) -> None:
    kept = None
    for faces, named in states:
        known = {who: "".join(f for f, w in named.items() if w == who and f in faces) for who in set(named.values())}
        known = {who: letters for who, letters in known.items() if letters}
        kept, fresh = table(faces, known, kept), table(faces, known)
        assert kept.is_whole
        assert kept.equals(fresh)
        assert np.allclose(kept.distances, fresh.distances, atol=1e-6)


def test_parts_that_do_not_fit_together_are_no_table() -> None:
    found = table(FACES, {ANNA: "a"})
    assert found.is_whole
    assert not replace(found, faces=found.faces[:3]).is_whole
    assert not replace(found, distances=found.distances.T).is_whole
    assert not replace(found, distances=found.distances.astype(np.float64)).is_whole
    assert not replace(found, digests=found.distances[0]).is_whole


def test_the_three_nearest_are_found_among_any_number() -> None:
    rng = np.random.default_rng(3)
    faces = on_circle(*rng.uniform(0, 360, 50))
    for n in (1, 2, 3, 4, 30):
        references = on_circle(*rng.integers(0, 12, n) * 30.0)  # many as near as others
        (found,) = distances_to_people(faces, [references])
        assert np.array_equal(found, distances_to_group(distances(faces, references)))
