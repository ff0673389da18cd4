"""Questions worth asking, and their answers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from phototag.app import review as reviewing
from phototag.app import sentences
from phototag.app.decide import Index, Outcome
from phototag.app.review import Answer, Question
from phototag.errors import UnknownError, UsageError
from phototag.web.api import models
from phototag.web.api.asking import Served, decided, now_ns, rounded

router = APIRouter(tags=["review"])

Skipped = Annotated[list[str] | None, Query(max_length=1_000, description="Ids of questions that are not for now.")]


@router.get("/review", operation_id="nextQuestion")
def question(library: Served, skip: Skipped = None) -> models.Review:
    """The question that settles the most faces."""
    with library.reading() as index:
        asked = reviewing.questions(index)
    best = next((one for one in asked if one.id not in (skip or ())), None)
    return models.Review(
        question=None if best is None else _question(best),
        questions=len(asked),
        faces=sum(len(one.faces) for one in asked),
    )


@router.post("/review", operation_id="answerQuestion")
def answer(library: Served, wish: models.Answering) -> models.Decided:
    """Answer a question that was asked; it must still be one."""
    with library.writing() as index:
        asked = next((one for one in reviewing.questions(index) if one.id == wish.question), None)
        if asked is None:
            raise UnknownError("That is no question any more. Nothing was changed. Ask for the next one.")
        outcome = _answered(index, asked, wish)
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
