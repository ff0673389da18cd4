"""The sidecars of a library's photos: which there are, what each says, and how it was left."""

from __future__ import annotations

import stat
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from phototag.core.reconciliation import Base
from phototag.core.regions import Tagged
from phototag.errors import PhotoProblem, SidecarError, UsageError
from phototag.index import faces, sidecars
from phototag.index.db import Index
from phototag.index.faces import PhotoOnDisk
from phototag.index.sidecars import Left
from phototag.media import xmp, xmp_edit
from phototag.media.markup import MAX_BYTES
from phototag.media.sidecars import Sidecars


@dataclass(frozen=True, slots=True)
class Sidecar:
    """A photo's sidecar, or the place of one.

    Attributes:
        file: the photo.
        path: of the sidecar: relative to the library, or absolute.
        status: its size in bytes and time of change in nanoseconds; None if it is not there.
        said: what it says; None if that is what it was left saying.
        left: how it was left, there or where its photo was before; None if it never was read nor written.
        is_own: no other program wrote to it.
        was_at: where it was left, if that is elsewhere.
    """

    file: PhotoOnDisk
    path: bytes
    status: tuple[int, int] | None
    said: Tagged | None
    left: Left | None
    is_own: bool
    was_at: bytes | None = None

    @property
    def says(self) -> Tagged:
        """What it says; nothing if it is not there."""
        if self.said is not None or self.left is None:
            return self.said or Tagged()
        return self.left.base.whole

    @property
    def is_as_left(self) -> bool:
        """Whether nobody wrote to it since."""
        return self.left is not None and self.was_at is None and self.status == self.left[:2]

    @property
    def base(self) -> Base:
        """How it was left; what is of this phototag's own hand is what it was left as, though it be forgotten."""
        if self.status is None:
            return Base()
        if self.left is None:
            return Base(self.says, self.says) if self.is_own else Base()
        intended = self.left.intended
        return intended if intended is not None and intended.whole == self.says else self.left.base


class SidecarShelf:
    """The sidecars of a library.

    Attributes:
        files: its photos.
        sidecars: which belongs to which.
        problems: those that cannot be read, by the photo's path.
    """

    def __init__(self, index: Index, folder: Path | None, *, must_exist: bool = False) -> None:
        """Know which there are, beside the photos or in a folder of their own, absolute.

        Raises:
            UsageError: the folder lies in the library, or is none, or must exist and does not.
        """
        if folder is not None and folder.resolve().is_relative_to(index.root.resolve()):
            raise UsageError(
                f"{folder} lies in the library {index.root}. Nothing was changed. Give a folder outside, or none, for "
                "sidecars beside the photos."
            )
        if folder is not None and (must_exist or folder.exists()) and not folder.is_dir():
            raise UsageError(f"{folder} is no folder. Nothing was changed. Give the folder that holds the sidecars.")
        self.files = faces.photos_on_disk(index.db)
        self.sidecars = Sidecars(index.root, [file.path for file in self.files], folder)
        self.problems: list[PhotoProblem] = []
        self._left = sidecars.known(index.db)
        self._of_picture: dict[str, list[bytes]] = defaultdict(list)
        for path, left in self._left.items():
            self._of_picture[left.content].append(path)

    def all(self) -> Iterator[Sidecar]:
        """Each photo's, by path, without those that cannot be read."""
        for file in self.files:
            try:
                yield self._of(file)
            except (OSError, SidecarError) as error:
                self.problems.append(problem(file.path, error))

    def read(self, path: bytes) -> bytes:
        """What a sidecar holds.

        Raises:
            SidecarError: it is no file, or too large.
            OSError: it cannot be read.
        """
        status = self.sidecars.path(path).stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
            raise SidecarError(f"The sidecar is no file of at most {MAX_BYTES // 10**6} MB.")
        return self.sidecars.path(path).read_bytes()

    def _of(self, file: PhotoOnDisk) -> Sidecar:
        path = self.sidecars.of(file.path)
        if path is None:
            path = self.sidecars.new(file.path)
            return Sidecar(file, path, None, Tagged(), self._left.get(path), is_own=False)
        left, status = self._left.get(path), self.status(path)
        if left is not None and status == left[:2]:
            return Sidecar(file, path, status, None, left, is_own=False)
        data = self.read(path)
        says = xmp.parse(data, (file.width, file.height))
        was_at = self._moved_from(file) if left is None else None
        left = left if was_at is None else self._left[was_at]
        return Sidecar(file, path, status, says, left, xmp_edit.is_own(data), was_at)

    def _moved_from(self, file: PhotoOnDisk) -> bytes | None:
        """Where a sidecar of the same picture was left that is not there any more."""
        gone = (path for path in self._of_picture[file.content] if not self.sidecars.path(path).exists())
        was_at = next(gone, None)
        if was_at is not None:
            self._of_picture[file.content].remove(was_at)
        return was_at

    def status(self, path: bytes) -> tuple[int, int]:
        """Size in bytes and time of change in nanoseconds."""
        status = self.sidecars.path(path).stat()
        return status.st_size, status.st_mtime_ns


def problem(photo: bytes, error: Exception) -> PhotoProblem:
    """Why a photo's sidecar is left alone, for a person."""
    if isinstance(error, OSError):
        return PhotoProblem(photo, f"The sidecar cannot be read or written: {error.strerror or error}.")
    return PhotoProblem(photo, str(error))
