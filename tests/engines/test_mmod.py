from __future__ import annotations

import functools
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
import pytest

from phototag.core.geometry import box_in_pixels, box_within, intersection_over_union, match_boxes
from phototag.engines import mmod
from phototag.engines.mmod import Mmod
from phototag.types import Box
from tests.engines.conftest import FRONTAL, PROFILE, TWO, sample

if TYPE_CHECKING:
    from phototag.types import Pixels

MARGIN = 60
"""Pixels around the faces that are searched: dlib's detector takes seconds for a whole photo."""


@pytest.fixture
def detector(cache: Path, runtime: str) -> Mmod:
    return mmod.load(cache, threads=1, runtime=runtime)


@functools.cache
def around_faces(path: str) -> Pixels:
    """The part of a photo that its faces are in."""
    photo = sample(path)
    height, width = photo.pixels.shape[:2]
    lefts, tops, rights, bottoms = zip(*photo.boxes.values(), strict=True)
    around = Box(min(lefts), min(tops), max(rights), max(bottoms))
    left, top, right, bottom = box_in_pixels(around, width, height)
    cut = photo.pixels[max(0, top - MARGIN) : bottom + MARGIN, max(0, left - MARGIN) : right + MARGIN]
    return np.ascontiguousarray(cut)


@functools.cache
def dlibs_boxes(face_recognition: ModuleType, path: str) -> list[Box]:
    """What dlib's own detector finds there, once for both runtimes."""
    pixels = around_faces(path)
    height, width = pixels.shape[:2]
    return [
        box_within(left / width, top / height, right / width, bottom / height)
        for top, right, bottom, left in face_recognition.face_locations(pixels, 0, "cnn")
    ]


@pytest.mark.parametrize("path", [TWO, PROFILE, FRONTAL])
def test_it_finds_the_faces_that_dlib_finds(detector: Mmod, face_recognition: ModuleType, path: str) -> None:
    theirs = dlibs_boxes(face_recognition, path)
    found = detector.detect(around_faces(path))
    assert len(found) == len(theirs) == len(sample(path).boxes)
    assert len(match_boxes([d.box for d in found], theirs)) == len(theirs)


def test_its_scores_are_above_one_half_and_it_knows_no_landmarks(detector: Mmod) -> None:
    (found,) = detector.detect(around_faces(PROFILE))
    assert 0.5 < found.score <= 1
    assert found.landmarks == ()


def test_all_runtimes_find_the_same(detector: Mmod, cache: Path) -> None:
    found = detector.detect(around_faces(FRONTAL))
    expected = mmod.load(cache, threads=1).detect(around_faces(FRONTAL))
    assert [d.score for d in found] == pytest.approx([d.score for d in expected], abs=1e-4)
    for a, b in zip(found, expected, strict=True):
        assert intersection_over_union(a.box, b.box) > 0.99


@pytest.mark.parametrize("size", [(1, 1), (79, 500), (80, 80), (200, 90)])
def test_a_picture_of_nothing_has_no_faces(detector: Mmod, size: tuple[int, int]) -> None:
    assert detector.detect(np.full((*size, 3), 128, dtype=np.uint8)) == []
