"""The map of faces: a page that its own script fills."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

from phototag.app.known import known_people
from phototag.web.api.asking import Served
from phototag.web.pages import drawing
from phototag.web.pages.drawing import drawn

router = drawing.router()


@router.get("/map")
def face_map(request: Request, library: Served) -> HTMLResponse:
    """Where faces lie, near to their like."""
    with library.reading() as index:
        names = [one.name for one in known_people(index)]
    return drawn(request, "map.html", names=names)
