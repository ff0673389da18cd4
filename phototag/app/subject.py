"""Whom a command speaks of: a person by name, or a group by number."""

from __future__ import annotations

from dataclasses import dataclass

from phototag.app.known import require_person
from phototag.errors import UsageError
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


def require_subject(index: Index, text: str) -> Subject:
    """Find a group by its number, or else a person by name.

    Raises:
        UsageError: there is neither, or the group is somebody already.
    """
    if text.isdecimal() and groups.exists(index.db, int(text)):
        return _group(index, int(text))
    person = require_person(index, text)
    tagged = tuple(face for face in faces.faces(index.db, Filter(person=person.id)) if face.is_tagged)
    return Subject(None, person.id, person.name, tagged)


def _group(index: Index, number: int) -> Subject:
    unknown = next((group for group in groups.unknown(index.db) if group.id == number), None)
    if unknown is None:
        owner = groups.owner(index.db, number)
        if owner is None:
            raise UsageError(
                f"There is no unknown face left in group {number}. See the groups: phototag clusters; "
                "whom you ignore: phototag ignored"
            )
        raise UsageError(f"Group {number} is {owner}. Use the name: {owner!r}")
    found = faces.faces(index.db, Filter(cluster=number, ids=unknown.faces))
    owners = people.nameless_among(index.db, unknown.faces)
    return Subject(number, owners[0] if owners else None, f"group {number}", tuple(found))
