"""A person says who somebody is."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from phototag.app import evidence, export, tag
from phototag.errors import UsageError
from phototag.index import faces, groups, journal, people
from phototag.index.db import Index, transaction
from phototag.index.faces import Filter
from phototag.index.journal import Decision, LabelledFace, NameFaces
from phototag.types import Source

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class NameReport:
    """What a name came to.

    Attributes:
        name: as the person is called from now on.
        faces: named by this decision.
        photos: on which those are.
        auto_tagged: other faces that carry the name from now on because they look alike.
        auto_photos: on which those are.
        suggested: faces that may be the same person, to be asked.
    """

    name: str
    faces: int
    photos: int
    auto_tagged: int
    auto_photos: int
    suggested: int


def name_cluster(index: Index, cluster: int, name: str, at_ns: int) -> NameReport:
    """Name the faces of an unknown group, and tag look-alikes at once.

    Args:
        index: open for writing.
        cluster: the group's id. If it is this person already, tags are only brought up to date.
        name: of a new or a known person, in any capitals.
        at_ns: now, nanoseconds since the epoch.

    Raises:
        UsageError: no such group, nobody unknown in it, or a name that is none; nothing is written.
    """
    wanted = clean_name(name)
    named = _unknown_faces(index, cluster, wanted)
    before = _auto_tagged(index, wanted)
    record(index, NameFaces(wanted, tuple(LabelledFace(f.id, f.photo, f.stored_box) for f in named)), at_ns)
    person = people.find_person(index.db, wanted)
    theirs = faces.faces(index.db, Filter(person=person.id)) if person else []
    auto = [face for face in theirs if face.source is Source.AUTO and face.id not in before]
    return NameReport(
        name=person.name if person else wanted,
        faces=len(named),
        photos=len({face.photo for face in named}),
        auto_tagged=len(auto),
        auto_photos=len({face.photo for face in auto}),
        suggested=sum(face.source is Source.SUGGESTED for face in theirs),
    )


def record(index: Index, decision: Decision, at_ns: int) -> None:
    """Write a decision down, unless it speaks of no face, and tag by it at once."""
    if decision.faces:
        with transaction(index.db, durable=True):
            journal.decide(index.db, decision, at_ns)
    known = evidence.gather(index)
    if known is not None:
        tag.retag(index, known)
    export.write_tags(index)


def _auto_tagged(index: Index, name: str) -> set[str]:
    """Faces that carried this name by themselves before."""
    person = people.find_person(index.db, name)
    theirs = faces.faces(index.db, Filter(person=person.id)) if person else []
    return {face.id for face in theirs if face.source is Source.AUTO}


def clean_name(text: str) -> str:
    """A name as it will be kept: single spaces, composed letters.

    Raises:
        UsageError: empty, too long, without a letter or digit, or with characters that cannot be shown.
    """
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if not name:
        raise UsageError("The name is empty. Give one: --as NAME")
    if len(name) > LONGEST_NAME:
        raise UsageError(f"The name has {len(name)} characters; {LONGEST_NAME} are enough for anybody.")
    if any(unicodedata.category(c) in {"Cc", "Cs", "Co", "Cn"} for c in name):
        raise UsageError(f"The name {name!r} holds characters that cannot be shown. Type it again.")
    if not any(c.isalnum() for c in name):
        raise UsageError(f"The name {name!r} has no letter and no digit.")
    return name


def _unknown_faces(index: Index, cluster: int, name: str) -> list[faces.KnownFace]:
    """The faces to be named; none if the group is this person already, so that saying it twice does no harm."""
    for unknown in groups.unknown(index.db, cluster):
        return faces.faces(index.db, Filter(ids=unknown.faces))
    owner = groups.owner(index.db, cluster)
    if owner is None:
        raise UsageError(f"There is no unknown group {cluster}. See which there are: phototag clusters")
    if journal.name_key(owner) != journal.name_key(name):
        raise UsageError(f"Group {cluster} is {owner} already. See them: phototag faces --person {owner!r}")
    return []
