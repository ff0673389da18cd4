"""What an XMP packet says of people: rectangles around them in three lists, and their names in four.

How each list has a rectangle: the Metadata Working Group's guidelines 2.0 (5.9), Microsoft's "People Tagging
Overview", IPTC's Photo Metadata Standard 2023.1 (Image Region).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from phototag.core.geometry import box_within
from phototag.core.regions import Region, Tagged
from phototag.errors import SidecarError
from phototag.media import markup, rdf
from phototag.media.markup import Element, Name
from phototag.media.rdf import Value
from phototag.types import Box

MAX_REGIONS = 2000
"""In all lists of a packet, read or written; nobody drew more, and comparing takes their square: a few seconds."""

SHORTEST_SIDE = 1e-4
"""Of a region, as a fraction: a pixel of ten thousand is no face, and six decimals could not hold it."""

LONGEST_SIDE = 1.5
"""Of a region before it is clipped; a longer one is no fraction, whatever it says."""

MWG = "http://www.metadataworkinggroup.com/schemas/regions/"
AREA = "http://ns.adobe.com/xmp/sType/Area#"
DIMENSIONS = "http://ns.adobe.com/xap/1.0/sType/Dimensions#"
MP = "http://ns.microsoft.com/photo/1.2/"
MPRI = "http://ns.microsoft.com/photo/1.2/t/RegionInfo#"
MPREG = "http://ns.microsoft.com/photo/1.2/t/Region#"
IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
DC = "http://purl.org/dc/elements/1.1/"
LR = "http://ns.adobe.com/lightroom/1.0/"
DIGIKAM = "http://www.digikam.org/ns/1.0/"
XMP = "http://ns.adobe.com/xap/1.0/"
TIFF = "http://ns.adobe.com/tiff/1.0/"

DIMENSIONS_OF_MWG = Name(MWG, "AppliedToDimensions")

_PEOPLE = ("human", "person", "people", "face", "head")
_NO_SUBJECTS = ("crop", "copyright")
_ROLES, _TYPES = Name(IPTC, "rRole"), Name(IPTC, "rCtype")
_BOUNDARY = Name(IPTC, "RegionBoundary")
_UNKNOWN = math.nan, math.nan

Size: TypeAlias = tuple[float, float]
"""Width and height in pixels, of the picture as it is stored."""


class Path(NamedTuple):
    """Where a list stands.

    Attributes:
        property: the name of the property.
        fields: from there to the array; () where the property is the array.
    """

    property: Name
    fields: tuple[Name, ...] = ()


LISTS: Mapping[str, Path] = {
    "mwg": Path(Name(MWG, "Regions"), (Name(MWG, "RegionList"),)),
    "microsoft": Path(Name(MP, "RegionInfo"), (Name(MPRI, "Regions"),)),
    "iptc": Path(Name(IPTC, "ImageRegion")),
    "person_in_image": Path(Name(IPTC, "PersonInImage")),
    "subject": Path(Name(DC, "subject")),
    "hierarchical": Path(Name(LR, "hierarchicalSubject")),
    "tags_list": Path(Name(DIGIKAM, "TagsList")),
}
"""The lists of Tagged by their attribute."""


class Drawn(NamedTuple):
    """A region and where it stands.

    Attributes:
        said: what it says.
        item: the item of the array.
    """

    said: Region
    item: Element


class Word(NamedTuple):
    """A name or keyword and where it stands.

    Attributes:
        said: the text.
        item: the item of the array, or the whole property where it is none.
    """

    said: str
    item: Value


def parse(data: bytes, size: tuple[int, int] | None = None) -> Tagged:
    """Read a packet, or a sidecar.

    Left out are regions of anything but people, and those without an area or with an absurd one. Boxes are clipped to
    the picture; names are stripped, and an empty one is None.

    Args:
        data: UTF-8 or UTF-16, with or without a wrapper and padding.
        size: width and height of the picture as stored, in pixels. IPTC's regions may be in pixels, which cannot be
            read without it; nor is a circle round.

    Raises:
        SidecarError: it cannot be read; says why.
    """
    return tagged(document(markup.Text(data).body), size)


def orientation(data: bytes) -> int | None:
    """`tiff:Orientation` of a packet, or of a sidecar, 1 to 8; None where it tells none.

    Raises:
        SidecarError: it cannot be read; says why.
    """
    return _orientation(document(markup.Text(data).body))


def document(body: bytes) -> Element:
    """Read the XML of a packet.

    Raises:
        SidecarError: no XML, or no XMP.
    """
    if not body:
        raise SidecarError("The XMP is empty.")
    root = markup.read(body)
    if rdf.packet(root) is None:
        raise SidecarError("The file is XML, but no XMP.")
    return root


def tagged(root: Element, size: Size | None) -> Tagged:
    """What a document says.

    Raises:
        SidecarError: more regions than anybody draws.
    """
    said = {name: tuple(d.said for d in drawn(root, name, size)) for name in REGIONS}
    if sum(map(len, said.values())) > MAX_REGIONS:
        raise SidecarError(f"The XMP has more than {MAX_REGIONS:,} regions.")
    listed = {name: tuple(w.said for w in words(root, name)) for name in LISTS if name not in REGIONS}
    return Tagged(
        mwg=said["mwg"],
        microsoft=said["microsoft"],
        iptc=said["iptc"],
        person_in_image=listed["person_in_image"],
        subject=listed["subject"],
        hierarchical=listed["hierarchical"],
        tags_list=listed["tags_list"],
        orientation=_orientation(root),
    )


def drawn(root: Element, name: str, size: Size | None) -> list[Drawn]:
    """The regions of a list, each with its place; see `parse`."""
    path, region_of = LISTS[name], REGIONS[name]
    return [
        Drawn(region, item)
        for value in rdf.properties(root, path.property)
        for item in rdf.items(rdf.field(value, *path.fields))
        if (region := region_of(item, value, size))
    ]


def words(root: Element, name: str) -> list[Word]:
    """The texts of a list, each with its place; empty ones are left out."""
    return [word for value in rdf.properties(root, LISTS[name].property) for word in _words(value)]


def _words(value: Value) -> Iterator[Word]:
    for item in [value] if rdf.array(value) is None else rdf.items(value):
        if said := rdf.text(item):
            yield Word(said, item)


def _orientation(root: Element) -> int | None:
    found = next((rdf.text(v) for v in rdf.properties(root, Name(TIFF, "Orientation"))), None)
    return int(found) if found in {"1", "2", "3", "4", "5", "6", "7", "8"} else None


def region_box(left: float, top: float, width: float, height: float) -> Box | None:
    """A region clipped to the picture; None where it has no area or an absurd one."""
    edges = left, top, left + width, top + height
    if not all(map(math.isfinite, edges)) or not (0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE):
        return None
    box = box_within(*edges)
    return box if min(box.right - box.left, box.bottom - box.top) >= SHORTEST_SIDE else None


def _numbers(value: Value | None, space: str, *names: str) -> list[float]:
    """Fields of a structure as numbers, NaN where there is none."""
    return [_number(rdf.text(rdf.field(value, Name(space, name)))) for name in names]


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return math.nan


def _of_mwg(item: Element, whole: Value, size: Size | None) -> Region | None:
    """The centre, width and height of a rectangle, or the diameter of a circle."""
    if (rdf.text(rdf.field(item, Name(MWG, "Type"))) or "Face").lower() != "face":
        return None
    area = rdf.field(item, Name(MWG, "Area"))
    x, y, width, height, diameter = _numbers(area, AREA, "x", "y", "w", "h", "d")
    across, down = _numbers(rdf.field(whole, DIMENSIONS_OF_MWG), DIMENSIONS, "w", "h")
    if (rdf.text(rdf.field(area, Name(AREA, "unit"))) or "").lower() == "pixel":
        if not (across > 0 and down > 0):
            return None
        x, y, width, height = x / across, y / down, width / across, height / down
        diameter /= min(across, down)
    if math.isnan(width) or math.isnan(height):
        width, height = _round(diameter, across, down)
    box = region_box(x - width / 2, y - height / 2, width, height)
    return Region(rdf.text(rdf.field(item, Name(MWG, "Name"))), box) if box else None


def _round(diameter: float, across: float, down: float) -> tuple[float, float]:
    """Width and height of a circle as fractions; its diameter is one of the shorter side."""
    if not (across > 0 and down > 0):
        return diameter, diameter
    pixels = diameter * min(across, down)
    return pixels / across, pixels / down


def _of_microsoft(item: Element, _: Value, __: Size | None) -> Region | None:
    """Left, top, width and height in one text."""
    edges = [_number(part.strip()) for part in (rdf.text(rdf.field(item, Name(MPREG, "Rectangle"))) or "").split(",")]
    box = region_box(*edges) if len(edges) == 4 else None
    return Region(rdf.text(rdf.field(item, Name(MPREG, "PersonDisplayName"))), box) if box else None


def _of_iptc(item: Element, _: Value, size: Size | None) -> Region | None:
    """A rectangle, a circle or a polygon around one person."""
    people = rdf.texts(rdf.field(item, Name(IPTC, "PersonInImage")))
    if len(people) > 1 or not (people or _may_be_human(item)):
        return None
    boundary = rdf.field(item, _BOUNDARY)
    across, down = size or _UNKNOWN
    is_pixel = (rdf.text(rdf.field(boundary, Name(IPTC, "rbUnit"))) or "").lower() == "pixel"
    left, top, width, height = _boundary(boundary, 1.0 if is_pixel or size is None else across / down)
    box = region_box(left / across, top / down, width / across, height / down) if is_pixel else None
    box = box if is_pixel else region_box(left, top, width, height)
    return Region(people[0] if people else rdf.text(rdf.field(item, Name(IPTC, "Name"))), box) if box else None


def _boundary(boundary: Value | None, shape: float) -> tuple[float, float, float, float]:
    """Left, top, width and height in the boundary's own unit; `shape` is how much longer a height is than a width."""
    x, y, width, height, radius = _numbers(boundary, IPTC, "rbX", "rbY", "rbW", "rbH", "rbRx")
    if not math.isnan(radius):
        return x - radius, y - radius * shape, 2 * radius, 2 * radius * shape
    corners = [_numbers(v, IPTC, "rbX", "rbY") for v in rdf.items(rdf.field(boundary, Name(IPTC, "rbVertices")))]
    if not corners:
        return x, y, width, height
    across, down = [corner[0] for corner in corners], [corner[1] for corner in corners]
    return min(across), min(down), max(across) - min(across), max(down) - min(down)


def _may_be_human(item: Element) -> bool:
    """Unless type or role say that it is something else."""
    types, roles = _terms(item, _TYPES), _terms(item, _ROLES)
    if types:
        return any(person in term for term in types for person in _PEOPLE)
    return not any(other in term for term in roles for other in _NO_SUBJECTS)


def _terms(item: Element, name: Name) -> list[str]:
    """Names and identifiers of what IPTC calls an entity, in lower case."""
    found = []
    for entity in rdf.items(rdf.field(item, name)):
        identifiers = rdf.texts(rdf.field(entity, Name(XMP, "Identifier")))
        names = rdf.texts(rdf.field(entity, Name(IPTC, "Name")))
        found += [term.rpartition("/")[2].lower() for term in identifiers] + [term.lower() for term in names]
    return found


REGIONS: Mapping[str, Callable[[Element, Value, Size | None], Region | None]] = {
    "mwg": _of_mwg,
    "microsoft": _of_microsoft,
    "iptc": _of_iptc,
}
"""The lists of regions, and how one is read: from the item, from the whole property, with the picture's size."""
