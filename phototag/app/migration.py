"""A library goes over to another engine, and keeps what was said.

The new engine's description is made in an index of its own, in MIGRATION in the index's folder, by an ordinary scan.
Until it is taken over, in one transaction, nothing of the index has changed; so all of it can be stopped, refused, and
gone on with.
"""

from __future__ import annotations

import math
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from phototag.app.analyse import StepTimer
from phototag.app.disk import exclude, excluded, require_photos
from phototag.app.pictures import tidy
from phototag.app.problems import all_problems
from phototag.app.references import describe, undescribed
from phototag.app.scan import Reading, Workshop, conclude, read
from phototag.errors import LibraryError, LossError, PhotoProblem, UsageError
from phototag.index import photos, spaces
from phototag.index.db import FILE, Index, open_for_writing
from phototag.index.redescription import Comparison, Lost, back_up, compare, take_over
from phototag.media.walk import is_there
from phototag.types import Choice, Space

__all__ = ["Comparison", "Lost", "MigrationReport", "migrate"]

MIGRATION = "migration"
"""Folder in the index's; may be deleted at any time."""

TOLD = 10
"""Lost faces that a refusal lists; --dry-run --json has all."""


@dataclass(frozen=True, slots=True)
class MigrationReport:
    """What came of a migration, or would come of it.

    Attributes:
        before: the engine that had described the index.
        engine: the one that was asked for.
        comparison: of the two descriptions; None where the index has this engine already.
        is_done: whether the index has this engine now.
        problems: files that could not be used and folders that could not be read.
    """

    before: Choice
    engine: Choice
    comparison: Comparison | None
    is_done: bool
    problems: tuple[PhotoProblem, ...] = ()


def migrate(
    index: Index, shop: Workshop, engine: Choice, allowed_loss: float = 0.0, *, dry_run: bool = False
) -> MigrationReport:
    """Describe all photos with another engine, and bind what was said to the faces that it finds.

    May be interrupted at any moment and goes on when it is called again.

    Args:
        index: open for writing.
        shop: what to work with.
        engine: the other engine.
        allowed_loss: share, 0 to 1, of the faces that were spoken of which may find no face any more.
        dry_run: describe and compare, but leave the index as it is.

    Raises:
        UsageError: nothing has been described yet.
        EngineError: the engine cannot be loaded.
        LossError: more would be lost than is allowed; what was described is kept for the next call.
        LibraryError: the library cannot be read, or the index not be written.
    """
    space = spaces.current(index.db)
    if space is None:
        raise UsageError(f"No photo has been described yet. Begin with: phototag scan DIR {engine.options}")
    if space.choice == engine:
        return _finished(index, shop, engine, dry_run)
    require_photos(index.root, index.folder, excluded(index))
    shop.open_engine(engine)  # refuses what cannot be loaded, before anything is written
    described = _describe(index, shop, engine)
    if not dry_run:
        _require_little_loss(described.comparison, allowed_loss, space.choice, engine)
        back_up(index.db, index.folder)
        take_over(index.db, index.folder / MIGRATION / FILE, described.space, described.missing)
        _conclude(index, shop)
    return MigrationReport(space.choice, engine, described.comparison, not dry_run, described.problems)


@dataclass(frozen=True, slots=True)
class _Described:
    """A finished description: see `Comparison`, `MigrationReport` and `take_over`."""

    comparison: Comparison
    space: Space
    missing: Sequence[bytes]
    problems: tuple[PhotoProblem, ...]


def _describe(index: Index, shop: Workshop, engine: Choice) -> _Described:
    """Bring the other index up to date with the disk, and compare."""
    with _other_index(index, engine) as other:
        exclude(other, ["", *excluded(index)])
        reading = read(other, shop, StepTimer())
        space = spaces.current(other.db)
        if space is None:
            raise LibraryError(
                f"No photo in {index.root} could be read, so there is nothing to describe. Nothing was changed. "
                "Is its disk connected?"
            )
        left = undescribed(other, spaces.current_id(other.db), of=index)
        describe(other, shop.open_engine(engine), shop.darkroom, spaces.current_id(other.db), left)
        comparison = compare(index.db, other.db)
        return _Described(
            comparison, space, _missing(index, other, reading), all_problems(other, reading.walk.unreadable)
        )


@contextmanager
def _other_index(index: Index, engine: Choice) -> Iterator[Index]:
    """The index that this engine fills: one that was begun, or else a new one.

    It holds nothing that a person said, so whatever is wrong with it, it is made anew.
    """
    folder = index.folder / MIGRATION
    try:
        opened = _open(folder, index.root)
    except (LibraryError, sqlite3.DatabaseError):
        shutil.rmtree(folder, ignore_errors=True)
        opened = _open(folder, index.root)
    begun = spaces.current(opened.db)
    if begun is not None and begun.choice != engine:
        opened.close()
        shutil.rmtree(folder)
        opened = _open(folder, index.root)
    try:
        yield Index(index.root, index.folder, opened.db)  # the walk leaves out all of the real index's folder
    finally:
        opened.close()


def _open(folder: Path, root: Path) -> Index:
    folder.mkdir(exist_ok=True)
    return open_for_writing(folder, root)


def _missing(index: Index, other: Index, reading: Reading) -> list[bytes]:
    """Paths that the index knows and that are gone; not those below folders that could not be listed."""
    known: Mapping[bytes, object] = {**photos.files(index.db), **photos.failed_files(index.db)}
    there = photos.files(other.db).keys() | photos.failed_files(other.db).keys()
    return sorted(path for path in known.keys() - there if not is_there(path, reading.walk.unreadable))


def _require_little_loss(found: Comparison, allowed: float, before: Choice, engine: Choice) -> None:
    if found.lost_share <= allowed:  # also false if that is no number
        return
    told = [f"{lost.said} on {os.fsdecode(lost.path)}" for lost in found.lost[:TOLD]]
    more = len(found.lost) - len(told)
    all_ = f"; and {more} more: phototag migrate {engine.options} --dry-run --json" if more else ""
    share = math.ceil(1000 * found.lost_share) / 1000
    raise LossError(
        f"{engine.name} does not find {found.lost_faces} of the {found.lost_faces + found.matched} faces that you "
        f"spoke of: {'; '.join(told)}{all_}. Nothing was changed, and what it found is kept. What you said of those "
        f"faces would wait until you migrate to {before.name} again.\n"
        f"Go on all the same:  phototag migrate {engine.options} --allow-loss {share:g}\n"
        f"Give up:             phototag migrate {before.options}"
    )


def _finished(index: Index, shop: Workshop, engine: Choice, dry_run: bool) -> MigrationReport:
    """The index has this engine: finish what may have been interrupted after it was taken over."""
    if (index.folder / MIGRATION).is_dir() and not dry_run:
        _conclude(index, shop)
    return MigrationReport(engine, engine, None, is_done=True)


def _conclude(index: Index, shop: Workshop) -> None:
    conclude(index, shop.progress, StepTimer())
    tidy(index)
    shutil.rmtree(index.folder / MIGRATION, ignore_errors=True)
