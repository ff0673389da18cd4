"""phototag against the face_recognition package: photos a second, faces found, memory."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks.photos import annotated_points, enlarged, multiplied, photos_in, spread
from benchmarks.processes import Result, measure

CNN_PHOTOS = 12
"""face_recognition's CNN takes ten seconds a photo."""

HEAD = ["contender", "photos", "seconds", "photos/s", "faces", "peak MB", "phototag is faster by"]


def side_by_side(photos: list[Path]) -> list[list[str]]:
    """HOG on all photos and CNN on some, phototag on the same."""
    few = spread(photos, CNN_PHOTOS)
    ours, hog = measure("phototag", photos), measure("hog", photos)
    cnn, ours_few = measure("cnn", few), measure("phototag", few)
    return [
        _row(ours, "phototag scan", ours),
        _row(hog, "face_recognition, HOG", ours),
        _row(cnn, "face_recognition, CNN (some)", ours),
        _row(ours_few, "phototag scan (the same some)", ours),
    ]


def large_photos(photos: list[Path]) -> list[list[str]]:
    """The same at 12 megapixels, the size of a phone's photos."""
    with tempfile.TemporaryDirectory() as folder:
        large = enlarged(spread(photos, 40), 12, Path(folder))
        few = large[::10]
        ours, hog, cnn = measure("phototag", large), measure("hog", large[::4]), measure("cnn", few[:2])
        return [
            _row(ours, "phototag scan, 12 MP", ours),
            _row(hog, "face_recognition, HOG, 12 MP (some)", ours),
            _row(cnn, "face_recognition, CNN, 12 MP (two)", ours),
        ]


def scaling(photos: list[Path]) -> list[list[str]]:
    """More photos, larger photos, more workers."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for n in (100, 500, 2000):
            many = multiplied(photos, n, Path(folder))
            rows.append(_row(measure("phototag", many), f"{n} photos", None))
        for workers in (1, 2):
            rows.append(_row(measure(f"phototag-{workers}", many[:300]), f"300 photos, workers: {workers}", None))
        for megapixels in (1, 3, 12, 24):
            sized = enlarged(spread(photos, 40), megapixels, Path(folder))
            rows.append(_row(measure("phototag", sized), f"40 photos of {megapixels} MP", None))
    return rows


def recall(folder: Path, table: Path) -> list[list[str]]:
    """Annotated faces found, on photos with points for eyes, nose and mouth."""
    points = annotated_points(table)
    photos = [photo for photo in photos_in(folder) if photo.name in points]
    some = photos[::4]
    results = [measure("phototag", photos), measure("phototag", some), measure("hog", some)]
    return [
        [*_row(r, r.name, None)[:6], f"{_found(r, p, points):.4f}"]
        for r, p in zip(results, (photos, some, some), strict=True)
    ]


def _found(result: Result, photos: list[Path], points: dict[str, list[tuple[float, float]]]) -> float:
    """Share of the annotated faces whose middle lies in a box; each box counts once."""
    hits = total = 0
    for photo, boxes in zip(photos, result.boxes, strict=True):
        with Image.open(photo) as image:
            width, height = image.size
        free = list(boxes)
        for x, y in points[photo.name]:
            total += 1
            hit = next((b for b in free if b[0] < x / width < b[2] and b[1] < y / height < b[3]), None)
            if hit is not None:
                free.remove(hit)
                hits += 1
    return hits / max(total, 1)


def _row(result: Result, name: str, ours: Result | None) -> list[str]:
    ratio = "" if ours is None else f"{ours.photos_per_second / result.photos_per_second:.1f}x"
    return [
        name,
        str(result.photos),
        f"{result.seconds:.1f}",
        f"{result.photos_per_second:.2f}",
        str(result.faces),
        str(result.peak_mb),
        ratio,
    ]


def as_dicts(head: list[str], rows: list[list[str]]) -> list[dict[str, Any]]:
    """Rows for a JSON file."""
    return [dict(zip(head, row, strict=True)) for row in rows]
