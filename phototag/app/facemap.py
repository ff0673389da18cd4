"""A map of all faces: where each lies, whose it is, and which are likely mistakes.

Its layout is kept in the index's folder under `cache/`, in a file that may be deleted at any time. New faces are put
beside their like on the map that is there, so that nobody has to find their way anew; when more than a fifth of it has
changed, it is drawn again.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from phototag.app.kept_distances import FOLDER
from phototag.core.projection import beside, project
from phototag.core.strays import strays
from phototag.files import replace_file
from phototag.index import faces, photos, spaces
from phototag.index.db import Index
from phototag.index.faces import Mark
from phototag.types import Source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phototag.types import Progress, Space, Vectors

FILE = "map.npz"

CHANGED = 0.2
"""Share of the faces on a map that may come or go before it is drawn anew."""

OUTLIERS = 24
"""Likely mistakes that are shown: what somebody looks through in a minute."""

SOURCES = (None, Source.HUMAN, Source.AUTO, Source.SUGGESTED)
"""Who says whose a face is, by its number in `FaceMap.sources`."""


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Where faces lie, and which faces.

    Attributes:
        space: key of the Space of their vectors.
        faces: (n,) S, their ids, ascending.
        places: (n, 2) float32 in [0, 1].
        is_laid_out: (n,) bool, whether others are put beside it.
        n_drawn: how many there were when it was drawn; others were put in later.
    """

    space: str
    faces: NDArray[np.bytes_]
    places: NDArray[np.float32]
    is_laid_out: NDArray[np.bool_]
    n_drawn: int

    @property
    def is_whole(self) -> bool:
        """Whether the parts fit together."""
        n = len(self.faces)
        shapes = (self.faces.shape, self.places.shape, self.is_laid_out.shape)
        kinds = (self.faces.dtype.kind, self.places.dtype.str, self.is_laid_out.dtype.kind)
        return shapes == ((n,), (n, 2), (n,)) and kinds == ("S", "<f4", "b") and bool(np.isfinite(self.places).all())


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person, or a group without a name.

    Attributes:
        name: the person's; None for a group.
        group: the group's number; None for a person.
        faces: how many of theirs are on the map, also those that are merely suggested.
    """

    name: str | None
    group: int | None
    faces: int


@dataclass(frozen=True, slots=True)
class Outlier:
    """A face that carries a name and lies among others.

    Attributes:
        face: its id.
        person: the name.
        is_confirmed: whether a human said so.
        like: whom it is nearer to; None where it is merely far from the others of its name.
    """

    face: str
    person: str
    is_confirmed: bool
    like: Somebody | None


@dataclass(frozen=True, slots=True, eq=False)
class FaceMap:
    """All faces on photos that are there, but for those of the ignored and those that nothing describes.

    Attributes:
        faces: their ids, ascending.
        places: (n, 2) float32 in [0, 1].
        whose: (n,) int32, position in `somebodies`; -1 for nobody.
        sources: (n,) uint8, position in SOURCES.
        qualities: (n,) float32, 0 to 1.
        somebodies: people, those with most faces first, and then groups likewise.
        outliers: the most striking first.
    """

    faces: Sequence[str]
    places: NDArray[np.float32]
    whose: NDArray[np.int32]
    sources: NDArray[np.uint8]
    qualities: NDArray[np.float32]
    somebodies: Sequence[Somebody]
    outliers: Sequence[Outlier]


def draw(index: Index, progress: Progress) -> Layout:
    """Draw the map anew, and keep it if that can be written."""
    space = spaces.current(index.db)
    marks = faces.marks(index.db)
    ids = np.array([mark.id for mark in marks], dtype=np.bytes_)
    vectors = _vectors(index, space, ids)
    made = project(vectors, _people_of(marks)[0].astype(np.intp), progress)
    layout = Layout("" if space is None else space.key, ids, made.places, made.is_laid_out, len(ids))
    _keep(index, layout)
    return layout


def face_map(index: Index, drawn: Layout | None = None) -> FaceMap | None:
    """The map as it is now, or None if it has to be drawn first.

    Args:
        index: open, for reading at least.
        drawn: a layout that was just drawn, for where none can be kept.
    """
    space = spaces.current(index.db)
    marks = faces.marks(index.db)
    ids = np.array([mark.id for mark in marks], dtype=np.bytes_)
    key = "" if space is None else space.key
    if not len(ids):
        layout = Layout(key, ids, np.empty((0, 2), np.float32), np.empty(0, np.bool_), 0)
    else:
        kept = (one for one in (_kept(index), drawn) if one is not None and one.space == key and _is_near(one, ids))
        found = next(kept, None)
        if found is None:
            return None
        layout = _extended(index, space, found, ids)
    places = layout.places[np.searchsorted(layout.faces, ids)]
    whose, somebodies = _people_of(marks)
    numbers = {None if source is None else source.value: i for i, source in enumerate(SOURCES)}
    return FaceMap(
        faces=[mark.id for mark in marks],
        places=places,
        whose=whose,
        sources=np.array([numbers[mark.source] for mark in marks], dtype=np.uint8),
        qualities=np.array([mark.quality for mark in marks], dtype=np.float32),
        somebodies=somebodies,
        outliers=_outliers(index, space, marks, places, whose, somebodies),
    )


def _people_of(marks: Sequence[Mark]) -> tuple[NDArray[np.int32], list[Somebody]]:
    """Whose each face is, as a position in the list of all people and groups; -1 for nobody's."""
    keys = [(mark.person, None) if mark.person is not None else (None, mark.cluster) for mark in marks]
    counts: dict[tuple[str | None, int | None], int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    counts.pop((None, None), None)
    order = sorted(counts, key=lambda key: (key[0] is None, -counts[key], key[0] or "", key[1] or 0))
    at = {key: i for i, key in enumerate(order)}
    whose = np.array([at.get(key, -1) for key in keys], dtype=np.int32)
    return whose, [Somebody(*key, counts[key]) for key in order]


def _is_near(layout: Layout, ids: NDArray[np.bytes_]) -> bool:
    """Whether so few faces came or went that the layout is still good."""
    later = len(layout.faces) - layout.n_drawn
    fresh = len(np.setdiff1d(ids, layout.faces, assume_unique=True))
    gone = len(np.setdiff1d(layout.faces, ids, assume_unique=True))
    return later + fresh + gone <= CHANGED * layout.n_drawn


def _extended(index: Index, space: Space | None, layout: Layout, ids: NDArray[np.bytes_]) -> Layout:
    """The layout with all these faces on it, and kept so."""
    fresh = np.setdiff1d(ids, layout.faces, assume_unique=True)
    if not len(fresh):
        return layout
    there = layout.is_laid_out & np.isin(layout.faces, ids)  # the vectors of those that are gone may be, too
    places = beside(_vectors(index, space, fresh), _vectors(index, space, layout.faces[there]), layout.places[there])
    all_faces = np.concatenate([layout.faces, fresh])
    order = np.argsort(all_faces)
    extended = replace(
        layout,
        faces=all_faces[order],
        places=np.concatenate([layout.places, places])[order],
        is_laid_out=np.concatenate([layout.is_laid_out, np.zeros(len(fresh), dtype=np.bool_)])[order],
    )
    _keep(index, extended)
    return extended


def _outliers(
    index: Index,
    space: Space | None,
    marks: Sequence[Mark],
    places: NDArray[np.float32],
    whose: NDArray[np.int32],
    somebodies: Sequence[Somebody],
) -> list[Outlier]:
    """The likely mistakes; what a human confirmed only where it is nearer to somebody else."""
    tagged = np.array([mark.source in (Source.HUMAN.value, Source.AUTO.value) for mark in marks], dtype=np.bool_)
    settled = np.array([mark.source != Source.SUGGESTED.value for mark in marks], dtype=np.bool_)
    if space is None or not tagged.any():
        return []
    rows = np.flatnonzero(settled & (whose >= 0))
    vectors = _vectors(index, space, np.array([marks[row].id for row in rows.tolist()], dtype=np.bytes_))
    found = strays(vectors, places[rows], whose[rows].astype(np.intp), tagged[rows], space.thresholds.possible)
    shown = []
    for stray in found:
        mark = marks[int(rows[stray.row])]
        is_confirmed = mark.source == Source.HUMAN.value
        if mark.person is not None and not (is_confirmed and stray.like is None):
            like = None if stray.like is None else somebodies[stray.like]
            shown.append(Outlier(mark.id, mark.person, is_confirmed, like))
    return shown[:OUTLIERS]


def _vectors(index: Index, space: Space | None, ids: NDArray[np.bytes_]) -> Vectors:
    wanted = [face.decode() for face in ids.tolist()]
    return photos.vectors_of(index.db, wanted, 1 if space is None else space.dim)


def _kept(index: Index) -> Layout | None:
    """The layout that was drawn last; None if there is none that can be read."""
    try:
        with np.load(io.BytesIO((index.folder / FOLDER / FILE).read_bytes()), allow_pickle=False) as parts:
            layout = Layout(
                str(parts["space"]), parts["faces"], parts["places"], parts["is_laid_out"], int(parts["n_drawn"])
            )
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile):
        return None
    return layout if layout.is_whole else None


def _keep(index: Index, layout: Layout) -> None:
    """Leave a layout to the next who asks, if it can be written."""
    path = index.folder / FOLDER / FILE
    whole = io.BytesIO()
    np.savez(
        whole,
        space=np.array(layout.space),
        faces=layout.faces,
        places=layout.places,
        is_laid_out=layout.is_laid_out,
        n_drawn=np.array(layout.n_drawn),
    )
    with suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        replace_file(path, whole.getvalue())
