"""Photos: found, looked at, and the files themselves."""

from __future__ import annotations

import os
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from phototag.app import correct, sentences
from phototag.app.decide import Index
from phototag.app.draw import draw as draw_face
from phototag.app.draw import pixels
from phototag.app.photographs import Photograph, Roll, all_photos, found_photos, original, path_of, photograph
from phototag.app.pictures import photo_picture
from phototag.web import pictures
from phototag.web.api import models
from phototag.web.api.asking import PAGE, Limit, Offset, PhotoId, QueryText, Served, decided, now_ns
from phototag.web.api.faces import face_model
from phototag.web.text import readable

router = APIRouter(tags=["photos"])

Within = Annotated[
    str | None, Query(max_length=10_000, description="The query whose list `previous` and `next` are of; else all.")
]


@router.get("/photos", operation_id="listPhotos")
def photos(library: Served, limit: Limit = PAGE, offset: Offset = 0) -> models.PhotoPage:
    """All pictures by path; one that lies in several files once."""
    with library.reading() as index:
        return _page(all_photos(index), limit, offset)


@router.get("/find", operation_id="findPhotos")
def find(library: Served, q: QueryText, limit: Limit = PAGE, offset: Offset = 0) -> models.PhotoPage:
    """The pictures that fit a query, by path. An error says at which character of the query."""
    with library.reading() as index:
        return _page(found_photos(index, q), limit, offset)


@router.get("/photos/{photo}", operation_id="getPhoto")
def one(library: Served, photo: PhotoId, q: Within = None) -> models.Photo:
    """One picture with its faces, and which are before and after it."""
    with library.reading() as index:
        found = photograph(index, photo)
        roll = all_photos(index) if q is None else found_photos(index, q)
        return _photo(index, found, *roll.beside(photo))


@router.get(
    "/photos/{photo}/picture", operation_id="pictureOfPhoto", response_class=Response, responses=pictures.RESPONSES
)
async def picture(request: Request, library: Served, photo: PhotoId) -> Response:
    """A preview, upright, a JPEG of 640 pixels or fewer."""

    def draw() -> bytes | None:
        with library.reading() as index:
            return photo_picture(index, path_of(index, photo))

    return pictures.jpeg(request, await library.drawn(draw))


@router.get("/photos/{photo}/file", operation_id="fileOfPhoto", response_class=Response, responses=pictures.RESPONSES)
def file(request: Request, library: Served, photo: PhotoId) -> Response:
    """The file itself, as it is on the disk; also parts of it (`Range`)."""
    with library.reading() as index:
        place, path = original(index, photo)
    return pictures.original(request, place, path)


@router.post("/photos/{photo}/collage", operation_id="collage")
def collage(library: Served, photo: PhotoId) -> models.Decided:
    """Say that a photo may show one person more than once. Groups are others with the next scan."""
    with library.writing() as index:
        outcome = correct.collage_at(index, path_of(index, photo), now_ns())
    return decided(outcome, sentences.collage(outcome.words))


@router.post("/photos/{photo}/faces", operation_id="drawFace")
def draw(library: Served, photo: PhotoId, wish: models.Drawing) -> models.Drawn:
    """Say that a face is somewhere on a photo. If one was found there, it is that one."""
    with library.writing() as index:
        path = path_of(index, photo)
        box = pixels(index, path, wish.place)
        drawing = draw_face(index, path, box, now_ns(), name=wish.name, instead=wish.instead)
    return models.Drawn(decision=drawing.outcome.decision, said=sentences.drawn(drawing), face=drawing.face)


@router.post("/photos/{photo}/present", operation_id="present")
def present(library: Served, photo: PhotoId, wish: models.Present) -> models.Decided:
    """Say that somebody is on a photo, though no face shows it."""
    with library.writing() as index:
        outcome = correct.present_at(index, wish.name, [path_of(index, photo)], now_ns())
    return decided(outcome, sentences.present(outcome.words))


@router.post("/photos/{photo}/absent", operation_id="absent")
def absent(library: Served, photo: PhotoId, wish: models.Present) -> models.Decided:
    """Say that somebody is not on a photo, of whom that was said."""
    with library.writing() as index:
        outcome = correct.present_at(index, wish.name, [path_of(index, photo)], now_ns(), is_there=False)
    return decided(outcome, sentences.absent(outcome.words), sentences.UNCHANGED)


def _page(roll: Roll, limit: int, offset: int) -> models.PhotoPage:
    entries = roll.some(offset, offset + limit)
    return models.PhotoPage(
        total=len(roll),
        query=roll.query,
        photos=[models.PhotoEntry(id=entry.id, path=str(readable(entry.path))) for entry in entries],
    )


def _photo(index: Index, found: Photograph, previous: str | None, following: str | None) -> models.Photo:
    shown = found.shown
    return models.Photo(
        id=found.id,
        paths=[os.fsdecode(path) for path in found.paths],
        copy_of=found.copy_of,
        size=(found.width, found.height),
        taken=shown.taken,
        taken_from=shown.taken_from,
        camera=shown.camera,
        place=shown.place,
        people=found.people,
        present=list(found.present),
        collage=found.is_collage,
        faces=[face_model(index, face, found.id) for face in found.faces],
        previous=previous,
        next=following,
    )
