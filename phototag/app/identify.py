"""Who is on a photo that need not lie in the library (1:K), and whether somebody is who they are said to be (1:1).

The gallery is everybody of whom a human named a face, in the library or by enrolling. A face is named by the rule that
tags (`core.matching`). Nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from phototag.app.enrol import largest
from phototag.app.evidence import gather
from phototag.app.guests import Eye, Guest, each
from phototag.app.known import require_noticed, require_person
from phototag.app.scan import Workshop
from phototag.app.tag import references_and_others
from phototag.app.train import Trained
from phototag.core.geometry import box_in_pixels
from phototag.core.matching import Probe, StrongLimits, distances_to_people, same_person, strong_limit, suggest
from phototag.errors import PhotoError, PhotoProblem, UsageError
from phototag.index import people, photos
from phototag.index.db import STATE, Index, get_meta
from phototag.types import Box, Grade, Space

if TYPE_CHECKING:
    from phototag.types import Vectors


NOT_MEASURED = "nobody measured one for this engine"
"""Where the limit of `verify` comes from, if its engine does not say."""


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """Everybody who is known, in memory.

    Attributes:
        space: of the vectors.
        names: person -> name, of those who may be named.
        references: person -> (k, dim), k >= 1; also of those who are ignored, or have no name.
        limits: up to which score a face is somebody.
    """

    space: Space
    names: Mapping[int, str]
    references: Mapping[int, Vectors]
    limits: StrongLimits

    @property
    def n_references(self) -> int:
        """Of those who may be named."""
        return sum(len(self.references[person]) for person in self.names)


@dataclass(frozen=True, slots=True)
class Near:
    """Somebody, and how far a face is from them."""

    person: str
    distance: float


@dataclass(frozen=True, slots=True)
class Sighting:
    """A face, and who it is.

    Attributes:
        place: fractions of the upright photo.
        box: left, top, right, bottom, in pixels of it.
        score: the detector's, 0 to 1.
        quality: 0 to 1.
        person: who it is; None if nobody is near enough.
        perhaps: who it may be, which is worth a question; None if it is somebody, or nobody.
        nearest: who is nearest, however far; None where nobody else is known.
        runner_up: the next nearest, likewise.
        probability: that `person` is right, by a trained classifier; None where none was asked, or it named nobody.
    """

    place: Box
    box: tuple[int, int, int, int]
    score: float
    quality: float
    person: str | None
    perhaps: str | None
    nearest: Near | None
    runner_up: Near | None
    probability: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Identified:
    """A photo, and who is on it.

    Attributes:
        width, height: of the upright photo, in pixels.
        guest: the photo.
        faces: from left to right.
    """

    width: int
    height: int
    guest: Guest
    faces: tuple[Sighting, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether somebody is who they are said to be.

    Attributes:
        person: said to be.
        is_match: whether they are.
        distance: to that person: mean over the three nearest references.
        threshold: up to which it is them.
        origin: where that comes from, a sentence.
        references: how many faces of theirs are known.
        nearer: somebody else who is nearer, which is why it is no match; or None.
        box: of the face, in pixels of the upright photo.
        others: how many more faces are on the photo.
    """

    person: str
    is_match: bool
    distance: float
    threshold: float
    origin: str
    references: int
    nearer: Near | None
    box: tuple[int, int, int, int]
    others: int


def open_gallery(index: Index) -> Gallery:
    """Everybody who is known.

    Raises:
        UsageError: nobody is.
    """
    known = gather(index)
    rows, _ = references_and_others(known) if known is not None else ({}, [])
    names = people.names(index.db)
    named = {} if known is None else {p: names[p] for p in rows if p not in known.ignored | known.nameless.keys()}
    if known is None or not named:
        raise UsageError(
            "Nobody is known yet. Enrol somebody: phototag enroll PHOTO --as NAME; or name a group: phototag clusters"
        )
    vectors = photos.vectors_of(index.db, known.faces, known.space.dim)
    limits = known.limits or StrongLimits(strong_limit(len(rows), known.space.thresholds))
    return Gallery(
        known.space,
        named,
        {person: vectors[at] for person, at in sorted(rows.items())},
        limits,
    )


def state_of(index: Index) -> bytes | None:
    """What a gallery is the same for: the mark of the index's state; None if an older phototag wrote it last."""
    return get_meta(index.db, STATE)


def identify(gallery: Gallery, guest: Guest, trained: Trained | None = None) -> Identified:
    """Say who is on a photo, by the rule that tags or by a classifier that was trained; nobody is on it twice."""
    seen, picture = guest.seen, guest.picture
    if not seen.faces:
        return Identified(picture.width, picture.height, guest, ())
    probes = [Probe(f"{number:06}", seen.photo.hash) for number in range(len(seen.faces))]
    thresholds = gallery.space.thresholds
    found = suggest(probes, seen.vectors, gallery.references, thresholds, limits=gallery.limits)
    guesses = {int(one.face): one for one in found if one.person in gallery.names}
    near = _nearest(gallery, seen.vectors)
    sightings = []
    for number, (face, detection) in enumerate(zip(seen.faces, seen.detections, strict=True)):
        guess = guesses.get(number)
        name = None if guess is None else gallery.names[guess.person]
        is_sure = guess is not None and guess.grade is Grade.STRONG
        sightings.append(
            Sighting(
                place=detection.box,
                box=box_in_pixels(detection.box, picture.width, picture.height),
                score=detection.score,
                quality=face.quality,
                person=name if is_sure else None,
                perhaps=None if is_sure else name,
                nearest=near[number][0],
                runner_up=near[number][1] if len(near[number]) > 1 else None,
            )
        )
    if trained is not None:
        sightings = _predicted(gallery, trained, seen.vectors, sightings)
    return Identified(picture.width, picture.height, guest, tuple(sorted(sightings, key=lambda one: one.place)))


def _predicted(gallery: Gallery, trained: Trained, vectors: Vectors, sightings: Sequence[Sighting]) -> list[Sighting]:
    """Sightings, in the order of the vectors, with the names that a classifier gives; of two of one name the surer."""
    answers = trained.predict(vectors)
    named = [(answer[1], -at, answer[0]) for at, answer in enumerate(answers) if answer and answer[0] in gallery.names]
    best: dict[int, int] = {}
    for _, at, person in sorted(named, reverse=True):
        best.setdefault(person, -at)
    found = []
    for at, (sighting, answer) in enumerate(zip(sightings, answers, strict=True)):
        is_it = answer is not None and best.get(answer[0]) == at
        name, probability = (gallery.names[answer[0]], answer[1]) if answer is not None and is_it else (None, None)
        found.append(replace(sighting, person=name, perhaps=None, probability=probability))
    return found


def _nearest(gallery: Gallery, vectors: Vectors) -> list[list[Near]]:
    """For each face the two nearest people, the nearest first; fewer where fewer are known."""
    people_ = sorted(gallery.names)
    table = distances_to_people(vectors, [gallery.references[person] for person in people_])
    order = table.argsort(axis=0, kind="stable")[:2]
    return [
        [Near(gallery.names[people_[row]], float(table[row, column])) for row in order[:, column].tolist()]
        for column in range(len(vectors))
    ]


def identify_each(
    gallery: Gallery, shop: Workshop, eye: Eye, paths: Sequence[Path], trained: Trained | None = None
) -> Iterator[tuple[Path, Identified | PhotoProblem]]:
    """Say who is on each of some photos, in whatever order it is done."""
    for path, looked in each(shop, eye, Eye.look, paths):
        yield path, looked if isinstance(looked, PhotoProblem) else identify(gallery, looked, trained)


def verify(index: Index, gallery: Gallery, guest: Guest, name: str) -> Verification:
    """Compare the face on a photo with all references of one person.

    It is them if it is as near as two photos of one person are (`Thresholds.same`), and nobody else is nearer.

    Raises:
        UsageError: nobody of that name, somebody who is ignored or whose face is not known, or no face is meant.
    """
    require_noticed(index, name)
    person = require_person(index, name)
    if person.id not in gallery.names:
        raise UsageError(f"No face of {person.name} is known. Enrol one: phototag enroll PHOTO --as NAME")
    try:
        detection = largest(guest.seen)
    except PhotoError as error:
        raise UsageError(f"{error} Or ask who everybody is: phototag identify PHOTO") from error
    number = guest.seen.detections.index(detection)
    table = distances_to_people(guest.seen.vectors[[number]], list(gallery.references.values()))[:, 0]
    apart = dict(zip(gallery.references, table.tolist(), strict=True))
    mine, thresholds = apart[person.id], gallery.space.thresholds
    threshold = same_person(thresholds)
    rival = min(gallery.names, key=lambda one: (apart[one], one))
    nearer = Near(gallery.names[rival], apart[rival]) if apart[rival] < mine else None
    return Verification(
        person=person.name,
        is_match=mine <= threshold and nearer is None,
        distance=mine,
        threshold=threshold,
        origin=thresholds.same_from or NOT_MEASURED,
        references=len(gallery.references[person.id]),
        nearer=nearer,
        box=box_in_pixels(detection.box, guest.picture.width, guest.picture.height),
        others=len(guest.seen.faces) - 1,
    )
