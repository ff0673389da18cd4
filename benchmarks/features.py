"""What the default engine finds on photos: looked for once, and kept in a file where one is named."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from phototag import settings, wiring
from phototag.app.analyse import Analysis, Worker, run_bounded
from phototag.cli.bar import progress
from phototag.media.darkroom import Here
from phototag.media.walk import Walk
from phototag.types import Engine, PhotoFile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phototag.types import Vectors

WAITING_PER_WORKER = 4
"""Photos handed out ahead of the workers, as in a scan."""


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """The faces of one photo, in the order in which they were found.

    Attributes:
        boxes: (n, 4) left, top, right and bottom as fractions of the stored picture.
        scores: (n,) the detector's, 0 to 1.
        qualities: (n,) as of `phototag.core.quality`, 0 to 1.
        vectors: (n, dim), rows of length 1.
    """

    boxes: NDArray[np.float64]
    scores: NDArray[np.float64]
    qualities: NDArray[np.float64]
    vectors: Vectors

    @property
    def nearest_centre(self) -> int | None:
        """Position of the face whose middle is nearest to that of the photo; None if there is no face."""
        off = (self.boxes[:, :2] + self.boxes[:, 2:]) / 2 - 0.5
        return int(np.hypot(off[:, 0], off[:, 1]).argmin()) if len(off) else None

    @property
    def largest(self) -> int | None:
        """Position of the face with the largest box; None if there is no face."""
        sides = self.boxes[:, 2:] - self.boxes[:, :2]
        return int(sides.prod(axis=1).argmax()) if len(sides) else None


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """Describes the photos of folders, each photo once.

    Attributes:
        data: the folder that all paths are relative to.
        engine: that describes.
        kept: file that holds what was found, from one run to the next; None forgets.
        workers: processes.
    """

    data: Path
    engine: Engine
    kept: Path | None
    workers: int
    _known: dict[str, Described] = field(default_factory=dict, init=False)

    def of(self, folder: str) -> dict[str, Described]:
        """Describe all photos in a folder of the data, at any depth: path relative to the data -> faces, by path.

        Photos that cannot be read are left out, and named.
        """
        files = list(_files(self.data, folder))
        if self.kept is not None and not self._known and self.kept.is_file():
            self._known.update(_read(self.kept, self.engine.space.key))
        fresh = [file for file in files if os.fsdecode(file.path) not in self._known]
        if fresh:
            self._known.update(self._describe(fresh))
            if self.kept is not None:
                _write(self.kept, self.engine.space.key, self._known)
        paths = sorted(os.fsdecode(file.path) for file in files)
        return {path: self._known[path] for path in paths if path in self._known}

    def _describe(self, files: Sequence[PhotoFile]) -> dict[str, Described]:
        found: dict[str, Described] = {}
        worker = Worker(self.engine, self.data, Here())
        with wiring.open_executor(self.workers, len(files)) as executor:
            outcomes = run_bounded(executor, worker.analyse, files, self.workers * WAITING_PER_WORKER)
            for outcome in progress(outcomes, label="Describing", total=len(files), unit="photo"):
                path = os.fsdecode(outcome.file.path)
                if isinstance(outcome, Analysis):
                    found[path] = _described(outcome)
                else:
                    print(f"left out: {path}: {getattr(outcome, 'reason', None)}")
        return found


def open_features(data: Path, kept: Path | None, detector: str | None = None, embedder: str | None = None) -> Features:
    """Describe with the default engine, or another detector or embedder, on all processors."""
    workers, set_up = wiring.default_workers(), settings.load(None, None)
    is_usual = detector is None and embedder is None
    choice = None if is_usual else wiring.choose_engine(set_up, None, detector or "mtcnn", embedder or "dlib")
    engine = wiring.open_engine(set_up, choice, workers)
    return Features(data, engine, kept, workers)


def _files(data: Path, folder: str) -> list[PhotoFile]:
    """As a scan of the folder would list them, with paths relative to the data."""
    prefix = os.fsencode(folder) + b"/"
    return [PhotoFile(prefix + file.path, file.size, file.mtime_ns) for file in Walk(data / folder).photo_files()]


def _described(analysis: Analysis) -> Described:
    faces = analysis.faces
    return Described(
        np.array([face.box for face in faces], dtype=np.float64).reshape(-1, 4),
        np.array([face.score for face in faces], dtype=np.float64),
        np.array([face.quality for face in faces], dtype=np.float64),
        analysis.vectors,
    )


def _write(kept: Path, space: str, known: Mapping[str, Described]) -> None:
    """Write a whole file or none."""
    faces = list(known.values())
    arrays: dict[str, NDArray[Any]] = {
        "space": np.array(space),
        "path": np.array(list(known)),
        "count": np.array([len(one.scores) for one in faces], dtype=np.intp),
        "boxes": np.concatenate([one.boxes for one in faces]),
        "scores": np.concatenate([one.scores for one in faces]),
        "qualities": np.concatenate([one.qualities for one in faces]),
        "vectors": np.concatenate([one.vectors for one in faces]),
    }
    kept.parent.mkdir(parents=True, exist_ok=True)
    half = kept.with_name(kept.name + ".part")
    with half.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]  # its one option is a keyword too
    half.replace(kept)


def _read(kept: Path, space: str) -> dict[str, Described]:
    """What a file holds; nothing if that was described in another Space."""
    with np.load(kept, allow_pickle=False) as file:
        if str(file["space"]) != space:
            return {}
        ends = file["count"].cumsum()[:-1]
        columns = (np.split(file[name], ends) for name in ("boxes", "scores", "qualities", "vectors"))
        described = (Described(*arrays) for arrays in zip(*columns, strict=True))
        return dict(zip(file["path"].tolist(), described, strict=True))
