"""Patterns for paths and cameras."""

from __future__ import annotations

import time

import pytest

from phototag.core.globs import PathPattern, camera_test

PATHS = [
    "Holiday 2020/Rome/IMG_1.jpg",
    "2020/holiday rome/a.jpg",
    "2020/raw/deep/b.dng",
    "holiday.jpg",
    "other/c.JPG",
    "2020.jpg",
]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("holiday*", [0, 1, 3]),
        ("HOLIDAY*", [0, 1, 3]),
        ("holiday", []),
        ("*.jpg", [0, 1, 3, 4, 5]),
        ("2020", [1, 2]),
        ("/2020", [1, 2]),
        ("/rome", []),
        ("rome", [0]),
        ("holiday*/", [0, 1]),
        ("2020/", [1, 2]),
        ("2020/*", [1, 2]),
        ("2020/**", [1, 2]),
        ("2020/*.jpg", []),
        ("2020/**/*.dng", [2]),
        ("2020/raw", [2]),
        ("2020/raw/deep/b.dng", [2]),
        ("2020/raw/deep/b.dng/", []),
        ("**/raw/**", [2]),
        ("**", [0, 1, 2, 3, 4, 5]),
        ("**/deep/**/b*", [2]),
        ("*/rome/*", [0]),
        ("img_?.jpg", [0]),
        ("[ab].*", [1, 2]),
        ("[!a-b].jpg", [4]),
        ("[", []),
    ],
)
def test_a_pattern_fits(pattern: str, found: list[int]) -> None:
    wanted = PathPattern(pattern)
    assert [path for path in PATHS if wanted.fits(path)] == [PATHS[i] for i in found]


def test_the_way_an_accent_is_coded_does_not_count() -> None:
    assert PathPattern("é*").fits("E\u0301te\u0301/1.jpg")


def test_no_pattern_takes_for_ever() -> None:
    begun = time.perf_counter()
    assert not PathPattern("*a" * 40 + "b").fits("a" * 250)
    assert not PathPattern("**/a/" * 40 + "b").fits("a/" * 60 + "c")
    assert time.perf_counter() - begun < 1


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("pixel*", True),
        ("pixel", True),
        ("google", True),
        ("Google Pixel 7", True),
        ("pixel 7", True),
        ("7", True),
        ("ixel", False),
        ("*ixel*", True),
        ("google*8", False),
        ("pixel 8", False),
    ],
)
def test_a_camera_may_be_called_by_any_of_its_words(pattern: str, fits: bool) -> None:
    assert camera_test(pattern)("Google Pixel 7") is fits
