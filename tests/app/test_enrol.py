"""People are enrolled by photos that lie elsewhere, and known by them from then on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from phototag.app import enrol as enrolling
from phototag.app.enrolment import list_file, picture_file
from phototag.app.known import known_enrolments, known_people
from phototag.errors import UnknownError, UsageError
from tests.conftest import BLUE, GREEN, RED, Album, Command, draw_photo


def test_a_file_is_named_after_its_person(tmp_path: Path) -> None:
    draw_photo(tmp_path / "skuli.png", [RED])
    draw_photo(tmp_path / "Anna_Maria.jpg", [BLUE])
    found = enrolling.wanted([tmp_path], None)
    assert [(one.path.name, one.name) for one in found] == [("Anna_Maria.jpg", "Anna Maria"), ("skuli.png", "skuli")]


def test_a_folder_is_named_after_its_person(tmp_path: Path) -> None:
    for name in ("ann/IMG_1001.png", "ann/b.png", "bob/2.png"):
        draw_photo(tmp_path / name, [RED])
    found = enrolling.wanted([tmp_path], None)
    assert [(one.path.name, one.name) for one in found] == [("IMG_1001.png", "ann"), ("b.png", "ann"), ("2.png", "bob")]


def test_all_are_whom_one_says(tmp_path: Path) -> None:
    draw_photo(tmp_path / "IMG_1001.png", [RED])
    draw_photo(tmp_path / "x.png", [RED])
    assert {one.name for one in enrolling.wanted([tmp_path], " ann ")} == {"ann"}


@pytest.mark.parametrize("name", ["IMG_1234.png", "2021-05-01 12.30.00.png", "DSC00012.png", "PXL_20210101_1.png"])
def test_nobody_is_called_as_cameras_call_photos(tmp_path: Path, name: str) -> None:
    draw_photo(tmp_path / name, [RED])
    with pytest.raises(UsageError, match="--as NAME"):
        enrolling.wanted([tmp_path], None)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnknownError, match="no photo"):
        enrolling.wanted([tmp_path / "skuli.png"], None)
    with pytest.raises(UsageError, match="no photos in"):
        enrolling.wanted([tmp_path], None)


@pytest.fixture
def guests(tmp_path: Path) -> Path:
    """Photos of red and blue that lie outside the album."""
    folder = tmp_path / "guests"
    draw_photo(folder / "ann.png", ["#d80000"], (500, 400))
    draw_photo(folder / "bob.png", [BLUE], (400, 400))
    return folder


@pytest.fixture
def known(album: Album, guests: Path, phototag: Command) -> Album:
    """Red on two photos and blue on one, and both enrolled."""
    album.scan(r1=[RED], r2=["#d00000"], b=[BLUE], g=[GREEN])
    assert phototag("enroll", guests, "--library", album.root) == 0
    return album


def test_whoever_is_enrolled_is_found_at_once(known: Album) -> None:
    assert known.sources() == {"r1": "auto ann", "r2": "auto ann", "b": "auto bob", "g": None}


def test_an_enrolled_photo_counts_nowhere(known: Album) -> None:
    ann, bob = known_people(known.index)
    assert (ann.name, ann.faces, ann.photos, ann.confirmed) == ("ann", 2, 2, 0)
    assert (bob.name, bob.faces, bob.photos) == ("bob", 1, 1)
    assert b"guests" not in known.tags()


def test_enrolling_can_be_taken_back_and_put_back(known: Album, phototag: Command) -> None:
    known.close()
    assert phototag("undo", "--library", known.root) == 0
    assert set(known.sources().values()) == {None}
    assert known_enrolments(known.index) == []
    known.close()
    assert phototag("redo", "--library", known.root) == 0
    assert known.sources()["r1"] == "auto ann"


def test_who_is_enrolled_twice_is_enrolled_once(known: Album, guests: Path, phototag: Command) -> None:
    known.close()
    assert phototag("enroll", guests, "--library", known.root, "--json") == 0
    assert json.loads(phototag.out)["decision"] is None
    assert phototag("enroll", guests, "--library", known.root) == 0
    assert "enrolled already" in phototag.out
    assert len(known_enrolments(known.index)) == 2


def test_enrolment_outlives_scans(known: Album) -> None:
    known.close()
    known.scan(r3=["#e80000"])
    assert known.sources()["r3"] == "auto ann"
    assert len(known_enrolments(known.index)) == 2


def test_a_photo_that_is_gone_is_still_a_reference(known: Album, guests: Path) -> None:
    shutil.rmtree(guests)
    known.close()
    known.scan(r3=["#e80000"])
    assert known.sources()["r3"] == "auto ann"


def test_references_are_given_up(known: Album, phototag: Command) -> None:
    known.close()
    assert phototag("unenroll", "ANN", "--library", known.root) == 0
    assert "1 picture of ann" in phototag.out
    assert known.sources() == {"r1": None, "r2": None, "b": "auto bob", "g": None}
    assert [one.name for one in known_enrolments(known.index)] == ["bob"]
    known.close()
    assert phototag("undo", "--library", known.root) == 0
    assert known.sources()["r1"] == "auto ann"


def test_a_single_picture_is_given_up_by_its_hash(known: Album, phototag: Command) -> None:
    picture = next(one.photo for one in known_enrolments(known.index) if one.name == "bob")
    known.close()
    assert phototag("unenroll", picture[:8], "--library", known.root) == 0
    assert [one.name for one in known_enrolments(known.index)] == ["ann"]


def test_who_is_not_enrolled_cannot_be_given_up(known: Album, phototag: Command) -> None:
    known.name("gert", "g")
    known.close()
    assert phototag("unenroll", "gert", "--library", known.root) == 2
    assert "gert is not enrolled" in phototag.err
    assert phototag("unenroll", "nobody", "--library", known.root) == 2


def test_whoever_is_renamed_or_merged_takes_their_pictures_along(known: Album, phototag: Command) -> None:
    known.close()
    assert phototag("rename", "ann", "Ann B", "--library", known.root) == 0
    assert {one.name for one in known_enrolments(known.index)} == {"Ann B", "bob"}
    listed = [json.loads(line) for line in list_file(known.root / ".phototag").read_text().splitlines()]
    assert sorted(line["people"][0] for line in listed) == ["Ann B", "bob"]
    known.close()
    assert phototag("merge", "bob", "Ann B", "--library", known.root) == 0
    assert {one.name for one in known_enrolments(known.index)} == {"bob"}


def test_enrolment_outlives_the_index(known: Album, phototag: Command) -> None:
    known.close()
    (known.root / ".phototag" / "index.db").unlink()
    assert phototag("rebuild", known.root, "--engine", "fake") == 0
    assert known.sources() == {"r1": "auto ann", "r2": "auto ann", "b": "auto bob", "g": None}
    assert {one.name for one in known_enrolments(known.index)} == {"ann", "bob"}
    known.close()
    assert phototag("check", "--library", known.root) == 0


def test_no_command_forgets_who_is_enrolled(album: Album, guests: Path, phototag: Command) -> None:
    album.scan(g=[GREEN])
    assert phototag("enroll", guests, "--library", album.root) == 0
    (album.root / ".phototag" / "index.db").unlink()
    assert phototag("scan", album.root, "--engine", "fake") == 4
    assert "rebuild" in phototag.err


def test_an_index_with_people_who_are_enrolled_agrees_with_itself(known: Album, phototag: Command) -> None:
    known.close()
    assert phototag("check", "--library", known.root) == 0


def test_a_lost_picture_is_no_harm_as_long_as_the_engine_stays(known: Album) -> None:
    for one in known_enrolments(known.index):
        picture_file(known.index.folder, one.photo).unlink()
    known.close()
    known.scan(r3=["#e80000"])
    assert known.sources()["r3"] == "auto ann"


def test_a_photo_without_a_face_is_a_problem_and_the_others_are_enrolled(
    album: Album, guests: Path, phototag: Command
) -> None:
    album.scan(r1=[RED])
    draw_photo(guests / "nobody.png", [])
    assert phototag("enroll", guests, "--library", album.root) == 10
    assert "No face was found" in phototag.out
    assert album.sources() == {"r1": "auto ann"}


def test_a_crowd_is_refused_and_a_largest_face_is_taken(album: Album, guests: Path, phototag: Command) -> None:
    album.scan(r1=[RED])
    crowd = draw_photo(guests / "crowd.png", [RED, BLUE])
    assert phototag("enroll", crowd, "--library", album.root) == 2
    assert "2 faces on it" in phototag.err
    assert known_enrolments(album.index) == []


def test_nobody_is_enrolled_who_is_ignored(known: Album, guests: Path, phototag: Command) -> None:
    known.close()
    assert phototag("ignore", "ann", "--library", known.root) == 0
    assert phototag("enroll", guests / "ann.png", "--library", known.root) == 2
    assert "is ignored" in phototag.err


def test_enrolling_makes_an_index_where_a_library_is_named(tmp_path: Path, guests: Path, phototag: Command) -> None:
    (tmp_path / "Empty").mkdir()
    assert phototag("enroll", guests, "--library", tmp_path / "Empty", "--engine", "fake") == 0
    assert phototag("enrolled", "--library", tmp_path / "Empty", "--json") == 0
    assert [one["person"] for one in json.loads(phototag.out)["enrolled"]] == ["ann", "bob"]


def test_a_picture_is_of_one_person(known: Album, guests: Path, phototag: Command) -> None:
    known.close()
    assert phototag("enroll", guests / "ann.png", "--as", "cat", "--library", known.root) == 2
    assert "ann is enrolled by" in phototag.err
    assert {one.name for one in known_enrolments(known.index)} == {"ann", "bob"}


def test_two_cannot_be_enrolled_by_one_face_at_once(album: Album, guests: Path, phototag: Command) -> None:
    album.scan(r1=[RED])
    shutil.copy(guests / "ann.png", guests / "again.png")
    assert phototag("enroll", guests, "--library", album.root) == 2
    assert known_enrolments(album.index) == []


def test_enrolled_pictures_are_no_faces_of_the_ignored(known: Album, phototag: Command) -> None:
    known.close()
    assert phototag("ignore", "ann", "--library", known.root) == 0
    assert "0 faces, and 2 look-alikes" in phototag.out
    assert phototag("ignored", "--json", "--library", known.root) == 0
    (ann,) = json.loads(phototag.out)["ignored"]
    assert (ann["name"], ann["faces"], ann["alike"]) == ("ann", 0, 2)
