"""A speech program that writes down what it is to say."""

from __future__ import annotations

from pathlib import Path

import pytest


def pretend(folder: Path, monkeypatch: pytest.MonkeyPatch, program: str, script: str | None = None) -> Path:
    """Make it the only speech program there is; the file to which it writes, a line each time."""
    heard, programs = folder / "heard.txt", folder / "programs"
    programs.mkdir()
    by_input = "{ /bin/cat; echo; }" if program != "spd-say" else 'printf "%s\\n" "$3"'
    (programs / program).write_text(f"#!/bin/sh\n{script if script is not None else f'{by_input} >> {heard}'}\n")
    (programs / program).chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    return heard
