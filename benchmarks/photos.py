"""Which photos to measure on."""

from __future__ import annotations

import csv
from pathlib import Path

from PIL import Image

SAMPLE = Path(__file__).parents[1] / "sample_library"
READ_BY_ALL = {".jpg", ".jpeg", ".png"}


def photos_in(folder: Path) -> list[Path]:
    """Photos that every contender can open, sorted."""
    found = sorted(
        path for path in folder.rglob("*") if path.suffix.lower() in READ_BY_ALL and ".phototag" not in path.parts
    )
    return [path for path in found if _opens(path)]


def spread(photos: list[Path], n: int) -> list[Path]:
    """Take n of them, evenly spread over the file sizes: for a contender that would take hours on all."""
    ordered = sorted(photos, key=lambda path: path.stat().st_size)
    step = max(1, len(ordered) // n)
    return ordered[step // 2 :: step][:n]


def enlarged(photos: list[Path], megapixels: float, folder: Path) -> list[Path]:
    """Copies at this many megapixels, as JPEG of quality 92."""
    made = []
    for i, photo in enumerate(photos):
        with Image.open(photo) as image:
            scale = (megapixels * 1e6 / (image.width * image.height)) ** 0.5
            size = round(image.width * scale), round(image.height * scale)
            made.append(folder / f"{megapixels:g}mp-{i:04d}.jpg")
            image.convert("RGB").resize(size, Image.Resampling.LANCZOS).save(made[-1], quality=92)
    return made


def multiplied(photos: list[Path], n: int, folder: Path) -> list[Path]:
    """Make n photos that are all different to an index: JPEGs with some zeros behind the end."""
    made = []
    jpegs = [photo for photo in photos if photo.suffix.lower() in {".jpg", ".jpeg"}]
    for i in range(n):
        made.append(folder / f"copy-{i:06d}.jpg")
        made[-1].write_bytes(jpegs[i % len(jpegs)].read_bytes() + b"\0" * (1 + i // len(jpegs)))
    return made


def annotated_points(table: Path) -> dict[str, list[tuple[float, float]]]:
    """Photo's name -> middle of each annotated face, in pixels; from a CSV with eyes, nose and mouth (Web Faces)."""
    points: dict[str, list[tuple[float, float]]] = {}
    with table.open() as file:
        for row in csv.DictReader(file):
            x = [float(row[f"{part}_x"]) for part in ("left_eye", "right_eye", "nose", "mouth")]
            y = [float(row[f"{part}_y"]) for part in ("left_eye", "right_eye", "nose", "mouth")]
            points.setdefault(row["file"], []).append((sum(x) / 4, sum(y) / 4))
    return points


def megapixels_of(path: Path) -> float:
    """Of the stored picture."""
    with Image.open(path) as image:
        return image.width * image.height / 1e6


def _opens(path: Path) -> bool:
    try:
        with Image.open(path) as image:
            image.load()
    except Exception:
        return False
    return True
