"""A library of 100,000 files that has not changed, and an index of 100,000 faces that is asked for its people."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from phototag.core.geometry import face_ids
from phototag.core.vectors import normalise
from phototag.engines import fake
from phototag.index import photos, spaces
from phototag.index.db import FOLDER, open_for_writing, transaction
from phototag.index.draft import Draft
from phototag.index.journal import Kind, decide
from phototag.index.spots import Spot
from phototag.types import Box, Face, Photo, PhotoFile, Shown

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
    folder = root / FOLDER
    folder.mkdir(parents=True)
    index = open_for_writing(folder, root)
    space = fake.load(root).space
    rng = np.random.default_rng(0)
    centres = normalise(rng.standard_normal((PEOPLE, space.dim)).astype(np.float32))
    box = Box(0.25, 0.25, 0.5, 0.5)
    named: dict[int, list[Spot]] = {}
    with transaction(index.db):
        space_id = spaces.adopt(index.db, space)
        for i in range(FILES):
            path = root / f"{i // 1000:03d}" / f"{i:06d}.jpg"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b"x")
            photo, status, who = f"{i:032x}", path.stat(), i % PEOPLE
            face = Face(face_ids(photo, [box])[0], photo, box, 1.0, 0.5)
            vector = normalise(centres[who] + 0.014 * rng.standard_normal(space.dim).astype(np.float32))
            file = PhotoFile(str(path.relative_to(root)).encode(), status.st_size, status.st_mtime_ns)
            photos.record_analysis(index.db, file, Shown(), Photo(photo, 100, 100), [face], vector[None], space_id)
            if i // PEOPLE % 10 == 0:
                named.setdefault(who, []).append(Spot(face.id, photo, box))
        for who, spots in named.items():
            draft = Draft(index.db)
            person = draft.person(f"person {who}")
            for spot in spots:
                draft.name(spot, person)
            decide(index.db, Kind.NAME, {"name": f"person {who}", "faces": len(spots)}, draft, at_ns=who)
    index.close()
