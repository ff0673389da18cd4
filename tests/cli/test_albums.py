"""phototag export albums, as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from filelock import FileLock

from tests.conftest import Command


@pytest.fixture
def known(phototag: Command, library: Path) -> Path:
    """The library with two names: elon is red (three photos), anna maria is blue (two, one with elon)."""
    phototag("scan", library, "--engine", "fake")
    phototag("name-cluster", 1, "--as", "elon")
    phototag("name-cluster", 2, "--as", "anna maria")
    return library


def test_albums_are_made_and_brought_up_to_date(phototag: Command, known: Path, tmp_path: Path) -> None:
    out = tmp_path / "People"
    assert phototag("export", "albums", out, "--dry-run") == 0
    assert phototag.out.splitlines()[-1] == f"2 albums with 5 links in {out} (only said, not done)."
    assert not out.exists()
    assert phototag("export", "albums", out) == 0
    assert phototag.out.splitlines()[2:] == [
        "anna maria       2   +2",
        "elon             3   +3",
        "",
        f"2 albums with 5 links in {out}.",
    ]
    assert phototag("export", "albums", out) == 0
    assert phototag.out == f"2 albums in {out}, all up to date.\n"
    phototag("rename", "elon", "Elon M.")
    phototag("ignore", "anna maria")
    assert phototag("export", "albums", out) == 0
    assert "Elon M (was elon)" in phototag.out
    assert "anna maria is no album any more." in phototag.out


def test_json_has_all(phototag: Command, known: Path, tmp_path: Path) -> None:
    (known / "2021" / "blue.jpg").unlink()
    out = tmp_path / "People"
    assert phototag("export", "albums", out, "--copies", "--json") == 10
    document = json.loads(phototag.out)
    assert document["problems"] == [
        {"photo": "2021/blue.jpg", "reason": "It is not there: No such file or directory"}
    ]  # fmt: skip
    assert document["albums"][0] == {
        "name": "anna maria", "query": None, "folder": "anna maria", "was": None, "photos": 1, "added": 1, "removed": 0,
    }  # fmt: skip
    assert (document["as"], document["gone"], document["kept"], document["dry_run"]) == ("copies", [], [], False)
    assert (document["library"], document["folder"]) == (str(known), str(out))


def test_what_is_the_users_is_told(phototag: Command, known: Path, tmp_path: Path) -> None:
    out = tmp_path / "People"
    phototag("export", "albums", out)
    (out / "elon" / "red1.jpg").unlink()
    (out / "elon" / "red1.jpg").write_text("mine")
    assert phototag("export", "albums", out) == 0
    assert phototag.err == "  left, for it is yours: elon/red1.jpg: It is not as phototag made it.\n"


def test_an_album_of_a_query(phototag: Command, known: Path, tmp_path: Path) -> None:
    out = tmp_path / "People"
    assert phototag("export", "albums", out, "--query", 'elon & "anna maria"', "--name", "Both", "--hard-links") == 0
    assert (out / "Both" / "both.jpg").samefile(known / "2021" / "both.jpg")
    assert phototag("export", "albums", out, "--query", "elon & ") == 2


def test_what_does_not_go_together(phototag: Command, known: Path, tmp_path: Path) -> None:
    assert phototag("export", "albums", tmp_path / "People", "--copies", "--links") == 2
    assert "do not go together" in phototag.err
    assert phototag("export", "albums", tmp_path / "People", "--name", "x") == 2
    assert phototag("export", "albums", known / "People") == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Pictures"]


def test_nobody_has_a_name(phototag: Command, library: Path, tmp_path: Path) -> None:
    phototag("scan", library, "--engine", "fake")
    assert phototag("export", "albums", tmp_path / "People") == 0
    assert "Nobody has a name yet" in phototag.out
    assert not (tmp_path / "People").exists()


def test_one_at_a_time(phototag: Command, known: Path, tmp_path: Path, home: Path) -> None:
    phototag("export", "albums", tmp_path / "People")
    (lock,) = (home / "state").glob("albums-*.lock")
    with FileLock(lock):
        assert phototag("export", "albums", tmp_path / "People") == 4
    assert "Another phototag writes albums" in phototag.err
