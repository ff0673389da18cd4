"""Faces that are thought to be one person, taken apart: the same grouping as ever, tighter and tighter."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from phototag.core.grouping import Group, group_faces

if TYPE_CHECKING:
    from phototag.types import Thresholds, Vectors

TIGHTER = 0.93
"""How much all limits shrink from one try to the next: half as wide after ten."""

TRIES = 16


def parts(
    ids: Sequence[str],
    vectors: Vectors,
    thresholds: Thresholds,
    weak: Collection[str] = frozenset(),
    photos: Mapping[str, str] | None = None,
) -> list[Group]:
    """Take faces apart at the widest limits at which they fall apart.

    Args:
        ids: of the faces.
        vectors: (n, dim), rows of length 1, in the same order.
        thresholds: of their Space.
        weak: faces that say nothing about who is who.
        photos: face -> the photo it is on.

    Returns:
        Two groups or more, the largest first; a face that is in none of them gives no reason to leave the first. If
        there are no two groups at any limit, a group and the faces, one by one, that are not like it; or else all
        faces, one by one, that are alike at no limit. [] if they hold together to the last.
    """
    firm = {face for face in ids if face not in weak}
    single: list[Group] = []
    found: list[Group] = []
    for limits in _tighter_and_tighter(thresholds):
        found = group_faces(ids, vectors, [], limits, weak, photos)
        if len(found) > 1:
            return found
        alone = sorted(firm.difference(*found))
        if not single and found and alone:
            single = [*found, *(frozenset({face}) for face in alone)]
    return single or [frozenset({face}) for face in sorted(firm) if len(firm) > 1 and not found]


def _tighter_and_tighter(thresholds: Thresholds) -> list[Thresholds]:
    shares = [TIGHTER**n for n in range(TRIES)]
    return [
        replace(
            thresholds,
            group=thresholds.group * share,
            merge=thresholds.merge * share,
            join=thresholds.join * share,
        )
        for share in shares
    ]
