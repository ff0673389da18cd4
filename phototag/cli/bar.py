"""The bar that shows how far a long command is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from tqdm import tqdm

T = TypeVar("T")


def progress(items: Iterable[T], *, label: str, total: int, unit: str) -> Iterable[T]:
    """A bar on stderr with rate and time left, if that is a terminal."""
    return tqdm(items, desc=label, total=total, unit=f" {unit}", disable=None if total else True, smoothing=0.05)
