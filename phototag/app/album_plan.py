"""Albums as they should be against what is in their folder: what is to be done. Writes nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from phototag.app.manifest import EDITED, Album, Copy, HardLink, Kind, Link, Made, Manifest
from phototag.core.filenames import folder_name, numbered, same_name_key
from phototag.core.names import name_key
from phototag.errors import PhotoProblem, UsageError


@dataclass(frozen=True, slots=True)
class Kept:
    """Something of the user's where something of ours was.

    Attributes:
        path: relative to the folder of albums.
        reason: one sentence for a person.
    """

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """An album as it should be; photos are files of the library, one a picture, sorted."""

    name: str
    person: int | None
    query: str | None
    photos: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Making:
    """A file that is to be made.

    Attributes:
        album: in which.
        file: its name.
        photo: path in the library.
        instead_of: what of ours is there and not as it should be any more, or None.
    """

    album: Album
    file: str
    photo: bytes
    instead_of: Made | None = None


@dataclass(slots=True)
class Change:
    """One album as it is to be.

    Attributes:
        album: as it will be.
        was: its folder's name now, if that will be another; there may be no folder yet.
        removing: what of ours is there and does not belong there any more.
        making: what is to be made.
        is_new: nothing of it is there yet.
        stays: the album will be there.
    """

    album: Album
    was: str | None = None
    removing: list[tuple[str, Made]] = field(default_factory=list)
    making: list[Making] = field(default_factory=list)
    is_new: bool = False
    stays: bool = True


@dataclass(slots=True)
class Plan:
    """What is to be done.

    Attributes:
        kind: of what is made.
        way: to the library, as links say it: from an album where both are on one disk, which may be moved or be mounted
            elsewhere; else from the top.
        changes: albums that go first: the names of their folders may be wanted.
        kept: what is left because it is the user's.
        problems: photos that are not there.
    """

    kind: Kind
    way: str
    changes: list[Change] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    problems: list[PhotoProblem] = field(default_factory=list)

    def target(self, photo: bytes) -> str:
        """What a link to a photo says."""
        return os.path.join(self.way, os.fsdecode(photo))


class Planner:
    """Compares what should be there with what is."""

    def __init__(self, root: Path, place: Path, manifest: Manifest, kind: Kind) -> None:
        """Prepare a plan.

        Args:
            root: of the library.
            place: the folder of albums; may not be there yet.
            manifest: of it; its albums become what they will be.
            kind: of what shall be there.

        Raises:
            UsageError: hard links are wanted, and the two are not on one disk.
        """
        self._root, self._place, self._manifest, self._kind = root, place, manifest, kind
        is_near = _device(place) == _device(root)
        self._plan = Plan(kind, os.path.relpath(root, place / "album") if is_near else str(root))
        self._left: set[int] = set()
        if kind is Kind.HARD_LINKS and not is_near:
            raise UsageError(
                f"A hard link is a second name on one disk, and {place} is on another one than the library {root}. "
                "Nothing was made. Use --copies, or give a folder on the library's disk."
            )
        for album in manifest.albums.values():
            if not self._is_there(album) and os.path.lexists(place / album.folder):
                self._plan.kept.append(Kept(album.folder, EDITED))
                album.files, album.folder = {}, ""  # another folder will be made

    def of_queries(self) -> list[Album]:
        """The albums of queries, but those whose folder the user removed."""
        albums = [album for album in self._manifest.albums.values() if album.query is not None]
        return [album for album in albums if self._is_there(album) or not album.files]

    def leave(self, album: Album, reason: str) -> None:
        """Leave an album as it is, and say why."""
        self._left.add(album.number)
        self._plan.problems.append(PhotoProblem(os.fsencode(album.folder), reason))

    def plan(self, wanted: Sequence[Wanted], *, others_go: bool = True) -> Plan:
        """What is to be done so that there are these albums; all others go, or all others stay as they are."""
        albums = [album for album in self._manifest.albums.values() if album.number not in self._left]
        pairs = _matched(wanted, albums)
        matched = {album.number for _, album in pairs if album is not None}
        others = [album for album in albums if album.number not in matched] if others_go else []
        gone = [self._compare(album, ()) for album in others]
        taken = self._taken(gone)
        changes = [self._change(one, album, taken) for one, album in pairs]
        for change in gone:
            change.stays = False
        for change in changes:
            change.stays = bool(change.album.files) or change.album.query is not None
        for change in [*gone, *changes]:
            if not change.stays:
                del self._manifest.albums[change.album.number]
        self._plan.changes = [change for change in [*gone, *changes] if change.stays or not change.is_new]
        return self._plan

    def _is_there(self, album: Album) -> bool:
        folder = self._place / album.folder
        return bool(album.folder) and folder.is_dir() and not folder.is_symlink()

    def _taken(self, gone: Sequence[Change]) -> set[str]:
        """Keys of the names that no new folder may have."""
        there = set(os.listdir(self._place)) if self._place.is_dir() else set()
        emptied = {change.album.folder for change in gone if self._will_be_empty(change)}
        ours = {album.folder for album in self._manifest.albums.values()}
        return {same_name_key(name) for name in (there | ours) - emptied}

    def _will_be_empty(self, change: Change) -> bool:
        folder = self._place / change.album.folder
        return self._is_there(change.album) and set(os.listdir(folder)) <= {file for file, _ in change.removing}

    def _change(self, wanted: Wanted, album: Album | None, taken: set[str]) -> Change:
        folder, is_new = _folder_for(wanted, album, taken), album is None
        taken.add(same_name_key(folder))
        if album is None:
            number = self._manifest.number()
            album = self._manifest.albums[number] = Album(number, wanted.name, wanted.person, wanted.query, folder)
        change = self._compare(album, wanted.photos)
        change.is_new = is_new
        change.was = album.folder if album.folder not in ("", folder) and self._is_there(album) else None
        album.name, album.person, album.query, album.folder = wanted.name, wanted.person, wanted.query, folder
        return change

    def _compare(self, album: Album, photos: Sequence[bytes]) -> Change:
        """What is to be done with the files of one album. It then has those that will be there, with a claim each."""
        change, left = Change(album), set(photos)
        folder = self._place / album.folder
        taken = {same_name_key(name) for name in os.listdir(folder)} if self._is_there(album) else set()
        claimed, album.files = album.files, {}
        for file, claims in sorted(claimed.items()):
            path, photo = folder / file, claims[-1].photo
            if os.path.lexists(path):
                made = self._ours(album, path, claims)
                if made is None:
                    continue
                photo = made.photo
            else:
                made = None
            status = self._status(photo) if photo in left else None
            if made is not None and photo in left and (status is None or self._is_current(made, status)):
                album.files[file] = [made]
            elif made is not None and not self._may_go(album, path, made):
                continue
            elif status is not None:
                change.making.append(Making(album, file, photo, made))
                album.files[file] = [] if made is None else [made]
                taken.add(same_name_key(file))
            elif made is not None:
                change.removing.append((file, made))
                taken.discard(same_name_key(file))
                continue
            left.discard(photo)
        for photo in photos:
            if photo in left and self._status(photo) is not None:
                file = _free_name(photo, taken)
                taken.add(same_name_key(file))
                change.making.append(Making(album, file, photo))
                album.files[file] = []
        return change

    def _ours(self, album: Album, path: Path, claims: Sequence[Made]) -> Made | None:
        """What of ours lies at a path; None, and a note, if that is the user's."""
        for made in reversed(claims):
            if made.is_at(path, self._root / os.fsdecode(made.photo)):
                return made
        self._keep(album, path, EDITED)
        return None

    def _may_go(self, album: Album, path: Path, made: Made) -> bool:
        reason = made.why_kept(path)
        if reason is not None:
            self._keep(album, path, reason)
        return reason is None

    def _keep(self, album: Album, path: Path, reason: str) -> None:
        self._plan.kept.append(Kept(f"{album.folder}/{path.name}", reason))

    def _is_current(self, made: Made, status: os.stat_result) -> bool:
        match made:
            case Link(photo, target):
                return self._kind is Kind.LINKS and target == self._plan.target(photo)
            case HardLink(_, inode):
                return self._kind is Kind.HARD_LINKS and inode == status.st_ino
            case Copy(of=of):
                return self._kind is Kind.COPIES and of == (status.st_size, status.st_mtime_ns)

    def _status(self, photo: bytes) -> os.stat_result | None:
        """Of the photo itself; None, and a problem, if it is not there."""
        try:
            return (self._root / os.fsdecode(photo)).stat()
        except OSError as error:
            self._plan.problems.append(PhotoProblem(photo, f"It is not there: {error.strerror or error}"))
            return None


def _matched(wanted: Sequence[Wanted], albums: Sequence[Album]) -> list[tuple[Wanted, Album | None]]:
    """Whose album each is: by the name, which outlives an index that is made anew; else by the person's id."""
    of_name = {(album.query is None, name_key(album.name)): album for album in albums}
    by_name = [of_name.get((one.query is None, name_key(one.name))) for one in wanted]
    matched = {album.number for album in by_name if album is not None}
    of_person = {album.person: album for album in albums if album.query is None and album.number not in matched}
    return [
        (one, album if album is not None or one.person is None else of_person.get(one.person))
        for one, album in zip(wanted, by_name, strict=True)
    ]


def _folder_for(wanted: Wanted, album: Album | None, taken: AbstractSet[str]) -> str:
    """What an album's folder is to be called: as it is, if that is a name for it."""
    plain, now = folder_name(wanted.name), "" if album is None else album.folder
    is_numbered = album is not None and album.name == wanted.name and re.fullmatch(re.escape(plain) + r" \(\d+\)", now)
    if now and (now == plain or is_numbered):
        return now
    names = (numbered(plain, "", n) for n in count(1))
    return next(name for name in names if same_name_key(name) not in taken - {same_name_key(now)})


def _free_name(photo: bytes, taken: AbstractSet[str]) -> str:
    path = Path(os.fsdecode(photo))
    names = (numbered(path.stem, path.suffix, n) for n in count(1))
    return next(name for name in names if same_name_key(name) not in taken)


def _device(path: Path) -> int:
    """The disk that a path is on, or will be on."""
    there = next(folder for folder in (path, *path.parents) if folder.exists())
    return there.stat().st_dev
