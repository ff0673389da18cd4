from __future__ import annotations

from phototag.index import journal, photos, words
from phototag.index.db import Index, transaction
from phototag.index.draft import Draft
from phototag.index.journal import Kind
from phototag.index.spots import Spot
from phototag.index.words import Who, Word
from phototag.types import Box
from tests.index.conftest import LEFT, NEWER, RIGHT, put_photo

PHOTO = "aa"


def test_what_was_said_is_told_photo_by_photo_from_left_to_right(index: Index) -> None:
    left, right = (
        Spot(id_, PHOTO, box)
        for id_, box in zip(put_photo(index, "a.jpg", PHOTO, [LEFT, RIGHT]), [LEFT, RIGHT], strict=True)
    )
    put_photo(index, "b.jpg", "bb", [LEFT])
    with transaction(index.db):
        draft = Draft(index.db)
        draft.name(right, draft.person("ann"))
        draft.refuse(right, draft.somebody(7))
        draft.refuse(right, draft.person("bob"))
        draft.no_face(left)
        journal.decide(index.db, Kind.NAME, {}, draft, 1)
    assert words.by_photo(index.db) == {
        PHOTO: [
            Word(left, True, False, None, ()),
            Word(right, True, True, Who("ann"), (Who(None, 7), Who("bob"))),
        ]
    }


def test_a_word_is_where_the_face_is_now(index: Index) -> None:
    (face,) = put_photo(index, "a.jpg", PHOTO, [LEFT])
    with transaction(index.db):
        draft = Draft(index.db)
        draft.name(Spot(face, PHOTO, LEFT), draft.person("ann"))
        journal.decide(index.db, Kind.NAME, {}, draft, 1)
    moved = Box(0.15, 0.12, 0.33, 0.32)
    (other,) = put_photo(index, "a.jpg", PHOTO, [moved])
    assert other != face
    assert words.by_photo(index.db)[PHOTO][0].spot == Spot(other, PHOTO, moved)


def test_a_word_waits_where_no_face_is_found_or_the_photo_is_away(index: Index) -> None:
    for path, photo in (("a.jpg", "aa"), ("b.jpg", "bb"), ("c.jpg", "cc")):
        (face,) = put_photo(index, path, photo, [LEFT])
        with transaction(index.db):
            draft = Draft(index.db)
            draft.name(Spot(face, photo, LEFT), draft.person("ann"))
            journal.decide(index.db, Kind.NAME, {}, draft, 1)
    put_photo(index, "b.jpg", "bb", [RIGHT], NEWER)
    with transaction(index.db):
        photos.forget_files(index.db, [b"c.jpg"])
    assert words.waiting(index.db) == [("bb", True), ("cc", False)]
    assert [word.is_found for word in words.by_photo(index.db)["bb"]] == [False]


def test_what_was_taken_back_is_not_told(index: Index) -> None:
    (face,) = put_photo(index, "a.jpg", PHOTO, [LEFT])
    with transaction(index.db):
        draft = Draft(index.db)
        draft.name(Spot(face, PHOTO, LEFT), draft.person("ann"))
        number = journal.decide(index.db, Kind.NAME, {}, draft, 1)
        assert number is not None
        journal.undo(index.db, number, 2)
    assert words.by_photo(index.db) == {}
