from __future__ import annotations

import pytest

from phototag.app import correct
from phototag.app.name import name_cluster
from phototag.app.subject import Subject, require_subject
from phototag.errors import UsageError
from tests.conftest import BLUE, GREEN, RED, Album

AT = 5


@pytest.fixture
def named(album: Album) -> Album:
    """Group 1, red, is Élise B; 2 is blue, 3 is green."""
    return album.once("a subject", _named)


def _named(album: Album) -> None:
    album.scan(
        red1=[RED], red2=[RED], red3=[RED], red4=[RED], blue1=[BLUE], blue2=[BLUE], blue3=[BLUE],
        green1=[GREEN], green2=[GREEN],
    )  # fmt: skip
    name_cluster(album.index, 1, "Élise B", AT)


def photos(subject: Subject) -> list[str]:
    return sorted(face.path.decode().removesuffix(".png") for face in subject.faces)


@pytest.mark.parametrize("text", ["Élise B", " élise  b "])
def test_a_person_is_found_by_name_however_it_is_typed(named: Album, text: str) -> None:
    found = require_subject(named.index, text)
    assert (found.called, found.cluster, found.is_named, photos(found)) == (
        "Élise B", None, True, ["red1", "red2", "red3", "red4"]
    )  # fmt: skip
    assert (found.typed, found.listing) == ("'Élise B'", "phototag faces --person 'Élise B'")


@pytest.mark.parametrize("text", ["2", "group 2", "Group 2", " 2 "])
def test_a_group_is_found_by_its_number(named: Album, text: str) -> None:
    found = require_subject(named.index, text)
    assert (found.called, found.cluster, found.person, found.is_named) == ("group 2", 2, None, False)
    assert photos(found) == ["blue1", "blue2", "blue3"]
    assert (found.typed, found.listing) == ("2", "phototag faces --cluster 2")


def test_a_group_of_which_a_human_said_that_it_is_one_person_is_that_person(named: Album) -> None:
    correct.merge(named.index, ["2", "3"], AT)
    found = require_subject(named.index, "2")
    assert found.person is not None
    assert len(found.faces) == 5


def test_faces_tagged_automatically_are_a_persons_and_those_that_may_be_are_not(album: Album) -> None:
    album.scan(dark=["#700000"], light=["#d85858"], pale=["#ff9898"])
    album.name("elon", "dark")
    assert photos(require_subject(album.index, "elon")) == ["dark", "light"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1", "Group 1 is Élise B. Use the name: 'Élise B'"),
        ("9", "There is no group 9, and nobody is called so"),
        ("group 9", "There is no group 9, and nobody is called so"),
        ("9" * 30, f"Nobody is called '{'9' * 30}'. Known: Élise B"),
        ("zoe", "Nobody is called 'zoe'. Known: Élise B"),
        ("", "Nobody is called ''. Known: Élise B"),
        ("-3", "Nobody is called '-3'. Known: Élise B"),
        ("2.0", "Nobody is called '2.0'. Known: Élise B"),
    ],
)
def test_nobody_and_nothing_is_said_to_be_so(named: Album, text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        require_subject(named.index, text)
    assert message in str(caught.value)


def test_a_group_that_was_merged_into_another_has_no_face_any_more(named: Album) -> None:
    correct.merge(named.index, ["2", "3"], AT)
    with pytest.raises(UsageError, match=r"no unknown face in group 3 any more\. See the groups: phototag clusters"):
        require_subject(named.index, "3")


def test_a_person_called_by_a_number_is_meant_where_there_is_no_such_group(named: Album) -> None:
    correct.rename(named.index, "Élise B", "9", AT)
    assert require_subject(named.index, "9").is_named
    correct.rename(named.index, "9", "1", AT)
    assert require_subject(named.index, "1").is_named  # the group of that number is this person


def test_a_number_that_is_a_group_and_a_person_is_neither(named: Album) -> None:
    correct.rename(named.index, "Élise B", "3", AT)
    with pytest.raises(UsageError) as caught:
        require_subject(named.index, "3")
    assert str(caught.value) == (
        "There are a group 3 and a person called '3'. Nothing was changed. "
        "Give the person another name first: phototag rename 3 NAME"
    )
    assert require_subject(named.index, "2").cluster == 2


def test_whoever_is_ignored_is_said_to_be_so(named: Album) -> None:
    correct.ignore(named.index, "2", AT)
    correct.ignore(named.index, "élise b", AT)
    for text, message in (("2", "Group 2 is ignored"), ("Élise B", "phototag notice 'Élise B'")):
        with pytest.raises(UsageError, match=message):
            require_subject(named.index, text)
