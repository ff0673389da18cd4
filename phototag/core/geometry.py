"""Boxes as fractions of the upright image: EXIF orientation, overlap, and the name of a face."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

from phototag.types import Box

FACE_ID_GRID = 128
"""A face's id names the cell of a 128 x 128 grid in which its box's centre lies: coarse enough that two machines whose
arithmetic differs in the last digits agree, fine enough that two faces of one photo fall into different cells (the
smallest face the detector looks for is four cells wide)."""

_ORIENTATIONS: dict[int, Callable[[float, float], tuple[float, float]]] = {
    1: lambda x, y: (x, y),
    2: lambda x, y: (1 - x, y),
    3: lambda x, y: (1 - x, 1 - y),
    4: lambda x, y: (x, 1 - y),
    5: lambda x, y: (y, x),
    6: lambda x, y: (1 - y, x),
    7: lambda x, y: (1 - y, 1 - x),
    8: lambda x, y: (y, 1 - x),
}
_INVERSE = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}


def box_within(left: float, top: float, right: float, bottom: float) -> Box:
    """Clip to the image and put the edges in order."""
    if 0 <= left <= right <= 1 and 0 <= top <= bottom <= 1:
        return Box(float(left), float(top), float(right), float(bottom))
    left, top, right, bottom = (min(max(float(edge), 0.0), 1.0) for edge in (left, top, right, bottom))
    return Box(min(left, right), min(top, bottom), max(left, right), max(top, bottom))


def box_in_pixels(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, right, bottom in whole pixels of an upright image of this size."""
    return (round(box.left * width), round(box.top * height), round(box.right * width), round(box.bottom * height))


def to_upright(box: Box, orientation: int) -> Box:
    """Where a box of the stored image lies after the EXIF orientation (1 to 8) has been applied."""
    turn = _ORIENTATIONS[orientation]
    return box_within(*turn(box.left, box.top), *turn(box.right, box.bottom))


def to_stored(box: Box, orientation: int) -> Box:
    """The inverse of `to_upright`: where a box of the upright image lies in the stored one."""
    return to_upright(box, _INVERSE[orientation])


def carried(box: Box, orientation: int, onto: int) -> Box:
    """A box on a picture that is stored in one orientation, as it is on the same one stored in another."""
    return box if orientation == onto else to_stored(to_upright(box, orientation), onto)


def turned_size(width: int, height: int, orientation: int) -> tuple[int, int]:
    """Width and height after the EXIF orientation has been applied, or taken back."""
    return (height, width) if orientation in (5, 6, 7, 8) else (width, height)


def intersection_over_union(a: Box, b: Box) -> float:
    """Overlap of two boxes, 0 to 1; boxes without area overlap nothing."""
    width = min(a.right, b.right) - max(a.left, b.left)
    height = min(a.bottom, b.bottom) - max(a.top, b.top)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    covered = _area(a) + _area(b) - shared
    return shared / covered if covered > 0 else 0.0


def match_boxes(ours: Sequence[Box], theirs: Sequence[Box], least: float = 0.5) -> dict[int, int]:
    """Pair boxes one to one, the greatest overlap first.

    Args:
        ours: any boxes.
        theirs: any boxes of the same image.
        least: pairs that overlap less (intersection over union) are not made.

    Returns:
        Index into `ours` -> index into `theirs`; ties go to the lower indices.
    """
    overlaps = (
        (overlap, i, j)
        for i, a in enumerate(ours)
        for j, b in enumerate(theirs)
        if (overlap := intersection_over_union(a, b)) >= least
    )
    return paired(overlaps)


def paired(overlaps: Iterable[tuple[float, int, int]]) -> dict[int, int]:
    """Pair things one to one, the greatest overlap first.

    Args:
        overlaps: of each two that may be a pair: how much, and the index of the one and of the other.

    Returns:
        Index of the one -> of the other; ties go to the lower indices.
    """
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in sorted((-overlap, i, j) for overlap, i, j in overlaps):
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return pairs


def face_ids(photo: str, boxes: Sequence[Box]) -> list[str]:
    """Name the faces of one photo, each by the photo's hash and the grid cell of its centre.

    Should two centres share a cell, the second in reading order (top, then left) gets a number of its own.

    Args:
        photo: the photo's hash.
        boxes: in the stored picture, in any order; the same boxes in another order get the same names.

    Returns:
        16 hex digits for each box, in the order given, all different.
    """
    taken: set[str] = set()
    ids = [""] * len(boxes)
    for i in sorted(range(len(boxes)), key=lambda i: (boxes[i].top, boxes[i].left, boxes[i])):
        box, twin = boxes[i], 0
        cell = (_cell(box.left + box.right), _cell(box.top + box.bottom))
        while not ids[i] or ids[i] in taken:
            text = f"{photo}/{cell[0]}/{cell[1]}/{twin}"
            ids[i] = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
            twin += 1
        taken.add(ids[i])
    return ids


def drawn_id(photo: str, box: Box) -> str:
    """Name a face that a human drew: 16 hex digits, which no detected face has.

    Another box is another face, so that a face can be drawn larger round the same centre; boxes that differ by less
    than a millionth of the picture are one.
    """
    edges = "/".join(f"{edge:.6f}" for edge in box)
    return hashlib.blake2b(f"{photo}/drawn/{edges}".encode(), digest_size=8).hexdigest()


def _area(box: Box) -> float:
    return (box.right - box.left) * (box.bottom - box.top)


def _cell(twice_centre: float) -> int:
    return min(int(twice_centre / 2 * FACE_ID_GRID), FACE_ID_GRID - 1)
