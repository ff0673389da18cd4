"""Which pictures are copies of another one: encoded anew, or resized.

A perceptual hash brings near pictures together, a check decides. The hash is what most perceptual hashes start from,
the low frequencies of the picture as a small grey square (Zauner, Implementation and Benchmarking of Perceptual Image
Hash Functions, 2010), kept as numbers rather than as bits (`media.looks`), so that the same 256 bytes serve for the
check.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from phototag.core.geometry import intersection_over_union

if TYPE_CHECKING:
    from phototag.types import Box, Vectors

Looks: TypeAlias = NDArray[np.int8]
"""(n, 256): the looks of n pictures."""

ALIKE = 0.9965
"""Looks that correlate at least this much are of one picture.

Measured in 2026-11 on 154 photos (album-dev, wild-dev, webfaces): JPEG of quality 30 and WebP of 50 0.9995 at least,
resized to a half 0.9991, to a quarter 0.9923 (95 in 100: 0.9987), to 320 pixels 0.9998, sharpened 0.9977. Not copies:
cropped by 1.5 % 0.9952 at most; the most similar two of 614 different photos, neighbouring frames of one film, 0.990,
the next 0.861. Brighter, or of another contrast or gamma: 0.944 to 0.9999, so that some count as different photos.
"""

ALIKE_NAMESAKES = 0.97
"""The same for a RAW and a picture of the same name in the same folder, which differ in their tones. Cropped by 3 %:
0.9824 at most."""

SAME_SHAPE = 0.02
"""Width by height of copies differ by this share at most; a picture of 100 pixels is rounded by 1 %."""

SAME_PLACE = 0.5
"""Boxes of one face on copies overlap at least this much (intersection over union)."""

_FIRST = 12
"""Waves, from the lowest, by which near pictures are searched."""


def to_looks(rows: Sequence[bytes]) -> Looks:
    """Looks (`media.looks`) side by side, (n, 256)."""
    return np.frombuffer(b"".join(rows), np.int8).reshape(len(rows), -1)


def likeness(a: Looks, b: Looks) -> NDArray[np.float32]:
    """How much the looks in each row of `a` and of `b` correlate, (n,): 1 for equal ones."""
    return np.asarray(np.einsum("ij,ij->i", _unit(a), _unit(b)), dtype=np.float32)


def near(looks: Looks, fresh: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs of pictures that are ALIKE, of which one at least is fresh.

    Args:
        looks: of all pictures.
        fresh: rows of those that have not been compared.

    Returns:
        Rows (i, j), i < j, ascending.
    """
    if not len(fresh) or len(looks) < 2:
        return []
    from scipy.spatial import cKDTree  # a while to import: only when there is something to compare

    low = _unit(looks)[:, _lowest(looks.shape[1])]
    radius = math.sqrt(2 * (1 - ALIKE))  # the distance of unit vectors that correlate so; fewer waves bring it nearer
    found = cKDTree(low).query_ball_point(low[list(fresh)], radius * 1.001)
    pairs = {(min(i, j), max(i, j)) for i, others in zip(fresh, found, strict=True) for j in others if i != j}
    ordered = sorted(pairs)
    if not ordered:
        return []
    first, second = np.array(ordered).T
    return [pair for pair, like in zip(ordered, likeness(looks[first], looks[second]), strict=True) if like >= ALIKE]


def same_shape(a: tuple[int, int], b: tuple[int, int]) -> bool:
    """Whether pictures of these sizes, upright, may be copies by their shape."""
    return abs(math.log(a[0] * b[1] / (a[1] * b[0]))) <= SAME_SHAPE


def same_people(large: Sequence[Box], small: Sequence[Box], apart: Vectors) -> bool:
    """Whether the faces of a picture and of its copy say that they are one picture.

    Each face of the smaller one lies on the larger one too, and the two look alike; there may be more on the larger.
    So two shots of one group on a tripod, in which somebody has moved or changed places, are two pictures.

    Args:
        large: boxes on the larger one, fractions of the upright picture.
        small: on the smaller one, likewise; without those that the detector is not sure of.
        apart: (len(small), len(large)), how far apart they are, in units of what may still be one person: 1 just is.
    """
    return all(
        any(intersection_over_union(box, other) >= SAME_PLACE and apart[i, j] <= 1 for j, other in enumerate(large))
        for i, box in enumerate(small)
    )


def originals(pictures: Sequence[str], alike: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Of which picture each copy is one.

    A copy is like its original, not only like another copy of that: in a row of shots, each like the next, the last may
    be another picture than the first.

    Args:
        pictures: those that may be originals, the best first, then those that are only copies.
        alike: pairs of pictures.

    Returns:
        Copy -> original. The same for the same pairs in any order.
    """
    like: dict[str, set[str]] = {picture: set() for picture in pictures}
    for a, b in alike:
        if a in like and b in like:
            like[a].add(b)
            like[b].add(a)
    found: dict[str, str] = {}
    for picture in pictures:
        if picture not in found:
            found |= dict.fromkeys(sorted(like[picture] - found.keys()), picture)
    return found


def _unit(looks: Looks) -> NDArray[np.float32]:
    numbers = looks.astype(np.float32)
    return np.asarray(numbers / np.linalg.norm(numbers, axis=1, keepdims=True), dtype=np.float32)


def _lowest(n_waves: int) -> NDArray[np.intp]:
    """Columns of the lowest frequencies but brightness."""
    row, column = np.divmod(np.arange(n_waves), math.isqrt(n_waves))
    return np.argsort(row + column, kind="stable")[1 : 1 + _FIRST]
