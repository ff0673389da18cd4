"""Every page that there is, for what must hold on each of them. A new page has a line here."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

from phototag.app.groups import unknown_numbers
from phototag.app.known import known_people
from phototag.index import faces
from phototag.index.db import open_for_reading


def every_page(library: Path) -> dict[str, str]:
    """What a page is called -> its address."""
    with closing(open_for_reading(library / ".phototag")) as index:
        people = known_people(index)
        groups = unknown_numbers(index)
        photo = faces.faces(index.db)[0].photo
    found = {
        "people": "/",
        "photos": "/find",
        "photo": f"/photos/{photo}",
        "history": "/history",
        "problems": "/problems",
    }
    if people:
        found["person"] = "/person?" + urlencode({"name": people[0].name})
        found["query"] = "/find?" + urlencode({"q": "unknown>=1"})
    if groups:
        found["group"] = f"/groups/{groups[0]}"
    return found
