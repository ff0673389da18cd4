"""phototag against the face_recognition package: photos a second, faces found, memory."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from benchmarks.photos import annotated_points, enlarged, megapixels_of, multiplied, photos_in, spread
from benchmarks.processes import Result, measure

CNN_PHOTOS, CNN_MEGAPIXELS = 8, 0.8
"""face_recognition's CNN takes seconds a photo and, with the default of one upsampling, 10 GB of memory a megapixel: on
photos of 2 to 3 megapixels it was killed for want of memory on a machine with 24 GB."""

HEAD = ["contender", "photos", "seconds", "photos/s", "faces", "peak MB", "phototag is faster by"]


def side_by_side(photos: list[Path]) -> list[list[str]]:
    """HOG on all photos and CNN on some; phototag on the same, its start-up included, theirs not."""
    few = spread([photo for photo in photos if megapixels_of(photo) <= CNN_MEGAPIXELS], CNN_PHOTOS)
    once, hog = measure("phototag", photos), measure("hog", photos)
    with tempfile.TemporaryDirectory() as folder:  # several times each, so that start-up weighs as in a library
        ours = measure("phototag", multiplied(photos, 5 * len(photos), Path(folder)))
    with tempfile.TemporaryDirectory() as folder:
        ours_few = measure("phototag", multiplied(few, 50 * len(few), Path(folder)))
    cnn = measure("cnn", few)
    return [
        _row(once, "phototag scan", once),
        _row(ours, "phototag scan, 5 x each", ours),
        _row(hog, "face_recognition, HOG", ours),
        _row(ours_few, "phototag scan, small photos, 50 x each", ours_few),
        _row(cnn, "face_recognition, CNN, small photos", ours_few),
    ]


def large_photos(photos: list[Path]) -> list[list[str]]:
    """The same at 12 megapixels, the size of a phone's photos; for the CNN no machine at hand has the memory."""
    with tempfile.TemporaryDirectory() as folder:
        large = enlarged(spread(photos, 40), 12, Path(folder))
        ours, hog = measure("phototag", multiplied(large, 200, Path(folder))), measure("hog", large[::8])
        return [
            _row(ours, "phototag scan, 12 MP, 5 x each", ours),
            _row(hog, "face_recognition, HOG, 12 MP (some of them)", ours),
        ]


STAGES_HEAD = ["step", "seconds", "share", "ms a photo"]


def stages(photos: list[Path]) -> list[list[str]]:
    """Where the time of a scan with one worker goes: what `phototag scan --profile` prints."""
    with tempfile.TemporaryDirectory() as folder:
        for i, photo in enumerate(photos):
            (Path(folder) / f"{i:05d}{photo.suffix}").symlink_to(photo.resolve())
        command = [sys.executable, "-m", "phototag", "scan", folder, "--profile", "--workers", "1"]
        done = subprocess.run(command, capture_output=True, text=True)
    lines = done.stderr.strip().splitlines()
    return [re.split(r"  +", line) for line in lines[2:]]


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
            sized = multiplied(enlarged(spread(photos, 20), megapixels, Path(folder)), 100, Path(folder))
            rows.append(_row(measure("phototag", sized), f"100 photos of {megapixels} MP", None))
    return rows


RECALL_HEAD = [*HEAD[:6], "recall"]


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
