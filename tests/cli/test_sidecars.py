from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import BLUE, RED, Album, Command


@pytest.fixture
def named(album: Album, phototag: Command) -> Album:
    """Ann on a and b, as the machine says; c is unknown."""
    album.scan(a=[RED], b=[RED], c=[BLUE])
    album.name("Ann", "a")
    album.close()
    return album


def test_export_says_what_it_wrote(named: Album, phototag: Command) -> None:
    assert phototag("export", "xmp") == 0
    assert phototag.out == "2 sidecars written, 0 are as they shall be.\n"
    assert phototag("export", "xmp") == 0
    assert phototag.out == "0 sidecars written, 2 are as they shall be.\n"


def test_trying_an_export_prints_the_difference(named: Album, phototag: Command) -> None:
    assert phototag("export", "xmp", "--dry-run", "--confirmed") == 0
    assert "+++ a.png.xmp" in phototag.out
    assert "1 sidecar would be written" in phototag.out
    assert not list(named.root.glob("*.xmp"))


def test_a_conflict_has_its_exit_code_and_says_what_to_do(named: Album, phototag: Command) -> None:
    phototag("export", "xmp")
    sidecar = named.root / "a.png.xmp"
    sidecar.write_bytes(sidecar.read_bytes().replace(b"Ann", b"Bob"))
    named.name("Carl", "a")
    named.close()
    assert phototag("export", "xmp") == 6
    assert "a.png: Bob there, Carl here" in phototag.out
    assert "--ours" in phototag.out
    assert phototag("export", "xmp", "--ours") == 0
    assert b"Carl" in sidecar.read_bytes()


def test_what_others_changed_is_told_with_how_to_take_it_back(named: Album, phototag: Command) -> None:
    phototag("export", "xmp")
    sidecar = named.root / "a.png.xmp"
    sidecar.write_bytes(sidecar.read_bytes().replace(b"Ann", b"Bob"))
    assert phototag("export", "xmp") == 0
    assert "Others had changed" in phototag.out
    assert "1 face is named" in phototag.out
    assert "undo" in phototag.out


def test_a_broken_sidecar_is_a_problem(named: Album, phototag: Command) -> None:
    (named.root / "a.png.xmp").write_text("<")
    assert phototag("export", "xmp") == 10
    assert "a.png: " in phototag.out
    assert phototag("import", "xmp") == 10
    assert "a.png: " in phototag.out


def test_json_is_one_document(named: Album, phototag: Command) -> None:
    assert phototag("export", "xmp", "--json") == 0
    document = json.loads(phototag.out)
    assert (document["written"], document["conflicts"], document["taken_over"]["faces"]) == (2, [], 0)
    assert phototag("import", "xmp", "--json") == 0
    assert json.loads(phototag.out)["decision"] is None


def test_a_scan_keeps_sidecars_current(named: Album, phototag: Command) -> None:
    named.draw(d=[RED])
    assert phototag("scan", named.root, "--engine", "fake", "--write-xmp") == 0
    assert "3 sidecars written" in phototag.out
    assert (named.root / "d.png.xmp").exists()
    assert phototag("scan", named.root, "--engine", "fake", "--write-xmp", "--json") == 0
    assert json.loads(phototag.out)["xmp"]["written"] == 0


def test_import_is_tried_and_done(named: Album, phototag: Command) -> None:
    phototag("export", "xmp", "--to", named.root.parent / "mirror")
    (named.root / ".phototag").rename(named.root.parent / "index of before")
    named.scan()
    assert phototag("import", "xmp", "--from", named.root.parent / "mirror", "--dry-run") == 0
    assert phototag.out.startswith("2 faces would be named")
    assert phototag("import", "xmp", "--from", named.root.parent / "mirror") == 0
    assert phototag.out.startswith("2 faces are named")


def test_a_folder_in_the_library_is_refused(named: Album, phototag: Command) -> None:
    assert phototag("export", "xmp", "--to", named.root / "sidecars") == 2
    assert "lies in the library" in phototag.err


def test_without_a_library_it_says_so(phototag: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert phototag("export", "xmp") == 4
    assert phototag("import", "xmp") == 4
