"""Files that other programs put beside a photo: which is whose, and the orientation that it tells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from phototag.media import xmp
from phototag.media.formats import Kind, kind_of

_END = b".xmp"
_MENTIONED = (b"Orientation", "Orientation".encode("utf-16-be")[1:])
"""The property's name as bytes, of UTF-16 in either order."""


def is_sidecar(name: bytes) -> bool:
    """Whether a file is one by its name."""
    return name[-len(_END) :].lower() == _END


def owners(names: Collection[bytes]) -> dict[bytes, bytes]:
    """Photo -> its sidecar, of the names of the files in one folder.

    Upper and lower case are one, as far as they are ASCII; where both are there, the first by name is taken.
    `IMG.jpg.xmp` is of IMG.jpg. `IMG.xmp` is of the only photo that is called IMG, or of the RAW one of several, unless
    that has the former.
    """
    sidecars = sorted(filter(is_sidecar, names))
    if not sidecars:
        return {}
    whole, stems = _by_name(names)
    found: dict[bytes, bytes] = {}
    for sidecar in sidecars:
        for photo in whole.get(_base(sidecar), ()):
            found.setdefault(photo, sidecar)
    for sidecar in sidecars:
        meant = _meant(stems.get(_base(sidecar), ()))
        if meant is not None and _base(sidecar) not in whole:
            found.setdefault(meant, sidecar)
    return found


def _base(sidecar: bytes) -> bytes:
    return sidecar[: -len(_END)].lower()


def _by_name(names: Collection[bytes]) -> tuple[dict[bytes, list[bytes]], dict[bytes, list[bytes]]]:
    """Photos by their names in lower case, and by those without the extension."""
    whole: dict[bytes, list[bytes]] = defaultdict(list)
    stems: dict[bytes, list[bytes]] = defaultdict(list)
    for name in names:
        kind = kind_of(name)
        if kind in {Kind.PHOTO, Kind.RAW, Kind.UNNAMED}:
            whole[name.lower()].append(name)
        if kind in {Kind.PHOTO, Kind.RAW}:
            stems[name.rpartition(b".")[0].lower()].append(name)
    return dict(whole), dict(stems)


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
