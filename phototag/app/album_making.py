"""Albums are made: what was planned is done, and whatever stops that, the manifest claims all that was made."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from phototag.app import manifest as manifests
from phototag.app.album_plan import Change, Kept, Making, Plan
from phototag.app.manifest import Copy, HardLink, Kind, Link, Made, Manifest
from phototag.errors import LibraryError, PhotoProblem
from phototag.files import leftovers
from phototag.types import Progress

TEMPORARY = "phototag-copy"
"""What a copy is called before it is whole; a file of such a name is ours."""

_NO_SUCH_NAME = {errno.EINVAL, errno.EILSEQ, errno.ENAMETOOLONG}
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EOPNOTSUPP}
_NO_PRIVILEGE = 1314
"""Windows: links may be made by administrators, or by everybody in developer mode."""


class Maker:
    """Does what was planned. Whatever stops it, the manifest has a claim for all that it made."""

    def __init__(self, root: Path, place: Path, manifest: Manifest, plan: Plan) -> None:
        self._root, self._place, self._manifest, self._plan = root, place, manifest, plan
        self._done = 0

    def make(self, progress: Progress) -> None:
        """Do all of it.

        Raises:
            LibraryError: the folder cannot be written to, or cannot hold such links.
        """
        makings = [making for change in self._plan.changes for making in change.making]
        try:
            self._place.mkdir(parents=True, exist_ok=True)
            self._manifest.kind = self._plan.kind
            self._manifest.begin()
            for change in self._plan.changes:
                self._prepare(change)
            label = "Copying" if self._plan.kind is Kind.COPIES else "Linking"
            for making in progress(makings, label=label, total=len(makings), unit="photo"):
                self._make(making)
            self._manifest.settle()
        except OSError as error:
            raise LibraryError(
                f"{self._place} cannot be written to: {error.strerror or error}. Made so far: {self._done}. "
                "The same command goes on where it was."
            ) from error

    def _prepare(self, change: Change) -> None:
        """Let a folder have its name, and nothing in it that does not belong there."""
        album, folder = change.album, self._place / change.album.folder
        if change.was is not None:
            self._manifest.claim_album(album, change.was)
            (self._place / change.was).rename(folder)
        elif change.making and not folder.is_dir():
            self._manifest.claim_album(album)
            folder.mkdir()
        elif change.is_new:
            self._manifest.claim_album(album)
        if not folder.is_dir():
            return
        for temporary in leftovers(folder, TEMPORARY):
            temporary.unlink()
        for file, made in change.removing:
            if _is_at(made, folder / file, self._photo(made.photo)):
                (folder / file).unlink()
        if not album.files and not os.listdir(folder):
            folder.rmdir()
        elif not change.stays:
            self._plan.kept.append(Kept(album.folder, "It has files that phototag did not make."))

    def _make(self, making: Making) -> None:
        path = self._place / making.album.folder / making.file
        try:
            _MAKE[self._plan.kind](self, making, path)
            self._done += 1
        except _UnreadableError as error:
            self._give_up(making, path, f"It cannot be read: {error}")
        except FileExistsError:
            self._give_up(making, path, "Something else has its place in the album since just now. Run that again.")
        except OSError as error:
            reason = _about_one_photo(error)
            if reason is None:
                raise
            self._give_up(making, path, reason)

    def _give_up(self, making: Making, path: Path, reason: str) -> None:
        """Leave a file as it is; it stays claimed if it is what was there before, or what was to be."""
        files, photo = making.album.files, self._photo(making.photo)
        there = [made for made in files[making.file] if _is_at(made, path, photo)]
        if there:
            files[making.file] = there[-1:]
        else:
            del files[making.file]
        self._plan.problems.append(PhotoProblem(making.photo, reason))

    def _photo(self, path: bytes) -> Path:
        return self._root / os.fsdecode(path)

    def _link(self, making: Making, path: Path) -> None:
        made = Link(making.photo, self._plan.target(making.photo))
        self._claim_place(making, path, made)
        with _advising(
            f"Links cannot be made in {self._place}: Windows asks for its developer mode, and FAT and exFAT have none. "
            "Use --copies or --hard-links."
        ):
            path.symlink_to(made.target)

    def _hard_link(self, making: Making, path: Path) -> None:
        photo = Path(os.path.realpath(self._photo(making.photo)))
        with _reading():
            status = photo.stat()
        made = HardLink(making.photo, status.st_ino, status.st_size, status.st_mtime_ns)
        self._claim_place(making, path, made)
        with _advising(
            f"A hard link to {photo} cannot be made in {self._place}: FAT and exFAT have none, and the photo may "
            "have to be your own file. Use --copies."
        ):
            path.hardlink_to(photo)

    def _copy(self, making: Making, path: Path) -> None:
        with _copied(self._photo(making.photo), path.parent, making.photo) as (temporary, made):
            self._manifest.claim(making.album, making.file, made)
            if making.instead_of is None:
                _take_name(temporary, path)
            else:
                self._require_ours(making, path)
                temporary.replace(path)

    def _claim_place(self, making: Making, path: Path, made: Made) -> None:
        self._manifest.claim(making.album, making.file, made)
        if making.instead_of is not None:
            self._require_ours(making, path)
            path.unlink()

    def _require_ours(self, making: Making, path: Path) -> None:
        """Raises: FileExistsError: it is not there any more as it was when this was planned."""
        if making.instead_of is None or not _is_at(making.instead_of, path, self._photo(making.photo)):
            raise FileExistsError(path)


_MAKE: Mapping[Kind, Callable[[Maker, Making, Path], None]] = {
    Kind.LINKS: Maker._link,
    Kind.HARD_LINKS: Maker._hard_link,
    Kind.COPIES: Maker._copy,
}


class _UnreadableError(Exception):
    """A photo cannot be read; the message says why."""


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _UnreadableError(error.strerror or str(error)) from error


@contextmanager
def _advising(advice: str) -> Iterator[None]:
    """What to do where the disk or the system has no such links.

    Raises:
        LibraryError: it has none.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _NO_LINKS or getattr(error, "winerror", None) == _NO_PRIVILEGE:
            raise LibraryError(advice) from error
        raise


def _about_one_photo(error: OSError) -> str | None:
    """What to say of a photo whose file cannot be made, where others can; None if no other can either."""
    if error.errno in _NO_SUCH_NAME:
        return "The disk with the albums takes no file of its name."
    if error.errno == errno.EXDEV:
        return "It is on another disk than the albums, where it can have no hard link. Use --copies."
    if error.errno == errno.EMLINK:
        return "It has as many hard links as there can be. Use --copies."
    return None


@contextmanager
def _copied(photo: Path, folder: Path, path: bytes) -> Iterator[tuple[Path, Copy]]:
    """A whole copy under a temporary name in a folder, and what to claim of it; removed if it gets no other name."""
    with _reading():
        source = photo.open("rb")
    with source:
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=f".{TEMPORARY}.", suffix=".tmp")
        temporary = Path(name)
        try:
            with open(descriptor, "wb") as file:
                of = os.fstat(source.fileno())
                digest = _pour(source, file)
            with suppress(OSError):  # a file system without times or modes
                shutil.copystat(photo, temporary)
                temporary.chmod(temporary.stat().st_mode | stat.S_IWUSR)
            status = temporary.stat()
            yield temporary, Copy(path, status.st_size, status.st_mtime_ns, digest, (of.st_size, of.st_mtime_ns))
        finally:
            temporary.unlink(missing_ok=True)


def _pour(source: BinaryIO, file: BinaryIO) -> str:
    """Copy what is in a file; the digest of it."""
    digest = manifests.new_digest()
    while True:
        with _reading():
            chunk = source.read(1 << 20)
        if not chunk:
            return digest.hexdigest()
        digest.update(chunk)
        file.write(chunk)


def _take_name(temporary: Path, path: Path) -> None:
    """Give a file its name, but not that of another: a second name is never in anybody's way.

    Raises:
        FileExistsError: there is another.
    """
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError:  # FAT and exFAT have no second names
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        temporary.rename(path)


def _is_at(made: Made, path: Path, photo: Path) -> bool:
    """As it was planned, or not there any more, or something else since then."""
    return os.path.lexists(path) and made.is_at(path, photo)
