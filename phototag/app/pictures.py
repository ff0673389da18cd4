"""Small pictures of faces and photos: those that are kept, or else made now and kept."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from phototag.core.geometry import to_upright
from phototag.errors import PhotoError
from phototag.index import faces, photos
from phototag.index.db import Index
from phototag.index.faces import Filter, KnownFace
from phototag.media import crops, images
from phototag.media.content import content_hash
from phototag.media.images import Picture
from phototag.media.thumbs import Kind, Thumb, Thumbs, file_name
from phototag.types import Face

THUMBS = "thumbs"

LARGE_SIDE = 1600
"""Pixels of the long side of a photo that fills a screen; as in a gallery."""


def thumbs(index: Index) -> Thumbs:
    """Where an index keeps its small pictures."""
    return Thumbs(index.folder / THUMBS)


def face_picture(index: Index, face: KnownFace) -> bytes | None:
    """A square picture of a face, a JPEG file of `crops.FACE_SIDE` pixels or fewer; None if its photo cannot be read.

    If it is missing, all that are missing of the faces on the photo are made at once: what takes long is to decode.
    """
    kept = thumbs(index)
    return kept.get(_of_face(face, face.orientation)) or _make_faces(index, kept, face)


def kept_face_picture(index: Index, face: str) -> bytes | None:
    """The same by the whole id of a face, if it was made before; also of what was said to be no face."""
    orientation = photos.turn_of_face(index.db, face)
    return None if orientation is None else thumbs(index).get(Thumb(Kind.FACE, face, orientation))


def photo_picture(index: Index, path: bytes) -> bytes | None:
    """A preview of a photo, upright, a JPEG file of `crops.PHOTO_SIDE` pixels or fewer; None if it cannot be read.

    Args:
        index: open for reading or writing.
        path: relative to the library.
    """
    known = photos.picture_at(index.db, path)
    if known is None:
        return None
    kept, thumb = thumbs(index), Thumb(Kind.PHOTO, *known)
    return kept.get(thumb) or _make_preview(index, kept, path, thumb)


def large_picture(index: Index, path: bytes) -> bytes | None:
    """A photo for a whole screen, upright, a JPEG file of LARGE_SIDE pixels or fewer, made anew; None as above."""
    known = photos.picture_at(index.db, path)
    picture = None if known is None else _decoded(index, path, *known, LARGE_SIDE)
    return None if picture is None else crops.preview(picture.pixels, LARGE_SIDE)


def read_picture(root: Path, path: bytes, photo: str, orientation: int, long_side: int) -> Picture:
    """A photo's pixels, of so many on its long side or more, as far as it has them.

    Args:
        root: of the library.
        path: in it.
        photo: hash of the picture that the last scan saw in this file.
        orientation: that the last scan knew, 1 to 8; holds if the file itself tells none.
        long_side: in pixels.

    Raises:
        PhotoError: it cannot be read, or the file holds another picture since the last scan.
    """
    try:
        data = (root / os.fsdecode(path)).read_bytes()
    except OSError as error:
        raise PhotoError(f"It cannot be read: {error.strerror or error}.") from error
    if content_hash(data) != photo:
        raise PhotoError("It has changed since the last scan.")
    return images.decode(data, long_side, name=path, turn=orientation)


def keep_crops(kept: Thumbs, found: Sequence[Face], orientation: int, cut: Sequence[bytes]) -> None:
    """Keep what a worker cut from a photo, for each face a picture or b"" for none."""
    for face, data in zip(found, cut, strict=True):
        if data:
            kept.put(Thumb(Kind.FACE, face.id, orientation), data)


def tidy(index: Index) -> None:
    """Remove the pictures of faces and photos that are not there any more, and those that are too many."""
    thumbs(index).keep_only(
        {
            Kind.FACE: {file_name(*face) for face in photos.shown_faces(index.db)},
            Kind.PHOTO: {file_name(*photo) for photo in photos.shown_photos(index.db)},
        }
    )


def _make_faces(index: Index, kept: Thumbs, wanted: KnownFace) -> bytes | None:
    on_photo = faces.faces(index.db, Filter(path=wanted.path))
    missing = [face for face in on_photo if face.id != wanted.id and not kept.has(_of_face(face, face.orientation))]
    missing.append(wanted)
    long_side = max(crops.long_side_for(face.box) for face in missing)
    picture = _decoded(index, wanted.path, wanted.photo, wanted.orientation, long_side)
    if picture is None:
        return None
    data = b""
    for face in missing:
        data = _make_face(kept, picture, face)
    return data


def _make_face(kept: Thumbs, picture: Picture, face: KnownFace) -> bytes:
    """Cut a face as the photo is turned now, which may not be as the last scan saw it."""
    orientation = picture.shown.orientation
    data = crops.face_crop(picture.pixels, to_upright(face.stored_box, orientation))
    kept.put(_of_face(face, orientation), data)
    return data


def _make_preview(index: Index, kept: Thumbs, path: bytes, thumb: Thumb) -> bytes | None:
    picture = _decoded(index, path, thumb.of, thumb.orientation, crops.PHOTO_SIDE)
    if picture is None:
        return None
    data = crops.preview(picture.pixels)
    kept.put(thumb._replace(orientation=picture.shown.orientation), data)
    return data


def _decoded(index: Index, path: bytes, photo: str, orientation: int, long_side: int) -> Picture | None:
    """A photo's pixels; None if it cannot be read, or the file holds another picture since the last scan."""
    try:
        return read_picture(index.root, path, photo, orientation, long_side)
    except PhotoError:
        return None


def _of_face(face: KnownFace, orientation: int) -> Thumb:
    return Thumb(Kind.FACE, face.id, orientation)
