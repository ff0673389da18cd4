"""Groups of unknown faces, listed and drawn."""

from __future__ import annotations

import os
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from phototag.app.known import known_faces
from phototag.files import write_if_changed
from phototag.index import groups
from phototag.index.db import Index
from phototag.index.faces import KnownFace
from phototag.media.sheets import FaceOnDisk, contact_sheet
from phototag.types import Cluster, Progress, Source

SAMPLE = 6
"""Faces named in a listing of groups: enough to recognise somebody."""

SHEETS = "sheets"


@dataclass(frozen=True, slots=True)
class Guess:
    """Who a group may be: the person suggested for at least half of its faces, with the median distance."""

    person: str
    distance: float


@dataclass(frozen=True, slots=True)
class UnknownGroup:
    """A group that waits for a name.

    Attributes:
        id: what `name-cluster` takes.
        faces: all of them, the best first.
        photos: how many photos they are on.
        suggestion: who it may be, or None.
    """

    id: int
    faces: tuple[KnownFace, ...]
    photos: int
    suggestion: Guess | None

    @property
    def sample(self) -> tuple[str, ...]:
        """A few face ids, the best first."""
        return tuple(face.id for face in self.faces[:SAMPLE])


def unknown_groups(index: Index) -> list[UnknownGroup]:
    """Groups of unknown faces, the largest first."""
    clusters = groups.unknown(index.db)
    known = {face.id: face for face in known_faces(index)}
    return [_unknown_group(cluster, [known[face] for face in cluster.faces]) for cluster in clusters]


def write_sheets(index: Index, found: Sequence[UnknownGroup], progress: Progress) -> list[Path]:
    """Draw a contact sheet of each group, and remove those of groups that are no longer unknown.

    Returns:
        The pictures, in the order of the groups.

    Raises:
        OSError: the index's folder cannot be written.
    """
    folder = index.folder / SHEETS
    folder.mkdir(exist_ok=True)
    written = []
    for group in progress(found, label="Drawing sheets", total=len(found), unit="sheet"):
        path = folder / f"group-{group.id}.jpg"
        title = f"Group {group.id}: {len(group.faces)} faces on {group.photos} photos"
        write_if_changed(path, contact_sheet(title, [_on_disk(index, face) for face in group.faces]))
        written.append(path)
    for old in set(folder.glob("group-*.jpg")) - set(written):
        old.unlink()
    return written


def _on_disk(index: Index, face: KnownFace) -> FaceOnDisk:
    name = os.fsdecode(face.path).rpartition("/")[2]
    return FaceOnDisk(index.root / os.fsdecode(face.path), face.box, name)


def _unknown_group(cluster: Cluster, faces: Sequence[KnownFace]) -> UnknownGroup:
    return UnknownGroup(cluster.id, tuple(faces), len({face.photo for face in faces}), _guess(faces))


def _guess(faces: Sequence[KnownFace]) -> Guess | None:
    distances = [(f.person, f.distance) for f in faces if f.source is Source.SUGGESTED and f.distance is not None]
    if not distances:
        return None
    person, count = Counter(sorted(str(name) for name, _ in distances)).most_common(1)[0]
    if 2 * count < len(faces):
        return None
    return Guess(person, statistics.median(distance for name, distance in distances if name == person))
