"""What was decided, and what could not be used."""

from __future__ import annotations

from itertools import groupby

from fastapi import Request
from fastapi.responses import HTMLResponse

from phototag.app.history import entries
from phototag.app.problems import listing
from phototag.web.api.asking import Served
from phototag.web.pages import drawing, words
from phototag.web.pages.drawing import drawn
from phototag.web.pages.people import Page

router = drawing.router()

DECISIONS = 100
"""On one page."""


@router.get("/history")
def history(request: Request, library: Served, page: Page = 1) -> HTMLResponse:
    """Every decision, the newest first, by day."""
    with library.reading() as index:
        found = entries(index)
    pages = max(-(-len(found) // DECISIONS), 1)
    page = min(page, pages)
    told = [(words.moment(entry.decision.at_ns), entry) for entry in found[(page - 1) * DECISIONS : page * DECISIONS]]
    days = [(day, list(of_day)) for day, of_day in groupby(told, key=lambda one: words.day(one[0]))]
    return drawn(request, "history.html", days=days, total=len(found), page=page, pages=pages)


@router.get("/problems")
def problems(request: Request, library: Served) -> HTMLResponse:
    """Files that could not be used, and what is passed over."""
    with library.reading() as index:
        found = listing(index)
    return drawn(request, "problems.html", problems=found.problems, passed_over=found.passed_over)
