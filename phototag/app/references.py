"""The pictures that people are enrolled by, described by the engine of the index."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace

from phototag.app.analyse import Analysis, Worker
from phototag.app.enrolment import ENROLLED, picture_file
from phototag.index import enrolled, photos
from phototag.index.db import Index, transaction
from phototag.media.darkroom import Darkroom
from phototag.types import Engine, PhotoFile


def undescribed(index: Index, space_id: int, of: Index | None = None) -> list[str]:
    """Pictures that are kept, and that nobody has described in this Space; those of another index if one is given."""
    wanted = enrolled.origins((of or index).db)
    known = photos.described_in(index.db, space_id, wanted)
    return sorted(photo for photo in wanted.keys() - known if picture_file(index.folder, photo).is_file())


def describe(index: Index, engine: Engine, darkroom: Darkroom, space_id: int, pictures: Iterable[str]) -> None:
    """Describe pictures that are kept, by this engine; one that cannot be read any more stays as it was."""
    worker = Worker(engine, index.folder / ENROLLED, darkroom)
    for photo in pictures:
        path = picture_file(index.folder, photo)
        status = path.stat()
        outcome = worker.analyse(PhotoFile(os.fsencode(path.name), status.st_size, status.st_mtime_ns))
        if isinstance(outcome, Analysis) and outcome.photo.hash == photo:
            plain = replace(outcome.photo, look=None)  # it is no copy of a photo, however like one it is
            with transaction(index.db):
                photos.record_photo(index.db, plain, status.st_size, outcome.faces, outcome.vectors, space_id)
