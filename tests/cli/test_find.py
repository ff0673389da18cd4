"""phototag find, as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Command


@pytest.fixture
def known(phototag: Command, library: Path) -> Path:
    """The library with two names: elon is red (three photos), anna maria is blue (two, one with elon)."""
    phototag("scan", library, "--engine", "fake")
    phototag("name-cluster", 1, "--as", "elon")
    phototag("name-cluster", 2, "--as", "anna maria")
    return library


def test_a_line_each_and_how_many_on_stderr(phototag: Command, known: Path) -> None:
    assert phototag("find", 'elon & !"anna maria"') == 0
    assert phototag.out.splitlines() == ["2020/red1.jpg", "2020/red2.png"]
    assert phototag.err == f"2 photos in {known}\n"


def test_several_words_are_one_query(phototag: Command, known: Path) -> None:
    assert phototag("find", "anna", "maria") == 0
    assert phototag.out.splitlines() == ["2021/blue.jpg", "2021/both.jpg"]
    assert phototag("find", "elon", "and", "path:2021") == 0
    assert phototag.out.splitlines() == ["2021/both.jpg"]


def test_json_has_the_query_as_it_was_understood(phototag: Command, known: Path) -> None:
    assert phototag("find", "ELON and Anna-x or not (elon)", "--json") == 2
    assert phototag("find", "ELON and  (faces>=2)", "--json") == 0
    assert json.loads(phototag.out) == {
        "library": str(known), "query": "ELON & faces>=2", "photos": ["2021/both.jpg"],
    }  # fmt: skip


def test_null_ends_each_whole_path(phototag: Command, known: Path) -> None:
    assert phototag("find", "elon & path:2020", "-0") == 0
    assert phototag.out == f"{known}/2020/red1.jpg\0{known}/2020/red2.png\0"
    assert phototag.err == ""
    assert phototag("find", "path:nothing", "--null") == 0
    assert phototag.out == ""


def test_count(phototag: Command, known: Path) -> None:
    assert phototag("find", "faces>=1", "--count") == 0
    assert phototag.out == "5\n"


def test_copy(phototag: Command, known: Path, tmp_path: Path) -> None:
    assert phototag("find", "elon", "--copy", tmp_path / "out") == 0
    assert phototag.out == f"3 photos copied to {tmp_path / 'out'}.\n"
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["both.jpg", "red1.jpg", "red2.png"]
    (known / "2021" / "blue.jpg").unlink()
    assert phototag("find", "elon | anna maria", "--copy", tmp_path / "out") == 2
    assert phototag("find", 'elon | "anna maria"', "--copy", tmp_path / "out") == 10
    assert phototag.out == f"0 photos copied to {tmp_path / 'out'}; 3 photos there already.\n"
    assert "2021/blue.jpg: It cannot be read" in phototag.err
    assert phototag("find", "elon", "--copy", known / "out") == 2


def test_open(phototag: Command, known: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []
    monkeypatch.setattr("phototag.app.handover.system_opener", lambda: opened.append)
    assert phototag("find", "elon", "--open") == 0
    assert sorted(link.name for link in opened[0].iterdir()) == ["1 red1.jpg", "2 red2.png", "3 both.jpg"]
    assert f"3 photos in {known}; links to them are in {opened[0]}." in phototag.err
    assert phototag("find", "path:nothing", "--open") == 0
    assert len(opened) == 1


def test_one_way_to_answer(phototag: Command, known: Path) -> None:
    assert phototag("find", "elon", "--json", "--count") == 2
    assert "do not go together" in phototag.err


def test_an_error_has_a_caret_under_the_character(phototag: Command, known: Path) -> None:
    assert phototag("find", "elon & ") == 2
    assert phototag.err == 'phototag: Something is missing after "&".\n  elon & \n       ^\n'
    assert phototag("find", "anna maria | elon") == 2
    assert phototag.err.splitlines()[1:] == ["  anna maria | elon", "       ^"]
    assert 'or "anna maria" if that is one name.' in phototag.err


@pytest.mark.parametrize(
    "query", ["", "  ", "(" * 10_000, "!" * 9_000, '"' * 9_999, "a" * 100_000, "zoe", "\udcff", "\0"]
)
def test_a_bad_query_is_a_usage_error(phototag: Command, known: Path, query: str) -> None:
    assert phototag("find", query) == 2
    assert phototag.out == ""
    assert phototag.err.startswith("phototag: ")
    assert "Traceback" not in phototag.err


def test_the_help_has_five_examples(phototag: Command) -> None:
    assert phototag("find", "--help") == 0
    assert sum(line.strip().startswith("phototag find ") for line in phototag.out.splitlines()) == 5


def test_a_query_is_saved_and_found_by_its_name(phototag: Command, known: Path) -> None:
    assert phototag("find", "elon & !path:2021", "--save", "Old ones", "--count") == 0
    assert (phototag.out, "phototag find --saved 'Old ones'" in phototag.err) == ("2\n", True)
    assert phototag("find", "--saved", "old ONES", "--count") == 0
    assert phototag.out == "2\n"
    assert phototag("searches") == 0
    assert phototag.out.splitlines()[-1].split("  ") == ["Old ones", "elon & !path:2021"]
    assert phototag("searches", "--json") == 0
    assert json.loads(phototag.out) == {"searches": [{"name": "Old ones", "query": "elon & !path:2021"}]}
    assert phototag("find", "elon", "--save", "old ones") == 6
    assert phototag("searches", "--delete", "old ones") == 0
    assert "phototag find 'elon & !path:2021' --save 'Old ones'" in phototag.out
    assert phototag("find", "--saved", "old ones") == 2
    assert phototag("searches") == 0
    assert "No search is saved" in phototag.out


@pytest.mark.parametrize("words", [[], ["elon", "--saved", "x"], ["--saved", "x", "--save", "y"]])
def test_a_query_or_the_name_of_one(phototag: Command, known: Path, words: list[str]) -> None:
    assert phototag("find", *words) == 2
    assert "Give a query, or the name of a saved one" in phototag.err
    assert not (known / ".phototag" / "searches.json").exists()
