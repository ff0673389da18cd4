"""Faces from frame to frame: which of them are one visit, and who it is.

A face continues a track if it looks like it, or if it lies where that was a moment ago and does not look like somebody
else. Who a track is, is asked of the mean of its clearest faces, by the rule that tags (`core.matching`): one blurred
face decides nothing. Who was told once stays that until the visit ends, so a name does not flicker.

The mean, and not a majority of the frames: of people with three references among 13 known, three faces told 98 % by
their mean and 66 % by majority, one face 63 %; of 2,400 strangers none was somebody, by either. These were faces of
three different photos (LFW, 104 people with 8 photos or more, dlib's descriptors of a face and its mirror image, 2,400
trials each, 2026-11); the frames of a video are more alike, so there the gain is smaller.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from phototag.core.geometry import intersection_over_union, paired
from phototag.core.matching import Probe, distances_to_people, same_person, suggest
from phototag.core.vectors import distances, normalise
from phototag.types import Box, Grade

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phototag.core.matching import StrongLimits
    from phototag.types import Thresholds, Vectors

LOST_S = 5.0
"""So long nobody need be seen for it to be the same visit. Chosen: people look down and turn round for some seconds. It
costs little to wait, for a face is taken up again only if it looks the same."""

MOMENT_S = 1.0
"""So long the place alone speaks for a face, with `ELSE`. Chosen: five frames at five a second; somebody who walks is
elsewhere by then."""

OVERLAP = 0.3
"""Least overlap (intersection over union) of the same place: a face that moves by half its width has 0.33."""

ELSE = 1.3
"""Times the distance up to which two photos show one person (`Thresholds.same`, 0.379): beyond it a face at the same
place is somebody else. Of pairs of photos of one person 0.2 % are that far apart (0.5), of two people 85 % (LFW,
2026-11)."""

CLEAREST = 5
"""Faces of a track whose mean is asked. With three, 98 % were told, with five 99.7 %, with nine no more (see above)."""

ENOUGH = 3
"""Frames before a track is anybody; what is found in fewer is no visit: a pattern that looked like a face."""

PATIENCE = 5
"""Frames before a track that is nobody is told as unknown: one second at five a second."""


@dataclass(frozen=True, slots=True, eq=False)
class Glimpse:
    """A face on one frame.

    Attributes:
        box: fractions of the frame.
        vector: (dim,), of length 1.
        quality: 0 to 1 (`core.quality`).
        score: the detector's, 0 to 1.
    """

    box: Box
    vector: Vectors
    quality: float
    score: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One visit of one face.

    Attributes:
        number: from 1, in the order in which they began.
        since_s: when it was first seen.
        seen_s: when it was last seen.
        n_frames: on which it was seen.
        box: where it was last seen.
        latest: (dim,), its last face that others are compared with.
        clearest: its clearest glimpses, the clearest first.
        beside: people who were seen at the same time, so that it is none of them.
        person: who it is; None if that is not known (yet).
        distance: to that person, when that was decided.
        joined: numbers of later tracks that turned out to be the same visit.
    """

    number: int
    since_s: float
    seen_s: float
    n_frames: int
    box: Box
    latest: Vectors
    clearest: tuple[Glimpse, ...]
    beside: frozenset[int] = frozenset()
    person: int | None = None
    distance: float | None = None
    joined: frozenset[int] = frozenset()

    @property
    def vector(self) -> Vectors:
        """(dim,), the mean of its clearest faces, of length 1."""
        return normalise(np.stack([glimpse.vector for glimpse in self.clearest]).mean(axis=0))


@dataclass(frozen=True, slots=True)
class Judge:
    """Who may be told, and by what.

    Attributes:
        references: person -> (k, dim), k >= 1, as for `core.matching.suggest`.
        nameable: those of them who may be told.
        thresholds: of the Space.
        limits: for STRONG.
    """

    references: Mapping[int, Vectors]
    nameable: Collection[int]
    thresholds: Thresholds
    limits: StrongLimits

    @property
    def near(self) -> float:
        """Up to here two faces are one person's, if nobody has to be told from others."""
        return same_person(self.thresholds)


@dataclass(frozen=True, slots=True)
class Scene:
    """What goes on before the camera.

    Attributes:
        time_s: of the newest frame.
        tracks: in the order of their numbers; also those that are lost, for LOST_S.
        began: how many there were so far.
    """

    time_s: float = 0.0
    tracks: tuple[Track, ...] = ()
    began: int = 0

    @property
    def visible(self) -> tuple[Track, ...]:
        """Those that are on the newest frame."""
        return tuple(track for track in self.tracks if track.seen_s == self.time_s)


def step(scene: Scene, time_s: float, glimpses: Sequence[Glimpse], judge: Judge) -> tuple[Scene, tuple[Track, ...]]:
    """Take in a frame.

    Args:
        scene: so far.
        time_s: of the frame; later than the one before.
        glimpses: its faces, in any order.
        judge: who they may be.

    Returns:
        What goes on now; and the visits that have ended, which are no part of that.
    """
    kept = [track for track in scene.tracks if time_s - track.seen_s <= LOST_S]
    gone = tuple(track for track in scene.tracks if time_s - track.seen_s > LOST_S)
    followed = _followed(Scene(time_s, tuple(kept), scene.began), glimpses, judge.near)
    return _named(followed, judge), gone


def _followed(scene: Scene, glimpses: Sequence[Glimpse], near: float) -> Scene:
    """Each face continues a track or begins one."""
    pairs = paired(_likeness(scene, glimpses, near))
    tracks = [
        _continued(track, scene.time_s, glimpses[pairs[row]], near) if row in pairs else track
        for row, track in enumerate(scene.tracks)
    ]
    fresh = [glimpses[column] for column in sorted(set(range(len(glimpses))) - set(pairs.values()))]
    for number, glimpse in enumerate(sorted(fresh, key=lambda one: one.box), scene.began + 1):
        tracks.append(Track(number, scene.time_s, scene.time_s, 1, glimpse.box, glimpse.vector, (glimpse,)))
    return Scene(scene.time_s, tuple(tracks), scene.began + len(fresh))


def _likeness(scene: Scene, glimpses: Sequence[Glimpse], near: float) -> Iterable[tuple[float, int, int]]:
    """Of each track and face that may be one: how much speaks for it."""
    if not scene.tracks or not glimpses:
        return
    seen = np.stack([glimpse.vector for glimpse in glimpses])
    apart = np.stack([_apart(track, seen) for track in scene.tracks]) / near
    for row, track in enumerate(scene.tracks):
        is_fresh = scene.time_s - track.seen_s <= MOMENT_S
        for column, glimpse in enumerate(glimpses):
            overlap = intersection_over_union(track.box, glimpse.box) if is_fresh else 0.0
            far = float(apart[row, column])
            if far <= 1 or (overlap >= OVERLAP and far <= ELSE):
                yield overlap + ELSE - far, row, column


def _apart(track: Track, vectors: Vectors) -> NDArray[np.float32]:
    """(n,): from the track as a whole or as it was last seen, whichever is nearer: so a face may turn away slowly."""
    return np.asarray(distances(np.stack([track.vector, track.latest]), vectors).min(axis=0))


def _continued(track: Track, time_s: float, glimpse: Glimpse, near: float) -> Track:
    """Take a face up.

    If only the place speaks for it, it is no evidence for somebody who was told, nor is the next one compared with it;
    of somebody who was not, it may be the first clear face.
    """
    track = replace(track, seen_s=time_s, n_frames=track.n_frames + 1, box=glimpse.box)
    if track.person is not None and _apart(track, glimpse.vector[None])[0] > near:
        return track
    return replace(track, latest=glimpse.vector, clearest=_clearest([glimpse, *track.clearest]))


def _clearest(glimpses: Iterable[Glimpse]) -> tuple[Glimpse, ...]:
    """Equally clear ones stay in their order."""
    return tuple(sorted(glimpses, key=lambda one: -one.quality)[:CLEAREST])


def _named(scene: Scene, judge: Judge) -> Scene:
    """Say who the visible tracks are that are nobody yet."""
    asked = [track for track in scene.visible if track.person is None and track.n_frames >= ENOUGH]
    told = _told(asked, judge)
    tracks = {track.number: track for track in scene.tracks}
    for track in asked:
        person, distance = told.get(track.number, (None, None))
        if person is None or person in track.beside | _there(tracks.values(), scene.time_s):
            continue
        earlier = next((one for one in tracks.values() if one.person == person), None)
        if earlier is None:
            tracks[track.number] = replace(track, person=person, distance=distance)
        else:
            tracks[earlier.number] = _joined(earlier, track)
            del tracks[track.number]
    there = _there(tracks.values(), scene.time_s)
    return replace(
        scene,
        tracks=tuple(
            replace(track, beside=track.beside | there)
            if track.person is None and track.seen_s == scene.time_s
            else track
            for track in tracks.values()
        ),
    )


def _told(tracks: Sequence[Track], judge: Judge) -> dict[int, tuple[int, float]]:
    """Number of a track -> who it is, and how far; nobody is two of them."""
    if not tracks:
        return {}
    probes = [Probe(f"{track.number:09}", "") for track in tracks]
    vectors = np.stack([track.vector for track in tracks])
    found = suggest(probes, vectors, judge.references, judge.thresholds, limits=judge.limits)
    return {
        int(one.face): (one.person, one.distance)
        for one in found
        if one.grade is Grade.STRONG and one.person in judge.nameable
    }


def _there(tracks: Iterable[Track], time_s: float) -> frozenset[int]:
    """Who is on the newest frame."""
    return frozenset(track.person for track in tracks if track.person is not None and track.seen_s == time_s)


def _joined(earlier: Track, later: Track) -> Track:
    """One visit: somebody who was lost, and is told again."""
    return replace(
        earlier,
        seen_s=later.seen_s,
        n_frames=earlier.n_frames + later.n_frames,
        box=later.box,
        latest=later.latest,
        clearest=_clearest([*earlier.clearest, *later.clearest]),
        joined=earlier.joined | {later.number},
    )


def is_weak(track: Track, thresholds: Thresholds) -> bool:
    """Whether not one of its faces is clear: in a library such a face founds no group, and here it is no stranger."""
    return all(one.quality < thresholds.weak_quality or one.score < thresholds.weak_score for one in track.clearest)


def nearest(track: Track, judge: Judge) -> tuple[int, float] | None:
    """Who of those who may be told is nearest to a track, however far; None if there is nobody."""
    people = sorted(judge.nameable)
    if not people:
        return None
    table = distances_to_people(track.vector[None], [judge.references[person] for person in people])[:, 0]
    return people[int(table.argmin())], float(table.min())
