"""What was counted in one state of an index, so that the next page need not count it again."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Remembered:
    """What was counted in one state of an index. Of threads that ask at once, one counts and the others wait."""

    def __init__(self) -> None:
        self._turns: dict[Hashable, threading.Lock] = defaultdict(threading.Lock)
        self._found: dict[Hashable, Any] = {}

    def once(self, what: Hashable, count: Callable[[], T]) -> T:
        """What was counted under this name, or what is counted now."""
        if what not in self._found:
            with self._turns[what]:
                if what not in self._found:
                    self._found[what] = count()
        found: T = self._found[what]
        return found


class Memory:
    """What is remembered of the last state of one index that somebody read."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._state: bytes | None = None
        self._remembered = Remembered()

    def of(self, state: bytes | None) -> Remembered | None:
        """What is remembered of a state, by its mark: nothing yet if it is another one than before.

        None for an index without a mark, which an older phototag wrote: nothing tells its states apart.
        """
        if state is None:
            return None
        with self._turn:
            if state != self._state:
                self._state, self._remembered = state, Remembered()
            return self._remembered
