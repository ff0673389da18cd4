"""What phototag made in a folder of albums: a list of claims, each written before what it claims is made.

Nothing is ever taken for ours but what fits a claim. The list is appended to while albums change, so that a kill at any
moment leaves claims of things that are not there, and never things without a claim; then it is written anew, as it is.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

from phototag.app.export import to_json
from phototag.core.filenames import is_plain
from phototag.errors import LibraryError
from phototag.files import write_if_changed

FILE = ".phototag-albums.jsonl"
VERSION = 1


class Kind(StrEnum):
    """How a photo is shown in an album."""

    LINKS = "links"
    HARD_LINKS = "hard_links"
    COPIES = "copies"


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link that was made.

    Attributes:
        photo: path in the library.
        target: as it stands in the link.
    """

    photo: bytes
    target: str

    def is_at(self, path: Path, photo: Path) -> bool:
        """Whether this is what lies there, and nothing that somebody put in its place."""
        return path.is_symlink() and read_link(path) == self.target

    def why_kept(self, path: Path) -> str | None:
        """Why it must not be removed all the same, or None."""
        return None


@dataclass(frozen=True, slots=True)
class HardLink:
    """A second name of a photo's file.

    Attributes:
        photo: path in the library.
        inode: of the file.
        size: in bytes, when it was last looked at.
        mtime_ns: likewise.
    """

    photo: bytes
    inode: int
    size: int
    mtime_ns: int

    def is_at(self, path: Path, photo: Path) -> bool:
        """Whether this is what lies there: the file, as it was or as the library has it now."""
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_ino != self.inode:
            return False
        if (status.st_size, status.st_mtime_ns) == (self.size, self.mtime_ns):
            return True
        try:
            return os.path.samestat(status, photo.stat())
        except OSError:
            return False

    def why_kept(self, path: Path) -> str | None:
        """The last name of a photo is not taken away."""
        if path.lstat().st_nlink > 1:
            return None
        return "It is the last that there is of a photo that was removed or replaced in the library."


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a photo.

    Attributes:
        photo: path in the library.
        size: of the copy, in bytes.
        mtime_ns: as its disk keeps it, which may be in steps of two seconds.
        digest: of its contents, 32 hex digits.
        of: size and mtime_ns of the photo when it was copied.
    """

    photo: bytes
    size: int
    mtime_ns: int
    digest: str
    of: tuple[int, int]

    def is_at(self, path: Path, photo: Path) -> bool:
        """Whether this is what lies there, by size and time; where a disk tells another time, by the contents."""
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_size != self.size:
            return False
        return status.st_mtime_ns == self.mtime_ns or digest(path) == self.digest

    def why_kept(self, path: Path) -> str | None:
        """What was edited without another size or time is not removed either."""
        return None if digest(path) == self.digest else EDITED


Made: TypeAlias = Link | HardLink | Copy

EDITED = "It is not as phototag made it."


@dataclass(slots=True)
class Album:
    """A folder of one person's photos, or of those that a query finds.

    Attributes:
        number: names the album in the list, whatever it is called.
        name: as the person is called, or as the user calls the album.
        person: their id, or None.
        query: or None.
        folder: its name in the folder of albums.
        files: name -> what was claimed to be there, the newest last.
    """

    number: int
    name: str
    person: int | None
    query: str | None
    folder: str
    files: dict[str, list[Made]] = field(default_factory=dict)


class Manifest:
    """The list in one folder of albums.

    Attributes:
        library: whose photos these are.
        kind: how they are shown.
        albums: by their numbers.
    """

    def __init__(self, folder: Path, library: Path, kind: Kind) -> None:
        """An empty list, of which nothing is written yet."""
        self.library, self.kind = library, kind
        self.albums: dict[int, Album] = {}
        self._path = folder / FILE

    @property
    def exists(self) -> bool:
        """Whether there is one on the disk."""
        return self._path.exists()

    def number(self) -> int:
        """One that no album has."""
        return max(self.albums, default=0) + 1

    def begin(self) -> None:
        """Have a file to append to, on a line of its own.

        Raises:
            OSError: as the system says; so do all that write.
        """
        if not self._path.exists():
            write_if_changed(self._path, _line(self._head()))
            return
        with self._path.open("rb+") as file:
            if file.seek(0, os.SEEK_END) and file.seek(-1, os.SEEK_END) >= 0 and file.read(1) != b"\n":
                file.write(b"\n")  # after a line that a kill or a full disk cut off

    def claim_album(self, album: Album, was: str | None = None) -> None:
        """Claim a folder that is to be made, or to be called otherwise than it was."""
        self._append(_album(album) | ({} if was is None else {"was": was}))

    def claim(self, album: Album, file: str, made: Made) -> None:
        """Claim a file in an album that is to be made."""
        self._append(_file(album, file, made))
        album.files.setdefault(file, []).append(made)

    def settle(self) -> None:
        """Write the list anew, if it is not as it should be already."""
        write_if_changed(self._path, b"".join(map(_line, self._records())))

    def _records(self) -> Iterator[dict[str, object]]:
        yield self._head()
        for _, album in sorted(self.albums.items()):
            yield _album(album)
            for file, claims in sorted(album.files.items()):
                yield _file(album, file, claims[-1])

    def _head(self) -> dict[str, object]:
        return {"phototag": "albums", "version": VERSION, "library": str(self.library), "as": self.kind}

    def _append(self, record: dict[str, object]) -> None:
        with self._path.open("ab", buffering=0) as file:
            file.write(_line(record))


def read(folder: Path) -> Manifest | None:
    """The list in a folder; None where there is none.

    Raises:
        LibraryError: it cannot be read, or is of a newer phototag.
    """
    path = folder / FILE
    try:
        head, *lines = path.read_bytes().splitlines() or [b""]
        facts = json.loads(head)
        if facts["phototag"] != "albums" or facts["version"] > VERSION:
            raise LibraryError(f"{path} was made by a newer phototag. Nothing was changed. Update phototag.")
        manifest = Manifest(folder, Path(facts["library"]), Kind(facts["as"]))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LibraryError(f"Cannot read {path}: {error.strerror}. Nothing was changed.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise LibraryError(
            f"{path} says what phototag made there, and it is damaged. Nothing was changed. Give another folder, "
            "or remove this file; then what is there counts as yours."
        ) from error
    for line in lines:
        try:
            _take_over(manifest, json.loads(line))
        except (ValueError, KeyError, TypeError):  # cut off by a kill or a full disk: what it claims was never made
            continue
    for album in manifest.albums.values():
        _find_folder(folder, album)
    return manifest


def _take_over(manifest: Manifest, record: dict[str, object]) -> None:
    number, file = int(str(record["album"])), record.get("file")
    if file is not None:
        if is_plain(file):
            manifest.albums[number].files.setdefault(str(file), []).append(_made(record))
        return
    names = [record["folder"], *([record["was"]] if "was" in record else [])]
    if all(map(is_plain, names)):
        person, query = record["person"], record["query"]
        files = manifest.albums[number].files if number in manifest.albums else {}
        manifest.albums[number] = Album(
            number, str(record["name"]), None if person is None else int(str(person)),
            None if query is None else str(query), "/".join(map(str, names)), files,
        )  # fmt: skip


def _find_folder(folder: Path, album: Album) -> None:
    """Whether a folder that was to be called otherwise is, tells the disk: the former name is there, or not."""
    name, _, was = album.folder.partition("/")
    album.folder = was if was and was in os.listdir(folder) else name


def _made(record: dict[str, object]) -> Made:
    photo = os.fsencode(str(record["photo"]))
    if "link" in record:
        return Link(photo, str(record["link"]))
    size, mtime_ns = int(str(record["size"])), int(str(record["mtime_ns"]))
    if "inode" in record:
        return HardLink(photo, int(str(record["inode"])), size, mtime_ns)
    of = record["of"]
    if not isinstance(of, list):
        raise TypeError(of)
    return Copy(photo, size, mtime_ns, str(record["copy"]), (int(of[0]), int(of[1])))


def _album(album: Album) -> dict[str, object]:
    return {
        "album": album.number,
        "name": album.name,
        "person": album.person,
        "query": album.query,
        "folder": album.folder,
    }


def _file(album: Album, file: str, made: Made) -> dict[str, object]:
    record: dict[str, object] = {"album": album.number, "file": file, "photo": os.fsdecode(made.photo)}
    match made:
        case Link(_, target):
            return record | {"link": target}
        case HardLink(_, inode, size, mtime_ns):
            return record | {"inode": inode, "size": size, "mtime_ns": mtime_ns}
        case Copy(_, size, mtime_ns, digest_, of):
            return record | {"copy": digest_, "size": size, "mtime_ns": mtime_ns, "of": list(of)}


def _line(record: dict[str, object]) -> bytes:
    return to_json(record).encode() + b"\n"


def read_link(path: Path) -> str:
    r"""The target of a link as it was given: Windows tells it as \\?\C:\Pictures."""
    return os.fsdecode(os.readlink(path)).removeprefix("\\\\?\\")


def digest(path: Path) -> str:
    """Of a file's contents, 32 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, new_digest).hexdigest()


def new_digest() -> hashlib.blake2b:
    """What a copy's contents are remembered by."""
    return hashlib.blake2b(digest_size=16)
