"""Greetings are spoken by whatever program is there; what is said is data to it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from phototag.media.speech import MOST_WAITING, PROGRAMS, Speaker, Voice, speaker
from tests.speaking import pretend

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the programs are shell scripts")
HOSTILE = "$(touch pwned); `touch pwned` & touch pwned | 'ann' \"bob\" -- --help ; \\ 世界"


@pytest.mark.parametrize("program", [one.command[0] for one in PROGRAMS])
def test_what_is_said_reaches_the_program_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.chdir(tmp_path)
    heard = pretend(tmp_path, monkeypatch, program)
    voice = Voice(speaker(), _fail)
    voice.say(HOSTILE)
    voice.close(20)
    assert heard.read_text() == f"{HOSTILE}\n"
    assert not (tmp_path / "pwned").exists()


def _fail(text: str) -> None:
    raise AssertionError(text)


def test_a_name_that_looks_like_an_option_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = pretend(tmp_path, monkeypatch, "spd-say")
    voice = Voice(speaker(), _fail)
    voice.say("--version")
    voice.close(20)
    assert heard.read_text() == "--version\n"


def test_where_nothing_speaks_it_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert speaker() is None
    shown: list[str] = []
    voice = Voice(None, shown.append)
    voice.say("Welcome\n ann\x07")
    voice.close(1)
    assert shown == ["Welcome ann"]


@pytest.mark.parametrize("script", ["exit 1", None], ids=["it fails", "it is gone"])
def test_what_could_not_be_spoken_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None) -> None:
    pretend(tmp_path, monkeypatch, "espeak", script or "")
    found = speaker()
    assert found is not None
    if script is None:
        Path(found.command[0]).unlink()
    shown: list[str] = []
    voice = Voice(found, shown.append)
    voice.say("Welcome ann")
    voice.close(20)
    assert shown == ["Welcome ann"]


def test_nobody_waits_for_who_speaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(tmp_path, monkeypatch, "espeak", "exec /bin/sleep 5")
    shown: list[str] = []
    voice = Voice(speaker(), shown.append)
    start = time.monotonic()
    for number in range(MOST_WAITING + 3):
        voice.say(str(number))
    voice.close(0.1)
    assert time.monotonic() - start < 4
    assert shown in (["9", "10"], ["8", "9", "10"])  # what would come too late


def test_a_program_is_run_without_a_shell() -> None:
    assert all(isinstance(one, Speaker) and "sh" not in one.command for one in PROGRAMS)
