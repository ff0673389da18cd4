"""What recognises faces for the server: the engine, loaded once, and everybody who is known, read once a change."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TypeVar

from phototag.app.decide import Index
from phototag.app.guests import Eye, open_eye
from phototag.app.identify import Gallery, open_gallery, state_of
from phototag.app.known import known_space
from phototag.settings import Settings
from phototag.types import Space
from phototag.workshop import workshop

T = TypeVar("T")


class Recogniser:
    """Loads nothing until it is asked."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._eye: Eye | None = None
        self._gallery: tuple[bytes, Gallery] | None = None

    def eye(self, index: Index) -> Eye:
        """What looks at photos as those of the index were looked at.

        Raises:
            EngineError: it cannot be loaded, or describes faces in another way.
        """
        space = known_space(index)
        with self._lock:
            if self._eye is None or not _fits(self._eye, space):
                self._eye = open_eye(workshop(self._settings, None, 1, None, _quiet), space)
            return self._eye

    def gallery(self, index: Index) -> Gallery:
        """Everybody who is known.

        Raises:
            UsageError: nobody is.
        """
        state = state_of(index)
        with self._lock:
            if state is None or self._gallery is None or self._gallery[0] != state:
                found = open_gallery(index)
                self._gallery = None if state is None else (state, found)
                return found
            return self._gallery[1]


def _fits(eye: Eye, space: Space | None) -> bool:
    return space is None or eye.engine.space.key == space.key


def _quiet(items: Iterable[T], *, label: str, total: int, unit: str) -> Iterable[T]:
    return items
