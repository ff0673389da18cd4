"""Group all faces anew when something that matters has changed."""

from __future__ import annotations

from phototag.app.evidence import Evidence
from phototag.core.grouping import group_faces, persistent_ids
from phototag.index import groups, photos
from phototag.index.db import GROUPED, Index, set_meta, transaction
from phototag.types import Cluster


def regroup(index: Index, evidence: Evidence) -> None:
    """Put the groups that the evidence gives in the place of the former ones, unless they came from the same."""
    if evidence.is_behind(index, GROUPED):
        return
    vectors = photos.vectors_of(index.db, evidence.faces, evidence.space.dim)
    found = group_faces(evidence.faces, vectors, evidence.labels, evidence.space.thresholds)
    numbers = persistent_ids(groups.clusters(index.db), found, groups.next_id(index.db))
    clusters = [Cluster(number, tuple(sorted(faces))) for number, faces in zip(numbers, found, strict=True)]
    with transaction(index.db):
        groups.replace(index.db, clusters)
        set_meta(index.db, GROUPED, evidence.fingerprint)
