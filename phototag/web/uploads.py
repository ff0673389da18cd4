"""Photos that are sent to be looked at: how large they may be, how many at once, and which of them change something.

They are never written to a file; a picture of an enrolled face is kept with the index.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from phototag.web.bodies import MOST_BYTES, BodyError

MOST_PHOTO_BYTES = 64_000_000
"""Of one photo: camera RAW of 60 megapixels has 60 MB. Its megapixels are limited as in a scan."""

PHOTO_SECONDS = 120.0
"""In which it has to be here."""

AT_ONCE = 4
"""Photos that are received and looked at, at most; others are asked to come again, so that memory stays bounded."""

IDENTIFY, DRAW, VERIFY, ENROL = "/api/v1/identify", "/api/v1/identify/picture", "/api/v1/verify", "/api/v1/enrolled"

UPLOADS: Mapping[str, bool] = {IDENTIFY: False, DRAW: False, VERIFY: False, ENROL: True}
"""Where a body is a photo -> whether that changes something."""


def most_bytes(path: str) -> int:
    """Of a body that is sent there."""
    return MOST_PHOTO_BYTES if path in UPLOADS else MOST_BYTES


def seconds(path: str) -> float | None:
    """In which a body that is sent there has to be here; None for what is usual."""
    return PHOTO_SECONDS if path in UPLOADS else None


def is_question(path: str) -> bool:
    """Whether a body that is sent there only asks."""
    return not UPLOADS.get(path, True)


class Waiting:
    """Lets few uploads in at once."""

    def __init__(self) -> None:
        self._inside = 0

    @asynccontextmanager
    async def turn(self, path: str) -> AsyncIterator[None]:
        """Be one of them, if it is an upload.

        Raises:
            BodyError: there are too many.
        """
        if path not in UPLOADS:
            yield
            return
        if self._inside >= AT_ONCE:
            raise BodyError(503, f"{AT_ONCE} photos are being looked at already. Send it again in a moment.")
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1
