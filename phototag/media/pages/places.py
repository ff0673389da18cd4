"""Where a gallery's files lie in its folder: names are numbers and digests, never what somebody is called."""

from __future__ import annotations

import re
from importlib.resources import files

INDEX = "index.html"

STATIC = ("gallery.css", "gallery.js")
"""Files beside the pages that are the same in every gallery."""

BOXES = "boxes.css"
"""Where a box may be: a rule for each place, for pages without a style of their own (see `boxes`)."""

KEEP_OUT = ".phototagignore"
"""Tells a scan that what lies here are no photos, should the folder ever come into a library."""

SMALL_SIDE, LARGE_SIDE = 640, 1600
"""Pixels of a picture's long side: in a row of others, and on its own page.

640 fills a row on a sharp screen. 1600 fills all but the largest screens; a photo of 3 or 4 MP takes 0.25 MB there,
where 2048 would take 0.36 (2026-11, three photos of people); and the original is one click away.
"""

STEPS = 400
"""Places along one side of a picture: a quarter of a percent is 4 pixels at most."""

RATIOS = range(25, 401)
"""Width by height of a picture in a row, in hundredths; one that is wider or higher is cut there."""

OURS = re.compile(
    r"index\.html|gallery\.(css|js)|boxes\.css|\.phototagignore|people/\d+(-\d+)?\.html"
    r"|faces/[0-9a-f]{2}/[0-9a-f]+-[1-8]\.jpg|photos/[0-9a-f]{2}/[0-9a-f]+(\.html|-[1-8]-\d+\.jpg)"
)
"""The files that a gallery has: nothing else is ever removed, whatever a list of them says."""


def person_page(person: int, number: int = 1) -> str:
    """A page of somebody's photos, counted from 1."""
    return f"people/{person}.html" if number == 1 else f"people/{person}-{number}.html"


def photo_page(photo: str) -> str:
    """The page of a photo, by its hash. In 256 folders: some file systems bear few files in one."""
    return f"photos/{photo[:2]}/{photo}.html"


def picture(content: str, orientation: int, side: int) -> str:
    """A photo made smaller, by the hash of what the file holds and the way it is turned."""
    return f"photos/{content[:2]}/{content}-{orientation}-{side}.jpg"


def cover(face: str, orientation: int) -> str:
    """The square around a face."""
    return f"faces/{face[:2]}/{face}-{orientation}.jpg"


def fixed_files() -> dict[str, bytes]:
    """Name -> contents of the files that are the same in every gallery."""
    folder = files(__package__) / "static"
    return {name: (folder / name).read_bytes() for name in STATIC} | {BOXES: boxes(), KEEP_OUT: b"*\n"}


def boxes() -> bytes:
    """A style sheet with a class for each place and size of a box, and each shape of a picture.

    The pages allow no style of their own, so that nothing that comes from outside can ever have one.
    """
    rules = [
        f".{letter}{step}{{{side}:{step * 100 / STEPS:g}%}}"
        for letter, side in (("l", "left"), ("t", "top"), ("w", "width"), ("h", "height"))
        for step in range(STEPS + 1)
    ]
    rules += [f".r{ratio}{{--r:{ratio / 100:g}}}" for ratio in RATIOS]
    return "\n".join(rules).encode() + b"\n"
