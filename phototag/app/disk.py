"""The disk as an index sees it: one way to walk, whichever command looks, and with what the user wants left out."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from phototag.errors import LibraryError, NotAPhotoError
from phototag.index import photos
from phototag.index.db import EXCLUDED, Index, get_meta, set_meta, transaction
from phototag.media.darkroom import Darkroom
from phototag.media.exclusions import from_option
from phototag.media.formats import Kind, kind_of, require_picture
from phototag.media.walk import Changes, Walk, Why, compare
from phototag.types import PhotoFile, Progress


def walk_of(index: Index) -> Walk:
    """A walk of the index's library, without the index's own folder and what the user excludes."""
    return Walk(index.root, skip=index.folder, exclude=excluded(index))


@dataclass(frozen=True, slots=True)
class Look:
    """The disk against the index, at one moment.

    Attributes:
        known: the files that the index knows, by path, each with its picture.
        changes: what differs.
        walk: the finished walk, which knows what could not be read and what was passed over.
        started_ns: when it began, nanoseconds since the epoch.
        asked: unchanged photos whose sidecar is another than was known, and turns them as before.
    """

    known: Mapping[bytes, tuple[PhotoFile, str]]
    changes: Changes
    walk: Walk
    started_ns: int
    asked: tuple[PhotoFile, ...] = ()


def look(index: Index, darkroom: Darkroom, progress: Progress | None = None) -> Look:
    """Walk through the library and compare it with the index, which need not be open for writing. Opens no photo.

    A sidecar is opened if it is not as it was, and its photo tells no orientation itself. A photo that it turns is
    fresh.

    Args:
        index: what is known.
        darkroom: opens sidecars.
        progress: shown around the files that are found, if given.

    Raises:
        LibraryError: the library is not a folder that can be read.
    """
    known = photos.files(index.db)
    started_ns = time.time_ns()
    disk = walk_of(index)
    seen = {**photos.failed_files(index.db), **{path: file for path, (file, _) in known.items()}}
    files: Iterable[PhotoFile] = disk.photo_files()
    if progress is not None:
        files = progress(files, label="Looking at the disk", total=len(seen), unit="photo")
    changes = compare(files, seen, disk.unreadable)
    fresh, asked = _asked(index, darkroom, known, changes.unchanged)
    return Look(known, _with_fresh(changes, fresh), disk, started_ns, asked)


def _asked(
    index: Index, darkroom: Darkroom, known: Mapping[bytes, tuple[PhotoFile, str]], unchanged: Iterable[PhotoFile]
) -> tuple[tuple[PhotoFile, ...], tuple[PhotoFile, ...]]:
    """Photos that a sidecar turns, one that is new, changed or gone; and those that it leaves as they are."""
    other = [file for file in unchanged if file.path in known and known[file.path][0].sidecar != file.sidecar]
    turns = photos.turns(index.db) if other else {}
    fresh: list[PhotoFile] = []
    asked: list[PhotoFile] = []
    for file in other:
        with suppress(OSError):  # a sidecar that cannot be read now is looked into next time
            before = turns.get(file.path)
            is_turned = before is not None and before != _turn(index, darkroom, file)
            (fresh if is_turned else asked).append(file)
    return tuple(fresh), tuple(asked)


def _turn(index: Index, darkroom: Darkroom, file: PhotoFile) -> int:
    """The orientation of a file that tells none itself."""
    return (None if file.sidecar is None else darkroom.turn(index.root, file.sidecar)) or 1


def _with_fresh(changes: Changes, fresh: Sequence[PhotoFile]) -> Changes:
    if not fresh:
        return changes
    paths = {file.path for file in fresh}
    return replace(
        changes,
        unchanged=tuple(file for file in changes.unchanged if file.path not in paths),
        fresh=tuple(sorted([*changes.fresh, *fresh], key=lambda file: file.path)),
    )


def excluded(index: Index) -> tuple[str, ...]:
    """The patterns of `--exclude` that hold, in the order in which they were given."""
    return tuple(json.loads(get_meta(index.db, EXCLUDED) or b"[]"))


def exclude(index: Index, patterns: Sequence[str]) -> None:
    """Remember patterns beside those that hold already; an empty one takes back all that were given before it.

    Raises:
        UsageError: a pattern makes no sense; nothing is remembered.
    """
    before = excluded(index)
    after = together(before, patterns)
    from_option(after)
    if after != before:
        with transaction(index.db):
            set_meta(index.db, EXCLUDED, json.dumps(after).encode())


def together(before: Sequence[str], patterns: Sequence[str]) -> tuple[str, ...]:
    """What holds when patterns are given beside others; each once."""
    hold = list(before)
    for pattern in patterns:
        hold = [*(other for other in hold if other != pattern), pattern] if pattern else []
    return tuple(hold)


def require_photos(root: Path, skip: Path | None = None, exclude: Sequence[str] = ()) -> None:
    """Refuse a folder that cannot be a library, before anything is written.

    Args:
        root: the folder.
        skip: where the index is or will be; None for the place where it usually is.
        exclude: patterns, as for `exclude`.

    Raises:
        LibraryError: the folder is not there, cannot be read, or holds no photo.
        UsageError: a pattern makes no sense.
    """
    walk = Walk(root, skip=skip, exclude=together((), exclude))
    if not any(_may_be_photo(root, file) for file in walk.photo_files()):
        but = ", but for what is excluded" if walk.passed_over[Why.EXCLUDED] else ""
        raise LibraryError(
            f"There is no photo in {root} or in its folders{but}. Nothing was changed. "
            "Give the folder that holds your photos."
        )


def _may_be_photo(root: Path, file: PhotoFile) -> bool:
    if kind_of(file.path) is not Kind.UNNAMED:
        return True
    try:
        require_picture(root / os.fsdecode(file.path))
    except (NotAPhotoError, OSError):
        return False
    return True
