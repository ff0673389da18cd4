from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from phototag.errors import LibraryError, LockedError
from phototag.index import lock

HOLDER = """
import sys, time, pathlib
from phototag.index import lock
with lock.writing(pathlib.Path(sys.argv[1]), "scan", waiting=print):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "WAIT_S", 0.1)


def test_a_second_writer_is_told_who_the_first_is(
    tmp_path: Path, holder: subprocess.Popen[str], impatient: None
) -> None:
    told: list[str] = []
    with (
        pytest.raises(LockedError, match=f"phototag scan .process {holder.pid} on "),
        lock.writing(tmp_path, "name-cluster", waiting=told.append),
    ):
        pass
    assert len(told) == 1
    assert str(holder.pid) in told[0]


def test_a_writer_that_waits_gets_its_turn(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    def hand_over(_: str) -> None:
        holder.terminate()
        holder.wait()

    with lock.writing(tmp_path, "scan", waiting=hand_over):
        assert json.loads((tmp_path / "lock.json").read_text())["pid"] == os.getpid()


def test_a_dead_holder_keeps_nobody_out(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    told: list[str] = []
    with lock.writing(tmp_path, "scan", waiting=told.append):
        pass
    assert told == []


def test_a_lock_that_says_nothing_of_its_holder_is_respected(
    tmp_path: Path, holder: subprocess.Popen[str], impatient: None
) -> None:
    (tmp_path / "lock.json").write_text("not json")
    with (
        pytest.raises(LockedError, match="another phototag"),
        lock.writing(tmp_path, "scan", waiting=lambda _: None),
    ):
        pass


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "lock").mkdir()
    with pytest.raises(LibraryError, match="--index"), lock.writing(tmp_path, "scan", waiting=lambda _: None):
        pass
