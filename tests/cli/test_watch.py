"""`phototag watch` as a user runs it: a process that is stopped by a signal."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from phototag import wiring
from phototag.settings import Settings
from tests.conftest import BLUE, GREEN, RED, Command, draw_photo

SOON_S = 30.0


class Process:
    """A watch, line by line."""

    def __init__(self, *arguments: object) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "phototag", "watch", *map(str, arguments), "--engine", "fake"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)

    def line(self) -> str:
        """The next one of stdout."""
        return self._lines.get(timeout=SOON_S)

    def send(self, number: int) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def end(self) -> tuple[int, str]:
        """Wait for its end: exit code, and what stderr says."""
        assert self._process.stderr is not None
        said = self._process.stderr.read()
        return self._process.wait(SOON_S), said

    def kill(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdout, self._process.stderr):
            assert stream is not None
            stream.close()


@pytest.fixture
def watch() -> Iterator[Callable[..., Process]]:
    running: list[Process] = []

    def begin(*arguments: object) -> Process:
        running.append(Process(*arguments))
        return running[-1]

    yield begin
    for process in running:
        process.kill()


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_to_be_stopped_is_its_normal_end(
    watch: Callable[..., Process], library: Path, phototag: Command, number: int
) -> None:
    process = watch(library)
    assert "  6 new photos, 6 faces: 6 unknown. (" in process.line()
    draw_photo(library / "more" / "a.png", [RED, GREEN], (500, 200))
    assert "  1 new photo, 2 faces: 2 unknown. (" in process.line()
    process.send(number)
    code, said = process.end()
    assert code == 0
    assert said == f"Watching {library}. Stop with Ctrl-C.\nStopped. Nothing is lost.\n"
    assert phototag("check", "--library", library) == 0


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_stop_in_the_middle_of_a_burst_loses_nothing(
    watch: Callable[..., Process], library: Path, phototag: Command
) -> None:
    process = watch(library)
    process.line()
    for n in range(300):
        draw_photo(library / f"{n}.png", [BLUE], (300 + n, 200))
    threading.Event().wait(3.0)  # it reads them now, or is about to
    process.send(signal.SIGTERM)
    assert process.end()[0] == 0
    assert phototag("scan", library, "--engine", "fake", "--json") == 0
    assert json.loads(phototag.out)["faces"] == 306
    assert phototag("check", "--library", library) == 0


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_json_is_a_document_a_line_and_a_second_watch_is_refused(
    watch: Callable[..., Process], library: Path, phototag: Command
) -> None:
    phototag("scan", library, "--engine", "fake")
    process = watch("--json")  # the library scanned last
    (library / "bad.jpg").write_bytes(b"no picture")
    draw_photo(library / "a.png", [RED], (500, 200))
    document = json.loads(process.line())
    assert document.pop("at")[:2] == "20"
    assert document.pop("seconds") > 0
    assert document.pop("problems")[0]["photo"] == "bad.jpg"
    assert document == {
        "photos": {"new": 1, "changed": 0, "moved": 0, "gone": 0, "duplicates": 0},
        "faces": 1,
        "people": {},
        "unknown": 1,
    }
    assert phototag("watch", library, "--engine", "fake") == 4
    assert "Another phototag watches" in phototag.err
    process.send(signal.SIGINT)
    assert process.end()[0] == 0


def test_bad_input_is_refused(phototag: Command, tmp_path: Path, library: Path) -> None:
    assert phototag("watch", tmp_path / "nowhere") == 4
    assert phototag("watch", tmp_path / "home") == 4
    (tmp_path / "empty").mkdir()
    assert phototag("watch", tmp_path / "empty") == 4
    assert not (tmp_path / "empty" / ".phototag").exists()
    assert phototag("watch") == 4
    assert "Scan one first" in phototag.err
    assert phototag("watch", library, "--engine", "no such") == 2
    assert phototag("watch", library, "--poll", "0") == 2


def test_the_only_watch_is_the_only_one(tmp_path: Path) -> None:
    settings = Settings(tmp_path, tmp_path / ".phototag", tmp_path, tmp_path / "state")
    with wiring.only_watch(settings):
        pass
    with wiring.only_watch(settings), pytest.raises(wiring.LockedError), wiring.only_watch(settings):
        pass
