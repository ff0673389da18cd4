from __future__ import annotations

import pytest
from PIL import Image

from phototag.app import correct
from phototag.app.name import name_cluster
from phototag.app.splits import Proposal, draw, listed, propose
from phototag.app.subject import require_subject
from phototag.errors import LibraryError, UsageError
from tests.conftest import BLUE, DARK_RED, GREEN, PALE_RED, RED, Album

AT = 5


@pytest.fixture
def mixed(album: Album) -> Album:
    """Group 1, whom somebody merged by mistake: three red ones, two blue ones."""
    album.scan(red1=[RED], red2=[RED], red3=[RED], blue1=[BLUE], blue2=[BLUE])
    correct.merge(album.index, ["1", "2"], AT)
    return album


def told(proposal: Proposal) -> tuple[list[str], list[list[str]]]:
    """Photos of the faces that stay, and of each part that leaves."""
    stay, *leave = (
        sorted(face.path.decode().removesuffix(".png") for face in faces) for faces in (proposal.stay, *proposal.leave)
    )
    return stay, leave


def test_the_largest_part_is_proposed_to_stay(mixed: Album) -> None:
    proposal = propose(mixed.index, require_subject(mixed.index, "1"))
    assert told(proposal) == (["red1", "red2", "red3"], [["blue1", "blue2"]])


def test_a_proposal_changes_nothing(mixed: Album) -> None:
    before = mixed.tags(), mixed.groups()
    propose(mixed.index, require_subject(mixed.index, "1"))
    assert (mixed.tags(), mixed.groups()) == before


def test_several_people_are_several_parts(album: Album) -> None:
    album.scan(red1=[RED], red2=[RED], red3=[RED], blue1=[BLUE], blue2=[BLUE], green1=[GREEN], green2=[GREEN])
    correct.merge(album.index, ["1", "2", "3"], AT)
    stay, leave = told(propose(album.index, require_subject(album.index, "1")))
    assert (stay, sorted(leave)) == (["red1", "red2", "red3"], [["blue1", "blue2"], ["green1", "green2"]])


def test_two_looks_of_somebody_who_was_named_are_proposed(album: Album) -> None:
    album.scan(dark=[DARK_RED], pale1=[PALE_RED], pale2=[PALE_RED])
    album.name("elon", "dark", "pale1", "pale2")
    assert told(propose(album.index, require_subject(album.index, "elon"))) == (["pale1", "pale2"], [["dark"]])


def test_faces_that_hold_together_are_said_to_do_so(album: Album) -> None:
    album.scan(red1=[RED], red2=[RED])
    with pytest.raises(UsageError) as caught:
        propose(album.index, require_subject(album.index, "1"))
    assert str(caught.value) == (
        "The faces of group 1 hold together. Nothing was changed. See them: phototag faces --cluster 1, and say which "
        "ones are somebody else: phototag split 1 FACE..."
    )


def test_a_list_may_name_a_face_twice_and_by_its_beginning(mixed: Album) -> None:
    face = mixed.face("blue1").id
    proposal = listed(mixed.index, require_subject(mixed.index, "1"), [face, face[:12].upper()])
    assert told(proposal) == (["blue2", "red1", "red2", "red3"], [["blue1"]])


def test_faces_of_somebody_else_are_refused(mixed: Album) -> None:
    mixed.scan(green=[GREEN])
    face = mixed.face("green").id
    with pytest.raises(UsageError) as caught:
        listed(mixed.index, require_subject(mixed.index, "1"), [mixed.face("red1").id, face])
    assert str(caught.value) == (
        f"Face {face} is not one of group 1. Nothing was changed. See those: phototag faces --cluster 1"
    )


def test_the_picture_has_a_row_for_each_part(mixed: Album) -> None:
    subject = require_subject(mixed.index, "1")
    path = draw(mixed.index, subject, propose(mixed.index, subject))
    assert path == mixed.root / ".phototag" / "split.jpg"
    with Image.open(path) as picture:
        above = picture.crop((0, 0, picture.width, picture.height // 2)).convert("RGB").getcolors(1 << 24)
        below = picture.crop((0, picture.height // 2, *picture.size)).convert("RGB").getcolors(1 << 24)
    assert (
        sum(n for n, (r, _, b) in above if r > 180 and b < 60) > 9000 > sum(n for n, (r, _, b) in above if b > 180 > r)
    )
    assert sum(n for n, (r, _, b) in below if b > 180 and r < 60) > 9000


def test_a_picture_that_cannot_be_written_is_said_to_be_so(mixed: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    subject = require_subject(mixed.index, "1")
    monkeypatch.setattr("phototag.files.os.fsync", full)
    with pytest.raises(LibraryError, match="No space left"):
        draw(mixed.index, subject, propose(mixed.index, subject))


def test_two_faces_of_a_collage_need_not_be_two_people(album: Album) -> None:
    album.scan(mirror=[RED, RED], red=[RED])
    album.name("elon", "red")
    correct.move(album.index, [album.face("mirror", 0).id, album.face("mirror", 1).id], "elon", AT)
    assert len(propose(album.index, require_subject(album.index, "elon")).leave) == 1
    correct.collage(album.index, "mirror.png", AT)
    with pytest.raises(UsageError, match="hold together"):
        propose(album.index, require_subject(album.index, "elon"))


def test_a_person_of_one_face_is_not_split(album: Album) -> None:
    album.scan(red1=[RED], red2=[RED], blue=[BLUE])
    album.name("elon", "blue")
    with pytest.raises(UsageError, match="hold together"):
        propose(album.index, require_subject(album.index, "elon"))
    name_cluster(album.index, 1, "ann", AT)
    with pytest.raises(UsageError, match="some must stay"):
        subject = require_subject(album.index, "elon")
        correct.split(album.index, subject, listed(album.index, subject, album.ids("blue")).leave, AT)
