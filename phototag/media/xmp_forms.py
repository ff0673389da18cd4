"""How what is new in an XMP packet is written: as elements, in the forms that most programs read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from phototag.core.regions import Region
from phototag.errors import SidecarError
from phototag.media import rdf
from phototag.media.markup import Element, Name, elements
from phototag.media.rdf import RDF
from phototag.media.xmp import (
    AREA,
    DC,
    DIGIKAM,
    DIMENSIONS,
    DIMENSIONS_OF_MWG,
    IPTC,
    LISTS,
    LR,
    MP,
    MPREG,
    MPRI,
    MWG,
    XMP,
)
from phototag.types import Box

PREFIXES = {
    RDF: "rdf",
    MWG: "mwg-rs",
    AREA: "stArea",
    DIMENSIONS: "stDim",
    MP: "MP",
    MPRI: "MPRI",
    MPREG: "MPReg",
    IPTC: "Iptc4xmpExt",
    DC: "dc",
    LR: "lr",
    DIGIKAM: "digiKam",
    XMP: "xmp",
}
"""Namespace -> the prefix that everybody uses, for a packet that has none for it."""

HUMAN = "http://cv.iptc.org/newscodes/imageregiontype/human"
"""What a region shows, from IPTC's list of types."""

_BAG, _SEQ, _ALT = Name(RDF, "Bag"), Name(RDF, "Seq"), Name(RDF, "Alt")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_TEXT = str.maketrans(_ESCAPES)
_ATTRIBUTE = str.maketrans({**_ESCAPES, '"': "&quot;", "\t": "&#9;", "\n": "&#10;"})


class New(NamedTuple):
    """An element that is to be.

    Attributes:
        name: what it is called.
        content: its text, or the elements in it.
        qualifiers: its attributes.
    """

    name: Name
    content: str | Sequence[New]
    qualifiers: tuple[tuple[Name, str], ...] = ()


def _resource(name: Name, *fields: New) -> New:
    return New(name, fields, ((rdf.PARSE_TYPE, "Resource"),))


def _bag(name: Name, text: str) -> New:
    return New(name, [New(_BAG, [New(rdf.LI, text)])])


def _in_any_language(name: Name, text: str) -> New:
    return New(name, [New(_ALT, [New(rdf.LI, text, ((rdf.LANG, "x-default"),))])])


def _fields(space: str, **texts: str) -> list[New]:
    return [New(Name(space, local), text) for local, text in texts.items()]


NAMES: Mapping[str, Sequence[tuple[Name, Callable[[Name, str], New]]]] = {
    "mwg": ((Name(MWG, "Name"), New),),
    "microsoft": ((Name(MPREG, "PersonDisplayName"), New),),
    "iptc": ((Name(IPTC, "Name"), _in_any_language), (Name(IPTC, "PersonInImage"), _bag)),
}
"""The fields in which a region of each list has its name, and how they are written."""


def _named(of: str, region: Region) -> list[New]:
    return [form(name, region.name) for name, form in NAMES[of]] if region.name else []


def _corner(box: Box) -> tuple[str, str, str, str]:
    """Left, top, width and height; the right and lower edge are rounded, not the width and height."""
    left, top, right, bottom = (round(edge, 6) for edge in box)
    return _number(left), _number(top), _number(right - left), _number(bottom - top)


def _number(value: float) -> str:
    return f"{value:.6f}"


def _for_mwg(region: Region) -> New:
    left, top, right, bottom = region.box
    x, y = _number((left + right) / 2), _number((top + bottom) / 2)
    area = _fields(AREA, x=x, y=y, w=_number(right - left), h=_number(bottom - top), unit="normalized")
    kind = New(Name(MWG, "Type"), "Face")
    return _resource(rdf.LI, *_named("mwg", region), kind, _resource(Name(MWG, "Area"), *area))


def _for_microsoft(region: Region) -> New:
    rectangle = New(Name(MPREG, "Rectangle"), ", ".join(_corner(region.box)))
    return _resource(rdf.LI, rectangle, *_named("microsoft", region))


def _for_iptc(region: Region) -> New:
    x, y, width, height = _corner(region.box)
    edges = _fields(IPTC, rbShape="rectangle", rbUnit="relative", rbX=x, rbY=y, rbW=width, rbH=height)
    name, identifier = _in_any_language(Name(IPTC, "Name"), "human"), _bag(Name(XMP, "Identifier"), HUMAN)
    kind = New(Name(IPTC, "rCtype"), [New(_BAG, [_resource(rdf.LI, name, identifier)])])
    return _resource(rdf.LI, _resource(Name(IPTC, "RegionBoundary"), *edges), *_named("iptc", region), kind)


def _word(text: str) -> New:
    return New(rdf.LI, text)


class Form(NamedTuple):
    """How a list is written.

    Attributes:
        item: makes an item of a Region or a word.
        spaces: namespaces that it needs.
        array: what kind of array it is.
    """

    item: Callable[[Any], New]
    spaces: tuple[str, ...]
    array: Name = _BAG


FORMS: Mapping[str, Form] = {
    "mwg": Form(_for_mwg, (MWG, AREA, DIMENSIONS)),
    "microsoft": Form(_for_microsoft, (MP, MPRI, MPREG)),
    "iptc": Form(_for_iptc, (IPTC, XMP)),
    "person_in_image": Form(_word, (IPTC,)),
    "subject": Form(_word, (DC,)),
    "hierarchical": Form(_word, (LR,)),
    "tags_list": Form(_word, (DIGIKAM,), _SEQ),
}
"""The lists of Tagged by their attribute."""


def array(of: str, items: Sequence[New]) -> New:
    """The property or field that is a list."""
    path = LISTS[of]
    return New(path.fields[-1] if path.fields else path.property, [New(FORMS[of].array, items)])


def whole(of: str, items: Sequence[New], size: tuple[int, int]) -> New:
    """The property that has a list in it."""
    inner = array(of, items)
    if of != "mwg":
        return _resource(LISTS[of].property, inner) if LISTS[of].fields else inner
    pixels = _fields(DIMENSIONS, w=str(size[0]), h=str(size[1]), unit="pixel")
    return _resource(LISTS[of].property, _resource(DIMENSIONS_OF_MWG, *pixels), inner)


def text(said: str) -> bytes:
    """As the content of an element.

    Raises:
        SidecarError: XML has no way to write one of its characters.
    """
    return _checked(said).translate(_TEXT).encode()


def quoted(said: str) -> bytes:
    """As the value of an attribute, with its quotes. Raises as `text`."""
    return b'"' + _checked(said).translate(_ATTRIBUTE).encode() + b'"'


def _checked(said: str) -> str:
    if found := _FORBIDDEN.search(said):
        raise SidecarError(f"XMP cannot hold {said!r}: it has the character U+{ord(found.group()):04X} in it.")
    return said


def declaration(prefix: str, space: str) -> bytes:
    """Of a namespace, as an attribute."""
    return f'xmlns:{prefix}="{space}"'.encode()


@dataclass(slots=True)
class Prefixes:
    """Prefixes at a place of a document; where a namespace has none there, a new one that is no other's.

    Attributes:
        known: namespace -> prefix.
        taken: prefix -> all namespaces that it stands for anywhere.
        new: prefix -> namespace, those that must be declared.
    """

    known: dict[str, str]
    taken: Mapping[str, set[str]]
    new: dict[str, str] = field(default_factory=dict)

    def written(self, name: Name) -> bytes:
        """A name with its prefix."""
        if name.space not in self.known:
            prefix = self._free(name.space)
            self.known[name.space] = prefix
            self.new[prefix] = name.space
        return f"{self.known[name.space]}:{name.local}".encode()

    def _free(self, space: str) -> str:
        usual, prefix, number = PREFIXES[space], PREFIXES[space], 1
        while self.taken.get(prefix, {space}) != {space}:
            prefix, number = f"{usual}{number}", number + 1
        return prefix

    def declarations(self) -> bytes:
        """Of the new ones, each with a blank before it."""
        return b"".join(b" " + declaration(prefix, space) for prefix, space in self.new.items())


def prefixes_taken(root: Element) -> dict[str, set[str]]:
    """Prefix -> namespaces, of a whole document."""
    taken: dict[str, set[str]] = {"xmlns": set()}
    for element in elements(root):
        for prefix, space in element.declared.items():
            taken.setdefault(prefix, set()).add(space)
    return taken


def prefixes_at(element: Element, taken: Mapping[str, set[str]]) -> Prefixes:
    """Those that may be used within an element."""
    return Prefixes({space: prefix for prefix, space in element.namespaces().items() if prefix}, taken)


def rendered(new: New, prefixes: Prefixes, line: bytes, unit: bytes) -> bytes:
    """An element as text, with the declarations that it needs.

    Args:
        new: the element.
        prefixes: those of its place.
        line: the line break and indentation before it; b"" to have all in one line.
        unit: by how much what is in it is indented further.
    """
    inner = b"".join(_rendered(new, prefixes, line, unit if line else b""))
    end = inner.index(b">") if b" " not in inner[: inner.index(b">")] else inner.index(b" ")
    return inner[:end] + prefixes.declarations() + inner[end:]


def _rendered(new: New, prefixes: Prefixes, line: bytes, unit: bytes) -> Iterable[bytes]:
    name = prefixes.written(new.name)
    yield b"<" + name
    for qualifier, value in new.qualifiers:
        yield b" " + prefixes.written(qualifier) + b"=" + quoted(value)
    yield b">"
    if isinstance(new.content, str):
        yield text(new.content)
    else:
        for child in new.content:
            yield line + unit
            yield from _rendered(child, prefixes, line + unit, unit)
        yield line
    yield b"</" + name + b">"
