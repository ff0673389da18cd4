"""What the elements of an XMP packet say: RDF/XML as far as XMP uses it (ISO 16684-1, section 7).

The same may be written in several ways: a structure's fields are elements or attributes; it is marked as a resource,
has a Description within it, or is nothing but attributes. What is read here are values: an element or an attribute.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from phototag.media.markup import XML, Element, Name

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

DESCRIPTION, LI = Name(RDF, "Description"), Name(RDF, "li")
PARSE_TYPE = Name(RDF, "parseType")
LANG = Name(XML, "lang")

_RDF = Name(RDF, "RDF")
_VALUE = Name(RDF, "value")
_RESOURCE = Name(RDF, "resource")
_ARRAYS = frozenset({Name(RDF, "Bag"), Name(RDF, "Seq"), Name(RDF, "Alt")})


class Attribute(NamedTuple):
    """A value that is written as an attribute.

    Attributes:
        owner: the element that has it.
        name: of the attribute, and so of the property or field.
    """

    owner: Element
    name: Name


Value: TypeAlias = Element | Attribute


def packet(root: Element) -> Element | None:
    """The `rdf:RDF` of a packet, which may be the outermost element or in a wrapper; None where there is none."""
    return next((e for e in (root, *root.children) if e.name == _RDF), None)


def descriptions(root: Element) -> list[Element]:
    """The elements that hold properties."""
    found = packet(root)
    return [child for child in found.children if child.name == DESCRIPTION] if found else []


def properties(root: Element, name: Name) -> Iterator[Value]:
    """Each place where a property stands: mostly one or none."""
    for description in descriptions(root):
        yield from _named(description, name)


def _named(holder: Element, name: Name) -> list[Value]:
    found: list[Value] = [child for child in holder.children if child.name == name]
    return [Attribute(holder, name), *found] if name in holder.attributes else found


def holder(value: Value) -> Element | None:
    """The element whose children and attributes are a structure's fields; None where it cannot be a structure."""
    if isinstance(value, Attribute) or value.attributes.get(PARSE_TYPE, "Resource") != "Resource":
        return None
    only = value.children[0] if len(value.children) == 1 else None
    return only if only is not None and only.name == DESCRIPTION else value


def field(value: Value | None, *path: Name) -> Value | None:
    """A field of a structure, or of a structure within it; None where there is none."""
    for name in path:
        inner = holder(value) if value is not None else None
        value = next(iter(_named(inner, name)), None) if inner is not None else None
    return value


def array(value: Value | None) -> Element | None:
    """The Bag, Seq or Alt of an array; None where it is none."""
    if not isinstance(value, Element) or len(value.children) != 1:
        return None
    only = value.children[0]
    return only if only.name in _ARRAYS else None


def items(value: Value | None) -> list[Element]:
    """The items of an array; [] where it is none."""
    found = array(value)
    return [child for child in found.children if child.name == LI] if found else []


def text(value: Value | None) -> str | None:
    """What a simple value says, or the first of an array, of languages the default; "" and blanks are None."""
    while isinstance(value, Element) and value.children:
        inner = items(value)
        default = (item for item in inner if item.attributes.get(LANG, "").lower() == "x-default")
        value = next(default, inner[0] if inner else None) if inner else field(value, _VALUE)
    if value is None:
        return None
    if isinstance(value, Attribute):
        found = value.owner.attributes[value.name]
    else:
        found = value.text.strip() or value.attributes.get(_RESOURCE) or value.attributes.get(_VALUE, "")
    return found.strip() or None


def texts(value: Value | None) -> list[str]:
    """What each item of an array says, or a simple value that stands where an array should."""
    if array(value) is None:
        return [alone] if (alone := text(value)) else []
    return [found for item in items(value) if (found := text(item))]
