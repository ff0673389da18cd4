"""Names of files and folders that every system takes, and that no system takes for each other."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 255
"""Bytes in a name, at most: ext4 and others. NTFS, APFS and exFAT count 255 units of UTF-16, which are fewer."""

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED = frozenset(
    [
        "con",
        "prn",
        "aux",
        "nul",
        "conin$",
        "conout$",
        *(f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"),
    ]
)
"""Devices of Windows, whatever follows after a dot. https://learn.microsoft.com/windows/win32/fileio/naming-a-file"""


def folder_name(name: str) -> str:
    """What a folder of this name is called: the same wherever that can be, else with "_" for what cannot.

    No dot or space at its end, which Windows drops; no dot at its beginning, which hides it.
    """
    plain = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", " ".join(name.split()))).rstrip(". ")
    if plain.startswith("."):
        plain = "_" + plain[1:]
    if plain.partition(".")[0].rstrip().lower() in _RESERVED:
        plain = "_" + plain
    return numbered(plain or "_", "", 1).rstrip(". ")


def numbered(stem: str, suffix: str, number: int) -> str:
    """The nth name like this one: "IMG_1.jpg", "IMG_1 (2).jpg"; its stem is cut where it would be too long."""
    end = suffix if number == 1 else f" ({number}){suffix}"
    while stem and len((stem + end).encode("utf-8", "surrogateescape")) > LONGEST:
        stem = stem[:-1]
    return stem + end


def same_name_key(name: str) -> str:
    """Two names with the same key may be one file: where capitals do not count, or accents are coded otherwise."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def is_plain(name: object) -> bool:
    """Whether this names something in a folder, and nothing elsewhere."""
    return isinstance(name, str) and name not in ("", ".", "..") and not re.search(r"[/\\\0]", name)
