"""phototag clusters."""

from __future__ import annotations

from pathlib import Path

from phototag import wiring
from phototag.app.export import to_json
from phototag.app.groups import Glance, glances, unknown_groups
from phototag.app.sheets import DRAWN, write_sheets
from phototag.cli import bar, options, render
from phototag.settings import load


def clusters(
    library: options.Library = None,
    index: options.Index = None,
    sheets: options.Sheets = False,
    json: options.Json = False,
) -> None:
    """List the groups of unknown faces, the largest first.

    With --sheets, a picture of each group's faces is drawn, so that you can see who it is.
    """
    settings = load(library, index)
    pictures: list[Path] = []
    with wiring.reading(settings) as opened:
        found = glances(opened)
        if sheets:
            pictures = write_sheets(opened, unknown_groups(opened, slice(DRAWN)), bar.progress)
    if json:
        render.out(to_json({"clusters": [_document(group) for group in found]}))
    else:
        _list(found, pictures)


def _list(found: list[Glance], pictures: list[Path]) -> None:
    if not found:
        render.out(f"No unknown group. Who is known: {render.command('people')}")
        return
    shown = found[: render.LISTED]
    rows = [[str(g.id), str(len(g.faces)), str(g.photos), g.suggestion.person if g.suggestion else ""] for g in shown]
    render.out(render.table(["group", "faces", "photos", "perhaps"], rows, right=(0, 1, 2)))
    if len(found) > len(shown):
        render.out(f"and {len(found) - len(shown)} more: {render.command('clusters', '--json')}")
    if pictures:
        some = f"the {len(pictures) - 1} largest" if len(found) >= len(pictures) else "all"
        render.out(f"\nLook at {some}:".ljust(17) + str(pictures[0]))
        render.out(f"or at one:      {pictures[1]}")
    else:
        render.out(f"\nSee the faces:  {render.command('clusters', '--sheets')}")
    render.out(f"Name one:       {render.command('name-cluster', found[0].id, '--as', 'NAME')}")


def _document(group: Glance) -> dict[str, object]:
    guess = group.suggestion
    return {
        "id": group.id,
        "faces": len(group.faces),
        "photos": group.photos,
        "suggestion": None if guess is None else {"person": guess.person, "distance": round(guess.distance, 4)},
        "sample": list(group.sample),
    }
