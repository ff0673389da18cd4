"""What Picasa keeps: a .picasa.ini beside the photos of each folder, and contacts.xml with the names of everybody.

Python's own reader of ini files takes no section twice, no line without a value and no "%" as it stands; Picasa's files
have all of these, and what other programs left in them. So they are read line by line, and what says nothing of faces
is passed over. As Franz Buchinger found out (https://gist.github.com/fbuchinger/1073823) and Bryan Williams
(config_files/picasa_faces.config of ExifTool, which has the steps of a rectangle and what is so with camera RAW).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import defusedxml.ElementTree

from phototag.types import Box

INI_FILES = (b".picasa.ini", b"picasa.ini")
"""Names of the files in each folder, in lower case: as Picasa 3 writes it, and as older ones did."""

LARGEST_INI = 16 * 2**20
"""Bytes; a photo with ten faces takes 500."""

LARGEST_CONTACTS = 64 * 2**20
"""Bytes; somebody takes 200."""

IGNORED = "f" * 16
"""Whose face it is that a person told Picasa to ignore, or never answered for."""

NOBODY = "0" * 16
"""Whose face it is where the id is missing."""

_STEPS = 65_535
"""An edge of a rectangle is a whole number: so many parts of the width or height."""

_FACE = re.compile(r"rect64\(([0-9a-f]{1,16})\),([0-9a-f]{1,16})", re.IGNORECASE)
_ID = re.compile(r"[0-9a-f]{1,16}", re.IGNORECASE)
_CONTACTS, _OLD_CONTACTS = "contacts2", "contacts"
_ACCOUNT = "_lh"
"""How the name of an account at Picasa's web albums ends, which old files have in the place of a name."""


class Rectangle(NamedTuple):
    """A face.

    Attributes:
        contact: id of who it is, 16 hex digits; IGNORED or NOBODY if it is nobody.
        box: fractions of the picture: as it is stored, but for camera RAW upright.
    """

    contact: str
    box: Box


@dataclass(frozen=True, slots=True)
class Folder:
    """What one .picasa.ini says of faces.

    Attributes:
        faces: name of a file in the folder, as Picasa spells it -> the faces on it, in order.
        names: id of a contact -> name, stripped but else as it is written.
        broken: name of a file -> what is said of its faces and cannot be understood.
    """

    faces: Mapping[str, tuple[Rectangle, ...]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    broken: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def before(self, older: Folder) -> Folder:
        """Both together; where both say something of a photo or a contact, this one counts."""
        return Folder({**older.faces, **self.faces}, {**older.names, **self.names}, {**older.broken, **self.broken})


def read_ini(data: bytes) -> Folder:
    """Read a .picasa.ini, whatever is in it. Of a key that stands twice in the section of a photo, the last one counts.

    Args:
        data: UTF-8, or in older files Windows-1252, line by line.
    """
    names: dict[str, str] = {}
    old_names: dict[str, str] = {}
    said: dict[str, str] = {}
    for section, key, value in _values(data):
        if section.lower() == _CONTACTS:
            _introduce(names, key, value.partition(";")[0])
        elif section.lower() == _OLD_CONTACTS:
            name = value.partition(",")[0].strip()
            _introduce(old_names, key, "" if name.endswith(_ACCOUNT) else name)
        elif section and key.lower() == "faces":
            said[section] = value
    found = {name: tuple(_faces(value)) for name, value in said.items()}
    faces = {name: tuple(one for one in parts if isinstance(one, Rectangle)) for name, parts in found.items()}
    broken = {name: tuple(one for one in parts if isinstance(one, str)) for name, parts in found.items()}
    return Folder(
        {name: parts for name, parts in faces.items() if parts},
        old_names | names,
        {name: parts for name, parts in broken.items() if parts},
    )


def read_contacts(data: bytes) -> dict[str, str]:
    """Read a contacts.xml: id of a contact -> name.

    Raises:
        ValueError: it is no such file.
    """
    try:
        tree = defusedxml.ElementTree.fromstring(data.strip(b"\0 \r\n\t"))
    except Exception as error:  # not XML, or XML with entities, which defusedxml refuses: billions of laughs
        raise ValueError("not XML") from error
    if tree.tag != "contacts":
        raise ValueError("not Picasa's contacts")
    names: dict[str, str] = {}
    for contact in tree.iter("contact"):
        _introduce(names, contact.get("id", ""), contact.get("name") or contact.get("display") or "")
    return names


def usual_contacts(home: Path, local_data: Path | None) -> list[Path]:
    """Where Picasa keeps contacts.xml, as far as the file is there: on Windows, on macOS, on Linux under Wine.

    Args:
        home: the user's.
        local_data: what %LOCALAPPDATA% says on Windows.
    """
    folders = [] if local_data is None else [local_data / "Google" / "Picasa2"]
    folders += [home / "Library" / "Application Support" / "Google" / version for version in ("Picasa3", "Picasa2")]
    for windows in (home / ".wine" / "drive_c", home / ".google" / "picasa" / "3.0" / "drive_c"):
        for local in ("users/*/AppData/Local", "*/*/Local Settings/Application Data"):
            folders += sorted(windows.glob(f"{local}/Google/Picasa2"))
    return [file for folder in folders if (file := folder / "contacts" / "contacts.xml").is_file()]


def rectangle(digits: str) -> Box | None:
    """What stands in `rect64(...)`: left, top, right, bottom, 16 bits each; zeros in front are left out.

    Returns:
        None for one without area.
    """
    packed = int(digits, 16)
    left, top, right, bottom = ((packed >> shift & 0xFFFF) / _STEPS for shift in (48, 32, 16, 0))
    return Box(left, top, right, bottom) if left < right and top < bottom else None


def contact_id(digits: str) -> str:
    """An id with the zeros in front that Picasa leaves out."""
    return digits.lower().zfill(16)


def _values(data: bytes) -> Iterator[tuple[str, str, str]]:
    """Section, key and value of each line that has them."""
    section = ""
    for raw in data.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").splitlines():
        line = _text(raw).strip()
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1]
        else:
            key, has_value, value = line.partition("=")
            if has_value:
                yield section, key.strip(), value.strip()


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def _introduce(names: dict[str, str], contact: str, name: str) -> None:
    name = name.strip()
    if name and _ID.fullmatch(contact.strip()):
        names[contact_id(contact.strip())] = name


def _faces(value: str) -> Iterator[Rectangle | str]:
    """The faces of a photo, and what cannot be understood as one."""
    for part in value.split(";"):
        text = part.replace(" ", "")
        if not text:
            continue
        matched = _FACE.fullmatch(text)
        box = rectangle(matched[1]) if matched else None
        yield part.strip() if matched is None or box is None else Rectangle(contact_id(matched[2]), box)
