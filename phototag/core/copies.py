"""Which pictures are copies of another one: encoded anew, or resized.

A perceptual hash brings near pictures together, a check decides. The hash is what most perceptual hashes start from,
the low frequencies of the picture as a small grey square (Zauner, Implementation and Benchmarking of Perceptual Image
Hash Functions, 2010), kept as numbers rather than as bits (`media.looks`), so that the same 256 bytes serve for the
check.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from phototag.core.geometry import intersection_over_union

if TYPE_CHECKING:
    from phototag.types import Box, Vectors

Looks: TypeAlias = NDArray[np.int8]
"""(n, 256): the looks of n pictures."""

N_WAVES = 256
"""Numbers in a look: 16 frequencies in each direction."""

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
    return np.frombuffer(b"".join(rows), np.int8).reshape(len(rows), N_WAVES)


def likeness(a: Looks, b: Looks) -> NDArray[np.float32]:
    """How much the looks in each row of `a` and of `b` correlate, (n,): 1 for equal ones."""
    return np.asarray(np.einsum("ij,ij->i", _unit(a), _unit(b)), dtype=np.float32)


class Neighbours:
    """Finds the pictures that look like one, among many."""

    def __init__(self, looks: Looks) -> None:
        """Make ready to search among these, (n, 256)."""
        from scipy.spatial import cKDTree  # a while to import: only when there is something to compare

        self._looks = _unit(looks)
        self._low = np.ascontiguousarray(self._looks[:, _lowest(looks.shape[1])])
        self._tree = cKDTree(self._low)

    def of(self, row: int) -> list[int]:
        """Rows of the other pictures that are ALIKE, the most similar first, then in order."""
        radius = math.sqrt(2 * (1 - ALIKE))  # of unit vectors that correlate so; fewer waves bring them nearer
        near = np.array(self._tree.query_ball_point(self._low[row], radius * 1.001), dtype=np.intp)
        near = np.sort(near[near != row])
        like = self._looks[near] @ self._looks[row]
        order = np.argsort(-np.round(like, 5), kind="stable")
        return [int(near[i]) for i in order if like[i] >= ALIKE]


def same_shape(a: tuple[int, int], b: tuple[int, int]) -> bool:
    """Whether pictures of these sizes, upright, may be copies by their shape."""
    return abs(math.log(a[0] * b[1] / (a[1] * b[0]))) <= SAME_SHAPE


def same_people(large: Sequence[Box], small: Sequence[Box], is_sure: Sequence[bool], apart: Vectors) -> bool:
    """Whether the faces of a picture and of its copy say that they are one picture.

    Each face of the smaller one lies on the larger one too, and the two look alike; there may be more on the larger.
    So two shots of one group on a tripod, in which somebody has moved or changed places, are two pictures.

    Args:
        large: boxes on the larger one, fractions of the upright picture.
        small: on the smaller one, likewise.
        is_sure: of those, which the detector is sure of; others do not matter.
        apart: (len(small), len(large)), how far apart they are, in units of what may still be one person: 1 just is.
    """
    return all(
        any(intersection_over_union(box, other) >= SAME_PLACE and apart[i, j] <= 1 for j, other in enumerate(large))
        for i, box in enumerate(small)
        if is_sure[i]
    )


MOST_ORIGINALS = 8
"""A picture is compared with so many of the originals that look like it, the most similar ones: of ten thousand frames
of a film in which somebody moves, each would be compared with all before it."""


def originals(
    former: Mapping[int, int],
    again: Iterable[int],
    n_there: int,
    neighbours: Callable[[int], Sequence[int]],
    is_copy: Callable[[int, int], bool],
) -> dict[int, int]:
    """Of which picture each copy is one.

    A picture is a copy of the best original that it is like, and an original itself where there is none. So a copy is
    like its original, not only like another copy: in a row of shots, each like the next, the last may be another
    picture than the first. What has changed is looked at again, the best first, and then what that has an effect on.

    Args:
        former: copy -> original, as it was. Pictures are numbers, the best is 0.
        again: pictures that are new, changed or gone, and those whose originals are.
        n_there: pictures from this number on are gone: copies perhaps, but no originals.
        neighbours: pictures that look like one, the most similar first.
        is_copy: whether the second one, the worse, is a copy of the first.

    Returns:
        Copy -> original. The same whatever was looked at when, but for MOST_ORIGINALS.
    """
    of, anew = dict(former), set(again)
    waiting, queued = sorted(anew), set(anew)
    while waiting:
        picture = heapq.heappop(waiting)
        queued.discard(picture)
        was_copy, near = of.pop(picture, None) is not None, neighbours(picture)
        better = [other for other in near if other < min(picture, n_there) and other not in of]
        original = next((other for other in sorted(better[:MOST_ORIGINALS]) if is_copy(other, picture)), None)
        if original is not None:
            of[picture] = original
        if was_copy != (original is not None) or (picture in anew and original is None):
            for other in (other for other in near if other > picture and other not in queued):
                heapq.heappush(waiting, other)
                queued.add(other)
    return of


def _unit(looks: Looks) -> NDArray[np.float32]:
    numbers = looks.astype(np.float32)
    return np.asarray(numbers / np.linalg.norm(numbers, axis=1, keepdims=True), dtype=np.float32)


def _lowest(n_waves: int) -> NDArray[np.intp]:
    """Columns of the lowest frequencies but brightness."""
    row, column = np.divmod(np.arange(n_waves), math.isqrt(n_waves))
    return np.argsort(row + column, kind="stable")[1 : 1 + _FIRST]
