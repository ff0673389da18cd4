"""Copies of a photo: found, so that they share their faces and all that is said; listed, never deleted."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from phototag.core.copies import ALIKE_NAMESAKES, Neighbours, likeness, originals, same_people, same_shape, to_looks
from phototag.core.geometry import intersection_over_union
from phototag.core.vectors import distances
from phototag.index import copies, photos, spaces
from phototag.index.copies import Copy
from phototag.index.db import Index, transaction
from phototag.index.spots import SAME_PLACE
from phototag.media.formats import Kind, kind_of
from phototag.types import Box, Space

if TYPE_CHECKING:
    from phototag.types import Vectors

__all__ = ["Copy", "Duplicates", "duplicates", "link"]


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Files that count as one photo.

    Attributes:
        files: of one picture each, those with the original first; two files at least.
        spare_bytes: what all files but the first of each take.
    """

    files: tuple[tuple[Copy, ...], ...]
    spare_bytes: int


def duplicates(index: Index) -> Duplicates:
    """Files that hold one picture, bit by bit or as a copy, by path."""
    found = copies.duplicates(index.db)
    families = tuple(tuple(family) for _, family in groupby(found, key=lambda copy: copy.original))
    return Duplicates(families, sum(copy.size for family in families for copy in family[1:]))


def link(index: Index) -> None:
    """Find which photos are copies of others, and let their files count as files of those.

    Only what is new or changed is compared, and what that has an effect on. Where a human said of two alike photos that
    different people are at one place, they stay apart.
    """
    space = spaces.current(index.db)
    if space is None:
        return
    fresh = copies.uncompared(index.db, spaces.current_id(index.db))
    again = fresh | copies.orphans(index.db)
    if not again:
        return
    comparison = _Comparison(index, space)
    found = comparison.originals(again)
    with transaction(index.db):
        copies.compared(index.db, fresh - comparison.contradicted)
        copies.replace(index.db, found)


class _Comparison:
    """All photos, the best first, and what is asked of two of them.

    Attributes:
        contradicted: photos that are kept apart only by what was said, so that they are to be compared next time too.
    """

    def __init__(self, index: Index, space: Space) -> None:
        self.index, self.space = index, space
        found = copies.pictures(index.db, spaces.current_id(index.db))
        self.pictures = sorted(found, key=lambda picture: picture.worth)
        self.row = {picture.hash: row for row, picture in enumerate(self.pictures)}
        self.looks = to_looks([picture.look for picture in self.pictures])
        self.contradicted: set[str] = set()
        self._faces: dict[str, _Faces] = {}

    def originals(self, again: Collection[str]) -> dict[str, str]:
        """Copy -> original, where these photos are looked at again."""
        if not self.pictures:
            return {}
        similar, named = Neighbours(self.looks), self._namesakes()
        former = {self.row[a]: self.row[b] for a, b in copies.known(self.index.db).items() if {a, b} <= self.row.keys()}
        found = originals(
            former,
            [self.row[photo] for photo in again if photo in self.row],
            sum(picture.is_there for picture in self.pictures),
            lambda row: [*named[row], *(other for other in similar.of(row) if other not in named[row])],
            self._is_copy,
        )
        return {self.pictures[copy].hash: self.pictures[original].hash for copy, original in found.items()}

    def _namesakes(self) -> Mapping[int, list[int]]:
        """A RAW file's photo and that of another one of its name -> each other, where they look alike enough."""
        found: Mapping[int, list[int]] = defaultdict(list)
        for a, b in _namesakes(self.index):
            if a in self.row and b in self.row:
                one, other = self.row[a], self.row[b]
                if likeness(self.looks[[one]], self.looks[[other]])[0] >= ALIKE_NAMESAKES:
                    found[one].append(other)
                    found[other].append(one)
        return found

    def _is_copy(self, better: int, worse: int) -> bool:
        large, small = self.pictures[better], self.pictures[worse]
        if not same_shape(large.size, small.size):
            return False
        ours, theirs = self._of(small.hash), self._of(large.hash)
        apart = distances(ours.vectors, theirs.vectors) / self.space.thresholds.possible
        if not same_people(theirs.boxes, ours.boxes, ours.is_sure, apart):
            return False
        if _is_contradicted(self.index, large.hash, small.hash):
            self.contradicted |= {large.hash, small.hash}
            return False
        return True

    def _of(self, photo: str) -> _Faces:
        if photo not in self._faces:
            limits = self.space.thresholds
            found = copies.upright_faces(self.index.db, photo)
            self._faces[photo] = _Faces(
                [box for _, box, *_ in found],
                [quality >= limits.weak_quality and score >= limits.weak_score for *_, quality, score in found],
                photos.vectors_of(self.index.db, [face for face, *_ in found], self.space.dim),
            )
        return self._faces[photo]


class _Faces(NamedTuple):
    """The faces on a photo: boxes as fractions of the upright picture, whether the detector is sure, and vectors."""

    boxes: Sequence[Box]
    is_sure: Sequence[bool]
    vectors: Vectors


def _namesakes(index: Index) -> Iterator[tuple[str, str]]:
    """Photos in a RAW file and in another one beside it that has the same name but for the extension."""
    files = photos.files(index.db)
    raw: Mapping[bytes, list[str]] = defaultdict(list)
    for path, (_, content) in files.items():
        if kind_of(path) is Kind.RAW:
            raw[_stem(path)].append(content)
    for path, (_, content) in files.items() if raw else ():
        if kind_of(path) is not Kind.RAW:
            yield from ((other, content) for other in raw.get(_stem(path), ()) if other != content)


def _stem(path: bytes) -> bytes:
    return os.path.splitext(path)[0].lower()


def _is_contradicted(index: Index, a: str, b: str) -> bool:
    """Whether a human said that one person is here on one, and another one there on the other."""
    ours, theirs = copies.said_there(index.db, a), copies.said_there(index.db, b)
    return any(
        who != other and intersection_over_union(box, place) >= SAME_PLACE
        for box, who in ours
        for place, other in theirs
    )
