"""What is known of faces and people, for reading."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from phototag.core.names import name_key
from phototag.errors import UnknownError, UsageError
from phototag.index import faces, groups, people, spaces
from phototag.index.db import Index
from phototag.index.enrolled import Enrolment, enrolments
from phototag.index.faces import Filter, KnownFace
from phototag.index.memory import Memory
from phototag.index.people import IgnoredPerson, PersonCount
from phototag.types import Person, Space

__all__ = [
    "Enrolment",
    "FaceQuery",
    "IgnoredPerson",
    "KnownFace",
    "Memory",
    "PersonCount",
    "face_filter",
    "find_ignored",
    "group_number",
    "ignored_people",
    "known_enrolments",
    "known_faces",
    "known_people",
    "known_space",
    "nobody_called",
    "require_face",
    "require_faces",
    "require_noticed",
    "require_person",
    "require_photo",
    "some_faces",
]


@dataclass(frozen=True, slots=True)
class FaceQuery:
    """Which faces to list, as a person asks for them; None does not restrict.

    Attributes:
        photo: path relative to the library, or a path on the disk that lies in it.
        person: a name.
        cluster: the id of a group.
    """

    photo: str | None = None
    person: str | None = None
    cluster: int | None = None


def known_faces(index: Index, query: FaceQuery | None = None) -> list[KnownFace]:
    """List faces on photos that are there, by path and from left to right.

    Raises:
        UnknownError: nobody has that name, or there is no such photo or group.
    """
    return faces.faces(index.db, face_filter(index, query or FaceQuery()))


def some_faces(
    index: Index, query: FaceQuery, start: int, stop: int, source: str | None = None
) -> tuple[int, list[KnownFace]]:
    """How many faces `known_faces` would list, and those from one place in the list to another.

    Args:
        index: open.
        query: which faces.
        start: place of the first, from 0.
        stop: place after the last.
        source: only faces of which this says who they are ("human", "auto", "suggested"), or nobody does ("none").

    Raises:
        UnknownError: nobody has that name, or there is no such photo or group.
    """
    if query == FaceQuery() and source is None:
        return index.once(faces.count_faces), faces.part_of_all(index.db, start, stop)
    found = faces.listed(index.db, face_filter(index, query))
    if source is not None:
        found = [face for face in found if (face.source or "none") == source]
    return len(found), faces.part(index.db, found, start, stop)


def face_filter(index: Index, query: FaceQuery) -> Filter:
    """Which faces are asked for, as the index says it.

    Raises:
        UnknownError: nobody has that name, or there is no such photo or group.
    """
    path = None if query.photo is None else _path_in_library(index, query.photo)
    if query.cluster is not None and not groups.exists(index.db, query.cluster):
        raise UnknownError(f"There is no group {query.cluster}. See which there are: phototag clusters")
    person = None if query.person is None else require_person(index, query.person).id
    return Filter(path, person, query.cluster)


def known_people(index: Index) -> list[PersonCount]:
    """Everybody who has a name, the most photographed first."""
    return index.once(people.count_people)


def ignored_people(index: Index) -> list[IgnoredPerson]:
    """Whom nobody wants to hear of, those with most faces first."""
    return people.ignored_people(index.db)


def known_enrolments(index: Index) -> list[Enrolment]:
    """Who is enrolled, by name and where their pictures came from."""
    return enrolments(index.db)


def known_space(index: Index) -> Space | None:
    """What the vectors of this index live in; None before the first scan."""
    return spaces.current(index.db)


def require_person(index: Index, name: str) -> Person:
    """Look somebody up by name.

    Raises:
        UnknownError: nobody has that name; the message says who is known.
    """
    person = people.find_person(index.db, name)
    if person is not None:
        return person
    raise nobody_called(index, name)


def nobody_called(index: Index, name: str) -> UnknownError:
    """The error for a name that nobody has; it says who is known, those of a similar name first."""
    known = sorted(p.name for p in known_people(index))
    if group_number(name) is not None:
        return UnknownError(
            f"There is no group {group_number(name)}, and nobody is called so. See the groups: phototag clusters"
        )
    if not known:
        return UnknownError(
            f"Nobody is called {name!r}: nobody has a name yet. See the groups: phototag clusters --sheets"
        )
    near = _similar(name, known)
    listed = [*near, *(other for other in known if other not in near)][:10]
    more = ", ..." if len(known) > 10 else ""
    return UnknownError(f"Nobody is called {name!r}. Known: {', '.join(listed)}{more}. All: phototag people")


def _similar(name: str, known: Sequence[str]) -> list[str]:
    """Up to three of the names: those most similar, the most similar first."""
    spelled: dict[str, str] = {}
    for other in known:
        for key in (name_key(other), *name_key(other).split()):  # "ana" is near to "Anna Maria"
            spelled.setdefault(key, other)
    near = [spelled[key] for key in get_close_matches(name_key(name), spelled, n=6)]
    return list(dict.fromkeys(near))[:3]


def find_ignored(index: Index, text: str) -> IgnoredPerson | None:
    """Whoever is ignored and has this name, or is called by the number of this group; None if nobody is."""
    number = group_number(text)
    for one in people.ignored_people(index.db):
        if one.cluster == number if one.name is None else name_key(one.name) == name_key(text):
            return one
    return None


def require_noticed(index: Index, text: str) -> None:
    """Refuse to speak of somebody who is ignored.

    Raises:
        UsageError: whoever has this name or number is.
    """
    one = find_ignored(index, text)
    if one is not None:
        called = one.name or f"Group {one.cluster}"
        again = shlex.quote(one.name or str(one.cluster))
        raise UsageError(f"{called} is ignored. Nothing was changed. To hear of them again: phototag notice {again}")


def group_number(text: str) -> int | None:
    """The number of a group, typed as "3" or "group 3"; None if it is no such thing."""
    digits = text.strip().casefold().removeprefix("group ").strip()
    return int(digits) if digits.isdecimal() and len(digits) < 19 else None


def require_faces(index: Index, ids: Sequence[str]) -> list[KnownFace]:
    """Look several faces up; each is returned once.

    Raises:
        UsageError: see `require_face`.
    """
    return list({face.id: face for face in (require_face(index, text) for text in ids)}.values())


def require_face(index: Index, text: str) -> KnownFace:
    """Look a face up by its id, or by the beginning of it.

    Raises:
        UnknownError: there is no such face on a photo that is there.
        UsageError: several begin so.
    """
    wanted = text.strip().lower()
    ids = faces.ids_beginning(index.db, wanted) if wanted and wanted.isalnum() else []
    found = faces.faces(index.db, Filter(ids=tuple(ids))) if ids else []
    if len(found) == 1:
        return found[0]
    if found:
        some = ", ".join(face.id for face in found[:5])
        raise UsageError(f"{len(found)} faces begin with {text!r}: {some}. Give more of the id.")
    for said in (people.said_no_face(index.db, face) for face in ids):
        if said is not None:
            raise UnknownError(f"Face {text!r} is no face, as you said. To take that back: phototag undo {said}")
    raise UnknownError(f"There is no face {text!r}. See their ids: phototag faces")


def require_photo(index: Index, text: str) -> tuple[bytes, str]:
    """A photo's path in the library and its picture, by that path or by the path on the disk.

    Raises:
        UnknownError: the index knows no such photo.
    """
    path = _path_in_library(index, text)
    return path, faces.photo_at(index.db, path)


def _path_in_library(index: Index, text: str) -> bytes:
    """A photo's path as the index spells it.

    Raises:
        UnknownError: the index knows no such photo.
    """
    real, root = os.path.realpath(text), os.path.realpath(index.root) + os.sep
    inside = [real[len(root) :]] if os.path.exists(real) and real.startswith(root) else []
    for candidate in [*inside, text]:
        path = os.fsencode(candidate).replace(os.sep.encode(), b"/")
        if faces.is_known(index.db, path):
            return path
    raise UnknownError(f"The index knows no photo {text!r}. Give its path, or its path in the library {index.root}.")
