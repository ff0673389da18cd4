"""Copies of a photo: found, so that they share their faces and all that is said; listed, never deleted."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from phototag.core.copies import ALIKE_NAMESAKES, likeness, near, originals, same_people, same_shape, to_looks
from phototag.core.geometry import intersection_over_union
from phototag.core.vectors import distances
from phototag.index import copies, photos, spaces
from phototag.index.copies import Copy, Picture
from phototag.index.db import Index, transaction
from phototag.index.spots import SAME_PLACE
from phototag.media.formats import Kind, kind_of
from phototag.types import Space

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

    Only photos that have not been compared are; which one is the original is decided anew each time: the largest
    that is there. Where a human said of two alike photos that different people are at one place, they stay apart.
    """
    space, space_id = spaces.current(index.db), spaces.current_id(index.db)
    fresh = set() if space is None else copies.uncompared(index.db, space_id)
    if space is not None and fresh:
        found = list(_compared(index, space, copies.pictures(index.db, space_id), fresh))
        with transaction(index.db):
            copies.record(index.db, fresh, found)
    pairs = [pair for pair in copies.alike(index.db) if not _is_contradicted(index, *pair)]
    known = sorted(copies.pictures_alike(index.db), key=lambda picture: picture.worth)
    there = {picture.hash for picture in known if picture.is_there}
    of = originals([picture.hash for picture in known], pairs)
    with transaction(index.db):
        copies.replace(index.db, {copy: original for copy, original in of.items() if original in there})


def _compared(index: Index, space: Space, pictures: Sequence[Picture], fresh: set[str]) -> Iterator[tuple[str, str]]:
    """Pairs of photos that are one picture, of which one at least is fresh."""
    looks = to_looks([picture.look for picture in pictures])
    rows = [row for row, picture in enumerate(pictures) if picture.hash in fresh]
    pairs = near(looks, rows)
    row_of = {picture.hash: row for row, picture in enumerate(pictures)}
    named = [(row_of[a], row_of[b]) for a, b in _namesakes(index) if {a, b} & fresh and a in row_of and b in row_of]
    if named:
        first, second = np.array(named).T
        alike = likeness(looks[first], looks[second]) >= ALIKE_NAMESAKES
        pairs += [pair for pair, is_alike in zip(named, alike, strict=True) if is_alike]
    for i, j in sorted(set(pairs)):
        a, b = sorted((pictures[i], pictures[j]), key=lambda picture: picture.worth[1:])
        if same_shape(a.size, b.size) and _have_same_people(index, space, a.hash, b.hash):
            yield a.hash, b.hash


def _namesakes(index: Index) -> Iterator[tuple[str, str]]:
    """Photos in a RAW file and in another one beside it that has the same name but for the extension."""
    beside: Mapping[bytes, list[tuple[bytes, str]]] = defaultdict(list)
    for path, (_, content) in photos.files(index.db).items():
        beside[os.path.splitext(path)[0].lower()].append((path, content))
    for files in beside.values():
        raw = [content for path, content in files if kind_of(path) is Kind.RAW]
        other = [content for path, content in files if kind_of(path) is not Kind.RAW]
        yield from ((a, b) for a in raw for b in other if a != b)


def _have_same_people(index: Index, space: Space, large: str, small: str) -> bool:
    weakest = space.thresholds
    on_large = copies.upright_faces(index.db, large)
    on_small = [
        face
        for face in copies.upright_faces(index.db, small)
        if face[2] >= weakest.weak_quality and face[3] >= weakest.weak_score
    ]
    if not on_small:
        return True
    ours, theirs = (
        photos.vectors_of(index.db, [face for face, *_ in found], space.dim) for found in (on_small, on_large)
    )
    apart = distances(ours, theirs) / weakest.possible
    return same_people([box for _, box, *_ in on_large], [box for _, box, *_ in on_small], apart)


def _is_contradicted(index: Index, a: str, b: str) -> bool:
    """Whether a human said that one person is here on one, and another one there on the other."""
    ours, theirs = copies.said_there(index.db, a), copies.said_there(index.db, b)
    return any(
        who != other and intersection_over_union(box, place) >= SAME_PLACE
        for box, who in ours
        for place, other in theirs
    )
