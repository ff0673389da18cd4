"""python -m benchmarks [PHOTOS] [--points CSV] [--only NAME]: print tables, and write build/benchmarks.json.

Without PHOTOS the sample library is used: small, and rendered, so the figures are for a first look only.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks import rescan, speed
from benchmarks.photos import SAMPLE, photos_in
from phototag.cli.render import table


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("photos", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--points", type=Path, help="CSV with eyes, nose and mouth of annotated faces on PHOTOS")
    parser.add_argument("--only", choices=["speed", "large", "stages", "scaling", "rescan", "recall"])
    options = parser.parse_args()
    photos = photos_in(options.photos)
    parts = {
        "speed": (speed.HEAD, lambda: speed.side_by_side(photos)),
        "large": (speed.HEAD, lambda: speed.large_photos(photos)),
        "stages": (speed.STAGES_HEAD, lambda: speed.stages(photos)),
        "scaling": (speed.HEAD, lambda: speed.scaling(photos)),
        "rescan": (rescan.HEAD, rescan.unchanged_library),
    }
    if options.points:
        parts = {"recall": ([*speed.HEAD[:6], "recall"], lambda: speed.recall(options.photos, options.points))}
    results = {}
    for name, (head, run) in parts.items():
        if options.only in (None, name):
            rows = run()
            results[name] = speed.as_dicts(head, rows)
            print(f"\n{name}\n" + table(head, rows, right=range(1, len(head))), flush=True)
    out = Path("build/benchmarks.json")
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(results, indent=1))
    print(f"\nwritten to {out}")


if __name__ == "__main__":
    main()
