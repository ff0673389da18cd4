"""phototag watch."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from phototag import wiring
from phototag.app.disk import require_photos
from phototag.app.export import to_json
from phototag.app.watch import Batch, Library, Pace, Watch
from phototag.cli import bar, options, render
from phototag.cli.stopping import stoppable
from phototag.errors import ExitCode
from phototag.settings import Settings, load
from phototag.types import Choice
from phototag.workshop import workshop

T = TypeVar("T")

KINDS = ("new", "changed", "moved", "duplicates", "gone")
"""Of files, in the order in which they are told."""

MANY = 100
"""A bar is shown for so many photos."""


def watch(
    folder: options.WatchedFolder = None,
    index: options.Index = None,
    engine: options.EngineName = None,
    detector: options.DetectorName = None,
    embedder: options.EmbedderName = None,
    workers: options.Workers = None,
    poll: options.Poll = None,
    json: options.JsonLines = False,
) -> int:
    """Tag photos as they appear, until it is stopped.

    Ctrl-C or SIGTERM is the normal end. Files are read when they are whole. Other commands can be used meanwhile.
    """
    settings = load(folder, index)
    choice = wiring.choose_engine(settings, engine, detector, embedder)
    with stoppable():
        settings = _prepared(settings, create=folder is not None)
        with wiring.only_watch(settings):
            for batch in _watch(settings, choice, workers or wiring.default_workers(), poll).batches():
                _tell(batch, json)
    render.note("Stopped. Nothing is lost.")
    return ExitCode.DONE


def _prepared(settings: Settings, create: bool) -> Settings:
    """Settings that say which library and index it is, whatever is scanned last; the index is made if there is none."""
    if create:
        require_photos(settings.library or Path(), settings.index)
        wiring.refuse_part_of_library(settings)
    with wiring.writing(settings, "watch", render.note, create=create) as index:
        return replace(settings, library=index.root, index=index.folder)


def _watch(settings: Settings, engine: Choice | None, workers: int, poll_s: float | None) -> Watch:
    root, folder = settings.library or Path(), settings.index or Path()
    shop = workshop(settings, engine, workers, None, _progress)
    shop = replace(shop, open_engine=functools.cache(shop.open_engine))  # the networks stay loaded
    library = Library(
        root, folder, partial(wiring.reading, settings), partial(wiring.writing, settings, "watch", _unsaid)
    )
    render.note(f"Watching {root}. Stop with Ctrl-C.")
    return Watch(library, shop, Pace(poll_s=poll_s), render.note)


def _progress(items: Iterable[T], *, label: str, total: int, unit: str) -> Iterable[T]:
    return bar.progress(items, label=label, total=total, unit=unit) if total >= MANY else items


def _unsaid(_: str) -> None:
    """The watch says itself when it has to wait."""


def _tell(batch: Batch, json: bool) -> None:
    if json:
        render.out(to_json(_document(batch)))
    elif batch.kinds or batch.problems:
        render.out(f"{time.strftime('%H:%M:%S')}  {_summary(batch)} ({batch.seconds:.1f} s)")
        for problem in batch.problems:
            render.out(f"          {render.path(problem.path)}: {problem.reason}")
    render.flush()


def _document(batch: Batch) -> dict[str, object]:
    return {
        "at": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "photos": {kind: batch.kinds.get(kind, 0) for kind in KINDS},
        "faces": batch.faces,
        "people": batch.people,
        "unknown": batch.unknown,
        "problems": [{"photo": render.raw(p.path), "reason": p.reason} for p in batch.problems],
        "seconds": round(batch.seconds, 3),
    }


def _summary(batch: Batch) -> str:
    told = [_kind(kind, batch.kinds[kind]) for kind in KINDS if kind in batch.kinds]
    if batch.problems:
        told.append(f"{len(batch.problems):,} not usable")
    who = [f"{name} {n}" for name, n in batch.people.items()] + [f"{batch.unknown} unknown"] * (batch.unknown > 0)
    faces = f", {render.count(batch.faces, 'face')}" if batch.faces else ""
    return f"{', '.join(told)}{faces}{': ' if who else ''}{', '.join(who)}."


def _kind(kind: str, n: int) -> str:
    one = {"duplicates": "duplicate", "gone": "photo gone"}.get(kind, f"{kind} photo")
    many = {"duplicates": "duplicates", "gone": "photos gone"}.get(kind, f"{kind} photos")
    return render.count(n, one, many)
