"""Photos of people who do not exist, and the engines that are compared on them."""

from __future__ import annotations

import csv
import functools
import importlib.util
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageFile

from phototag.core.geometry import box_within
from phototag.engines import pairs
from phototag.engines.pairs import PairEngine
from phototag.engines.session import RUNTIMES, installed_runtimes
from phototag.media import images
from phototag.types import Box
from tests.conftest import SAMPLE_LIBRARY

if TYPE_CHECKING:
    from phototag.types import Chips, Pixels

LONG_SIDE = 800

FIVE = "2018-05 Garden party/IMG_0413.jpg"
TWO = "2018-05 Garden party/IMG_0416.jpg"
PROFILE = "2018-05 Garden party/IMG_0419.jpg"
FRONTAL = "2018-05 Garden party/IMG_0420.png"
SIX = "2018-05 Garden party/from Ivo/IMG_0422.jpg"
NOBODY = "2018-05 Garden party/IMG_0480.jpg"


@dataclass(frozen=True, eq=False)
class Sample:
    """A photo of the sample library.

    Attributes:
        pixels: upright, LONG_SIDE on the long side.
        boxes: of all faces, by the people's names.
    """

    pixels: Pixels
    boxes: dict[str, Box]


@functools.cache
def sample(path: str) -> Sample:
    """Read a photo, once for all tests."""
    picture = images.decode((SAMPLE_LIBRARY / path).read_bytes(), LONG_SIDE)
    image = Image.fromarray(picture.pixels)
    image.thumbnail((LONG_SIDE, LONG_SIDE))
    size = (picture.width, picture.height) * 2
    with (SAMPLE_LIBRARY / "people.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["path"] == path]
    edges = ("left", "top", "right", "bottom")
    boxes = {
        row["person"]: box_within(*(float(row[edge]) / side for edge, side in zip(edges, size, strict=True)))
        for row in rows
    }
    return Sample(np.asarray(image), boxes)


@pytest.fixture(scope="session", params=list(RUNTIMES))
def runtime(request: pytest.FixtureRequest) -> str:
    """Each runtime in turn."""
    if request.param not in installed_runtimes():
        pytest.skip(f"{request.param} is not installed")
    return str(request.param)


@pytest.fixture(scope="session")
def engine(cache: Path) -> PairEngine:
    """The default engine on the preferred runtime."""
    return pairs.load(cache, 1, None)


@pytest.fixture(scope="session")
def engine_on(cache: Path, runtime: str) -> PairEngine:
    """The default engine on each runtime in turn."""
    return pairs.load(cache, 1, runtime)


@pytest.fixture(scope="session")
def chips(engine: PairEngine) -> Chips:
    """The ten faces of four photos, aligned."""
    photos = [sample(path).pixels for path in (FIVE, TWO, PROFILE, FRONTAL)]
    return np.concatenate([engine.align(pixels, engine.detect(pixels)) for pixels in photos])


@pytest.fixture(scope="session")
def face_recognition() -> Iterator[ModuleType]:
    """The package that phototag is measured against. Importing it warns, and changes a setting of Pillow's."""
    for package in ("dlib", "face_recognition", "pkg_resources"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pkg_resources
        module = importlib.import_module("face_recognition")
    ImageFile.LOAD_TRUNCATED_IMAGES = before
    yield module
