"""Where things are on this machine and what the user set: one frozen value, loaded once a command."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs


@dataclass(frozen=True, slots=True)
class Settings:
    """What a command starts from.

    Attributes:
        library: from --library, else $PHOTOTAG_LIBRARY, else None.
        index: from --index, else None.
        cache: for what can be made again (networks); $PHOTOTAG_CACHE or the user's cache folder.
        state: for what is remembered between commands; $PHOTOTAG_STATE or the user's state folder.
    """

    library: Path | None
    index: Path | None
    cache: Path
    state: Path


def load(library: Path | None, index: Path | None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Put together options and environment; an option wins, and an empty variable counts as not set."""
    named = library or _path(environ, "PHOTOTAG_LIBRARY")
    return Settings(
        library=None if named is None else _absolute(named),
        index=None if index is None else _absolute(index),
        cache=_path(environ, "PHOTOTAG_CACHE") or platformdirs.user_cache_path("phototag"),
        state=_path(environ, "PHOTOTAG_STATE") or platformdirs.user_state_path("phototag"),
    )


def _absolute(path: Path) -> Path:
    """Without "..", so that one library has one spelling; links stay."""
    return Path(os.path.abspath(path))  # noqa: PTH100  # Path.absolute keeps ".."


def _path(environ: Mapping[str, str], name: str) -> Path | None:
    value = environ.get(name, "")
    return Path(value).expanduser() if value else None
