"""Engines by name, or by their parts. To add one, see docs/engines.md."""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from phototag.errors import EngineError, UsageError
from phototag.types import Choice, Engine


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
    "mtcnn-resnet": Entry("phototag.engines.pairs"),
    "face-recognition": Entry(
        "phototag.engines.reference",
        # face_recognition ends the process when pkg_resources is missing, so look before it is imported
        ("dlib", "face_recognition", "pkg_resources"),
        "pip install 'phototag[reference]' && pip install --no-deps face-recognition",
    ),
    "fake": Entry("phototag.engines.fake", offered=False),
}
DEFAULT = "mtcnn-resnet"
USUAL = ("mtcnn", "dlib")
"""Its detector and its embedder."""


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


PAIRS = "phototag.engines.pairs"


def choose(name: str | None, detector: str | None, embedder: str | None, before: Choice | None, cache: Path) -> Choice:
    """What a user means, checked: models of their own are read, and tried.

    Args:
        name: of an engine; then there is no detector and no embedder.
        detector: a name or a path; None for that of `before`, else the usual one.
        embedder: likewise.
        before: what the library has.
        cache: where the engine may keep files that it made.

    Raises:
        UsageError: no such engine, detector or embedder.
        EngineError: a model, its card or a package is missing or not right.
        ChecksumError: weights are not the released ones.
    """
    if name is not None:
        entry(name)
        return Choice(name)
    usual = (before.detector, before.embedder) if before and before.detector else USUAL
    choice: Choice = importlib.import_module(PAIRS).choose(cache, detector or usual[0], embedder or usual[1])
    return choice


def open_chosen(choice: Choice, cache: Path, *, threads: int = 1) -> Engine:
    """Load an engine that was chosen, now or when the library was described.

    Raises:
        EngineError: something is missing, or a model or its card is not the one that was chosen.
        ChecksumError: its weights are not the released ones.
    """
    if not choice.detector:
        return load(choice.name, cache, threads=threads)
    engine: Engine = importlib.import_module(PAIRS).load(cache, threads, None, choice.detector, choice.embedder)
    if engine.space.engine != choice.name:
        raise EngineError(
            f"The library was described by {choice.name}, and with {choice.options} it would be {engine.space.engine} "
            "now: a model or what its card says has changed. Put it back as it was; or describe all photos anew, and "
            f"keep what you said: phototag migrate {choice.options}"
        )
    return engine
