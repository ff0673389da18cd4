"""Many faces of one: the page of a person, and that of an unknown group."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Path, Query, Request
from fastapi.responses import HTMLResponse

from phototag.app import splits
from phototag.app.groups import glances, unknown_numbers
from phototag.app.known import KnownFace, known_people, require_noticed, require_person
from phototag.app.portraits import by_year, covers, faces_called, photos_of, portfolio, some_of
from phototag.app.subject import require_subject
from phototag.app.suspects import suspects
from phototag.errors import UnknownError, UsageError
from phototag.web.api.asking import Number, Served
from phototag.web.pages import drawing
from phototag.web.pages.drawing import drawn
from phototag.web.pages.people import Page

router = drawing.router()

SAMPLE = 24
"""Faces of a part that is shown, at most: enough to see who it is."""

FACES = 300
"""On one page, at most: 100 kB of HTML, and few enough to look at."""


SUSPECTS = 24
"""Automatic tags to look at, at most: a look, not a task. Who says that they are right sees the next."""


@router.get("/person")
def person(
    request: Request, library: Served, name: Annotated[str, Query(max_length=1_000)], page: Page = 1
) -> HTMLResponse:
    """Somebody's faces: first those that may be theirs, then tags that are least sure, then by year."""
    with library.reading() as index:
        require_noticed(index, name)
        who = require_person(index, name)
        wanted = who.name
        people = known_people(index)
        found = portfolio(index, wanted)
        doubtful = suspects(index, who)[:SUSPECTS]
        certain = [face for face in found.sure if face.id not in doubtful]
        pages = max(-(-len(certain) // FACES), 1)
        page = min(page, pages)
        sure = some_of(index, certain, (page - 1) * FACES, page * FACES)
        unsure = some_of(index, found.unsure, 0, FACES) if page == 1 else []
        cover = covers(index, [wanted]).get(wanted)
        least = faces_called(index, doubtful) if page == 1 else []
        years, on = by_year(index, sure), photos_of(index, [*unsure, *least, *sure])
    return drawn(
        request,
        "person.html",
        person=next(one for one in people if one.name == wanted),
        cover=cover,
        unsure=unsure,
        n_unsure=len(found.unsure),
        suspects=least,
        years=years,
        on=on,
        page=page,
        pages=pages,
        names=[one.name for one in people],
    )


@router.get("/split")
def split(request: Request, library: Served, who: Annotated[str, Query(max_length=1_000)]) -> HTMLResponse:
    """How the faces of a person or group fall apart, and a way to say who each part is."""
    parts: tuple[tuple[KnownFace, ...], ...] = ()
    with library.reading() as index:
        subject = require_subject(index, who)
        stay = subject.faces
        with suppress(UsageError):  # they hold together
            proposal = splits.propose(index, subject)
            stay, parts = proposal.stay, proposal.leave
        shown = [face for part in (stay, *parts) for face in part[:SAMPLE]]
        on = photos_of(index, shown)
        names = [one.name for one in known_people(index)]
    return drawn(
        request,
        "split.html",
        subject=subject,
        back=f"/groups/{subject.cluster}" if subject.cluster else f"/person?{urlencode({'name': subject.called})}",
        stay=stay,
        parts=parts,
        sample=SAMPLE,
        on=on,
        names=names,
    )


@router.get("/groups/{number}")
def group(request: Request, library: Served, number: Annotated[Number, Path()], page: Page = 1) -> HTMLResponse:
    """The faces of an unknown group, the best first, and a field for their name."""
    with library.reading() as index:
        numbers = unknown_numbers(index)
        if number not in numbers:
            raise UnknownError(f"There is no unknown group {number} any more: it has a name now, or is ignored.")
        at = numbers.index(number)
        (found,) = glances(index, slice(at, at + 1))
        names = [one.name for one in known_people(index)]
        pages = max(-(-len(found.faces) // FACES), 1)
        page = min(page, pages)
        shown = faces_called(index, found.faces[(page - 1) * FACES : page * FACES])
        on = photos_of(index, shown)
    return drawn(
        request,
        "group.html",
        group=found,
        faces=shown,
        on=on,
        page=page,
        pages=pages,
        names=names,
        previous=numbers[at - 1] if at else None,
        next=numbers[at + 1] if at + 1 < len(numbers) else None,
    )
