"""Why a face carries a name, or none: the evidence, the rule that decided, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from phototag.app import tag
from phototag.app.evidence import Evidence, gather
from phototag.app.known import KnownFace, require_face
from phototag.core.linkage import NEAREST, distances_to_group
from phototag.core.matching import OFF, StrongLimits, score, strong_limit
from phototag.core.vectors import distances
from phototag.errors import UsageError
from phototag.index import faces, journal, people, photos
from phototag.index.db import Index
from phototag.index.faces import Filter
from phototag.types import Source, Verdict

if TYPE_CHECKING:
    from phototag.types import Vectors

CANDIDATES = 5
"""People that are told, the nearest first."""


class Rule(StrEnum):
    """What decided."""

    HUMAN = "human"
    NOBODY_KNOWN = "nobody known"
    NO_MATCH = "no match"
    DOUBT = "doubt"
    TAKEN = "taken"
    IGNORED = "ignored"
    STRONG = "strong"


_Ruling: TypeAlias = tuple[Rule, str, tuple[str, ...]]
"""What decided, in a sentence, and what would change it."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A named face that counted: its id, its photo, and how far it is."""

    face: str
    path: bytes
    distance: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody whom the face may be.

    Attributes:
        name: of the person.
        distance: mean over the references below.
        references: the nearest faces that a human gave this person.
    """

    name: str
    distance: float
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """All that went into one face's name.

    Attributes:
        face: with its name, group and quality.
        rule: what decided.
        because: the rule in a sentence.
        changes: what would change it, a sentence each.
        candidates: who it may be, the nearest first; those that a human ruled out are not among them.
        margin: by how much the runner-up is farther than the nearest; None without a runner-up.
        score: the nearest distance less the margin, as far as that counts; None where nobody is known.
        strong: up to which score a match tags by itself.
        possible: up to which it is worth a question.
        refused: whom a human ruled out.
        group_faces: how many faces its group has; 0 for none.
        group_distance: mean distance to the nearest others of its group, or None.
        is_weak: whether its quality or score is too low to found a group.
    """

    face: KnownFace
    rule: Rule
    because: str
    changes: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    margin: float | None
    score: float | None
    strong: float | None
    possible: float
    refused: tuple[str, ...]
    group_faces: int
    group_distance: float | None
    is_weak: bool


def why(index: Index, text: str) -> Why:
    """Explain one face.

    Args:
        index: open for reading.
        text: the face's id, or the beginning of it.

    Raises:
        UsageError: no such face, or one that has not been described yet.
    """
    face = require_face(index, text)
    known = gather(index)
    if known is None or not (face.is_drawn or face.id in set(known.faces)):
        raise UsageError(f"Face {face.id} is still to be described. Run: phototag scan {index.root}")
    return _Inquiry(index, known, face).answer()


class _Inquiry:
    def __init__(self, index: Index, known: Evidence, face: KnownFace) -> None:
        self.index, self.known, self.face = index, known, face
        self.names = people.names(index.db)
        self.rows = {id_: row for row, id_ in enumerate(known.faces)}
        self.vectors = photos.vectors_of(index.db, known.faces, known.space.dim)
        self.references, _ = tag.references_and_others(known)
        self.ruled_out = {person for id_, person in tag.refusals(known) if id_ == face.id}
        self.refused = sorted(self.ruled_out & people.with_name(index.db))

    def answer(self) -> Why:
        apart = self._people()
        nearest = sorted(apart, key=lambda person: (apart[person], person))
        limits = self.known.limits or StrongLimits(strong_limit(len(self.references), self.known.space.thresholds))
        thresholds = self.known.space.thresholds
        margin = apart[nearest[1]] - apart[nearest[0]] if len(nearest) > 1 else None
        runner_up = apart[nearest[1]] if len(nearest) > 1 else None
        judged = score(apart[nearest[0]], runner_up, thresholds) if nearest else None
        strong = limits.of(nearest[0]) if nearest else None
        verdict = self._verdict(nearest, judged, strong)
        mates, group_distance = self._group()
        return Why(
            face=self.face,
            rule=verdict[0],
            because=verdict[1],
            changes=verdict[2],
            candidates=tuple(self._candidate(person, apart[person]) for person in nearest[:CANDIDATES]),
            margin=margin,
            score=judged,
            strong=strong,
            possible=thresholds.possible,
            refused=tuple(sorted(self.names[person] for person in self.refused)),
            group_faces=mates,
            group_distance=group_distance,
            is_weak=self.face.quality < thresholds.weak_quality or self.face.score < thresholds.weak_score,
        )

    def _verdict(self, nearest: Sequence[int], judged: float | None, strong: float | None) -> _Ruling:
        """The rule, the sentence, and what would change it."""
        said = self._said()
        if self.face.is_drawn:
            return _drawn(said)
        if said is not None:
            return said
        if judged is None or strong is None:
            others = "Everybody who has a name was ruled out by you." if self.refused else "Nobody has a name yet."
            return Rule.NOBODY_KNOWN, others, ("Name a group: phototag clusters --sheets",)
        person, name = nearest[0], self.names[nearest[0]]
        if person in self.known.nameless or person in self.known.ignored:
            hidden = "has no name yet" if person in self.known.nameless else "is ignored"
            return Rule.NO_MATCH, f"It is like nobody who has a name: the nearest is {name}, who {hidden}.", ()
        if judged > max(self.known.space.thresholds.possible, strong):
            return self._too_far(name, judged)
        return self._in_doubt(name, judged, strong) if judged > strong else self._match(person, strong - judged)

    def _too_far(self, name: str, judged: float) -> _Ruling:
        nearer = judged - self.known.space.thresholds.possible
        return (
            Rule.NO_MATCH,
            f"It is like nobody who has a name: the nearest is {name}, and too far.",
            (f"A reference of {name} that is nearer by {nearer:.2f} would make it a question.", _more(name)),
        )

    def _in_doubt(self, name: str, judged: float, strong: float) -> _Ruling:
        would = f"A reference nearer by {judged - strong:.2f}, or a runner-up that much farther, would tag it."
        if strong == OFF:
            would = "Nobody is tagged by itself until a limit was measured: phototag evaluate --precision 0.995"
        return (
            Rule.DOUBT,
            f"It may be {name}, but that is not sure enough to tag by itself.",
            (
                would,
                f"Answer the question: phototag review. {_more(name)}",
            ),
        )

    def _match(self, person: int, spare: float) -> _Ruling:
        name, rival = self.names[person], self._rival(person)
        if any(self._is_itself(somebody) for somebody in self.known.nameless):
            return (
                Rule.DOUBT,
                f"It is like {name}; as you said who else it is one person with, you are asked about all of them.",
                (f"Answer the question: phototag review. {_more(name)}",),
            )
        if rival is not None:
            return (
                Rule.TAKEN,
                f"It is like {name}, but another face on this photo, {rival}, is {name} already.",
                (
                    "Nobody is on a photo twice. If this is a mirror or a collage: phototag collage PHOTO, "
                    "or answer the question: phototag review",
                ),
            )
        return (
            Rule.STRONG,
            f"It is {name}: near, and nobody else is nearly as near.",
            (
                f"It would be a question if it were {spare:.2f} farther, or somebody else that much nearer.",
                f"You can say that it is not {name}: phototag reject {self.face.id}",
            ),
        )

    def _said(self) -> _Ruling | None:
        """What a human said of the face, or of one that it is like."""
        like = people.dismissal(self.index.db, self.face.id)
        if like is not None:
            return (
                Rule.IGNORED,
                f"It is like {like.like}, which you dismissed: {like.distance:.2f} away.",
                (
                    f"If it is somebody: phototag move {self.face.id} --to NAME. "
                    f"If it only is not like that: phototag reject {self.face.id}",
                ),
            )
        decision = journal.decision_on(self.index.db, self.face.id)
        if decision is None and self.face.ignored:
            return (
                Rule.IGNORED,
                "It is in the group of somebody whom you ignore.",
                (f"If it is somebody else: phototag reject {self.face.id}, or phototag move {self.face.id} --to NAME",),
            )
        if decision is None or not (self.face.ignored or self.face.source is Source.HUMAN):
            return None
        number, at_ns = decision
        when = datetime.fromtimestamp(at_ns / 1e9).strftime("%Y-%m-%d %H:%M")
        if self.face.ignored:
            return (
                Rule.IGNORED,
                "You do not want to hear of this person.",
                ("See whom you ignore, and take them back: phototag ignored",),
            )
        return (
            Rule.HUMAN,
            f"You said that this is {self.face.person} (decision {number}, {when}).",
            ("Nothing but another word of yours: the machine never overrules you.",),
        )

    def _people(self) -> dict[int, float]:
        """Person -> distance, without those who were ruled out and without the face itself."""
        if self.face.is_drawn:
            return {}
        mine = self._vector()
        found = {}
        for person, rows in self.references.items():
            others = [row for row in rows if self.known.faces[row] != self.face.id]
            if others and person not in self.ruled_out and not self._is_itself(person):
                found[person] = float(distances_to_group(distances(mine, self.vectors[others]))[0])
        return found

    def _is_itself(self, person: int) -> bool:
        """Whether this is somebody without a name who has the face."""
        mine = {x.person for x in self.known.labels if x.face == self.face.id and x.verdict is Verdict.IS}
        return person in mine and person in self.known.nameless

    def _candidate(self, person: int, distance: float) -> Candidate:
        rows = [row for row in self.references[person] if self.known.faces[row] != self.face.id]
        apart = distances(self._vector(), self.vectors[rows])[0].tolist()
        nearest = sorted(zip(apart, (self.known.faces[row] for row in rows), strict=True))[:NEAREST]
        paths = self._paths([face for _, face in nearest])
        references = tuple(Reference(face, paths.get(face, b""), apart_) for apart_, face in nearest)
        return Candidate(self.names[person], distance, references)

    def _rival(self, person: int) -> str | None:
        """Another face on the photo that is this person by a human's word or by a match."""
        here = faces.faces(self.index.db, Filter(path=self.face.path, person=person))
        return next((f.id for f in here if f.id != self.face.id and f.source in (Source.HUMAN, Source.AUTO)), None)

    def _group(self) -> tuple[int, float | None]:
        if self.face.cluster is None:
            return 0, None
        mates = [f.id for f in faces.faces(self.index.db, Filter(cluster=self.face.cluster))]
        rows = [self.rows[mate] for mate in mates if mate in self.rows and mate != self.face.id]
        if not rows:
            return len(mates), None
        return len(mates), float(distances_to_group(distances(self._vector(), self.vectors[rows]))[0])

    def _paths(self, ids: Sequence[str]) -> Mapping[str, bytes]:
        return {f.id: f.path for f in faces.faces(self.index.db, Filter(ids=tuple(ids)))}

    def _vector(self) -> Vectors:
        return self.vectors[[self.rows[self.face.id]]]


def _drawn(said: _Ruling | None) -> _Ruling:
    """Of a face that no detector found: nothing can be like it."""
    drew = "You drew it, or a program did whose word you took over: no face was found there, and it is like nothing."
    because, changes = ("", ()) if said is None else (f"{said[1]} ", said[2])
    return Rule.HUMAN, because + drew, changes


def _more(name: str) -> str:
    return f"Name more photos of {name}, best such as this one."
