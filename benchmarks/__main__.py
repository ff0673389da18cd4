"""Print tables, and write them to build/ as JSON.

python -m benchmarks [PHOTOS] [--points CSV] [--only NAME]: speed; build/benchmarks.json.
python -m benchmarks quality --data DIR [NAME...]: see `benchmarks.quality`; build/quality.json.
python -m benchmarks upheavals [FOLDER...]: see `benchmarks.upheavals`; build/upheavals.json.
python -m benchmarks places [FOLDER...]: see `benchmarks.places`; build/places.json.
python -m benchmarks copies [FOLDER...]: see `benchmarks.copies`; build/copies.json.
python -m benchmarks recognition --data DIR: see `benchmarks.recognition`; build/recognition.json.
python -m benchmarks stress FOLDER...: see `benchmarks.stress`; build/stress.json.

Without PHOTOS the sample library is used: small, and rendered, so the figures are for a first look only.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import (
    commands,
    copies,
    pages,
    places,
    quality,
    recognition,
    rescan,
    sharing,
    speed,
    stress,
    tables,
    upheavals,
)
from benchmarks.photos import SAMPLE, photos_in
from benchmarks.tables import Table


def main() -> None:
    """Run what was asked for."""
    own = {
        "quality": quality.main,
        "upheavals": upheavals.main,
        "places": places.main,
        "copies": copies.main,
        "recognition": recognition.main,
        "stress": stress.main,
    }
    if sys.argv[1:] and sys.argv[1] in own:
        own[sys.argv[1]](sys.argv[2:])
        return
    parser = argparse.ArgumentParser(
        prog="benchmarks", epilog="More: python -m benchmarks quality|upheavals|places|copies|recognition|stress --help"
    )
    parser.add_argument("photos", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--points", type=Path, help="CSV with eyes, nose and mouth of annotated faces on PHOTOS")
    parser.add_argument(
        "--only", choices=["speed", "large", "stages", "scaling", "rescan", "commands", "sharing", "pages", "recall"]
    )
    options = parser.parse_args()
    photos = photos_in(options.photos)
    parts: dict[str, tuple[list[str], Callable[[], list[list[str]]]]] = {
        "speed": (speed.HEAD, lambda: speed.side_by_side(photos)),
        "large": (speed.HEAD, lambda: speed.large_photos(photos)),
        "stages": (speed.STAGES_HEAD, lambda: speed.stages(photos)),
        "scaling": (speed.HEAD, lambda: speed.scaling(photos)),
        "rescan": (rescan.HEAD, rescan.unchanged_library),
        "commands": (commands.HEAD, commands.on_large_index),
        "sharing": (sharing.HEAD, sharing.on_large_index),
        "pages": (pages.HEAD, pages.on_huge_index),
    }
    if options.points:
        parts = {"recall": (speed.RECALL_HEAD, lambda: speed.recall(options.photos, options.points))}
    results = {}
    for name, (head, run) in parts.items():
        if options.only in (None, name):
            found = Table(name, head, run())
            results[name] = found.as_dicts()
            found.show()
    tables.write(results, "benchmarks.json")


if __name__ == "__main__":
    main()
