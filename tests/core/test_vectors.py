from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from phototag.core.vectors import distances, from_bytes, normalise, require_engine, to_bytes
from phototag.errors import EngineError
from phototag.types import Choice, Space, Thresholds

SPACE = Space(
    "ours", "0123456789ab", 128, "euclidean", "face+mirror", "f32", Thresholds(0.3, 2, 0.4, 0, 0.3, 0.2, 0.2, 0.3, 0.1)
)

shapes = hnp.array_shapes(min_dims=2, max_dims=2, max_side=6)


def random_rows(n: int, seed: int) -> np.ndarray:
    return normalise(np.random.default_rng(seed).standard_normal((n, 128)).astype(np.float32))


def test_a_vector_is_scaled_to_length_1() -> None:
    assert normalise(np.array([[3, 4], [0, -2]], dtype=np.float32)) == pytest.approx(np.array([[0.6, 0.8], [0, -1]]))


def test_a_vector_of_zeros_stays_zero() -> None:
    assert normalise(np.zeros((1, 3), dtype=np.float32)).tolist() == [[0, 0, 0]]


def test_a_single_vector_may_be_given_alone() -> None:
    assert normalise(np.array([3, 4], dtype=np.float32)) == pytest.approx(np.array([0.6, 0.8]))


def test_no_vectors_are_no_vectors() -> None:
    assert normalise(np.zeros((0, 128), dtype=np.float32)).shape == (0, 128)


@given(hnp.arrays(np.float32, shapes, elements=st.integers(-100, 100)))
def test_every_row_has_length_1_or_0_and_is_float32(rows: np.ndarray) -> None:
    scaled = normalise(rows)
    assert scaled.dtype == np.float32
    assert np.linalg.norm(scaled, axis=1) == pytest.approx(np.any(rows, axis=1).astype(float), abs=1e-5)


def test_distances_of_unit_vectors_are_straight_lines() -> None:
    east, north, west = [1, 0], [0, 1], [-1, 0]
    found = distances(np.array([east], dtype=np.float32), np.array([east, north, west], dtype=np.float32))
    assert found == pytest.approx(np.array([[0, 2**0.5, 2]]))


def test_distances_are_numpys() -> None:
    a, b = random_rows(20, seed=1), random_rows(30, seed=2)
    found = distances(a, b)
    assert found.dtype == np.float32
    assert found == pytest.approx(np.linalg.norm(a[:, None] - b[None], axis=2), abs=1e-5)


def test_equal_vectors_are_nearer_than_a_thousandth() -> None:
    rows = random_rows(200, seed=3)
    assert np.diag(distances(rows, rows)).max() < 1e-3


def test_bytes_of_a_vector_are_little_endian_floats() -> None:
    assert to_bytes(np.array([1, -2], dtype=np.float32)) == bytes.fromhex("0000803f 000000c0")


@given(hnp.arrays(np.float32, shapes, elements={"allow_nan": False}))
def test_vectors_come_back_from_bytes_unchanged(rows: np.ndarray) -> None:
    back = from_bytes([to_bytes(row) for row in rows], rows.shape[1])
    assert back.dtype == np.float32
    assert np.array_equal(back, rows)


def test_vectors_from_bytes_can_be_written_to() -> None:
    back = from_bytes([bytes(8)], 2)
    back[0, 0] = 1
    assert back.tolist() == [[1, 0]]


def test_no_bytes_are_no_vectors() -> None:
    assert from_bytes([], 128).shape == (0, 128)


@pytest.mark.parametrize("rows", [[bytes(8), bytes(12)], [bytes(7)], [bytes(12)]])
def test_bytes_of_another_length_are_refused(rows: list[bytes]) -> None:
    with pytest.raises(ValueError, match=r"reshape|multiple of element size"):
        from_bytes(rows, 2)


def test_the_engine_of_an_index_may_be_named_or_left_out() -> None:
    require_engine(SPACE, Choice("ours"))
    require_engine(SPACE, None)


def test_another_engine_is_refused_with_three_ways_out() -> None:
    with pytest.raises(EngineError) as refusal:
        require_engine(SPACE, Choice("theirs"))
    for words in (
        "described by ours",
        "theirs",
        "Leave --engine out",
        "phototag migrate --engine theirs",
        "--index DIR --engine theirs",
    ):
        assert words in str(refusal.value)


def test_new_thresholds_leave_a_space_the_same() -> None:
    recalibrated = replace(SPACE, thresholds=replace(SPACE.thresholds, strong=0.1))
    assert recalibrated == SPACE
    assert recalibrated.key == SPACE.key


@pytest.mark.parametrize(
    "change",
    [{"weights": "ba9876543210"}, {"dim": 512}, {"metric": "cosine"}, {"views": "face"}, {"precision": "bf16"}],
)
def test_what_shapes_a_vector_makes_another_space(change: dict[str, object]) -> None:
    assert replace(SPACE, **change).key != SPACE.key
