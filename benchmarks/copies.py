"""python -m benchmarks copies FOLDER...: how much copies of photos look like them, and how much other photos do.

What `core.copies.ALIKE` is chosen by.
"""

from __future__ import annotations

import argparse
import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from benchmarks import tables
from benchmarks.photos import SAMPLE, photos_in
from benchmarks.tables import Table
from phototag.core.copies import ALIKE, likeness, to_looks
from phototag.errors import PhotoError
from phototag.media import images
from phototag.media.looks import look

HEAD = ["made of each photo", "photos", "likeness, least", "5 %", "median", "most", "taken for copies"]
MOST_SIDE = 2000
NEAREST = "nearest other photo"


def main(arguments: Sequence[str]) -> None:
    """Print a row for each kind of copy, and one for what is none."""
    parser = argparse.ArgumentParser(prog="benchmarks copies")
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    folders = parser.parse_args(arguments).folders or [SAMPLE]
    found: dict[str, list[float]] = defaultdict(list)
    originals: list[bytes] = []
    for photo in (photo for folder in folders for photo in photos_in(folder)):
        own = _look(photo.read_bytes())
        if own is None:
            continue
        originals.append(own)
        for kind, copy in _copies(photo):
            found[kind].append(_likeness(own, _look(copy)))
    found[NEAREST] = list(_nearest(originals))
    table = Table(f"likeness of looks; copies are alike from {ALIKE}", HEAD, [_row(k, v) for k, v in found.items()])
    table.show()
    tables.write({table.title: table.as_dicts()}, "copies.json")


def _row(kind: str, found: list[float]) -> list[str]:
    share = f"{np.mean(np.array(found) >= ALIKE):.0%}"
    least, some, median, most = np.percentile(found, [0, 5, 50, 100])
    return [kind, str(len(found)), f"{least:.4f}", f"{some:.4f}", f"{median:.4f}", f"{most:.4f}", share]


def _look(data: bytes) -> bytes | None:
    try:
        return look(images.decode(data, MOST_SIDE).pixels)
    except PhotoError:
        return None


def _likeness(a: bytes, b: bytes | None) -> float:
    return 0.0 if b is None else float(likeness(to_looks([a]), to_looks([b]))[0])


def _nearest(found: Sequence[bytes]) -> Iterator[float]:
    """For each picture, how much the most similar other one is like it; bit by bit the same ones aside."""
    several = to_looks(sorted(set(found))).astype(np.float32)
    several /= np.linalg.norm(several, axis=1, keepdims=True)
    products = several @ several.T
    np.fill_diagonal(products, -1)
    yield from map(float, products.max(axis=1))


def _copies(photo: Path) -> Iterator[tuple[str, bytes]]:
    with Image.open(photo) as opened:
        image = ImageOps.exif_transpose(opened).convert("RGB")
    image.thumbnail((MOST_SIDE, MOST_SIDE))
    width, height = image.size
    yield "JPEG, quality 30", _encoded(image, quality=30)
    yield "WebP, quality 50", _encoded(image, "WEBP", quality=50)
    for part in (2, 4):
        smaller = image.resize((max(width // part, 1), max(height // part, 1)), Image.Resampling.LANCZOS)
        yield f"a {'half' if part == 2 else 'quarter'} of its size", _encoded(smaller)
    yield "sharpened", _encoded(ImageEnhance.Sharpness(image).enhance(2))
    yield "a quarter brighter", _encoded(ImageEnhance.Brightness(image).enhance(1.25))
    yield "more contrast", _encoded(ImageEnhance.Contrast(image).enhance(1.3))
    for percent in (1.5, 3):
        edge = percent / 100
        yield f"cropped by {percent} %", _encoded(image.crop((int(width * edge), int(height * edge), width, height)))
    yield "mirrored", _encoded(ImageOps.mirror(image))


def _encoded(image: Image.Image, container: str = "JPEG", quality: int = 85) -> bytes:
    out = io.BytesIO()
    image.save(out, container, quality=quality)
    return out.getvalue()
