"""What groups and tags are made from; as long as it is the same, they are too."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from phototag.index import people, photos, spaces
from phototag.index.db import Index, get_meta
from phototag.types import Label, Space

METHOD = "dbscan+cut/2 nearest3-gap/1"
"""Part of the fingerprint: another method means other results from the same evidence. Raise it with the method."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that groups and tags depend on.

    Attributes:
        space: of the vectors.
        faces: ids of the faces that take part, sorted.
        labels: what a human said of them.
        fingerprint: digest of all this.
    """

    space: Space
    faces: Sequence[str]
    labels: Sequence[Label]
    fingerprint: bytes

    def is_behind(self, index: Index, what: str) -> bool:
        """Whether this kind of result was made from the same evidence already."""
        return get_meta(index.db, what) == self.fingerprint


def gather(index: Index) -> Evidence | None:
    """Collect the evidence of an index; None before anything was described."""
    space = spaces.current(index.db)
    if space is None:
        return None
    faces, labels = photos.face_ids(index.db), people.labels(index.db)
    digest = hashlib.blake2b(digest_size=16)
    for part in (METHOD, space.key, repr(asdict(space.thresholds)), *faces, *map(repr, labels)):
        digest.update(part.encode() + b"\0")
    return Evidence(space, faces, labels, digest.digest())
