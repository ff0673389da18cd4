"""Changing what an XMP packet says of people, and not one byte else.

A packet belongs to many programs. So it is not read and written anew: what is wanted is compared with what is there,
and only the spans of the text that differ are cut out, replaced or put in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from phototag.core.regions import Region, Tagged
from phototag.errors import SidecarError
from phototag.media import rdf, xmp, xmp_forms
from phototag.media.markup import Element, Text
from phototag.media.rdf import Value
from phototag.media.splice import Splice
from phototag.media.xmp import LISTS, REGIONS, Drawn
from phototag.media.xmp_forms import FORMS, NAMES, PREFIXES, New

SAME_BOX = 1e-4
"""Boxes whose edges differ by no more are the same: programs write between two and six digits, this one six."""

_UNCHANGEABLE = "The XMP is written in a way that phototag cannot change."

_FRESH = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="phototag">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""{}>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
"""


def edit(before: bytes | None, wanted: Tagged, size: tuple[int, int]) -> bytes:
    """Have a packet say what is wanted of people.

    What stays is not touched: other properties, regions of other types, further fields of a region, encoding, wrapper.
    A region with a box that is there gets its name in place; new ones come last. Words that stay keep their order, and
    stay as often as they are there. `edit(x, parse(x), size)` is x.

    Args:
        before: the packet as it is; None, and one without a Description, gives a fresh one.
        wanted: all lists as they shall be. Its orientation is not written; regions without area and empty words are
            passed over, as `parse` does.
        size: width and height of the picture as stored, in pixels, for regions that are the first.

    Raises:
        SidecarError: `before` cannot be read, or is written in a way that cannot be changed; a name has a character
            that XML cannot hold, such as a control character; or there are too many regions.
    """
    wanted = _as_read(wanted)
    if sum(len(getattr(wanted, name)) for name in REGIONS) > xmp.MAX_REGIONS:
        raise SidecarError(f"XMP with more than {xmp.MAX_REGIONS:,} regions is neither read nor written.")
    if before is None:
        return _fresh(wanted, size)
    written = Text(before)
    root = xmp.document(written.body)
    xmp.tagged(root, size)  # for its limits
    if _says(root, wanted, size):
        return before
    if not rdf.descriptions(root):
        return _fresh(wanted, size)
    body = _edited(root, wanted, size)
    if not _says(xmp.document(body), wanted, size):
        raise SidecarError(_UNCHANGEABLE)
    return written.with_body(body)


_OWN = re.compile(rb"""<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="phototag">""")


def is_own(packet: bytes) -> bool:
    """Whether no other program wrote to a packet: each names itself as the toolkit."""
    return _OWN.search(packet, 0, 200) is not None


def _as_read(wanted: Tagged) -> Tagged:
    """What `parse` would read of it."""
    regions = {
        name: tuple(Region((r.name or "").strip() or None, r.box) for r in getattr(wanted, name) if _has_area(r))
        for name in REGIONS
    }
    words = {name: tuple(filter(None, map(str.strip, getattr(wanted, name)))) for name in LISTS if name not in REGIONS}
    changed: dict[str, object] = {**regions, **words}
    return replace(wanted, **changed)  # type: ignore[arg-type]


def _has_area(region: Region) -> bool:
    left, top, right, bottom = region.box
    return xmp.region_box(left, top, right - left, bottom - top) is not None


def _fresh(wanted: Tagged, size: tuple[int, int]) -> bytes:
    spaces = dict.fromkeys(space for name in LISTS if getattr(wanted, name) for space in FORMS[name].spaces)
    declared = (xmp_forms.declaration(PREFIXES[space], space).decode() for space in spaces)
    text = _FRESH.format("".join(f"\n    {declaration}" for declaration in declared))
    return _edited(xmp.document(text.encode()), wanted, size)


class _Changes(NamedTuple):
    """How a list of regions is to change.

    Attributes:
        renamed: what is there, and what it is to be.
        removed: what is there.
        added: what is not.
    """

    renamed: list[tuple[Drawn, Region]]
    removed: list[Drawn]
    added: list[Region]


def _region_changes(there: Sequence[Drawn], wanted: Sequence[Region]) -> _Changes:
    """First all that stays finds its own, then what only has another name."""
    left = list(there)
    unknown = [region for region in wanted if not _taken(left, region, by_name=True)]
    pairs = [(_taken(left, region, by_name=False), region) for region in unknown]
    renamed = [(drawn, region) for drawn, region in pairs if drawn]
    return _Changes(renamed, left, [region for drawn, region in pairs if not drawn])


def _taken(left: list[Drawn], region: Region, by_name: bool) -> Drawn | None:
    """The first that has this box, and if so asked this name; it is taken out of the list."""
    for i, (said, _) in enumerate(left):
        if abs(said.box.left - region.box.left) > SAME_BOX:
            continue
        if (said.name == region.name or not by_name) and _is_same(said, region):
            return left.pop(i)
    return None


def _is_same(a: Region, b: Region) -> bool:
    return all(abs(x - y) <= SAME_BOX for x, y in zip(a.box, b.box, strict=True))


def _changes(root: Element, name: str, wanted: Sequence[Region], size: tuple[int, int]) -> _Changes:
    """Regions in pixels are read as those that are wanted were: with the picture's size, or left alone."""
    plain = _region_changes(xmp.drawn(root, name, None), wanted)
    if name != "iptc" or not any(plain):
        return plain
    sized = _region_changes(xmp.drawn(root, name, size), wanted)
    return sized if len(sized.added) + len(sized.renamed) < len(plain.added) + len(plain.renamed) else plain


def _word_changes(there: Sequence[str], wanted: Sequence[str]) -> tuple[set[str], list[str]]:
    """What is to go, and what is to come."""
    missing, added = Counter(wanted) - Counter(there), []
    for word in wanted:
        if missing[word] > 0:
            missing[word] -= 1
            added.append(word)
    return set(there) - set(wanted), added


def _says(root: Element, wanted: Tagged, size: tuple[int, int]) -> bool:
    for name in LISTS:
        if name in REGIONS:
            changes = any(_changes(root, name, getattr(wanted, name), size))
        else:
            changes = any(_word_changes([word.said for word in xmp.words(root, name)], getattr(wanted, name)))
        if changes:
            return False
    return True


def _edited(root: Element, wanted: Tagged, size: tuple[int, int]) -> bytes:
    splice = Splice(root)
    for name in LISTS:
        items = _List(root, name, splice, size)
        if name in REGIONS:
            items.change_regions(getattr(wanted, name))
        else:
            items.change_words(getattr(wanted, name))
    return splice.done()


class _List:
    """A list in a document that is to change."""

    def __init__(self, root: Element, name: str, splice: Splice, size: tuple[int, int]) -> None:
        self._root, self._name, self._splice, self._size = root, name, splice, size
        self._path, self._form = LISTS[name], FORMS[name]
        self._properties = list(rdf.properties(root, self._path.property))

    def change_regions(self, wanted: Sequence[Region]) -> None:
        """Have it hold these regions of people, and others as before."""
        changes = _changes(self._root, self._name, wanted, self._size)
        for drawn, region in changes.renamed:
            self._rename(drawn.item, region.name)
        self._change_items([drawn.item for drawn in changes.removed], [self._form.item(r) for r in changes.added])

    def change_words(self, wanted: Sequence[str]) -> None:
        """Have it hold these words. What stands there alone, without an array, gets one."""
        there = xmp.words(self._root, self._name)
        removed, added = _word_changes([word.said for word in there], wanted)
        if not (removed or added):
            return
        alone = {value for value in self._properties if rdf.array(value) is None}
        stay = [word.said for word in there if word.item in alone and word.said not in removed]
        for value in alone:
            self._splice.cut(value)
        gone = [word.item for word in there if word.item not in alone and word.said in removed]
        self._change_items(gone, [self._form.item(word) for word in stay + added])

    def _rename(self, item: Element, person: str | None) -> None:
        for name, form in NAMES[self._name]:
            value = rdf.field(item, name)
            if person and value:
                self._splice.put(value, form(name, person))
            elif person:
                self._splice.add_field(item, form(name, person))
            elif value:
                self._splice.cut(value)

    def _change_items(self, removed: Sequence[Value], added: Sequence[New]) -> None:
        """Take items out, and put others in. A property that has none left goes."""
        gone = {id(item) for item in removed}
        arrays = [(value, found) for value in self._properties if (found := self._array(value))]
        for value, array in arrays:
            going = [item for item in array.children if id(item) in gone]
            is_all = len(going) == len(array.children) and not (added and array is arrays[0][1])
            for item in [value] if going and is_all else going:
                self._splice.cut(item)
        if added and arrays:
            self._splice.add(arrays[0][1], *added)
        elif added:
            self._begin(added)

    def _array(self, value: Value) -> Element | None:
        return rdf.array(rdf.field(value, *self._path.fields))

    def _begin(self, items: Sequence[New]) -> None:
        """Put in a list where there was none: into the structure for it, if that is there, or with all around it."""
        outer = self._properties[0] if self._properties and self._path.fields else None
        holder = rdf.holder(outer) if outer else None
        if holder and holder.children:
            if old := rdf.field(outer, *self._path.fields):
                self._splice.cut(old)
            self._splice.add(holder, xmp_forms.array(self._name, items))
            return
        if holder and holder.attributes.keys() - {rdf.PARSE_TYPE}:
            raise SidecarError(_UNCHANGEABLE)  # other fields, which would be lost
        for value in self._properties:
            self._splice.cut(value)
        whole = xmp_forms.whole(self._name, items, self._size)
        self._splice.add(rdf.descriptions(self._root)[0], whole)
