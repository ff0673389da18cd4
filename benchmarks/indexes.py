"""Indexes that are written directly: describing so many photos is not what is measured."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from phototag.core.geometry import face_ids
from phototag.core.vectors import normalise
from phototag.index import groups, photos, spaces
from phototag.index.db import FOLDER, Index, open_for_writing, transaction
from phototag.index.draft import Draft
from phototag.index.journal import Kind, decide
from phototag.index.spots import Spot
from phototag.types import Box, Cluster, Face, Photo, PhotoFile, Shown, Space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phototag.types import Vectors

BOXES = (Box(0.25, 0.25, 0.5, 0.5), Box(0.5, 0.25, 0.75, 0.5), Box(0.25, 0.5, 0.5, 0.75))


def new_index(root: Path) -> Index:
    """An empty index in a library, open for writing."""
    folder = root / FOLDER
    folder.mkdir(parents=True)
    return open_for_writing(folder, root)


def put(index: Index, space: Space, photographed: Iterable[tuple[PhotoFile, Vectors]]) -> Iterator[list[Spot]]:
    """Record photos, each with up to three faces; yields the faces of each."""
    with transaction(index.db):
        space_id = spaces.adopt(index.db, space)
        for i, (file, vectors) in enumerate(photographed):
            photo = f"{i:032x}"
            boxes = BOXES[: len(vectors)]
            faces = [Face(id_, photo, box, 1.0, 0.7) for id_, box in zip(face_ids(photo, boxes), boxes, strict=True)]
            photos.record_analysis(index.db, file, Shown(), Photo(photo, 4000, 3000), faces, vectors, space_id)
            yield [Spot(face.id, photo, face.box) for face in faces]


def name(index: Index, named: Sequence[Sequence[Spot]]) -> None:
    """Say of each list of faces that they are one person: "person 0", "person 1" and so on."""
    with transaction(index.db):
        for who, faces in enumerate(named):
            draft = Draft(index.db)
            person = draft.person(f"person {who}")
            for face in faces:
                draft.name(face, person)
            decide(index.db, Kind.NAME, {"name": f"person {who}", "faces": len(faces)}, draft, at_ns=who)


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who is on the photos of an index that is made up.

    Attributes:
        faces: of all of them.
        people: who have a name.
        unknown_groups: of people who have none, each on a few photos.
        strangers: who are on one photo each.
    """

    faces: int
    people: int
    unknown_groups: int
    strangers: int


LARGE = Crowd(50_000, 60, 300, 3_000)
HUGE = Crowd(200_000, 150, 3_000, 20_000)

LARGEST_UNKNOWN = 20
"""Faces of an unknown group, at most."""

NAMED_SHARE = 0.22
LARGEST_FALLOFF = 0.8
"""Faces of the nth person: as n to the power of minus this (Zipf), so that the largest of LARGE has 6,000."""

APART, SPREAD = 0.42, (0.12, 0.30)
"""Length of the random part of a person's direction and of a face's, beside a common direction of length 1: strangers
are 0.5 to 0.8 apart, faces of one person 0.2 to 0.4, as in the Space of the default engine (2026-11)."""


def large_index(root: Path, space: Space, crowd: Crowd = LARGE) -> Index:
    """Faces of a crowd, one to three a photo: of people, the better part of them unnamed, and of unknown ones.

    The groups are as grouping should find them: made-up faces of one person lie evenly around their centre, as real
    ones do not, and finding them took it more than ten minutes (2026-11).
    """
    rng = np.random.default_rng(0)
    who = _owners(rng, crowd)
    vectors = _vectors(rng, who, space.dim)
    index = new_index(root)
    starts = np.concatenate([[0], rng.integers(1, len(BOXES) + 1, crowd.faces).cumsum()])
    starts = np.append(starts[starts < crowd.faces], crowd.faces)
    taken = (
        (PhotoFile(f"{i // 1000:03d}/{i:06d}.jpg".encode(), 1_000_000 + i, i), vectors[a:b])
        for i, (a, b) in enumerate(itertools.pairwise(starts))
    )
    faces = [face for on_photo in put(index, space, taken) for face in on_photo]
    named: list[list[Spot]] = [[] for _ in range(crowd.people)]
    for row in np.flatnonzero((who < crowd.people) & (rng.random(crowd.faces) < NAMED_SHARE)).tolist():
        named[who[row]].append(faces[row])
    name(index, named)
    _group(index, who, [face.id for face in faces])
    return index


def _group(index: Index, who: NDArray[np.intp], faces: Sequence[str]) -> None:
    """A group for everybody who has two faces or more."""
    of: dict[int, list[str]] = defaultdict(list)
    for owner, face in zip(who.tolist(), faces, strict=True):
        of[owner].append(face)
    found = [sorted(its) for _, its in sorted(of.items()) if len(its) > 1]
    with transaction(index.db):
        groups.replace(index.db, [Cluster(i, tuple(its)) for i, its in enumerate(found, 1)])


def _owners(rng: np.random.Generator, crowd: Crowd) -> NDArray[np.intp]:
    """Whose each face is: first those of somebody who has a name, then unknown people, strangers of one face last."""
    unknown = rng.integers(2, LARGEST_UNKNOWN + 1, crowd.unknown_groups)
    known = crowd.faces - crowd.strangers - int(unknown.sum())
    share = np.arange(1, crowd.people + 1) ** -LARGEST_FALLOFF
    sizes = np.floor(known * share / share.sum()).astype(int)
    sizes[0] += known - sizes.sum()
    each = np.concatenate([sizes, unknown, np.ones(crowd.strangers, dtype=int)])
    return rng.permutation(np.repeat(np.arange(len(each)), each))


def _vectors(rng: np.random.Generator, who: NDArray[np.intp], dim: int) -> Vectors:
    common = normalise(rng.standard_normal(dim).astype(np.float32))
    centres = normalise(common + APART * _directions(rng, int(who.max()) + 1, dim))
    return normalise(centres[who] + rng.uniform(*SPREAD, (len(who), 1)) * _directions(rng, len(who), dim))


def _directions(rng: np.random.Generator, n: int, dim: int) -> Vectors:
    return normalise(rng.standard_normal((n, dim)).astype(np.float32))
