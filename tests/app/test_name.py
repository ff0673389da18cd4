from __future__ import annotations

import pytest

from phototag.app.name import clean_name, name_cluster
from phototag.errors import UsageError
from tests.conftest import BLUE, RED, Album


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("elon", "elon"),
        ("  Élise   B ", "Élise B"),
        ("E\u0301lise", "Élise"),
        ("3", "3"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\U0001f600 Joe", "\U0001f600 Joe"),
    ],
)
def test_a_name_is_kept_with_single_spaces_and_composed_letters(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "is empty"),
        (" \t ", "is empty"),
        ("x" * 101, "101 characters"),
        ("a\x00b", "cannot be shown"),
        ("\u202eevil", "cannot be shown"),
        ("An\u200bna", "cannot be shown"),
        ("?!", "no letter and no digit"),
        ("--help", "begins as an option does"),
        ("-x", "begins as an option does"),
    ],
)
def test_what_is_no_name_is_refused(typed: str, why: str) -> None:
    with pytest.raises(UsageError, match=why) as caught:
        clean_name(typed)
    assert "Nothing was changed" in str(caught.value)


def test_who_was_there_already_is_told_and_where_there_are_several(album: Album) -> None:
    album.scan(red1=[RED], red2=["#d80000"], blue1=[BLUE], blue2=["#0000d8"], both=[RED, BLUE])
    first = name_cluster(album.index, 1, "elon", at_ns=1)
    assert (first.before, first.together) == (0, 0)
    second = name_cluster(album.index, 2, "Elon", at_ns=2)
    assert (second.name, second.faces, second.before, second.together) == ("elon", 3, 3, 1)
