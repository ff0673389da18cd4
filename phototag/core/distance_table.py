"""How far every face is from every person, kept while it is true.

A decision changes the references of a few people; all other distances stay as they are. A column holds what was
computed for exactly these references, a row for exactly this vector, so what is taken over needs no other proof.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from phototag.core.matching import distances_to_people

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phototag.types import Vectors

GOLDEN = 0x9E3779B97F4A7C15
"""2^64 divided by the golden ratio: its odd multiples are spread over all 64 bits."""

ROWS_AT_ONCE = 4_096
"""Vectors digested at once."""


@dataclass(frozen=True, slots=True, eq=False)
class DistanceTable:
    """Distances, and of what.

    Attributes:
        faces: (n,) S, their ids, ascending.
        digests: (n,) uint64, of their vectors.
        references: (people,) S32, a digest of the faces that a human gave each person, with their vectors.
        distances: (people, n) float32, in the metric of the Space.
    """

    faces: NDArray[np.bytes_]
    digests: NDArray[np.uint64]
    references: NDArray[np.bytes_]
    distances: NDArray[np.float32]

    @property
    def is_whole(self) -> bool:
        """Whether the parts fit together."""
        shapes = (self.faces.shape, self.digests.shape, self.references.shape, self.distances.shape)
        people, n = len(self.references), len(self.faces)
        kinds = [part.dtype.str for part in (self.digests, self.distances)]
        texts = [part.dtype.kind for part in (self.faces, self.references)]
        return shapes == ((n,), (n,), (people,), (people, n)) and kinds == ["<u8", "<f4"] and texts == ["S", "S"]

    def equals(self, other: DistanceTable) -> bool:
        """Whether both are of the same faces and references in the same order, and so have the same distances."""
        return (
            np.array_equal(self.faces, other.faces)
            and np.array_equal(self.digests, other.digests)
            and np.array_equal(self.references, other.references)
        )


def measure(
    space: str,
    faces: Sequence[str],
    vectors: Vectors,
    references: Mapping[int, Sequence[int]],
    kept: DistanceTable | None = None,
) -> DistanceTable:
    """The distances of all faces to all people, as far as possible from a table that was kept.

    Args:
        space: its key; distances of another Space are of no use.
        faces: ids, ascending.
        vectors: (n, dim), rows of length 1.
        references: person -> rows of the faces that a human gave them, one at least.
        kept: an earlier table of any faces and people, or None.

    Returns:
        A table whose rows are the faces and whose columns are the people by ascending id.
    """
    names, digests = np.array(faces, dtype=np.bytes_), _digests(vectors)
    people = [np.asarray(references[person]) for person in sorted(references)]
    wanted = np.array([_digest(space, names[rows], digests[rows]) for rows in people], dtype="S32")
    table = np.empty((len(people), len(faces)), dtype=np.float32)
    rows = np.full(len(faces), -1) if kept is None else _rows_in(kept, names, digests)
    columns = {} if kept is None else {digest: i for i, digest in enumerate(kept.references.tolist())}
    fresh = np.flatnonzero(rows < 0)
    for distances, digest, mine in zip(table, wanted.tolist(), people, strict=True):
        if kept is not None and digest in columns:
            distances[:] = kept.distances[columns[digest]][rows] if len(kept.faces) else 0
            distances[fresh] = distances_to_people(vectors[fresh], [vectors[mine]])[0]
        else:
            distances[:] = distances_to_people(vectors, [vectors[mine]])[0]
    return DistanceTable(names, digests, wanted, table)


def _rows_in(kept: DistanceTable, faces: NDArray[np.bytes_], digests: NDArray[np.uint64]) -> NDArray[np.intp]:
    """(n,) where the kept table has each face with the same vector; -1 where it has not."""
    if not len(kept.faces):
        return np.full(len(faces), -1)
    at = np.minimum(np.searchsorted(kept.faces, faces), len(kept.faces) - 1)
    return np.where((kept.faces[at] == faces) & (kept.digests[at] == digests), at, -1)


def _digests(vectors: Vectors) -> NDArray[np.uint64]:
    """(n,) a number for each vector that another vector has by a chance of 1 in 2^32 at most."""
    multiples = (np.arange(vectors.shape[1], dtype=np.uint64) * np.uint64(2) + np.uint64(1)) * np.uint64(GOLDEN)
    found = np.empty(len(vectors), dtype=np.uint64)
    for start in range(0, len(vectors), ROWS_AT_ONCE):
        words = np.ascontiguousarray(vectors[start : start + ROWS_AT_ONCE]).view(np.uint32)
        found[start : start + ROWS_AT_ONCE] = (words * multiples).sum(axis=1, dtype=np.uint64)
    return found


def _digest(space: str, faces: NDArray[np.bytes_], digests: NDArray[np.uint64]) -> bytes:
    whole = hashlib.blake2b(space.encode() + b"\0", digest_size=16)
    whole.update(b"\0".join(faces.tolist()))
    whole.update(digests.tobytes())
    return whole.hexdigest().encode()
