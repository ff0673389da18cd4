"""python -m benchmarks quality --data DIR [NAME...]: how often phototag is right, on sets with known people.

NAME is one or more of the claims below; without any, all are measured. DIR holds the sets, each with a suffix:

    lfw-SUFFIX/images/NAME/*.jpg, pairs.csv, vectors.npz     verification, tagging, grouping
    large-groups-SUFFIX.npz, wild-SUFFIX/, album-SUFFIX/     grouping
    webfaces-SUFFIX/images/, points.csv                      recall

Describing LFW's photos takes minutes: --features keeps what was found for the next run. Forget that file when the
detector or the alignment changes: it is only thrown away when the Space does.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import tables
from benchmarks.tables import Table

if TYPE_CHECKING:
    from benchmarks.features import Features


class Bench:
    """The claims, over data that is described once for all of them."""

    def __init__(self, data: Path, suffix: str, kept: Path | None, parts: tuple[str | None, str | None]) -> None:
        self.data, self.suffix, self.kept, self.parts = data, suffix, kept, parts

    @cached_property
    def features(self) -> Features:
        """What the engine finds; loaded when the first claim asks."""
        from benchmarks.features import open_features

        return open_features(self.data, self.kept, *self.parts)

    def verification(self) -> Iterable[Table]:
        """Two photos of one person, or not."""
        from benchmarks import verification

        return verification.tables(self.features, self.suffix)

    def grouping(self) -> Iterable[Table]:
        """One default on four shapes of library."""
        from benchmarks import grouping

        return grouping.tables(self.features, self.suffix)

    def tagging(self) -> Iterable[Table]:
        """Known people among strangers."""
        from benchmarks import tagging

        return tagging.tables(self.features, self.suffix)

    def recall(self) -> Iterable[Table]:
        """Annotated faces found; the whole command, so nothing kept is used."""
        from benchmarks import speed

        folder = self.data / f"webfaces-{self.suffix}"
        title = "recall: annotated frontal faces found on web photos"
        yield Table(title, speed.RECALL_HEAD, speed.recall(folder / "images", folder / "points.csv"))


CLAIMS: dict[str, Callable[[Bench], Iterable[Table]]] = {
    "verification": Bench.verification,
    "grouping": Bench.grouping,
    "tagging": Bench.tagging,
    "recall": Bench.recall,
}


def main(arguments: Sequence[str]) -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(prog="benchmarks quality")
    parser.add_argument("claims", nargs="*", metavar="NAME", help=f"of {', '.join(CLAIMS)}; all if none is given")
    parser.add_argument("--data", type=Path, required=True, help="folder that holds the sets")
    parser.add_argument("--suffix", default="dev", help="which part of each set, as in lfw-dev (default: dev)")
    parser.add_argument("--features", type=Path, metavar="FILE.npz", help="keeps what was found on photos")
    parser.add_argument("--detector", metavar="NAME", help="as of phototag scan")
    parser.add_argument("--embedder", metavar="NAME", help="likewise")
    options = parser.parse_args(arguments)
    unknown = set(options.claims) - set(CLAIMS)
    if unknown:
        parser.error(f"no such claim: {', '.join(sorted(unknown))}; choose of: {', '.join(CLAIMS)}")
    if not options.data.is_dir():
        parser.error(f"{options.data} is not a folder")
    bench = Bench(options.data, options.suffix, options.features, (options.detector, options.embedder))
    results = {}
    for claim in options.claims or CLAIMS:
        for found in CLAIMS[claim](bench):
            found.show()
            results[found.title] = found.as_dicts()
    tables.write(results, "quality.json")
