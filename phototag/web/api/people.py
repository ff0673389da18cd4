"""People with a name, and whom nobody wants to hear of."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query

from phototag.app import correct, sentences
from phototag.app.known import ignored_people, known_people, require_noticed, require_person
from phototag.web.api import models
from phototag.web.api.asking import Served, decided, now_ns

router = APIRouter(tags=["people"])


@router.get("/people", operation_id="listPeople")
def people(library: Served) -> models.People:
    """Everybody with a name, the most photographed first."""
    with library.reading() as index:
        return models.People(people=[models.Person(**asdict(person)) for person in known_people(index)])


@router.get("/person", operation_id="getPerson")
def person(library: Served, name: Annotated[str, Query(max_length=1_000, examples=["ann"])]) -> models.Person:
    """One person by name, in any capitals. Their faces and photos: `/faces?person=`, `/find?q=`."""
    with library.reading() as index:
        require_noticed(index, name)
        wanted = require_person(index, name)
        found = next(one for one in known_people(index) if one.name == wanted.name)
    return models.Person(**asdict(found))


@router.post("/people/rename", operation_id="renamePerson")
def rename(library: Served, wish: models.Renaming) -> models.Decided:
    """Call a person something else."""
    with library.writing() as index:
        outcome = correct.rename(index, wish.name, wish.new, now_ns())
    before = f"{outcome.words['name']} is called so already."
    return decided(outcome, sentences.renamed(outcome.words), before)


@router.post("/people/merge", operation_id="mergePeople")
def merge(library: Served, wish: models.Merging) -> models.Decided:
    """Say that people or groups are one person: the first with a name takes the others in."""
    with library.writing() as index:
        outcome = correct.merge(index, wish.who, now_ns())
    return decided(outcome, sentences.merged(outcome.words), "They are one already.")


@router.post("/people/ignore", operation_id="ignorePerson")
def ignore(library: Served, wish: models.Subject) -> models.Decided:
    """Hear no more of a person or group, nor of who looks like them."""
    with library.writing() as index:
        outcome = correct.ignore(index, wish.who, now_ns())
        alike = correct.count_alike(index, outcome)
    return decided(outcome, sentences.ignored(outcome.words, alike), sentences.UNCHANGED)


@router.post("/people/notice", operation_id="noticePerson")
def notice(library: Served, wish: models.Subject) -> models.Decided:
    """Hear again of somebody who was ignored."""
    with library.writing() as index:
        outcome = correct.notice(index, wish.who, now_ns())
    return decided(outcome, sentences.noticed(outcome.words), sentences.UNCHANGED)


@router.get("/ignored", operation_id="listIgnored")
def ignored(library: Served) -> models.Ignored:
    """Whom nobody wants to hear of, those with most faces first."""
    with library.reading() as index:
        found = ignored_people(index)
    return models.Ignored(
        ignored=[
            models.IgnoredPerson(
                name=one.name, cluster=one.cluster, called=one.called, faces=one.faces, alike=one.alike
            )
            for one in found
        ]
    )
