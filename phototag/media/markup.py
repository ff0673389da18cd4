"""XML as it lies in a file: elements, what they say, and the bytes where each begins and ends.

Strangers write it, so it is held to limits, and may define no entities: some grow to gigabytes, some read other files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn
from xml.parsers import expat

from phototag.errors import SidecarError

MAX_BYTES = 10_000_000
"""Of a packet. With masks and a history of edits in it, Lightroom's have some hundred kilobytes."""

MAX_DEPTH = 100
"""Elements in each other. A region's name lies ten deep, the steps of an edited mask twenty."""

MAX_ELEMENTS = 100_000
"""And attributes. Such a packet takes half a second to read."""

XML = "http://www.w3.org/XML/1998/namespace"

_PADDING = "\0 \t\r\n"
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_UNMARKED = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_DECLARED = re.compile(rb"""<\?xml\b[^>]*?\bencoding\s*=\s*["']([^"']*)""")
_CODECS = {
    name: codec
    for codec, names in {"utf-8": "utf-8 utf8 utf-16 utf16", "ascii": "us-ascii ascii", "latin-1": "iso-8859-1"}.items()
    for name in names.split()
}

_START_TAG = re.compile(rb"""<(?:[^"'>]++|"[^"]*"|'[^']*')*+>""")
_ATTRIBUTE = re.compile(rb"""(\s+)([^\s=/>]+)\s*=\s*("[^"]*"|'[^']*')""")
_SPACE = b" \t\r\n"


class Name(NamedTuple):
    """What an element or attribute is called.

    Attributes:
        space: the namespace, a URI; "" if there is none.
        local: without a prefix.
    """

    space: str
    local: str


class Text:
    """What a file says, and how it is written.

    Attributes:
        body: the XML in UTF-8, to which all places refer.
    """

    def __init__(self, data: bytes) -> None:
        """Take a file apart.

        Raises:
            SidecarError: too large, or in an encoding other than it says.
        """
        if len(data) > MAX_BYTES:
            _refuse(f"has more than {MAX_BYTES // 10**6} MB.")
        self._mark, self._codec = _encoding(data)
        try:
            text = data[len(self._mark) :].decode(self._codec)
        except UnicodeDecodeError:
            _refuse("is damaged: it has bytes that are no text.")
        bare = text.strip(_PADDING)
        self._before, _, self._after = text.partition(bare) if bare else ("", "", text)
        self.body = bare.encode()

    def with_body(self, body: bytes) -> bytes:
        """The file with another XML in it, written as this one is."""
        text = self._before + body.decode() + self._after
        return self._mark + text.encode(self._codec, "xmlcharrefreplace")


def _encoding(data: bytes) -> tuple[bytes, str]:
    """The byte order mark, if there is one, and the codec."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return mark, codec
    for start, codec in _UNMARKED:
        if data.startswith(start):
            return b"", codec
    declared = _DECLARED.match(data.lstrip(_PADDING.encode())[:200])
    name = declared.group(1).decode("ascii", "replace").lower() if declared else "utf-8"
    if name not in _CODECS:
        _refuse(f"is in an encoding that phototag does not read ({name[:20]!r}).")
    return b"", _CODECS[name]


_TOO_MANY = "has more elements in it than any program writes."


def _refuse(why: str) -> NoReturn:
    raise SidecarError(f"The XMP {why}")


@dataclass(slots=True, eq=False)
class Element:
    """An element of a document.

    Attributes:
        name: as the namespaces have it.
        attributes: in the order of the text, without declarations of namespaces.
        parent: None for the outermost.
        body: the document that it is in.
        start: where its start tag begins.
        text: all characters in it that are not in an element within.
        children: elements in it.
        declared: prefix -> namespace, as its start tag has them.
    """

    name: Name
    attributes: dict[Name, str]
    parent: Element | None
    body: bytes
    start: int
    text: str = ""
    children: list[Element] = field(default_factory=list)
    declared: Mapping[str, str] = field(default_factory=dict)
    _last_event: int = 0

    @property
    def inside(self) -> int:
        """Where its start tag ends."""
        match = _START_TAG.match(self.body, self.start)
        assert match is not None
        return match.end()

    @property
    def is_bare(self) -> bool:
        """Whether it is one tag: "<a/>"."""
        return self.body[self.inside - 2 : self.inside] == b"/>"

    @property
    def last(self) -> int:
        """Where its end tag begins; of one that is bare, where its "/>" does."""
        return self.inside - 2 if self.is_bare else self._last_event

    @property
    def end(self) -> int:
        """Behind all of it."""
        return self.inside if self.is_bare else self.body.index(b">", self._last_event) + 1

    @property
    def written_name(self) -> bytes:
        """With the prefix that the text has."""
        return self.body[self.start + 1 : self.inside].rstrip(b"/>").split(None, 1)[0]

    @property
    def space_before(self) -> bytes:
        """White space between what stands before and its start tag."""
        return _space_before(self.body, self.start)

    def namespaces(self) -> dict[str, str]:
        """Prefix -> namespace, as they hold within it."""
        above = self.parent.namespaces() if self.parent else {"xml": XML}
        return {**above, **self.declared}

    def attribute_span(self, name: Name) -> tuple[int, int, int]:
        """Where one of its attributes lies: begin of the white space before it, begin of its value's quote, end."""
        spaces = {prefix.encode(): space for prefix, space in self.namespaces().items()}
        start = self.start + 1 + len(self.written_name)
        for found in _ATTRIBUTE.finditer(self.body, start, self.inside):
            prefix, colon, local = found.group(2).rpartition(b":")
            if colon and spaces.get(prefix) == name.space and local.decode() == name.local:
                return found.start(), found.start(3), found.end()
        raise KeyError(name)


def _space_before(body: bytes, at: int) -> bytes:
    start = at
    while start and body[start - 1] in _SPACE:
        start -= 1
    return body[start:at]


def read(body: bytes) -> Element:
    """Read a document in UTF-8; returns its outermost element.

    Raises:
        SidecarError: no XML, or beyond a limit.
    """
    return _Reader(body).root()


def elements(root: Element) -> Iterator[Element]:
    """An element and all within it, in the order of the text."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        yield element
        waiting.extend(reversed(element.children))


class _Reader:
    """Listens to expat."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._root: Element | None = None
        self._open: list[Element] = []
        self._texts: list[list[str]] = []
        self._declared: dict[str, str] = {}
        self._names: dict[str, Name] = {}
        self._count = 0
        self._parser: Any = expat.ParserCreate("utf-8", " ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartNamespaceDeclHandler = self._declare
        self._parser.StartDoctypeDeclHandler = self._doctype

    def root(self) -> Element:
        try:
            self._parser.Parse(self._body, True)
        except expat.ExpatError as error:
            _refuse(f"is damaged: it is no well-formed XML (line {error.lineno}).")
        assert self._root is not None
        return self._root

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._has(1 + len(attributes))
        if len(self._open) >= MAX_DEPTH:
            _refuse(_TOO_MANY)
        parent = self._open[-1] if self._open else None
        named = {self._name(key): value for key, value in attributes.items()} if attributes else {}
        element = Element(self._name(name), named, parent, self._body, self._parser.CurrentByteIndex)
        if self._declared:
            element.declared, self._declared = self._declared, {}
        if parent is None:
            self._root = element
        else:
            parent.children.append(element)
        self._open.append(element)
        self._texts.append([])

    def _end(self, _: str) -> None:
        element = self._open.pop()
        element.text = "".join(self._texts.pop())
        element._last_event = self._parser.CurrentByteIndex

    def _characters(self, text: str) -> None:
        self._texts[-1].append(text)

    def _declare(self, prefix: str | None, space: str | None) -> None:
        self._has(1)
        self._declared[prefix or ""] = space or ""

    def _has(self, more: int) -> None:
        self._count += more
        if self._count > MAX_ELEMENTS:
            _refuse(_TOO_MANY)

    def _doctype(self, *_: object) -> None:
        _refuse("defines entities, which phototag does not read.")

    def _name(self, written: str) -> Name:
        if (known := self._names.get(written)) is None:
            space, _, local = written.rpartition(" ")
            known = self._names[written] = Name(space, local)
        return known
