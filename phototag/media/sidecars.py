"""Which XMP file belongs to which photo, beside it or in a folder of its own. Opens nothing but folders."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from phototag.media.formats import Kind, kind_of

SUFFIX = b".xmp"


class Sidecars:
    """The sidecars of a library's photos.

    `IMG.jpg.xmp` belongs to `IMG.jpg`, as digiKam, darktable and Immich have it. `IMG.xmp`, as Adobe has it, belongs to
    the only photo of that name, or to the camera RAW file of several. Capitals do not matter.
    """

    def __init__(self, root: Path, photos: Iterable[bytes], folder: Path | None = None) -> None:
        """Know the photos of a library.

        Args:
            root: of the library, absolute.
            photos: paths in it, all that there are.
            folder: of the sidecars, absolute, laid out as the library is; None where they lie beside the photos.
        """
        self.root, self._base = root, root if folder is None else folder
        self._is_beside = folder is None
        self._owners = _owners(photos)
        self._listed: dict[bytes, Mapping[bytes, bytes]] = {}

    def of(self, photo: bytes) -> bytes | None:
        """The sidecar that a photo has: relative to the library, or absolute in a folder of its own; None without."""
        folder, _, name = photo.rpartition(b"/")
        there = self._names(folder)
        candidates = [name + SUFFIX]
        stem = os.path.splitext(name)[0]
        if self._owners.get((folder, stem.lower())) == photo:
            candidates.append(stem + SUFFIX)
        for candidate in candidates:
            actual = there.get(candidate) or there.get(candidate.lower())
            if actual is not None:
                return self._named(folder, actual)
        return None

    def new(self, photo: bytes) -> bytes:
        """What a sidecar is called that a photo does not have yet; as for `of`."""
        folder, _, name = photo.rpartition(b"/")
        return self._named(folder, name + SUFFIX)

    def path(self, sidecar: bytes) -> Path:
        """Where it lies."""
        return self.root / os.fsdecode(sidecar)

    def _named(self, folder: bytes, name: bytes) -> bytes:
        inside = folder + b"/" + name if folder else name
        return inside if self._is_beside else os.fsencode(self._base / os.fsdecode(inside))

    def _names(self, folder: bytes) -> Mapping[bytes, bytes]:
        """Name, also in lower case -> name, of the sidecars in a folder."""
        if folder not in self._listed:
            try:
                names = [os.fsencode(entry.name) for entry in (self._base / os.fsdecode(folder)).iterdir()]
            except OSError:
                names = []
            own = [name for name in sorted(names) if name.lower().endswith(SUFFIX)]
            self._listed[folder] = {name.lower(): name for name in own} | {name: name for name in own}
        return self._listed[folder]


def _owners(photos: Iterable[bytes]) -> dict[tuple[bytes, bytes], bytes]:
    """Folder and name without extension, in lower case -> the photo to which a sidecar of that name belongs."""
    alike: dict[tuple[bytes, bytes], list[bytes]] = defaultdict(list)
    for photo in photos:
        folder, _, name = photo.rpartition(b"/")
        alike[folder, os.path.splitext(name)[0].lower()].append(photo)
    owners = {}
    for key, several in alike.items():
        raw = [photo for photo in several if kind_of(photo) is Kind.RAW]
        if len(several) == 1 or len(raw) == 1:
            owners[key] = (raw or several)[0]
    return owners
