"""Each option and argument, once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Library = Annotated[
    Path | None,
    typer.Option(
        "--library",
        metavar="DIR",
        help="The library. Default: $PHOTOTAG_LIBRARY, else the one you are in, else the one scanned last.",
    ),
]
Index = Annotated[
    Path | None,
    typer.Option("--index", metavar="DIR", help="Where the index is kept. Default: .phototag in the library."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder that holds your photos.")]
EngineName = Annotated[
    str | None,
    typer.Option("--engine", metavar="NAME", help="mtcnn-resnet (default) or face-recognition, the package itself."),
]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, metavar="N", help="How many photos at once. Default: one a processor.")
]
Profile = Annotated[bool, typer.Option("--profile", help="Also print where the time went.")]
Sheets = Annotated[bool, typer.Option("--sheets", help="Draw a picture of each group's faces.")]
ClusterId = Annotated[int, typer.Argument(metavar="ID", help="A group's number, from: phototag clusters")]
As = Annotated[str, typer.Option("--as", metavar="NAME", help="Who this is.")]
Query = Annotated[str, typer.Argument(metavar="NAME", help="A person's name.")]
Photo = Annotated[str | None, typer.Option("--photo", metavar="PATH", help="Only faces on this photo.")]
PersonName = Annotated[str | None, typer.Option("--person", metavar="NAME", help="Only faces of this person.")]
Cluster = Annotated[int | None, typer.Option("--cluster", metavar="ID", help="Only faces of this group.")]
Precision = Annotated[
    float | None,
    typer.Option("--precision", metavar="SHARE", help="Set the limits so that this share of the tags is right."),
]
Reset = Annotated[bool, typer.Option("--reset", help="Go back to the usual limits.")]
FaceId = Annotated[
    str, typer.Argument(metavar="FACE", help="A face's id, or the beginning of it, from: phototag faces")
]
