"""What groups and tags are made from; as long as it is the same, they are too."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict, dataclass, replace

from phototag.core.matching import OFF, StrongLimits
from phototag.index import people, photos, spaces
from phototag.index.db import CALIBRATED, Index, get_meta, set_meta
from phototag.types import Label, Space

METHOD = "dbscan+linkage/1 nearest3-gap/2 dismissed-nearest/2"
"""Part of the fingerprint: another method means other results from the same evidence. Raise it with the method."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that groups and tags depend on.

    Attributes:
        space: of the vectors.
        faces: ids of the faces that take part, sorted.
        labels: what a human said of them.
        nameless: people whom a human told apart without naming them -> the number of their group.
        ignored: people whom nobody wants to hear of.
        no_faces: what was found as a face and is none; not among `faces`.
        collages: photos on which one person may be more than once.
        limits: for tagging, where the user calibrated them; None for the shipped ones.
        fingerprint: digest of all this.
    """

    space: Space
    faces: Sequence[str]
    labels: Sequence[Label]
    nameless: Mapping[int, int]
    ignored: Set[int]
    no_faces: Sequence[str]
    collages: Set[str]
    limits: StrongLimits | None
    fingerprint: bytes

    def is_behind(self, index: Index, what: str) -> bool:
        """Whether this kind of result was made from the same evidence already."""
        return get_meta(index.db, what) == self.fingerprint


def gather(index: Index) -> Evidence | None:
    """Collect the evidence of an index; None before anything was described."""
    space = spaces.current(index.db)
    if space is None:
        return None
    known = Evidence(
        space=space,
        faces=photos.face_ids(index.db),
        labels=people.labels(index.db),
        nameless=people.nameless(index.db),
        ignored=people.ignored(index.db),
        no_faces=photos.no_faces(index.db),
        collages=photos.collages(index.db),
        limits=calibrated_limits(index, space),
        fingerprint=b"",
    )
    return replace(known, fingerprint=_fingerprint(known))


def _fingerprint(known: Evidence) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    rules = [METHOD, known.space.key, repr(asdict(known.space.thresholds)), repr(known.limits)]
    said = [f"{label.face} {label.person} {label.verdict}" for label in known.labels]
    said += [repr(sorted(known.nameless.items())), repr(sorted(known.ignored)), repr(sorted(known.collages))]
    digest.update("\0".join([*rules, *known.faces, *said, *known.no_faces]).encode())
    return digest.digest()


def calibrated_limits(index: Index, space: Space) -> StrongLimits | None:
    """The limits that the user had calibrated for this Space, or None."""
    kept = get_meta(index.db, CALIBRATED)
    document = json.loads(kept) if kept else {}
    if document.get("space") != space.key:
        return None
    return StrongLimits(document["everybody"], {int(person): limit for person, limit in document["people"].items()})


def is_tagging(index: Index) -> bool:
    """Whether a match may tag by itself: a limit is shipped with the embedder, or was calibrated here."""
    space = spaces.current(index.db)
    return space is None or space.thresholds.strong != OFF or calibrated_limits(index, space) is not None


def keep_limits(index: Index, space: Space, limits: StrongLimits | None) -> None:
    """Remember calibrated limits, or go back to the shipped ones. Inside a transaction."""
    document = {} if limits is None else {"space": space.key, "everybody": limits.everybody, "people": limits.people}
    set_meta(index.db, CALIBRATED, json.dumps(document).encode())
