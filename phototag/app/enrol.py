"""People enrolled by photos that need not lie in the library: one photo is enough, several are better."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from phototag.app.analyse import Seen, describe
from phototag.app.decide import Outcome, decide
from phototag.app.enrolment import keep
from phototag.app.guests import Eye, Guest, each, open_eye, photos_at, photos_in, reason, require_photos
from phototag.app.known import require_noticed, require_person
from phototag.app.name import as_kept, clean_name
from phototag.app.scan import Workshop
from phototag.core.geometry import match_boxes
from phototag.core.names import name_key
from phototag.core.vectors import require_space
from phototag.errors import PhotoError, PhotoProblem, UnknownError, UsageError
from phototag.index import enrolled, photos, spaces
from phototag.index.db import Index, transaction
from phototag.index.draft import Draft
from phototag.index.enrolled import Enrolment
from phototag.index.journal import Kind
from phototag.index.spots import SAME_PLACE, Spot
from phototag.media import crops
from phototag.media.content import content_hash
from phototag.media.images import Picture
from phototag.types import Box, Detection, Face, Photo, Shown

if TYPE_CHECKING:
    from phototag.types import Vectors

CLEARLY_LARGEST = 1.5
"""Of several faces the largest is meant if its box has this many times the area of the next."""

SENT = "sent to the server"
"""Where a picture came from that lay in no file."""

_CAMERA_NAME = re.compile(
    r"(?i)(img|dscn?|dscf|pxl|dji|gopr|mvi|vid|wp|p|photo|image|screenshot|signal|whatsapp)?[\W_]*\d{2,}.*"
)
"""How cameras and programs name files: nobody is called so."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A photo, and who is on it."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """A face cut from a photo, as it is kept.

    Attributes:
        photo: what the picture is.
        data: its PNG file.
        face: whose it is.
        faces: all on the picture: some of others may be in the background.
        vectors: (n, dim), one for each of `faces`.
        others: how many more faces are on the photo that it was cut from.
    """

    photo: Photo
    data: bytes
    face: Face
    faces: tuple[Face, ...]
    vectors: Vectors
    others: int


@dataclass(frozen=True, slots=True)
class EnrolReport:
    """What came of enrolling.

    Attributes:
        decision: its number; None where all of it was said before.
        people: name, as kept -> how many pictures of theirs were given.
        crowded: photos with several faces, of which the largest was taken.
        problems: photos that could not be used.
    """

    decision: int | None
    people: dict[str, int]
    crowded: tuple[Path, ...]
    problems: tuple[PhotoProblem, ...]


def wanted(paths: Sequence[Path], name: str | None) -> list[Wanted]:
    """Who is meant by files and folders: NAME on all of them; else files are called after people, and folders too.

    So a folder may have a photo for each person, or a folder for each, with as many photos as there are.

    Raises:
        UsageError: nothing there, or a name that is none; the message says which.
    """
    if name is not None:
        called = clean_name(name)
        return [Wanted(photo, called) for photo in photos_at(paths)]
    found = [one for path in paths for one in (_in_folder(path) if path.is_dir() else [_by_file(path)])]
    require_photos([one.path for one in found], paths)
    return found


def _in_folder(folder: Path) -> list[Wanted]:
    own = [_by_file(photo) for photo in photos_in(folder)]
    folders = sorted(Path(entry.path) for entry in os.scandir(folder) if entry.is_dir() and entry.name[0] not in ".@")
    return own + [Wanted(photo, _name(inner.name, inner)) for inner in folders for photo in photos_in(inner)]


def _by_file(path: Path) -> Wanted:
    if path.is_file() and _CAMERA_NAME.fullmatch(path.stem):
        raise UsageError(
            f"{path.name} is called as cameras call photos, not after a person. Nobody was enrolled. Say who is on it: "
            f"phototag enroll {path} --as NAME; for all photos in a folder: phototag enroll {path.parent} --as NAME"
        )
    return Wanted(path, _name(path.stem, path))


def _name(text: str, path: Path) -> str:
    try:
        return clean_name(text.replace("_", " "))
    except UsageError as error:
        raise UsageError(f"{path} is called after nobody. {error}") from error


def enrol(index: Index, shop: Workshop, people: Sequence[Wanted], at_ns: int) -> EnrolReport:
    """Keep a picture of each face as a reference, and tag by it at once.

    Args:
        index: open for writing.
        shop: what to work with.
        people: photos, and who is on them.
        at_ns: now, nanoseconds since the epoch.

    Raises:
        UsageError: somebody of them is ignored, or none of the photos can be used; nothing is written.
        EngineError: the engine cannot be loaded, or is not the one that described the index.
        LibraryError: the index cannot be written.
    """
    for name in sorted({one.name for one in people}):
        require_noticed(index, name)
    eye = open_eye(shop, spaces.current(index.db))
    looked = dict(each(shop, eye, cut, sorted({one.path for one in people})))
    problems = tuple(found for _, found in sorted(looked.items()) if isinstance(found, PhotoProblem))
    good = [(one, found) for one in people if isinstance(found := looked[one.path], Portrait)]
    if not good:
        told = "; ".join(f"{os.fsdecode(one.path)}: {one.reason}" for one in problems[:5])
        raise UsageError(f"Nobody was enrolled. {told}")
    decision = put(index, eye, [(one.name, str(one.path.absolute()), portrait) for one, portrait in good], at_ns)
    counted: dict[str, int] = {}
    for one, _ in sorted(good, key=lambda pair: name_key(pair[0].name)):
        kept = as_kept(index, one.name)
        counted[kept] = counted.get(kept, 0) + 1
    crowded = tuple(one.path for one, portrait in good if portrait.others)
    return EnrolReport(decision.decision, counted, crowded, problems)


def enrol_guest(index: Index, eye: Eye, guest: Guest, name: str, at_ns: int) -> tuple[Outcome, int]:
    """Keep a picture of the largest face of a photo that lies in no file; returns how many more faces are on it, too.

    Raises:
        UsageError: no name, somebody who is ignored, or no face that is clearly meant; nothing is written.
        EngineError: meanwhile another engine has described the index.
    """
    wanted_name = clean_name(name)
    require_noticed(index, wanted_name)
    space = spaces.current(index.db)
    if space is not None:
        require_space(space, eye.engine.space)
    try:
        found = portrait(eye, guest)
    except PhotoError as error:
        raise UsageError(f"Nobody was enrolled. {reason(error)}") from error
    return put(index, eye, [(wanted_name, SENT, found)], at_ns), found.others


def put(index: Index, eye: Eye, found: Sequence[tuple[str, str, Portrait]], at_ns: int) -> Outcome:
    """Say who is on pictures, as one decision; each comes with a name and where it is from.

    Raises:
        UsageError: a picture would be of two people; nothing is written.
    """
    _require_one_each(index, found)
    for _, _, portrait in found:
        keep(index.folder, portrait.photo.hash, portrait.data)
    with transaction(index.db):
        space_id = spaces.adopt(index.db, eye.engine.space)
        for _, _, one in found:
            photos.record_photo(index.db, one.photo, len(one.data), one.faces, one.vectors, space_id)

    def say(draft: Draft) -> dict[str, object]:
        for name, origin, portrait in found:
            draft.name(Spot(portrait.face.id, portrait.photo.hash, portrait.face.box), draft.person(name))
            draft.enrol(portrait.photo.hash, origin)
        names = sorted({as_kept(index, name) for name, _, _ in found}, key=name_key)
        return {"names": names, "photos": len(found)}

    return decide(index, Kind.ENROL, say, at_ns)


def _require_one_each(index: Index, found: Sequence[tuple[str, str, Portrait]]) -> None:
    """Refuse to take a picture from somebody, or to give it to two."""
    whose = {one.photo: one.name for one in enrolled.enrolments(index.db)}
    for name, origin, portrait in found:
        before = whose.setdefault(portrait.photo.hash, name)
        if name_key(before) != name_key(name):
            picture = portrait.photo.hash[:8]
            raise UsageError(
                f"{origin} shows the face that {before} is enrolled by, picture {picture}; it is not also {name}'s. "
                f"Nobody was enrolled. If it is {name}: phototag unenroll {picture}, and then again. If both are one "
                f"person: phototag merge {shlex.quote(before)} {shlex.quote(name)}"
            )


def unenrol(index: Index, who: Sequence[str], at_ns: int) -> Outcome:
    """People, or single pictures by their hash or the beginning of it, are references no more; the pictures stay kept.

    Raises:
        UsageError: nobody has such a name or picture; nothing is written.
    """
    everybody = enrolled.enrolments(index.db)
    leaving = [one for text in who for one in _meant(index, text, everybody)]

    def say(draft: Draft) -> dict[str, object]:
        for one in leaving:
            draft.forget(Spot(one.face, one.photo, one.box))
            draft.enrol(one.photo, None)
        return {"names": sorted({one.name for one in leaving}, key=name_key), "photos": len(leaving)}

    return decide(index, Kind.UNENROL, say, at_ns)


def _meant(index: Index, text: str, everybody: Sequence[Enrolment]) -> list[Enrolment]:
    key, digits = name_key(text), text.strip().lower()
    found = [one for one in everybody if name_key(one.name) == key]
    found = found or [one for one in everybody if len(digits) >= 4 and one.photo.startswith(digits)]
    if found:
        return found
    name = require_person(index, text).name
    raise UnknownError(f"{name} is not enrolled: they are known by photos of the library only. Nothing was changed.")


def cut(eye: Eye, path: Path) -> Portrait | PhotoProblem:
    """Look at a photo and cut its face out; a photo that is no good is a problem."""
    looked = eye.look(path)
    if isinstance(looked, PhotoProblem):
        return looked
    try:
        return portrait(eye, looked)
    except PhotoError as error:
        return PhotoProblem(os.fsencode(path), reason(error))


def portrait(eye: Eye, guest: Guest) -> Portrait:
    """Cut out the largest face of a photo.

    What is kept is described, not what it was cut from: so any engine, later, sees what this one saw.

    Raises:
        PhotoError: there is no face on it, or of several none is clearly the largest.
    """
    detection = largest(guest.seen)
    pixels, place = crops.portrait(guest.picture.pixels, detection.box)
    whole = guest.picture.pixels, detection.box
    for shown, where in ((pixels, place), whole):
        data = crops.png(shown)
        picture = Picture(shown, shown.shape[1], shown.shape[0], Shown(), None)
        seen = describe(eye.engine, content_hash(data), picture)
        match = match_boxes([where], [face.box for face in seen.faces], SAME_PLACE)
        if match:
            others = len(guest.seen.faces) - 1
            return Portrait(seen.photo, data, seen.faces[match[0]], seen.faces, seen.vectors, others)
    raise PhotoError("The face is too unclear: it was found once and not again. Give a clearer photo.")


def largest(seen: Seen) -> Detection:
    """The face that is meant on a photo of one person.

    Raises:
        PhotoError: there is none, or of several none is clearly the largest.
    """
    by_size = sorted(seen.detections, key=lambda one: area(one.box), reverse=True)
    if not by_size:
        raise PhotoError("No face was found on it. Give a photo that shows the face from the front, not too small.")
    if len(by_size) > 1 and area(by_size[0].box) < CLEARLY_LARGEST * area(by_size[1].box):
        raise PhotoError(
            f"There are {len(by_size)} faces on it, and none is clearly the largest. Cut out the one that is meant."
        )
    return by_size[0]


def area(box: Box) -> float:
    """Of a box, as a share of the picture."""
    return (box.right - box.left) * (box.bottom - box.top)
