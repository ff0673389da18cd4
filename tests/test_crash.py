"""kill -9 at any point of a scan, a decision, an undo, of writing tags.jsonl: nothing that was said is lost."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from phototag.app.export import write_tags
from phototag.index import journal
from phototag.index.db import open_for_writing, transaction
from tests.conftest import BLUE, CYAN, GREEN, MAGENTA, RED, YELLOW, draw_photo

COLOURS = [RED, YELLOW, GREEN, CYAN, BLUE, MAGENTA]
ROUNDS, KILLS = 8, 26
"""208 kills in all."""


class Victims:
    """Runs commands that are killed; see crash_victim.py."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash_victim"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[1],
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )

    def run(self, *command: object, after_s: float | None = None, at_event: int | None = None) -> int | None:
        """Run a command on the library; its exit code, or None if it was killed before it ended."""
        where = [] if command[0] == "scan" else ["--library", str(self.root)]
        order = {"command": [*map(str, command), *where], "after_s": after_s, "at_event": at_event}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        code: int | None = json.loads(self._process.stdout.readline())
        return code

    def close(self) -> None:
        """End the process that runs them."""
        self._process.communicate()


@pytest.fixture
def victims(tmp_path: Path) -> Iterator[Victims]:
    made = Victims(tmp_path / "Pictures")
    yield made
    made.close()


def said(root: Path) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """The journal, and what it came to; the index is whole."""
    with closing(sqlite3.connect(root / ".phototag" / "index.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        decisions = db.execute("SELECT id, kind, words, of FROM decisions ORDER BY id").fetchall()
        return decisions, db.execute("SELECT * FROM labels ORDER BY 1, 2, 3").fetchall()


def comes_to(root: Path) -> list[tuple[object, ...]]:
    """What the journal comes to when it is replayed."""
    index = open_for_writing(root / ".phototag")
    with transaction(index.db):
        journal.replay(index.db)
    found = index.db.execute("SELECT * FROM labels ORDER BY 1, 2, 3").fetchall()
    index.close()
    return found


def a_command(chance: random.Random, victims: Victims, drawn: int) -> list[object]:
    """Something that a person may do next."""
    root = victims.root
    faces = _column(root, "SELECT id FROM faces ORDER BY id")
    groups = _column(root, "SELECT id FROM clusters ORDER BY id")
    names = ["ann", "ben", "cleo"]
    choices: list[list[object]] = [["scan", root, "--engine", "fake"]] * 6
    choices += [["undo"], ["redo"], ["undo", "1", "--with-later"]]
    if groups:
        choices += [["name-cluster", chance.choice(groups), "--as", chance.choice(names)]] * 3
        choices += [["ignore", chance.choice(groups)], ["merge", chance.choice(groups), chance.choice(groups)]]
    if faces:
        choices += [["reject", chance.choice(faces)], ["move", chance.choice(faces), "--to", chance.choice(names)]] * 2
        choices += [["not-a-face", chance.choice(faces)]]
    command = chance.choice(choices)
    if command[0] == "scan":
        for i in range(3):
            draw_photo(root / f"{drawn}-{i}.png", chance.choices(COLOURS, k=2), (320 + 3 * drawn + i, 200))
    return command


def _column(root: Path, sql: str) -> list[str]:
    with closing(sqlite3.connect(root / ".phototag" / "index.db")) as db:
        return [str(row[0]) for row in db.execute(sql)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_a_process_that_is_killed_loses_nothing_that_was_said(victims: Victims, seed: int) -> None:
    chance = random.Random(seed)
    root = victims.root
    for i in range(6):
        draw_photo(root / f"{i}.png", [COLOURS[i], COLOURS[i // 2]], (320 + i, 200))
    assert victims.run("scan", root, "--engine", "fake") == 0
    kills = 0
    for drawn in range(200):
        if kills == KILLS:
            break
        command = a_command(chance, victims, drawn)
        before = said(root)
        if chance.random() < 0.5:
            code = victims.run(*command, at_event=round(2 ** chance.uniform(2, 8.3)))
        else:
            code = victims.run(*command, after_s=chance.uniform(0.01, 0.16))
        decisions, labels = said(root)
        assert decisions[: len(before[0])] == before[0], command
        assert code in (None, 0, 2), (command, code)
        if code is None:
            kills += 1
        if decisions == before[0]:
            assert labels == before[1], command  # not at all ...
        assert comes_to(root) == labels, command  # ... or whole
        for line in (root / ".phototag" / "tags.jsonl").read_bytes().splitlines():
            json.loads(line)
    assert kills == KILLS
    before = said(root)
    assert victims.run("scan", root, "--engine", "fake") == 0
    assert said(root) == before
    assert len(_column(root, "SELECT path FROM files")) == len(list(root.glob("*.png")))
    tags = (root / ".phototag" / "tags.jsonl").read_bytes()
    index = open_for_writing(root / ".phototag")
    (root / ".phototag" / "tags.jsonl").unlink()
    write_tags(index)
    index.close()
    assert (root / ".phototag" / "tags.jsonl").read_bytes() == tags


def test_what_was_acknowledged_is_there_whatever_happens_next(victims: Victims) -> None:
    for i in range(4):
        draw_photo(victims.root / f"{i}.png", [RED, BLUE], (320 + i, 200))
    assert victims.run("scan", victims.root, "--engine", "fake") == 0
    assert victims.run("name-cluster", 1, "--as", "ann") == 0
    for event in range(1, 60, 2):
        victims.run("name-cluster", 2, "--as", "ben", at_event=event)
        victims.run("undo", at_event=event + 1)
        decisions, labels = said(victims.root)
        assert decisions[0][:2] == (1, "name")
        assert comes_to(victims.root) == labels
    left_over = {path.name for path in (victims.root / ".phototag").iterdir()}
    assert {"index.db", "tags.jsonl"} <= left_over
