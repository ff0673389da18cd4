"""The folder of a gallery: what is in it is ours, is written only where it differs, and is tidied up."""

from __future__ import annotations

import json
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from phototag.errors import UsageError
from phototag.files import leftovers, write_if_changed
from phototag.media.pages.places import OURS

MANIFEST = ".phototag-gallery.json"
FORMAT = 1

_OLD_S = 3600
"""A temporary file of this age is not being written any more: a crash left it."""


class Showroom:
    """A gallery's folder while it is being made.

    At every moment the manifest lists all files of ours that are there, and perhaps more, so that whenever a run is
    interrupted the next one knows what is ours.
    """

    def __init__(self, root: Path, folder: Path) -> None:
        """Take a folder that is empty, not there, or that of an earlier gallery.

        Args:
            root: of the library, which is left as it is.
            folder: absolute.

        Raises:
            UsageError: it lies in the library, or holds something else.
            OSError: it cannot be read.
        """
        if folder.resolve().is_relative_to(root.resolve()):
            raise UsageError(
                f"{folder} lies in the library {root}, where a scan would take its pictures for photos. "
                "Nothing was written; give a folder outside."
            )
        self._folder = folder
        self._former = _listed(folder)
        self._wanted: set[str] = set()
        self.written = 0

    def begin(self, names: Collection[str]) -> None:
        """Say which files there will be: names are paths in the folder. Until `finish`, former ones stay."""
        self._wanted = set(names)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._list(self._wanted | self._former)
        for part in {name.rpartition("/")[0] for name in self._wanted}:
            (self._folder / part).mkdir(parents=True, exist_ok=True)

    @property
    def n_wanted(self) -> int:
        """How many files there will be."""
        return len(self._wanted)

    def has(self, name: str) -> bool:
        """Whether an earlier run has made this file."""
        return (self._folder / name).is_file()

    def add(self, name: str, data: bytes) -> None:
        """Write a file that is not there, or whose contents differ."""
        self.written += write_if_changed(self._folder / name, data)

    def finish(self, missing: Collection[str] = ()) -> int:
        """Remove what an earlier run made and is not needed any more; `missing` could not be made. Returns how many."""
        there = self._wanted - set(missing)
        gone = self._former - there
        removed = sum(_remove(self._folder / name) for name in gone)
        for part in {name.rpartition("/")[0] for name in gone | there}:
            _tidy(self._folder / part)
        self._list(there)
        return removed

    def _list(self, names: Collection[str]) -> None:
        lines = json.dumps({"made_by": "phototag", "format": FORMAT, "files": sorted(names)}, indent=0)
        write_if_changed(self._folder / MANIFEST, lines.encode() + b"\n")


def _listed(folder: Path) -> set[str]:
    """What an earlier run listed, as far as it is what a gallery has.

    Raises:
        UsageError: the folder is none of ours.
        OSError: it cannot be read.
    """
    if not folder.exists():
        return set()
    try:
        found = json.loads((folder / MANIFEST).read_bytes())
        made_by, form, names = found["made_by"], found["format"], list(found["files"])
    except FileNotFoundError:
        if set(folder.iterdir()) <= set(leftovers(folder, MANIFEST.replace(".", r"\."))):
            return set()
        raise UsageError(
            f"{folder} is not empty, and no gallery that phototag made. Nothing was written; give a new folder."
        ) from None
    except (ValueError, KeyError, TypeError):
        made_by, form, names = None, None, []
    if made_by != "phototag" or form != FORMAT:
        raise UsageError(
            f"{folder / MANIFEST} is damaged, or of another phototag. Nothing was written; give a new folder."
        )
    return {name for name in names if isinstance(name, str) and OURS.fullmatch(name)}


def _remove(path: Path) -> bool:
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True


def _tidy(folder: Path) -> None:
    """Remove what a crash left here, and the folder if nothing is in it."""
    for path in leftovers(folder, r".+"):
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > _OLD_S:
                path.unlink()
    with suppress(OSError):
        folder.rmdir()
