"""Pictures of many faces in the index's folder: of groups, and of whatever a command asks about."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from phototag.app.groups import SAMPLE, UnknownGroup
from phototag.app.pictures import face_picture
from phototag.errors import LibraryError
from phototag.files import write_if_changed
from phototag.index.db import Index
from phototag.index.faces import KnownFace
from phototag.media.sheets import COLUMNS, MOST_FACES, Portrait, Row, contact_sheet, overview
from phototag.types import Progress

DRAWN = 40
"""Groups that get a picture: in a large library there are thousands, most of them pairs."""

SHEETS = "sheets"


def write_sheets(index: Index, found: Sequence[UnknownGroup], progress: Progress) -> list[Path]:
    """Draw an overview and a contact sheet of each of the DRAWN largest groups, and remove all others.

    Returns:
        The pictures: the overview, then the groups in order; [] if there is none.

    Raises:
        LibraryError: the index's folder cannot be written.
    """
    folder, found = index.folder / SHEETS, found[:DRAWN]
    try:
        folder.mkdir(exist_ok=True)
        written = [_write_overview(index, found, folder)] if found else []
        for group in progress(found, label="Drawing sheets", total=len(found), unit="sheet"):
            drawn = [_portrait(index, face) for face in group.faces[:MOST_FACES]]
            path = folder / f"group-{group.id}.jpg"
            write_if_changed(path, contact_sheet(_title(group), drawn))
            written.append(path)
        for old in set(folder.glob("*.jpg")) - set(written):
            old.unlink(missing_ok=True)
    except OSError as error:
        raise LibraryError(f"Cannot write the sheets in {folder}: {error.strerror}.") from error
    return written


def write_rows(index: Index, name: str, rows: Sequence[tuple[str, Sequence[KnownFace]]]) -> Path:
    """Draw a row of up to COLUMNS faces for each title, as NAME in the index's folder; returns the picture.

    Raises:
        LibraryError: the index's folder cannot be written.
    """
    path = index.folder / name
    drawn = [Row(title, tuple(_portrait(index, face) for face in found[:COLUMNS])) for title, found in rows]
    try:
        write_if_changed(path, overview(drawn))
    except OSError as error:
        raise LibraryError(f"Cannot write {path}: {error.strerror}.") from error
    return path


def _write_overview(index: Index, found: Sequence[UnknownGroup], folder: Path) -> Path:
    path = folder / "groups.jpg"
    rows = [Row(_title(g), tuple(_portrait(index, face) for face in g.faces[:SAMPLE])) for g in found]
    write_if_changed(path, overview(rows))
    return path


def _title(group: UnknownGroup) -> str:
    face = "face" if len(group.faces) == 1 else "faces"
    photo = "photo" if group.photos == 1 else "photos"
    return f"Group {group.id}: {len(group.faces)} {face} on {group.photos} {photo}"


def _portrait(index: Index, face: KnownFace) -> Portrait:
    return Portrait(face_picture(index, face), os.fsdecode(face.path).rpartition("/")[2])
