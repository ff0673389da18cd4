"""phototag draw."""

from __future__ import annotations

import time

from phototag.app import sentences
from phototag.app.draw import draw as draw_face
from phototag.app.known import require_photo
from phototag.cli import options, render
from phototag.cli.decision import tell, writing


def draw(
    photo: options.PhotoArgument,
    left: options.Left,
    top: options.Top,
    right: options.Right,
    bottom: options.Bottom,
    name: options.WhoseFace = None,
    instead: options.Instead = None,
    library: options.Library = None,
    index: options.Index = None,
) -> None:
    """Say that a face is somewhere on a photo, where none was found.

    Where one was found, it is that one. Draw a face again to move its box; not-a-face removes it.
    """
    with writing("draw", library, index) as opened:
        path, _ = require_photo(opened, photo)
        drawing = draw_face(opened, path, (left, top, right, bottom), time.time_ns(), name=name, instead=instead)
    said = sentences.drawn(drawing)
    tell(drawing.outcome, said, said)
    render.out(f"The face:         {render.command('why', drawing.face)}")
