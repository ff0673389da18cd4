"""Spans of an XML document that are cut out, replaced or put in; all else stays as it is, byte for byte."""

from __future__ import annotations

from phototag.media import rdf
from phototag.media.markup import Element
from phototag.media.rdf import Attribute, Value
from phototag.media.xmp_forms import New, prefixes_at, prefixes_taken, quoted, rendered, text


class Splice:
    """Gathers changes of a document that do not overlap, and makes them all at once."""

    def __init__(self, root: Element) -> None:
        self._body = root.body
        self._taken = prefixes_taken(root)
        self._spans: dict[tuple[int, int], bytes] = {}
        self._new: dict[int, tuple[Element, list[New]]] = {}

    def done(self) -> bytes:
        """The text with all changes."""
        for holder, new in self._new.values():
            self._append(holder, new)
        parts, at = [], 0
        for (start, end), instead in sorted(self._spans.items()):
            parts += [self._body[at:start], instead]
            at = end
        return b"".join([*parts, self._body[at:]])

    def cut(self, value: Value) -> None:
        """Take a value out, with the white space before it."""
        if isinstance(value, Attribute):
            start, _, end = value.owner.attribute_span(value.name)
        else:
            start, end = value.start - len(value.space_before), value.end
        self._spans[start, end] = b""

    def put(self, value: Value, new: New) -> None:
        """Have a value say something else: only its text is replaced if it has one, and is to have one."""
        said = new.content if isinstance(new.content, str) else None
        if isinstance(value, Attribute):
            _, start, end = value.owner.attribute_span(value.name)
            self._spans[start, end] = quoted(said or "")
        elif value.children or value.is_bare or said is None:
            written = rendered(new, prefixes_at(value.parent or value, self._taken), _line(value), _unit(value))
            self._spans[value.start, value.end] = written
        else:
            self._spans[value.inside, value.last] = text(said)

    def add(self, holder: Element, *new: New) -> None:
        """Put elements behind all that are in an element."""
        self._new.setdefault(id(holder), (holder, []))[1].extend(new)

    def add_field(self, structure: Element, new: New) -> None:
        """Put a field into a structure; into one that has attributes only, another one of these."""
        holder = rdf.holder(structure) or structure
        if not (holder.is_bare and isinstance(new.content, str)):
            self.add(holder, new)
            return
        prefixes = prefixes_at(holder, self._taken)
        name, at = prefixes.written(new.name), _behind_attributes(holder)
        self._spans[at, at] = prefixes.declarations() + b" " + name + b"=" + quoted(new.content)

    def _append(self, holder: Element, new: list[New]) -> None:
        """Write new children: on lines of their own, if others are or the holder itself is."""
        last = holder.children[-1] if holder.children else None
        line = _line(last) if last else _line(holder) + _unit(holder)
        content = b"".join(line + rendered(n, prefixes_at(holder, self._taken), line, _unit(holder)) for n in new)
        if holder.is_bare:
            closing = _line(holder) + b"</" + holder.written_name + b">"
            self._spans[_behind_attributes(holder), holder.end] = b">" + content + closing
            return
        at = last.end if last else holder.inside
        has_own_line = last or b"\n" in self._body[at : holder.last]
        self._spans[at, at] = content if has_own_line else content + _line(holder)


def _behind_attributes(bare: Element) -> int:
    return bare.start + len(bare.body[bare.start : bare.last].rstrip())


def _line(element: Element) -> bytes:
    """The line break and indentation before an element; b"" where it does not begin a line."""
    space = element.space_before
    _, newline, indentation = space.rpartition(b"\n")
    if not newline:
        return b""
    return (b"\r\n" if b"\r\n" in space else b"\n") + indentation


def _unit(element: Element) -> bytes:
    """By how much it is indented further than what it is in; where neither is, what is usual."""
    line, above = _line(element), _line(element.parent) if element.parent else b""
    if not line:
        return b""
    return line[len(above) :] if above and line.startswith(above) and line != above else b" "
