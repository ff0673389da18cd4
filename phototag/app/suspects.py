"""Automatic tags that deserve a look: those that came nearest to being none."""

from __future__ import annotations

from collections.abc import Sequence

from phototag.app.evidence import calibrated_limits
from phototag.app.known import known_space
from phototag.core.matching import StrongLimits, score, strong_limit
from phototag.index import people
from phototag.index.db import Index
from phototag.index.faces import KnownFace
from phototag.types import Person, Source, Verdict

NEAR = 0.5
"""Of `Thresholds.largest_gap`: a score this near to its limit deserves a look. Of 11,942 automatic tags for 12 people,
with 3, 10 or 30 named faces each, among 3,000 faces of strangers, 5 were wrong, all of them as near; but so were 93 %,
71 % and 44 % of the right ones (2026-11). Therefore the order matters more than the limit."""


def suspects(index: Index, person: Person, found: Sequence[KnownFace]) -> list[KnownFace]:
    """Of a person's faces the automatic tags that are least sure, the least sure first.

    A tag's score is the distance less the gap to the runner-up (`core.matching`). What counts is how far it is below
    the limit for STRONG: that of the person where it was calibrated, or else the shipped one for so many people.
    """
    space = known_space(index)
    if space is None:
        return []
    named = {label.person for label in people.labels(index.db) if label.verdict is Verdict.IS}
    limits = calibrated_limits(index, space) or StrongLimits(strong_limit(len(named), space.thresholds))
    limit, near = limits.of(person.id), NEAR * space.thresholds.largest_gap
    spare: dict[str, float] = {}
    for face in found:
        if face.source is Source.AUTO and face.distance is not None:
            second = None if face.runner_up is None else face.runner_up[1]
            spare[face.id] = limit - score(face.distance, second, space.thresholds)
    doubtful = [face for face in found if spare.get(face.id, near + 1) <= near]
    return sorted(doubtful, key=lambda face: (spare[face.id], face.id))
