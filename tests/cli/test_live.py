"""`phototag live` on videos of coloured squares, and on one made of the sample library."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from phototag.app import live
from phototag.app.analyse import Seen, describe
from phototag.media.frames import video
from tests.conftest import BLUE, DARK_RED, GREEN, PALE_RED, RED, SAMPLE_LIBRARY, Album, Command, draw_photo
from tests.speaking import pretend
from tests.videos import squares, write_video

ROOT = Path(__file__).parents[2]


@pytest.fixture
def known(album: Album, tmp_path: Path, phototag: Command) -> Path:
    """A library without photos; ann is red, bob is blue."""
    draw_photo(tmp_path / "guests" / "ann.png", [DARK_RED], (400, 400))
    draw_photo(tmp_path / "guests" / "bob.png", [BLUE], (400, 400))
    album.root.mkdir()
    assert phototag("enroll", tmp_path / "guests", "--library", album.root, "--engine", "fake") == 0
    return album.root


@pytest.fixture
def street(tmp_path: Path) -> Path:
    """Ten seconds at ten frames a second: ann is there from 0 to 6 and vanishes from 2 to 4, bob walks by from 3 to 5
    from the right to the left, a stranger from 1 to 2.5."""
    frames = []
    for number in range(100):
        at_s = number / 10
        faces = [(DARK_RED, 0.3 + at_s / 50)] if at_s < 6 and not 2 <= at_s < 4 else []
        faces += [(BLUE, 0.9 - 0.4 * (at_s - 3))] if 3 <= at_s < 5 else []
        faces += [(GREEN, 0.8)] if 1 <= at_s < 2.5 else []
        frames.append(squares(*faces))
    return write_video(tmp_path / "street.avi", frames)


def documents(phototag: Command) -> list[dict[str, object]]:
    return [json.loads(line) for line in phototag.out.splitlines()]


def test_who_comes_and_goes_is_told_a_document_a_line(known: Path, street: Path, phototag: Command) -> None:
    assert phototag("live", street, "--library", known, "--json") == 0
    told = documents(phototag)
    assert [(one["event"], one.get("person"), one.get("unknown")) for one in told] == [
        ("comes", "ann", None),
        ("comes", None, 1),
        ("comes", "bob", None),
        ("goes", None, 1),
        ("goes", "bob", None),
        ("goes", "ann", None),
        ("end", None, 1),
    ]
    ann, stranger, bob = told[:3]
    assert (ann["since"], ann["at"], ann["visit"]) == (0.0, 0.4, 1)
    assert ann["nearest"] == ["ann", pytest.approx(0, abs=0.05)]
    assert (stranger["since"], stranger["at"]) == (1.0, 1.8)
    assert (bob["since"], bob["greeting"]) == (3.0, None)
    assert told[-2] == {"event": "goes", "at": 5.8, "visit": 1, "person": "ann", "unknown": None, "seconds": 5.8}
    assert told[-1] == {
        "event": "end",
        "seconds": 9.8,
        "frames": 50,
        "people": [{"person": "bob", "visits": 1, "seconds": 1.8}, {"person": "ann", "visits": 1, "seconds": 5.8}],
        "unknown": 1,
    }


def test_a_person_reads_lines_and_a_summary(known: Path, street: Path, phototag: Command) -> None:
    assert phototag("live", street, "--library", known) == 0
    lines = phototag.out.splitlines()
    assert lines[0].startswith("   0:00  ann comes (0.0")
    assert lines[1].startswith("   0:01  unknown 1 comes (nearest: ")
    assert "   0:05  ann goes, 6 s" in lines
    assert lines[-4:] == ["bob: 1 visit, 2 s", "ann: 1 visit, 6 s", "Unknown: 1 visit", "50 frames of 10 s looked at."]


def test_nobody_is_told_twice_who_crosses_somebody(known: Path, tmp_path: Path, phototag: Command) -> None:
    frames = [squares((DARK_RED, 0.1 + i / 50), (BLUE, 0.9 - i / 50)) for i in range(41)]
    assert phototag("live", write_video(tmp_path / "x.avi", frames), "--library", known, "--json") == 0
    assert sorted(str(one["person"]) for one in documents(phototag) if one["event"] == "comes") == ["ann", "bob"]


def test_somebody_unknown_who_becomes_clear_is_them_from_then_on(
    known: Path, tmp_path: Path, phototag: Command
) -> None:
    unclear, clear = squares((PALE_RED, 0.5)), squares((DARK_RED, 0.5))
    path = write_video(tmp_path / "x.avi", [unclear] * 20 + [clear] * 40)
    assert phototag("live", path, "--library", known, "--json") == 0
    told = documents(phototag)
    assert [(one["event"], one.get("person"), one.get("unknown")) for one in told] == [
        ("comes", None, 1),
        ("comes", "ann", 1),
        ("goes", "ann", None),
        ("end", None, 0),
    ]
    assert told[0]["visit"] == told[1]["visit"] == told[2]["visit"]
    assert phototag("live", path, "--library", known) == 0
    assert "unknown 1 is ann (0." in phototag.out


def test_what_is_hardly_a_face_is_no_stranger(
    known: Path, tmp_path: Path, phototag: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_video(tmp_path / "x.avi", [squares((GREEN, 0.3), (DARK_RED, 0.8))] * 20)
    monkeypatch.setattr(live, "describe", _unsure_of_the_left_one)
    assert phototag("live", path, "--library", known, "--json") == 0
    assert [(one["event"], one.get("person")) for one in documents(phototag)] == [
        ("comes", "ann"),
        ("goes", "ann"),
        ("end", None),
    ]


def _unsure_of_the_left_one(*arguments: Any) -> Seen:
    seen = describe(*arguments)
    faces = tuple(replace(one, quality=-1.0 if one.box.left < 0.5 else one.quality) for one in seen.faces)
    return replace(seen, faces=faces)


def test_nothing_is_written(known: Path, street: Path, phototag: Command) -> None:
    before = {path: path.read_bytes() for path in known.rglob("*") if path.is_file()}
    assert phototag("live", street, "--library", known, "--json") == 0
    assert {path: path.read_bytes() for path in known.rglob("*") if path.name not in _LEFT and path.is_file()} == {
        path: data for path, data in before.items() if path.name not in _LEFT
    }


_LEFT = {"index.db-shm", "index.db-wal"}
"""SQLite's own, of whoever reads."""


def test_everybody_is_greeted_once_a_visit(
    known: Path, street: Path, tmp_path: Path, phototag: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = pretend(tmp_path, monkeypatch, "espeak-ng")
    assert phototag("live", street, "--library", known, "--greet", "Welcome {name}", "--json") == 0
    assert heard.read_text().splitlines() == ["Welcome ann", "Welcome bob"]
    assert [one.get("greeting") for one in documents(phototag) if one.get("greeting")] == ["Welcome ann", "Welcome bob"]


def test_where_nothing_speaks_a_greeting_is_printed(
    known: Path, street: Path, tmp_path: Path, phototag: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert phototag("live", street, "--library", known, "--greet", "Hello {name}, {nobody}") == 0
    assert [line.strip() for line in phototag.out.splitlines() if "Hello" in line] == [
        "Hello ann, {nobody}",
        "Hello bob, {nobody}",
    ]


@pytest.mark.parametrize("name", ["seen.mp4", "seen.avi"])
def test_boxes_and_names_are_drawn_on_a_video(
    known: Path, street: Path, tmp_path: Path, phototag: Command, name: str
) -> None:
    out = tmp_path / name
    assert phototag("live", street, "--library", known, "--annotate", out) == 0
    frames = list(video(out, 60))
    assert len(frames) == 50
    assert frames[10].time_s == pytest.approx(2.0, abs=0.01)
    assert frames[0].pixels.shape == (240, 640, 3)
    assert [_has_green_frame(frames[i].pixels) for i in (0, 5, 25, 45)] == [False, True, True, False]
    assert phototag("live", street, "--library", known, "--annotate", out) == 2
    assert phototag("live", street, "--library", known, "--annotate", out, "--force") == 0
    assert sorted(path.name for path in tmp_path.iterdir() if "seen" in path.name) == [name]


def _has_green_frame(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bool:
    """The green of who is known, which no square has: #34c759."""
    red, green, blue = (pixels[..., channel].astype(int) for channel in range(3))
    return bool(((green > 150) & (green - red > 60) & (abs(blue - 89) < 40) & (abs(red - 52) < 45)).sum() > 50)


def test_a_film_that_comes_to_nothing_leaves_no_file(known: Path, tmp_path: Path, phototag: Command) -> None:
    path = write_video(tmp_path / "x.avi", [squares()] * 3)
    for wrong in (tmp_path / "x.gif", tmp_path / "none" / "x.mp4"):
        assert phototag("live", path, "--library", known, "--annotate", wrong) == 2
        assert not wrong.exists()


def test_a_video_of_nobody_is_said(known: Path, tmp_path: Path, phototag: Command) -> None:
    path = write_video(tmp_path / "x.avi", [squares()] * 9)
    assert phototag("live", path, "--library", known) == 0
    assert "Nobody was seen." in phototag.out


def test_what_cannot_be_looked_at_is_said(known: Path, tmp_path: Path, phototag: Command) -> None:
    (tmp_path / "x.mp4").write_bytes(b"no video")
    for arguments, why in (
        ([tmp_path / "none.mp4"], "There is no video"),
        ([tmp_path / "x.mp4"], "no video that can be read"),
        (["--camera", 99], "There is no camera 99"),
        ([tmp_path / "x.mp4", "--camera", 0], "give one of them"),
    ):
        assert phototag("live", *arguments, "--library", known) == 2
        assert why in phototag.err


def test_where_nobody_is_known_it_says_how_to_enrol(album: Album, street: Path, phototag: Command) -> None:
    album.scan(r1=[RED])
    assert phototag("live", street, "--library", album.root) == 2
    assert "phototag enroll" in phototag.err


class Camera:
    """Sees ann, and is unplugged after a while."""

    def __init__(self) -> None:
        self._left = 60

    def isOpened(self) -> bool:  # noqa: N802
        return True

    def read(self) -> tuple[bool, object]:
        time.sleep(0.05)
        self._left -= 1
        return self._left > 0, cv2.cvtColor(squares((DARK_RED, 0.5)), cv2.COLOR_RGB2BGR)

    def release(self) -> None:
        pass


def test_a_camera_that_goes_away_ends_it_with_a_summary(
    known: Path, phototag: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cv2, "VideoCapture", lambda number: Camera())
    assert phototag("live", "--library", known, "--json") == 10
    told = documents(phototag)
    assert [(one["event"], one.get("person")) for one in told] == [("comes", "ann"), ("goes", "ann"), ("end", None)]
    assert "no more pictures" in phototag.err


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_is_stopped_by_a_signal_and_sums_up(known: Path, tmp_path: Path, number: int) -> None:
    path = write_video(tmp_path / "x.avi", [squares((DARK_RED, 0.5))] * 3000, fps=25)
    command = [sys.executable, "-m", "phototag", "live", path, "--library", known, "--json", "--fps", "25"]
    out = tmp_path / "out.mp4"
    with subprocess.Popen([*command, "--annotate", out], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["person"] == "ann"
        process.send_signal(number)
        rest = [json.loads(line) for line in process.stdout]
    assert process.returncode == 0
    assert [(one["event"], one.get("person")) for one in rest] == [("goes", "ann"), ("end", None)]
    assert rest[-1]["frames"] < 3000
    assert abs(len(list(video(out, 60))) - rest[-1]["frames"]) <= 1


# Real faces

ANNA = ["2018-05 Garden party/IMG_0413.jpg", "2020-12 Holidays/DSC00038.JPG", "2022-10 Autumn walk/IMG_0474.jpg"]
JUNE = ["2018-05 Garden party/IMG_0413.jpg", "2020-12 Holidays/DSC00038.JPG", "2020-12 Holidays/DSC00034.JPG"]
SHOWN = "2023-07 Trip to the coast/PXL_20230709_103623.jpg"
"""Anna, Ben and June, from the front."""


@pytest.fixture
def friends(tmp_path: Path, phototag: Command) -> Path:
    """A library in which Anna and June are enrolled, by faces cut out of three photos each."""
    with (SAMPLE_LIBRARY / "people.csv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    library, faces = tmp_path / "Library", tmp_path / "faces"
    library.mkdir()
    for name, photos in (("Anna", ANNA), ("June", JUNE)):
        (faces / name).mkdir(parents=True)
        for number, path in enumerate(photos):
            (row,) = [row for row in rows if row["path"] == path and row["person"] == name]
            left, top, right, bottom = (int(row[edge]) for edge in ("left", "top", "right", "bottom"))
            with Image.open(SAMPLE_LIBRARY / path) as photo:
                photo.crop((left - 60, top - 60, right + 60, bottom + 60)).save(faces / name / f"{number}.png")
    assert phototag("enroll", faces, "--library", library) == 0
    return library


def test_people_are_known_in_a_video(friends: Path, tmp_path: Path, phototag: Command) -> None:
    with Image.open(SAMPLE_LIBRARY / SHOWN) as photo:
        whole = np.array(photo.convert("RGB"))
    frames = [np.ascontiguousarray(whole[10 * i : 720 + 10 * i, 20 * i : 1280 + 20 * i]) for i in range(6)]
    path = write_video(tmp_path / "friends.avi", frames, fps=5)
    assert phototag("live", path, "--library", friends, "--json") == 0
    told = documents(phototag)
    come = [(one["person"], one["unknown"]) for one in told if one["event"] == "comes"]
    assert sorted(come, key=str) == [("Anna", None), ("June", None), (None, 1)]
    assert told[-1]["unknown"] == 1
    assert told[-1]["frames"] == 6
