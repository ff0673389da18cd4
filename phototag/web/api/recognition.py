"""The recogniser: enrol people by photos that are sent, say who is on one, and whether somebody is who they say."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from phototag.app import enrol as enrolling
from phototag.app import sentences
from phototag.app.annotation import annotate
from phototag.app.identify import Identified, Near, Sighting
from phototag.app.identify import identify as name_faces
from phototag.app.identify import verify as compare
from phototag.app.known import known_enrolments
from phototag.app.train import load_model
from phototag.web.api import models
from phototag.web.api.asking import Served, decided, now_ns, rounded
from phototag.web.library import Library
from phototag.web.recogniser import Recogniser

router = APIRouter(tags=["recognition"])

PHOTO: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A photo: the bytes of its file, of any format that phototag reads.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
"""For OpenAPI."""


Classifier = Annotated[
    str | None, Query(max_length=100, description="What `POST /jobs/train` kept, in place of the rule that tags.")
]


async def photo_of(request: Request) -> bytes:
    """The body, which the guard has read."""
    return await request.body()


async def recogniser_of(request: Request) -> Recogniser:
    """What recognises faces here."""
    recogniser: Recogniser = request.app.state.recogniser
    return recogniser


Sent = Annotated[bytes, Depends(photo_of)]
Known = Annotated[Recogniser, Depends(recogniser_of)]
Who = Annotated[str, Query(min_length=1, max_length=1_000, examples=["ann"])]


@router.post("/identify", operation_id="identify", openapi_extra=PHOTO)
async def identify(library: Served, recogniser: Known, photo: Sent, classifier: Classifier = None) -> models.Identified:
    """Who is on a photo, for every face; nothing is remembered."""
    found = await library.drawn(lambda: _identified(library, recogniser, photo, classifier))
    return models.Identified(width=found.width, height=found.height, faces=[_sighting(face) for face in found.faces])


@router.post(
    "/identify/picture",
    operation_id="identifyAndDraw",
    openapi_extra=PHOTO,
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}, "description": "The photo with boxes and names"}},
)
async def picture(library: Served, recogniser: Known, photo: Sent) -> Response:
    """The same, drawn on the photo."""
    drawn = await library.drawn(lambda: annotate(_identified(library, recogniser, photo)))
    return Response(drawn, media_type="image/jpeg")


@router.post("/verify", operation_id="verify", openapi_extra=PHOTO)
async def verify(library: Served, recogniser: Known, photo: Sent, name: Who) -> models.Verified:
    """Whether the face on a photo is somebody's."""

    def work() -> models.Verified:
        with library.reading() as index:
            gallery, eye = recogniser.gallery(index), recogniser.eye(index)
            found = compare(index, gallery, eye.look_at(photo), name)
        return models.Verified(
            person=found.person,
            match=found.is_match,
            distance=round(found.distance, 4),
            threshold=round(found.threshold, 4),
            threshold_from=found.origin,
            references=found.references,
            nearer=_guess(found.nearer),
            box=found.box,
            other_faces=found.others,
        )

    return await library.drawn(work)


@router.get("/enrolled", operation_id="listEnrolled")
def enrolled(library: Served) -> models.EnrolledPage:
    """Who is known by pictures that are no photos of the library."""
    with library.reading() as index:
        found = known_enrolments(index)
    return models.EnrolledPage(
        enrolled=[models.Enrolled(person=one.name, picture=one.photo, origin=one.origin) for one in found]
    )


@router.post("/enrolled", operation_id="enrol", openapi_extra=PHOTO)
async def enrol(library: Served, recogniser: Known, photo: Sent, name: Who) -> models.Decided:
    """Make somebody known by a photo; several make fewer of theirs missed."""

    def work() -> models.Decided:
        with library.reading() as index:
            eye = recogniser.eye(index)
        looked = eye.look_at(photo)  # before the index is held: it takes a while
        with library.writing() as index:
            outcome, others = enrolling.enrol_guest(index, eye, looked, name, now_ns())
        who = dict.fromkeys(outcome.words["names"], 1)
        more = " Several faces are on it; the largest was taken." if others else ""
        return decided(outcome, sentences.enrolled(who) + more, sentences.enrolled(who, is_new=False))

    return await library.drawn(work)


@router.post("/enrolled/remove", operation_id="unenrol")
def unenrol(library: Served, wish: models.Unenrolling) -> models.Decided:
    """Compare with somebody's enrolled pictures, or with single ones, no more."""
    with library.writing() as index:
        outcome = enrolling.unenrol(index, wish.who, now_ns())
    return decided(outcome, sentences.unenrolled(outcome.words))


def _identified(library: Library, recogniser: Recogniser, photo: bytes, classifier: str | None = None) -> Identified:
    with library.reading() as index:
        gallery, eye = recogniser.gallery(index), recogniser.eye(index)
        trained = None if classifier is None else load_model(index, classifier)
    return name_faces(gallery, eye.look_at(photo), trained)


def _sighting(face: Sighting) -> models.Sighting:
    return models.Sighting(
        box=face.box,
        place=face.place,
        score=round(face.score, 4),
        quality=face.quality,
        person=face.person,
        perhaps=face.perhaps,
        probability=rounded(face.probability),
        nearest=_guess(face.nearest),
        runner_up=_guess(face.runner_up),
    )


def _guess(near: Near | None) -> models.Guess | None:
    return None if near is None else models.Guess(person=near.person, distance=round(near.distance, 4))
