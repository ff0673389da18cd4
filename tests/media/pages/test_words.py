from __future__ import annotations

import pytest

from phototag.media.pages import words
from phototag.media.pages.contents import Exhibit, Mark, Sitter
from phototag.types import Box, Shown, TakenFrom

ANN, BOB = Sitter(1, "Ann", "a0", 1), Sitter(2, "Bob", "b0", 1)


def exhibit(*on_it: Sitter | None, taken: str | None = "2021-08-04T13:21:05+02:00") -> Exhibit:
    marks = tuple(Mark(Box(0, 0, 1, 1), who) for who in on_it)
    return Exhibit("ab", "ab", 4, 3, Shown(taken=taken), b"", "", marks)


def test_a_day_and_a_time() -> None:
    assert words.day("2021-08-04T13:21:05+02:00") == "4 August 2021"
    assert words.clock("2021-08-04T13:21:05") == "13:21"
    assert (words.day(None), words.clock(None)) == ("Without a date", "")


def test_a_source_that_may_be_wrong_is_named() -> None:
    assert words.source(TakenFrom.MTIME) == "by the file's time"
    assert words.source(TakenFrom.EXIF) == words.source(None) == ""


def test_years() -> None:
    assert words.span([exhibit(taken="2021-01-01T00:00:00"), exhibit(taken=None)]) == "2021"
    assert words.span([exhibit(taken="2021-01-01T00:00:00"), exhibit(taken="2019-01-01T00:00:00")]) == "2019 to 2021"
    assert words.span([exhibit(taken=None)]) == ""


@pytest.mark.parametrize(
    ("on_it", "said"),
    [
        ([ANN], "Ann, 4 August 2021"),
        ([ANN, BOB, ANN], "Ann and Bob, 4 August 2021"),
        ([ANN, None], "Ann and 1 person without a name, 4 August 2021"),
        ([None, ANN, BOB, None], "Ann, Bob and 2 people without a name, 4 August 2021"),
    ],
)
def test_a_picture_in_words(on_it: list[Sitter | None], said: str) -> None:
    assert words.description(exhibit(*on_it)) == said


def test_a_picture_without_a_date_in_words() -> None:
    assert words.description(exhibit(ANN, taken=None)) == "Ann, without a date"


def test_a_path_shows_that_there_is_something_odd() -> None:
    assert words.path("Söhne #1/a.jpg".encode()) == "Söhne #1/a.jpg"
    assert words.path(b"\xff/a\nb\xe2\x80\xae.jpg") == "\ufffd/a\ufffdb\ufffd.jpg"
