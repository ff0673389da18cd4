"""phototag export json, export csv."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

from phototag import wiring
from phototag.app.tables import csv_table, json_document, write_table
from phototag.cli import options, render
from phototag.settings import load


def export_json(
    file: options.TableFile = None,
    replace: options.Replace = False,
    library: options.Library = None,
    index: options.Index = None,
) -> None:
    """Write all photos, people and faces as one JSON document.

    It is what `people`, `faces` and tags.jsonl have, and when, where and by what each photo was taken.
    """
    with wiring.reading(load(library, index)) as opened:
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        _write(json_document(opened, now), file, partial(write_table, opened, replace=replace))


def export_csv(
    file: options.TableFile = None,
    replace: options.Replace = False,
    library: options.Library = None,
    index: options.Index = None,
) -> None:
    """Write a table of all faces, one a line.

    Boxes are in pixels of the upright picture. A person whose source is "suggested" is only a question.
    """
    with wiring.reading(load(library, index)) as opened:
        _write(csv_table(opened), file, partial(write_table, opened, replace=replace))


def _write(chunks: Iterator[bytes], file: Path | None, write: Callable[[Iterable[bytes], Path], None]) -> None:
    if file is None or str(file) == "-":
        render.stream(chunks)
    else:
        write(chunks, file)
        render.note(f"Written to {file}.")
