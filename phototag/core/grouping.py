"""Which faces are one person: vectors and a person's decisions in, groups out.

DBSCAN finds the groups; a group that it chained together from several people is cut by average linkage; then what a
person said is imposed. The result is a function of the set of faces and labels alone: faces are sorted by id before
anything, so that scanning in another order or in other chunks ends in the same groups.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from phototag.core.vectors import distances
from phototag.types import Verdict

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phototag.types import Label, Thresholds, Vectors

Group: TypeAlias = frozenset[str]

LARGEST_CUT = 8_000
"""Average linkage needs n * (n - 1) / 2 distances of 8 bytes, 256 MB at this size; DBSCAN breaks up larger
groups first."""

TIGHTER = 0.95
"""How much DBSCAN's eps shrinks each time a group is too large to cut."""

ROWS_AT_ONCE = 1_024
"""Weak faces compared with all others at once."""

TIGHTEST = 0.05
"""Faces that are this near and still too many to cut are copies: they stay one group."""


def group_faces(
    ids: Sequence[str],
    vectors: Vectors,
    labels: Sequence[Label],
    thresholds: Thresholds,
    weak: Collection[str] = frozenset(),
) -> list[Group]:
    """Group faces.

    Args:
        ids: of all faces of one Space, in any order.
        vectors: (n, dim), rows of length 1, in the same order.
        labels: a person's word on some of them; labels of other faces are ignored.
        thresholds: of that Space.
        weak: faces that may join the group of a face within `thresholds.group`, but never found or bridge one.

    Returns:
        Groups of two faces or more, the largest first, ties by the smallest face id. Faces named as one person are
        together, faces named as different people apart, and a face that is not somebody is not among that one's.
    """
    order = sorted(range(len(ids)), key=lambda i: ids[i])
    names = [ids[i] for i in order]
    sorted_vectors = vectors[order]
    is_weak = np.array([name in weak for name in names], dtype=bool)
    firm = np.flatnonzero(~is_weak)
    dense = [firm[rows] for rows in _dense(sorted_vectors[firm], thresholds.group, thresholds.group_min_faces)]
    groups = _cut_chains(sorted_vectors, dense, thresholds)
    _let_join(sorted_vectors, groups, np.flatnonzero(is_weak), thresholds.group)
    rows = _Constrained(names, sorted_vectors, labels).impose(groups)
    found = [frozenset(names[i] for i in group) for group in rows if len(group) > 1]
    return sorted(found, key=lambda g: (-len(g), min(g)))


def persistent_ids(old: Mapping[int, Group], new: Sequence[Group], next_id: int) -> list[int]:
    """Number new groups so that a group keeps its id through a regrouping.

    Pairs of an old and a new group are taken by the number of faces they share, most first (ties: the lower old id,
    then the earlier new group); each gives its id once. Every other new group gets a fresh id from `next_id` on.

    Returns:
        One id for each new group, in order.
    """
    home = {face: old_id for old_id, faces in old.items() for face in faces}
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for position, faces in enumerate(new):
        for face in faces:
            if face in home:
                shared[home[face], position] += 1
    kept: dict[int, int] = {}
    given: set[int] = set()
    for (old_id, position), _ in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
        if position not in kept and old_id not in given:
            kept[position] = old_id
            given.add(old_id)
    fresh = iter(range(next_id, next_id + len(new)))
    return [kept[i] if i in kept else next(fresh) for i in range(len(new))]


def _dense(vectors: Vectors, eps: float, min_faces: int) -> list[NDArray[np.intp]]:
    """DBSCAN's groups as rows; a border face goes to its nearest core face, not to the first that asks."""
    if len(vectors) < min_faces:
        return []
    from sklearn.cluster import DBSCAN  # a second to import: only when there is something to group

    fit = DBSCAN(eps=eps, min_samples=min_faces, algorithm="brute").fit(vectors)
    labels, core = fit.labels_, fit.core_sample_indices_
    border = np.setdiff1d(np.flatnonzero(labels >= 0), core)
    if len(border):
        labels[border] = labels[core[distances(vectors[border], vectors[core]).argmin(axis=1)]]
    return [np.flatnonzero(labels == k) for k in range(labels.max() + 1)]


def _cut_chains(vectors: Vectors, groups: list[NDArray[np.intp]], thresholds: Thresholds) -> list[list[int]]:
    """Cut each group where its parts are on average farther apart than `thresholds.cut`."""
    from scipy.cluster.hierarchy import fcluster, linkage  # likewise

    pieces: list[list[int]] = []
    waiting = [(rows, thresholds.group) for rows in groups]
    while waiting:
        rows, eps = waiting.pop()
        if len(rows) > LARGEST_CUT and eps > TIGHTEST:
            eps = max(eps * TIGHTER, TIGHTEST)
            waiting += [(rows[part], eps) for part in _dense(vectors[rows], eps, thresholds.group_min_faces)]
        elif 2 < len(rows) <= LARGEST_CUT:
            tree = linkage(vectors[rows], method="average")
            labels = fcluster(tree, thresholds.cut, criterion="distance")
            pieces += [rows[labels == k].tolist() for k in np.unique(labels)]
        else:
            pieces.append(rows.tolist())
    return pieces


def _let_join(vectors: Vectors, groups: list[list[int]], weak: NDArray[np.intp], eps: float) -> None:
    """Add each weak face to the group of the nearest firm face in one, if that is near enough."""
    groups[:] = [group for group in groups if len(group) > 1]
    home = {row: group for group in groups for row in group}
    firm = sorted(home)
    for start in range(0, len(weak) if firm else 0, ROWS_AT_ONCE):
        part = weak[start : start + ROWS_AT_ONCE]
        near = distances(vectors[part], vectors[firm])
        nearest = near.argmin(axis=1)
        for row, column, distance in zip(part.tolist(), nearest.tolist(), near.min(axis=1), strict=True):
            if distance <= eps:
                home[firm[column]].append(row)


class _Constrained:
    """Imposes labels on groups of row numbers."""

    def __init__(self, names: list[str], vectors: Vectors, labels: Sequence[Label]) -> None:
        rows = {name: i for i, name in enumerate(names)}
        self.vectors = vectors
        self.person = {rows[x.face]: x.person for x in labels if x.verdict is Verdict.IS and x.face in rows}
        self.refused = {(rows[x.face], x.person) for x in labels if x.verdict is Verdict.IS_NOT and x.face in rows}

    def impose(self, groups: list[list[int]]) -> list[list[int]]:
        """Split groups that hold several people, join groups and faces of one, and take out the refused."""
        unknown: list[list[int]] = []
        known: dict[int, list[int]] = {person: [] for person in sorted(set(self.person.values()))}
        for group in groups:
            named = sorted(i for i in group if i in self.person)
            if not named:
                unknown.append(group)
                continue
            for i, person in zip(group, self._nearest_person(group, named), strict=True):
                if (i, person) not in self.refused and i not in self.person:
                    known[person].append(i)
        for i, person in self.person.items():
            known[person].append(i)
        return unknown + list(known.values())

    def _nearest_person(self, group: list[int], named: list[int]) -> list[int]:
        nearest = distances(self.vectors[group], self.vectors[named]).argmin(axis=1)
        return [self.person[named[k]] for k in nearest]
