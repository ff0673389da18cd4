"""phototag import picasa, csv, tags."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from phototag import wiring
from phototag.app import foreign_tags, picasa, spreadsheet
from phototag.app.accounts import Gathered
from phototag.app.decide import Index
from phototag.app.export import to_json
from phototag.app.intake import take_in
from phototag.cli import intake, options, render
from phototag.settings import Settings, load

_PICASA = {
    picasa.IGNORED_FACES: ("face", "that Picasa was told to ignore, or that nobody named there"),
    picasa.UNNAMED_FACES: ("face", "with a place and nobody's id"),
}
_TABLE = {
    spreadsheet.UNNAMED: ("row", "without a name"),
    spreadsheet.SUGGESTED: ("row", "of a mere suggestion"),
    spreadsheet.GUESSED: ("row", "of a face that phototag itself tagged; to make one your word, empty its source"),
}
_TAGS = {
    foreign_tags.ELSEWHERE: ("photo", "not in this library"),
    foreign_tags.NAMELESS: ("word", "of somebody without a name, whom only the groups there know"),
    foreign_tags.IGNORED: ("face", "of somebody who is ignored there"),
    foreign_tags.UNPLACED: ("face", "in lines of an older phototag: a scan there writes them anew"),
    foreign_tags.COLLAGES: (
        "photo",
        "of which it was said there that somebody may be on it twice: phototag collage PHOTO",
    ),
}
"""What a reader leaves out -> one of it, and what is so of it, for a person."""


def import_picasa(
    contacts: options.Contacts = None,
    dry_run: options.DryRun = False,
    library: options.Library = None,
    index: options.Index = None,
    json: options.Json = False,
) -> int:
    """Take over the names that Picasa left beside the photos.

    Reads .picasa.ini in every folder of the library.
    """
    usual = picasa.usual_contacts(Path.home(), os.environ)
    settings = load(library, index)
    return _import(
        settings,
        "import picasa",
        "Picasa",
        lambda opened: picasa.gather(opened, contacts, usual),
        _PICASA,
        dry_run,
        json,
    )


def import_csv(
    file: options.Table,
    dry_run: options.DryRun = False,
    library: options.Library = None,
    index: options.Index = None,
    json: options.Json = False,
) -> int:
    """Take over the names in a table.

    From export csv, or typed in a spreadsheet and saved as CSV. With left, top, right and bottom, in pixels of the
    upright photo, a row names a face; without, somebody is on the photo.
    """
    settings = load(library, index)
    return _import(
        settings, "import csv", file.name, lambda opened: spreadsheet.gather(opened, file), _TABLE, dry_run, json
    )


def import_tags(
    file: options.ForeignTags,
    dry_run: options.DryRun = False,
    library: options.Library = None,
    index: options.Index = None,
    json: options.Json = False,
) -> int:
    """Take over what somebody said in another phototag.

    Photos are known by their picture, wherever they lie. Only what a human said there is taken.
    """
    settings = load(library, index)
    return _import(
        settings, "import tags", file.name, lambda opened: foreign_tags.gather(opened, file), _TAGS, dry_run, json
    )


def _import(
    settings: Settings,
    command: str,
    source: str,
    gather: Callable[[Index], Gathered],
    left_out: Mapping[str, tuple[str, str]],
    dry_run: bool,
    json: bool,
) -> int:
    with _opened(settings, command, dry_run) as index:
        found = gather(index)
        report = take_in(index, found.accounts, source, time.time_ns(), dry_run=dry_run)
    if json:
        render.out(to_json(intake.document(report, found.problems) | {"left_out": found.left_out}))
    else:
        words = [f"{render.count(count, left_out[key][0])} {left_out[key][1]}" for key, count in found.left_out.items()]
        intake.tell(report, found.problems, dry_run=dry_run, left_out=words)
    return intake.exit_code(report, found.problems)


def _opened(settings: Settings, command: str, dry_run: bool) -> AbstractContextManager[Index]:
    """The library, for writing; where it is only tried, for reading."""
    return wiring.reading(settings) if dry_run else wiring.writing(settings, command, render.note)
