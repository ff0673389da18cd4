"""history, undo, redo, as a person types them."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from tests.conftest import RED, Command, draw_photo


@pytest.fixture
def named(phototag: Command, library: Path) -> Path:
    """Group 1, three red faces, is elon (decision 1), who is called Élon (2)."""
    phototag("scan", library, "--engine", "fake")
    phototag("name-cluster", 1, "--as", "elon")
    phototag("rename", "elon", "Élon")
    return library


def decisions(phototag: Command) -> list[dict[str, object]]:
    assert phototag("history", "--json") == 0
    return list(json.loads(phototag.out)["decisions"])


def test_the_history_is_a_table_the_newest_first(phototag: Command, named: Path) -> None:
    phototag("undo")
    assert phototag("history") == 0
    assert re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "2026-11-25 14:02", phototag.out) == (
        "decision  when              what\n"
        "--------  ----------------  -----------------------------------\n"
        "       3  2026-11-25 14:02  decision 2 taken back\n"
        "       2  2026-11-25 14:02  elon is called Élon (taken back)\n"
        "       1  2026-11-25 14:02  3 faces of group 1 are elon\n"
        "\n"
        "Take back the newest:   phototag undo\n"
        "Take back another:      phototag undo N\n"
    ).replace("-----------------------------------\n", "-" * len("elon is called Élon (taken back)") + "\n")


def test_the_history_as_json(phototag: Command, named: Path) -> None:
    phototag("undo", 2)
    newest, renamed, first = decisions(phototag)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", str(first.pop("at")))
    assert first == {
        "id": 1, "kind": "name", "text": "3 faces of group 1 are elon",
        "words": {"name": "elon", "faces": 3, "cluster": 1}, "of": None, "active": True,
    }  # fmt: skip
    assert (renamed["kind"], renamed["active"]) == ("rename", False)
    assert (newest["kind"], newest["of"], newest["active"]) == ("undo", 2, False)


def test_nothing_was_decided_yet(phototag: Command, library: Path) -> None:
    phototag("scan", library, "--engine", "fake")
    assert phototag("history") == 0
    assert phototag.out == "You have decided nothing yet. See the groups: phototag clusters --sheets\n"
    assert decisions(phototag) == []
    assert phototag("undo") == 2
    assert phototag.err == "phototag: There is nothing to take back. What was decided: phototag history\n"


def test_a_long_history_is_cut_short(phototag: Command, named: Path) -> None:
    for i in range(20):
        phototag("rename", "Élon" if i == 0 else f"elon{i - 1}", f"elon{i}")
    phototag("history")
    assert "\nand 2 more: phototag history --json\n" in phototag.out
    assert len(decisions(phototag)) == 22


def test_undo_and_redo_say_what_they_did_and_how_to_go_back(phototag: Command, named: Path) -> None:
    assert phototag("undo") == 0
    assert phototag.out == "Taken back: elon is called Élon (decision 2).\n\nPut it back:     phototag redo\n"
    assert phototag("redo") == 0
    assert phototag.out == "Put back: elon is called Élon (decision 2).\n\nTake it back:    phototag undo 2\n"
    phototag("people", "--json")
    assert json.loads(phototag.out)["people"][0]["name"] == "Élon"


def test_taking_an_undo_back_is_putting_back(phototag: Command, named: Path) -> None:
    phototag("undo", 2)
    assert phototag("undo", 3) == 0
    assert phototag.out == "Put back: elon is called Élon (decision 2).\n\nTake it back:    phototag undo 2\n"


def test_what_others_build_on_is_taken_back_with_them_or_not_at_all(phototag: Command, named: Path) -> None:
    phototag("faces", "--person", "Élon", "--json")
    face = json.loads(phototag.out)["faces"][0]["id"]
    phototag("move", face, "--to", "ann")
    before = decisions(phototag)
    tags = (named / ".phototag" / "tags.jsonl").read_bytes()
    assert phototag("undo", 1) == 2
    assert phototag.err == (
        "phototag: Decision 1 cannot be taken back alone, because of:\n  3: 1 face moved to ann\n"
        "Nothing was changed. To take all of these back: phototag undo 1 --with-later\n"
    )
    assert (decisions(phototag), (named / ".phototag" / "tags.jsonl").read_bytes()) == (before, tags)
    assert phototag("undo", 1, "--with-later") == 0
    assert phototag.out == (
        "Taken back: 1 face moved to ann (decision 3).\n"
        "Taken back: 3 faces of group 1 are elon (decision 1).\n"
        "\nPut them back:   phototag redo   (2 times)\n"
        "Group anew:      phototag scan DIR\n"
    )
    for _ in range(2):
        assert phototag("redo") == 0
    assert (named / ".phototag" / "tags.jsonl").read_bytes() == tags
    assert phototag("redo") == 2
    assert phototag.err == "phototag: There is nothing to put back. What was decided: phototag history\n"


@pytest.mark.parametrize("command", ["undo", "redo"])
@pytest.mark.parametrize("number", ["99", "0", "-1", "one", "9" * 40])
def test_a_number_of_no_decision(phototag: Command, named: Path, command: str, number: str) -> None:
    before = decisions(phototag)
    assert phototag(command, number) == 2
    assert phototag.err
    assert "Traceback" not in phototag.err
    assert decisions(phototag) == before


def test_a_photos_name_comes_out_on_one_line_whatever_is_in_it(phototag: Command, library: Path) -> None:
    draw_photo(library / "two\nlines.png", [RED, RED])
    name = os.fsdecode(b"caf\xe9.png")
    try:
        draw_photo(library / "x.png", [RED], (333, 222)).rename(library / name)
    except OSError:
        pytest.skip("this disk takes no such name")
    phototag("scan", library, "--engine", "fake")
    assert phototag("collage", library / "two\nlines.png") == 0
    assert phototag("collage", library / name) == 0
    assert phototag("history") == 0
    assert r"two\nlines.png may show one person more than once" in phototag.out
    assert len(decisions(phototag)) == 2
    assert phototag("undo") == 0


def test_without_an_index_there_is_no_history(phototag: Command, tmp_path: Path) -> None:
    for command in ("history", "undo", "redo"):
        assert phototag(command, "--library", tmp_path) == 4
        assert "phototag scan DIR" in phototag.err
