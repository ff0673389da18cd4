"""The frozen values that flow through phototag, and the Protocols that its parts are seen through.

Nothing here computes; see `phototag.core` for what is done with these values.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels: TypeAlias = NDArray[np.uint8]
    """(height, width, 3), RGB, upright: the EXIF orientation has been applied."""
    Chips: TypeAlias = NDArray[np.uint8]
    """(n, views, side, side, 3), RGB: each face aligned in one or more ways, in the order of the detections."""
    Vectors: TypeAlias = NDArray[np.float32]
    """(n, dim), rows of length 1 unless a Space says otherwise."""

T = TypeVar("T")


class Box(NamedTuple):
    """A rectangle as fractions of the upright image: left <= right and top <= bottom, all in [0, 1]."""

    left: float
    top: float
    right: float
    bottom: float


class Point(NamedTuple):
    """A place as fractions of the upright image; a landmark may lie a little outside [0, 1]."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Detection:
    """A face found in an image.

    Attributes:
        box: where, as fractions of the upright image.
        score: how sure the detector is, 0 to 1 (a detector without scores says 1).
        landmarks: left eye, right eye, nose, left and right mouth corner, as the viewer sees them; () if unknown.
    """

    box: Box
    score: float
    landmarks: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Distances that decide, in the metric of one Space; each engine says where its numbers were measured.

    Attributes:
        group: DBSCAN's eps: faces that near make the dense core of a group.
        group_min_faces: DBSCAN's min_samples, the face itself counted.
        merge: two groups this far apart are one person, in a library of few people (`core.linkage`).
        merge_tightening: how much that shrinks with the logarithm of the number of groups (`core.grouping`).
        join: a weak face this far from a group belongs to it.
        strong: a score at or below it tags by itself where many people are known (score: see `core.matching`).
        strong_few: likewise where few people are known.
        possible: a score at or below it is worth a question.
        largest_gap: how much of the gap to the runner-up may count in the score.
        weak_quality: a face of less quality may join a group but never founds or bridges one.
        weak_score: likewise a face that the detector is less sure of.
        same: up to here two photos show one person, if nobody has to be told from others (1:1); 0 if not measured.
        same_from: where `same` comes from, for people to read; "" if nobody says.
    """

    group: float
    group_min_faces: int
    merge: float
    merge_tightening: float
    join: float
    strong: float
    strong_few: float
    possible: float
    largest_gap: float
    weak_quality: float = 0.0
    weak_score: float = 0.0
    same: float = 0.0
    same_from: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which engine.

    Attributes:
        name: what it is called; engines of one name describe alike.
        detector: the name of one, or the absolute path of a card; "" for an engine that is asked for by its name.
        embedder: likewise.
    """

    name: str
    detector: str = field(default="", compare=False)
    embedder: str = field(default="", compare=False)

    @property
    def options(self) -> str:
        """How it is asked for on a command line."""
        if not self.detector:
            return f"--engine {self.name}"
        return shlex.join(["--detector", self.detector, "--embedder", self.embedder])


@dataclass(frozen=True, slots=True)
class Space:
    """What makes two vectors comparable. Vectors of different Spaces have no distance.

    Attributes:
        engine: the name of the engine, for people; see `Choice`.
        weights: first 12 hex digits of the SHA-256 over all weights that shaped the vector.
        dim: number of components.
        metric: "euclidean".
        views: what was averaged into one vector, e.g. "face" or "turned+zoomed+mirrored".
        precision: the arithmetic, "f32" or "bf16".
        thresholds: not part of the identity, so that they can be recalibrated.
        detector: see `Choice`; where it was found last, so not part of the identity either.
        embedder: likewise.
    """

    engine: str
    weights: str
    dim: int
    metric: str
    views: str
    precision: str
    thresholds: Thresholds = field(compare=False)
    detector: str = field(default="", compare=False)
    embedder: str = field(default="", compare=False)

    @property
    def key(self) -> str:
        """One line that is equal for equal Spaces."""
        return f"{self.engine}/{self.weights}/{self.dim}/{self.metric}/{self.views}/{self.precision}"

    @property
    def choice(self) -> Choice:
        """The engine that describes in this Space."""
        return Choice(self.engine, self.detector, self.embedder)


@dataclass(frozen=True, slots=True)
class Sidecar:
    """A file beside a photo in which another program tells of it, as the directory lists it.

    Attributes:
        path: as a PhotoFile's.
        size: in bytes.
        mtime_ns: time of last change, nanoseconds since the epoch.
    """

    path: bytes
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A file of the library that may be a photo, as the directory lists it; nothing of it has been read.

    Attributes:
        path: relative to the library, as bytes with forward slashes: a name need not be UTF-8.
        size: in bytes.
        mtime_ns: time of last change, nanoseconds since the epoch.
        sidecar: that is beside it; a file with another one is the same file.
    """

    path: bytes
    size: int
    mtime_ns: int
    sidecar: Sidecar | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Photo:
    """The picture in one file or in several that differ in metadata only.

    Attributes:
        hash: names what is stored, without metadata (`media.content`), 32 hex digits.
        width: as stored, in pixels of the full size.
        height: likewise.
        orientation: EXIF's, 1 to 8, in which it was looked at.
        look: what the upright picture looks like (`media.looks`), 256 bytes, by which copies are found; None where it
            is too plain, or was read by an older phototag.
    """

    hash: str
    width: int
    height: int
    orientation: int = 1
    look: bytes | None = None


class TakenFrom(StrEnum):
    """Which of its sources says when a photo was taken, the most trusted first."""

    EXIF = "exif"
    XMP = "xmp"
    NAME = "name"
    MTIME = "mtime"


class Place(NamedTuple):
    """Where on Earth: degrees, WGS 84; north and east are positive."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Shown:
    """How one file shows its picture: the metadata that matters here.

    Attributes:
        orientation: EXIF's, 1 to 8: how the stored picture is turned to be upright.
        taken: capture time as ISO 8601 local time, with the offset from UTC where the file says it; or None.
        taken_from: who says so; None where nobody does.
        camera: maker and model, or None.
        place: where it was taken, or None.
        is_turn_own: whether the file itself tells the orientation; else a sidecar did, or nobody.
    """

    orientation: int = 1
    taken: str | None = None
    taken_from: TakenFrom | None = None
    camera: str | None = None
    place: Place | None = None
    is_turn_own: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Face:
    """One face on one photo, without its vector.

    Attributes:
        id: from the photo's hash and the box's centre (`core.geometry.face_ids`), 16 hex digits.
        photo: the photo's hash.
        box: fractions of the picture as it is stored, so that turning a photo by its EXIF orientation moves no face.
        score: the detector's, 0 to 1.
        quality: how much of the person can be seen, 0 to 1 (`core.quality`).
        landmarks: five points as in Detection, in the upright image as it was looked at, or ().
    """

    id: str
    photo: str
    box: Box
    score: float
    quality: float
    landmarks: tuple[Point, ...] = ()


class Verdict(StrEnum):
    """What a person said about a face and a name."""

    IS = "is"
    IS_NOT = "is_not"


@dataclass(frozen=True, slots=True)
class Label:
    """A person's word on one face. It binds to the photo's content and the box, never to a path or a group."""

    face: str
    person: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a name."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """A group of faces that look like one person. `id` is never reused and outlives a regrouping."""

    id: int
    faces: tuple[str, ...]


class Grade(StrEnum):
    """How sure a suggestion is: STRONG tags by itself, POSSIBLE asks, NONE stays silent."""

    STRONG = "strong"
    POSSIBLE = "possible"
    NONE = "none"


class Suggestion(NamedTuple):
    """The machine's best guess for one face.

    Attributes:
        face: its id.
        person: the nearest person's id.
        distance: to that person (`core.matching`), in the metric of the Space.
        runner_up: the next nearest person's id, or None if only one is known.
        runner_up_distance: to that one, or None.
        grade: what the distances are good for.
    """

    face: str
    person: int
    distance: float
    runner_up: int | None
    runner_up_distance: float | None
    grade: Grade


@dataclass(frozen=True, slots=True)
class Dismissal:
    """A face of which nobody wants to hear because it is like one of those.

    Attributes:
        face: its id.
        like: the face that a human ignored, or that is none, and which is the nearest.
        distance: to that one, in the metric of the Space.
    """

    face: str
    like: str
    distance: float


class Source(StrEnum):
    """Who says that a face is somebody: only HUMAN and AUTO are tags."""

    HUMAN = "human"
    AUTO = "auto"
    SUGGESTED = "suggested"


class Engine(Protocol):
    """Finds and describes faces. A value: safe to share between threads, the same answer for the same pixels."""

    @property
    def space(self) -> Space:
        """What the vectors of `embed` live in."""

    @property
    def long_side(self) -> int:
        """How many pixels on the long side are worth decoding: more add nothing to what this engine finds."""

    def detect(self, pixels: Pixels) -> list[Detection]:
        """Find all faces, in no particular order."""

    def align(self, pixels: Pixels, detections: Sequence[Detection]) -> Chips:
        """Cut each detection out, in order, in all the views that `embed` wants."""

    def embed(self, chips: Chips) -> Vectors:
        """Describe faces by their chips, of one photo or of many, as (n, space.dim) float32."""


class Progress(Protocol):
    """Shows that something moves. Called around an iterable, it yields the same items."""

    def __call__(self, items: Iterable[T], *, label: str, total: int, unit: str) -> Iterable[T]:
        """Yield the items, counting them towards `total`."""
