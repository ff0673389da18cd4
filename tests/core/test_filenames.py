"""Names that every system takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phototag.core.filenames import LONGEST, folder_name, is_plain, numbered, same_name_key


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Ann", "Ann"),
        ("Anna Maria O'Neil-Öz", "Anna Maria O'Neil-Öz"),
        ("A/B", "A_B"),
        ("A:B", "A_B"),
        ('a\\b<c>"d"|e?*', "a_b_c__d__e__"),
        ("Dr. X.", "Dr. X"),
        ("...", "_"),
        (".hidden", "_hidden"),
        ("..", "_"),
        ("", "_"),
        ("CON", "_CON"),
        ("nul.old", "_nul.old"),
        ("Lpt1", "_Lpt1"),
        ("Conny", "Conny"),
        ("e\u0301lon", "\u00e9lon"),
    ],
)
def test_a_folder_is_called_as_far_as_that_can_be(name: str, folder: str) -> None:
    assert folder_name(name) == folder


@given(st.text(max_size=400))
def test_every_name_makes_a_folder_that_every_system_takes(name: str) -> None:
    made = folder_name(name.encode("utf-8", "ignore").decode())
    assert is_plain(made)
    assert not made.endswith((".", " "))
    assert not set(made) & set('<>:"/\\|?*\0\n')
    assert 0 < len(made.encode()) <= LONGEST


def test_numbers_come_before_the_ending_and_fit() -> None:
    assert numbered("IMG_1", ".jpg", 1) == "IMG_1.jpg"
    assert numbered("IMG_1", ".jpg", 2) == "IMG_1 (2).jpg"
    long = numbered("ö" * 200, ".jpg", 12)
    assert long.endswith("ö (12).jpg")
    assert len(long.encode()) <= LONGEST


def test_names_that_one_disk_takes_for_the_same() -> None:
    assert same_name_key("IMG.JPG") == same_name_key("img.jpg")
    assert same_name_key("e\u0301") == same_name_key("É")
    assert same_name_key("a\udcff") != same_name_key("a")


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "a\\b", "a\0", None, 3])
def test_what_leads_elsewhere_is_no_plain_name(name: object) -> None:
    assert not is_plain(name)
