"""Faces are points on a circle: 17 degrees apart is just within a group, 23 within what is linked to one (0.40)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from hypothesis import given
from hypothesis import strategies as st

from phototag.core.splitting import TIGHTER, TRIES, parts
from tests.core.test_grouping import THRESHOLDS, on_circle, on_photo


def taken_apart(
    faces: dict[str, float], weak: Collection[str] = frozenset(), photos: Mapping[str, str] | None = None
) -> list[str]:
    """Each part as the names of its faces, for letters to be read as a word."""
    found = parts(list(faces), on_circle(list(faces.values())), THRESHOLDS, weak, photos)
    return ["".join(sorted(part)) for part in found]


def test_two_people_fall_apart_the_largest_part_first() -> None:
    assert taken_apart({"x": 90, "a": 0, "b": 10, "y": 100, "c": 20}) == ["abc", "xy"]


def test_people_whom_the_usual_limits_join_fall_apart_at_tighter_ones() -> None:
    assert taken_apart({"a": 0, "b": 3, "c": 18, "d": 21, "e": 24}) == ["cde", "ab"]


def test_they_fall_apart_at_the_widest_limits_at_which_they_do() -> None:
    """Not also c and d, which are as far apart as b and c are near."""
    assert taken_apart({"a": 0, "b": 6, "c": 30, "d": 42}) == ["ab", "cd"]


def test_three_people_are_three_parts() -> None:
    assert sorted(taken_apart({"a": 0, "b": 5, "m": 60, "n": 65, "x": 120, "y": 125})) == ["ab", "mn", "xy"]


def test_a_face_like_nobody_else_stays_where_there_are_two_groups() -> None:
    assert taken_apart({"a": 0, "b": 5, "c": 10, "x": 90, "y": 95, "l": 180}) == ["abc", "xy"]


def test_without_two_groups_the_faces_like_nobody_are_parts_one_by_one() -> None:
    assert taken_apart({"a": 0, "b": 5, "x": 90, "y": 180}) == ["ab", "x", "y"]


def test_two_strangers_are_two_parts() -> None:
    assert taken_apart({"a": 0, "x": 90}) == ["a", "x"]


def test_copies_hold_together_to_the_last() -> None:
    assert taken_apart({"a": 0, "b": 0, "c": 0}) == []


def test_one_face_or_none_does_not_fall_apart() -> None:
    assert taken_apart({"a": 0}) == []
    assert taken_apart({}) == []


def test_weak_faces_are_no_reason_to_fall_apart() -> None:
    assert taken_apart({"a": 0, "b": 0, "w": 120}, weak={"w"}) == []
    assert taken_apart({"a": 0, "w": 120}, weak={"w"}) == []


def test_two_faces_of_one_photo_are_two_parts() -> None:
    assert taken_apart({"a": 0, "b": 2, "c": 4, "d": 6}, photos=on_photo("ac", "bd")) in (["ab", "cd"], ["ad", "bc"])


def test_the_last_try_is_much_tighter_than_a_group() -> None:
    assert 0.25 < TIGHTER ** (TRIES - 1) < 0.5


@given(st.lists(st.floats(0, 360), max_size=8))
def test_there_are_two_parts_or_none_and_no_face_is_in_two(degrees: list[float]) -> None:
    faces = dict(zip("abcdefgh", degrees, strict=False))
    found = taken_apart(faces)
    assert len(found) != 1
    assert len("".join(found)) == len(set("".join(found)))
    assert set("".join(found)) <= faces.keys()
