"""Whom a command speaks of: a person by name, or a group by number."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from phototag.app.known import group_number, require_noticed, require_person
from phototag.errors import UnknownError, UsageError
from phototag.index import faces, groups, people
from phototag.index.db import Index
from phototag.index.faces import Filter, KnownFace


@dataclass(frozen=True, slots=True)
class Subject:
    """A person with a name, or a group of unknown faces.

    Attributes:
        cluster: the group's number; None for a person with a name.
        person: the person's id; None for a group of which nobody said that it is one person.
        called: the name, or "group 3".
        faces: all of theirs on photos that are there, tagged or in the group.
    """

    cluster: int | None
    person: int | None
    called: str
    faces: tuple[KnownFace, ...]

    @property
    def is_named(self) -> bool:
        """Whether it is a person with a name."""
        return self.cluster is None

    @property
    def typed(self) -> str:
        """As a person types it in a shell."""
        return shlex.quote(self.called) if self.cluster is None else str(self.cluster)

    @property
    def listing(self) -> str:
        """The command that lists the faces."""
        return f"phototag faces --{'person' if self.is_named else 'cluster'} {self.typed}"


def require_subject(index: Index, text: str) -> Subject:
    """Find a group by its number, or a person by name.

    Raises:
        UsageError: there is neither, or both, or the group is somebody already, or they are ignored.
    """
    number = group_number(text)
    unknown = groups.unknown_faces(index.db, number) if number is not None else ()
    person = people.find_person(index.db, text)
    if unknown and person is not None:
        raise UsageError(
            f"There are a group {number} and a person called {person.name!r}. Nothing was changed. Give the person "
            f"another name first: phototag rename {shlex.quote(person.name)} NAME"
        )
    require_noticed(index, text)
    if number is not None and unknown:
        return _group(index, number, unknown)
    if number is not None and person is None and groups.exists(index.db, number):
        raise UnknownError(_why_nobody(index, number))
    person = require_person(index, text)
    tagged = tuple(face for face in faces.faces(index.db, Filter(person=person.id)) if face.is_tagged)
    return Subject(None, person.id, person.name, tagged)


def _group(index: Index, number: int, unknown: tuple[str, ...]) -> Subject:
    found = faces.faces(index.db, Filter(cluster=number, ids=unknown))
    owners = people.nameless_among(index.db, unknown)
    return Subject(number, owners[0] if owners else None, f"group {number}", tuple(found))


def _why_nobody(index: Index, number: int) -> str:
    owner = groups.owner(index.db, number)
    if owner is not None:
        return f"Group {number} is {owner}. Use the name: {shlex.quote(owner)}"
    return f"There is no unknown face in group {number} any more. See the groups: phototag clusters"
