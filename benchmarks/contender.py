"""One contender on a list of photos, in a process of its own.

`python -m benchmarks.contender NAME PHOTOS.json` prints one JSON document: seconds (without imports and loading, which
`load_seconds` has), and the boxes found on each photo as fractions of the upright image.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any


def _phototag(photos: list[str], workers: int | None) -> dict[str, Any]:
    """The command itself on a folder of links to the photos; start-up included."""
    from phototag import wiring
    from phototag.cli import main
    from phototag.index import faces
    from phototag.settings import load

    with tempfile.TemporaryDirectory() as folder:
        for i, photo in enumerate(photos):
            (Path(folder) / f"{i:05d}{Path(photo).suffix}").symlink_to(Path(photo).resolve())
        more = [] if workers is None else ["--workers", str(workers)]
        start, out = time.perf_counter(), os.dup(1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = main.main(["scan", folder, "--engine", "mtcnn-resnet", *more])
        sys.stdout.flush()
        os.dup2(out, 1)
        seconds = time.perf_counter() - start
        with wiring.reading(load(Path(folder), None)) as index:
            found: dict[int, list[list[float]]] = {
                int(os.fsdecode(f.path).split(".")[0]): [] for f in faces.faces(index.db)
            }
            for face in faces.faces(index.db):
                found[int(os.fsdecode(face.path).split(".")[0])].append(list(face.box))
    return {
        "code": code,
        "load_seconds": 0.0,
        "seconds": seconds,
        "boxes": [found.get(i, []) for i in range(len(photos))],
    }


def _face_recognition(photos: list[str], model: str) -> dict[str, Any]:
    """As the documentation shows it: load the file, find faces with its defaults, encode them."""
    start = time.perf_counter()
    import face_recognition
    import numpy as np

    face_recognition.face_locations(np.zeros((100, 100, 3), dtype=np.uint8), model=model)
    loaded = time.perf_counter()
    boxes = []
    for photo in photos:
        image = face_recognition.load_image_file(photo)
        found = face_recognition.face_locations(image, model=model)
        face_recognition.face_encodings(image, known_face_locations=found)
        height, width = image.shape[:2]
        boxes.append([[l / width, t / height, r / width, b / height] for t, r, b, l in found])  # noqa: E741
    return {"code": 0, "load_seconds": loaded - start, "seconds": time.perf_counter() - loaded, "boxes": boxes}


def run(name: str, photos: list[str]) -> dict[str, Any]:
    """Run a contender: phototag, phototag-N (N workers), hog or cnn."""
    if name.startswith("phototag"):
        _, _, workers = name.partition("-")
        return _phototag(photos, int(workers) if workers else None)
    return _face_recognition(photos, name)


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1], json.loads(Path(sys.argv[2]).read_text()))))
