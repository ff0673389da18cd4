"""The server: all endpoints and pages, behind the guard."""

from __future__ import annotations

from fastapi import FastAPI

from phototag import __version__
from phototag.web import failures, scanning
from phototag.web.api import clusters, faces, history, jobs, maps, people, photos, recognition, review, searches, status
from phototag.web.api.asking import FAILURES
from phototag.web.guard import Gate, Guard
from phototag.web.jobs import Jobs
from phototag.web.library import Library
from phototag.web.pages import drawing, records
from phototag.web.pages import faces as faces_page
from phototag.web.pages import library as library_page
from phototag.web.pages import maps as maps_page
from phototag.web.pages import people as people_page
from phototag.web.pages import photos as photos_page
from phototag.web.pages import review as review_page
from phototag.web.recogniser import Recogniser
from phototag.web.scanning import Draw, Scan, Train

API = "/api/v1"
"""Where the API is. What is incompatible gets another number."""


def create_app(
    library: Library,
    guard: Guard,
    scan: Scan = scanning.apart,
    draw: Draw = scanning.draw_apart,
    train: Train = scanning.train_apart,
) -> FastAPI:
    """All of the server, for any ASGI server to run.

    Args:
        library: that is served.
        guard: who may come in.
        scan: how a scan is run.
        draw: how the map of faces is drawn.
        train: how a classifier is trained.
    """
    app = FastAPI(
        title="phototag",
        version=__version__,
        summary="Who is on your photos.",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,  # both load scripts from elsewhere
        redoc_url=None,
    )
    app.state.library, app.state.jobs = library, Jobs(library.settings, scan, draw, train)
    app.state.recogniser = Recogniser(library.settings)
    for part in (status, people, clusters, faces, photos, searches, review, history, maps, jobs, recognition):
        app.include_router(part.router, prefix=API, responses=FAILURES)
    app.include_router(drawing.static)
    for page in (people_page, review_page, faces_page, photos_page, maps_page, records, library_page):
        app.include_router(page.router)
    failures.answer_for(app)
    app.add_middleware(Gate, guard=guard)
    return app
