"""phototag export html, as a user types it."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.conftest import Command


@pytest.fixture
def known(phototag: Command, library: Path) -> Path:
    """Elon is red, on three photos; anna maria is blue, on two, one of them with elon."""
    phototag("scan", library, "--engine", "fake")
    phototag("name-cluster", 1, "--as", "elon")
    phototag("name-cluster", 2, "--as", "anna maria")
    return library


def test_a_gallery_and_what_to_open(phototag: Command, known: Path, tmp_path: Path) -> None:
    assert phototag("export", "html", tmp_path / "out", "--title", "Ours") == 0
    first, _, last = phototag.out.splitlines()
    assert first.startswith("2 people on 4 photos; ")
    assert last == f"Open it in a browser: {tmp_path / 'out' / 'index.html'}"
    page = (tmp_path / "out" / "index.html").read_text()
    assert "<title>Ours</title>" in page
    assert "anna maria" in page
    assert "1 face has no name yet. 2 photos that nobody with a name is on are not shown here." in page


def test_json(phototag: Command, known: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert phototag("export", "html", "out", "--json") == 0
    report = json.loads(phototag.out)
    assert report == {
        "gallery": str(tmp_path / "out" / "index.html"),
        "people": 2,
        "photos": 4,
        "files": {"written": report["files"]["written"], "unchanged": 0, "removed": 0},
        "problems": [],
    }


def test_a_photo_that_cannot_be_read_is_listed(phototag: Command, known: Path, tmp_path: Path) -> None:
    (known / "2021" / "blue.jpg").unlink()
    assert phototag("export", "html", tmp_path / "out") == 10
    assert phototag.err == "  2021/blue.jpg: It cannot be read: No such file or directory.\n"


def test_where_it_may_not_be(phototag: Command, known: Path, tmp_path: Path) -> None:
    assert phototag("export", "html", known / "out") == 2
    assert "lies in the library" in phototag.err
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("Dear")
    assert phototag("export", "html", tmp_path / "mine") == 2
    assert "give a new folder" in phototag.err
    assert phototag("export", "html", tmp_path / "mine" / "letter.txt" / "out") == 4
    assert "cannot be written to" in phototag.err
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_nobody_has_a_name(phototag: Command, library: Path, tmp_path: Path) -> None:
    phototag("scan", library, "--engine", "fake")
    assert phototag("export", "html", tmp_path / "out") == 0
    assert "Nobody has a name yet" in phototag.out
    assert "Nobody has a name yet" in (tmp_path / "out" / "index.html").read_text()


def test_a_scan_never_takes_a_gallery_for_photos(phototag: Command, known: Path, tmp_path: Path) -> None:
    phototag("export", "html", tmp_path / "out")
    shutil.copytree(tmp_path / "out", known / "out")
    phototag("scan", known, "--engine", "fake", "--json")
    assert json.loads(phototag.out)["photos"]["new"] == 0


def test_names_and_paths_may_be_anything(phototag: Command, known: Path, tmp_path: Path) -> None:
    odd = os.fsdecode(b"2020 #1 100%? \"quoted\" 'x' \xff")
    (known / "2020").rename(known / odd)
    phototag("scan", known, "--engine", "fake")
    evil = "<script>alert(1)</script>"
    phototag("rename", "elon", evil)
    assert phototag("export", "html", tmp_path / "out") == 0
    pages = [path.read_text() for path in (tmp_path / "out").rglob("*.html")]
    assert not any(evil in page for page in pages)
    assert any("&lt;script&gt;alert(1)&lt;/script&gt;" in page for page in pages)
    assert any("2020%20%231%20100%25%3F%20%22quoted%22%20%27x%27%20%FF/red1.jpg" in page for page in pages)
    assert not [path for path in (tmp_path / "out").rglob("*") if "script" in path.name]
