"""A scan of what is no honest photo: each file is a problem with a reason, and the scan goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from phototag import workshop
from phototag.media import darkroom
from tests import hostile
from tests.conftest import BLUE, CYAN, GREEN, MAGENTA, RED, YELLOW, Command, draw_photo

COLOURS = [RED, YELLOW, GREEN, CYAN, BLUE, MAGENTA]


@pytest.fixture(autouse=True)
def hostile_decoder(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Files do to the decoder what their names say."""
    monkeypatch.setattr(
        workshop, "open_darkroom", lambda megapixels: darkroom.Apart(megapixels, seconds=2, work=hostile.work)
    )
    yield
    darkroom.close()


def problems(phototag: Command, root: Path, *options: object) -> dict[str, str]:
    """What a scan says: file -> reason."""
    code = phototag("scan", root, "--engine", "fake", "--json", *options)
    found = {problem["photo"]: problem["reason"] for problem in json.loads(phototag.out)["problems"]}
    assert code == (10 if found else 0)
    assert phototag.err == ""
    return found


REASONS = {
    "crash.png": "The decoder crashed on this file.",
    "hang.png": "The picture took longer than 2 s to decode.",
    "huge.bmp": "100000 x 100000 pixels are more than the limit of 200 megapixels (--max-megapixels).",
}


@pytest.mark.parametrize("n_good", [3, 14])  # by threads, by processes
def test_the_scan_goes_on_after_each(phototag: Command, tmp_path: Path, n_good: int) -> None:
    for i in range(n_good):
        draw_photo(tmp_path / f"good{i}.png", [COLOURS[i % 6]], (320 + i, 200))
    for name in ("crash.png", "hang.png"):
        draw_photo(tmp_path / name, [BLUE], (500 + len(name), 200))
    (tmp_path / "huge.bmp").write_bytes(hostile.huge_bmp())
    assert problems(phototag, tmp_path) == REASONS
    assert phototag("scan", tmp_path, "--engine", "fake") == 10
    assert f"{n_good} unchanged, 3 not usable" in phototag.out
    assert "crash.png: The decoder crashed on this file." in phototag.out


def test_a_file_that_was_mended_is_read_by_the_next_scan(phototag: Command, tmp_path: Path) -> None:
    good = draw_photo(tmp_path / "good.png", [BLUE]).read_bytes()
    (tmp_path / "a.png").write_bytes(good[:300])
    (tmp_path / "b.bmp").write_bytes(hostile.huge_bmp())
    assert set(problems(phototag, tmp_path)) == {"a.png", "b.bmp"}
    for name in ("a.png", "b.bmp"):
        (tmp_path / name).write_bytes(good)
    assert problems(phototag, tmp_path) == {}


def test_a_file_that_did_harm_is_left_alone_until_it_changes(
    phototag: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw_photo(tmp_path / "crash.png", [BLUE])
    before = problems(phototag, tmp_path)
    monkeypatch.setattr(darkroom.Apart, "develop", None)
    assert problems(phototag, tmp_path) == before


def test_a_picture_refused_for_its_size_is_read_when_the_limit_is_raised(phototag: Command, tmp_path: Path) -> None:
    draw_photo(tmp_path / "a.png", [BLUE], (1500, 1000))
    refused = {"a.png": "1500 x 1000 pixels are more than the limit of 1 megapixels (--max-megapixels)."}
    assert problems(phototag, tmp_path, "--max-megapixels", 1) == refused
    assert problems(phototag, tmp_path, "--max-megapixels", 1) == refused
    assert problems(phototag, tmp_path) == {}


def test_what_was_read_with_a_higher_limit_stays_when_all_is_read_again(phototag: Command, tmp_path: Path) -> None:
    draw_photo(tmp_path / "a.png", [BLUE], (1500, 1000))
    assert problems(phototag, tmp_path, "--max-megapixels", 2) == {}
    assert problems(phototag, tmp_path, "--max-megapixels", 1, "--force") == {}
    phototag("faces", "--json", "--library", tmp_path)
    assert len(json.loads(phototag.out)["faces"]) == 1
