"""Who an unnamed face may be: references and a person's decisions in, graded suggestions out.

The distance from a face to a person is the mean over the person's three nearest references: one reference with a bad
angle neither makes nor breaks a match. The score is that distance less the gap to the runner-up, but never less than
`Thresholds.largest_gap`: two people who are both near leave doubt, while a far runner-up says little. Where few people
are known the runner-up is always far, and the limit for STRONG is lower (`strong_limit`).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from phototag.core.linkage import NEAREST, distances_to_group
from phototag.core.vectors import distances, distances_by_products
from phototag.types import Dismissal, Grade, Suggestion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phototag.types import Thresholds, Vectors

FEW_PEOPLE, MANY_PEOPLE = 30, 100
"""Known people between which the limit for STRONG rises from `strong_few` to `strong`."""

OFF = -2.0
"""As the limit for STRONG: nobody is tagged by itself, for no score is so low."""

ROWS_AT_ONCE = 1_024
"""Faces compared with all references of a person at once: the products stay in the cache (1,800 references of 50,000
faces: 0.19 s, with 4,096 at once 0.23 s; 2026-11)."""


@dataclass(frozen=True, slots=True)
class Probe:
    """An unnamed face: its id, and the photo it is on."""

    face: str
    photo: str


@dataclass(frozen=True, slots=True)
class StrongLimits:
    """Scores up to which a match tags by itself.

    Attributes:
        everybody: for all people but those below.
        people: person -> their own limit, where it was calibrated (`core.calibration`).
    """

    everybody: float
    people: Mapping[int, float] = field(default_factory=dict)

    def of(self, person: int) -> float:
        """The limit for one person."""
        return self.people.get(person, self.everybody)


def strong_limit(people: int, thresholds: Thresholds) -> float:
    """The shipped limit, when so many people are known."""
    share = math.log(max(people, 1) / FEW_PEOPLE) / math.log(MANY_PEOPLE / FEW_PEOPLE)
    return thresholds.strong_few + min(max(share, 0.0), 1.0) * (thresholds.strong - thresholds.strong_few)


def same_person(thresholds: Thresholds) -> float:
    """The distance up to which two photos show one person, if nobody has to be told from others (1:1).

    Where that was not measured it is the farthest at which a face is worth a question.
    """
    return thresholds.same or thresholds.possible + thresholds.largest_gap


def score(nearest: float, runner_up: float | None, thresholds: Thresholds) -> float:
    """What a match is judged by: the distance less the gap to the runner-up; smaller is surer."""
    gap = thresholds.largest_gap if runner_up is None else min(thresholds.largest_gap, runner_up - nearest)
    return nearest - gap


def _scores(
    nearest: NDArray[np.float64], runner_up: NDArray[np.float64], thresholds: Thresholds
) -> NDArray[np.float64]:
    """The `score` of many faces; a runner-up at infinity is none, and where nobody is near there is no score."""
    with np.errstate(invalid="ignore"):
        return nearest - np.minimum(thresholds.largest_gap, runner_up - nearest)


def suggest(
    probes: Sequence[Probe],
    vectors: Vectors,
    references: Mapping[int, Vectors],
    thresholds: Thresholds,
    refused: Collection[tuple[str, int]] = frozenset(),
    present: Collection[tuple[str, int]] = frozenset(),
    limits: StrongLimits | None = None,
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
        limits: for STRONG; the shipped ones if None.

    Returns:
        STRONG and POSSIBLE suggestions, sorted by face id. On one photo at most one face, the nearest, is STRONG for a
        person.
    """
    people = sorted(references)
    table = distances_to_people(vectors, [references[person] for person in people])
    photo = {probe.face: probe.photo for probe in probes}
    return judge([probe.face for probe in probes], photo, people, table, thresholds, refused, present, limits)


def judge(
    faces: Sequence[str],
    photo: Mapping[str, str],
    people: Sequence[int],
    table: NDArray[np.float32],
    thresholds: Thresholds,
    refused: Collection[tuple[str, int]] = frozenset(),
    present: Collection[tuple[str, int]] = frozenset(),
    limits: StrongLimits | None = None,
) -> list[Suggestion]:
    """Suggest by distances that are known already.

    Args:
        faces: ids of the unnamed ones.
        photo: face -> the photo it is on.
        people: ids, ascending.
        table: (people, faces) distances; those of refused pairs are overwritten.
        thresholds: as for `suggest`.
        refused: likewise.
        present: likewise.
        limits: likewise.

    Returns:
        As `suggest`.
    """
    if not people or not faces:
        return []
    _rule_out(table, faces, people, refused)
    limits = limits or StrongLimits(strong_limit(len(people), thresholds))
    found = _graded(faces, people, table, limits, thresholds)
    return sorted(_one_each_photo(found, photo, present), key=lambda s: s.face)


def dismiss(
    faces: Sequence[str],
    vectors: Vectors,
    dismissed: Sequence[str],
    dismissed_vectors: Vectors,
    thresholds: Thresholds,
    guesses: Mapping[str, float],
    sure: Collection[str] = frozenset(),
    refused: Collection[tuple[str, str]] = frozenset(),
) -> list[Dismissal]:
    """Find the faces that are like one that a human dismissed: a stranger, or no face at all.

    The nearest dismissed face decides, and not the mean of three: a statue is dismissed once. It must be as near as the
    faces of a group's core are (`Thresholds.group`), and nearer than anybody else whom the face may be.

    Args:
        faces: of which a human said nothing.
        vectors: (n, dim), rows of length 1, one for each face.
        dismissed: k >= 1 faces.
        dismissed_vectors: (k, dim), likewise.
        thresholds: of their Space.
        guesses: face -> distance to somebody who is not dismissed and whom it may be.
        sure: faces that are dismissed people by a match that would tag them, however far that is.
        refused: (face, dismissed face) pairs of which a human said that they are not one person.

    Returns:
        Sorted by face id.
    """
    is_sure = np.array([face in sure for face in faces], dtype=bool)
    row_of, column_of = ({face: i for i, face in enumerate(ids)} for ids in (faces, dismissed))
    ruled_out: dict[int, list[int]] = defaultdict(list)
    for face, other in refused:
        if face in row_of and other in column_of:
            ruled_out[row_of[face]].append(column_of[other])
    found: list[Dismissal] = []
    for start in range(0, len(faces), ROWS_AT_ONCE):
        apart = distances(vectors[start : start + ROWS_AT_ONCE], dismissed_vectors)
        for row, columns in ruled_out.items():
            if start <= row < start + ROWS_AT_ONCE:
                apart[row - start, columns] = np.inf
        nearest, how_far = apart.argmin(axis=1), apart.min(axis=1)
        limit = np.where(is_sure[start : start + ROWS_AT_ONCE], np.inf, thresholds.group)
        for row in np.flatnonzero((how_far <= limit) & np.isfinite(how_far)).tolist():
            face, distance = faces[start + row], float(how_far[row])
            if distance < guesses.get(face, math.inf):
                found.append(Dismissal(face, dismissed[int(nearest[row])], distance))
    return sorted(found, key=lambda d: d.face)


def distances_to_people(vectors: Vectors, references: Sequence[Vectors]) -> NDArray[np.float32]:
    """(people, n): the mean over each person's three nearest references (k, dim), k >= 1."""
    table = np.empty((len(references), len(vectors)), dtype=np.float32)
    for row, mine in zip(table, references, strict=True):
        for start in range(0, len(vectors), ROWS_AT_ONCE):
            part = slice(start, start + ROWS_AT_ONCE)
            row[part] = _distances_to_person(vectors[part], mine)
    return table


def _distances_to_person(vectors: Vectors, references: Vectors) -> NDArray[np.float32]:
    """What `distances_to_group` says of the distances, which need not all be known: the three greatest products do."""
    alike = vectors @ references.T
    rows = np.arange(len(alike))
    nearest = np.empty((len(alike), min(NEAREST, len(references))), dtype=np.float32)
    for column in nearest.T:
        best = alike.argmax(axis=1)
        column[:] = alike[rows, best]
        alike[rows, best] = -np.inf
    return distances_to_group(distances_by_products(nearest))


def _rule_out(
    table: NDArray[np.float32],
    faces: Sequence[str],
    people: Sequence[int],
    refused: Collection[tuple[str, int]],
) -> None:
    """Put refused people out of reach."""
    spoken_of = {face for face, _ in refused}
    column = {face: i for i, face in enumerate(faces) if face in spoken_of}
    row = {person: i for i, person in enumerate(people)}
    for face, person in refused:
        if face in column and person in row:
            table[row[person], column[face]] = np.inf


def _graded(
    faces: Sequence[str],
    people: Sequence[int],
    table: NDArray[np.float32],
    limits: StrongLimits,
    thresholds: Thresholds,
) -> list[Suggestion]:
    """Grade the nearest person; equal distances go to the person known longer (the lower id)."""
    first, nearest, second, runner_up = _two_nearest(table)
    limit = np.array([limits.of(person) for person in people])[first]
    judged = _scores(nearest, runner_up, thresholds)
    told = np.flatnonzero(judged <= np.maximum(thresholds.possible, limit))
    strong = judged <= limit
    columns = [column[told].tolist() for column in (first, nearest, second, runner_up, strong)]
    return [
        Suggestion(
            faces[i],
            people[person],
            distance,
            None if next_distance == math.inf else people[next_person],
            None if next_distance == math.inf else next_distance,
            Grade.STRONG if is_strong else Grade.POSSIBLE,
        )
        for i, person, distance, next_person, next_distance, is_strong in zip(told.tolist(), *columns, strict=True)
    ]


def _two_nearest(
    table: NDArray[np.float32],
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.intp], NDArray[np.float64]]:
    """Row of the nearest person to each face, their distance, and likewise of the next nearest, infinity if none."""
    found: list[NDArray[np.intp]] = []
    apart: list[NDArray[np.float64]] = []
    faces = np.arange(table.shape[1])
    for _ in range(2):
        found.append(table.argmin(axis=0))
        apart.append(table[found[-1], faces].astype(np.float64))
        table[found[-1], faces] = np.inf
    table[found[0], faces] = apart[0]
    return found[0], apart[0], found[1], apart[1]


def _one_each_photo(
    found: list[Suggestion], photo: Mapping[str, str], present: Collection[tuple[str, int]]
) -> list[Suggestion]:
    """Leave a person STRONG on one face of a photo, the nearest; the others become questions."""
    strong = [suggestion for suggestion in found if suggestion.grade is Grade.STRONG]
    places = [(photo[suggestion.face], suggestion.person) for suggestion in strong]
    once = Counter(places)
    taken = set(present)
    doubtful: dict[str, Suggestion] = {}
    rivals = [
        (s.distance, s.face, place, s)
        for s, place in zip(strong, places, strict=True)
        if once[place] > 1 or place in taken
    ]
    for _, face, place, suggestion in sorted(rivals):
        if place in taken:
            doubtful[face] = suggestion._replace(grade=Grade.POSSIBLE)
        taken.add(place)
    return [doubtful.get(suggestion.face, suggestion) for suggestion in found] if doubtful else found
