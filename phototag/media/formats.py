"""Kinds of files by their names: which may be photos, and what the others in a photo library are."""

from __future__ import annotations

import os
from enum import StrEnum

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
