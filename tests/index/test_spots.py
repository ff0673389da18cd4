from __future__ import annotations

import pytest

from phototag.index.db import Index, transaction
from phototag.index.spots import Spot, boxes, rebind_all, settle
from phototag.types import Box
from tests.index.conftest import LEFT, RIGHT, put_photo


def moved(box: Box, by: float) -> Box:
    return box._replace(left=box.left + by, right=box.right + by)


def speak_of(index: Index, face: str, photo: str, box: Box) -> str:
    """The spot of a face of which something is said."""
    with transaction(index.db):
        return settle(index.db, Spot(face, photo, box))


def bindings(index: Index) -> dict[str, str]:
    return dict(index.db.execute("SELECT spot_id, face_id FROM bindings"))


def test_a_face_that_is_spoken_of_is_its_own_spot(index: Index) -> None:
    (face,) = put_photo(index, "a.jpg", "aa", [LEFT])
    assert speak_of(index, face, "aa", LEFT) == face
    assert speak_of(index, face, "aa", LEFT) == face
    assert boxes(index.db, "spots", "aa") == {face: LEFT}
    assert bindings(index) == {face: face}


def test_a_face_detected_a_little_elsewhere_lies_at_the_spot_of_before(index: Index) -> None:
    (before,) = put_photo(index, "a.jpg", "aa", [LEFT])
    speak_of(index, before, "aa", LEFT)
    (now,) = put_photo(index, "a.jpg", "aa", [moved(LEFT, 0.05)])
    assert bindings(index) == {before: now}
    assert speak_of(index, now, "aa", moved(LEFT, 0.05)) == before
    assert boxes(index.db, "spots", "aa") == {before: LEFT}


@pytest.mark.parametrize(("by", "is_found"), [(0.12, True), (0.13, False)])
def test_a_face_that_overlaps_too_little_is_another(index: Index, by: float, is_found: bool) -> None:
    """Boxes 0.2 wide: moved by 0.12, a quarter of both is common."""
    (before,) = put_photo(index, "a.jpg", "aa", [LEFT])
    speak_of(index, before, "aa", LEFT)
    (now,) = put_photo(index, "a.jpg", "aa", [moved(LEFT, by)])
    assert bindings(index) == ({before: now} if is_found else {})


def test_a_face_that_is_found_again_as_it_was_is_it(index: Index) -> None:
    (left,) = put_photo(index, "a.jpg", "aa", [LEFT])
    speak_of(index, left, "aa", LEFT)
    put_photo(index, "a.jpg", "aa", [moved(LEFT, 0.02), LEFT, RIGHT])
    assert bindings(index) == {left: left}


def test_of_two_faces_the_one_that_overlaps_most_is_it(index: Index) -> None:
    (before,) = put_photo(index, "a.jpg", "aa", [LEFT])
    speak_of(index, before, "aa", LEFT)
    (_, near) = put_photo(index, "a.jpg", "aa", [moved(LEFT, 0.08), moved(LEFT, -0.03)])
    assert bindings(index) == {before: near}


def test_the_same_place_on_another_photo_is_another_spot(index: Index) -> None:
    (face,) = put_photo(index, "a.jpg", "aa", [LEFT])
    speak_of(index, face, "aa", LEFT)
    (other,) = put_photo(index, "b.jpg", "bb", [LEFT])
    assert speak_of(index, other, "bb", LEFT) == other


def test_a_spot_that_finds_no_face_waits_for_one(index: Index) -> None:
    (before,) = put_photo(index, "a.jpg", "aa", [LEFT])
    speak_of(index, before, "aa", LEFT)
    put_photo(index, "a.jpg", "aa", [])
    assert bindings(index) == {}
    put_photo(index, "a.jpg", "aa", [LEFT])
    assert bindings(index) == {before: before}


def test_what_is_said_of_a_face_that_is_not_there_waits_too(index: Index) -> None:
    assert speak_of(index, "0" * 16, "aa", LEFT) == "0" * 16
    assert bindings(index) == {}
    (face,) = put_photo(index, "a.jpg", "aa", [LEFT])
    assert bindings(index) == {"0" * 16: face}


def test_all_faces_can_be_found_again(index: Index) -> None:
    (face,) = put_photo(index, "a.jpg", "aa", [LEFT])
    speak_of(index, face, "aa", LEFT)
    index.db.execute("DELETE FROM bindings")
    with transaction(index.db):
        rebind_all(index.db)
    assert bindings(index) == {face: face}
