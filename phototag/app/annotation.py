"""A photo with boxes and names on the faces, as `identify` found them."""

from __future__ import annotations

from pathlib import Path

from phototag.app.identify import Identified, Sighting
from phototag.errors import UsageError
from phototag.files import replace_file
from phototag.media.annotated import KNOWN, PERHAPS, UNKNOWN, Mark, annotated


def draw(found: Identified, target: Path) -> None:
    """Draw, and write a file, a PNG if it is called so, else a JPEG, in the place of one that may be there.

    Raises:
        UsageError: it cannot be written; what was there is untouched.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        replace_file(target, annotate(found, is_png=target.suffix.lower() == ".png"))
    except OSError as error:
        raise UsageError(f"Cannot write {target}: {error.strerror}.") from error


def annotate(found: Identified, *, is_png: bool = False) -> bytes:
    """Draw; a JPEG file, or a PNG, of the size at which the photo was looked at."""
    return annotated(found.guest.picture.pixels, [_mark(face) for face in found.faces], is_png=is_png)


def _mark(face: Sighting) -> Mark:
    if face.person is not None:
        return Mark(face.place, face.person, KNOWN)
    if face.perhaps is not None:
        return Mark(face.place, f"{face.perhaps}?", PERHAPS)
    return Mark(face.place, "not known", UNKNOWN)
