"""How pages are drawn: templates that escape all they are given, two files beside them, and errors as pages.

The policy of the guard allows neither scripts nor styles within a page. So what a box needs to lie over a face is in
data attributes, and our script places it.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, PackageLoader, StrictUndefined

from phototag.errors import PhototagError, UnknownError
from phototag.web import failures, pictures
from phototag.web.jobs import Jobs
from phototag.web.library import Library
from phototag.web.pages import words

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
STATIC: Mapping[str, str] = {
    file.name: _TYPES[Path(file.name).suffix] for file in files(__package__).joinpath("static").iterdir()
}
"""Files beside the pages, and their media types."""


def drawn(request: Request, template: str, status: int = 200, **values: object) -> HTMLResponse:
    """A page."""
    library: Library = request.app.state.library
    jobs: Jobs = request.app.state.jobs
    known: dict[str, object] = {
        "read_only": library.read_only,
        "library": library.settings.library,
        "here": request.url.path,
        "q": None,
        "scan": jobs.running(),
    }
    text = _environment().get_template(template).render({**known, **values})
    return HTMLResponse(text.encode("utf-8", "replace"), status)


class PageRoute(APIRoute):
    """Answers with a page whatever goes wrong."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with errors drawn."""
        answer = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await answer(request)
            except PhototagError as error:
                return _failed(request, failures.status_of(error), str(error))
            except RequestValidationError:
                return _failed(request, HTTPStatus.NOT_FOUND, "There is no such page.")

        return answered


def router() -> APIRouter:
    """For the pages of a module; they are no part of the API."""
    return APIRouter(route_class=PageRoute, include_in_schema=False)


static = router()


@static.get("/static/{name}")
def file(request: Request, name: str) -> Response:
    """One of the files beside the pages."""
    if name not in STATIC:
        raise UnknownError(f"There is no file {name!r}.")
    return pictures.kept(request, (files(__package__) / "static" / name).read_bytes(), STATIC[name])


def _failed(request: Request, status: int, sentence: str) -> HTMLResponse:
    return drawn(request, "failed.html", status, sentence=sentence)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("phototag.web.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["words"] = words
    return environment
