"""What Picasa knows of the people on the photos of a library."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from phototag.app.accounts import Gathered, Gathering, NoNameError, Shelf, as_name, read_foreign
from phototag.app.disk import walk_of
from phototag.core.geometry import to_stored
from phototag.core.regions import Region
from phototag.errors import LibraryError, UsageError
from phototag.index.db import Index
from phototag.index.faces import PhotoOnDisk
from phototag.media import picasa
from phototag.media.formats import Kind, kind_of
from phototag.media.picasa import IGNORED, INI_FILES, LARGEST_CONTACTS, LARGEST_INI, NOBODY, Folder, Rectangle
from phototag.media.walk import PassedOver, Why
from phototag.types import Box

IGNORED_FACES, UNNAMED_FACES = "ignored", "unnamed"
"""Left out: faces that Picasa was told to ignore or that nobody named there, and faces without an id."""

_CONTACTS = "Picasa's contacts.xml, which has a line <contact id=... name=...> for everybody"


def usual_contacts(home: Path, environ: Mapping[str, str]) -> list[Path]:
    """Where Picasa keeps the names, as far as the file is there.

    Args:
        home: the user's.
        environ: has LOCALAPPDATA on Windows.
    """
    local = environ.get("LOCALAPPDATA", "")
    return picasa.usual_contacts(home, Path(local) if local else None)


def gather(index: Index, contacts: Path | None = None, usual: Sequence[Path] = ()) -> Gathered:
    """Read all that Picasa left in the folders of a library.

    A name is that of contacts.xml, which knows when somebody was renamed; else that in the photo's own folder, else
    that in any other.

    Args:
        index: open.
        contacts: a contacts.xml.
        usual: others, for where that is None; those that cannot be read are a problem.

    Raises:
        UsageError: `contacts` is no such file, or there is no .picasa.ini.
        LibraryError: the library or `contacts` cannot be read.
    """
    reading = _Reading(index)
    known = _contacts(contacts) if contacts else reading.contacts(usual)
    folders = dict(reading.folders())
    if not folders and not reading.gathering.problems:
        raise UsageError(
            f"There is no .picasa.ini in {index.root} nor in a folder below. Picasa writes one beside the photos as "
            "soon as a face has a name. Are these the folders that Picasa looked at?"
        )
    anywhere = {contact: name for folder in folders.values() for contact, name in folder.names.items()}
    for path, folder in folders.items():
        reading.folder(path, folder, {**anywhere, **folder.names, **known})
    reading.tell_of_strangers()
    return reading.gathering.gathered


def _contacts(path: Path) -> dict[str, str]:
    try:
        return picasa.read_contacts(read_foreign(path, LARGEST_CONTACTS, _CONTACTS))
    except ValueError as error:
        raise UsageError(f"{path} is {error}. Give {_CONTACTS}.") from error


class _Reading:
    """Reads folder by folder."""

    def __init__(self, index: Index) -> None:
        self.gathering = Gathering()
        self._index, self._shelf = index, Shelf(index)
        self._strangers: Counter[str] = Counter()
        self._names: dict[str, str | None] = {}

    def contacts(self, paths: Sequence[Path]) -> dict[str, str]:
        """The names in the first of the files that knows somebody; what cannot be read is a problem."""
        known: dict[str, str] = {}
        for path in reversed(paths):
            try:
                known |= _contacts(path)
            except (UsageError, LibraryError) as error:
                self.gathering.problem(str(path), str(error))
        return known

    def folders(self) -> Iterator[tuple[bytes, Folder]]:
        """Each folder that has a .picasa.ini, its path with a slash at the end, and what that says.

        Where an older Picasa left a Picasa.ini beside it, that counts for what the newer one does not have.
        """
        found: dict[bytes, list[bytes]] = {}
        for path in self._ini_files():
            folder, slash, name = path.rpartition(b"/")
            found.setdefault(folder + slash, []).append(name)
        for folder, names in sorted(found.items()):
            merged = Folder()
            for name in sorted(names, reverse=True):  # a dot sorts before letters
                merged = self._read(folder + name).before(merged)
            yield folder, merged

    def _ini_files(self) -> Iterator[bytes]:
        walk = walk_of(self._index)
        for one in walk.entries():
            is_ours = isinstance(one, PassedOver) and one.why in (Why.HIDDEN, Why.OTHER)
            if is_ours and one.path.rpartition(b"/")[2].lower() in INI_FILES:
                yield one.path

    def _read(self, path: bytes) -> Folder:
        file = self._index.root / os.fsdecode(path)
        try:
            if file.stat().st_size > LARGEST_INI:
                self.gathering.problem(
                    os.fsdecode(path), f"It has more than {LARGEST_INI >> 20} MB: Picasa's have not."
                )
                return Folder()
            return picasa.read_ini(file.read_bytes())
        except OSError as error:
            self.gathering.problem(os.fsdecode(path), f"It cannot be read: {error.strerror}.")
            return Folder()

    def folder(self, path: bytes, folder: Folder, names: Mapping[str, str]) -> None:
        """Take what a folder says, with the names of all contacts."""
        for photo, broken in folder.broken.items():
            some = ", ".join(broken[:3])
            self.gathering.problem(_where(path, photo), f"Picasa's faces={some} cannot be understood.")
        for photo, rectangles in folder.faces.items():
            named = [(name, one.box) for one in rectangles if (name := self._name(one, names)) is not None]
            file = self._shelf.find(path + os.fsencode(photo))
            if file is not None:
                for name, box in named:
                    self.gathering.region(file.path, Region(name, _stored(file, box)))
            elif named:
                self.gathering.problem(
                    _where(path, photo), "The index knows no such photo. If it is there: phototag scan DIR"
                )

    def _name(self, one: Rectangle, names: Mapping[str, str]) -> str | None:
        """Whose face it is; None, and counted, if that is nobody with a name."""
        if one.contact in (IGNORED, NOBODY):
            self.gathering.left_out[IGNORED_FACES if one.contact == IGNORED else UNNAMED_FACES] += 1
            return None
        if one.contact not in names:
            self._strangers[one.contact] += 1
            return None
        return self._cleaned(names[one.contact])

    def _cleaned(self, name: str) -> str | None:
        """A name as phototag keeps it; what is none is a problem, once."""
        if name not in self._names:
            self._names[name] = None
            try:
                self._names[name] = as_name(name)
            except NoNameError as error:
                self.gathering.problem(f"Picasa's contact {name[:100]!r}", str(error))
        return self._names[name]

    def tell_of_strangers(self) -> None:
        """Faces of somebody whose name is nowhere are a problem, once for each of them."""
        for contact, count in self._strangers.most_common():
            faces = "1 face" if count == 1 else f"{count:,} faces"
            self.gathering.problem(
                f"Picasa's contact {contact}",
                f"{faces} of somebody whose name is in no .picasa.ini. Give the contacts.xml with it: --contacts FILE",
            )


def _stored(file: PhotoOnDisk, box: Box) -> Box:
    """Picasa knows the stored picture, but of camera RAW the upright one."""
    return to_stored(box, file.orientation) if kind_of(file.path) is Kind.RAW else box


def _where(folder: bytes, photo: str) -> str:
    return os.fsdecode(folder) + photo
