"""Three people on a line; some of their faces carry another's name."""

from __future__ import annotations

import numpy as np

from phototag.core.strays import strays
from phototag.core.vectors import normalise

ANN, BOB, GROUP, NOBODY = 0, 1, 2, -1


def people(kinds: list[int], truly: list[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Vectors and places by who the faces truly are; kinds and whether they are names by what is said."""
    noise = np.random.default_rng(0).normal(size=(len(truly), 8)) * 0.05
    vectors = normalise((np.eye(8)[np.array(truly, dtype=np.intp)] + noise).astype(np.float32))
    places = (np.array(truly)[:, None] * 0.3 + 0.1 + noise[:, :2] * 0.1).astype(np.float32)
    said = np.array(kinds, dtype=np.intp)
    return vectors, places, said, (said == ANN) | (said == BOB)


def test_a_face_among_those_of_another_name_is_a_stray() -> None:
    truly = [ANN] * 6 + [BOB] * 6
    said = [BOB, *truly[1:]]
    (found,) = strays(*people(said, truly), limit=0.6)
    assert (found.row, found.like) == (0, ANN)
    assert found.own > 1 > 0.6 > found.other


def test_a_face_among_those_of_a_group_is_a_stray() -> None:
    truly = [ANN] * 6 + [GROUP] * 6
    said = [*truly[:-1], ANN]
    (found,) = strays(*people(said, truly), limit=0.6)
    assert (found.row, found.like) == (11, GROUP)


def test_where_all_is_right_there_is_none() -> None:
    truly = [ANN] * 6 + [BOB] * 6 + [GROUP] * 6
    assert strays(*people(truly, truly), limit=0.6) == []


def test_a_wrong_place_alone_makes_no_stray() -> None:
    truly = [ANN] * 6 + [BOB] * 6
    vectors, places, said, named = people(truly, truly)
    places[0] = places[-1]
    assert strays(vectors, places, said, named, limit=0.6) == []


def test_two_strays_of_one_person_do_not_speak_for_each_other() -> None:
    truly = [ANN] * 10 + [BOB] * 6
    said = [BOB, BOB, BOB, *truly[3:]]
    assert {stray.row for stray in strays(*people(said, truly), limit=0.6)} == {0, 1, 2}


def test_of_few_faces_nothing_is_said() -> None:
    truly = [ANN] * 6 + [BOB] * 2
    said = [BOB, *truly[1:]]
    assert strays(*people(said, truly), limit=0.6) == []


def test_of_no_faces_nothing_is_said() -> None:
    assert strays(*people([], []), limit=0.6) == []
