"""Commands on an index of 50,000 faces, each timed as a whole process."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import indexes
from phototag.app import evidence, export, tag
from phototag.engines.dlib_weights import DIM
from phototag.engines.registry import DEFAULT as NAME
from phototag.engines.resnet import THRESHOLDS
from phototag.index.db import FOLDER, GROUPED, set_meta, transaction
from phototag.types import Space

HEAD = ["command", "faces", "seconds"]
ROUNDS = 3
"""The fastest of so many is told: others have to do with what else the machine did."""

SPACE = Space(NAME, "0123456789ab", DIM, "euclidean", "made up", "f32", THRESHOLDS)

READING = [
    ["people"],
    ["clusters"],
    ["faces", "--person", "person 30"],
    ["faces", "--person", "person 0"],
    ["faces", "--json"],
    ["find", "person 0"],
    ["find", '!"person 0"'],
    ["find", "only(person 0)"],
    ["find", "unknown=0"],
    ["find", "path:0*"],
    ["why", "FACE"],
    ["review", "--json"],
    ["history"],
    ["ignored"],
    ["split", "GROUP"],
]
WRITING = [
    ["name-cluster", "TYPICAL", "--as", "somebody new"],
    ["ignore", "TYPICAL"],
    ["name-cluster", "GROUP", "--as", "somebody new"],
    ["name-cluster", "GROUP", "--as", "person 0"],
    ["name-cluster", "GROUP", "--as", "person 59"],
    ["merge", "GROUP", "OTHER"],
    ["merge", "person 0", "person 1"],
    ["split", "GROUP", "FACE"],
    ["split", "person 0", "NAMED"],
    ["move", "FACE", "--to", "person 0"],
    ["move", "NAMED", "--to", "person 1"],
    ["confirm", "--person", "person 0"],
    ["reject", "NAMED"],
    ["reject", "FACE"],
    ["rename", "person 0", "somebody"],
    ["ignore", "GROUP"],
    ["ignore", "person 0"],
    ["not-a-face", "FACE"],
    ["undo"],
    ["undo", "1"],
]
"""GROUP stands for the largest unknown group of the index (500 faces), OTHER for the next largest (172), TYPICAL for
one of 20 at most, FACE for a face of GROUP, NAMED for one of person 0, who has 6,000 faces, 1,313 of them named. Before
a command of WRITING the index is put back as it was."""


def on_large_index() -> list[list[str]]:
    """Time them on an index as a scan leaves it."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "Pictures"
        make_large_library(root)
        shutil.copytree(root, root.with_name("kept"))
        some = _examples(root)
        rows = []
        for command in [*READING, *WRITING]:
            seconds = min(_timed(root, [some.get(word, word) for word in command]) for _ in range(ROUNDS))
            rows.append([f"phototag {' '.join(command)}", str(indexes.LARGE.faces), f"{seconds:.2f}"])
        return rows


def make_large_library(root: Path) -> None:
    """Make an index of 50,000 faces as a scan leaves it, without the photos."""
    index = indexes.large_index(root, SPACE)
    known = evidence.gather(index)
    assert known is not None
    with transaction(index.db):
        set_meta(index.db, GROUPED, known.fingerprint)
    tag.retag(index, known)
    export.write_tags(index)
    index.close()


def _examples(root: Path) -> dict[str, str]:
    """What the words in capitals stand for."""
    groups = json.loads(_phototag(root, ["clusters", "--json"]))["clusters"]
    group, other, typical = groups[0], groups[1], next(group for group in groups if group["faces"] <= 20)
    named = json.loads(_phototag(root, ["faces", "--person", "person 0", "--json"]))["faces"][0]
    numbers = {"GROUP": group, "OTHER": other, "TYPICAL": typical}
    chosen = {word: str(its["id"]) for word, its in numbers.items()}
    return {**chosen, "FACE": group["sample"][0], "NAMED": named["id"]}


def _timed(root: Path, command: list[str]) -> float:
    if command[0] in {words[0] for words in WRITING}:
        shutil.rmtree(root / FOLDER)
        shutil.copytree(root.with_name("kept") / FOLDER, root / FOLDER)
    start = time.perf_counter()
    _phototag(root, command)
    return time.perf_counter() - start


def _phototag(root: Path, command: list[str]) -> bytes:
    arguments = [sys.executable, "-m", "phototag", *command, "--library", str(root)]
    return subprocess.run(arguments, check=True, capture_output=True).stdout
