"""Pictures as answers: private, asked for again with an ETag, and never anything but a picture to a browser."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.responses import FileResponse

from phototag.errors import LibraryError
from phototag.web.text import readable

RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/*": {}}, "description": "The picture"},
    206: {"description": "A part of the file"},
    304: {"description": "It is as you have it"},
    416: {"description": "There is no such part"},
}
"""For OpenAPI."""

_PRIVATE = "private, no-cache"
"""Kept by the browser of whoever may see it, and asked for each time whether it is still so."""

_TYPES: Mapping[str, str] = {
    **dict.fromkeys((".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"), "image/jpeg"),
    **dict.fromkeys((".tif", ".tiff"), "image/tiff"),
    **dict.fromkeys((".heic", ".hif"), "image/heic"),
    **dict.fromkeys((".png", ".apng"), "image/png"),
    **dict.fromkeys((".jp2", ".j2k"), "image/jp2"),
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".bmp": "image/bmp",
    ".heif": "image/heif",
    ".avif": "image/avif",
    ".jxl": "image/jxl",
}
"""Extension -> media type; all others, such as camera RAW, are files to save."""

_UNKNOWN = "application/octet-stream"


def jpeg(request: Request, data: bytes | None) -> Response:
    """A JPEG file, or that it is as the browser has it.

    Raises:
        LibraryError: there is none.
    """
    if data is None:
        raise LibraryError("The photo cannot be read now, or has changed since the last scan. Scan again.")
    return kept(request, data, "image/jpeg")


def kept(request: Request, data: bytes, media_type: str) -> Response:
    """A file, or that it is as the browser has it."""
    tag = f'"{hashlib.blake2b(data, digest_size=16).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": _PRIVATE}
    if _has(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(data, media_type=media_type, headers=headers)


def original(request: Request, place: Path, path: bytes) -> Response:
    """A file of the library, or a part of it, or that it is as the browser has it.

    Raises:
        LibraryError: it cannot be read.
    """
    try:
        facts = place.stat()
    except OSError as error:
        raise LibraryError(f"The file cannot be read now: {error.strerror}.") from error
    tag = f'"{facts.st_size:x}-{facts.st_mtime_ns:x}"'
    headers = {"ETag": tag, "Cache-Control": _PRIVATE}
    if _has(request, tag):
        return Response(status_code=304, headers=headers)
    media_type = _TYPES.get(os.fsdecode(place.suffix).lower(), _UNKNOWN)
    return FileResponse(
        place,
        media_type=media_type,
        filename=str(readable(os.path.basename(path))),  # noqa: PTH119  # of bytes
        content_disposition_type="attachment" if media_type == _UNKNOWN else "inline",
        stat_result=facts,
        headers=headers,
    )


def _has(request: Request, tag: str) -> bool:
    """Whether the browser has this state of it, by If-None-Match."""
    known = request.headers.get("if-none-match", "")
    return tag in {each.strip().removeprefix("W/") for each in known.split(",")} or known.strip() == "*"
