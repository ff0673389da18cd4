"""python -m benchmarks stress FOLDER...: scan copies of folders of hostile files; what it took and what came of it.

Every file must be read, or listed with a reason; nothing may crash, hang or take gigabytes. The slowest files are
listed too: each is opened in a process of its own, as a scan opens it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from benchmarks import tables
from benchmarks.tables import Table
from phototag.errors import PhotoError
from phototag.media.darkroom import Apart
from phototag.media.walk import Walk
from phototag.types import PhotoFile

HEAD = ["folder", "files", "read", "problems", "passed over", "lost", "exit code", "seconds", "MB, all", "MB, largest"]
SLOWEST_HEAD = ["file", "seconds", "what came of it"]
SLOWEST = 10


def main(arguments: Sequence[str]) -> None:
    """Print a row for each folder, and the slowest files of all."""
    parser = argparse.ArgumentParser(prog="benchmarks stress")
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    folders = parser.parse_args(arguments).folders
    scanned = Table("scans of hostile files", HEAD, [_scanned(folder) for folder in folders])
    rows = sorted((row for folder in folders for row in _opened(folder)), key=lambda row: -float(row[1]))
    slowest = Table("the slowest files", SLOWEST_HEAD, rows[:SLOWEST])
    for found in (scanned, slowest):
        found.show()
    tables.write({found.title: found.as_dicts() for found in (scanned, slowest)}, "stress.json")


def _scanned(folder: Path) -> list[str]:
    with tempfile.TemporaryDirectory() as temporary:
        library = Path(shutil.copytree(folder, Path(temporary) / "library", symlinks=True))
        code, seconds, all_mb, largest_mb = _measured(["scan", str(library), "--json"], temporary)
        listed = json.loads(_phototag(["problems", "--all", "--json", "--library", str(library)], temporary))
        files = {str(path.relative_to(library)) for path in library.rglob("*") if path.is_file()}
        files = {path for path in files if not path.startswith(".phototag/")}
        read = {json.loads(line)["photo"] for line in (library / ".phototag/tags.jsonl").read_bytes().splitlines()}
        told = {one["photo"] for kind in ("problems", "passed_over") for one in listed[kind]}
    counts = [files, read, listed["problems"], listed["passed_over"], files - read - told]
    return [
        folder.name,
        *(str(len(some)) for some in counts),
        str(code),
        f"{seconds:.1f}",
        str(all_mb),
        str(largest_mb),
    ]


def _measured(arguments: Sequence[str], state: str) -> tuple[int, float, int, int]:
    """Exit code, seconds, and megabytes at most (proportional set size) of all processes together and of one."""
    start, most, largest = time.monotonic(), 0, 0
    with subprocess.Popen(_command(arguments), env=_environment(state), stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            each = list(_sizes(psutil.Process(process.pid)))
            most, largest = max(most, sum(each)), max([largest, *each])
            time.sleep(0.05)
    return process.returncode, time.monotonic() - start, most >> 20, largest >> 20


def _sizes(process: psutil.Process) -> Iterator[int]:
    with suppress(psutil.Error):
        for one in [process, *process.children(recursive=True)]:
            with suppress(psutil.Error):
                yield one.memory_full_info().pss


def _phototag(arguments: Sequence[str], state: str) -> str:
    return subprocess.run(_command(arguments), env=_environment(state), capture_output=True, text=True).stdout


def _command(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "phototag", *arguments]


def _environment(state: str) -> dict[str, str]:
    return {**os.environ, "PHOTOTAG_STATE": str(Path(state) / "state")}


def _opened(folder: Path) -> Iterator[list[str]]:
    for file in Walk(folder).photo_files():
        start = time.monotonic()
        came = _came_of(folder, file)
        yield [f"{folder.name}/{os.fsdecode(file.path)}", f"{time.monotonic() - start:.2f}", came]


def _came_of(folder: Path, file: PhotoFile) -> str:
    try:
        Apart().develop(folder, file, 1600)
    except (PhotoError, OSError) as error:
        return str(error)
    return "read"
