"""Groups of faces: made anew when something that matters has changed, listed, and drawn."""

from __future__ import annotations

import os
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from phototag.app.evidence import Evidence
from phototag.core.grouping import group_faces, persistent_ids
from phototag.errors import LibraryError
from phototag.files import write_if_changed
from phototag.index import faces, groups, photos
from phototag.index.db import GROUPED, Index, set_meta, transaction
from phototag.index.faces import Filter, KnownFace
from phototag.media.sheets import COLUMNS, MOST_FACES, FaceOnDisk, Row, contact_sheet, overview
from phototag.types import Cluster, Label, Progress, Source, Verdict

SAMPLE = 6
"""Faces named in a listing of groups: enough to recognise somebody."""

DRAWN = 40
"""Groups that get a picture: in a large library there are thousands, most of them pairs."""

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


def regroup(index: Index, evidence: Evidence) -> None:
    """Put the groups that the evidence gives in the place of the former ones, unless they came from the same."""
    if not evidence.is_behind(index, GROUPED):
        put_groups(index, evidence, find_groups(index, evidence))


def find_groups(index: Index, evidence: Evidence) -> list[frozenset[str]]:
    """The groups that the evidence gives, as ids of faces. Takes long, and writes nothing."""
    vectors = photos.vectors_of(index.db, evidence.faces, evidence.space.dim)
    limits = evidence.space.thresholds
    weak = photos.weak_faces(index.db, limits.weak_quality, limits.weak_score)
    on = {face: photo for face, photo in photos.photos_of(index.db).items() if photo not in evidence.collages}
    return group_faces(evidence.faces, vectors, evidence.labels, limits, weak, on)


def put_groups(index: Index, evidence: Evidence, found: Sequence[frozenset[str]]) -> None:
    """Put groups, made from this evidence, in the place of the former ones."""
    called = {x.face: evidence.nameless[x.person] for x in evidence.labels if _is_nameless(x, evidence)}
    numbers = persistent_ids(groups.clusters(index.db), found, groups.next_id(index.db), called)
    clusters = [Cluster(number, tuple(sorted(its))) for number, its in zip(numbers, found, strict=True)]
    with transaction(index.db):
        groups.replace(index.db, clusters)
        set_meta(index.db, GROUPED, evidence.fingerprint)


def _is_nameless(label: Label, evidence: Evidence) -> bool:
    return label.verdict is Verdict.IS and label.person in evidence.nameless


def unknown_groups(index: Index) -> list[UnknownGroup]:
    """Groups of unknown faces, the largest first."""
    clusters = groups.unknown(index.db)
    ids = tuple(face for cluster in clusters for face in cluster.faces)
    known = {face.id: face for face in faces.faces(index.db, Filter(ids=ids))}
    return [_unknown_group(cluster, [known[face] for face in cluster.faces]) for cluster in clusters]


def write_sheets(index: Index, found: Sequence[UnknownGroup], progress: Progress) -> list[Path]:
    """Draw an overview and a contact sheet of each of the DRAWN largest groups, and remove all others.

    Returns:
        The pictures: the overview, then the groups in order; [] if there is none.

    Raises:
        LibraryError: the index's folder cannot be written.
    """
    folder, found = index.folder / SHEETS, found[:DRAWN]
    try:
        folder.mkdir(exist_ok=True)
        written = [_write_overview(index, found, folder)] if found else []
        for group in progress(found, label="Drawing sheets", total=len(found), unit="sheet"):
            drawn = [_on_disk(index, face) for face in group.faces[:MOST_FACES]]
            path = folder / f"group-{group.id}.jpg"
            write_if_changed(path, contact_sheet(_title(group), drawn))
            written.append(path)
        for old in set(folder.glob("*.jpg")) - set(written):
            old.unlink(missing_ok=True)
    except OSError as error:
        raise LibraryError(f"Cannot write the sheets in {folder}: {error.strerror}.") from error
    return written


def write_rows(index: Index, name: str, rows: Sequence[tuple[str, Sequence[KnownFace]]]) -> Path:
    """Draw a row of up to COLUMNS faces for each title, as NAME in the index's folder; returns the picture.

    Raises:
        LibraryError: the index's folder cannot be written.
    """
    path = index.folder / name
    drawn = [Row(title, tuple(_on_disk(index, face) for face in found[:COLUMNS])) for title, found in rows]
    try:
        write_if_changed(path, overview(drawn))
    except OSError as error:
        raise LibraryError(f"Cannot write {path}: {error.strerror}.") from error
    return path


def _write_overview(index: Index, found: Sequence[UnknownGroup], folder: Path) -> Path:
    path = folder / "groups.jpg"
    rows = [Row(_title(g), tuple(_on_disk(index, face) for face in g.faces[:SAMPLE])) for g in found]
    write_if_changed(path, overview(rows))
    return path


def _title(group: UnknownGroup) -> str:
    face = "face" if len(group.faces) == 1 else "faces"
    photo = "photo" if group.photos == 1 else "photos"
    return f"Group {group.id}: {len(group.faces)} {face} on {group.photos} {photo}"


def _on_disk(index: Index, face: KnownFace) -> FaceOnDisk:
    name = os.fsdecode(face.path).rpartition("/")[2]
    return FaceOnDisk(index.root / os.fsdecode(face.path), face.box, name)


def _unknown_group(cluster: Cluster, found: Sequence[KnownFace]) -> UnknownGroup:
    return UnknownGroup(cluster.id, tuple(found), len({face.photo for face in found}), _guess(found))


def _guess(found: Sequence[KnownFace]) -> Guess | None:
    distances = [(f.person, f.distance) for f in found if f.source is Source.SUGGESTED and f.distance is not None]
    if not distances:
        return None
    person, count = Counter(sorted(str(name) for name, _ in distances)).most_common(1)[0]
    if 2 * count < len(found):
        return None
    return Guess(person, statistics.median(distance for name, distance in distances if name == person))
