"""Tables as text, as spreadsheets and programs write them: CSV with any of its separators and encodings."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

SEPARATORS = (",", ";", "\t")
"""Excel writes semicolons where the comma is in numbers; what is copied from a spreadsheet has tabs."""

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class Row(NamedTuple):
    """A line of a table, or several where a cell has line breaks.

    Attributes:
        line: number of the first, counted from 1.
        cells: column -> text, without spaces around it; None for a row that cannot be understood.
    """

    line: int
    cells: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        columns: as they are called, in lower case and in order; () where there is nothing.
        rows: those that are not empty, read as they are asked for.
    """

    columns: tuple[str, ...]
    rows: Iterator[Row]


def read_table(data: bytes, expected: Iterable[str]) -> Table:
    """Read a table, whatever is in it.

    Args:
        data: UTF-8, UTF-16 or Windows-1252.
        expected: names of columns, in lower case; the separator is the one that finds the most of them.
    """
    text = _text(data)
    head, start, lines = "", 0, io.StringIO(text, newline="")
    for head in lines:
        start += 1
        if head.strip() and not head.lower().startswith("sep="):  # Excel's word for what separates
            break
    known = set(expected)
    separator = max(SEPARATORS, key=lambda one: len(known.intersection(_columns(head, one))))
    columns = _columns(head, separator)
    return Table(columns, _rows(lines, columns, separator, start))


def _text(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "surrogateescape" if encoding == "utf-8" else "replace")
    if b"\0" in data[:2]:
        return data.decode("utf-16-be" if data[0] == 0 else "utf-16-le", "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _columns(head: str, separator: str) -> tuple[str, ...]:
    try:
        cells = next(csv.reader([head], delimiter=separator, skipinitialspace=True), [])
    except csv.Error:
        return ()
    return tuple(cell.strip().casefold() for cell in cells)


def _rows(lines: Iterator[str], columns: tuple[str, ...], separator: str, start: int) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True)
    while True:
        line = start + reader.line_num + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            yield Row(line, None)
            continue
        if any(cells):
            yield Row(line, dict(zip(columns, cells, strict=False)))
