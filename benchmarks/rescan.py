"""A library of 100,000 files that has not changed, and an index of 100,000 faces that is asked for its people."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import indexes
from phototag.core.vectors import normalise
from phototag.engines import fake
from phototag.types import PhotoFile

if TYPE_CHECKING:
    from phototag.types import Vectors

FILES = 100_000
PEOPLE = 60
HEAD = ["command", "files", "seconds"]


def unchanged_library() -> list[list[str]]:
    """Time commands on it. The index is written directly: describing 100,000 photos is not what is measured."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "Pictures"
        _make(root)
        rows: list[list[str]] = []
        for command in (["scan", str(root)], ["scan", str(root)], ["people"], ["find", "person 1"], ["--help"]):
            more = [] if command[0] in {"scan", "--help"} else ["--library", str(root)]
            start = time.perf_counter()
            subprocess.run([sys.executable, "-m", "phototag", *command, *more], check=True, capture_output=True)
            label = f"phototag {command[0]}" + (", the first" if not rows else "")
            rows.append([label, str(FILES), f"{time.perf_counter() - start:.2f}"])
    return rows


def _make(root: Path) -> None:
    """100,000 tiny files, each the photo of one face; every tenth face is named."""
    index = indexes.new_index(root)
    space = fake.load(root).space
    faces = [face for (face,) in indexes.put(index, space, _photographed(root, space.dim))]
    indexes.name(index, [[f for i, f in enumerate(faces[who::PEOPLE]) if i % 10 == 0] for who in range(PEOPLE)])
    index.close()


def _photographed(root: Path, dim: int) -> Iterator[tuple[PhotoFile, Vectors]]:
    rng = np.random.default_rng(0)
    centres = normalise(rng.standard_normal((PEOPLE, dim)).astype(np.float32))
    for i in range(FILES):
        path = root / f"{i // 1000:03d}" / f"{i:06d}.jpg"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
        status = path.stat()
        vector = normalise(centres[i % PEOPLE] + 0.014 * rng.standard_normal(dim).astype(np.float32))
        yield PhotoFile(str(path.relative_to(root)).encode(), status.st_size, status.st_mtime_ns), vector[None]
