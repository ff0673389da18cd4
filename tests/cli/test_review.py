"""The dialogue, with what a person types on stdin."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest

from tests.conftest import BLUE, DARK_RED, PALE_RED, Album, Command

Typed = Callable[..., int]


@pytest.fixture
def review(phototag: Command, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """`review("y", "q")` answers so, a line each; after the last line the input ends."""

    def typed(*lines: str) -> int:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(line + "\n" for line in lines)))
        return phototag("review")

    return typed


@pytest.fixture
def doubtful(album: Album) -> Album:
    """Two questions: are the three pale faces elon, and who are the two blue ones?"""
    album.scan(dark=[DARK_RED], pale1=[PALE_RED], pale2=[PALE_RED], pale3=[PALE_RED], blue1=[BLUE], blue2=[BLUE])
    album.name("elon", "dark")
    return album


PALE, BLUES = ("pale1", "pale2", "pale3"), ("blue1", "blue2")


def sources(album: Album, *photos: str) -> set[str | None]:
    return {album.sources()[photo] for photo in photos}


def test_yes_and_a_name(phototag: Command, doubtful: Album, review: Typed) -> None:
    assert review("y", "ann") == 0
    assert sources(doubtful, *PALE) == {"human elon"}
    assert sources(doubtful, *BLUES) == {"human ann"}
    assert "3 faces on 3 photos: " in phototag.out
    assert phototag.out.index("Is this elon? (y, n, or who it is; s, q)") < phototag.out.index("Who is this?")
    assert "2 answers kept; 0 faces still open." in phototag.out
    assert "phototag" in phototag.out.splitlines()[-1]


def test_no_makes_it_a_question_of_who_it_is(phototag: Command, doubtful: Album, review: Typed) -> None:
    assert review("n", "zoe", "q") == 0
    assert sources(doubtful, *PALE) == {"human zoe"}
    assert "2 answers kept; 2 faces still open." in phototag.out


@pytest.mark.parametrize("skip", ["s", "S", "skip", "", "  "])
def test_a_question_that_is_skipped_is_not_asked_again_this_time(
    phototag: Command, doubtful: Album, review: Typed, skip: str
) -> None:
    assert review(skip, skip) == 0
    assert phototag.out.count("Is this elon?") == phototag.out.count("Who is this?") == 1
    assert sources(doubtful, *PALE) == {"suggested elon"}
    assert "0 answers kept; 5 faces still open." in phototag.out
    assert "Group anew" not in phototag.out
    review("q")
    assert "Is this elon?" in phototag.out


@pytest.mark.parametrize("end", [["q"], ["Q"], ["quit"], []], ids=["q", "Q", "quit", "end of input"])
def test_it_can_be_stopped_and_every_answer_so_far_is_kept(
    phototag: Command, doubtful: Album, review: Typed, end: list[str]
) -> None:
    assert review("yes", *end) == 0
    assert sources(doubtful, *PALE) == {"human elon"}
    assert sources(doubtful, *BLUES) == {None}
    assert "1 answer kept; 2 faces still open." in phototag.out


def test_stopping_at_once_keeps_nothing(phototag: Command, doubtful: Album, review: Typed) -> None:
    before = doubtful.sources()
    assert review() == 0
    assert doubtful.sources() == before
    assert "0 answers kept; 5 faces still open." in phototag.out


@pytest.mark.parametrize("wrong", ["maybe", "zoe", "1", "ja", "yn"])
def test_an_answer_that_is_none_is_asked_for_again(
    phototag: Command, doubtful: Album, review: Typed, wrong: str
) -> None:
    assert review(wrong, "Y", "q") == 0
    assert "y for yes, n for no, the name of somebody else who has one, s to skip, q to stop." in phototag.out
    assert phototag.out.count("Is this elon?") == 2
    assert sources(doubtful, *PALE) == {"human elon"}
    assert "1 answer kept" in phototag.out


@pytest.mark.parametrize("wrong", ["y", "N", "yes", "no"])
def test_yes_is_nobodys_name(phototag: Command, doubtful: Album, review: Typed, wrong: str) -> None:
    assert review("s", wrong, "ann") == 0
    assert "A name, please" in phototag.out
    assert sources(doubtful, *BLUES) == {"human ann"}
    phototag("people", "--json")
    assert {person["name"] for person in json.loads(phototag.out)["people"]} == {"elon", "ann"}


@pytest.mark.parametrize("wrong", ["...", "x" * 101, "a\x1bb"])
def test_a_name_that_is_none_is_asked_for_again(phototag: Command, doubtful: Album, review: Typed, wrong: str) -> None:
    assert review("s", wrong, "ann") == 0
    assert phototag.out.count("Who is this?") == 2
    assert sources(doubtful, *BLUES) == {"human ann"}


def test_a_known_person_can_be_the_answer_to_who_it_is(phototag: Command, doubtful: Album, review: Typed) -> None:
    assert review("s", "ELON") == 0
    assert sources(doubtful, *BLUES) == {"human elon"}


def test_a_question_that_was_refused_does_not_come_back(phototag: Command, doubtful: Album, review: Typed) -> None:
    review("n", "q")
    assert doubtful.scan(more=[DARK_RED]) == 0
    assert review("s", "s", "s") == 0
    assert "Is this elon?" not in phototag.out
    assert phototag.out.count("Who is this?") == 2


def test_each_question_has_a_picture(phototag: Command, doubtful: Album, review: Typed) -> None:
    review("q")
    picture = doubtful.root / ".phototag" / "question.jpg"
    assert str(picture) in phototag.out
    first = picture.read_bytes()
    review("s", "q")
    assert picture.read_bytes() != first


def test_where_there_is_nothing_to_ask_it_says_so(phototag: Command, album: Album, review: Typed) -> None:
    album.scan(blue=[BLUE])
    assert review("y") == 0
    assert phototag.out.startswith("Nothing to ask.")
    assert not (album.root / ".phototag" / "question.jpg").exists()


def test_ctrl_c_at_a_question_keeps_the_answers_before(
    phototag: Command, doubtful: Album, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Impatient(io.StringIO):
        def readline(self, *_: object) -> str:
            line = super().readline()
            if not line:
                raise KeyboardInterrupt
            return line

    monkeypatch.setattr("sys.stdin", Impatient("y\n"))
    assert phototag("review") == 130
    assert sources(doubtful, *PALE) == {"human elon"}


def test_questions_can_be_had_as_json_without_an_answer(
    phototag: Command, doubtful: Album, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert phototag("review", "--json") == 0
    first, second = json.loads(phototag.out)["questions"]
    assert first == {
        "person": "elon",
        "distance": pytest.approx(0.453, abs=1e-3),
        "cluster": doubtful.face("pale1").cluster,
        "faces": first["faces"],
        "photos": 3,
        "references": [doubtful.face("dark").id],
    }
    assert set(first["faces"]) == {doubtful.face(photo).id for photo in PALE}
    assert (second["person"], second["distance"], second["photos"], second["references"]) == (None, None, 2, [])
    assert not (doubtful.root / ".phototag" / "question.jpg").exists()


def test_a_face_alone_has_no_group_in_the_json(phototag: Command, album: Album) -> None:
    album.scan(dark=[DARK_RED], pale=[PALE_RED])
    album.name("elon", "dark")
    phototag("review", "--json")
    assert [question["cluster"] for question in json.loads(phototag.out)["questions"]] == [None]


@pytest.mark.parametrize(("typed", "person"), [("elon", "elon"), ("ANN", "ann")])
def test_the_name_of_somebody_known_answers_too(
    phototag: Command, doubtful: Album, review: Typed, typed: str, person: str
) -> None:
    doubtful.name("ann", BLUES[0])
    doubtful.close()
    assert review(typed, "q") == 0
    assert sources(doubtful, *PALE) == {f"human {person}"}
