"""Who an unnamed face may be: references and a person's decisions in, graded suggestions out.

The distance from a face to a person is the mean over the person's three nearest references: one reference with a bad
angle neither makes nor breaks a match. The score is that distance less the gap to the runner-up, but never less than
`Thresholds.largest_gap`: two people who are both near leave doubt, while a far runner-up says little.
On half of LFW (6,598 faces; 104 people with 5 references each, everybody else a stranger) ranking by this score instead
of by the distance alone lifts recall at 99.5 % precision from 0.673 to 0.859; and with the gap limited to 0.10 one
threshold does for galleries of 12, 20, 104 and 871 people (measured 2026-11).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from phototag.core.vectors import distances
from phototag.types import Grade, Suggestion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phototag.types import Thresholds, Vectors

REFERENCES = 3
"""How many of a person's nearest references make the distance (all of them where there are fewer)."""

ROWS_AT_ONCE = 4_096
"""Faces compared with all references at once, so that memory does not grow with the library."""


@dataclass(frozen=True, slots=True)
class Probe:
    """An unnamed face: its id, and the photo it is on."""

    face: str
    photo: str


def suggest(
    probes: Sequence[Probe],
    vectors: Vectors,
    references: Mapping[int, Vectors],
    thresholds: Thresholds,
    refused: Collection[tuple[str, int]] = frozenset(),
    present: Collection[tuple[str, int]] = frozenset(),
) -> list[Suggestion]:
    """Suggest a person for each face that looks like one.

    Args:
        probes: the unnamed faces.
        vectors: (n, dim), rows of length 1, one for each probe.
        references: the vectors (k, dim) of the faces a human gave each person; k >= 1.
        thresholds: of their Space.
        refused: (face, person) pairs that a human ruled out: never suggested.
        present: (photo, person) pairs where a human has already named a face of the photo: nobody is on a photo twice,
            so another face there is at most POSSIBLE.

    Returns:
        STRONG and POSSIBLE suggestions, sorted by face id. On one photo at most one face, the nearest, is STRONG for a
        person.
    """
    people = sorted(references)
    if not people or not probes:
        return []
    column = {person: i for i, person in enumerate(people)}
    ruled_out: dict[str, list[int]] = defaultdict(list)
    for face, person in refused:
        if person in column:
            ruled_out[face].append(column[person])
    found: list[Suggestion] = []
    for start in range(0, len(probes), ROWS_AT_ONCE):
        part = probes[start : start + ROWS_AT_ONCE]
        table = _distances_to_people(vectors[start : start + ROWS_AT_ONCE], [references[p] for p in people])
        for row, probe in zip(table, part, strict=True):
            row[ruled_out.get(probe.face, [])] = np.inf
            suggestion = _judge(probe.face, row, people, thresholds)
            if suggestion.grade is not Grade.NONE:
                found.append(suggestion)
    photo = {probe.face: probe.photo for probe in probes}
    return sorted(_one_each_photo(found, photo, set(present)), key=lambda s: s.face)


def _distances_to_people(vectors: Vectors, references: list[Vectors]) -> NDArray[np.float32]:
    """(n, people): the mean over each person's nearest references."""
    columns = []
    for mine in references:
        each = distances(vectors, mine)
        k = min(REFERENCES, each.shape[1])
        columns.append(np.partition(each, k - 1, axis=1)[:, :k].mean(axis=1))
    return np.stack(columns, axis=1)


def _judge(face: str, row: NDArray[np.float32], people: list[int], thresholds: Thresholds) -> Suggestion:
    """Grade the nearest person; equal distances go to the person known longer (the lower id)."""
    order = np.argsort(row, kind="stable")
    nearest = float(row[order[0]])
    runner_up, next_distance = None, None
    gap = thresholds.largest_gap
    if len(order) > 1 and np.isfinite(row[order[1]]):
        runner_up, next_distance = people[order[1]], float(row[order[1]])
        gap = min(gap, next_distance - nearest)
    return Suggestion(face, people[order[0]], nearest, runner_up, next_distance, _grade(nearest - gap, thresholds))


def _grade(score: float, thresholds: Thresholds) -> Grade:
    if score <= thresholds.strong:
        return Grade.STRONG
    return Grade.POSSIBLE if score <= thresholds.possible else Grade.NONE


def _one_each_photo(
    found: list[Suggestion], photo: Mapping[str, str], present: set[tuple[str, int]]
) -> list[Suggestion]:
    """Leave a person STRONG on one face of a photo, the nearest; the others become questions."""
    judged = []
    for suggestion in sorted(found, key=lambda s: (s.distance, s.face)):
        place = (photo[suggestion.face], suggestion.person)
        if suggestion.grade is Grade.STRONG and place in present:
            suggestion = replace(suggestion, grade=Grade.POSSIBLE)
        if suggestion.grade is Grade.STRONG:
            present.add(place)
        judged.append(suggestion)
    return judged
