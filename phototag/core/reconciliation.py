"""A sidecar that two sides write: what the other side changed, and what it shall say when both are one again.

Three states are compared: how the sidecar was left (`Base`), what it says now, and what is said here. A change of one
side is taken over by the other; where both changed one thing, nobody's word is overwritten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from phototag.core.geometry import intersection_over_union
from phototag.core.keywords import SEPARATORS, Keywords, Turnover, key
from phototag.core.names import name_key
from phototag.core.regions import SAME_REGION, Account, Region, Replacement, Tagged, match_regions
from phototag.types import Box

UNMOVED = 1e-3
"""Edges of rectangles that differ less are where they were: programs round to between three and six digits."""


@dataclass(frozen=True, slots=True)
class Base:
    """How a sidecar was left.

    Attributes:
        whole: all that it said of people.
        written: of that, what is there because it was said here.
    """

    whole: Tagged = field(default_factory=Tagged)
    written: Tagged = field(default_factory=Tagged)


class Here(NamedTuple):
    """A face as it is known here.

    Attributes:
        name: who it is, if that is a tag; else None.
        box: fractions of the picture as the sidecar's photo stores it.
        is_ruled_out: a human said that it is no face, or is nobody who was named here.
        refused: keys of the names that it is not, as a human said.
    """

    name: str | None
    box: Box
    is_ruled_out: bool = False
    refused: frozenset[str] = frozenset()


_LISTS = ("mwg", "microsoft", "iptc")
"""Lists of rectangles, that which most programs know first."""


def outside_edits(path: bytes, base: Base, theirs: Tagged) -> tuple[Account, tuple[str, ...]]:
    """What others changed in a sidecar since it was left; all that it says, if it is new.

    A list that is gone as a whole, while the names are still among the keywords, was dropped by a program that does not
    know it, and says nothing; so it is if everything is gone.

    Args:
        path: of the photo, relative to the library.
        base: how it was left.
        theirs: what it says now.

    Returns:
        What is to be taken over, and what its own lists do not agree on, a sentence each.
    """
    if is_stripped(base, theirs):
        return Account(path), ()
    changes = list(_changes(base.whole, theirs))
    disputed = tuple(_disputes(changes))
    named = {key(region.name or "") for region in theirs.regions}
    before = {key(name) for name in base.whole.person_in_image}
    return (
        Account(
            path,
            regions=() if disputed else tuple(_fresh(base.whole, theirs)),
            people=tuple(name for name in theirs.person_in_image if key(name) not in before | named),
            replaced=() if disputed else tuple(_each_once(changes)),
            absent=tuple(_gone(base.whole, theirs)),
        ),
        disputed,
    )


def is_stripped(base: Base, theirs: Tagged) -> bool:
    """Whether nothing is left of what was written, though something was."""
    written, now = base.written, theirs
    lists = (*_LISTS, *SEPARATORS)
    return any(getattr(written, each) for each in lists) and not any(
        _is_there(item, getattr(now, each)) for each in lists for item in getattr(written, each)
    )


def _is_there(item: Region | str, items: Sequence[Region | str]) -> bool:
    if isinstance(item, Region):
        return _at(item.box, [each for each in items if isinstance(each, Region)]) is not None
    return item in items


def _at(box: Box, regions: Sequence[Region]) -> Region | None:
    """The region of a list at a place, the one that overlaps it most."""
    near = [(intersection_over_union(box, region.box), region) for region in regions]
    overlap, region = max(near, key=lambda pair: pair[0], default=(0.0, None))
    return region if overlap >= SAME_REGION else None


def _changes(whole: Tagged, theirs: Tagged) -> Iterator[Replacement]:
    """What each list of rectangles says otherwise than it did."""
    for each in _LISTS:
        before, now = getattr(whole, each), getattr(theirs, each)
        for region in before:
            if not region.name:
                continue
            there = _at(region.box, now)
            if there is None:
                if _moved_to(region, before, now) is not None or _still_has(region, each, theirs):
                    continue
                if now or _lost_keyword(region.name, whole, theirs):
                    yield Replacement(region.box, region.name, None)
            elif key(there.name or "") != key(region.name):
                yield Replacement(there.box, region.name, there.name)


def _still_has(region: Region, each: str, theirs: Tagged) -> bool:
    """Whether a list that more programs know still has it there."""
    better = [r for other in _LISTS[: _LISTS.index(each)] for r in getattr(theirs, other)]
    there = _at(region.box, better)
    return there is not None and key(there.name or "") == key(region.name or "")


def _moved_to(region: Region, before: Sequence[Region], now: Sequence[Region]) -> Region | None:
    """Where a rectangle has gone that is not at its place any more: one of its name where none was."""
    name = key(region.name or "")
    return next((r for r in now if key(r.name or "") == name and _at(r.box, before) is None), None)


def _lost_keyword(name: str, whole: Tagged, theirs: Tagged) -> bool:
    """Whether a name was taken from the keywords, or from another list of names that is still there."""
    for each in SEPARATORS:
        now = getattr(theirs, each)
        if Keywords(each, getattr(whole, each)).lost(name, now) and (now or each == "subject"):
            return True
    return False


def _disputes(changes: Sequence[Replacement]) -> Iterator[str]:
    for i, one in enumerate(changes):
        for other in changes[:i]:
            overlap = intersection_over_union(one.box, other.box)
            is_one = not (one.becomes and other.becomes) or key(one.becomes) == key(other.becomes)
            if overlap >= SAME_REGION and not is_one:
                yield f"one list has {other.becomes}, another {one.becomes}"


def _each_once(changes: Sequence[Replacement]) -> Iterator[Replacement]:
    """Of several changes of one face one: a new name rather than none."""
    seen: list[Replacement] = []
    for change in sorted(changes, key=lambda change: change.becomes is None):
        if not any(intersection_over_union(change.box, other.box) >= SAME_REGION for other in seen):
            seen.append(change)
            yield change


def _fresh(whole: Tagged, theirs: Tagged) -> Iterator[Region]:
    """Named rectangles where no list had a name before, and which were not moved there."""
    moved = [
        _moved_to(region, getattr(whole, each), getattr(theirs, each))
        for each in _LISTS
        for region in getattr(whole, each)
        if _at(region.box, getattr(theirs, each)) is None
    ]
    for region in theirs.regions:
        if _at(region.box, whole.regions) is None and region not in moved:
            yield region


def _gone(whole: Tagged, theirs: Tagged) -> Iterator[str]:
    """Who was on the photo without a place, and is not any more."""
    placed = {key(region.name or "") for region in whole.regions}
    now = {key(name) for name in (*theirs.person_in_image, *(region.name or "" for region in theirs.regions))}
    for name in whole.person_in_image:
        if key(name) not in placed | now:
            yield name


def reconciled(
    base: Base,
    theirs: Tagged,
    faces: Sequence[Here],
    present: Sequence[str],
    former: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Tagged, Tagged]:
    """What a sidecar shall say, after what others changed has been taken over.

    What is theirs stays: regions without a name, rectangles that they moved, keywords, and names that they took from a
    list. What had been written here goes when it is not said any more.

    Args:
        base: how it was left.
        theirs: what it says now.
        faces: of the photo.
        present: names of those who are on it without a place.
        former: key of a name that somebody had -> their name now.

    Returns:
        All of it, and of that what is there because it was said here.
    """
    if is_stripped(base, theirs):
        base = Base()
    rectangles = [_Rectangles(getattr(base.written, each), getattr(theirs, each), faces) for each in _LISTS]
    names = list(dict.fromkeys([*(face.name for face in faces if face.name), *present]))
    turnover = _turnover(rectangles, names, {was: name for was, name in former.items() if name in names})
    left = {each: Keywords(each, getattr(base.whole, each), getattr(base.written, each)) for each in SEPARATORS}
    lists = [keywords.reconciled(getattr(theirs, each), turnover) for each, keywords in left.items()]
    whole = _tagged([one.whole for one in rectangles], [one for one, _ in lists], theirs.orientation)
    return whole, _tagged([one.written for one in rectangles], [ours for _, ours in lists])


def _tagged(
    rectangles: Sequence[Sequence[Region]], lists: Sequence[tuple[str, ...]], orientation: int | None = None
) -> Tagged:
    mwg, microsoft, iptc = map(tuple, rectangles)
    person_in_image, subject, hierarchical, tags_list = lists
    return Tagged(mwg, microsoft, iptc, person_in_image, subject, hierarchical, tags_list, orientation)


def _turnover(rectangles: Sequence[_Rectangles], names: Sequence[str], former: Mapping[str, str]) -> Turnover:
    standing = {region.name for one in rectangles for region in one.whole if region.name}
    theirs = {name for one in rectangles for name in one.theirs}
    renamed = {was: name for one in rectangles for was, name in one.renamed.items()}
    return Turnover(names, standing, theirs | former.keys(), {**former, **renamed})


class _Rectangles:
    """One list of rectangles.

    Attributes:
        whole: as it shall be.
        written: as it was written here: what others move later is compared with that. Without a name where the
            rectangle is theirs and only its name comes from here.
        theirs: names that others wrote, or gave.
        renamed: a name that is there -> the one that takes its place.
    """

    def __init__(self, before: Sequence[Region], now: Sequence[Region], faces: Sequence[Here]) -> None:
        self.whole: list[Region] = []
        self.written: list[Region] = []
        self.theirs: set[str] = set()
        self.renamed: dict[str, str] = {}
        pairs = match_regions([region.box for region in now], [face.box for face in faces])
        elsewhere: set[str] = set()
        for i, region in enumerate(now):
            stays = self._keep(region, _at(region.box, before), faces[pairs[i]] if i in pairs else None)
            if stays is not None and i not in pairs:
                elsewhere.add(key(stays.name or ""))
        for j, face in enumerate(faces):
            if face.name and j not in pairs.values() and key(face.name) not in elsewhere:
                self.whole.append(Region(face.name, face.box))
                self.written.append(self.whole[-1])

    def _keep(self, region: Region, left: Region | None, face: Here | None) -> Region | None:
        """Put in a rectangle that is there, as it shall be; None if it shall not be there.

        Args:
            region: as it is.
            left: as it was written, if it was.
            face: that lies there, if one does.
        """
        stays = _as_here(region, left, face)
        if region.name and (left is None or key(left.name or "") != key(region.name)):
            self.theirs.add(region.name)
        if region.name and stays is not None and stays.name and key(stays.name) != key(region.name):
            self.renamed[region.name] = stays.name
        if stays is None:
            return None
        self.whole.append(stays)
        if left is not None and left.name is not None:
            self.written.append(Region(stays.name, left.box if stays.box == region.box else stays.box))
        elif left is not None or stays.name != region.name:
            self.written.append(Region(None, region.box))
        return stays


def _as_here(region: Region, left: Region | None, face: Here | None) -> Region | None:
    """A rectangle that is there, as it shall be; None if it shall not be there."""
    is_ours = left is not None and left.name is not None
    if face is not None and face.name:
        is_moved = left is None or not is_ours or not _is_unmoved(region.box, left.box)
        stays = is_moved or _is_unmoved(region.box, face.box)
        return Region(_kept_spelling(region.name, face.name), region.box if stays else face.box)
    if is_ours:
        return None
    if left is not None:
        return region._replace(name=None)
    if face is not None and region.name and (face.is_ruled_out or name_key(region.name) in face.refused):
        return None
    return region


def _kept_spelling(theirs: str | None, ours: str) -> str:
    """A name as it is spelled there, if it is the same one."""
    return theirs if theirs and key(theirs) == key(ours) else ours


def _is_unmoved(a: Box, b: Box) -> bool:
    return all(abs(x - y) < UNMOVED for x, y in zip(a, b, strict=True))
