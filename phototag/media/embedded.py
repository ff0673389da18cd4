"""The XMP packet inside a photo file, found without decoding it, and mostly without reading much of it.

Where each format has it: Adobe's XMP specification, part 3 (2020); HEIF and AVIF by their decoders.
"""

from __future__ import annotations

import io
import os
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pillow_heif
from PIL import Image, UnidentifiedImageError

from phototag.errors import PhotoError
from phototag.media import markup, rdf
from phototag.media.formats import HEAD_BYTES
from phototag.media.markup import MAX_BYTES, Name, Text

_JPEG_MAIN = b"http://ns.adobe.com/xap/1.0/\0"
_JPEG_MORE = b"http://ns.adobe.com/xmp/extension/\0"
_HAS_MORE = Name("http://ns.adobe.com/xmp/note/", "HasExtendedXMP")
_BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xD8)})
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_PNG_KEYWORD = b"XML:com.adobe.xmp\0"
_TIFF_TAG = 700
_TIFF_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"IIRO", b"IIRS", b"MMOR", b"IIU\0")
"""TIFF, BigTIFF, and with first bytes of their own Olympus and Panasonic."""
_RAF, _RAF_JPEG_AT = b"FUJIFILMCCD-RAW", 84
_BOXED = (b"\0\0\0\x0cJXL ", b"\0\0\0\x0cjP  ")
_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")

_FARTHEST = 1 << 62
"""Systems count bytes of a file up to twice that."""

_CUT_OFF = "The file is cut off or damaged."


def packet(path: Path) -> bytes:
    """Find the XMP in a photo.

    Returns:
        The packet; extended XMP of a JPEG is put into it. b"" where the file has none or is of another kind.

    Raises:
        PhotoError: the file is broken, or its XMP is too large.
        OSError: it cannot be read now.
    """
    return unpacked(gathered(path))


def gathered(path: Path) -> bytes:
    """The packet of a file, or all of a HEIF or AVIF file, in which `unpacked` finds it. Raises as `packet`."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        file.seek(0)
        if _is_heif(head):
            return file.read()
        return _found(file, head)


def unpacked(data: bytes) -> bytes:
    """The packet, of what was gathered.

    Raises:
        PhotoError: it is HEIF or AVIF, and broken.
    """
    if not _is_heif(data):
        return data
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = _in_avif(data)
            if found is None:
                # not by way of Pillow, for which pillow-heif takes the orientation out of the packet
                found = pillow_heif.open_heif(io.BytesIO(data)).info.get("xmp")
    except Exception as error:  # decoders raise whatever they like on broken data
        raise PhotoError(_CUT_OFF) from error
    return bytes(found or b"")


def _in_avif(data: bytes) -> bytes | None:
    """None where it is something else."""
    try:
        with Image.open(io.BytesIO(data), formats=("AVIF",)) as image:
            return bytes(image.info.get("xmp") or b"")
    except UnidentifiedImageError:
        return None


def _is_heif(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12] != b"crx "


def _found(file: BinaryIO, head: bytes) -> bytes:
    if head.startswith(b"\xff\xd8"):
        return _in_jpeg(file)
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return _in_png(file)
    if head.startswith(_TIFF_STARTS):
        return _in_tiff(file, is_big=head[2:4] in (b"+\0", b"\0+"))
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return _in_webp(file)
    if head.startswith(_BOXED) or head[4:12] == b"ftypcrx ":
        return _in_boxes(file)
    if head.startswith(_RAF):
        file.seek(_RAF_JPEG_AT)
        _seek(file, _int(file, 4, "big"))
        return _in_jpeg(file)
    return b""


def _exactly(file: BinaryIO, count: int) -> bytes:
    """So many bytes, which must be there."""
    if count > MAX_BYTES + HEAD_BYTES:
        raise PhotoError(f"Its XMP has more than {MAX_BYTES // 10**6} MB.")
    data = file.read(count)
    if len(data) < count:
        raise PhotoError(_CUT_OFF)
    return data


def _seek(file: BinaryIO, at: int, whence: int = os.SEEK_SET) -> None:
    if at > _FARTHEST:
        raise PhotoError(_CUT_OFF)
    file.seek(at, whence)


def _int(file: BinaryIO, count: int, order: str) -> int:
    return int.from_bytes(_exactly(file, count), "little" if order == "little" else "big")


def _in_jpeg(file: BinaryIO) -> bytes:
    main, more = b"", []
    for body in _app1_segments(file):
        if body.startswith(_JPEG_MAIN) and not main:
            main = body[len(_JPEG_MAIN) :]
        elif body.startswith(_JPEG_MORE):
            more.append(body[len(_JPEG_MORE) :])
    return _extended(main, more) if more else main


def _app1_segments(file: BinaryIO) -> Iterator[bytes]:
    """What lies before the pixels; anything else is passed over unread."""
    _seek(file, 2, os.SEEK_CUR)
    while True:
        marker = _exactly(file, 2)
        while marker == b"\xff\xff":  # filling
            marker = b"\xff" + _exactly(file, 1)
        if marker[0] != 0xFF:
            raise PhotoError(_CUT_OFF)
        if marker[1] in (_START_OF_SCAN, _END_OF_IMAGE):
            return
        if marker[1] in _BARE_MARKERS:
            continue
        length = _int(file, 2, "big") - 2
        if marker[1] == 0xE1:
            yield _exactly(file, max(0, length))
        else:
            _seek(file, max(0, length), os.SEEK_CUR)


def _extended(main: bytes, segments: list[bytes]) -> bytes:
    """A packet with what did not fit into its segment. Each part has: GUID, length of the whole, place in it."""
    written = Text(main)
    root = markup.read(written.body)
    guid = next((rdf.text(value) for value in rdf.properties(root, _HAS_MORE)), None)
    parts = [part for part in segments if part[:32].decode("ascii", "replace") == guid]
    length = int.from_bytes(parts[0][32:36], "big") if parts else 0
    packet = rdf.packet(root)
    if not length or length + len(main) > MAX_BYTES or packet is None:  # depth maps may be that large, people are not
        return main
    whole = b"".join(data for _, data in sorted((part[36:40], part[40:]) for part in parts))
    if len(whole) != length:
        raise PhotoError("Its extended XMP is incomplete.")
    more = b"".join(_with_declarations(d) for d in rdf.descriptions(markup.read(Text(whole).body)))
    at = packet.last
    return written.with_body(written.body[:at] + more + written.body[at:]) if not packet.is_bare else main


def _with_declarations(description: markup.Element) -> bytes:
    """An element as text that means the same elsewhere."""
    above = description.parent.namespaces() if description.parent else {}
    missing = {p: space for p, space in above.items() if p not in description.declared and p not in ("", "xml")}
    start = description.start + 1 + len(description.written_name)
    spaces = "".join(f" xmlns:{p}={_quoted(space)}" for p, space in missing.items()).encode()
    return description.body[description.start : start] + spaces + description.body[start : description.end]


def _quoted(text: str) -> str:
    return '"' + text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;") + '"'


def _in_png(file: BinaryIO) -> bytes:
    file.seek(8)
    while len(header := file.read(8)) == 8 and header[4:] != b"IEND":
        length = int.from_bytes(header[:4], "big")
        if header[4:] == b"iTXt" and length >= len(_PNG_KEYWORD):
            keyword = _exactly(file, len(_PNG_KEYWORD))
            length -= len(keyword)
            if keyword == _PNG_KEYWORD:
                return _international_text(_exactly(file, length))
        _seek(file, length + 4, os.SEEK_CUR)
    return b""


def _international_text(data: bytes) -> bytes:
    """What stands behind the keyword: whether it is compressed, a method, a language, the keyword in that, the text."""
    _, _, rest = data[2:].partition(b"\0")
    _, _, text = rest.partition(b"\0")
    if data[:1] != b"\1":
        return text
    try:
        return zlib.decompressobj().decompress(text, MAX_BYTES + 1)  # one more: whoever reads it will refuse it
    except zlib.error:
        raise PhotoError(_CUT_OFF) from None


def _in_tiff(file: BinaryIO, is_big: bool) -> bytes:
    """The tag 700 of the first table."""
    order = "little" if file.read(2) == b"II" else "big"
    wide = 8 if is_big else 4
    file.seek(8 if is_big else 4)
    _seek(file, _int(file, wide, order))
    count = min(_int(file, 8 if is_big else 2, order), 0xFFFF)
    table = io.BytesIO(_exactly(file, count * (4 + 2 * wide)))
    for _ in range(count):
        tag, _, length = _int(table, 2, order), _int(table, 2, order), _int(table, wide, order)
        where = _exactly(table, wide)
        if tag == _TIFF_TAG and length > wide:
            _seek(file, int.from_bytes(where, "little" if order == "little" else "big"))
            return _exactly(file, length)
    return b""


def _in_webp(file: BinaryIO) -> bytes:
    file.seek(12)
    while len(header := file.read(8)) == 8:
        length = int.from_bytes(header[4:], "little")
        if header[:4] == b"XMP ":
            return _exactly(file, length)
        _seek(file, length + length % 2, os.SEEK_CUR)
    return b""


def _in_boxes(file: BinaryIO) -> bytes:
    """A box of its own in JPEG XL (not a compressed one), in one with a number in JPEG 2000 and Canon's CR3."""
    while len(header := file.read(8)) == 8:
        length, head = int.from_bytes(header[:4], "big"), 8
        if length == 1:
            length, head = _int(file, 8, "big"), 16
        if header[4:] == b"xml ":
            return file.read(MAX_BYTES) if length == 0 else _exactly(file, max(0, length - head))
        if header[4:] == b"uuid" and length >= head + 16 and _exactly(file, 16) == _UUID:
            return _exactly(file, length - head - 16)
        if length < head:  # 0: to the end of the file
            break
        _seek(file, length - head - (16 if header[4:] == b"uuid" and length >= head + 16 else 0), os.SEEK_CUR)
    return b""
