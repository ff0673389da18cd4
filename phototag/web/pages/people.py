"""The first page: everybody with a name, and the groups that wait for one."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import HTMLResponse

from phototag.app.groups import glances
from phototag.app.known import ignored_people, known_people
from phototag.app.overview import overview
from phototag.app.portraits import covers, ignored_covers
from phototag.web.api.asking import Served
from phototag.web.pages import drawing
from phototag.web.pages.drawing import drawn

router = drawing.router()

GROUPS = 24
"""Unknown groups on a page: a screen or two, and each is a decision."""

Page = Annotated[int, Query(ge=1, le=1_000_000)]


@router.get("/ignored")
def ignored(request: Request, library: Served) -> HTMLResponse:
    """Of whom nobody wants to hear, those with most faces first."""
    with library.reading() as index:
        found = ignored_people(index)
        shown = ignored_covers(index, found)
    return drawn(request, "ignored.html", ignored=found, covers=shown)


@router.get("/")
def people(request: Request, library: Served, page: Page = 1) -> HTMLResponse:
    """Everybody with a name, and unknown groups, the largest first."""
    with library.reading() as index:
        known = known_people(index)
        found = covers(index, [person.name for person in known])
        comes_to = overview(index)
        pages = max(-(-comes_to.clusters // GROUPS), 1)
        page = min(page, pages)
        groups = glances(index, slice((page - 1) * GROUPS, page * GROUPS))
    return drawn(
        request,
        "people.html",
        people=known,
        covers=found,
        groups=groups,
        n_groups=comes_to.clusters,
        overview=comes_to,
        page=page,
        pages=pages,
    )
