"""A table of distances between two commands: a file that may be deleted at any time and is made again."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress

import numpy as np

from phototag.core.distance_table import DistanceTable
from phototag.files import replace_file
from phototag.index.db import Index

FOLDER, FILE = "cache", "distances.npz"

LARGEST = 256 * 2**20
"""Bytes of distances that are kept; with 50,000 faces that is 1,342 people."""


def kept_distances(index: Index) -> DistanceTable | None:
    """The table that the last command left; None if there is none that can be read."""
    try:
        with np.load(io.BytesIO((index.folder / FOLDER / FILE).read_bytes()), allow_pickle=False) as parts:
            table = DistanceTable(parts["faces"], parts["digests"], parts["references"], parts["distances"])
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile):
        return None
    return table if table.is_whole else None


def keep_distances(index: Index, table: DistanceTable) -> None:
    """Leave a table to the next command, if it is not too large and can be written."""
    path = index.folder / FOLDER / FILE
    with suppress(OSError):
        if table.distances.nbytes > LARGEST:
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(exist_ok=True)
        whole = io.BytesIO()
        np.savez(
            whole,
            faces=table.faces,
            digests=table.digests,
            references=table.references,
            distances=table.distances,
        )
        replace_file(path, whole.getvalue())
