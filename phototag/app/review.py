"""Questions worth asking: the next one is the one that settles the most faces."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from phototag.app.correct import refuse_faces
from phototag.app.decide import Outcome
from phototag.app.groups import UnknownGroup, unknown_groups
from phototag.app.known import KnownFace
from phototag.app.name import clean_name, name_faces
from phototag.app.sheets import write_rows
from phototag.errors import UsageError
from phototag.index import faces, people
from phototag.index.db import Index
from phototag.index.faces import Filter
from phototag.index.journal import Kind
from phototag.media.sheets import COLUMNS
from phototag.types import Verdict

PICTURE = "question.jpg"


class Answer(StrEnum):
    """What a person says to "Is this NAME?"."""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to ask about some faces that look like one person.

    Attributes:
        faces: all of them, the best first.
        person: "Is this PERSON?"; None for "Who is this?".
        distance: to that person, the median over the faces; None without one.
        cluster: the group that they are of, or None for a single face.
        references: of that person, to compare with: confirmed faces, the best first.
    """

    faces: tuple[KnownFace, ...]
    person: str | None
    distance: float | None
    cluster: int | None
    references: tuple[KnownFace, ...] = ()

    @property
    def key(self) -> tuple[str | None, tuple[str, ...]]:
        """Equal for the same question, asked again."""
        return self.person, tuple(sorted(face.id for face in self.faces))

    @property
    def id(self) -> str:
        """The key as 16 hex digits, for another process to answer by."""
        person, ids = self.key
        return hashlib.blake2b("\0".join([person or "", *ids]).encode(), digest_size=8).hexdigest()

    @property
    def photos(self) -> int:
        """How many photos the faces are on."""
        return len({face.photo for face in self.faces})


def questions(index: Index) -> list[Question]:
    """All open questions, the one that settles the most faces first; of equals the surer one.

    A group of unknown faces is one question, and so is each face alone that may be somebody.
    """
    refused = _refused(index)
    open_ = [_about(group, refused) for group in unknown_groups(index)]
    asked = {face.id for question in open_ for face in question.faces}
    open_ += [
        Question((face,), face.person, face.distance, None)
        for face in faces.faces(index.db, Filter(suggested=True))
        if face.id not in asked and not face.ignored
    ]
    best = faces.best_named(index.db, {q.person for q in open_ if q.person}, COLUMNS)
    open_.sort(key=lambda q: (-len(q.faces), q.distance if q.distance is not None else 2.0, q.key[1]))
    return [replace(q, references=tuple(best[q.person])) if q.person else q for q in open_]


def _about(group: UnknownGroup, refused: Collection[tuple[str, str]]) -> Question:
    """The question about a group; faces of which a human said that they are not the person guessed are left out."""
    guess = group.suggestion
    if guess is not None:
        left = tuple(face for face in group.faces if (face.id, guess.person) not in refused)
        if left:
            return Question(left, guess.person, guess.distance, group.id)
    return Question(group.faces, None, None, group.id)


def _refused(index: Index) -> set[tuple[str, str]]:
    """Face and name of whom a human said that it is not."""
    names = people.names(index.db)
    return {(x.face, names[x.person]) for x in people.labels(index.db) if x.verdict is Verdict.IS_NOT}


def answer(index: Index, question: Question, said: Answer, at_ns: int) -> Outcome:
    """Write down whether the faces are the person asked for, and tag by it at once.

    Raises:
        UsageError: the question was who it is; give a name.
    """
    if question.person is None:
        raise UsageError("The question is who this is. Answer with a name.")
    if said is Answer.YES:
        return name_faces(index, question.faces, question.person, at_ns, kind=Kind.CONFIRM)
    return refuse_faces(index, [(face, question.person) for face in question.faces], at_ns)


def is_somebody(index: Index, name: str) -> bool:
    """Whether somebody has this name already: a slip of the finger is nobody."""
    return people.find_person(index.db, name) is not None


def answer_name(index: Index, question: Question, name: str, at_ns: int) -> Outcome:
    """Write down who the faces are, and tag by it at once.

    Raises:
        UsageError: a name that is none; nothing is written.
    """
    return name_faces(index, question.faces, clean_name(name), at_ns, cluster=question.cluster)


def draw(index: Index, question: Question) -> Path:
    """Draw the faces, and the person's to compare with below them; returns the picture.

    Raises:
        LibraryError: the index's folder cannot be written.
    """
    rows = [(_title(question), question.faces)]
    if question.references:
        rows.append((f"{question.person}, as you said", question.references))
    return write_rows(index, PICTURE, rows)


def _title(question: Question) -> str:
    more = len(question.faces) - COLUMNS
    which = f", {COLUMNS} of {len(question.faces)}" if more > 0 else ""
    return f"Who is this{which}?" if question.person is None else f"Is this {question.person}{which}?"
