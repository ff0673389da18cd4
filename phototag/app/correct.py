"""A person puts right what the machine, or they themselves, got wrong."""

from __future__ import annotations

import os
import shlex
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from phototag.app import searches
from phototag.app.decide import Outcome, decide
from phototag.app.known import find_ignored, require_faces, require_noticed, require_person, require_photo
from phototag.app.name import as_kept, clean_name, take_in
from phototag.app.subject import Subject, require_subject
from phototag.core.names import name_key
from phototag.errors import UnknownError, UsageError
from phototag.index import faces, groups, people, photos, spots
from phototag.index.db import Index
from phototag.index.draft import Draft
from phototag.index.faces import Filter, KnownFace
from phototag.index.journal import Kind
from phototag.types import Source


def merge(index: Index, subjects: Sequence[str], at_ns: int) -> Outcome:
    """People and groups are one person: the first with a name among them, or else the first group.

    Raises:
        UsageError: fewer than two, or no such person or group; nothing is written.
    """
    found = list({subject.called: subject for subject in (require_subject(index, text) for text in subjects)}.values())
    if len(found) < 2:
        only = f"{found[0].called} alone is one person already" if found else "That is nobody"
        raise UsageError(f"{_sentence(only)}. Nothing was changed. Give two or more: phototag merge A B")
    into = next((subject for subject in found if subject.is_named), found[0])

    def say(draft: Draft) -> dict[str, object]:
        person = _person(draft, into)
        for subject in found:
            if not subject.is_named:
                take_in(index, draft, subject.faces, person)
            elif subject.person is not None and subject.person != person:
                draft.merge(subject.person, person)
        others = [subject.called for subject in found if subject is not into]
        faces_ = sum(len(subject.faces) for subject in found)
        return {"name": into.called, "others": others, "faces": faces_, "together": _together(index, found)}

    outcome = decide(index, Kind.MERGE, say, at_ns)
    searches.follow(index, {name_key(one.called): into.called for one in found if one.is_named and one is not into})
    return outcome


def _together(index: Index, found: Sequence[Subject]) -> int:
    """On how many photos there are faces of several of them, other than collages."""
    collages = photos.collages(index.db)
    on = Counter(photo for subject in found for photo in {face.photo for face in subject.faces})
    return sum(n > 1 for photo, n in on.items() if photo not in collages)


def split(index: Index, subject: Subject, parts: Sequence[Sequence[KnownFace]], at_ns: int) -> Outcome:
    """Faces of a person or group are somebody else; each part one person, who is called by the number of a new group.

    Args:
        index: open for writing.
        subject: whose faces they are.
        parts: the faces of each one who is split off; what is not among them stays.
        at_ns: now, nanoseconds since the epoch.

    Raises:
        UsageError: nothing would stay, or nothing would go; nothing is written.
    """
    leaving = {face.id for part in parts for face in part}
    staying = [face for face in subject.faces if face.id not in leaving]
    if not leaving or not staying:
        raise UsageError(
            f"Some faces of {subject.called} must go and some must stay. Nothing was changed. "
            f"See them: {subject.listing}"
        )
    unsaid = [face for face in staying if face.source is not Source.HUMAN]

    def say(draft: Draft) -> dict[str, object]:
        numbers = []
        for part in parts:
            numbers.append(groups.new_id(index.db))
            _part(draft, part, unsaid, draft.somebody(numbers[-1]), subject.person if subject.is_named else None)
        return {"name": subject.called, "faces": len(leaving), "groups": numbers}

    return decide(index, Kind.SPLIT, say, at_ns)


def _part(
    draft: Draft, leaving: Sequence[KnownFace], staying: Sequence[KnownFace], somebody: int, before: int | None
) -> None:
    """Some faces are somebody, and not who they were before; of those that stay none is."""
    for face in leaving:
        draft.name(face.spot, somebody)
        if before is not None:
            draft.refuse(face.spot, before)
    for face in staying:
        draft.refuse(face.spot, somebody)


def rename(index: Index, name: str, new: str, at_ns: int) -> Outcome:
    """A person is called something else.

    Raises:
        UsageError: nobody has that name, somebody else has the new one, or it is no name; nothing is written.
    """
    person, wanted = require_person(index, name), clean_name(new)
    other = people.find_person(index.db, wanted)
    if other is not None and other.id != person.id:
        raise UsageError(
            f"{other.name} is somebody else already. Nothing was changed. "
            f"If they are one person: phototag merge {shlex.quote(other.name)} {shlex.quote(person.name)}"
        )

    def say(draft: Draft) -> dict[str, object]:
        draft.rename(person.id, wanted)
        return {"name": person.name, "new": wanted}

    outcome = decide(index, Kind.RENAME, say, at_ns)
    searches.follow(index, {name_key(person.name): wanted})
    return outcome


def move(index: Index, ids: Sequence[str], name: str, at_ns: int) -> Outcome:
    """Faces are somebody else than they carry the name of.

    Raises:
        UsageError: no such face, no name, or somebody who is ignored; nothing is written.
    """
    moved, wanted = require_faces(index, ids), clean_name(name)
    require_noticed(index, wanted)

    def say(draft: Draft) -> dict[str, object]:
        person = draft.person(wanted)
        for face in moved:
            before = people.find_person(index.db, face.person) if face.person and face.is_tagged else None
            if before is not None and before.id != person:
                draft.refuse(face.spot, before.id)
            draft.name(face.spot, person)
        return {"name": as_kept(index, wanted), "faces": len(moved)}

    return decide(index, Kind.MOVE, say, at_ns)


def confirm(index: Index, ids: Sequence[str], at_ns: int) -> Outcome:
    """Faces are whom the machine takes them for.

    Raises:
        UsageError: no such face, or the machine takes it for nobody; nothing is written.
    """
    found = require_faces(index, ids)
    for face in found:
        if face.person is None:
            raise UsageError(
                f"Face {face.id} is taken for nobody. Nothing was changed. Who is it? phototag move {face.id} --to NAME"
            )
    return _confirm(index, found, at_ns)


def confirm_person(index: Index, name: str, at_ns: int) -> Outcome:
    """All faces that the machine tagged as a person are that person.

    Raises:
        UsageError: no such person, or no such face; nothing is written.
    """
    require_noticed(index, name)
    person = require_person(index, name)
    automatic = [face for face in faces.faces(index.db, Filter(person=person.id)) if face.source is Source.AUTO]
    if not automatic:
        raise UsageError(
            f"No face is tagged as {person.name} automatically. Nothing was changed. Questions are in: phototag review"
        )
    return _confirm(index, automatic, at_ns)


def _confirm(index: Index, found: Sequence[KnownFace], at_ns: int) -> Outcome:
    def say(draft: Draft) -> dict[str, object]:
        names = sorted({face.person for face in found if face.person})
        for name in names:
            take_in(index, draft, [face for face in found if face.person == name], draft.person(name))
        return {"name": " or ".join(names), "faces": len(found)}

    return decide(index, Kind.CONFIRM, say, at_ns)


def reject(index: Index, ids: Sequence[str], at_ns: int) -> Outcome:
    """Faces are not whom they are taken for: the person, or who is ignored, or else whoever their group is.

    Raises:
        UsageError: no such face, or one that is taken for nobody; nothing is written.
    """
    taken = [(face, _taken_for(index, face)) for face in require_faces(index, ids)]

    def say(draft: Draft) -> dict[str, object]:
        leaving: dict[int, list[KnownFace]] = defaultdict(list)
        for face, who in taken:
            if who.person is not None:
                draft.refuse(face.spot, who.person)
            elif who.cluster is not None:
                leaving[who.cluster].append(face)
            else:
                draft.name(face.spot, draft.somebody(groups.new_id(index.db)))
        for cluster, gone in sorted(leaving.items()):
            _cast_out(index, draft, cluster, gone)
        return {"name": " or ".join(sorted({who.called for _, who in taken})), "faces": len(taken)}

    return decide(index, Kind.REJECT, say, at_ns)


@dataclass(frozen=True, slots=True)
class _Taken:
    """Whom a face is taken for: a person, the others of a group, or, with neither, nothing that is a face."""

    called: str
    person: int | None = None
    cluster: int | None = None


def _taken_for(index: Index, face: KnownFace) -> _Taken:
    if face.person is not None:
        person = require_person(index, face.person)
        return _Taken(person.name, person.id)
    if face.ignored:
        like = people.dismissal(index.db, face.id)
        stranger = people.person_of(index.db, face.id if like is None else like.like)
        return _Taken("dismissed") if stranger is None else _Taken(people.called(index.db, stranger), stranger)
    if face.cluster is not None and len(faces.faces(index.db, Filter(cluster=face.cluster))) > 1:
        return _Taken(f"of group {face.cluster}", cluster=face.cluster)
    raise UsageError(
        f"Face {face.id} is taken for nobody, so there is nothing to reject. Nothing was changed. "
        f"Who is it? phototag move {face.id} --to NAME"
    )


def _cast_out(index: Index, draft: Draft, cluster: int, leaving: Sequence[KnownFace]) -> None:
    """Each of these faces is somebody of their own, whom the others of the group are not."""
    gone = {face.id for face in leaving}
    others = [face for face in faces.faces(index.db, Filter(cluster=cluster)) if face.id not in gone]
    owners = {require_person(index, face.person).id for face in others if face.person and face.source is Source.HUMAN}
    unsaid = [face for face in others if face.source is not Source.HUMAN]
    for face in leaving:
        for owner in sorted(owners):
            draft.refuse(face.spot, owner)
        if unsaid or not others:
            _part(draft, [face], unsaid, draft.somebody(groups.new_id(index.db)), None)


def refuse_faces(index: Index, refused: Sequence[tuple[KnownFace, str]], at_ns: int) -> Outcome:
    """Faces are not the person named with each."""

    def say(draft: Draft) -> dict[str, object]:
        for face, name in refused:
            draft.refuse(face.spot, draft.person(name))
        return {"name": " or ".join(sorted({name for _, name in refused})), "faces": len(refused)}

    return decide(index, Kind.REJECT, say, at_ns)


def ignore(index: Index, text: str, at_ns: int) -> Outcome:
    """Nobody wants to hear of a person or group, nor of who is like them.

    Raises:
        UsageError: no such person or group; nothing is written.
    """
    subject = require_subject(index, text)
    is_known = subject.is_named and subject.person is not None and people.has_faces(index.db, subject.person)
    if not is_known and not any(face.source is not Source.AUTO for face in subject.faces):
        raise UsageError(
            f"{subject.called} has no face that a human named, so nobody can be like them. Nothing was changed. "
            f"If they are on no photo: phototag absent {subject.typed} PHOTO"
        )

    def say(draft: Draft) -> dict[str, object]:
        person = _person(draft, subject)
        if not subject.is_named:
            take_in(index, draft, subject.faces, person)
        draft.ignore(person)
        said = [face for face in subject.faces if face.source is not Source.AUTO]  # the others are look-alikes now
        return {"name": subject.called, "faces": len(said)}

    return decide(index, Kind.IGNORE, say, at_ns)


def count_alike(index: Index, outcome: Outcome) -> int:
    """How many faces are dismissed because they are like whom a decision to ignore is about."""
    return next((one.alike for one in people.ignored_people(index.db) if one.called == outcome.words["name"]), 0)


def notice(index: Index, text: str, at_ns: int) -> Outcome:
    """Somebody who was ignored is somebody again.

    Raises:
        UsageError: nobody of this name or number is ignored; nothing is written.
    """
    found = find_ignored(index, text)
    if found is None:
        raise UnknownError(f"Nobody called {text!r} is ignored. Nothing was changed. See who is: phototag ignored")

    def say(draft: Draft) -> dict[str, object]:
        draft.ignore(found.id, ignored=False)
        return {"name": found.called, "faces": found.faces}

    return decide(index, Kind.NOTICE, say, at_ns)


def not_a_face(index: Index, ids: Sequence[str], at_ns: int) -> tuple[Outcome, int]:
    """What was found is no face: a statue, a poster, a tree; and so is what is like it. What was drawn is not any more.

    Returns:
        What came of it, and how many faces are dismissed because they are like one of these.

    Raises:
        UsageError: no such face; nothing is written.
    """
    found = require_faces(index, ids)

    def say(draft: Draft) -> dict[str, object]:
        for face in found:
            draft.no_face(face.spot)
        return {"faces": len(found), "drawn": sum(face.is_drawn for face in found)}

    outcome = decide(index, Kind.NOT_A_FACE, say, at_ns)
    return outcome, people.count_like(index.db, [face.id for face in found])


def collage(index: Index, path: str, at_ns: int) -> Outcome:
    """One person may be on a photo more than once: a mirror, a collage, a picture in the picture.

    Raises:
        UsageError: no such photo; nothing is written.
    """
    inside, _ = require_photo(index, path)
    return collage_at(index, inside, at_ns)


def collage_at(index: Index, path: bytes, at_ns: int) -> Outcome:
    """The same of the photo at this path in the library, which the index knows."""
    photo = faces.photo_at(index.db, path)

    def say(draft: Draft) -> dict[str, object]:
        draft.collage(photo)
        return {"photo": os.fsdecode(path)}

    return decide(index, Kind.COLLAGE, say, at_ns)


def present(index: Index, name: str, paths: Sequence[str], at_ns: int, *, is_there: bool = True) -> Outcome:
    """Somebody is on photos, though no face shows it; or is not, where that was said.

    Raises:
        UsageError: no such photo, no name, or somebody who is ignored; nothing is written.
    """
    return present_at(index, name, [require_photo(index, path)[0] for path in paths], at_ns, is_there=is_there)


def present_at(index: Index, name: str, paths: Sequence[bytes], at_ns: int, *, is_there: bool = True) -> Outcome:
    """The same of the photos at these paths in the library, which the index knows."""
    wanted = clean_name(name) if is_there else require_person(index, name).name
    require_noticed(index, wanted)
    found = {faces.photo_at(index.db, path) for path in paths}

    def say(draft: Draft) -> dict[str, object]:
        person = draft.person(wanted)
        for photo in sorted(found):
            for picture in [photo] if is_there else spots.family(index.db, photo):
                draft.present(picture, person, is_there=is_there)
        return {"name": as_kept(index, wanted), "photos": len(found)}

    return decide(index, Kind.PRESENT if is_there else Kind.ABSENT, say, at_ns)


def _person(draft: Draft, subject: Subject) -> int:
    """Who the subject is; somebody new for a group of which nobody said that it is one person."""
    if subject.person is not None:
        return subject.person
    assert subject.cluster is not None  # who has neither a name nor a number was not found
    return draft.somebody(subject.cluster)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] if text.startswith("group ") else text
