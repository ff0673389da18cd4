"""Automatic tags that deserve a look: those that came nearest to being none."""

from __future__ import annotations

from phototag.app.evidence import calibrated_limits
from phototag.app.known import known_space
from phototag.core.matching import StrongLimits, score, strong_limit
from phototag.index import people
from phototag.index.db import Index
from phototag.types import Person

NEAR = 0.5
"""Of `Thresholds.largest_gap`: a score this near to its limit deserves a look. Of 11,942 automatic tags for 12 people,
with 3, 10 or 30 named faces each, among 3,000 faces of strangers, 5 were wrong, all of them as near; but so were 93 %,
71 % and 44 % of the right ones (2026-11). Therefore the order matters more than the limit."""


def suspects(index: Index, person: Person) -> list[str]:
    """Of a person's faces the automatic tags that are least sure, the least sure first; as ids.

    A tag's score is the distance less the gap to the runner-up (`core.matching`). What counts is how far it is below
    the limit for STRONG: that of the person where it was calibrated, or else the shipped one for so many people.
    """
    space = known_space(index)
    if space is None:
        return []
    limits = calibrated_limits(index, space) or StrongLimits(
        strong_limit(index.once(people.count_told_apart), space.thresholds)
    )
    limit, near = limits.of(person.id), NEAR * space.thresholds.largest_gap
    spare = {
        face: limit - score(distance, second, space.thresholds)
        for face, distance, second in people.automatic(index.db, person.id)
    }
    return sorted((face for face, left in spare.items() if left <= near), key=lambda face: (spare[face], face))
