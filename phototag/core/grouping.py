"""Which faces are one person: vectors and a person's decisions in, groups out.

DBSCAN finds the dense cores; cores and loose faces are then linked, the nearest first (`core.linkage`); faces of little
quality join last, and never found or bridge a group. What a person said, and that nobody is on a photo twice, holds at
every step. The result is a function of the set of faces and labels alone: faces are sorted by id before anything, so
that scanning in another order or in other chunks ends in the same groups.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from phototag.core import density
from phototag.core.linkage import Unit, distances_to_group, link
from phototag.core.vectors import distances
from phototag.types import Verdict

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phototag.types import Label, Thresholds, Vectors

    Rows: TypeAlias = NDArray[np.intp]

Group: TypeAlias = frozenset[str]

COPIES = 0.10
"""Faces this near are one look of one person: frames of a burst, a photo saved twice. They count once. Different photos
of one person are 0.2 to 0.4 apart (lfw-dev, 2026-11)."""

MANY_PEOPLE = 100
"""Up to about so many people in a library it makes little difference how many there are."""

TIGHTER = 0.8
"""How much DBSCAN's eps shrinks each time that a core holds what cannot be one person."""

TIGHTEST = 0.05
"""At this eps such a core is taken apart into single faces."""


def group_faces(
    ids: Sequence[str],
    vectors: Vectors,
    labels: Sequence[Label],
    thresholds: Thresholds,
    weak: Collection[str] = frozenset(),
    photos: Mapping[str, str] | None = None,
) -> list[Group]:
    """Group faces.

    Args:
        ids: of all faces of one Space, in any order.
        vectors: (n, dim), rows of length 1, in the same order.
        labels: a person's word on some of them; labels of other faces are ignored.
        thresholds: of that Space.
        weak: faces that may join a group, but never found or bridge one.
        photos: face -> the photo it is on; two faces of one photo are two people, unless a human gave them one name. A
            face that is missing here is on no photo with another.

    Returns:
        Groups of two faces or more, the largest first, ties by the smallest face id. Faces named as one person are
        together, faces named as different people apart, and a face that is not somebody is not among that one's.
    """
    order = sorted(range(len(ids)), key=lambda i: ids[i])
    names = [ids[i] for i in order]
    grouping = _Grouping(names, vectors[order], labels, thresholds, weak, photos or {})
    found = [frozenset(names[i] for i in group) for group in grouping.groups() if len(group) > 1]
    return sorted(found, key=lambda g: (-len(g), min(g)))


def merge_limit(groups: int, thresholds: Thresholds) -> float:
    """How far apart two groups may be and still join, in a library of so many groups, single faces counted.

    The more people there are, the nearer the nearest stranger is: by the logarithm, from MANY_PEOPLE on.
    """
    return thresholds.merge - thresholds.merge_tightening * math.log1p(groups / MANY_PEOPLE)


def persistent_ids(
    old: Mapping[int, Group], new: Sequence[Group], next_id: int, called: Mapping[str, int] | None = None
) -> list[int]:
    """Number new groups so that a group keeps its id through a regrouping.

    A group with a face of somebody whom a human calls by a group's number has that number (of several such groups, the
    first). Then pairs of an old and a
    new group are taken by the number of faces they share, most first (ties: the lower old id, then the earlier new
    group); each gives its id once. Every other new group gets a fresh id from `next_id` on.

    Args:
        old: id -> faces, before.
        new: faces of each group, now.
        next_id: the lowest that was never used.
        called: face -> number of its group, as a human has it; faces of one person have one number.

    Returns:
        One id for each new group, in order.
    """
    called = called or {}
    home = {face: old_id for old_id, faces in old.items() for face in faces}
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for position, faces in enumerate(new):
        for face in faces:
            if face in home:
                shared[home[face], position] += 1
    first: dict[int, int] = {}
    for position, faces in enumerate(new):
        for number in {called[face] for face in faces if face in called} - first.keys():
            first[number] = position
    kept = {position: number for number, position in sorted(first.items(), reverse=True)}
    given = set(called.values())
    for (old_id, position), _ in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
        if position not in kept and old_id not in given:
            kept[position] = old_id
            given.add(old_id)
    fresh = iter(range(next_id, next_id + len(new)))
    return [kept[i] if i in kept else next(fresh) for i in range(len(new))]


class _Grouping:
    """Faces are rows here, sorted by face id. A look is a face with its copies, and is called by its first row.

    Only firm faces without a name have copies: weak ones never bridge anything, and a named one speaks for itself.
    """

    def __init__(
        self,
        names: list[str],
        vectors: Vectors,
        labels: Sequence[Label],
        thresholds: Thresholds,
        weak: Collection[str],
        photos: Mapping[str, str],
    ) -> None:
        rows = {name: i for i, name in enumerate(names)}
        self.vectors, self.thresholds = vectors, thresholds
        self.photo: list[Hashable] = [photos.get(name, i) for i, name in enumerate(names)]
        self.person = {rows[x.face]: x.person for x in labels if x.verdict is Verdict.IS and x.face in rows}
        self.refused: dict[int, set[int]] = defaultdict(set)
        for label in labels:
            if label.verdict is Verdict.IS_NOT and label.face in rows:
                self.refused[rows[label.face]].add(label.person)
        self.is_weak = np.array([name in weak for name in names], dtype=bool)
        self.is_weak[list(self.person)] = False  # a human saw that it is somebody
        self.looks = {int(rows[0]): rows for rows in self._copies()}

    def groups(self) -> list[list[int]]:
        """All groups, single faces too."""
        looks = np.array(sorted(self.looks), dtype=np.intp)
        is_weak = self.is_weak[looks]
        cores = list(self._cores(looks[~is_weak], self.thresholds.group))
        linked = link(self.vectors, self._one_a_person(cores), lambda n: merge_limit(n, self.thresholds))
        whole = self._let_join(linked, looks[is_weak])
        return [np.concatenate([self.looks[row] for row in unit.rows.tolist()]).tolist() for unit in whole]

    def _copies(self) -> Iterator[Rows]:
        single = self.is_weak.copy()
        single[list(self.person)] = True
        yield from np.flatnonzero(single)[:, None]
        others = np.flatnonzero(~single)
        for part in _parts(density.leaders(self.vectors[others], COPIES)):
            rows = others[part]
            yield from [rows] if self._may_be_one(rows) else rows[:, None]

    def _cores(self, looks: Rows, eps: float) -> Iterator[Rows]:
        """DBSCAN's groups and what it calls noise, each alone; a group that cannot be one person is broken up."""
        labels = density.dbscan(self.vectors[looks], eps, self.thresholds.group_min_faces)
        yield from looks[labels < 0][:, None]
        dense = np.flatnonzero(labels >= 0)
        for part in _parts(labels[dense]):
            rows = looks[dense[part]]
            if self._may_be_one(self._faces(rows)):
                yield rows
            elif eps * TIGHTER > TIGHTEST:
                yield from self._cores(rows, eps * TIGHTER)
            else:
                yield from rows[:, None]

    def _one_a_person(self, cores: list[Rows]) -> list[Unit]:
        """Units for linking: all that a human gave one name are one, with the core around them where that may be."""
        faces: dict[int, list[int]] = defaultdict(list)
        for row, who in sorted(self.person.items()):
            faces[who].append(row)
        named = {person: np.array(rows, dtype=np.intp) for person, rows in sorted(faces.items())}
        units: list[Rows] = []
        for rows in cores:
            person = next((self.person[row] for row in rows.tolist() if row in self.person), None)
            rest = rows if person is None else np.setdiff1d(rows, named[person])
            if person is not None and self._may_be_one(self._faces(np.union1d(named[person], rest))):
                named[person] = np.union1d(named[person], rest)
            elif len(rest):
                units.append(rest)
        return [self._unit(rows) for rows in [*named.values(), *units]]  # of equally near ones, the known

    def _let_join(self, units: list[Unit], weak: Rows) -> list[Unit]:
        """Add each weak look to the nearest group that is near enough, where that may be; the nearest looks first.

        A look whose nearest group cannot be it stays alone: the next nearest is no better guess.
        """
        units = list(units)
        homes = sorted(self._nearest_units(units, weak)) if units else []
        for _, row, number in homes:
            unit = self._unit(np.array([row]))
            if not units[number].excludes(unit):
                units[number] = units[number].joined(unit)
        placed = set(np.concatenate([unit.rows for unit in units]).tolist()) if units else set()
        return units + [self._unit(np.array([row])) for row in weak.tolist() if row not in placed]

    def _nearest_units(self, units: list[Unit], weak: Rows) -> Iterator[tuple[float, int, int]]:
        """Distance, look and number of the unit for each weak look that is near enough to one."""
        home = np.concatenate([np.full(len(unit.rows), i) for i, unit in enumerate(units)])
        firm = np.concatenate([unit.rows for unit in units])
        for start in range(0, len(weak), density.ROWS_AT_ONCE):
            part = weak[start : start + density.ROWS_AT_ONCE]
            for row, apart in zip(part.tolist(), distances(self.vectors[part], self.vectors[firm]), strict=True):
                near = np.unique(home[apart <= self.thresholds.join]).tolist()
                found = [(float(distances_to_group(apart[None, home == i])[0]), row, i) for i in near]
                if found and min(found)[0] <= self.thresholds.join:
                    yield min(found)

    def _faces(self, looks: Rows) -> Rows:
        return np.concatenate([self.looks[row] for row in looks.tolist()])

    def _may_be_one(self, faces: Rows) -> bool:
        """Whether what a human said allows that these are one person, and no photo shows that person twice."""
        rows = faces.tolist()
        people = {self.person[row] for row in rows if row in self.person}
        if len(people) > 1 or any(people & self.refused[row] for row in rows if row in self.refused):
            return False
        named = {self.photo[row] for row in rows if row in self.person}  # one name twice on a photo: a human said so
        others = [self.photo[row] for row in rows if row not in self.person]
        return len(set(others)) == len(others) and named.isdisjoint(others)

    def _unit(self, looks: Rows) -> Unit:
        faces = self._faces(looks).tolist()
        person = next((self.person[row] for row in faces if row in self.person), None)
        refused = frozenset(p for row in faces if row in self.refused for p in self.refused[row])
        return Unit(np.sort(looks), person, refused, frozenset(self.photo[row] for row in faces))


def _parts(labels: Rows) -> list[Rows]:
    """Positions by label, ascending."""
    order = np.argsort(labels, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(labels[order])) + 1) if len(labels) else []
