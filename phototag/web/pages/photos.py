"""Photos: one with its faces, and all that fit a query."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response
from fastapi.responses import HTMLResponse

from phototag.app.decide import Index
from phototag.app.draw import SMALLEST
from phototag.app.known import known_people
from phototag.app.photographs import Entry, all_photos, found_photos, path_of, photograph
from phototag.app.pictures import large_picture
from phototag.app.searches import Search, searches
from phototag.errors import LibraryError, WrongQueryError
from phototag.web import failures, pictures
from phototag.web.api.asking import Offset, PhotoId, Served
from phototag.web.api.photos import Within
from phototag.web.pages import drawing
from phototag.web.pages.drawing import drawn

router = drawing.router()

PHOTOS = 60
"""In a grid, until more is asked for."""


@router.get("/find")
def find(
    request: Request, library: Served, q: Annotated[str, Query(max_length=10_000)] = "", offset: Offset = 0
) -> HTMLResponse:
    """The photos that fit a query, or all."""
    error: WrongQueryError | None = None
    query, total, found = None, 0, list[Entry]()
    with library.reading() as index:
        try:
            roll = found_photos(index, q) if q.strip() else all_photos(index)
            query, total, found = roll.query, len(roll), roll.some(offset, offset + PHOTOS)
        except WrongQueryError as wrong:
            error = wrong
        names = [one.name for one in known_people(index)]
        saved, broken = _saved(index)
    return drawn(
        request,
        "find.html",
        200 if error is None else failures.status_of(error),
        q=q,
        query=query,
        error=error,
        total=total,
        photos=found,
        offset=offset,
        step=PHOTOS,
        names=names,
        saved=saved,
        broken=broken,
    )


def _saved(index: Index) -> tuple[list[Search], str | None]:
    """Saved searches, or why their file cannot be read."""
    try:
        return searches(index), None
    except LibraryError as error:
        return [], str(error)


@router.get("/photos/{photo}")
def photo(request: Request, library: Served, photo: PhotoId, q: Within = None) -> HTMLResponse:
    """A photo with its faces, and ways to the one before and after it."""
    with library.reading() as index:
        found = photograph(index, photo)
        roll = found_photos(index, q) if q else all_photos(index)
        before, after = roll.beside(photo)
        names = [one.name for one in known_people(index)]
    return drawn(
        request,
        "photo.html",
        photo=found,
        previous=before,
        next=after,
        q=q or None,
        names=names,
        least=SMALLEST,
    )


@router.get("/photos/{photo}/large")
async def large(request: Request, library: Served, photo: PhotoId) -> Response:
    """The picture on its page, upright, a JPEG of 1,600 pixels or fewer: no browser shows camera RAW, few HEIC."""

    def draw() -> bytes | None:
        with library.reading() as index:
            return large_picture(index, path_of(index, photo))

    return pictures.jpeg(request, await library.drawn(draw))
