"""Tables of results: printed, and kept as JSON."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phototag.cli.render import table

FOLDER = Path("build")
WIDTH = 120


@dataclass(frozen=True, slots=True)
class Table:
    """Results of one measurement.

    Attributes:
        title: what was measured and how; the key in the JSON file.
        head: of the columns, all different.
        rows: of as many cells.
        words: columns at the left that hold words and not numbers.
    """

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: int = 1

    def show(self) -> None:
        """Print it: words to the left, numbers to the right."""
        right = range(self.words, len(self.head))
        print(f"\n{textwrap.fill(self.title, WIDTH)}\n" + table(self.head, self.rows, right=right), flush=True)

    def as_dicts(self) -> list[dict[str, str]]:
        """Rows for a JSON file."""
        return [dict(zip(self.head, row, strict=True)) for row in self.rows]


def write(results: Mapping[str, Any], name: str) -> None:
    """Write results to build/NAME and say so."""
    out = FOLDER / name
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(results, indent=1))
    print(f"\nwritten to {out}")
