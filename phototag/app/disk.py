"""The disk as an index sees it: one way to walk, whichever command looks, and with what the user wants left out."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from phototag.errors import LibraryError, NotAPhotoError
from phototag.index.db import EXCLUDED, Index, get_meta, set_meta, transaction
from phototag.media.exclusions import from_option
from phototag.media.formats import Kind, kind_of, require_picture
from phototag.media.walk import Walk, Why
from phototag.types import PhotoFile


def walk_of(index: Index) -> Walk:
    """A walk of the index's library, without the index's own folder and what the user excludes."""
    return Walk(index.root, skip=index.folder, exclude=excluded(index))


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
