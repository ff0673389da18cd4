"""Questions worth asking: the next one is the one that settles the most faces."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from phototag.app.correct import refuse_faces
from phototag.app.decide import Outcome
from phototag.app.groups import guess
from phototag.app.known import KnownFace
from phototag.app.name import clean_name, name_faces
from phototag.app.sheets import write_rows
from phototag.errors import UnknownError, UsageError
from phototag.index import faces, groups, people
from phototag.index.db import Index
from phototag.index.faces import Filter
from phototag.index.groups import Waiting
from phototag.index.journal import Kind
from phototag.media.sheets import COLUMNS
from phototag.types import Verdict

PICTURE = "question.jpg"


class Answer(StrEnum):
    """What a person says to "Is this NAME?"."""

    YES = "yes"
    NO = "no"


ENOUGH = 95
"""Per cent of the faces that carry a name or are asked for: from there on, most questions are about single faces."""


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
        return _digest(*self.key)

    @property
    def photos(self) -> int:
        """How many photos the faces are on."""
        return len({face.photo for face in self.faces})


@dataclass(frozen=True, slots=True)
class Topic:
    """A question before its faces are looked at: enough to put all in order, and to look at one.

    Attributes:
        faces: ids, the best first.
        person, distance, cluster: as of a `Question`.
    """

    faces: tuple[str, ...]
    person: str | None
    distance: float | None
    cluster: int | None

    @property
    def id(self) -> str:
        """That of the question."""
        return _digest(self.person, sorted(self.faces))


@dataclass(frozen=True, slots=True)
class Agenda:
    """All that is open.

    Attributes:
        topics: the one that settles the most faces first; of equals the surer one.
        named: faces that carry a name, by a human or by a strong match.
    """

    topics: tuple[Topic, ...]
    named: int

    @property
    def faces(self) -> int:
        """How many are asked for; none is in two questions."""
        return sum(len(topic.faces) for topic in self.topics)

    @property
    def goal(self) -> int:
        """How many faces have to be settled: ENOUGH per cent of those that carry a name or are asked for."""
        return _goal(ENOUGH, self.named + self.faces)

    @property
    def answers_left(self) -> int:
        """How many questions, the largest first, until ENOUGH of the faces are settled."""
        return answers_left(self.named, [len(topic.faces) for topic in self.topics])

    def topic(self, wanted: str | None, skipped: Collection[str] = ()) -> Topic | None:
        """The one of this id, whatever was skipped; else the first that was not skipped; None if there is none."""
        asked = next((topic for topic in self.topics if topic.id == wanted), None)
        return asked or next(iter(self.following(None, skipped)), None)

    def following(self, topic: Topic | None, skipped: Collection[str] = ()) -> Iterable[Topic]:
        """Those that come when this one was answered or skipped, in their order."""
        passed = {*skipped, topic.id} if topic is not None else set(skipped)
        return (other for other in self.topics if other.id not in passed)


def answers_left(named: int, asked: Sequence[int], enough: int = ENOUGH) -> int:
    """The smallest number of answers that settles so much per cent of the faces.

    A face is settled if it carries a name, or if the question that asks for it was answered. Those that carry none and
    that no question asks for, such as strangers on one photo, do not count. It is an estimate: a name tags look-alikes,
    so that fewer are needed; after "no" the faces may be asked for again, so that more are.

    Args:
        named: faces that carry a name.
        asked: faces of each open question.
        enough: per cent, 0 to 100.

    Returns:
        0 where it is reached, or there are no faces.
    """
    missing = _goal(enough, named + sum(asked)) - named
    answers = 0
    for n in sorted(asked, reverse=True):
        if missing <= 0:
            break
        missing -= n
        answers += 1
    return answers


def _goal(enough: int, faces_: int) -> int:
    return -(-enough * faces_ // 100)


def questions(index: Index) -> list[Question]:
    """All open questions, the one that settles the most faces first; of equals the surer one.

    A group of unknown faces is one question, and so is each face alone that may be somebody.
    """
    return look(index, agenda(index).topics)


def agenda(index: Index) -> Agenda:
    """What is open, and how many faces carry a name already."""
    return Agenda(tuple(_topics(index)), faces.count_named(index.db))


def require_question(index: Index, wanted: str) -> Question:
    """The open question of this id.

    Raises:
        UnknownError: it is none any more.
    """
    topic = next((topic for topic in _topics(index) if topic.id == wanted), None)
    if topic is None:
        raise UnknownError("That is no question any more. Nothing was changed. Ask for the next one.")
    return look(index, [topic])[0]


def _topics(index: Index) -> list[Topic]:
    refused = _refused(index)
    topics = [_about(group, refused) for group in groups.waiting(index.db)]
    asked = {face for topic in topics for face in topic.faces}
    topics += [
        Topic((one.face,), one.person, one.distance, None)
        for one in faces.guesses(index.db)
        if one.face not in asked and not one.told_apart
    ]
    return sorted(topics, key=lambda t: (-len(t.faces), t.distance if t.distance is not None else 2.0, sorted(t.faces)))


def look(index: Index, topics: Iterable[Topic]) -> list[Question]:
    """The questions with their faces, and those to compare with."""
    topics = list(topics)
    best = faces.best_named(index.db, {topic.person for topic in topics if topic.person}, COLUMNS)
    wanted = Filter(ids=tuple(face for topic in topics for face in topic.faces))
    known = {face.id: face for face in faces.faces(index.db, wanted)}
    return [
        Question(
            tuple(known[face] for face in topic.faces),
            topic.person,
            topic.distance,
            topic.cluster,
            tuple(best[topic.person]) if topic.person else (),
        )
        for topic in topics
    ]


def _digest(person: str | None, ids: Sequence[str]) -> str:
    return hashlib.blake2b("\0".join([person or "", *ids]).encode(), digest_size=8).hexdigest()


def _about(group: Sequence[Waiting], refused: Collection[tuple[str, str]]) -> Topic:
    """The question about a group; faces of which a human said that they are not the person guessed are left out."""
    told = [(str(face.person), face.distance) for face in group if face.distance is not None]
    found, whole = guess(told, len(group)), tuple(face.face for face in group)
    if found is not None:
        left = tuple(face for face in whole if (face, found.person) not in refused)
        if left:
            return Topic(left, found.person, found.distance, group[0].cluster)
    return Topic(whole, None, None, group[0].cluster)


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
