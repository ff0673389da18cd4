"""A person says who somebody is."""

from __future__ import annotations

import shlex
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from phototag.app.decide import Outcome, decide
from phototag.app.known import require_noticed
from phototag.core.names import name_key
from phototag.errors import UnknownError, UsageError
from phototag.index import faces, groups, people
from phototag.index.db import Index
from phototag.index.draft import Draft
from phototag.index.faces import Filter, KnownFace
from phototag.index.journal import Kind
from phototag.types import Source, Verdict

LONGEST_NAME = 100

JOINERS = "\u200c\u200d"
"""Unseen, but Persian and Indic names are written with them. Others hide in names, or turn a line round."""


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
        decision: its number, or None if the group was this person already.
        before: faces that a human had named so before.
        together: photos on which there are faces of both.
    """

    name: str
    faces: int
    photos: int
    auto_tagged: int
    auto_photos: int
    suggested: int
    decision: int | None
    before: int
    together: int


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
    before = _theirs(index, wanted)
    auto_before = {face.id for face in before if face.source is Source.AUTO}
    confirmed = [face for face in before if face.source is Source.HUMAN]
    outcome = name_faces(index, named, wanted, at_ns, cluster=cluster)
    theirs = _theirs(index, wanted)
    auto = [face for face in theirs if face.source is Source.AUTO and face.id not in auto_before]
    return NameReport(
        name=as_kept(index, wanted),
        faces=len(named),
        photos=len({face.photo for face in named}),
        auto_tagged=len(auto),
        auto_photos=len({face.photo for face in auto}),
        suggested=sum(face.source is Source.SUGGESTED for face in theirs),
        decision=outcome.decision,
        before=len(confirmed),
        together=len({face.photo for face in named} & {face.photo for face in confirmed}),
    )


def name_faces(
    index: Index,
    named: Sequence[KnownFace],
    name: str,
    at_ns: int,
    *,
    kind: Kind = Kind.NAME,
    cluster: int | None = None,
) -> Outcome:
    """Say that these faces are somebody.

    Args:
        index: open for writing.
        named: the faces. Whoever is called by a group's number and has one of them is the same person, with all faces.
        name: as `clean_name` returns it.
        at_ns: now, nanoseconds since the epoch.
        kind: as the history shall have it.
        cluster: the group that they are, for the history.

    Raises:
        UsageError: that person is ignored; nothing is written.
    """
    require_noticed(index, name)

    def say(draft: Draft) -> dict[str, object]:
        take_in(index, draft, named, draft.person(name))
        return {"name": as_kept(index, name), "faces": len(named), "cluster": cluster}

    return decide(index, kind, say, at_ns)


def take_in(index: Index, draft: Draft, named: Sequence[KnownFace], person: int) -> None:
    """Say that these faces are a person, and so whoever has no name and one of these faces."""
    for nameless in people.nameless_among(index.db, [face.id for face in named]):
        if nameless != person:
            draft.merge(nameless, person)
    for face in named:
        draft.name(face.spot, person)


def _theirs(index: Index, name: str) -> list[KnownFace]:
    """Faces that are, or may be, whoever has this name."""
    person = people.find_person(index.db, name)
    return faces.faces(index.db, Filter(person=person.id)) if person else []


def as_kept(index: Index, name: str) -> str:
    """A name as it was first typed, if somebody has it."""
    person = people.find_person(index.db, name)
    return person.name if person else name


def clean_name(text: str) -> str:
    """A name as it will be kept: single spaces, composed letters.

    Raises:
        UsageError: empty, too long, without a letter or digit, or with characters that cannot be shown.
    """
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if not name:
        raise UsageError("The name is empty. Nothing was changed; give one with a letter or a digit in it.")
    if len(name) > LONGEST_NAME:
        raise UsageError(
            f"The name has {len(name)} characters; {LONGEST_NAME} are enough for anybody. Nothing was changed."
        )
    if name.startswith("-"):
        raise UsageError(f"The name {name!r} begins as an option does. Nothing was changed; give another.")
    if any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn"} and c not in JOINERS for c in name):
        raise UsageError(
            f"The name {name!r} holds characters that cannot be shown. Nothing was changed; type it again."
        )
    if not any(c.isalnum() for c in name):
        raise UsageError(f"The name {name!r} has no letter and no digit. Nothing was changed; give another.")
    return name


def _unknown_faces(index: Index, cluster: int, name: str) -> list[KnownFace]:
    """The faces to be named; none if the group is this person already, so that saying it twice does no harm."""
    unknown, owner = groups.unknown_faces(index.db, cluster), groups.owner(index.db, cluster)
    if unknown and not (owner and name_key(owner) == name_key(name) and _is_refused(index, unknown, name)):
        return faces.faces(index.db, Filter(cluster=cluster, ids=unknown))
    if owner is None:
        require_noticed(index, str(cluster))
        raise UnknownError(f"There is no unknown group {cluster}. See which there are: phototag clusters")
    if name_key(owner) != name_key(name):
        raise UsageError(
            f"Group {cluster} is {owner} already. Nothing was changed. See them: phototag faces --person "
            f"{shlex.quote(owner)}. To call them something else: phototag rename {shlex.quote(owner)} NEW"
        )
    return []


def _is_refused(index: Index, ids: Sequence[str], name: str) -> bool:
    """Whether a human said of each of these faces that it is not the person of this name."""
    person = people.find_person(index.db, name)
    said = people.labels(index.db)
    refused = {x.face for x in said if person and x.person == person.id and x.verdict is Verdict.IS_NOT}
    return refused.issuperset(ids)
