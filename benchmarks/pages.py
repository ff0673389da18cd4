"""How long pages and answers of the API take on an index of 200,000 faces, asked without a socket."""

from __future__ import annotations

import asyncio
import itertools
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx

from benchmarks import indexes
from benchmarks.commands import SPACE
from benchmarks.indexes import Crowd
from phototag.index import copies, faces, groups, people, photos
from phototag.index.db import FOLDER, Index, open_for_writing, transaction
from phototag.index.draft import Draft
from phototag.index.faces import Filter
from phototag.index.journal import Kind, decide
from phototag.settings import Settings
from phototag.types import Grade, Shown, Suggestion, TakenFrom
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
    """Make an index of these people with all that there may be: dates, copies, guesses, presences, somebody ignored."""
    index = indexes.large_index(root, SPACE, crowd)
    liven(index)
    index.close()


def liven(index: Index) -> None:
    """Add all but faces, names and groups to an index. Guesses are made up: to compare all faces takes minutes."""
    files = [file for file, _ in photos.files(index.db).values()]
    with transaction(index.db):
        for i, file in enumerate(files):
            taken = f"{2000 + i % 25}-{1 + i % 12:02d}-{1 + i % 28:02d}T12:00:00"
            shown = Shown(1 + i % 8, taken, TakenFrom.EXIF, f"Camera {i % 10}") if i % 50 else Shown()
            photos.record_file(index.db, file, f"{i:032x}", shown)
        for i in range(0, len(files), len(files) // TWICE):
            photos.record_file(index.db, replace(files[i], path=b"again/" + files[i].path), f"{i:032x}", Shown())
        of = {f"{i + 1:032x}": f"{i:032x}" for i in range(0, len(files) - 1, len(files) // COPIES)}
        copies.replace(index.db, of)
        people.replace_suggestions(index.db, list(_guesses(index)))
        draft = Draft(index.db)
        for i in range(PRESENT):
            for photo in range(i * 100, (i + 1) * 100):
                draft.present(f"{photo:032x}", draft.person(f"person {i}"))
        for group in groups.unknown(index.db)[10:13]:
            somebody = draft.somebody(group.id)
            for face in faces.faces(index.db, Filter(ids=group.faces)):
                draft.name(face.spot, somebody)
            draft.ignore(somebody)
        decide(index.db, Kind.PRESENT, {"name": "several", "photos": 100 * PRESENT}, draft, at_ns=1)


def _guesses(index: Index) -> Iterator[Suggestion]:
    """Of a person's other faces seven of ten are strong matches, two may be them; a group in five may be somebody."""
    who = {label.face: label.person for label in people.labels(index.db)}
    for number, found in groups.clusters(index.db).items():
        person = next((who[face] for face in found if face in who), None)
        for i, face in enumerate(sorted(found - who.keys())):
            if person is not None and i % 10 < 9:
                yield Suggestion(face, person, 0.2, None, None, Grade.STRONG if i % 10 < 7 else Grade.POSSIBLE)
            if person is None and number % 5 == 0:
                yield Suggestion(face, 1 + number % 100, 0.29, None, None, Grade.POSSIBLE)


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
