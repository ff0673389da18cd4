"""Files that other programs put beside a photo: which is whose, and the orientation that it tells."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

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


class Sidecars:
    """The sidecars of a library's photos, beside them or in a folder of their own. Opens nothing but folders."""

    def __init__(self, root: Path, photos: Iterable[bytes], folder: Path | None = None) -> None:
        """Know the photos of a library.

        Args:
            root: of the library, absolute.
            photos: paths in it, all that there are.
            folder: of the sidecars, absolute, laid out as the library is; None where they lie beside the photos.
        """
        self.root, self._base = root, root if folder is None else folder
        self._is_beside = folder is None
        self._photos: dict[bytes, list[bytes]] = defaultdict(list)
        for photo in photos:
            inside, _, name = photo.rpartition(b"/")
            self._photos[inside].append(name)
        self._owners: dict[bytes, Mapping[bytes, bytes]] = {}

    def of(self, photo: bytes) -> bytes | None:
        """The sidecar that a photo has: relative to the library, or absolute in a folder of its own; None without."""
        inside, _, name = photo.rpartition(b"/")
        if inside not in self._owners:
            found = owners([*self._photos[inside], *self._names(inside)])
            one = {sidecar: owner for owner, sidecar in sorted(found.items(), reverse=True)}  # two may share one
            self._owners[inside] = {owner: sidecar for sidecar, owner in one.items()}
        sidecar = self._owners[inside].get(name)
        return None if sidecar is None else self._named(inside, sidecar)

    def new(self, photo: bytes) -> bytes:
        """What a sidecar is called that a photo does not have yet; as for `of`."""
        inside, _, name = photo.rpartition(b"/")
        return self._named(inside, name + _END)

    def path(self, sidecar: bytes) -> Path:
        """Where it lies."""
        return self.root / os.fsdecode(sidecar)

    def _named(self, inside: bytes, name: bytes) -> bytes:
        path = inside + b"/" + name if inside else name
        return path if self._is_beside else os.fsencode(self._base / os.fsdecode(path))

    def _names(self, inside: bytes) -> list[bytes]:
        """Of the sidecars in a folder."""
        try:
            names = [os.fsencode(entry.name) for entry in (self._base / os.fsdecode(inside)).iterdir()]
        except OSError:
            return []
        return [name for name in names if is_sidecar(name)]
