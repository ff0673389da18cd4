"""Four shapes of photo library with known people: what one default for grouping must serve.

Paths, sizes and truths are those of the data's README: `lfw-*`, `large-groups-*.npz`, `wild-*`, `album-*`.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import lfw
from phototag.core.scores import Scores, b_cubed
from phototag.core.vectors import normalise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.features import Described, Features
    from phototag.types import Thresholds, Vectors

FAMILY_LARGEST = 900
"""Faces of the most photographed person of a family; the k-th has a k-th of them."""

FAMILY_SMALLEST = 8
STRANGERS = 3_000
"""Faces in a family's photos of people who are there MOST_OF_A_STRANGER times at most."""

MOST_OF_A_STRANGER = 3
SEED = 0


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """Faces to be grouped, n of them, and the truth about some.

    Attributes:
        name: of the shape.
        vectors: (n, dim).
        photos: (n,) the photo that each face is on.
        people: (n,) who it is; None where nobody knows, and then the face is grouped but not scored.
        weak: (n,) whether it may join a group but never found or bridge one.
        missed: people on whose photos no face was found: each is scored as a face alone.
        plain: the same library by the vectors that face_recognition compares; None where there are none.
    """

    name: str
    vectors: Vectors
    photos: Sequence[str]
    people: Sequence[str | None]
    weak: NDArray[np.bool_]
    missed: Sequence[str] = ()
    plain: Library | None = None

    @property
    def ids(self) -> list[str]:
        """Names of the faces, in no order that tells anything, as the ids of phototag."""
        on_photo: Counter[str] = Counter()
        names = []
        for photo in self.photos:
            names.append(hashlib.blake2b(f"{photo}/{on_photo[photo]}".encode(), digest_size=8).hexdigest())
            on_photo[photo] += 1
        return names

    def score(self, groups: Sequence[Hashable | None]) -> Scores:
        """B-cubed scores of a grouping over the faces whose person is known.

        Args:
            groups: (n,) the group of each face; None for a face alone.
        """
        known = [(person, group) for person, group in zip(self.people, groups, strict=True) if person is not None]
        truth = [person for person, _ in known] + list(self.missed)
        return b_cubed(truth, [group for _, group in known] + [None] * len(self.missed))

    def halves(self, seed: int) -> tuple[Library, Library]:
        """Two libraries of a random half of the people each.

        The photos of a person stay together with all that is on them; a photo of which no person is known counts as one
        of somebody else.
        """
        of_photo = dict(zip(self.photos, self.photos, strict=True))
        of_photo |= {photo: who for photo, who in zip(self.photos, self.people, strict=True) if who is not None}
        everybody = sorted({*of_photo.values(), *self.missed})
        chosen = np.random.default_rng(seed).permutation(len(everybody))[: len(everybody) // 2]
        first = {everybody[i] for i in chosen}
        inside = np.array([of_photo[photo] in first for photo in self.photos], dtype=bool)
        return self._part(inside, first), self._part(~inside, set(everybody) - first)

    def _part(self, inside: NDArray[np.bool_], people: set[str]) -> Library:
        rows = np.flatnonzero(inside).tolist()
        return Library(
            self.name,
            self.vectors[rows],
            [self.photos[row] for row in rows],
            [self.people[row] for row in rows],
            self.weak[rows],
            [person for person in self.missed if person in people],
        )


def all_shapes(features: Features, suffix: str) -> list[Library]:
    """The four: strangers, large groups, a family, an album with athletes' photos from the web."""
    data = features.data
    return [
        strangers(features, suffix),
        large_groups(data, suffix),
        family(data, suffix),
        wild_album(features, suffix),
    ]


def strangers(features: Features, suffix: str) -> Library:
    """LFW from its photos: every face found is grouped, the one nearest to the centre is scored."""
    folder = f"lfw-{suffix}"
    photos = features.of(f"{folder}/images")
    people = {path: lfw.person_of(path) for path in photos}
    mains = {path: photo.nearest_centre for path, photo in photos.items()}
    plain = lfw.described_by_dlib(features.data, suffix, "plain").only([p.removeprefix(f"{folder}/") for p in photos])
    return _photographed(
        "strangers",
        photos,
        mains,
        people,
        features.engine.space.thresholds,
        _of_vectors("strangers", plain.vectors, plain.paths, plain.people.tolist()),
    )


def large_groups(data: Path, suffix: str) -> Library:
    """Few people with many faces each; vectors only."""
    with np.load(data / f"large-groups-{suffix}.npz", allow_pickle=False) as file:
        people, plain, mirrored = file["person"], file["plain"], file["mirrored"]
    photos = [f"{person}/{row}" for row, person in enumerate(people)]
    peers = _of_vectors("groups", plain, photos, people)
    return _of_vectors("groups", normalise(mirrored), photos, people, peers)


def family(data: Path, suffix: str) -> Library:
    """The people of the large groups, a few of them on most photos (Zipf's law), and many strangers; vectors only."""
    rng = np.random.default_rng(SEED)
    groups = large_groups(data, suffix)
    mirrored = lfw.described_by_dlib(data, suffix, "mirrored")
    plain = lfw.described_by_dlib(data, suffix, "plain")
    ours, others = _by_zipf(groups.people, rng), _seldom_seen(mirrored.people, rng)
    photos = [groups.photos[row] for row in ours] + [mirrored.paths[row] for row in others]
    people = [str(groups.people[row]) for row in ours] + mirrored.people[others].tolist()
    vectors = np.concatenate([groups.vectors[ours], normalise(mirrored.vectors[others])])
    peers = np.concatenate([_plain_vectors(groups)[ours], plain.vectors[others]])
    return _of_vectors("family", vectors, photos, people, _of_vectors("family", peers, photos, people))


def wild_album(features: Features, suffix: str) -> Library:
    """Whole photos: athletes from the web and an album in one library; the largest face of a photo is scored."""
    wild, album = f"wild-{suffix}", f"album-{suffix}"
    photos = features.of(wild)
    people = {path: PurePosixPath(path).parts[1] for path in photos}
    photos |= features.of(album)
    with (features.data / album / "main_person.csv").open() as file:
        people |= {f"{album}/{row['path']}": row["person"] for row in csv.DictReader(file) if row["person"]}
    mains = {path: photo.largest for path, photo in photos.items()}
    return _photographed("wild", photos, mains, people, features.engine.space.thresholds)


def _photographed(
    name: str,
    photos: Mapping[str, Described],
    mains: Mapping[str, int | None],
    people: Mapping[str, str],
    thresholds: Thresholds,
    plain: Library | None = None,
) -> Library:
    """All faces of photos; the main one of each is the photo's person."""
    homes = [(path, i) for path, photo in photos.items() for i in range(len(photo.scores))]
    qualities = np.concatenate([photo.qualities for photo in photos.values()])
    scores = np.concatenate([photo.scores for photo in photos.values()])
    return Library(
        name,
        np.concatenate([photo.vectors for photo in photos.values()]),
        [path for path, _ in homes],
        [people.get(path) if mains[path] == i else None for path, i in homes],
        (qualities < thresholds.weak_quality) | (scores < thresholds.weak_score),
        [people[path] for path in photos if mains[path] is None and path in people],
        plain,
    )


def _of_vectors(
    name: str, vectors: Vectors, photos: Sequence[str], people: Sequence[str], plain: Library | None = None
) -> Library:
    """Each face on a photo of its own, and all of good quality."""
    return Library(name, vectors, photos, [str(who) for who in people], np.zeros(len(photos), dtype=bool), (), plain)


def _plain_vectors(library: Library) -> Vectors:
    if library.plain is None:
        raise ValueError(f"{library.name} has no plain vectors")
    return library.plain.vectors


def _by_zipf(people: Sequence[str | None], rng: np.random.Generator) -> NDArray[np.intp]:
    """Rows of faces, a k-th of FAMILY_LARGEST for the person with the k-th most, as far as there are."""
    _, who, counts = np.unique(np.array(people), return_inverse=True, return_counts=True)
    chosen = []
    for k, person in enumerate(np.argsort(-counts, kind="stable").tolist(), start=1):
        wanted = max(FAMILY_SMALLEST, round(FAMILY_LARGEST / k))
        chosen.append(rng.permutation(np.flatnonzero(who == person))[:wanted])
    return np.sort(np.concatenate(chosen))


def _seldom_seen(people: NDArray[np.str_], rng: np.random.Generator) -> NDArray[np.intp]:
    """Rows of STRANGERS faces of whole people with few, picked at random."""
    _, who, counts = np.unique(people, return_inverse=True, return_counts=True)
    few = rng.permutation(np.flatnonzero(counts <= MOST_OF_A_STRANGER))
    rank = np.full(len(counts), len(counts))
    rank[few] = np.arange(len(few))
    rows = np.argsort(rank[who], kind="stable")
    return np.sort(rows[: min(STRANGERS, int((rank[who] < len(counts)).sum()))])
