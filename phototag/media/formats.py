"""Kinds of files by name, and by content where there is no extension: which may be photos, and what the others are."""

from __future__ import annotations

import os
import re
from enum import StrEnum
from pathlib import Path

from phototag.errors import NotAPhotoError

PHOTOS = frozenset(
    b".jpg .jpeg .jpe .jfif .mpo .png .apng .webp .gif .tif .tiff .bmp .heic .heif .hif .avif .jxl .jp2 .j2k".split()
)
"""Extensions of the formats that `media.images` reads; compared in lower case."""

RAW = frozenset(
    b".3fr .arw .cr2 .cr3 .crw .dcr .dng .erf .fff .iiq .k25 .kdc .mef .mos .mrw .nef .nrw .orf .pef .raf .raw .rw2"
    b" .rwl .sr2 .srf .srw .x3f".split()
)
"""Of camera RAW files, which `media.images` reads through LibRaw."""

VIDEOS = frozenset(b".mp4 .mov .m4v .avi .mkv .webm .mts .m2ts .mpg .mpeg .3gp .3g2 .wmv .flv .ogv .insv".split())

OTHER_PICTURES = frozenset(
    b".psd .psb .xcf .kra .ai .eps .svg .ico .cur .icns .tga .pcx .pbm .pgm .ppm .pnm .sgi .rgb .dds .blp .fli .flc"
    b" .exr .hdr .wbmp .xbm .xpm .wmf .emf .djvu .pdf".split()
)
"""Pictures, but not photos as cameras leave them; no face is looked for in these."""


class Kind(StrEnum):
    """What a file is by its name."""

    PHOTO = "photo"
    RAW = "raw"
    VIDEO = "video"
    OTHER_PICTURE = "other picture"
    UNNAMED = "unnamed"  # no extension: only its content tells
    OTHER = "other"


_KINDS = {
    extension: kind
    for kind, extensions in (
        (Kind.PHOTO, PHOTOS),
        (Kind.RAW, RAW),
        (Kind.VIDEO, VIDEOS),
        (Kind.OTHER_PICTURE, OTHER_PICTURES),
    )
    for extension in extensions
}


def kind_of(name: bytes) -> Kind:
    """What a file is by its name, or by its path."""
    extension = os.path.splitext(name)[1].lower()
    return _KINDS.get(extension, Kind.OTHER) if extension else Kind.UNNAMED


VIDEO, NO_PHOTO = "a video: not supported yet", "not a photo by its content"
"""What is said of files that are not looked at; no problems, so no advice."""

HEAD_BYTES = 64
"""Of a file's beginning, enough to tell what it is."""

_PICTURE = re.compile(
    rb"\xff\xd8\xff"  # JPEG
    rb"|\x89PNG\r\n\x1a\n"
    rb"|GIF8[79]a"
    rb"|BM.{4}\0{4}.{4}[\x0c\x28\x34\x38\x40\x6c\x7c]\0{3}"  # BMP, with the sizes that its second header has
    rb"|II[*+]\0|MM\0[*+]"  # TIFF, BigTIFF, and most camera RAW
    rb"|RIFF.{4}WEBP"
    rb"|\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n"
    rb"|\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51"  # JPEG 2000, in a box and bare
    rb"|IIRO|IIRS|MMOR|IIU\0|FUJIFILMCCD-RAW|FOVb|\0MRM|II\x1a\0{3}HEAPCCDR",  # Olympus to Canon
    re.DOTALL,
)
"""How photos and camera RAW files begin."""

_PICTURE_BRANDS = frozenset(b"heic heix heim heis hevc hevx mif1 msf1 avif avis crx".split())
"""Of ISO media files ("ftyp"): HEIF (ISO 23008-12), AVIF, Canon's CR3. Those of all other brands are videos."""

_VIDEO = re.compile(
    rb".{4}ftyp|RIFF.{4}AVI |\x1a\x45\xdf\xa3|\0\0\x01[\xba\xb3]|.{4}(moov|mdat|wide)|FLV\x01|OggS"
    rb"|\x30\x26\xb2\x75\x8e\x66\xcf\x11",
    re.DOTALL,
)


def looks_like_a_picture(head: bytes) -> bool:
    """Whether a file that begins like this may be a photo, as cameras, phones and their programs write them."""
    return bool(_PICTURE.match(head)) or not _PICTURE_BRANDS.isdisjoint(_brands(head))


def looks_like_a_video(head: bytes) -> bool:
    """Whether a file that begins like this, and not like a picture, is a video."""
    return bool(_VIDEO.match(head))


def _brands(head: bytes) -> list[bytes]:
    """Of an ISO media file: its own, then those that it is compatible with."""
    if head[4:8] != b"ftyp":
        return []
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return [head[start : start + 4].strip() for start in (8, *range(16, end, 4))]


def require_picture(path: Path) -> None:
    """Look at how a file begins, whatever its name and size are.

    Raises:
        NotAPhotoError: not as photos do.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not looks_like_a_picture(head):
        is_video = looks_like_a_video(head)
        raise NotAPhotoError(VIDEO if is_video else NO_PHOTO)


def called(name: bytes) -> str:
    """What a picture that is no photo is, for a person: "a Photoshop file"."""
    return _CALLED.get(os.path.splitext(name)[1].lower(), "a picture of another kind than photos")


_CALLED = {
    extension: what
    for what, extensions in {
        "a Photoshop file": b".psd .psb",
        "a drawing": b".ai .eps .svg .wmf .emf .kra .xcf",
        "an icon": b".ico .cur .icns",
        "a document": b".pdf .djvu",
        "an animation": b".fli .flc",
    }.items()
    for extension in extensions.split()
}
