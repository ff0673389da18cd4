"""Group all faces anew when something that matters has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict

from phototag.core.grouping import group_faces, persistent_ids
from phototag.index import groups, people, photos, spaces
from phototag.index.db import Index, get_meta, set_meta, transaction
from phototag.types import Cluster, Label, Space

METHOD = "dbscan+cut/1"
"""Part of the fingerprint: another method means another grouping of the same faces. Raise it with the method."""


def regroup(index: Index) -> bool:
    """Group all faces anew, unless nothing that matters has changed; say whether it was done."""
    space = spaces.current(index.db)
    if space is None:
        return False
    ids, labels = photos.face_ids(index.db), people.labels(index.db)
    fingerprint = _fingerprint(space, ids, labels)
    if get_meta(index.db, "grouped") == fingerprint:
        return False
    found = group_faces(ids, photos.vectors_of(index.db, ids, space.dim), labels, space.thresholds)
    numbers = persistent_ids(groups.clusters(index.db), found, groups.next_id(index.db))
    clusters = [Cluster(number, tuple(sorted(faces))) for number, faces in zip(numbers, found, strict=True)]
    with transaction(index.db):
        groups.replace(index.db, clusters)
        set_meta(index.db, "grouped", fingerprint)
    return True


def _fingerprint(space: Space, ids: Sequence[str], labels: Sequence[Label]) -> bytes:
    """Digest of everything that a grouping depends on."""
    digest = hashlib.blake2b(digest_size=16)
    for part in (METHOD, space.key, repr(asdict(space.thresholds)), *ids, *(repr(label) for label in labels)):
        digest.update(part.encode() + b"\0")
    return digest.digest()
