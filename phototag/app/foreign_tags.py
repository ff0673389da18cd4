"""What somebody said in another library, from its tags.jsonl: of the same pictures, wherever they lie here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from phototag.app.accounts import Gathered, Gathering, Shelf, require_foreign, stored_box
from phototag.app.export import TAGS
from phototag.app.tagfile import SaidFace, SaidPhoto, read
from phototag.core.regions import Region
from phototag.errors import LibraryError, UsageError
from phototag.index.db import Index
from phototag.index.faces import PhotoOnDisk
from phototag.index.words import Who
from phototag.types import Box

ELSEWHERE, NAMELESS, IGNORED, UNPLACED, COLLAGES = "elsewhere", "nameless", "ignored", "unplaced", "collages"
"""Left out: photos whose picture is not in this library, nor a copy of it; what was said of people without a name,
whose numbers are those of groups there; faces of people who are ignored there; faces in lines of an older phototag,
which do not say what their boxes are measured on; and that a photo may show somebody twice."""

_TAGS = "the tags.jsonl of another library; it lies in the folder .phototag there"


def gather(index: Index, path: Path) -> Gathered:
    """Read what a human said in another library.

    Args:
        index: open.
        path: of that library's tags.jsonl.

    Raises:
        UsageError: there is no such file, or it is this library's own.
        LibraryError: it cannot be read.
    """
    require_foreign(path, _TAGS)
    own = index.folder / TAGS
    if own.exists() and path.samefile(own):
        raise UsageError(f"{path} is what this library itself wrote, and has nothing new. Give {_TAGS}.")
    try:
        _require_tags(path)
        said = read(path)
    except OSError as error:
        raise LibraryError(
            f"Cannot read {path}: {error.strerror}. May you read it? Then run the same again."
        ) from error
    reading = _Reading(index)
    for number in said.broken:
        reading.gathering.problem(f"line {number}", "It is no line of a tags.jsonl.")
    for photo in sorted(said.photos, key=lambda photo: photo.hash != photo.original):
        reading.photo(photo)
    return reading.gathered


def _require_tags(path: Path) -> None:
    """Refuse another kind of file before all of it is read."""
    with path.open("rb") as file:
        start = file.read(4096).lstrip()
    if start and not start.startswith(b"{"):
        raise UsageError(f"{path} is no tags.jsonl. Give {_TAGS}.")


class _Reading:
    """Reads photo by photo, the originals of copies first."""

    def __init__(self, index: Index) -> None:
        self.gathering = Gathering()
        self._by_picture: dict[str, PhotoOnDisk] = {}
        for file in Shelf(index).files:
            self._by_picture.setdefault(file.content, file)
        self._told: set[tuple[str, str]] = set()
        self._found: dict[str, bool] = {}

    @property
    def gathered(self) -> Gathered:
        """All of it."""
        elsewhere = list(self._found.values()).count(False)
        if elsewhere:
            self.gathering.left_out[ELSEWHERE] = elsewhere
        return self.gathering.gathered

    def photo(self, photo: SaidPhoto) -> None:
        """Take what a line says."""
        file = self._by_picture.get(photo.hash)
        self._found[photo.original] = self._found.get(photo.original, False) or file is not None
        if file is None:
            return
        if photo.is_collage:
            self.gathering.left_out[COLLAGES] += 1
        is_told = (file.photo, photo.original) in self._told  # by the line of another copy, which says the same
        self._told.add((file.photo, photo.original))
        for face in photo.faces:
            if face.is_of_copy or not is_told:
                self._face(file.path, photo, face)
        for name in () if is_told else photo.present:
            self.gathering.on_it(file.path, name)

    def _face(self, path: bytes, photo: SaidPhoto, face: SaidFace) -> None:
        box = _box(photo, face)
        if box is None:
            self.gathering.left_out[UNPLACED] += 1
            return
        for name in self._names(face.refused):
            self.gathering.refused(path, Region(name, box))
        if not face.is_face:
            self.gathering.no_face(path, box)
        elif face.who is not None:
            for name in self._names((face.who,)):
                self.gathering.region(path, Region(name, box))

    def _names(self, people: tuple[Who, ...]) -> Iterator[str]:
        """Of those who have one and are not ignored."""
        for who in people:
            if who.ignored or who.name is None:
                self.gathering.left_out[IGNORED if who.ignored else NAMELESS] += 1
            else:
                yield who.name


def _box(photo: SaidPhoto, face: SaidFace) -> Box | None:
    """Where a face is, as fractions of the stored picture; None where the line does not say it."""
    if photo.size is None or photo.orientation is None:
        return None
    box = stored_box(face.box, photo.size, photo.orientation)
    return box if box.left < box.right and box.top < box.bottom else None
