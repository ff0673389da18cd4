"""Run a contender and watch the memory of its whole process tree."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

import psutil

EVERY_S = 0.05


@dataclass(frozen=True, slots=True)
class Result:
    """What a contender did.

    Attributes:
        name: of the contender.
        photos: how many.
        seconds: for all of them.
        faces: found.
        peak_mb: of the process and its workers together, memory that they share counted once for each.
        boxes: for each photo, fractions of the upright image.
    """

    name: str
    photos: int
    seconds: float
    faces: int
    peak_mb: int
    boxes: list[list[list[float]]]

    @property
    def photos_per_second(self) -> float:
        """Throughput."""
        return self.photos / self.seconds


def measure(name: str, photos: list[Path]) -> Result:
    """Run a contender of `benchmarks.contender` on photos.

    Raises:
        RuntimeError: it failed; its last words are in the message.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".json") as listing:
        json.dump([str(photo) for photo in photos], listing)
        listing.flush()
        command = [sys.executable, "-m", "benchmarks.contender", name, listing.name]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            peak = _Peak(process.pid)
            out, err = process.communicate()
            peak.stop()
    if process.returncode:
        raise RuntimeError(f"{name}: {err[-2000:]}")
    found = json.loads(out.splitlines()[-1])
    faces = sum(map(len, found["boxes"]))
    return Result(name, len(photos), found["seconds"], faces, peak.mb, found["boxes"])


class _Peak:
    """Looks at a process and its children from time to time and remembers the most that they had."""

    def __init__(self, pid: int) -> None:
        self.mb = 0
        self._process, self._done = psutil.Process(pid), threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def stop(self) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(EVERY_S):
            try:
                tree = [self._process, *self._process.children(recursive=True)]
                self.mb = max(self.mb, sum(process.memory_info().rss for process in tree) >> 20)
            except psutil.Error:
                continue
