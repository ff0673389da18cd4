"""How a request gets an open index."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from phototag import wiring
from phototag.app.decide import Index
from phototag.app.known import Memory
from phototag.errors import LockedError
from phototag.settings import Settings

T = TypeVar("T")

WAIT_S = 3.0
"""How long a decision waits for another writer: a scan holds the index for minutes, a decision for less than that."""

DRAWING = 4
"""Pictures that are made at once: each may take 600 MB for a moment, and others shall still be answered."""


def _drawing() -> Executor:
    return ThreadPoolExecutor(DRAWING, thread_name_prefix="phototag-pictures")


@dataclass(frozen=True, slots=True)
class Library:
    """The library that is served. Every request opens the index for itself, so no two threads share a connection.

    Attributes:
        settings: whose library and index say where it is.
        wait_s: how long a decision waits for another writer.
        read_only: whether it is only shown.
    """

    settings: Settings
    wait_s: float = WAIT_S
    read_only: bool = False
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _drawing: Executor = field(default_factory=_drawing)
    _memory: Memory = field(default_factory=Memory)

    def reading(self) -> AbstractContextManager[Index]:
        """The index for reading: one state of it, whatever is written meanwhile.

        Raises:
            LibraryError, NewerIndexError: it cannot be read.
        """
        return wiring.reading(self.settings, self._memory)

    @contextmanager
    def writing(self) -> Iterator[Index]:
        """The index for writing, with the lock held; to be left by the thread that entered.

        Raises:
            LockedError: another writer still holds it, here or in another process.
            LibraryError, NewerIndexError: it cannot be written.
        """
        if not self._turn.acquire(timeout=self.wait_s):
            raise LockedError("Something else is being written just now. Nothing was changed. Try again in a moment.")
        try:
            with wiring.writing(self.settings, "serve", _unsaid, wait_s=self.wait_s) as index:
                yield index
        finally:
            self._turn.release()

    def writer(self) -> str | None:
        """Which other process writes the index just now, as a person reads it; None if none does, or only this one."""
        return wiring.writer(self.settings)

    async def drawn(self, make: Callable[[], T]) -> T:
        """What a function returns that opens photos; only a few of those run at once."""
        return await asyncio.get_running_loop().run_in_executor(self._drawing, make)


def _unsaid(_: str) -> None:
    """Nobody sits at a terminal to be told that there is something to wait for."""
