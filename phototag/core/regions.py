"""Rectangles around people as other programs know them: what a sidecar says, list by list, and what that comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from phototag.core.geometry import intersection_over_union, paired
from phototag.types import Box

SAME_REGION = 0.5
"""Rectangles of two lists of one packet that overlap at least this much (intersection over union) are one: a program
writes the same one into several lists, rounded to between two and six digits."""

FACE_IN_REGION = 0.1
"""A rectangle drawn by another program and a detected face that overlap this much, each with its centre in the other,
are one. People and other detectors draw around the whole head, or only eyes and mouth: with the same centre, a square
three times as wide overlaps by 0.11."""


class Region(NamedTuple):
    """A rectangle around a face.

    Attributes:
        name: who it is; None where nobody said.
        box: fractions of the picture as it is stored, before the EXIF orientation is applied.
    """

    name: str | None
    box: Box


@dataclass(frozen=True, slots=True)
class Tagged:
    """What an XMP packet says of people, as each of its lists has it, in the order of the packet.

    Attributes:
        mwg: the faces of the Metadata Working Group's `mwg-rs:Regions`; regions of other types are not among them.
        microsoft: the regions of `MP:RegionInfo`.
        iptc: the regions of `Iptc4xmpExt:ImageRegion` that are people.
        person_in_image: `Iptc4xmpExt:PersonInImage`: who is on the photo, without a place.
        subject: `dc:subject`: keywords, not only of people.
        hierarchical: `lr:hierarchicalSubject`: "People|Anna".
        tags_list: `digiKam:TagsList`: "People/Anna".
        orientation: `tiff:Orientation`, 1 to 8, or None.
    """

    mwg: tuple[Region, ...] = ()
    microsoft: tuple[Region, ...] = ()
    iptc: tuple[Region, ...] = ()
    person_in_image: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    hierarchical: tuple[str, ...] = ()
    tags_list: tuple[str, ...] = ()
    orientation: int | None = None

    @property
    def regions(self) -> tuple[Region, ...]:
        """Every named rectangle once: where lists differ on who it is, the first of MWG, Microsoft, IPTC counts."""
        found: list[Region] = []
        for region in (*self.mwg, *self.microsoft, *self.iptc):
            if region.name and not any(intersection_over_union(region.box, r.box) >= SAME_REGION for r in found):
                found.append(region)
        return tuple(found)

    @property
    def tells_of_people(self) -> bool:
        """Whether any of the lists that are only about people says something."""
        return bool(self.mwg or self.microsoft or self.iptc or self.person_in_image)


class Replacement(NamedTuple):
    """A name that was changed elsewhere, after what was said here had been written there.

    Attributes:
        box: fractions of the picture as it is stored.
        was: the name that had been written.
        becomes: who it is; None for not that one.
    """

    box: Box
    was: str
    becomes: str | None


@dataclass(frozen=True, slots=True)
class Account:
    """What another program, or another person, says of who is on one photo.

    Attributes:
        path: of the file, relative to the library.
        regions: with a name each.
        people: who is on it besides, without a place.
        refused: who somebody is not, with a name each.
        no_faces: what is no face, as boxes like those of a Region.
        replaced: names that were changed there, which is the newer word, if the old one still holds here.
        absent: who is not on it any more, of those who were on it without a place.
    """

    path: bytes
    regions: tuple[Region, ...] = ()
    people: tuple[str, ...] = ()
    refused: tuple[Region, ...] = ()
    no_faces: tuple[Box, ...] = ()
    replaced: tuple[Replacement, ...] = ()
    absent: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing."""
        return not any((self.regions, self.people, self.refused, self.no_faces, self.replaced, self.absent))


def match_regions(drawn: Sequence[Box], faces: Sequence[Box]) -> dict[int, int]:
    """Pair rectangles of another program with detected faces one to one, the greatest overlap first.

    Args:
        drawn: any boxes.
        faces: boxes of the same picture, turned the same way.

    Returns:
        Index into `drawn` -> index into `faces`; ties go to the lower indices.
    """
    return paired(
        (overlap, i, j)
        for i, region in enumerate(drawn)
        for j, face in enumerate(faces)
        if (overlap := intersection_over_union(region, face)) >= FACE_IN_REGION
        and _holds_centre(region, face)
        and _holds_centre(face, region)
    )


def _holds_centre(outer: Box, inner: Box) -> bool:
    x, y = (inner.left + inner.right) / 2, (inner.top + inner.bottom) / 2
    return outer.left <= x <= outer.right and outer.top <= y <= outer.bottom
