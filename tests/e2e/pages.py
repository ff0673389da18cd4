"""Every page that there is, for what must hold on each of them. A new page has a line here."""

from __future__ import annotations

import threading
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

from phototag.app.groups import unknown_groups, unknown_numbers
from phototag.app.known import known_people
from phototag.app.photographs import ids_at
from phototag.cli import main as cli
from phototag.index import faces
from phototag.index.db import open_for_reading
from phototag.settings import Settings
from phototag.web import scanning

NAMES = ("Anna", "Ben", "Dana", "June", "Goro", "Emil", "Chidi", "Ivo", "Hana", "Farah")
"""Who the groups of the sample library are, from 1 on: see its people.csv."""

REFUSED = {"nothing": "/groups/999999", "wrong query": "/find?" + urlencode({"q": "faces>=1 & somebody else"})}
"""Pages that say why they show nothing else."""


def tell(library: Path, *command: object) -> None:
    """Run a command; what it prints is for nobody."""
    assert cli.main([*map(str, command), "--library", str(library)]) == 0


def best_of_groups(library: Path) -> dict[str, str]:
    """One face of each group of the sample library, by the name of who it is."""
    with closing(open_for_reading(library / ".phototag")) as index:
        return {NAMES[group.id - 1]: group.sample[0] for group in unknown_groups(index)}


def live_in(library: Path) -> None:
    """Somebody was here before: seven people have a name, two are known by one face, one is ignored, and more."""
    best = best_of_groups(library)
    for number, name in enumerate(NAMES, 1):
        if name in ("Dana", "Ivo"):
            tell(library, "move", best[name], "--to", name)
        elif name == "Emil":
            tell(library, "ignore", number)
        else:
            tell(library, "name-cluster", number, "--as", name)
    for command in (["find", "Anna & !Ben", "--save", "Anna without Ben"], ["undo"], ["redo"]):
        tell(library, *command)
    draw_map(library)


def draw_map(library: Path) -> None:
    """Draw the map of faces, so that a server has it."""
    index = library / ".phototag"
    scanning.draw_here(Settings(library, index, index, index), lambda _: None, threading.Event())


def photo_at(library: Path, path: str) -> str:
    """The address of a photo."""
    with closing(open_for_reading(library / ".phototag")) as index:
        return f"/photos/{ids_at(index, [path.encode()])[path.encode()]}"


def every_page(library: Path) -> dict[str, str]:
    """What a page is called -> its address."""
    with closing(open_for_reading(library / ".phototag")) as index:
        people = known_people(index)
        groups = unknown_numbers(index)
        found = faces.faces(index.db)
    on = [face.photo for face in found if face.is_tagged] or [face.photo for face in found]
    pages = {
        "people": "/",
        "review": "/review",
        "photos": "/find",
        "photo": f"/photos/{max(on, key=on.count)}",
        "map": "/map",
        "history": "/history",
        "library": "/library",
        "duplicates": "/duplicates",
        "ignored": "/ignored",
        "problems": "/problems",
    }
    if people:
        pages["person"] = "/person?" + urlencode({"name": people[0].name})
        pages["split"] = "/split?" + urlencode({"who": people[0].name})
        pages["query"] = "/find?" + urlencode({"q": "unknown>=1"})
    if groups:
        pages["group"] = f"/groups/{groups[0]}"
    return pages
