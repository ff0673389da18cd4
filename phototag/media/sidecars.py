"""Files that other programs put beside a photo: which is whose, and the orientation that it tells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from phototag.media import xmp
from phototag.media.formats import Kind, kind_of

_END = b".xmp"
_PHOTOS = frozenset({Kind.PHOTO, Kind.RAW})
_MENTIONED = (b"Orientation", "Orientation".encode("utf-16-be")[1:])
"""The property's name as bytes, of UTF-16 in either order."""


def is_sidecar(name: bytes) -> bool:
    """Whether a file is one by its name."""
    return name[-len(_END) :].lower() == _END


def owners(names: Collection[bytes]) -> dict[bytes, bytes]:
    """Photo -> its sidecar, of the names of the files in one folder.

    `IMG.jpg.xmp` is of IMG.jpg. `IMG.xmp` is of the only photo that is called IMG, or of the RAW one of several, unless
    that has the former. Upper and lower case are one, as far as they are ASCII; but what agrees in case as well is
    taken first.
    """
    found: dict[bytes, bytes] = {}
    others: list[bytes] = []
    there = set(names)
    for sidecar in sorted(filter(is_sidecar, names)):
        photo = sidecar[: -len(_END)]
        if photo in there:
            found[photo] = sidecar
        else:
            others.append(sidecar)
    return {**_by_other_names(names, others), **found} if others else found


def _by_other_names(names: Collection[bytes], sidecars: Sequence[bytes]) -> dict[bytes, bytes]:
    """Photo -> its sidecar, of those that are called otherwise than the photo; as `owners`."""
    found: dict[bytes, bytes] = {}
    whole: dict[bytes, list[bytes]] = defaultdict(list)
    stems: dict[bytes, list[bytes]] = defaultdict(list)
    for photo in names:
        if kind_of(photo) in _PHOTOS:
            whole[photo.lower()].append(photo)
            stems[photo.rpartition(b".")[0].lower()].append(photo)
    bases = [(sidecar, sidecar[: -len(_END)].lower()) for sidecar in sidecars]
    for sidecar, base in bases:
        for photo in whole.get(base, ()):
            found.setdefault(photo, sidecar)
    for sidecar, base in bases:
        meant = _meant(stems.get(base, ()))
        if meant is not None and base not in whole:
            found.setdefault(meant, sidecar)
    return found


def _meant(photos: Sequence[bytes]) -> bytes | None:
    """The one that is meant by their common name."""
    negatives = [photo for photo in photos if kind_of(photo) is Kind.RAW]
    candidates = photos if len(photos) == 1 else negatives
    return candidates[0] if len(candidates) == 1 else None


def orientation(data: bytes) -> int | None:
    """`tiff:Orientation` in a sidecar, 1 to 8, or None. What does not even mention it is not parsed.

    Raises:
        SidecarError: it cannot be read.
    """
    return xmp.orientation(data) if any(name in data for name in _MENTIONED) else None
