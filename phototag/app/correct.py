"""A person puts right what the machine, or they themselves, got wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from phototag.app.decide import Outcome, decide
from phototag.app.known import photo_hash, require_face, require_person
from phototag.app.name import clean_name, take_in
from phototag.app.subject import Subject, require_subject
from phototag.errors import UsageError
from phototag.index import groups, people
from phototag.index.db import Index
from phototag.index.draft import Draft
from phototag.index.faces import KnownFace
from phototag.index.journal import Kind
from phototag.types import Source


def merge(index: Index, subjects: Sequence[str], at_ns: int) -> Outcome:
    """People and groups are one person: the first with a name among them, or else the first group.

    Raises:
        UsageError: fewer than two, or no such person or group; nothing is written.
    """
    found = [require_subject(index, text) for text in subjects]
    if len(found) < 2:
        raise UsageError("Give two or more that are one person: phototag merge A B")
    into = next((subject for subject in found if subject.is_named), found[0])

    def say(draft: Draft) -> dict[str, object]:
        person = into.person if into.person is not None else draft.somebody(_number(into))
        for subject in found:
            if subject.is_named and subject.person != person:
                draft.merge(subject.person or 0, person)
            elif not subject.is_named:
                take_in(index, draft, subject.faces, person)
        others = [subject.called for subject in found if subject is not into]
        return {"name": into.called, "others": others, "faces": sum(len(subject.faces) for subject in found)}

    return decide(index, Kind.MERGE, say, at_ns)


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
        raise UsageError(f"Some faces of {subject.called} must go and some must stay. Nothing was changed.")

    def say(draft: Draft) -> dict[str, object]:
        numbers = []
        for part in parts:
            numbers.append(groups.new_id(index.db))
            somebody = draft.somebody(numbers[-1])
            for face in part:
                draft.name(face.spot, somebody)
                if subject.is_named and subject.person is not None:
                    draft.refuse(face.spot, subject.person)
            if not subject.is_named:
                for face in staying:
                    draft.refuse(face.spot, somebody)
        return {"name": subject.called, "faces": len(leaving), "groups": numbers}

    return decide(index, Kind.SPLIT, say, at_ns)


def rename(index: Index, name: str, new: str, at_ns: int) -> Outcome:
    """A person is called something else.

    Raises:
        UsageError: nobody has that name, somebody else has the new one, or it is no name; nothing is written.
    """
    person, wanted = require_person(index, name), clean_name(new)
    other = people.find_person(index.db, wanted)
    if other is not None and other.id != person.id:
        raise UsageError(
            f"{other.name} is somebody else already. If they are one person: phototag merge {other.name!r} {name!r}"
        )

    def say(draft: Draft) -> dict[str, object]:
        draft.rename(person.id, wanted)
        return {"name": person.name, "new": wanted}

    return decide(index, Kind.RENAME, say, at_ns)


def move(index: Index, ids: Sequence[str], name: str, at_ns: int) -> Outcome:
    """Faces are somebody else than they carry the name of.

    Raises:
        UsageError: no such face, or no name; nothing is written.
    """
    moved, wanted = [require_face(index, text) for text in ids], clean_name(name)

    def say(draft: Draft) -> dict[str, object]:
        person = draft.person(wanted)
        for face in moved:
            before = people.find_person(index.db, face.person) if face.person and face.is_tagged else None
            if before is not None and before.id != person:
                draft.refuse(face.spot, before.id)
            draft.name(face.spot, person)
        return {"name": wanted, "faces": len(moved)}

    return decide(index, Kind.MOVE, say, at_ns)


def confirm(index: Index, ids: Sequence[str], at_ns: int) -> Outcome:
    """Faces are whom the machine takes them for.

    Raises:
        UsageError: no such face, or the machine takes it for nobody; nothing is written.
    """
    found = [require_face(index, text) for text in ids]
    for face in found:
        if face.person is None:
            raise UsageError(f"Nothing is suggested for face {face.id}. Who is it? phototag move {face.id} --to NAME")
    return _confirm(index, found, at_ns)


def confirm_person(index: Index, name: str, tagged: Sequence[KnownFace], at_ns: int) -> Outcome:
    """All faces that the machine tagged as a person are that person.

    Raises:
        UsageError: there is none; nothing is written.
    """
    automatic = [face for face in tagged if face.source is Source.AUTO]
    if not automatic:
        raise UsageError(f"No face is tagged as {name} automatically.")
    return _confirm(index, automatic, at_ns)


def _confirm(index: Index, found: Sequence[KnownFace], at_ns: int) -> Outcome:
    def say(draft: Draft) -> dict[str, object]:
        names = sorted({face.person for face in found if face.person})
        for name in names:
            take_in(index, draft, [face for face in found if face.person == name], draft.person(name))
        return {"name": ", ".join(names), "faces": len(found)}

    return decide(index, Kind.CONFIRM, say, at_ns)


def reject(index: Index, ids: Sequence[str], at_ns: int) -> Outcome:
    """Faces are not whom they carry the name of, or may be; those without a name are not of their group.

    Raises:
        UsageError: no such face, or one that is taken for nobody; nothing is written.
    """
    found = [require_face(index, text) for text in ids]
    for face in found:
        if face.person is None and face.cluster is None:
            raise UsageError(f"Face {face.id} is taken for nobody, so there is nothing to reject. See: phototag faces")
    return refuse_faces(index, [(face, face.person) for face in found], at_ns)


def refuse_faces(index: Index, refused: Sequence[tuple[KnownFace, str | None]], at_ns: int) -> Outcome:
    """Faces are not the person named with each; for None, not whoever their group is."""
    strangers: dict[int, list[KnownFace]] = defaultdict(list)
    for face, name in refused:
        if name is None and face.cluster is not None:
            strangers[face.cluster].append(face)

    def say(draft: Draft) -> dict[str, object]:
        for face, name in refused:
            if name is not None:
                draft.refuse(face.spot, draft.person(name))
        for cluster, leaving in sorted(strangers.items()):
            _cast_out(index, draft, require_subject(index, str(cluster)), leaving)
        names = sorted({name or f"group {face.cluster}" for face, name in refused})
        return {"name": ", ".join(names), "faces": len(refused)}

    return decide(index, Kind.REJECT, say, at_ns)


def _cast_out(index: Index, draft: Draft, group: Subject, leaving: Sequence[KnownFace]) -> None:
    """Each of these faces is somebody of their own, whom the others of the group are not."""
    gone = {face.id for face in leaving}
    for face in leaving:
        somebody = draft.somebody(groups.new_id(index.db))
        draft.name(face.spot, somebody)
        for other in group.faces:
            if other.id not in gone:
                draft.refuse(other.spot, somebody)


def ignore(index: Index, text: str, at_ns: int) -> Outcome:
    """Nobody wants to hear of a person or group, nor of who is like them.

    Raises:
        UsageError: no such person or group; nothing is written.
    """
    subject = require_subject(index, text)

    def say(draft: Draft) -> dict[str, object]:
        person = subject.person if subject.person is not None else draft.somebody(_number(subject))
        if not subject.is_named:
            take_in(index, draft, subject.faces, person)
        draft.ignore(person)
        return {"name": subject.called, "faces": len(subject.faces)}

    return decide(index, Kind.IGNORE, say, at_ns)


def notice(index: Index, text: str, at_ns: int) -> Outcome:
    """Somebody who was ignored is somebody again.

    Raises:
        UsageError: nobody of this name or number is ignored; nothing is written.
    """
    found = next((one for one in people.ignored_people(index.db) if text in (str(one.cluster), one.name)), None)
    if found is None:
        raise UsageError(f"Nobody called {text!r} is ignored. See who is: phototag ignored")

    def say(draft: Draft) -> dict[str, object]:
        draft.ignore(found.id, ignored=False)
        return {"name": found.called, "faces": found.faces}

    return decide(index, Kind.NOTICE, say, at_ns)


def not_a_face(index: Index, ids: Sequence[str], at_ns: int) -> Outcome:
    """What was found is no face: a statue, a poster, a tree; and so is what is like it.

    Raises:
        UsageError: no such face; nothing is written.
    """
    found = [require_face(index, text) for text in ids]

    def say(draft: Draft) -> dict[str, object]:
        for face in found:
            draft.no_face(face.spot)
        return {"faces": len(found)}

    return decide(index, Kind.NOT_A_FACE, say, at_ns)


def collage(index: Index, path: str, at_ns: int) -> Outcome:
    """One person may be on a photo more than once: a mirror, a collage, a picture in the picture.

    Raises:
        UsageError: no such photo; nothing is written.
    """
    photo = photo_hash(index, path)

    def say(draft: Draft) -> dict[str, object]:
        draft.collage(photo)
        return {"photo": path}

    return decide(index, Kind.COLLAGE, say, at_ns)


def _number(subject: Subject) -> int:
    assert subject.cluster is not None  # who has neither a name nor a number was not found
    return subject.cluster
