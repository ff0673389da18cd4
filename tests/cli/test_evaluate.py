from __future__ import annotations

import json
from pathlib import Path

import pytest

from phototag.cli import render
from tests.conftest import BLUE, DARK_RED, LIGHT_RED, Album, Command


@pytest.fixture
def twins(album: Album) -> Album:
    """Elon is dark on five photos, ann is light on five: where one is not known, they are taken for the other."""
    dark, light = [f"dark{i}" for i in range(5)], [f"light{i}" for i in range(5)]
    album.scan(**{name: [DARK_RED] for name in dark}, **{name: [LIGHT_RED] for name in light}, between=["#e00000"])
    album.name("elon", *dark)
    album.name("ann", *light)
    return album


def auto_tagged(root: Path) -> list[str]:
    lines = [json.loads(line) for line in (root / ".phototag" / "tags.jsonl").read_text().splitlines()]
    return [line["photo"] for line in lines for face in line["faces"] if face["source"] == "auto"]


def test_a_person_reads_who_is_told_apart_and_what_to_do(phototag: Command, twins: Album) -> None:
    assert phototag("evaluate") == 0
    lines = phototag.out.splitlines()
    assert lines[0].split() == ["name", "named", "precision", "recall", "limit"]
    assert lines[2].split() == ["ann", "5", "50.0%", "100.0%", "0.250"]
    assert lines[3].split() == ["elon", "5", "50.0%", "100.0%", "0.250"]
    assert "Tried on 10 named faces: 50.0% of the tags were right, and 100.0% of the faces got one." in phototag.out
    assert "evaluate --precision 0.995" in phototag.out
    assert "review" in phototag.out


def test_a_share_of_nothing_is_a_dash(phototag: Command, album: Album) -> None:
    album.scan(blue=[BLUE])
    album.name("ann", "blue")
    assert phototag("evaluate") == 0
    assert phototag.out.splitlines()[2].split() == ["ann", "1", "-", "-", "0.250"]
    assert phototag("evaluate", "--json") == 0
    document = json.loads(phototag.out)
    assert (document["precision"], document["recall"]) == (None, None)


def test_the_document_has_the_shape_of_the_contract(phototag: Command, twins: Album) -> None:
    assert phototag("evaluate", "--json") == 0
    assert json.loads(phototag.out) == {
        "confirmed": 10,
        "calibrated": False,
        "limit": 0.25,
        "precision": 0.5,
        "recall": 1.0,
        "people": [
            {"person": name, "confirmed": 5, "limit": 0.25, "precision": 0.5, "recall": 1.0} for name in ("ann", "elon")
        ],
    }


def test_a_precision_can_be_asked_for_and_given_up(phototag: Command, twins: Album) -> None:
    assert auto_tagged(twins.root) == ["between.png"]
    assert phototag("evaluate", "--precision", 0.9) == 0
    assert "100.0% of the tags were right" in phototag.out
    assert "evaluate --reset" in phototag.out
    assert auto_tagged(twins.root) == []
    phototag("evaluate", "--json")
    assert json.loads(phototag.out)["calibrated"]
    assert phototag("evaluate", "--reset") == 0
    assert "50.0% of the tags were right" in phototag.out
    assert auto_tagged(twins.root) == ["between.png"]


def test_a_calibrating_command_can_speak_json_too(phototag: Command, twins: Album) -> None:
    assert phototag("evaluate", "--precision", 0.9, "--json") == 0
    document = json.loads(phototag.out)
    assert (document["calibrated"], document["precision"]) == (True, 1.0)
    assert document["limit"] < 0.05


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--precision", "0.9", "--reset"], "not both"),
        (["--precision", "1"], "cannot be had"),
        (["--precision", "0.999"], "it needs 1000"),
    ],
)
def test_what_cannot_be_done_is_a_usage_error_and_changes_nothing(
    phototag: Command, twins: Album, options: list[str], complaint: str
) -> None:
    assert phototag("evaluate", *options) == 2
    assert complaint in phototag.err
    assert auto_tagged(twins.root) == ["between.png"]


def test_before_anybody_has_a_name(phototag: Command, album: Album) -> None:
    album.scan(blue=[BLUE])
    assert phototag("evaluate") == 2
    assert "phototag clusters" in phototag.err


def test_a_long_list_is_cut_for_a_person_and_whole_for_a_program(
    phototag: Command, twins: Album, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "LISTED", 1)
    phototag("evaluate")
    assert "ann" in phototag.out
    assert "elon" not in phototag.out
    assert "and 1 more, whose tags are surer" in phototag.out
    phototag("evaluate", "--json")
    assert len(json.loads(phototag.out)["people"]) == 2
