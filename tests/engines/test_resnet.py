from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
import pytest

from phototag.core.geometry import intersection_over_union, match_boxes
from phototag.core.vectors import distances
from phototag.engines import alignment, pairs, registry, resnet
from phototag.engines.pairs import PairEngine
from phototag.types import Space
from tests.engines.conftest import FIVE, FRONTAL, SIX, TWO, sample

if TYPE_CHECKING:
    from phototag.types import Chips


def apart(a: np.ndarray, b: np.ndarray) -> float:
    """The greatest Euclidean distance between rows of the same number."""
    return float(np.linalg.norm(a - b, axis=1).max())


# Parity


def test_descriptors_are_dlibs(face_recognition: ModuleType, engine_on: PairEngine, chips: Chips) -> None:
    plain = np.ascontiguousarray(chips[:, 0])
    theirs = [face_recognition.api.face_encoder.compute_face_descriptor(chip) for chip in plain]
    assert apart(engine_on.embedder.descriptors(plain), np.array(theirs)) < 1e-4


def test_all_runtimes_find_the_same_faces(engine_on: PairEngine, engine: PairEngine) -> None:
    for path in (FIVE, TWO, FRONTAL):
        found, expected = engine_on.detect(sample(path).pixels), engine.detect(sample(path).pixels)
        assert len(found) == len(expected) == len(sample(path).boxes)
        for a, b in zip(found, expected, strict=True):
            assert intersection_over_union(a.box, b.box) > 0.99
            assert a.score == pytest.approx(b.score, abs=1e-3)
            assert np.array(a.landmarks) == pytest.approx(np.array(b.landmarks), abs=1e-4)


def test_all_runtimes_give_the_same_vectors(engine_on: PairEngine, engine: PairEngine, chips: Chips) -> None:
    assert apart(engine_on.embed(chips), engine.embed(chips)) < 1e-4


# Vectors


def test_a_vector_is_the_mean_over_the_views_at_length_1(engine: PairEngine, chips: Chips) -> None:
    assert chips.shape == (10, len(alignment.VIEWS), 150, 150, 3)
    each = np.stack(
        [engine.embedder.descriptors(np.ascontiguousarray(chips[:, view])) for view in range(chips.shape[1])]
    )
    mean = each.mean(axis=0)
    vectors = engine.embed(chips)
    assert vectors.dtype == np.float32
    assert apart(vectors, mean / np.linalg.norm(mean, axis=1, keepdims=True)) < 1e-5


def test_the_same_chips_give_the_same_vectors_bit_for_bit(engine_on: PairEngine, chips: Chips) -> None:
    assert np.array_equal(engine_on.embed(chips), engine_on.embed(chips))


def test_many_chips_are_described_as_each_by_itself(engine_on: PairEngine, chips: Chips) -> None:
    assert len(chips) > max(resnet.BATCHES)
    alone = np.concatenate([engine_on.embed(chip[None]) for chip in chips])
    assert apart(engine_on.embed(chips), alone) < 1e-5


def test_no_chips_have_no_vectors(engine: PairEngine) -> None:
    none = engine.align(sample(FIVE).pixels, [])
    assert engine.embed(none).shape == (0, 128)


def test_the_nearest_face_to_somebodys_is_another_of_theirs(engine: PairEngine) -> None:
    names, rows = [], []
    for photo in map(sample, (FIVE, TWO, FRONTAL, SIX)):
        found = [d for d in engine.detect(photo.pixels) if d.score > 0.9]
        pairs = match_boxes([d.box for d in found], list(photo.boxes.values()))
        names += [list(photo.boxes)[pairs[i]] for i in range(len(found))]
        rows.append(engine.embed(engine.align(photo.pixels, found)))
    table = distances(np.concatenate(rows), np.concatenate(rows))
    np.fill_diagonal(table, np.inf)
    nearest = [(name, names[i]) for name, i in zip(names, table.argmin(axis=1), strict=True) if names.count(name) > 1]
    assert sorted(nearest) == [
        (name, name) for name in ("Anna", "Anna", "Anna", "Ben", "Ben", "Hana", "Hana", "Ivo", "Ivo")
    ]


# The engine as a value


def test_vectors_live_in_a_space_that_names_what_made_them(engine_on: PairEngine) -> None:
    assert engine_on.space == Space(
        "mtcnn-resnet", "f89e6607c198", 128, "euclidean", "turned+zoomed+mirrored", "f32", resnet.THRESHOLDS
    )


def test_it_goes_to_another_process_as_its_settings(engine_on: PairEngine) -> None:
    assert len(pickle.dumps(engine_on)) < 1000
    assert pickle.loads(pickle.dumps(engine_on)) is engine_on


def test_the_registry_loads_the_same_engine(cache: Path, engine_on: PairEngine) -> None:
    assert registry.load("mtcnn-resnet", cache, threads=1, runtime=engine_on.runtime) is engine_on


def test_threads_that_share_it_do_not_disturb_each_other(cache: Path, runtime: str, chips: Chips) -> None:
    shared = pairs.load(cache, 2, runtime)
    pixels = [sample(path).pixels for path in (FIVE, TWO, FRONTAL)] * 3
    with ThreadPoolExecutor(2) as executor:
        found = list(executor.map(shared.detect, pixels))
        vectors = list(executor.map(lambda chip: shared.embed(chip[None]), chips))
    assert found == [shared.detect(each) for each in pixels]
    assert apart(np.concatenate(vectors), shared.embed(chips)) < 1e-5
