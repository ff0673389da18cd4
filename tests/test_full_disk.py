"""A full disk: a command stops with a sentence, nothing is damaged, and with room again the next one goes on."""

from __future__ import annotations

import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from phototag.app.pictures import THUMBS, face_picture, photo_picture, tidy
from phototag.index import faces
from phototag.index.db import Index, open_for_reading
from phototag.media import thumbs
from tests.conftest import BLUE, RED, Command, draw_photo

PHOTOS = 24


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Photos with two faces each, on a disk with room."""
    for i in range(PHOTOS):
        draw_photo(tmp_path / "Pictures" / f"{i:02d}.png", [RED, BLUE], (320 + i, 200))
    return tmp_path / "Pictures"


def fill(folder: Path, leave: int = 0) -> Path:
    """Take all the room on a disk but so many bytes."""
    ballast = folder / "ballast"
    free = os.statvfs(folder)
    with ballast.open("wb") as file:
        file.write(b"\0" * max(0, free.f_bavail * free.f_frsize - leave))
    return ballast


def is_whole(index: Path) -> bool:
    with closing(sqlite3.connect(index / "index.db")) as db:
        return db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def decisions(index: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(index / "index.db")) as db:
        return db.execute("SELECT id, kind FROM decisions").fetchall()


@pytest.mark.parametrize("room", [0, 60_000, 150_000, 300_000])
def test_a_scan_that_finds_no_room_stops_and_the_next_one_completes(
    phototag: Command, small_disk: Path, photos: Path, room: int
) -> None:
    index = small_disk / "index"
    index.mkdir()
    ballast = fill(small_disk, leave=room)
    code = phototag("scan", photos, "--index", index, "--engine", "fake")
    assert code == 4, phototag.err
    assert "Traceback" not in phototag.err
    assert "space" in phototag.err or "full" in phototag.err
    ballast.unlink()
    assert phototag("scan", photos, "--index", index, "--engine", "fake", "--json") == 0
    assert json.loads(phototag.out)["faces"] == 2 * PHOTOS
    assert is_whole(index)


@pytest.mark.parametrize("room", [0, 4096, 20_000, 40_000, 80_000])
def test_what_cannot_be_written_is_not_said_and_what_was_said_before_stays(
    phototag: Command, small_disk: Path, photos: Path, room: int
) -> None:
    index = small_disk / "index"
    assert phototag("scan", photos, "--index", index, "--engine", "fake") == 0
    assert phototag("name-cluster", 1, "--as", "ann", "--index", index) == 0
    before = (index / "tags.jsonl").read_bytes()
    ballast = fill(small_disk, leave=room)
    code = phototag("name-cluster", 2, "--as", "ben", "--index", index)
    assert "Traceback" not in phototag.err
    if code == 0:
        pytest.skip("there was room enough")
    assert code == 4
    assert (index / "tags.jsonl").read_bytes() == before
    ballast.unlink()
    assert is_whole(index)
    known = decisions(index)
    assert known[0] == (1, "name")
    assert len(known) == 1 or "What you said is safe" in phototag.err
    assert phototag("undo", 1, "--index", index) == 0
    assert phototag("redo", "--index", index) == 0
    assert phototag("name-cluster", 2, "--as", "ben", "--index", index) in (0, 2)
    assert phototag("people", "--json", "--index", index) == 0
    assert {p["name"]: p["faces"] for p in json.loads(phototag.out)["people"]} == {"ann": PHOTOS, "ben": PHOTOS}


def test_a_file_that_may_not_grow_any_more_damages_nothing(phototag: Command, photos: Path) -> None:
    """A quota, as anybody can set it: files of this process end at 80 kB."""
    assert phototag("scan", photos, "--engine", "fake") == 0
    index = photos / ".phototag"
    assert phototag("name-cluster", 1, "--as", "ann") == 0
    script = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))\n"
        "from phototag.cli.main import main; sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "name-cluster", "2", "--as", "ben", "--library", str(photos)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 4, done.stderr
    assert "Traceback" not in done.stderr
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 8192  # not of this one
    assert is_whole(index)
    assert decisions(index)[0] == (1, "name")
    assert phototag("name-cluster", 2, "--as", "ben") in (0, 2)


@pytest.fixture
def without_pictures(phototag: Command, small_disk: Path, photos: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an index on a small disk which may be filled, with no small picture."""
    index = small_disk / "index"
    monkeypatch.setattr(thumbs, "LEAST_FREE_BYTES", 0)
    assert phototag("scan", photos, "--index", index, "--engine", "fake") == 0
    shutil.rmtree(index / THUMBS)
    return index


def show_two(index: Index) -> list[bytes | None]:
    """A face and a photo."""
    tidy(index)
    face = faces.faces(index.db)[0]
    return [face_picture(index, face), photo_picture(index, face.path)]


def test_faces_are_shown_on_a_full_disk(without_pictures: Path, small_disk: Path) -> None:
    with closing(open_for_reading(without_pictures)) as index:
        faces.faces(index.db)
        fill(small_disk)
        assert all(show_two(index))
    assert [path for path in (without_pictures / THUMBS).rglob("*") if path.is_file()] == []


def test_faces_are_shown_on_a_disk_that_cannot_be_written(without_pictures: Path, small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with closing(open_for_reading(without_pictures)) as index:
        assert all(show_two(index))
    assert not (without_pictures / THUMBS).exists()


def test_a_scan_keeps_no_pictures_where_room_is_short(phototag: Command, small_disk: Path, photos: Path) -> None:
    index = small_disk / "index"
    assert phototag("scan", photos, "--index", index, "--engine", "fake") == 0
    assert not (index / THUMBS).exists()


def test_pictures_that_fill_a_disk_do_not_stop_a_scan(
    phototag: Command, small_disk: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(thumbs, "LEAST_FREE_BYTES", 0)
    monkeypatch.setattr(thumbs.Thumbs, "_write", full)
    assert phototag("scan", photos, "--index", small_disk / "index", "--engine", "fake") == 0
