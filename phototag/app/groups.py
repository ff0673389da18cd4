"""Groups of faces: made anew when something that matters has changed, and listed."""

from __future__ import annotations

import sqlite3
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from phototag.app.evidence import Evidence
from phototag.core.grouping import group_faces, persistent_ids
from phototag.index import faces, groups, photos
from phototag.index.db import GROUPED, Index, set_meta, transaction
from phototag.index.faces import Filter, KnownFace
from phototag.index.groups import Waiting
from phototag.types import Cluster, Label, Source, Verdict

SAMPLE = 6
"""Faces named in a listing of groups: enough to recognise somebody."""


@dataclass(frozen=True, slots=True)
class Guess:
    """Who a group may be: the person suggested for at least half of its faces, with the median distance."""

    person: str
    distance: float


@dataclass(frozen=True, slots=True)
class UnknownGroup:
    """A group that waits for a name.

    Attributes:
        id: what `name-cluster` takes.
        faces: all of them, the best first.
        photos: how many photos they are on.
        suggestion: who it may be, or None.
    """

    id: int
    faces: tuple[KnownFace, ...]
    photos: int
    suggestion: Guess | None

    @property
    def sample(self) -> tuple[str, ...]:
        """A few face ids, the best first."""
        return tuple(face.id for face in self.faces[:SAMPLE])


@dataclass(frozen=True, slots=True)
class Glance:
    """A group that waits for a name, as a list of groups shows it.

    Attributes:
        id: what `name-cluster` takes.
        faces: ids of all of them, the best first.
        photos: how many photos they are on.
        suggestion: who it may be, or None.
    """

    id: int
    faces: tuple[str, ...]
    photos: int
    suggestion: Guess | None

    @property
    def sample(self) -> tuple[str, ...]:
        """A few face ids, the best first."""
        return self.faces[:SAMPLE]


def regroup(index: Index, evidence: Evidence) -> None:
    """Put the groups that the evidence gives in the place of the former ones, unless they came from the same."""
    if not evidence.is_behind(index, GROUPED):
        put_groups(index, evidence, find_groups(index, evidence))


def find_groups(index: Index, evidence: Evidence) -> list[frozenset[str]]:
    """The groups that the evidence gives, as ids of faces. Takes long, and writes nothing."""
    vectors = photos.vectors_of(index.db, evidence.faces, evidence.space.dim)
    limits = evidence.space.thresholds
    weak = photos.weak_faces(index.db, limits.weak_quality, limits.weak_score)
    on = {face: photo for face, photo in photos.photos_of(index.db).items() if photo not in evidence.collages}
    return group_faces(evidence.faces, vectors, evidence.labels, limits, weak, on)


def put_groups(index: Index, evidence: Evidence, found: Sequence[frozenset[str]]) -> None:
    """Put groups, made from this evidence, in the place of the former ones."""
    called = {x.face: evidence.nameless[x.person] for x in evidence.labels if _is_nameless(x, evidence)}
    numbers = persistent_ids(groups.clusters(index.db), found, groups.next_id(index.db), called)
    clusters = [Cluster(number, tuple(sorted(its))) for number, its in zip(numbers, found, strict=True)]
    with transaction(index.db):
        groups.replace(index.db, clusters)
        set_meta(index.db, GROUPED, evidence.fingerprint)


def _is_nameless(label: Label, evidence: Evidence) -> bool:
    return label.verdict is Verdict.IS and label.person in evidence.nameless


def unknown_numbers(index: Index) -> list[int]:
    """Numbers of the groups of unknown faces, the largest first."""
    return list(index.once(groups.unknown_ids))


def unknown_groups(index: Index, part: slice = slice(None)) -> list[UnknownGroup]:
    """Groups of unknown faces, the largest first; only this part of them, for to look at faces is what takes long."""
    clusters = _unknown(index, part)
    ids = tuple(face for cluster in clusters for face in cluster.faces)
    known = {face.id: face for face in faces.faces(index.db, Filter(ids=ids))}
    return [_unknown_group(cluster, [known[face] for face in cluster.faces]) for cluster in clusters]


def glances(index: Index, part: slice = slice(None)) -> list[Glance]:
    """As `unknown_groups`, with no more of the faces than a list of groups needs."""
    if part == slice(None):
        return _glances(index.db)
    return list(index.once(_glances, tuple(index.once(groups.unknown_ids)[part])))


def _glances(db: sqlite3.Connection, ids: tuple[int, ...] | None = None) -> list[Glance]:
    return [_glance(group) for group in groups.waiting(db, ids)]


def _unknown(index: Index, part: slice) -> list[Cluster]:
    return groups.unknown(index.db, None if part == slice(None) else index.once(groups.unknown_ids)[part])


def _unknown_group(cluster: Cluster, found: Sequence[KnownFace]) -> UnknownGroup:
    return UnknownGroup(cluster.id, tuple(found), len({face.photo for face in found}), _guess(found))


def _guess(found: Sequence[KnownFace]) -> Guess | None:
    told = [(str(f.person), f.distance) for f in found if f.source is Source.SUGGESTED and f.distance is not None]
    return guess(told, len(found))


def _glance(group: Sequence[Waiting]) -> Glance:
    told = [(str(face.person), face.distance) for face in group if face.distance is not None]
    ids = tuple(face.face for face in group)
    return Glance(group[0].cluster, ids, len({face.photo for face in group}), guess(told, len(group)))


def guess(told: Sequence[tuple[str, float]], faces: int) -> Guess | None:
    """Who so many faces may be, by the person and the distance suggested for some of them."""
    if not told:
        return None
    person, count = Counter(sorted(name for name, _ in told)).most_common(1)[0]
    if 2 * count < faces:
        return None
    return Guess(person, statistics.median(distance for name, distance in told if name == person))
