"""A table that says who is on which photo: what `export csv` wrote, or what a person typed into a spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from phototag.app.accounts import (
    Gathered,
    Gathering,
    NoNameError,
    Shelf,
    as_name,
    read_foreign,
    stored_box,
    upright_size,
)
from phototag.core.regions import Region
from phototag.core.spreadsheets import as_it_was
from phototag.errors import UsageError
from phototag.index.db import Index
from phototag.index.faces import PhotoOnDisk
from phototag.media.tables import Row, Table, read_table
from phototag.types import Box, Source

UNNAMED, SUGGESTED, GUESSED = "unnamed", "suggested", "guessed"
"""Left out: rows without a name, those of a suggestion, and those of a face that phototag itself tags so."""

LARGEST = 512 * 2**20
"""Bytes; a face takes 150."""

BEYOND = 0.02
"""A box may reach over the edge of the picture by so much of its width or height; it is cut off there."""

SHAPES = 0.02
"""Pictures are of one shape if width by height differs by no more: those made smaller are rounded to whole pixels."""

_PHOTO, _PERSON = ("photo", "path", "file"), ("person", "name")
_EDGES, _SIZE = ("left", "top", "right", "bottom"), ("width", "height")
_COLUMNS = (*_PHOTO, *_PERSON, *_EDGES, *_SIZE, "face", "source")
_NUMBER = re.compile(r"-?[0-9]{1,9}([.,][0-9]{0,9})?")
_TABLE = "a table with the columns photo and person, saved as CSV; phototag export csv writes one"


class _BadRowError(ValueError):
    """A row that cannot be used; the message says why."""


def gather(index: Index, path: Path) -> Gathered:
    """Read a table. A person without a box is on the photo, nobody knows where.

    Args:
        index: open.
        path: of the table.

    Raises:
        UsageError: there is no such file, or it lacks a column.
        LibraryError: it cannot be read.
    """
    table = read_table(read_foreign(path, LARGEST, _TABLE), _COLUMNS)
    columns = _column(table, _PHOTO, path), _column(table, _PERSON, path)
    reading = _Reading(index, *columns)
    for row in table.rows:
        try:
            reading.row(row)
        except (_BadRowError, NoNameError) as error:
            reading.gathering.problem(f"line {row.line}", str(error))
    return reading.gathering.gathered


def _column(table: Table, names: tuple[str, ...], path: Path) -> str:
    """The first of these names that a column has."""
    for name in names:
        if name in table.columns:
            return name
    shown = ", ".join(repr(column[:40]) for column in table.columns[:12] if column)
    raise UsageError(f"{path} has no column {names[0]!r}. Its first line says: {shown or 'nothing'}. Give {_TABLE}.")


class _Reading:
    """Reads row by row."""

    def __init__(self, index: Index, photo: str, person: str) -> None:
        self.gathering = Gathering()
        self._photo, self._person = photo, person
        self._shelf = Shelf(index)

    def row(self, row: Row) -> None:
        """Take what a row says.

        Raises:
            _BadRowError, NoNameError: it cannot be used.
        """
        if row.cells is None:
            raise _BadRowError("It cannot be understood: a quotation mark is missing here, or a cell is far too long.")
        kept_out = self._kept_out(row.cells)
        if kept_out is not None:
            self.gathering.left_out[kept_out] += 1
            return
        name = as_name(as_it_was(row.cells[self._person]))
        file = self._file(row.cells)
        box = _box(row.cells, file)
        if box is None:
            self.gathering.on_it(file.path, name)
        else:
            self.gathering.region(file.path, Region(name, box))

    def _kept_out(self, cells: Mapping[str, str]) -> str | None:
        """Why a row was not meant to be taken in, or None."""
        name, source = cells.get(self._person, ""), cells.get("source", "").lower()
        if not name:
            return UNNAMED
        if source == Source.SUGGESTED:
            return SUGGESTED
        return GUESSED if source == Source.AUTO else None

    def _file(self, cells: Mapping[str, str]) -> PhotoOnDisk:
        typed = cells.get(self._photo, "")
        file = (self._shelf.find_typed(typed) or self._shelf.find_typed(as_it_was(typed))) if typed else None
        if file is None:
            raise _BadRowError(f"The index knows no photo {typed!r}. Give its path in the library.")
        return file


def _box(cells: Mapping[str, str], file: PhotoOnDisk) -> Box | None:
    """Where a face is, as fractions of the stored picture; None if the row does not say it."""
    edges = _numbers(cells, _EDGES)
    if edges is None:
        return None
    left, top, right, bottom = edges
    width, height = _size(cells, file)
    if not (left < right and top < bottom):
        raise _BadRowError("The box has no area: left must be less than right, and top less than bottom.")
    slack_x, slack_y = width * BEYOND, height * BEYOND
    if min(left + slack_x, top + slack_y, width + slack_x - right, height + slack_y - bottom) < 0:
        raise _BadRowError(f"The box lies outside of the photo, which has {width:g} x {height:g} pixels.")
    return stored_box((left, top, right, bottom), (width, height), file.orientation)


def _size(cells: Mapping[str, str], file: PhotoOnDisk) -> tuple[float, float]:
    """Of the upright picture that a box is measured on.

    Raises:
        _BadRowError: it is no picture of the photo as it is now.
    """
    now = upright_size(file)
    said = _numbers(cells, _SIZE)
    if said is None:
        return now
    width, height = said
    if width < 1 or height < 1:
        raise _BadRowError("Width and height must be at least 1.")
    across, along = width * now[1], height * now[0]
    if abs(across - along) > SHAPES * max(across, along):
        raise _BadRowError(
            f"The photo has {now[0]} x {now[1]} pixels now, and not the shape of {width:g} x {height:g}: it was turned "
            "or cut since."
        )
    return width, height


def _numbers(cells: Mapping[str, str], columns: tuple[str, ...]) -> list[float] | None:
    """The numbers in these columns; None if all are empty."""
    texts = [cells.get(column, "") for column in columns]
    if not any(texts):
        return None
    for column, text in zip(columns, texts, strict=True):
        if not _NUMBER.fullmatch(text):
            raise _BadRowError(f"{column} must be a number of pixels, not {text[:40]!r}.")
    return [float(text.replace(",", ".")) for text in texts]
