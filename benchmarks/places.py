"""python -m benchmarks places [FOLDER...]: how much the boxes of two detectors overlap, on one face and on two.

Two boxes are of one face if each holds the other's middle, the nearest pairs first. What `index.spots.SAME_PLACE` is
chosen by.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np

from benchmarks import tables
from benchmarks.photos import SAMPLE, photos_in
from benchmarks.tables import Table
from benchmarks.upheavals import OTHER_ENGINE
from phototag.core.geometry import intersection_over_union
from phototag.engines import registry
from phototag.index.spots import SAME_PLACE
from phototag.media import images
from phototag.settings import load
from phototag.types import Box, Engine

HEAD = ["photos", "number", "faces", "found by both", "least overlap", "1 %", "median", "two faces, most", "confused"]


def main(arguments: Sequence[str]) -> None:
    """Print a row for each folder."""
    parser = argparse.ArgumentParser(prog="benchmarks places")
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    folders = [SAMPLE, *parser.parse_args(arguments).folders]
    found = Table(f"overlap of boxes by {registry.DEFAULT} and {OTHER_ENGINE}", HEAD, [_row(f) for f in folders])
    found.show()
    tables.write({found.title: found.as_dicts()}, "places.json")


def _row(folder: Path) -> list[str]:
    cache = load(None, None).cache
    engines = [registry.load(name, cache) for name in (registry.DEFAULT, OTHER_ENGINE)]
    photos = photos_in(folder)
    same: list[float] = []
    two: list[float] = [0.0]
    faces = [0, 0]
    for photo in photos:
        ours, theirs = (_boxes(engine, photo) for engine in engines)
        pairs = set(_one_face(ours, theirs))
        faces = [faces[0] + len(ours), faces[1] + len(theirs)]
        same += [intersection_over_union(ours[i], theirs[j]) for i, j in pairs]
        two += [intersection_over_union(a, b) for boxes in (ours, theirs) for a, b in combinations(boxes, 2)]
        others = ((i, j) for i in range(len(ours)) for j in range(len(theirs)) if (i, j) not in pairs)
        two += [intersection_over_union(ours[i], theirs[j]) for i, j in others]
    shown = [f"{value:.3f}" for value in (*np.percentile(same, [0, 1, 50]), max(two))]
    counts = [len(photos), " + ".join(map(str, faces)), len(same)]
    return [folder.name, *map(str, counts), *shown, str(sum(overlap >= SAME_PLACE for overlap in two))]


def _boxes(engine: Engine, photo: Path) -> list[Box]:
    return [found.box for found in engine.detect(images.decode(photo.read_bytes(), engine.long_side).pixels)]


def _one_face(ours: Sequence[Box], theirs: Sequence[Box]) -> Iterator[tuple[int, int]]:
    """Positions of boxes that are of one face, each in one pair."""
    near = sorted(
        (np.hypot(*np.subtract(_middle(a), _middle(b))), i, j)
        for i, a in enumerate(ours)
        for j, b in enumerate(theirs)
        if _holds(a, _middle(b)) and _holds(b, _middle(a))
    )
    taken: set[tuple[str, int]] = set()
    for _, i, j in near:
        if not taken & {("ours", i), ("theirs", j)}:
            taken |= {("ours", i), ("theirs", j)}
            yield i, j


def _middle(box: Box) -> tuple[float, float]:
    return (box.left + box.right) / 2, (box.top + box.bottom) / 2


def _holds(box: Box, point: tuple[float, float]) -> bool:
    return box.left <= point[0] <= box.right and box.top <= point[1] <= box.bottom
