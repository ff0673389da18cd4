"""The bar that shows how far a long command is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from tqdm import tqdm

T = TypeVar("T")


def progress(items: Iterable[T], *, label: str, total: int, unit: str) -> Iterable[T]:
    """A bar on stderr with rate and time left, if that is a terminal."""
    return tqdm(items, desc=label, total=total, unit=f" {unit}", disable=None if total else True, smoothing=0.05)


class Counter:
    """A bar that is set rather than counted up."""

    def __init__(self, shown: tqdm) -> None:  # type: ignore[type-arg]
        self._shown = shown

    def show(self, n: int) -> None:
        """Set how much is done."""
        self._shown.n = n
        self._shown.refresh()


@contextmanager
def counter(label: str, total: int, unit: str) -> Iterator[Counter]:
    """A bar on stderr that is set from time to time, if that is a terminal."""
    with tqdm(desc=label, total=total, unit=f" {unit}", disable=None if total else True) as shown:
        yield Counter(shown)


@contextmanager
def steps(total: int) -> Iterator[Callable[[str], None]]:
    """A bar on stderr, if that is a terminal, that moves on whenever it is told what is being done now."""
    with tqdm(total=total, unit=" step", disable=None) as shown:

        def step(label: str) -> None:
            shown.set_description(label)
            shown.update()

        yield step


@contextmanager
def pages(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr for what is told as pages left and pages in all."""
    with tqdm(desc=label, unit=" page", disable=None) as shown:

        def show(left: int, total: int) -> None:
            shown.total = total
            shown.n = total - left
            shown.refresh()

        yield show
