"""Copies, and what is said of them."""

from __future__ import annotations

import pytest

from phototag.core.geometry import to_stored
from phototag.index import copies, faces, health, people, photos, spots
from phototag.index.db import Index, transaction
from phototag.index.spots import Spot
from phototag.types import Box, PhotoFile, Shown
from tests.index.conftest import LEFT, RIGHT, name, put_photo, refuse

BIG, SMALL = "aa" * 16, "bb" * 16


def link(index: Index, **originals: str) -> None:
    """Say which picture each is a copy of."""
    with transaction(index.db):
        copies.replace(index.db, dict(originals.items()))


def said(index: Index) -> list[tuple[str, str | None]]:
    """Where faces are listed, and who they are."""
    return [(face.path.decode(), face.person) for face in faces.faces(index.db)]


@pytest.fixture
def both(index: Index) -> tuple[str, str]:
    """The face on big.jpg, and the same one on its copy, which is not linked yet."""
    (big,), (small,) = put_photo(index, "big.jpg", BIG, [LEFT]), put_photo(index, "small.jpg", SMALL, [LEFT])
    return big, small


def test_a_copy_shares_the_faces_of_its_original(index: Index, both: tuple[str, str]) -> None:
    assert len(said(index)) == 2
    link(index, **{SMALL: BIG})
    assert said(index) == [("big.jpg", None)]
    assert [(file.path, file.photo, file.content) for file in faces.photos_on_disk(index.db)] == [
        (b"big.jpg", BIG, BIG), (b"small.jpg", BIG, SMALL)]  # fmt: skip


def test_what_was_said_of_the_copy_is_said_of_the_original(index: Index, both: tuple[str, str]) -> None:
    name(index, "anna", Spot(both[1], SMALL, LEFT))
    link(index, **{SMALL: BIG})
    assert said(index) == [("big.jpg", "anna")]
    assert {file.path for file in faces.photos_on_disk(index.db) if file.photo == BIG} == {b"big.jpg", b"small.jpg"}
    assert people.count_people(index.db)[0].faces == 1


def test_what_is_said_afterwards_binds_to_the_same_spot(index: Index, both: tuple[str, str]) -> None:
    name(index, "anna", Spot(both[1], SMALL, LEFT))
    link(index, **{SMALL: BIG})
    name(index, "ben", faces.faces(index.db)[0].spot)
    link(index)
    assert said(index) == [("big.jpg", None), ("small.jpg", "ben")]


def test_a_copy_that_is_none_any_more_has_its_own_words_again(index: Index, both: tuple[str, str]) -> None:
    name(index, "anna", Spot(both[0], BIG, LEFT))
    name(index, "ben", Spot(both[1], SMALL, LEFT))
    link(index, **{SMALL: BIG})
    assert said(index) == [("big.jpg", "anna")]
    link(index)
    assert said(index) == [("big.jpg", "anna"), ("small.jpg", "ben")]


def test_a_refusal_on_a_copy_counts(index: Index, both: tuple[str, str]) -> None:
    refuse(index, "anna", Spot(both[1], SMALL, LEFT))
    link(index, **{SMALL: BIG})
    assert [(label.face, label.verdict) for label in people.labels(index.db)] == [(both[0], "is_not")]


def test_a_copy_that_is_stored_turned_shares_what_was_said(index: Index) -> None:
    put_photo(index, "big.jpg", BIG, [LEFT])
    turned = to_stored(LEFT, 6)
    (small,) = put_photo(index, "small.jpg", SMALL, [turned])
    index.db.execute("UPDATE photos SET orientation = 6 WHERE hash = ?", (SMALL,))
    name(index, "anna", Spot(small, SMALL, turned))
    link(index, **{SMALL: BIG})
    assert said(index) == [("big.jpg", "anna")]
    (_, copy) = faces.photos_on_disk(index.db)
    assert copy.here(LEFT) == pytest.approx(turned)


def test_what_finds_no_face_on_the_original_keeps_its_own(index: Index) -> None:
    put_photo(index, "big.jpg", BIG, [LEFT])
    _, small = put_photo(index, "small.jpg", SMALL, [LEFT, RIGHT])
    name(index, "anna", Spot(small, SMALL, RIGHT))
    link(index, **{SMALL: BIG})
    assert [label.face for label in people.labels(index.db)] == [small]
    assert spots.found_again(index.db, BIG) == {small: small}


def test_an_index_with_copies_is_sound(index: Index, both: tuple[str, str]) -> None:
    name(index, "anna", Spot(both[1], SMALL, LEFT))
    link(index, **{SMALL: BIG})
    assert health.unbound(index.db) == []
    assert health.differences_from_journal(index.db) == []
    assert health.damage(index.db) == []


def test_a_photo_that_is_read_again_stays_a_copy(index: Index, both: tuple[str, str]) -> None:
    name(index, "anna", Spot(both[1], SMALL, LEFT))
    link(index, **{SMALL: BIG})
    put_photo(index, "moved.jpg", SMALL, [LEFT])
    put_photo(index, "big.jpg", BIG, [Box(0.11, 0.1, 0.31, 0.3)])
    assert said(index) == [("big.jpg", "anna")]
    assert {file.photo for file in faces.photos_on_disk(index.db)} == {BIG}


def test_a_photo_is_compared_once_until_it_is_read_again_or_comes_back(index: Index, both: tuple[str, str]) -> None:
    assert copies.uncompared(index.db, 1) == {BIG, SMALL}
    with transaction(index.db):
        copies.compared(index.db, [BIG, SMALL])
    assert copies.uncompared(index.db, 1) == set()
    put_photo(index, "small.jpg", SMALL, [LEFT])
    assert copies.uncompared(index.db, 1) == {SMALL}
    with transaction(index.db):
        photos.forget_files(index.db, [b"big.jpg"])
        photos.record_file(index.db, PhotoFile(b"back.jpg", 1, 1), BIG, Shown())
    assert copies.uncompared(index.db, 1) == {BIG, SMALL}


def test_originals_that_are_gone_and_their_copies_are_known(index: Index, both: tuple[str, str]) -> None:
    link(index, **{SMALL: BIG})
    assert copies.orphans(index.db) == set()
    with transaction(index.db):
        photos.forget_files(index.db, [b"big.jpg"])
    assert copies.orphans(index.db) == {BIG, SMALL}


def test_files_of_one_picture_are_listed_together(index: Index, both: tuple[str, str]) -> None:
    put_photo(index, "again.jpg", BIG, [LEFT])
    put_photo(index, "other.jpg", "cc" * 16, [LEFT])
    link(index, **{SMALL: BIG})
    assert [(copy.path, copy.is_same) for copy in copies.duplicates(index.db)] == [
        (b"again.jpg", True), (b"big.jpg", True), (b"small.jpg", False)]  # fmt: skip
