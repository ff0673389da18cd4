"""What a library holds besides photos: passed over, excluded, or a problem; each file is accounted for."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from phototag.app.analyse import Outcome, Worker
from phototag.engines.registry import ENGINES, Entry
from phototag.index.db import open_for_reading
from phototag.media.formats import HEAD_BYTES
from phototag.types import PhotoFile
from tests.cli.test_scan import counts, scan
from tests.conftest import BLUE, GREEN, RED, Command, draw_photo


def listed(phototag: Command, root: Path, *more: str) -> dict[str, dict[str, str]]:
    """`phototag problems --json`: path -> reason, of each list."""
    phototag("problems", "--json", "--library", root, *more)
    document = json.loads(phototag.out)
    return {kind: {row["photo"]: row["reason"] for row in rows} for kind, rows in document.items()}


def put(root: Path, *names: str, contents: bytes = b"x") -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(contents)


def test_a_library_without_problems(phototag: Command, library: Path) -> None:
    scan(phototag, library)
    assert phototag("problems", "--library", library) == 0
    assert "no problems" in phototag.out
    assert listed(phototag, library) == {"problems": {}}


def test_problems_come_with_reasons_and_go_when_they_are_mended(phototag: Command, library: Path) -> None:
    put(library, "empty.jpg", contents=b"")
    put(library, "diary.png", contents=b"Dear diary, today")
    scan(phototag, library)
    assert phototag("problems", "--library", library) == 10
    assert "2 files could not be used" in phototag.out
    assert ".phototagignore" in phototag.out
    draw_photo(library / "empty.jpg", [BLUE])
    (library / ".phototagignore").write_text("diary.png\n")
    scan(phototag, library)
    assert phototag("problems", "--library", library) == 0
    found = listed(phototag, library, "--all")
    assert found["passed_over"]["diary.png"] == "excluded by .phototagignore, line 1"


def test_what_is_no_photo_is_counted_and_is_no_problem(phototag: Command, library: Path) -> None:
    put(library, "a.mp4", "b.MOV", "drawing.psd", "favicon.ico", "2020/red1.jpg.xmp", "Thumbs.db", "README")
    assert phototag("scan", library, "--engine", "fake") == 0
    assert "Passed over: 2 videos (not supported yet), 2 other pictures, 3 other files." in phototag.out
    assert "problems --all" in phototag.out
    document = scan(phototag, library)
    assert document["passed_over"] == {"video": 2, "other_picture": 2, "other": 3, "excluded": 0}
    assert counts(document) == {"seen": 6, "unchanged": 6}
    found = listed(phototag, library, "--all")
    assert found["problems"] == {}
    assert found["passed_over"] == {
        ".phototag": "hidden: its name begins with a dot",
        "2020/red1.jpg.xmp": "not a photo by its name",
        "README": "not a photo by its content",
        "Thumbs.db": "not a photo by its name",
        "a.mp4": "a video: not supported yet",
        "b.MOV": "a video: not supported yet",
        "drawing.psd": "a Photoshop file: phototag finds faces in photos only; export it as JPEG",
        "favicon.ico": "an icon: phototag finds faces in photos only; export it as JPEG",
    }


def test_a_photo_without_extension_is_found_by_its_content(phototag: Command, library: Path) -> None:
    draw_photo(library / "a.jpg", [GREEN], (410, 200)).rename(library / "IMG_0001")
    put(library, "clip", contents=b"\0\0\0\x18ftypisom\0\0\2\0isomiso2")
    put(library, "broken", contents=b"\xff\xd8\xff\xe0" + b"no more")
    document = scan(phototag, library)
    assert counts(document) == {"seen": 8, "new": 7}
    assert document["passed_over"]["video"] == 1
    found = listed(phototag, library, "--all")
    assert list(found["problems"]) == ["broken"]
    assert found["passed_over"]["clip"] == "a video: not supported yet"


def test_of_a_file_that_is_no_photo_only_the_beginning_is_read_and_only_once(
    phototag: Command, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (library / "disk image").open("wb") as file:
        file.truncate(1 << 40)  # a hole of a terabyte
    scan(phototag, library)
    assert HEAD_BYTES < 1000
    for work in ("analyse", "hash"):
        monkeypatch.setattr(Worker, work, None)
    assert counts(scan(phototag, library)) == {"seen": 6, "unchanged": 6}


def test_a_file_without_extension_that_becomes_a_photo_is_picked_up(phototag: Command, library: Path) -> None:
    put(library, "IMG_0001")
    scan(phototag, library)
    draw_photo(library / "a.jpg", [GREEN], (410, 200)).rename(library / "IMG_0001")
    assert counts(scan(phototag, library)) == {"seen": 7, "new": 1, "unchanged": 6}


def test_a_folder_without_a_photo_by_content_is_no_library(phototag: Command, tmp_path: Path) -> None:
    put(tmp_path, "README", "Makefile", "clip.mp4")
    assert phototag("scan", tmp_path) == 4
    assert "There is no photo" in phototag.err
    assert not (tmp_path / ".phototag").exists()


def test_a_folder_that_cannot_be_read_is_a_problem_now(
    phototag: Command, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan(phototag, library)
    scandir = os.scandir

    def refusing(folder: bytes) -> object:
        if bytes(folder).endswith(b"2021"):
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr("phototag.media.walk.os.scandir", refusing)
    assert phototag("problems", "--library", library) == 10
    assert "2021/: The folder cannot be read: Permission denied." in phototag.out


# Exclusions


def test_an_excluded_photo_is_gone_and_comes_back_with_its_name(phototag: Command, library: Path) -> None:
    scan(phototag, library)
    phototag("name-cluster", 1, "--as", "elon", "--library", library)
    (library / ".phototagignore").write_text("2020/\n")
    document = scan(phototag, library)
    assert counts(document) == {"seen": 4, "gone": 2, "unchanged": 4}
    assert document["passed_over"]["excluded"] == 1
    phototag("find", "elon", "--library", library)
    assert "2020" not in phototag.out
    assert phototag("check", "--library", library) == 0
    (library / ".phototagignore").unlink()
    assert phototag("check", "--library", library) == 10
    assert counts(scan(phototag, library)) == {"seen": 6, "new": 2, "unchanged": 4}
    phototag("people", "--json", "--library", library)
    assert json.loads(phototag.out)["people"][0]["confirmed"] == 3


def test_an_excluding_option_holds_until_it_is_taken_back(phototag: Command, library: Path) -> None:
    assert phototag("scan", library, "--engine", "fake", "--exclude", "2020/", "--exclude", "*.webp") == 0
    assert "Excluded, also by later scans: 2020/, *.webp" in phototag.out
    assert "--exclude ''" in phototag.out
    assert counts(scan(phototag, library)) == {"seen": 3, "unchanged": 3}
    assert phototag("check", "--library", library) == 0
    assert counts(scan(phototag, library, "--exclude", "nobody.jpg")) == {"seen": 2, "gone": 1, "unchanged": 2}
    found = listed(phototag, library, "--all")["passed_over"]
    assert found["2020/"] == "excluded by --exclude 2020/"
    assert found["nobody.jpg"] == "excluded by --exclude nobody.jpg"
    assert counts(scan(phototag, library, "--exclude", "", "--exclude", "*.webp"))["seen"] == 5
    assert counts(scan(phototag, library, "--exclude", ""))["seen"] == 6
    phototag("scan", library)
    assert "Excluded" not in phototag.out


def test_an_excluding_option_survives_an_index_made_anew(phototag: Command, library: Path) -> None:
    scan(phototag, library, "--exclude", "2020/")
    assert phototag("rebuild", library, "--engine", "fake", "--force") == 0
    assert counts(scan(phototag, library)) == {"seen": 4, "unchanged": 4}


def test_a_pattern_that_makes_no_sense_writes_nothing(phototag: Command, library: Path) -> None:
    assert phototag("scan", library, "--engine", "fake", "--exclude", "[2020") == 2
    assert "[2020" in phototag.err
    assert not (library / ".phototag").exists()


def test_excluding_everything_is_refused(phototag: Command, library: Path) -> None:
    assert phototag("scan", library, "--engine", "fake", "--exclude", "*") == 4
    assert "but for what is excluded" in phototag.err
    assert not (library / ".phototag").exists()


@pytest.mark.parametrize("folder", ["", "2021"])
def test_an_ignore_file_that_cannot_be_read_stops_everything(phototag: Command, library: Path, folder: str) -> None:
    scan(phototag, library)
    before = (library / ".phototag" / "index.db").read_bytes()
    draw_photo(library / "private.jpg", [GREEN], (310, 210))
    (library / folder / ".phototagignore").mkdir()
    for command in ("scan", library, "--engine", "fake"), ("check",), ("problems",):
        assert phototag(*command) == 4
        assert ".phototagignore" in phototag.err
    assert (library / ".phototag" / "index.db").read_bytes() == before


def test_an_excluding_option_holds_for_another_engine_as_well(
    phototag: Command, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ENGINES, "wide", Entry("tests.wide_engine", offered=False))
    scan(phototag, library, "--exclude", "2020/")
    assert phototag("migrate", "--engine", "wide", "--library", library, "--json") == 0, phototag.err
    assert json.loads(phototag.out)["photos"] == 4
    assert phototag("scan", library) == 0
    assert "4 photos in " in phototag.out


# Disks


def test_a_file_rewritten_within_a_coarse_moment_is_read_again(
    phototag: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A memory card tells times in steps of two seconds; bitmaps of one size are files of one size."""
    second = int(time.time())
    for name, colour in {"a.bmp": RED, "b.bmp": "#d00000", "c.jpg": BLUE}.items():
        draw_photo(tmp_path / name, [colour])
        os.utime(tmp_path / name, (second, second))
    assert counts(scan(phototag, tmp_path)) == {"seen": 3, "new": 3}
    assert phototag("check", "--library", tmp_path) == 0
    draw_photo(tmp_path / "a.bmp", [GREEN])
    os.utime(tmp_path / "a.bmp", (second, second))
    assert counts(scan(phototag, tmp_path)) == {"seen": 3, "changed": 1, "unchanged": 2}
    monkeypatch.setattr("phototag.app.scan.YOUNG_NS", -1)  # as if time had passed
    assert counts(scan(phototag, tmp_path)) == {"seen": 3, "unchanged": 3}
    for work in ("analyse", "hash"):
        monkeypatch.setattr(Worker, work, None)
    assert counts(scan(phototag, tmp_path)) == {"seen": 3, "unchanged": 3}


def test_a_file_that_changes_between_listing_and_reading_is_read_again(
    phototag: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw_photo(tmp_path / "a.bmp", [RED])
    analyse = Worker.analyse

    def changing(worker: Worker, file: PhotoFile) -> Outcome:
        draw_photo(tmp_path / "a.bmp", [GREEN])
        return analyse(worker, file)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Worker, "analyse", changing)
        assert counts(scan(phototag, tmp_path)) == {"seen": 1, "new": 1}
    draw_photo(tmp_path / "a.bmp", [BLUE])
    assert counts(scan(phototag, tmp_path)) == {"seen": 1, "changed": 1}


def test_a_rename_that_changes_capitals_only_is_a_move(phototag: Command, library: Path) -> None:
    scan(phototag, library)
    phototag("name-cluster", 1, "--as", "elon", "--library", library)
    (library / "2020" / "red1.jpg").rename(library / "2020" / "Red1.JPG")
    assert counts(scan(phototag, library)) == {"seen": 6, "moved": 1, "unchanged": 5}
    phototag("find", "elon", "--library", library)
    assert "2020/Red1.JPG\n" in phototag.out


@pytest.mark.skipif(os.name == "nt", reason="links need special rights on Windows")
def test_a_library_may_be_spelled_in_two_ways(phototag: Command, library: Path, tmp_path: Path) -> None:
    """As on file systems that do not tell capitals apart; here by a link."""
    scan(phototag, library, "--index", str(tmp_path / "idx"))
    (tmp_path / "pictures").symlink_to(library)
    document = scan(phototag, tmp_path / "pictures", "--index", str(tmp_path / "idx"))
    assert counts(document) == {"seen": 6, "unchanged": 6}


def test_the_index_may_not_lie_among_the_photos(phototag: Command, library: Path) -> None:
    assert phototag("scan", library, "--engine", "fake", "--index", library) == 4
    assert "--index DIR" in phototag.err
    assert not (library / "index.db").exists()


def test_a_long_name_is_scanned(phototag: Command, tmp_path: Path) -> None:
    name = "x" * 251 + ".png"
    draw_photo(tmp_path / name, [RED])
    assert counts(scan(phototag, tmp_path)) == {"seen": 1, "new": 1}
    with open_for_reading(tmp_path / ".phototag").db as db:
        assert db.execute("SELECT path FROM files").fetchall() == [(name.encode(),)]
    db.close()
