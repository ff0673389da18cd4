from __future__ import annotations

from dataclasses import replace

import pytest

from phototag.errors import PhotoProblem
from phototag.index import faces, groups, people, photos, spaces
from phototag.index.db import GROUPED, TAGGED, Index, get_meta, set_meta, transaction
from phototag.index.spots import Spot
from phototag.types import Box, Cluster, Grade, PhotoFile, Shown, Sidecar, Suggestion
from tests.index.conftest import LEFT, NEWER, RIGHT, SPACE, name, put_photo


def test_a_photo_is_recorded_with_its_faces_and_vectors(index: Index) -> None:
    ids = put_photo(index, "a.jpg", "aa", [LEFT, RIGHT])
    assert photos.face_ids(index.db) == sorted(ids)
    assert photos.vectors_of(index.db, ids, 2).tolist() == [[1, 0], [1, 0]]
    assert photos.photos_of(index.db) == dict.fromkeys(ids, "aa")


def test_recording_a_photo_again_replaces_its_faces(index: Index) -> None:
    put_photo(index, "a.jpg", "aa", [LEFT, RIGHT])
    ids = put_photo(index, "a.jpg", "aa", [LEFT])
    assert photos.face_ids(index.db) == ids


def test_a_problem_takes_the_files_place_and_the_other_way_round(index: Index) -> None:
    put_photo(index, "a.jpg", "aa", [])
    file = PhotoFile(b"a.jpg", 7, 7)
    with transaction(index.db):
        photos.record_problem(index.db, file, "It is cut off.", lasting=True)
    assert photos.files(index.db) == {}
    assert photos.failed_files(index.db) == {b"a.jpg": file}
    assert photos.problems(index.db) == [PhotoProblem(b"a.jpg", "It is cut off.")]
    put_photo(index, "a.jpg", "aa", [])
    assert photos.problems(index.db) == []


def test_faces_of_a_file_that_is_gone_wait_for_it_but_take_no_part(index: Index) -> None:
    put_photo(index, "a.jpg", "aa", [LEFT])
    with transaction(index.db):
        photos.forget_files(index.db, [b"a.jpg"])
    assert photos.face_ids(index.db) == []
    assert faces.count_faces(index.db) == 0
    space_id = 1
    assert photos.is_analysed(index.db, "aa", 1, space_id)


def test_a_named_face_stays_a_reference_when_its_file_is_gone(index: Index) -> None:
    (face,) = put_photo(index, "a.jpg", "aa", [LEFT])
    name(index, "elon", Spot(face, "aa", LEFT))
    with transaction(index.db):
        photos.forget_files(index.db, [b"a.jpg"])
    assert photos.face_ids(index.db) == [face]


def test_a_name_follows_its_face_when_detection_finds_it_a_little_elsewhere(index: Index) -> None:
    (old,) = put_photo(index, "a.jpg", "aa", [LEFT])
    name(index, "elon", Spot(old, "aa", LEFT))
    (new, _) = put_photo(index, "a.jpg", "aa", [Box(0.13, 0.13, 0.33, 0.33), RIGHT])
    assert new != old
    assert [(label.face, label.person) for label in people.labels(index.db)] == [(new, 1)]


def test_a_name_whose_face_is_not_found_any_more_waits(index: Index) -> None:
    (old,) = put_photo(index, "a.jpg", "aa", [LEFT])
    name(index, "elon", Spot(old, "aa", LEFT))
    put_photo(index, "a.jpg", "aa", [RIGHT], NEWER)
    assert people.labels(index.db) == []
    put_photo(index, "a.jpg", "aa", [LEFT, RIGHT], NEWER)
    assert [label.face for label in people.labels(index.db)] == [old]
    assert people.count_people(index.db)[0].faces == 1


def test_a_missing_vector_is_an_error_and_not_a_gap(index: Index) -> None:
    with pytest.raises(KeyError):
        photos.vectors_of(index.db, ["nobody"], 2)


def test_a_space_comes_back_as_it_was(index: Index) -> None:
    assert spaces.current(index.db) is None
    with transaction(index.db):
        assert spaces.adopt(index.db, SPACE) == spaces.adopt(index.db, SPACE) == 1
        assert spaces.current(index.db) is None  # nothing has been looked at in it
    put_photo(index, "a.jpg", "aa", [])
    found = spaces.current(index.db)
    assert found == SPACE
    assert found is not None
    assert found.thresholds == SPACE.thresholds


def test_a_face_that_is_found_again_keeps_its_group_and_its_suggestion(index: Index) -> None:
    (left,) = put_photo(index, "a.jpg", "aa", [LEFT])
    name(index, "elon", Spot(*put_photo(index, "b.jpg", "bb", [LEFT]), "bb", LEFT))
    with transaction(index.db):
        groups.replace(index.db, [Cluster(4, (left,))])
        people.replace_suggestions(index.db, [Suggestion(left, 1, 0.1, None, None, Grade.STRONG)])
    put_photo(index, "a.jpg", "aa", [LEFT, RIGHT])
    assert groups.clusters(index.db) == {4: frozenset({left})}
    assert people.count_people(index.db)[0].faces == 2


def test_whatever_is_looked_at_again_is_grouped_and_tagged_again(index: Index) -> None:
    for key in (GROUPED, TAGGED):
        set_meta(index.db, key, b"evidence")
    put_photo(index, "a.jpg", "aa", [LEFT])
    assert get_meta(index.db, GROUPED) is get_meta(index.db, TAGGED) is None


def test_a_problem_that_may_pass_is_tried_again(index: Index) -> None:
    file = PhotoFile(b"a.jpg", 7, 7)
    with transaction(index.db):
        photos.record_problem(index.db, file, "The file cannot be read: Permission denied.", lasting=False)
    assert photos.failed_files(index.db)[b"a.jpg"] != file


def test_a_photo_turned_another_way_has_to_be_looked_at_again_unless_a_copy_is_there(index: Index) -> None:
    put_photo(index, "a.jpg", "aa", [])
    with transaction(index.db):
        assert photos.is_analysed(index.db, "aa", 6, 1)  # a.jpg is there, turned as it was looked at
        photos.forget_files(index.db, [b"a.jpg"])
    assert photos.is_analysed(index.db, "aa", 1, 1)
    assert not photos.is_analysed(index.db, "aa", 6, 1)


def test_sizes_of_photos_that_are_gone_are_still_known(index: Index) -> None:
    put_photo(index, "a.jpg", "aa", [])
    with transaction(index.db):
        photos.forget_files(index.db, [b"a.jpg"])
    assert photos.known_sizes(index.db) == {1000}


def test_thresholds_of_today_take_the_place_of_those_of_before(index: Index) -> None:
    put_photo(index, "a.jpg", "aa", [])
    put_photo(index, "b.jpg", "bb", [], replace(SPACE, thresholds=replace(SPACE.thresholds, group=0.25)))
    found = spaces.current(index.db)
    assert found == SPACE
    assert found is not None
    assert found.thresholds.group == 0.25


# A newer phototag describes faces in another Space


def test_the_newest_space_that_a_photo_was_described_in_is_the_current_one(index: Index) -> None:
    assert spaces.current_id(index.db) == 0
    put_photo(index, "a.jpg", "aa", [LEFT])
    with transaction(index.db):
        newer = spaces.adopt(index.db, NEWER)
    assert spaces.current(index.db) == SPACE  # nothing has been described in the other
    put_photo(index, "b.jpg", "bb", [], NEWER)
    assert spaces.current(index.db) == NEWER
    assert spaces.current_id(index.db) == newer
    put_photo(index, "c.jpg", "cc", [LEFT])
    assert spaces.current(index.db) == NEWER


def test_photos_that_were_described_otherwise_are_known_by_every_path(index: Index) -> None:
    put_photo(index, "a.jpg", "aa", [LEFT])
    put_photo(index, "copy-of-a.jpg", "aa", [LEFT])
    put_photo(index, "b.jpg", "bb", [], NEWER)
    old, new = 1, 2
    assert photos.described_otherwise(index.db, new) == {b"a.jpg", b"copy-of-a.jpg"}
    assert photos.described_otherwise(index.db, old) == {b"b.jpg"}
    put_photo(index, "copy-of-a.jpg", "aa", [LEFT], NEWER)
    assert photos.described_otherwise(index.db, new) == set()  # they are one picture


def test_photos_that_are_gone_need_not_be_described_again(index: Index) -> None:
    put_photo(index, "a.jpg", "aa", [LEFT])
    put_photo(index, "b.jpg", "bb", [], NEWER)
    with transaction(index.db):
        photos.forget_files(index.db, [b"a.jpg"])
    assert photos.described_otherwise(index.db, 2) == set()
    assert not photos.is_analysed(index.db, "aa", 1, 2)  # when it comes back it is


def test_only_faces_in_the_newest_space_take_part(index: Index) -> None:
    """Vectors of two Spaces have no distance, whatever was said of their faces."""
    (old,) = put_photo(index, "a.jpg", "aa", [LEFT])
    (named,) = put_photo(index, "b.jpg", "bb", [LEFT])
    name(index, "elon", Spot(named, "bb", LEFT))
    assert photos.face_ids(index.db) == sorted([old, named])
    (new,) = put_photo(index, "c.jpg", "cc", [LEFT], NEWER)
    assert photos.face_ids(index.db) == [new]
    put_photo(index, "b.jpg", "bb", [LEFT], NEWER)
    assert photos.face_ids(index.db) == sorted([new, named])
    assert faces.count_faces(index.db) == 3


def test_a_photo_that_is_described_again_keeps_its_faces_and_their_names(index: Index) -> None:
    ids = put_photo(index, "a.jpg", "aa", [LEFT, RIGHT])
    name(index, "elon", Spot(ids[0], "aa", LEFT))
    assert put_photo(index, "a.jpg", "aa", [LEFT, RIGHT], NEWER) == ids
    assert [label.face for label in people.labels(index.db)] == [ids[0]]
    found = index.db.execute("SELECT DISTINCT space_id FROM vectors").fetchall()
    assert found == [(2,)]


def test_a_file_is_known_with_its_sidecar_until_it_is_gone(index: Index) -> None:
    put_photo(index, "a.jpg", "aa", [])
    file = PhotoFile(b"a.jpg", 1000, 1, Sidecar(b"a.xmp", 5, 6))
    with transaction(index.db):
        photos.record_file(index.db, file, "aa", Shown(6))
    assert photos.files(index.db)[b"a.jpg"][0].sidecar == file.sidecar
    assert photos.turns(index.db) == {b"a.jpg": 6}
    with transaction(index.db):
        photos.record_sidecar(index.db, replace(file, sidecar=None))
        photos.record_sidecar(index.db, replace(file, sidecar=Sidecar(b"b.xmp", 5, 6)))
    assert photos.files(index.db)[b"a.jpg"][0].sidecar == Sidecar(b"b.xmp", 5, 6)
    with transaction(index.db):
        photos.record_file(index.db, file, "aa", Shown(6, is_turn_own=True))
    assert photos.turns(index.db) == {}
    with transaction(index.db):
        photos.forget_files(index.db, [b"a.jpg"])
    assert index.db.execute("SELECT count(*) FROM beside").fetchone() == (0,)


def test_a_sidecar_that_is_noted_makes_no_line_stale(index: Index) -> None:
    put_photo(index, "a.jpg", "aa", [])
    with transaction(index.db):
        index.db.execute("DELETE FROM stale_lines")
        photos.record_sidecar(index.db, PhotoFile(b"a.jpg", 1000, 1, Sidecar(b"a.xmp", 5, 6)))
    assert index.db.execute("SELECT count(*) FROM stale_lines").fetchone() == (0,)


def test_a_photo_that_was_turned_itself_is_no_copy_of_what_it_was(index: Index) -> None:
    put_photo(index, "a.jpg", "aa", [])
    assert not photos.is_analysed(index.db, "aa", 6, 1, lambda path: path != b"a.jpg")
    assert photos.is_analysed(index.db, "aa", 6, 1, lambda path: path != b"b.jpg")
