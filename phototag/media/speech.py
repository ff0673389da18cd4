"""Words spoken by the system's own program, without keeping anybody waiting.

What is said is handed over as an argument or as input, never to a shell: a name is never code.
"""

from __future__ import annotations

import queue
import shutil
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

WINDOWS = (
    "[Console]::InputEncoding = [System.Text.Encoding]::UTF8; Add-Type -AssemblyName System.Speech; "
    "(New-Object System.Speech.Synthesis.SpeechSynthesizer).Speak([Console]::In.ReadToEnd())"
)
"""The same text whatever is said; that is read from the input."""

LONGEST_S = 30.0
"""A program that speaks longer is ended."""

MOST_WAITING = 8
"""Sentences; what comes on top of that is shown, not spoken: it would be late."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """A program that speaks.

    Attributes:
        command: the program and its options.
        by_input: whether what is said is its input; else it is the last argument.
    """

    command: tuple[str, ...]
    by_input: bool = True


PROGRAMS = (
    Speaker(("say", "-f", "-")),
    Speaker(("spd-say", "--wait", "--"), by_input=False),  # its input may hold commands
    Speaker(("espeak-ng", "--stdin")),
    Speaker(("espeak", "--stdin")),
    Speaker(("powershell", "-NoProfile", "-NonInteractive", "-Command", WINDOWS)),
)
"""Of macOS, Linux and Windows; the first that is there."""


def speaker() -> Speaker | None:
    """The program of this system, or None."""
    for one in PROGRAMS:
        found = shutil.which(one.command[0])
        if found is not None:
            return Speaker((found, *one.command[1:]), one.by_input)
    return None


class Voice:
    """Says one thing after another while its caller goes on."""

    def __init__(self, speaker: Speaker | None, show: Callable[[str], None]) -> None:
        """Begin.

        Args:
            speaker: who speaks; nobody for None.
            show: called with what could not be spoken, from any thread.
        """
        self._speaker, self._show = speaker, show
        self._waiting: queue.Queue[str | None] = queue.Queue(MOST_WAITING)
        self._thread = threading.Thread(target=self._work, name="voice", daemon=True)
        if speaker is not None:
            self._thread.start()

    def say(self, text: str) -> None:
        """Say it soon."""
        text = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
        if self._speaker is None:
            return self._show(text)
        try:
            self._waiting.put_nowait(text)
        except queue.Full:
            self._show(text)

    def close(self, wait_s: float) -> None:
        """Wait for what is still to be said, at most so long."""
        if self._speaker is not None:
            with suppress(queue.Full):
                self._waiting.put(None, timeout=wait_s)
                self._thread.join(wait_s)

    def _work(self) -> None:
        assert self._speaker is not None
        while (text := self._waiting.get()) is not None:
            if not _spoken(self._speaker, text):
                self._show(text)


def _spoken(speaker: Speaker, text: str) -> bool:
    command = speaker.command if speaker.by_input else (*speaker.command, text)
    said = text.encode(errors="replace") if speaker.by_input else b""
    try:
        done = subprocess.run(
            command, input=said, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=LONGEST_S, check=False
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
