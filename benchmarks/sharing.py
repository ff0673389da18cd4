"""How long it takes to share an index of 50,000 faces with other programs, and to take their word over."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from benchmarks.commands import make_large_library
from phototag.app import correct
from phototag.app.history import undo
from phototag.app.sidecars import write_sidecars
from phototag.app.tables import csv_table, json_document
from phototag.app.xmp_names import take_in_xmp
from phototag.index import faces, people
from phototag.index.db import FOLDER, Index, open_for_writing
from phototag.media.darkroom import Here

HEAD = ["what", "photos", "seconds"]


def on_large_index() -> list[list[str]]:
    """Sidecars of 25,000 photos written, left, brought up to date and read by an index that knows nobody; and tables.

    The photos are made up: their files are empty, so no time is for reading them.
    """
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "Pictures"
        make_large_library(root)
        index = open_for_writing(root / FOLDER)
        files = faces.photos_on_disk(index.db)
        for file in files:
            photo = root / os.fsdecode(file.path)
            photo.parent.mkdir(exist_ok=True)
            photo.touch()
        rows = [[what, str(len(files)), f"{seconds:.1f}"] for what, seconds in _timed(index)]
        index.close()
        shutil.rmtree(root / FOLDER)
        return rows


def _timed(index: Index) -> Iterator[tuple[str, float]]:
    """Each thing that was done, and how many seconds it took."""
    yield "export xmp, all new", _seconds(lambda: write_sidecars(index, 1, _silent))
    yield "export xmp, nothing changed", _seconds(lambda: write_sidecars(index, 1, _silent))
    correct.rename(index, "person 9", "somebody", at_ns=1)
    yield "export xmp, one person of 60 renamed", _seconds(lambda: write_sidecars(index, 1, _silent))
    yield "export csv", _seconds(lambda: sum(map(len, csv_table(index))))
    yield "export json", _seconds(lambda: sum(map(len, json_document(index, ""))))
    while people.labels(index.db):
        undo(index, None, 1)
    index.db.execute("DELETE FROM sidecars")
    knows_nobody = _seconds(lambda: take_in_xmp(index, Here(), 1, _silent, workers=2))
    yield "import xmp, into an index that knows nobody", knows_nobody


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _silent(items: Iterable[object], **_: object) -> Iterable[object]:
    return items
