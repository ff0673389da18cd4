"""What other programs, or other people, say of who is on the photos, taken over as one decision.

What was said here stays: where an account says otherwise, it is told as a contradiction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from phototag.app.decide import decide
from phototag.app.history import former_names
from phototag.app.name import clean_name
from phototag.core.geometry import intersection_over_union
from phototag.core.names import name_key
from phototag.core.regions import SAME_REGION, Account, Region, match_regions
from phototag.errors import PhotoProblem, UsageError
from phototag.index import faces, people, spots, words
from phototag.index.db import Index
from phototag.index.draft import Draft
from phototag.index.faces import PhotoOnDisk
from phototag.index.journal import Kind
from phototag.index.spots import Spot
from phototag.index.words import Who
from phototag.types import Box, Source


class Contradiction(NamedTuple):
    """Something that an account says otherwise than was said here, which stays.

    Attributes:
        path: of the photo.
        theirs: what the account says: a name, "not NAME", or "no face".
        ours: what was said here: likewise, or "ignored".
    """

    path: bytes
    theirs: str
    ours: str


@dataclass(frozen=True, slots=True)
class Intake:
    """What came of taking accounts over.

    Attributes:
        photos: of which something new is said.
        people: who are named.
        faces: that have a name by it.
        drawn: of those, where no face had been found.
        present: times that somebody is on a photo, nobody says where.
        absent_people: times that somebody is not on a photo any more.
        refused: faces of which it is said who they are not.
        no_faces: faces that are none.
        known: things that were said here before.
        contradictions: what stays as it was said here.
        problems: what cannot be used, such as a name that is none.
        absent: paths of accounts that the library does not have.
        decision: its number; None where there was nothing new, or it was only tried.
    """

    photos: int
    people: int
    faces: int
    drawn: int
    present: int
    absent_people: int
    refused: int
    no_faces: int
    known: int
    contradictions: tuple[Contradiction, ...]
    problems: tuple[PhotoProblem, ...]
    absent: tuple[bytes, ...]
    decision: int | None


def take_in(
    index: Index,
    accounts: Iterable[Account],
    source: str,
    at_ns: int,
    *,
    dry_run: bool = False,
    confirm: bool = True,
) -> Intake:
    """Take over what accounts say, as one decision.

    A region is the face that it lies on; where no face was found, it becomes one that a human drew. Whoever is on a
    photo without a place is on it. Of several accounts of one photo the first has the word.

    Args:
        index: open for writing; for reading where it is only tried.
        accounts: of files of the library, in any order.
        source: whose they are, for the history: "XMP", "Picasa".
        at_ns: now, nanoseconds since the epoch.
        dry_run: only say what would come of it.
        confirm: a name that the machine found too becomes the word of a human. Else it stays as it is: it may be what
            the machine had written there.

    Raises:
        UsageError: it contradicts itself; nothing is written.
    """
    accounts = list(accounts)
    if not accounts:  # to know all that was said takes a second
        return NOTHING
    plan = _Plan(index, confirm)
    for account in accounts:
        plan.add(account)
    number = None
    if plan.is_something and not dry_run:
        number = decide(index, Kind.IMPORT, lambda draft: plan.say(draft, source), at_ns).decision
    return plan.report(number)


NOTHING = Intake(0, 0, 0, 0, 0, 0, 0, 0, 0, (), (), (), None)
"""Of no accounts."""


@dataclass(slots=True)
class _Place:
    """A face of a photo, found or drawn, or a place of which something was said.

    Attributes:
        spot: where.
        who: whom a human said that it is, here or in this plan.
        refused: keys of the names that it is not.
        is_face: no human said that it is none.
        is_drawn: this plan draws it.
    """

    spot: Spot
    who: Who | None = None
    refused: set[str] = field(default_factory=set)
    is_face: bool = True
    is_drawn: bool = False


class _Naming(NamedTuple):
    place: _Place
    name: str
    nameless: int | None


@dataclass(slots=True)
class _Photo:
    """A picture with all that is said of it, here or in this plan; `present` has keys of names."""

    places: list[_Place]
    present: set[str]


class _Plan:
    """What would be said anew, account by account."""

    def __init__(self, index: Index, confirm: bool) -> None:
        self._index, self._former = index, former_names(index)
        self._files = {file.path: file for file in faces.photos_on_disk(index.db)}
        self._faces: dict[str, list[Spot]] = defaultdict(list)
        self._tagged: dict[str, str] = {}
        for face in faces.faces(index.db):
            self._faces[face.photo].append(face.spot)
            if face.source is Source.AUTO and not confirm:
                self._tagged[face.id] = name_key(face.person or "")
        self._said, self._present = words.by_photo(index.db), people.present(index.db)
        self._ignored = {name_key(one.name) for one in people.ignored_people(index.db) if one.name}
        self._photos: dict[str, _Photo] = {}
        self._touched: set[str] = set()
        self.namings: list[_Naming] = []
        self.presences: list[tuple[str, str]] = []
        self.absences: list[tuple[str, str]] = []
        self.refusals: list[tuple[_Place, str]] = []
        self.no_faces: list[_Place] = []
        self.known = 0
        self.contradictions: list[Contradiction] = []
        self.problems: list[PhotoProblem] = []
        self.absent: list[bytes] = []

    @property
    def is_something(self) -> bool:
        return bool(self._touched)

    def add(self, account: Account) -> None:
        file = self._files.get(account.path)
        if file is None:
            self.absent.append(account.path)
            return
        photo = self._photo(file)
        changed = [Region(change.was, file.there(change.box)) for change in account.replaced]
        for change, (region, place) in zip(account.replaced, self._placed(photo, changed), strict=True):
            self._replace(file, photo, region._replace(name=change.becomes), place, change.was)
        for person in account.absent:
            self._take_off(file, photo, person)
        regions = [Region(name, file.there(r.box)) for r in account.regions if (name := self._name(file, r.name))]
        for region, place in self._placed(photo, regions):
            self._name_face(file, photo, region, place)
        for person in account.people:
            if name := self._name(file, person):
                self._put_on(file, photo, name)
        refused = [Region(name, file.there(r.box)) for r in account.refused if (name := self._name(file, r.name))]
        for region, place in self._placed(photo, refused):
            self._refuse(file, place, region.name or "")
        for box, place in self._placed(photo, [Region(None, file.there(box)) for box in account.no_faces]):
            self._no_face(file, place, box)

    def _photo(self, file: PhotoOnDisk) -> _Photo:
        if file.photo not in self._photos:
            said = {word.spot.id: word for word in self._said.get(file.photo, ())}
            places = {spot.id: _Place(spot) for spot in self._faces.get(file.photo, ())}
            for id_, word in said.items():
                refused = {name_key(who.name) for who in word.refused if who.name}
                places[id_] = _Place(word.spot, word.who, refused, word.is_face)
            present = {name_key(name) for name in self._present.get(file.photo, ())}
            self._photos[file.photo] = _Photo(list(places.values()), present)
        return self._photos[file.photo]

    def _name(self, file: PhotoOnDisk, name: str | None, *, is_newer: bool = False) -> str | None:
        """A name as it is kept; of whoever had it before, unless it is a newer word. What is none is a problem."""
        try:
            cleaned = clean_name(name or "")
            return cleaned if is_newer else self._former.get(name_key(cleaned), cleaned)
        except UsageError as error:
            reason = str(error).partition(" Nothing was changed")[0]
            self.problems.append(PhotoProblem(file.path, reason))
            return None

    def _placed(self, photo: _Photo, regions: Sequence[Region]) -> list[tuple[Region, _Place | None]]:
        pairs = match_regions([r.box for r in regions], [place.spot.box for place in photo.places])
        return [(r, photo.places[pairs[i]] if i in pairs else _under(r.box, photo)) for i, r in enumerate(regions)]

    def _name_face(self, file: PhotoOnDisk, photo: _Photo, region: Region, place: _Place | None) -> None:
        name, key = region.name or "", name_key(region.name or "")
        if place is None and any(_is(other.who, key) for other in photo.places):
            self.known += 1  # another list has the same face elsewhere, or the photo is another crop
            return
        if place is not None and place.who is None and self._tagged.get(place.spot.id) == key:
            self.known += 1
            return
        ours = self._ours(place, name)
        if ours is not None:
            self._met(file, name, ours, is_same=place is not None and _is(place.who, key))
            return
        if place is None:
            place = _Place(spots.drawn_spot(file.photo, region.box), is_drawn=True)
            photo.places.append(place)
        self.namings.append(_Naming(place, name, place.who.group if place.who else None))
        place.who = Who(name)
        self._touched.add(file.photo)

    def _ours(self, place: _Place | None, name: str) -> str | None:
        """What was said here that leaves no room for a name; None if nothing was."""
        key = name_key(name)
        if key in self._ignored:
            return "ignored"
        if place is None:
            return None
        if not place.is_face:
            return "no face"
        if place.who is not None and (place.who.name is not None or place.who.ignored):
            return "ignored" if place.who.ignored else place.who.name
        return f"not {name}" if key in place.refused else None

    def _met(self, file: PhotoOnDisk, theirs: str, ours: str, *, is_same: bool) -> None:
        if is_same:
            self.known += 1
        else:
            self.contradictions.append(Contradiction(file.path, theirs, ours))

    def _replace(self, file: PhotoOnDisk, photo: _Photo, region: Region, place: _Place | None, was: str) -> None:
        """Take over that a face is somebody else than it was, or nobody that is known; the region has the new name."""
        name = self._name(file, region.name, is_newer=True) if region.name else None
        if region.name and not name:
            return
        was = self._former.get(name_key(was), was)  # who is called otherwise here since is the same person
        if place is not None and (place.who is None or _is(place.who, name_key(was))) and place.is_face:
            place.who = None
            place.refused.discard(name_key(name or ""))
            if name is None:
                self._refuse(file, place, was)
        if name is not None:
            self._name_face(file, photo, region._replace(name=name), place)
        elif place is not None and place.who is not None:
            self.contradictions.append(
                Contradiction(file.path, f"not {was}", place.who.name or f"group {place.who.group}")
            )

    def _put_on(self, file: PhotoOnDisk, photo: _Photo, name: str) -> None:
        key = name_key(name)
        if key in photo.present or any(_is(place.who, key) for place in photo.places):
            self.known += 1
        elif key in self._ignored:
            self.contradictions.append(Contradiction(file.path, name, "ignored"))
        else:
            photo.present.add(key)
            self.presences.append((file.photo, name))
            self._touched.add(file.photo)

    def _take_off(self, file: PhotoOnDisk, photo: _Photo, name: str) -> None:
        if name_key(name) in photo.present:
            photo.present.remove(name_key(name))
            self.absences.append((file.photo, name))
            self._touched.add(file.photo)

    def _refuse(self, file: PhotoOnDisk, place: _Place | None, name: str) -> None:
        key = name_key(name)
        if place is None or key in self._ignored:
            return
        if key in place.refused or not place.is_face:
            self.known += 1
        elif _is(place.who, key):
            self.contradictions.append(Contradiction(file.path, f"not {name}", name))
        else:
            place.refused.add(key)
            self.refusals.append((place, name))
            self._touched.add(file.photo)

    def _no_face(self, file: PhotoOnDisk, place: _Place | None, region: Region) -> None:
        if place is None:
            return
        if not place.is_face:
            self.known += 1
        elif place.who is not None:
            ours = place.who.name or f"group {place.who.group}"
            self.contradictions.append(Contradiction(file.path, "no face", ours))
        else:
            place.is_face = False
            self.no_faces.append(place)
            self._touched.add(file.photo)

    def say(self, draft: Draft, source: str) -> dict[str, object]:
        """Put it together; in the history's words."""
        owners = {group: person for person, group in people.nameless(self._index.db).items()}
        persons = _Persons(self._index, draft)
        for place, name, nameless in self.namings:
            if place.is_drawn:
                draft.draw(place.spot)
            if nameless is not None and nameless in owners:
                draft.merge(owners.pop(nameless), persons[name])
            draft.name(place.spot, persons[name])
        for photo, name in self.presences:
            draft.present(photo, persons[name])
        for photo, name in self.absences:
            for picture in spots.family(self._index.db, photo):
                draft.present(picture, persons[name], is_there=False)
        for place, name in self.refusals:
            draft.refuse(place.spot, persons[name])
        for place in self.no_faces:
            draft.no_face(place.spot)
        return {
            "source": source,
            "faces": len(self.namings),
            "present": len(self.presences),
            "absent": len(self.absences),
            "refused": len(self.refusals),
            "no_faces": len(self.no_faces),
        }

    def report(self, decision: int | None) -> Intake:
        named = {name_key(naming.name) for naming in self.namings} | {name_key(name) for _, name in self.presences}
        return Intake(
            photos=len(self._touched),
            people=len(named),
            faces=len(self.namings),
            drawn=sum(naming.place.is_drawn for naming in self.namings),
            present=len(self.presences),
            absent_people=len(self.absences),
            refused=len(self.refusals),
            no_faces=len(self.no_faces),
            known=self.known,
            contradictions=tuple(self.contradictions),
            problems=tuple(self.problems),
            absent=tuple(self.absent),
            decision=decision,
        )


class _Persons(dict[str, int]):
    """Name -> person, each looked up or introduced once."""

    def __init__(self, index: Index, draft: Draft) -> None:
        super().__init__()
        self._draft, self._by_key = draft, dict[str, int]()

    def __missing__(self, name: str) -> int:
        key = name_key(name)
        if key not in self._by_key:
            self._by_key[key] = self._draft.person(name)
        self[name] = self._by_key[key]
        return self[name]


def _under(box: Box, photo: _Photo) -> _Place | None:
    """The place that a region lies on, though another region of the account lies on it too."""
    return next((p for p in photo.places if intersection_over_union(box, p.spot.box) >= SAME_REGION), None)


def _is(who: Who | None, key: str) -> bool:
    return who is not None and who.name is not None and name_key(who.name) == key
