"""phototag export json and csv, as a user types them."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from tests.conftest import Command


def test_to_stdout_and_nothing_else(phototag: Command, library: Path) -> None:
    phototag("scan", library, "--engine", "fake")
    assert phototag("export", "csv") == 0
    assert phototag.out.splitlines()[0].startswith("photo,taken,width,")
    assert len(phototag.out.splitlines()) == 7
    table = phototag.out
    assert phototag("export", "csv", "-") == 0
    assert (phototag.out, phototag.err) == (table, "")
    assert phototag("export", "json") == 0
    document = json.loads(phototag.out)
    assert len(document["photos"]) == 6
    assert datetime.fromisoformat(document["written"]).tzinfo is not None


def test_to_a_file_that_is_not_replaced_unasked(phototag: Command, library: Path, tmp_path: Path) -> None:
    phototag("scan", library, "--engine", "fake")
    file = tmp_path / "all.json"
    assert phototag("export", "json", file) == 0
    assert (phototag.out, phototag.err) == ("", f"Written to {file}.\n")
    assert phototag("export", "json", file) == 6
    assert "--force" in phototag.err
    assert phototag("export", "json", file, "--force") == 0
    assert json.loads(file.read_text())["library"] == str(library)
    assert phototag("export", "csv", library / "nobody.jpg", "--force") == 2
