"""Labelled Faces in the Wild: `lfw-*/images/NAME/NAME_0001.jpg`, of one person each, and dlib's vectors of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from phototag.core.vectors import normalise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.features import Features
    from phototag.types import Vectors


@dataclass(frozen=True, slots=True, eq=False)
class MainFaces:
    """The main face of each photo.

    Attributes:
        paths: of the n photos, relative to the folder of the set.
        vectors: (n, dim); 0 where no face was found.
        found: (n,) whether one was.
    """

    paths: list[str]
    vectors: Vectors
    found: NDArray[np.bool_]

    @property
    def people(self) -> NDArray[np.str_]:
        """(n,) who is on each photo: the name of its folder."""
        return np.array([person_of(path) for path in self.paths])

    def only(self, paths: list[str]) -> MainFaces:
        """The faces of these photos, in this order.

        Raises:
            KeyError: a photo is not among them.
        """
        row = {path: i for i, path in enumerate(self.paths)}
        rows = np.array([row[path] for path in paths], dtype=np.intp)
        return MainFaces(paths, self.vectors[rows], self.found[rows])

    def scaled(self) -> MainFaces:
        """The same with vectors of length 1."""
        return MainFaces(self.paths, normalise(self.vectors), self.found)


def person_of(path: str) -> str:
    """The folder that a photo is in."""
    return Path(path).parent.name


def photographed(features: Features, suffix: str) -> MainFaces:
    """From photos: of the faces that our engine finds, on each the one nearest to the centre."""
    folder = f"lfw-{suffix}"
    photos = features.of(f"{folder}/images")
    mains = [photo.nearest_centre for photo in photos.values()]
    nobody = np.zeros(features.engine.space.dim, dtype=np.float32)
    vectors = [
        nobody if main is None else photo.vectors[main] for photo, main in zip(photos.values(), mains, strict=True)
    ]
    found = np.array([main is not None for main in mains], dtype=bool)
    return MainFaces([path.removeprefix(f"{folder}/") for path in photos], np.stack(vectors), found)


def described_by_dlib(data: Path, suffix: str, kind: str) -> MainFaces:
    """From vectors.npz: what dlib's own detector, alignment and network gave, not scaled.

    Args:
        data: the folder of the sets.
        suffix: of the set.
        kind: "plain", as face_recognition describes a face, or "mirrored", the mean with its mirror image.
    """
    with np.load(data / f"lfw-{suffix}" / "vectors.npz", allow_pickle=False) as file:
        paths = file["path"].tolist()
        return MainFaces(paths, file[kind], np.ones(len(paths), dtype=bool))
