"""Questions worth asking, and their answers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import StringConstraints

from phototag.app import review as reviewing
from phototag.app import sentences
from phototag.app.decide import Index, Outcome
from phototag.app.review import Answer, Question
from phototag.errors import UsageError
from phototag.web.api import models
from phototag.web.api.asking import Served, decided, now_ns, rounded

router = APIRouter(tags=["review"])

QuestionId = Annotated[str, StringConstraints(pattern=models.QUESTION)]
Skipped = Annotated[list[QuestionId] | None, Query(max_length=1_000, description="Ids of questions not for now.")]
First = Annotated[QuestionId | None, Query(description="The id of a question to be asked again, if it is one.")]


@router.get("/review", operation_id="nextQuestion")
def question(library: Served, skip: Skipped = None, first: First = None) -> models.Review:
    """The question that settles the most faces."""
    with library.reading() as index:
        agenda = reviewing.agenda(index)
        topic = agenda.topic(first, skip or ())
        asked = reviewing.look(index, [] if topic is None else [topic])
    return models.Review(
        question=_question(asked[0]) if asked else None,
        questions=len(agenda.topics),
        faces=agenda.faces,
        named=agenda.named,
        left_to_95=agenda.answers_left,
    )


@router.post("/review", operation_id="answerQuestion")
def answer(library: Served, wish: models.Answering) -> models.Decided:
    """Answer a question that was asked; it must still be one."""
    with library.writing() as index:
        outcome = _answered(index, reviewing.require_question(index, wish.question), wish)
    said = sentences.rejected if wish.answer == "no" else sentences.moved
    return decided(outcome, said(outcome.words))


def _answered(index: Index, asked: Question, wish: models.Answering) -> Outcome:
    if wish.answer != "name":
        return reviewing.answer(index, asked, Answer(wish.answer), now_ns())
    if wish.name is None:
        raise UsageError("Who is it? Give a name. Nothing was changed.")
    return reviewing.answer_name(index, asked, wish.name, now_ns())


def _question(asked: Question) -> models.Question:
    return models.Question(
        id=asked.id,
        person=asked.person,
        distance=rounded(asked.distance),
        cluster=asked.cluster,
        photos=asked.photos,
        faces=[face.id for face in asked.faces],
        references=[face.id for face in asked.references],
    )
