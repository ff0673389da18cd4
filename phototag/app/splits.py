"""How the faces of a person or group fall apart into several people: a proposal, and a picture of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from phototag.app.evidence import gather
from phototag.app.known import require_faces
from phototag.app.sheets import write_rows
from phototag.app.subject import Subject
from phototag.core.splitting import parts
from phototag.errors import UsageError
from phototag.index import photos
from phototag.index.db import Index
from phototag.index.faces import KnownFace


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who seems to be who.

    Attributes:
        stay: the faces that stay, the best first.
        leave: the faces of each one who would be split off.
    """

    stay: tuple[KnownFace, ...]
    leave: tuple[tuple[KnownFace, ...], ...]


def propose(index: Index, subject: Subject) -> Proposal:
    """Take the faces of a person or group apart.

    Raises:
        UsageError: they hold together.
    """
    known = gather(index)
    here = {face.id: face for face in subject.faces}
    ids = sorted(here.keys() & set(known.faces)) if known else []
    found = []
    if known is not None and ids:
        limits = known.space.thresholds
        weak = photos.weak_faces(index.db, limits.weak_quality, limits.weak_score)
        on = {face: here[face].photo for face in ids if here[face].photo not in known.collages}
        found = parts(ids, photos.vectors_of(index.db, ids, known.space.dim), limits, weak, on)
    if len(found) < 2:
        raise UsageError(
            f"The faces of {subject.called} hold together. Nothing was changed. See them: {subject.listing}, and say "
            f"which ones are somebody else: phototag split {subject.typed} FACE..."
        )
    leave = tuple(_best_first(here, part) for part in found[1:])
    gone = {face.id for part in leave for face in part}
    return Proposal(_best_first(here, here.keys() - gone), leave)


def listed(index: Index, subject: Subject, ids: Sequence[str]) -> Proposal:
    """The faces that a person lists are one somebody else.

    Raises:
        UsageError: no such face, or one that is not of this person or group.
    """
    here = {face.id: face for face in subject.faces}
    chosen = {face.id for face in require_faces(index, ids)}
    for face in sorted(chosen - here.keys()):
        raise UsageError(
            f"Face {face} is not one of {subject.called}. Nothing was changed. See those: {subject.listing}"
        )
    return Proposal(_best_first(here, here.keys() - chosen), (_best_first(here, chosen),))


def draw(index: Index, subject: Subject, proposal: Proposal) -> Path:
    """Draw a row of faces for each part; returns the picture.

    Raises:
        LibraryError: the index's folder cannot be written.
    """
    rows = [(f"Stays: {subject.called}, {len(proposal.stay)}", proposal.stay)]
    rows += [(f"Somebody else: {len(part)}", part) for part in proposal.leave]
    return write_rows(index, "split.jpg", rows)


def _best_first(here: dict[str, KnownFace], ids: Sequence[str] | set[str] | frozenset[str]) -> tuple[KnownFace, ...]:
    return tuple(sorted((here[face] for face in ids), key=lambda face: (-face.quality, face.id)))
