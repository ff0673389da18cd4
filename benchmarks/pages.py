"""How long pages and answers of the API take on an index of 200,000 faces, asked without a socket."""

from __future__ import annotations

import asyncio
import itertools
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx

from benchmarks import indexes
from benchmarks.commands import make_large_library
from benchmarks.indexes import Crowd
from phototag.app import correct
from phototag.index import copies, groups, photos
from phototag.index.db import FOLDER, Index, open_for_writing, transaction
from phototag.settings import Settings
from phototag.types import Shown, TakenFrom
from phototag.web.guard import Guard
from phototag.web.library import Library
from phototag.web.server import create_app

HEAD = ["asked for", "first, ms", "median, ms", "worst, ms"]
ROUNDS = 9
"""How often each is asked for after the first time, of which nothing is kept."""

COPIES, TWICE = 1_000, 1_000
"""Photos that are a copy of another one, and files that hold the same picture as another one."""

PRESENT = 20
"""People who are on a hundred photos each without a face."""


def make_busy_library(root: Path, crowd: Crowd = indexes.HUGE) -> None:
    """Make an index of these people with all that there may be: dates, copies, presences, somebody ignored."""
    make_large_library(root, crowd)
    index = open_for_writing(root / FOLDER)
    files = list(photos.files(index.db).values())
    with transaction(index.db):
        for i, (file, photo) in enumerate(files):
            taken = f"{2000 + i % 25}-{1 + i % 12:02d}-{1 + i % 28:02d}T12:00:00"
            by = Shown(1 + i % 8, taken, TakenFrom.EXIF, f"Camera {i % 10}", None) if i % 50 else Shown()
            photos.record_file(index.db, file, photo, by)
        for file, photo in files[:: len(files) // TWICE]:
            photos.record_file(index.db, replace(file, path=b"again/" + file.path), photo, Shown())
        of = {files[i + 1][1]: files[i][1] for i in range(0, len(files) - 1, len(files) // COPIES)}
        copies.replace(index.db, of)
    for i in range(PRESENT):
        paths = [os.fsdecode(file.path) for file, _ in files[i * 100 : (i + 1) * 100]]
        correct.present(index, f"person {i}", paths, at_ns=i)
    for group in groups.unknown(index.db)[10:13]:
        correct.ignore(index, str(group.id), at_ns=1)
    index.close()


def on_huge_index() -> list[list[str]]:
    """Ask for each page and list; `first` is after something was written."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "Pictures"
        make_busy_library(root)
        return asyncio.run(_table(root))


async def _table(root: Path) -> list[list[str]]:
    settings = Settings(root, root / FOLDER, root.parent / "cache", root.parent / "state")
    guard = Guard("127.0.0.1", 8470)
    app = create_app(Library(settings), guard)
    index = open_for_writing(root / FOLDER)
    rows = []
    transport, sent = httpx.ASGITransport(app), {"Authorization": f"Bearer {guard.token}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8470", headers=sent) as client:
        asked = {path: path for path in PATHS} | dict(_examples(index))
        for called, path in asked.items():
            with transaction(index.db):
                index.db.execute("UPDATE meta SET value = ? WHERE key = 'asked'", (path.encode(),))
                index.db.execute("INSERT OR IGNORE INTO meta VALUES ('asked', ?)", (path.encode(),))
            first, *others = [await _seconds(client, path) for _ in range(1 + ROUNDS)]
            ms = first, statistics.median(others), max(others)
            rows.append([called, *(f"{1_000 * s:.0f}" for s in ms)])
    index.close()
    app.state.jobs.close()
    return rows


async def _seconds(client: httpx.AsyncClient, path: str) -> float:
    start = time.perf_counter()
    answer = await client.get(path)
    answer.raise_for_status()
    return time.perf_counter() - start


PATHS = [
    "/",
    "/?page=60",
    "/person?name=person+0",
    "/person?name=person+100",
    "/find",
    "/find?offset=60000",
    "/find?q=person+1",
    "/find?q=unknown%3D0",
    "/history",
    "/api/v1/status",
    "/api/v1/people",
    "/api/v1/person?name=person+0",
    "/api/v1/clusters",
    "/api/v1/faces",
    "/api/v1/faces?offset=150000",
    "/api/v1/faces?person=person+0",
    "/api/v1/faces?source=auto",
    "/api/v1/photos",
    "/api/v1/find?q=person+0",
    "/api/v1/ignored",
    "/api/v1/review",
]


def _examples(index: Index) -> Iterator[tuple[str, str]]:
    """What is called by an id: the largest group, one of two faces, and a photo in the middle."""
    large, *_, small = (group.id for group in groups.unknown(index.db))
    (photo,) = next(itertools.islice(index.db.execute("SELECT content FROM files ORDER BY path"), 50_000, None))
    yield "/groups/LARGEST", f"/groups/{large}"
    yield "/groups/SMALLEST", f"/groups/{small}"
    yield "/photos/ONE", f"/photos/{photo}"
    yield "/photos/ONE?q=person+0", f"/photos/{photo}?q=person+0"
    yield "/api/v1/clusters/LARGEST", f"/api/v1/clusters/{large}"
    yield "/api/v1/faces?cluster=LARGEST", f"/api/v1/faces?cluster={large}"
    yield "/api/v1/photos/ONE", f"/api/v1/photos/{photo}"
