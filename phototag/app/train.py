"""Classifiers and a metric that are learned from the faces that a human named: tried against each other, and kept.

What tags is `core.matching`, whatever is kept here. A kept model answers for whoever asks for it by name
(`load_model`), for as long as it is of the same named faces in the same Space.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import json
import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from phototag.app import tag
from phototag.app.evidence import Evidence, gather
from phototag.core.calibration import Quality, Trial, limit_for, measure
from phototag.core.classifiers import CLASSIFIERS, METRICS, NEED_SCIKIT_LEARN, Model, arrays, restored
from phototag.core.matching import StrongLimits, strong_limit
from phototag.core.open_set import Calibration, Named, calibrated, fitted, is_clearly_better, splits, tried
from phototag.errors import EngineError, LibraryError, UsageError
from phototag.files import replace_file
from phototag.index import photos
from phototag.index.db import Index
from phototag.types import Progress

if TYPE_CHECKING:
    from phototag.types import Vectors

FOLDER = "models"

TAGS = "nearest"
"""The classifier that tags; the others have to be clearly better to be recommended."""

PRECISION = 0.99
"""Share of the names that shall be right; it needs 100 trials. `evaluate` asks for 0.995, which needs 200."""

STRANGERS = 200
"""Strangers of whom it is told how many get a name."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What a classifier came to in cross-validation.

    Attributes:
        name: of it.
        right_first: share of the known faces whose person is the first guess, however unsure.
        limit: score up to which an answer counts; None where no limit gives the precision, and then nobody is named.
        quality: of the answers that count.
        strangers_named: how many of STRANGERS strangers get somebody's name.
    """

    name: str
    right_first: float
    limit: float | None
    quality: Quality
    strangers_named: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Classifiers that were tried on the same faces.

    Attributes:
        people: with a name.
        faces: that a human named.
        trials: of each classifier; half of them of strangers, about.
        precision: that the limits were chosen for.
        shipped: what tags, with the limit by which it tags now.
        rows: all, with limits that give the precision.
        best: whom to use: what tags, unless another one is clearly better.
        missing: classifiers that were not tried, because scikit-learn is not installed.
    """

    people: int
    faces: int
    trials: int
    precision: float
    shipped: Tried
    rows: tuple[Tried, ...]
    best: str
    missing: tuple[str, ...]

    def of(self, name: str) -> Tried:
        """What one of them came to."""
        return next(row for row in self.rows if row.name == name)


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A classifier that learned from all named faces.

    Attributes:
        name: of it.
        space: key of the Space of its vectors.
        faces: digest of the named faces.
        precision: that the limit is for.
        limit: score up to which an answer counts.
        calibration: from scores to probabilities.
        at: when it was trained, ISO 8601.
        model: what was learned.
    """

    name: str
    space: str
    faces: str
    precision: float
    limit: float
    calibration: Calibration
    at: str
    model: Model

    @property
    def least(self) -> float:
        """The probability at the limit."""
        return float(self.calibration.probability(np.array([self.limit]))[0])

    def predict(self, vectors: Vectors) -> list[tuple[int, float] | None]:
        """Who faces are.

        Args:
            vectors: (n, dim), rows of length 1, of its Space.

        Returns:
            For each face the person's id and the probability that it is right, or None for a stranger.
        """
        if not len(vectors):
            return []
        answers = self.model.answer(vectors)
        sure = self.calibration.probability(answers.scores).tolist()
        counts = (answers.scores <= self.limit).tolist()
        found = zip(answers.people.tolist(), sure, counts, strict=True)
        return [(person, probability) if is_sure else None for person, probability, is_sure in found]


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """The named faces of an index."""

    evidence: Evidence
    named: Named
    digest: str


def compare(index: Index, progress: Progress, names: Sequence[str] = (), precision: float = PRECISION) -> Comparison:
    """Try classifiers on the named faces, by cross-validation with strangers. Reads only.

    Args:
        index: open.
        progress: shows how far it is.
        names: of classifiers and metrics; all classifiers if there are none. What tags is always tried.
        precision: share of the names given that shall be right, in [0.5, 1).

    Raises:
        UsageError: there is no such classifier, or what it needs is missing; no such precision; too few named faces.
    """
    return _compared(_known(index), progress, _wanted(names), precision)[0]


def train(
    index: Index, progress: Progress, name: str, at: str, precision: float = PRECISION
) -> tuple[Comparison, Trained | None]:
    """Try a classifier or a metric as `compare` does, then let it learn from all named faces. Reads only; see `keep`.

    Args:
        index: open.
        progress: shows how far it is.
        name: of the classifier or metric.
        at: the time, ISO 8601.
        precision: as for `compare`.

    Returns:
        What it came to; and what was learned, None for a metric that is not clearly better than the Space's own.

    Raises:
        UsageError: as for `compare`, or there are too few named faces to promise that precision.
    """
    known = _known(index)
    found, trials = _compared(known, progress, _wanted([name]), precision)
    limit = found.of(name).limit
    if limit is None:
        raise UsageError(
            f"{found.trials} trials on named faces are too few, or too many of them mistaken, to promise a precision "
            f"of {precision:g}: even without a mistake it needs {round(1 / (1 - precision))}. Name more faces, or ask "
            "for less, such as --precision 0.9. Nothing was kept."
        )
    if name in METRICS and found.best != name:
        return found, None
    with _one_thread():
        model = fitted(known.named, _FITS[name], known.evidence.space.thresholds)
    key = known.evidence.space.key
    return found, Trained(name, key, known.digest, precision, limit, calibrated(trials[name]), at, model)


def keep(index: Index, trained: Trained) -> None:
    """Put a model in the place of the former one of its name.

    Args:
        index: open for writing, so that nobody names a face meanwhile.
        trained: by `train`.

    Raises:
        UsageError: somebody named faces since; nothing is written.
    """
    _require_fresh(index, trained)
    about = {
        "classifier": trained.name,
        "space": trained.space,
        "faces": trained.faces,
        "precision": trained.precision,
        "limit": trained.limit,
        "slope": trained.calibration.slope,
        "offset": trained.calibration.offset,
        "trained": trained.at,
    }
    whole = io.BytesIO()
    np.savez(whole, about=np.array(json.dumps(about)), **arrays(trained.model))  # type: ignore[arg-type]
    path = index.folder / FOLDER / f"{trained.name}.npz"
    path.parent.mkdir(exist_ok=True)
    replace_file(path, whole.getvalue())


def load_model(index: Index, name: str) -> Trained:
    """The model that was kept under a name.

    Raises:
        UsageError: there is none, or none of that name can be, or faces were named since it was trained.
        EngineError: it is of another Space.
        LibraryError: the file cannot be read.
    """
    _require_name(name)
    path = index.folder / FOLDER / f"{name}.npz"
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as parts:
            about = json.loads(str(parts["about"]))
            trained = Trained(
                about["classifier"],
                about["space"],
                about["faces"],
                float(about["precision"]),
                float(about["limit"]),
                Calibration(float(about["slope"]), float(about["offset"])),
                about["trained"],
                restored(name, parts),
            )
    except FileNotFoundError:
        raise UsageError(f"No {name} was trained here yet. Do it: {_command(name)}") from None
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise LibraryError(f"{path} cannot be read ({error}). Make it anew: {_command(name)}") from error
    _require_fresh(index, trained)
    return trained


def verdict(found: Comparison, name: str | None) -> str:
    """Which classifier to use; or, where a metric was tried, by how much it is better."""
    return gain(found, name) if name is not None and name in METRICS else advice(found)


def advice(found: Comparison) -> str:
    """Which classifier to use, in a sentence or two."""
    tags, best = found.of(TAGS), found.of(found.best)
    if tags.limit is None and best.limit is None:
        return (
            f"Too few named faces to promise a precision of {found.precision:g}; that needs "
            f"{round(1 / (1 - found.precision))} trials without a mistake."
        )
    if found.best == TAGS:
        return f"Use {TAGS}, which tags already: none that was tried is clearly better."
    more = _recall(best) - _recall(tags)
    return f"Use {found.best}: at that precision it names {100 * more:.1f} points more of the known faces than {TAGS}."


def gain(found: Comparison, metric: str) -> str:
    """By how much a learned metric is better or worse, in a sentence."""
    before, after = _recall(found.of(TAGS)), _recall(found.of(metric))
    told = (
        f"At a precision of {found.precision:g} the learned metric names {after:.1%} of the known faces, the usual one "
        f"{before:.1%}"
    )
    if found.best == metric:
        return f"{told}: {100 * (after - before):.1f} points more."
    return f"{told}: that is not clearly better, and is not kept."


_FITS = {**CLASSIFIERS, **METRICS}


def _compared(
    known: _Known, progress: Progress, names: Sequence[str], precision: float
) -> tuple[Comparison, dict[str, list[Trial]]]:
    if not 0.5 <= precision < 1:
        raise UsageError(f"A precision of {precision:g} cannot be had. Choose one from 0.5 to 0.999, such as 0.99.")
    missing = _without_scikit_learn(names)
    names = [TAGS, *(name for name in names if name != TAGS and name not in missing)]
    parts = splits(known.named)
    found: dict[str, list[Trial]] = {name: [] for name in names}
    jobs = [(name, split) for name in names for split in parts]
    thresholds = known.evidence.space.thresholds
    with _one_thread():
        for name, split in progress(jobs, label="Trying", total=len(jobs), unit="model"):
            found[name] += tried(known.named, split, _FITS[name], thresholds)
    limits = {name: limit_for(trials, precision) for name, trials in found.items()}
    people = len(np.unique(known.named.people))
    now = known.evidence.limits or StrongLimits(strong_limit(people, thresholds))
    comparison = Comparison(
        people=people,
        faces=len(known.named.people),
        trials=len(found[TAGS]),
        precision=precision,
        shipped=_came_to(TAGS, found[TAGS], now),
        rows=tuple(
            _came_to(name, found[name], None if limit is None else StrongLimits(limit))
            for name, limit in limits.items()
        ),
        best=_best(found, limits),
        missing=tuple(missing),
    )
    return comparison, found


def _one_thread() -> threadpool_limits:
    """For small matrices, where threads spend their time waiting for each other.

    A metric for 123 faces took 74 s of processor time in two threads and 21 in one, beside other programs (2026-11).
    """
    return threadpool_limits(1, user_api="blas")


def _came_to(name: str, trials: Sequence[Trial], limits: StrongLimits | None) -> Tried:
    known = [trial for trial in trials if trial.truth is not None]
    strangers = [trial for trial in trials if trial.truth is None]
    whole, _ = measure(trials, limits or StrongLimits(-math.inf))
    named = 0 if limits is None else sum(trial.score <= limits.of(trial.nearest) for trial in strangers)
    return Tried(
        name,
        sum(trial.nearest == trial.truth for trial in known) / len(known),
        None if limits is None else limits.everybody,
        whole,
        STRANGERS * named / len(strangers) if strangers else 0.0,
    )


def _best(found: Mapping[str, Sequence[Trial]], limits: Mapping[str, float | None]) -> str:
    """Of those that are clearly better than what tags, the one with the most right; else what tags."""
    bounds = {name: -math.inf if limit is None else limit for name, limit in limits.items()}
    right = {
        name: sum(t.truth == t.nearest and t.score <= bounds[name] for t in trials) for name, trials in found.items()
    }
    better = [name for name in found if is_clearly_better(found[name], bounds[name], found[TAGS], bounds[TAGS])]
    return max(better, key=right.__getitem__, default=TAGS)


def _known(index: Index) -> _Known:
    evidence = gather(index)
    references = {} if evidence is None else tag.named_references(evidence)
    if evidence is None or not references:
        raise UsageError("Nobody has a name yet, so there is nothing to learn from. Name a group: phototag clusters")
    rows = sorted((row, person) for person, own in references.items() for row in own)
    faces = [evidence.faces[row] for row, _ in rows]
    on = photos.photos_of(index.db)
    numbers = np.unique([on[face] for face in faces], return_inverse=True)[1]
    vectors = photos.vectors_of(index.db, faces, evidence.space.dim)
    people = np.array([person for _, person in rows], dtype=np.intp)
    digest = hashlib.blake2b(json.dumps([evidence.space.key, faces, people.tolist()]).encode(), digest_size=16)
    digest.update(vectors.tobytes())
    return _Known(evidence, Named(vectors, people, numbers), digest.hexdigest())


def _require_fresh(index: Index, trained: Trained) -> None:
    evidence = gather(index)
    if evidence is not None and evidence.space.key != trained.space:
        raise EngineError(
            f"The {trained.name} that was trained is of faces described by {trained.space}; those in this index were "
            f"described by {evidence.space.key}, which cannot be compared. Train it again: {_command(trained.name)}"
        )
    if _known(index).digest != trained.faces:
        raise UsageError(
            f"The named faces are not those that {trained.name} was trained with: it is stale. Train it again: "
            f"{_command(trained.name)}"
        )


def _wanted(names: Sequence[str]) -> list[str]:
    for name in names:
        _require_name(name)
    missing = _without_scikit_learn(names)
    if missing:
        raise UsageError(f"{missing[0]} needs scikit-learn. Install it: pip install 'phototag[train]'")
    return list(names or CLASSIFIERS)


def _require_name(name: str) -> None:
    if name not in _FITS:
        raise UsageError(f"There is no classifier {name}. Choose one of: {', '.join(_FITS)}")


def _without_scikit_learn(names: Sequence[str]) -> list[str]:
    """Those of the classifiers that cannot be fitted here."""
    return [] if importlib.util.find_spec("sklearn") else [name for name in names if name in NEED_SCIKIT_LEARN]


def _recall(row: Tried) -> float:
    return row.quality.recall or 0.0


def _command(name: str) -> str:
    return f"phototag train --{'metric' if name in METRICS else 'classifier'} {name}"
