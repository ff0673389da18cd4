"""How good tagging is on this library, by the faces that a human named."""

from __future__ import annotations

from dataclasses import dataclass

from phototag.app import export, tag
from phototag.app.evidence import Evidence, gather, keep_limits
from phototag.core.calibration import Quality, Trial, calibrate, measure, trials
from phototag.core.matching import OFF, StrongLimits, strong_limit
from phototag.errors import UsageError
from phototag.index import people, photos
from phototag.index.db import Index, transaction

__all__ = ["OFF", "Evaluation", "PersonQuality", "Quality", "calibrate_tagging", "evaluate", "forget_calibration"]


@dataclass(frozen=True, slots=True)
class PersonQuality:
    """How well one person is told from others.

    Attributes:
        name: of the person.
        confirmed: faces that a human named.
        quality: in trials.
        limit: score up to which a face tags by itself.
    """

    name: str
    confirmed: int
    quality: Quality
    limit: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Tagging, tried on the faces that a human named.

    Attributes:
        confirmed: how many those are.
        whole: over all people.
        people: each of them, the worst precision first, then the worst recall.
        limit: score up to which a face tags by itself, for whoever has no limit of their own.
        is_calibrated: whether the limits were calibrated on this library.
    """

    confirmed: int
    whole: Quality
    people: tuple[PersonQuality, ...]
    limit: float
    is_calibrated: bool


def evaluate(index: Index) -> Evaluation:
    """Try every named face as a new photo of its person, and as a stranger. Reads only.

    Raises:
        UsageError: nobody has a name yet.
    """
    known, found = _tried(index)
    return _evaluation(index, known, found)


def calibrate_tagging(index: Index, precision: float) -> Evaluation:
    """Choose the limits so that tags have this precision in the trials; tag anew with them.

    Args:
        index: open for writing.
        precision: share of the tags that shall be right, in [0.5, 1).

    Raises:
        UsageError: no such precision, or too few named faces to tell; nothing is changed.
    """
    if not 0.5 <= precision < 1:
        raise UsageError(f"A precision of {precision:g} cannot be had. Choose one from 0.5 to 0.999, such as 0.995.")
    known, found = _tried(index)
    limits = calibrate(found, precision, known.space.thresholds)
    if limits is None:
        least = round(1 / (1 - precision))
        raise UsageError(
            f"{len(found)} trials on named faces are too few, or too many of them mistaken, to promise a precision of "
            f"{precision:g}: even without a mistake it needs {least}. Name more faces, or ask for less. "
            "Nothing was changed."
        )
    return _adopt(index, limits, found)


def forget_calibration(index: Index) -> Evaluation:
    """Go back to the shipped limits; tag anew with them.

    Raises:
        UsageError: nobody has a name yet.
    """
    return _adopt(index, None, _tried(index)[1])


def _adopt(index: Index, limits: StrongLimits | None, found: list[Trial]) -> Evaluation:
    before = gather(index)
    assert before is not None  # it was tried
    with transaction(index.db, durable=True):
        keep_limits(index, before.space, limits)
    known = gather(index)
    assert known is not None
    tag.retag(index, known)
    export.write_tags(index)
    return _evaluation(index, known, found)


def _tried(index: Index) -> tuple[Evidence, list[Trial]]:
    known = gather(index)
    references = {} if known is None else tag.named_references(known)
    if known is None or not references:
        raise UsageError("Nobody has a name yet, so there is nothing to compare with. Name a group: phototag clusters")
    vectors = photos.vectors_of(index.db, known.faces, known.space.dim)
    return known, trials({person: vectors[rows] for person, rows in references.items()}, known.space.thresholds)


def _evaluation(index: Index, known: Evidence, found: list[Trial]) -> Evaluation:
    references = tag.named_references(known)
    limits = known.limits or StrongLimits(strong_limit(len(references), known.space.thresholds))
    whole, each = measure(found, limits)
    names = people.names(index.db)
    rows = [
        PersonQuality(names[person], len(faces), each.get(person, Quality(0, 0, 0)), limits.of(person))
        for person, faces in references.items()
    ]
    rows.sort(key=lambda p: (_or_one(p.quality.precision), _or_one(p.quality.recall), p.name))
    confirmed = sum(map(len, references.values()))
    return Evaluation(confirmed, whole, tuple(rows), limits.everybody, known.limits is not None)


def _or_one(share: float | None) -> float:
    return 1.0 if share is None else share
