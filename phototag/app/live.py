"""Who is before a camera, or in a video: frames in, events out. Nothing is written, nothing is remembered."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from phototag.app.analyse import describe
from phototag.app.identify import Gallery, Near
from phototag.app.scan import Workshop
from phototag.core import tracking
from phototag.core.tracking import ENOUGH, PATIENCE, Glimpse, Judge, Scene, Track
from phototag.media import frames
from phototag.media.annotated import KNOWN, UNKNOWN, Mark, drawn
from phototag.media.crops import shrunk
from phototag.media.frames import Frame
from phototag.media.images import Picture
from phototag.media.recording import Recording
from phototag.media.speech import Voice, speaker
from phototag.types import Engine, Shown


@dataclass(frozen=True, slots=True)
class Comes:
    """Somebody is there; or somebody who was unknown so far turns out to be somebody.

    Attributes:
        at_s: of the frame on which it is told.
        since_s: when they were first seen in this visit.
        visit: its number, from 1.
        person: who it is; None for nobody who is known.
        unknown: which of the unknown that is or was, from 1; None for somebody who was known at once.
        nearest: who is nearest, and how far: to `person` if it is somebody.
    """

    at_s: float
    since_s: float
    visit: int
    person: str | None
    unknown: int | None
    nearest: Near | None


@dataclass(frozen=True, slots=True)
class Goes:
    """Somebody has not been seen for a while, or the video ends.

    Attributes:
        at_s: when they were last seen.
        seconds: how long they were there.
        visit: the number with which they came.
        person: as for Comes.
        unknown: likewise; None for somebody who turned out to be somebody.
    """

    at_s: float
    seconds: float
    visit: int
    person: str | None
    unknown: int | None


@dataclass(frozen=True, slots=True)
class Presence:
    """How often somebody was there, and how long in all."""

    visits: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Summary:
    """Who was there.

    Attributes:
        seconds: from the first frame to the last one.
        frames: that were looked at.
        people: name -> how often and how long, the first to come first.
        unknown: visits of somebody whom nobody knows; somebody who comes again counts again.
    """

    seconds: float
    frames: int
    people: dict[str, Presence]
    unknown: int


class Lookout:
    """Looks at one frame after the other and tells who comes and goes."""

    def __init__(self, gallery: Gallery, engine: Engine) -> None:
        """Begin.

        Args:
            gallery: who is known.
            engine: finds and describes faces, as those of the gallery were.
        """
        self._gallery, self._engine = gallery, engine
        self._judge = Judge(gallery.references, gallery.names.keys(), gallery.space.thresholds, gallery.limits)
        self._scene = Scene()
        self._told: dict[int, Comes] = {}
        self._gone: list[Goes] = []
        self._strangers = self._frames = 0
        self._began_s = 0.0

    def glimpses(self, frame: Frame) -> list[Glimpse]:
        """Find and describe the faces of a frame; this may be done in several threads, and for frames to come."""
        height, width = frame.pixels.shape[:2]
        pixels = shrunk(frame.pixels, self._engine.long_side)
        seen = describe(self._engine, "", Picture(pixels, width, height, Shown(), None))
        return [
            Glimpse(detection.box, vector, face.quality, detection.score)
            for detection, vector, face in zip(seen.detections, seen.vectors, seen.faces, strict=True)
        ]

    def see(self, frame: Frame, glimpses: Sequence[Glimpse]) -> list[Comes | Goes]:
        """Take in the next frame, with the faces on it: what there is to tell."""
        self._began_s = self._began_s if self._frames else frame.time_s
        self._frames += 1
        self._scene, gone = tracking.step(self._scene, frame.time_s, glimpses, self._judge)
        events = self._leaving(gone)
        for track in self._scene.visible:
            events += self._coming(track, PATIENCE)
            for number in sorted(track.joined & self._told.keys()):
                events.append(self._comes(track, self._told.pop(number)))
        return events

    def end(self) -> list[Comes | Goes]:
        """There are no more frames: everybody goes."""
        tracks, self._scene = self._scene.tracks, replace(self._scene, tracks=())
        return self._leaving(tracks)

    def marks(self) -> list[Mark]:
        """A box and a name for each face of the newest frame."""
        return [
            Mark(track.box, self._gallery.names[track.person], KNOWN)
            if track.person is not None
            else Mark(track.box, "not known" if track.number in self._told else "?", UNKNOWN)
            for track in self._scene.visible
        ]

    def summary(self) -> Summary:
        """Of all who have gone."""
        visits: dict[str, list[float]] = defaultdict(list)
        for one in self._gone:
            if one.person is not None:
                visits[one.person].append(one.seconds)
        return Summary(
            seconds=self._scene.time_s - self._began_s,
            frames=self._frames,
            people={name: Presence(len(seconds), sum(seconds)) for name, seconds in visits.items()},
            unknown=sum(one.person is None for one in self._gone),
        )

    def _coming(self, track: Track, patience: int) -> list[Comes | Goes]:
        """What is to be told of a track: who it is when that is known, or after so many frames that it is nobody."""
        told = self._told.get(track.number)
        if told is not None and (told.person is not None or track.person is None):
            return []
        is_doubtful = track.n_frames < patience or tracking.is_weak(track, self._gallery.space.thresholds)
        if track.person is None and is_doubtful:
            return []
        comes = self._comes(track, told)
        self._told[track.number] = comes
        return [comes]

    def _comes(self, track: Track, told: Comes | None) -> Comes:
        unknown = told.unknown if told is not None else None
        if track.person is not None:
            near = Near(self._gallery.names[track.person], track.distance or 0.0)
            return Comes(self._scene.time_s, track.since_s, track.number, near.person, unknown, near)
        self._strangers += 1
        found = tracking.nearest(track, self._judge)
        near_ = None if found is None else Near(self._gallery.names[found[0]], found[1])
        return Comes(self._scene.time_s, track.since_s, track.number, None, self._strangers, near_)

    def _leaving(self, tracks: Sequence[Track]) -> list[Comes | Goes]:
        events: list[Comes | Goes] = []
        for track in sorted(tracks, key=lambda one: (one.seen_s, one.number)):
            events += self._coming(track, ENOUGH)
            told = self._told.pop(track.number, None)
            if told is not None:
                unknown = told.unknown if told.person is None else None
                goes = Goes(track.seen_s, track.seen_s - track.since_s, track.number, told.person, unknown)
                self._gone.append(goes)
                events.append(goes)
        return events


def open_frames(video: Path | None, camera: int | None, fps: float) -> Generator[Frame, None, None]:
    """The frames of a video, or of a camera, the first one where none is meant; see `media.frames`.

    Raises:
        UsageError: there is no such thing, or it cannot be read.
    """
    return frames.camera(camera or 0, fps) if video is None else frames.video(video, fps)


class Film:
    """A video of what was seen, with boxes and names."""

    def __init__(self, target: Path, fps: float) -> None:
        """Nothing is written yet.

        Raises:
            UsageError: such a file cannot be written.
        """
        self._recording = Recording(target, fps)

    def add(self, frame: Frame, lookout: Lookout) -> None:
        """The frame that the lookout has just taken in."""
        self._recording.show(frame.time_s, np.asarray(drawn(frame.pixels, lookout.marks())))

    def close(self, is_whole: bool) -> None:
        """Give the file its name, or leave nothing of it."""
        self._recording.close(is_whole)


def events(
    shop: Workshop, lookout: Lookout, pictures: Generator[Frame, None, None], film: Film | None = None
) -> Generator[Comes | Goes, None, None]:
    """What happens, as long as there are frames; the film gets each of them.

    Several frames are looked at at once, one a processor. What one shows is told at the latest when the next one comes.
    """
    for frame, glimpses in _looked_at(shop, lookout, pictures):
        yield from lookout.see(frame, glimpses)
        if film is not None:
            film.add(frame, lookout)


def _looked_at(
    shop: Workshop, lookout: Lookout, pictures: Generator[Frame, None, None]
) -> Iterator[tuple[Frame, list[Glimpse]]]:
    """Frames with the faces on them, in their order."""
    waiting: deque[tuple[Frame, Future[list[Glimpse]]]] = deque()
    with closing(pictures), shop.open_executor(shop.workers, 1) as executor:
        for frame in pictures:
            waiting.append((frame, executor.submit(lookout.glimpses, frame)))
            while waiting and (len(waiting) >= shop.workers or waiting[0][1].done()):
                first, found = waiting.popleft()
                yield first, found.result()
        for first, found in waiting:
            yield first, found.result()


class Greeter:
    """Greets everybody who is known, once a visit."""

    def __init__(self, text: str, show: Callable[[str], None]) -> None:
        """Begin.

        Args:
            text: what to say; {name} stands for the name.
            show: called with a greeting that nobody speaks, from any thread.
        """
        self._text = text
        self._greeted: set[int] = set()
        self._voice = Voice(speaker(), show)

    def greet(self, comes: Comes) -> str | None:
        """What was said; None if it is nobody, or somebody who was greeted."""
        if comes.person is None or comes.visit in self._greeted:
            return None
        self._greeted.add(comes.visit)
        text = self._text.replace("{name}", comes.person)
        self._voice.say(text)
        return text

    def close(self, wait_s: float) -> None:
        """Wait for what is still to be said, at most so long."""
        self._voice.close(wait_s)
