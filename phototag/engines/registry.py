"""Engines by name. To add one, write a module with `load(cache, threads, runtime)` and name it here."""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from phototag.errors import EngineError, UsageError
from phototag.types import Engine


@dataclass(frozen=True, slots=True)
class Entry:
    """How to get an engine.

    Attributes:
        module: has `load`; imported only when the engine is asked for, because what it wraps is heavy.
        needs: packages beyond the default install that must be importable.
        install: what to type if they are not.
        offered: whether users are told of it.
    """

    module: str
    needs: tuple[str, ...] = ()
    install: str = ""
    offered: bool = True


ENGINES = {
    "mtcnn-resnet": Entry("phototag.engines.standard"),
    "face-recognition": Entry(
        "phototag.engines.reference",
        # face_recognition ends the process when pkg_resources is missing, so look before it is imported
        ("dlib", "face_recognition", "pkg_resources"),
        "pip install 'phototag[reference]' && pip install --no-deps face-recognition",
    ),
    "fake": Entry("phototag.engines.fake", offered=False),
}
DEFAULT = "mtcnn-resnet"


def entry(name: str) -> Entry:
    """How to get an engine.

    Raises:
        UsageError: no such engine.
    """
    if name not in ENGINES:
        offered = sorted(known for known, entry in ENGINES.items() if entry.offered)
        raise UsageError(f"There is no engine {name!r}. Choose one of: {', '.join(offered)}.")
    return ENGINES[name]


def require(name: str) -> Entry:
    """As `entry`, but refuse an engine that could not be loaded, without loading it.

    Raises:
        UsageError: no such engine.
        EngineError: packages are missing; the message says what to install.
    """
    wanted = entry(name)
    missing = [package for package in wanted.needs if importlib.util.find_spec(package) is None]
    if missing:
        raise EngineError(f"The engine {name} needs {', '.join(missing)}. Install it: {wanted.install}")
    return wanted


def load(name: str, cache: Path, *, threads: int = 1, runtime: str | None = None) -> Engine:
    """Load an engine.

    Args:
        name: a key of ENGINES.
        cache: where it may keep files that it made.
        threads: how many will use it at once.
        runtime: see `engines.session`; None for the preferred one.

    Raises:
        UsageError: no such engine.
        EngineError: what it needs is missing; the message says what to install.
        ChecksumError: its weights are not the released ones.
    """
    wanted = require(name)
    engine: Engine = importlib.import_module(wanted.module).load(cache, threads, runtime)
    return engine
