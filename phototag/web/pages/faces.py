"""Many faces of one: the page of a person, and that of an unknown group."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query, Request
from fastapi.responses import HTMLResponse

from phototag.app.groups import glances, unknown_numbers
from phototag.app.known import known_people, require_noticed, require_person
from phototag.app.portraits import by_year, covers, faces_called, photos_of, portfolio, some_of
from phototag.errors import UnknownError
from phototag.web.api.asking import Number, Served
from phototag.web.pages import drawing
from phototag.web.pages.drawing import drawn
from phototag.web.pages.people import Page

router = drawing.router()

FACES = 300
"""On one page, at most: 100 kB of HTML, and few enough to look at."""


@router.get("/person")
def person(
    request: Request, library: Served, name: Annotated[str, Query(max_length=1_000)], page: Page = 1
) -> HTMLResponse:
    """Somebody's faces: first those that may be theirs, then by year."""
    with library.reading() as index:
        require_noticed(index, name)
        wanted = require_person(index, name).name
        people = known_people(index)
        found = portfolio(index, wanted)
        pages = max(-(-len(found.sure) // FACES), 1)
        page = min(page, pages)
        sure = some_of(index, found.sure, (page - 1) * FACES, page * FACES)
        unsure = some_of(index, found.unsure, 0, FACES) if page == 1 else []
        cover = covers(index, [wanted]).get(wanted)
        years, on = by_year(index, sure), photos_of(index, [*unsure, *sure])
    return drawn(
        request,
        "person.html",
        person=next(one for one in people if one.name == wanted),
        cover=cover,
        unsure=unsure,
        n_unsure=len(found.unsure),
        years=years,
        on=on,
        page=page,
        pages=pages,
        names=[one.name for one in people],
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
