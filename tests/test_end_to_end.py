"""The whole job with the real engine on the sample library: the figures that the project promises."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageOps

from phototag.core.geometry import match_boxes
from phototag.core.scores import b_cubed
from phototag.index.copies import upright_faces
from phototag.index.db import open_for_reading
from phototag.index.faces import photos_on_disk
from phototag.types import Box
from tests.conftest import SAMPLE_LIBRARY, Command, copy_of

PORTRAIT = "2018-05 Garden party/IMG_0425.jpg"


def annotated() -> dict[str, list[tuple[str, Box]]]:
    """Photo -> person and box of each annotated face."""
    truth: dict[str, list[tuple[str, Box]]] = defaultdict(list)
    with (SAMPLE_LIBRARY / "people.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            box = Box(*(float(row[side]) for side in ("left", "top", "right", "bottom")))
            truth[row["path"]].append((row["person"], box))
    return truth


def test_the_sample_library_is_grouped_named_and_tagged(phototag: Command, sample: Path, tmp_path: Path) -> None:
    document = json.loads((sample.parent / "scan.json").read_bytes())
    sample = copy_of(sample, tmp_path / "Sample")
    assert [problem["photo"] for problem in document["problems"]] == [
        "2024-02 Snow day/IMG_9001.jpg",
        "Phone uploads/PXL_20210303_101500.jpg",
    ]
    assert document["photos"]["duplicates"] == 1
    tags = (sample / ".phototag" / "tags.jsonl").read_bytes()

    phototag("scan", sample, "--json")
    assert json.loads(phototag.out)["photos"]["new"] == 0
    assert (sample / ".phototag" / "tags.jsonl").read_bytes() == tags

    phototag("faces", "--json")
    people, groups, extra = _against_truth(json.loads(phototag.out)["faces"])
    scores = b_cubed(people, groups)
    assert scores.precision == 1.0
    assert scores.f >= 0.88
    assert extra <= 2

    phototag("clusters", "--json")
    largest = json.loads(phototag.out)["clusters"][0]
    assert phototag("name-cluster", largest["id"], "--as", "elon") == 0
    assert phototag("find", "elon") == 0
    assert len(phototag.out.splitlines()) >= largest["photos"]

    phototag("evaluate", "--json")
    tried = json.loads(phototag.out)
    assert tried["confirmed"] == largest["faces"]
    assert tried["precision"] == 1.0
    phototag("faces", "--json")
    _explained_as_tagged(phototag, json.loads(phototag.out)["faces"])


def _explained_as_tagged(phototag: Command, faces: list[dict]) -> None:
    """Ask of every face why it is tagged, or not."""
    rules = {
        "human": {"human"},
        "auto": {"strong"},
        "suggested": {"doubt", "taken"},
        None: {"no match", "nobody known"},
    }
    for face in faces:
        assert phototag("why", face["id"], "--json") == 0
        assert json.loads(phototag.out)["rule"] in rules[face["source"]], face


def _against_truth(faces: list[dict]) -> tuple[list[str], list[int | None], int]:
    """Person and group of every annotated face (a face that was not found is in no group), and the number of extras.

    Copies of a file share their faces, so only the first path in order is looked at.
    """
    found: dict[str, list[dict]] = defaultdict(list)
    for face in faces:
        found[face["photo"]].append(face)
    people: list[str] = []
    groups: list[int | None] = []
    extra = 0
    for photo, truth in annotated().items():
        if "_copy" in photo:
            continue
        here = found[photo]
        pairs = match_boxes([box for _, box in truth], [Box(*face["box"]) for face in here], least=0.2)
        people += [person for person, _ in truth]
        groups += [here[pairs[i]]["cluster"] if i in pairs else None for i in range(len(truth))]
        extra += len(here) - len(pairs)
    return people, groups, extra


@pytest.mark.parametrize("extension", ["jpg", "png", "webp"])
def test_a_face_is_the_same_whichever_way_the_photo_is_stored(
    phototag: Command, tmp_path: Path, extension: str
) -> None:
    """Within 3 % of its size, in all eight orientations; what is compared is the photo as it is shown."""
    for orientation in range(1, 9):
        _stored(tmp_path / f"{orientation}.{extension}", orientation)
    assert phototag("scan", tmp_path) == 0
    index = open_for_reading(tmp_path / ".phototag")
    files = photos_on_disk(index.db)
    found = [upright_faces(index.db, file.content) for file in files]
    index.close()
    boxes = np.array([box for ((_, box, *_),) in found])  # one face on each
    usual = np.median(boxes, axis=0)
    assert len(boxes) == 8
    assert np.abs(boxes - usual).max() <= 0.03 * min(usual[2] - usual[0], usual[3] - usual[1])
    assert len({file.photo for file in files}) == 1  # all are copies of one


def _stored(path: Path, orientation: int) -> None:
    """A portrait of the sample library, stored turned by this orientation."""
    with Image.open(SAMPLE_LIBRARY / PORTRAIT) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    stored = upright.transpose(turns[orientation]) if orientation in turns else upright
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    stored.save(path, exif=exif, quality=95)
