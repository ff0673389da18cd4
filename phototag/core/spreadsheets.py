"""Cells that a spreadsheet takes for text, and the text that they were made of."""

from __future__ import annotations

import re

_RUNS = re.compile(r"'*[=+\-@\t\r]")
"""What a spreadsheet would run as a formula, or what would be taken for such a cell that was made harmless.
https://owasp.org/www-community/attacks/CSV_Injection"""


def harmless(text: str) -> str:
    """A cell that is no formula: with an apostrophe before what would be one. `as_it_was` gives the text back."""
    return "'" + text if _RUNS.match(text) else text


def as_it_was(cell: str) -> str:
    """The text that a cell was made of by `harmless`; any other cell is its text."""
    return cell[1:] if cell.startswith("'") and _RUNS.match(cell) else cell
