"""The composition root of a scan. Apart from `wiring`, which all commands load: decoders take a while to load."""

from __future__ import annotations

from functools import partial

from phototag import wiring
from phototag.app.scan import Workshop
from phototag.media import darkroom, images
from phototag.media.darkroom import Darkroom
from phototag.settings import Settings
from phototag.types import Choice, Progress


def workshop(
    settings: Settings, engine: Choice | None, workers: int | None, max_megapixels: float | None, progress: Progress
) -> Workshop:
    """What a scan works with, as the user set it; None for what is usual."""
    n_workers = workers or wiring.default_workers()
    return Workshop(
        engine=engine,
        open_engine=partial(wiring.open_engine, settings, workers=n_workers),
        prepare=prepare,
        open_executor=partial(wiring.open_executor, start=darkroom.start),
        darkroom=open_darkroom(max_megapixels or images.MAX_MEGAPIXELS),
        workers=n_workers,
        progress=progress,
    )


def open_darkroom(max_megapixels: float = images.MAX_MEGAPIXELS) -> Darkroom:
    """Where the photos of a scan are opened."""
    return darkroom.Apart(max_megapixels)


def prepare(workers: int, photos: int) -> None:
    """Start what threads will need, while the engine is loaded; processes start it for themselves."""
    if photos <= wiring.FEW_PHOTOS:
        darkroom.start(min(workers, photos))
