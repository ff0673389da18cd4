"""phototag duplicates."""

from __future__ import annotations

from phototag import wiring
from phototag.app.copies import Copy, Duplicates
from phototag.app.copies import duplicates as find_duplicates
from phototag.app.export import to_json
from phototag.cli import options, render
from phototag.settings import load


def duplicates(library: options.Library = None, index: options.Index = None, json: options.Json = False) -> None:
    """List photos that are there more than once.

    The same picture, and copies of it that were encoded anew, resized, or developed from a RAW file. They count as one
    photo: what you say of one is said of all. Nothing is ever deleted.
    """
    with wiring.reading(load(library, index)) as opened:
        found = find_duplicates(opened)
    if json:
        render.out(to_json(_document(found)))
    elif found.files:
        _show(found)
    else:
        render.out("No photo is there more than once.")


def _document(found: Duplicates) -> dict[str, object]:
    families = [[_file(copy) for copy in family] for family in found.files]
    return {"duplicates": families, "spare_bytes": found.spare_bytes}


def _file(copy: Copy) -> dict[str, object]:
    same = "picture" if copy.is_same else "copy"
    return {"photo": render.raw(copy.path), "same": same, "size": [copy.width, copy.height], "bytes": copy.size}


def _show(found: Duplicates) -> None:
    files = sum(map(len, found.files))
    photos = render.count(len(found.files), "photo")
    for family in found.files[: render.LISTED]:
        rows = [[_what(copy, n), f"{copy.width} x {copy.height}", f"{copy.size:,}", render.path(copy.path)]
                for n, copy in enumerate(family)]  # fmt: skip
        render.out(render.table(["", "pixels", "bytes", "file"], rows, right=(1, 2)) + "\n")
    if len(found.files) > render.LISTED:
        more = len(found.files) - render.LISTED
        render.out(f"And {render.count(more, 'photo')} more: {render.command('duplicates', '--json')}\n")
    render.out(
        f"{photos} in {files:,} files, each one photo to phototag: what you say of one is said of all. "
        f"All but the first of each take {found.spare_bytes / 1e6:,.1f} MB; phototag deletes nothing."
    )


def _what(copy: Copy, number: int) -> str:
    if not number:
        return "photo"
    return "same picture" if copy.is_same else "copy"
