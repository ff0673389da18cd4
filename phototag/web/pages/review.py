"""One question after the other: is this Ann?"""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

from phototag.app import review as reviewing
from phototag.app.known import known_people
from phototag.app.portraits import photos_of
from phototag.app.review import ENOUGH
from phototag.web.api.asking import Served
from phototag.web.api.review import First, Skipped
from phototag.web.pages import drawing
from phototag.web.pages.drawing import drawn

router = drawing.router()

SHOWN = 9
"""Faces of a question: three rows of three; the page of the group has all."""


@router.get("/review")
def review(request: Request, library: Served, skip: Skipped = None, first: First = None) -> HTMLResponse:
    """The question that settles the most faces, and the pictures of the one after it for to fetch them meanwhile."""
    skipped = list(dict.fromkeys(skip or ()))
    with library.reading() as index:
        agenda = reviewing.agenda(index)
        topic = agenda.topic(first, skipped)
        after = next(iter(agenda.following(topic, skipped)), None)
        looked_at = reviewing.look(index, [one for one in (topic, after) if one is not None])
        on = photos_of(index, [face for one in looked_at for face in (*one.faces[:SHOWN], *one.references)])
        names = [one.name for one in known_people(index)]
    asked = looked_at[0] if topic is not None else None
    return drawn(
        request,
        "review.html",
        agenda=agenda,
        enough=ENOUGH,
        question=asked,
        following=looked_at[1] if len(looked_at) > 1 else None,
        shown=SHOWN,
        on=on,
        skipped=skipped[-999:],
        names=names,
    )
