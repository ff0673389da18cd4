"""A photo with boxes and names on the faces, as `identify` found them."""

from __future__ import annotations

from phototag.app.identify import Identified, Sighting
from phototag.media.annotated import KNOWN, PERHAPS, UNKNOWN, Mark, annotated


def annotate(found: Identified) -> bytes:
    """Draw; a JPEG file of the size at which the photo was looked at."""
    return annotated(found.guest.picture.pixels, [_mark(face) for face in found.faces])


def _mark(face: Sighting) -> Mark:
    if face.person is not None:
        return Mark(face.place, face.person, KNOWN)
    if face.perhaps is not None:
        return Mark(face.place, f"{face.perhaps}?", PERHAPS)
    return Mark(face.place, "not known", UNKNOWN)
