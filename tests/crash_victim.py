"""Runs commands in processes that are killed in the middle: `python -m tests.crash_victim`, driven by test_crash.py.

It loads phototag once and forks for each command, so that hundreds of kills take seconds. A command is given as a line
of JSON, {"command": [...], "after_s": 0.02} or {"command": [...], "at_event": 17}; the answer is a line with the exit
code, or null if the command was killed first. An event is an SQL statement or a step of writing a file.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2

from phototag import workshop
from phototag.app import scan
from phototag.cli import correct, groups, history, library, main, name
from phototag.cli import scan as scan_command
from phototag.engines import fake
from phototag.index import db
from phototag.media.darkroom import Here

LOADED = (scan, correct, groups, history, library, name, scan_command, fake, cv2)
"""Imported here so that no forked process has to."""


def die_at(event: int) -> None:
    """Let this process kill itself at its n-th event."""
    left = iter(range(event, -1, -1))

    def happens(*_: object) -> None:
        if next(left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: object, **kwargs: object) -> object:
            happens()
            return function(*args, **kwargs)

        return wrapped

    connect = db._connect

    def traced(path: Path, mode: str) -> sqlite3.Connection:
        connection = connect(path, mode)
        connection.set_trace_callback(happens)
        return connection

    db._connect = traced
    os.fsync = before(os.fsync)
    Path.replace = before(Path.replace)
    Path.unlink = before(Path.unlink)


def run(command: list[str], after_s: float | None = None, at_event: int | None = None) -> int | None:
    """Run a command; its exit code, or None if it was killed before it ended."""
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        if at_event is not None:
            die_at(at_event)
        os._exit(main.main(command))
    timer = threading.Timer(after_s if after_s is not None else 60, os.kill, (child, signal.SIGKILL))
    timer.start()
    _, status = os.waitpid(child, 0)
    timer.cancel()
    return None if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


if __name__ == "__main__":
    cv2.setNumThreads(1)
    workshop.open_darkroom, workshop.prepare = (
        Here,
        lambda *_: None,
    )  # no child: it starts longer than a scan takes
    for line in sys.stdin:
        sys.stdout.write(json.dumps(run(**json.loads(line))) + "\n")
        sys.stdout.flush()
