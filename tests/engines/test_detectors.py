"""Detectors of somebody's own, by networks that see coloured squares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from phototag.core.geometry import intersection_over_union
from phototag.engines import detectors
from phototag.engines.detectors import Detector
from phototag.errors import EngineError, UsageError
from phototag.types import Box, Detection
from tests import networks
from tests.networks import CELL, DETECTOR


def load(path: Path, cache: Path, runtime: str | None = None) -> Detector:
    return detectors.load(detectors.chosen(str(path)), cache, threads=1, runtime=runtime)


def picture(height: int, width: int, *cells: tuple[int, int], colour: tuple[int, int, int] = (224, 0, 0)) -> np.ndarray:
    """Grey, with a coloured square in each of these cells (column, row)."""
    pixels = np.full((height, width, 3), 120, dtype=np.uint8)
    for column, row in cells:
        pixels[row * CELL : (row + 1) * CELL, column * CELL : (column + 1) * CELL] = colour
    return pixels


def square(column: int, row: int, height: int, width: int) -> Box:
    left, top = column * CELL, row * CELL
    return Box(left / width, top / height, (left + CELL) / width, (top + CELL) / height)


def sees(found: list[Detection], box: Box) -> bool:
    return any(intersection_over_union(one.box, box) > 0.99 for one in found)


Made = Callable[..., Path]


@pytest.fixture(params=["yunet", "scrfd"])
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Made:
    """A model of each kind with its card."""

    def make(sides: Sequence[int | str] = (320, 320), **keys: Any) -> Path:
        model = getattr(networks, request.param)(tmp_path / f"{request.param}.onnx", sides)
        networks.card(model, **{**DETECTOR, "decoder": request.param, **keys})
        return model

    return make


def test_each_square_is_found_where_it_is(made: Made, cache: Path, runtime: str) -> None:
    found = load(made(), cache, runtime).detect(picture(192, 320, (1, 1), (7, 3)))
    assert len(found) == 2
    assert sees(found, square(1, 1, 192, 320))
    assert sees(found, square(7, 3, 192, 320))
    assert all(one.score == 1 for one in found)


def test_landmarks_are_where_they_are_in_the_square(made: Made, cache: Path) -> None:
    (found,) = load(made(), cache).detect(picture(320, 320, (4, 2)))
    for mark, (x, y) in zip(found.landmarks, networks.MARKS, strict=True):
        assert mark == pytest.approx(((4 + x) * CELL / 320, (2 + y) * CELL / 320))


def test_a_larger_picture_is_shrunk_and_boxes_are_fractions_of_it(made: Made, cache: Path) -> None:
    large = np.repeat(np.repeat(picture(192, 320, (3, 2)), 3, axis=0), 3, axis=1)
    found = load(made(), cache).detect(large)
    assert sees(found, square(3, 2, 192, 320))


def test_a_file_that_leaves_the_size_open_is_given_no_more_than_needed(made: Made, cache: Path, runtime: str) -> None:
    found = load(made(("h", "w"), size=640), cache, runtime).detect(picture(100, 250, (5, 1)))
    assert sees(found, square(5, 1, 100, 250))


def test_nothing_is_found_where_nothing_is(made: Made, cache: Path) -> None:
    assert load(made(), cache).detect(picture(200, 300)) == []


def test_scores_below_the_cards_are_no_faces(made: Made, cache: Path) -> None:
    half = picture(320, 320, (4, 2))
    half[2 * CELL : 2 * CELL + CELL // 2] = 120
    assert len(load(made(score=0.4), cache).detect(half)) == 1
    assert load(made(score=0.6), cache).detect(half) == []


def test_a_detector_may_have_no_landmarks(tmp_path: Path, cache: Path) -> None:
    model = networks.scrfd(tmp_path / "plain.onnx", with_points=False)
    networks.card(model, **{**DETECTOR, "decoder": "scrfd"})
    (found,) = load(model, cache).detect(picture(320, 320, (4, 2)))
    assert found.landmarks == ()


def test_boxes_may_come_as_they_are(tmp_path: Path, cache: Path, runtime: str) -> None:
    model = networks.boxes(tmp_path / "boxes.onnx")
    outputs = ["boxes", "scores"]
    networks.card(model, **{**DETECTOR, "decoder": "boxes", "units": "fractions", "outputs": outputs})
    (found,) = load(model, cache, runtime).detect(picture(160, 320))
    assert found.box == pytest.approx((0, 0, 0.5, 1))  # 160 of 320 pixels are half the width, and all of the height
    assert found.score == pytest.approx(0.9)


def test_the_order_of_colours_is_the_cards(tmp_path: Path, cache: Path) -> None:
    net = networks.Net([1, 3, 320, 320])
    first = net.node("Gather", "input", net.constant([0], np.int64), axis=1)
    mean = net.node("Reshape", net.node("GlobalAveragePool", first), net.constant([1], np.int64))
    net.give("scores", net.node("Div", mean, net.constant(255.0)))
    net.give("boxes", net.constant([[0.0, 0.0, 32.0, 32.0]]))
    model = net.save(tmp_path / "first.onnx")
    red = np.zeros((320, 320, 3), dtype=np.uint8)
    red[..., 0] = 255
    for colours, n in (("rgb", 1), ("bgr", 0)):
        networks.card(model, **{**DETECTOR, "decoder": "boxes", "colours": colours, "outputs": ["boxes", "scores"]})
        assert len(load(model, cache).detect(red)) == n


def test_mmod_is_one_too(cache: Path) -> None:
    assert detectors.load("mmod", cache, threads=1).detect(picture(200, 300)) == []


def test_hog_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(EngineError, match="pip install dlib-bin"):
        detectors.chosen("hog")


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"no detector 'magic'.*mtcnn, mmod, hog; or FILE.onnx"):
        detectors.chosen("magic")


# What does not fit


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"size": 640}, "takes 1 x 3 x 320 x 320, and .* says size = 640. Say size = 320."),
        ({"layout": "nhwc"}, 'says layout = "nhwc". Say layout = "nchw"'),
        ({"outputs": [f"o{i}" for i in range(12)]}, "has no output o0, o1, .*It has cls_8"),
        ({"decoder": "scrfd"}, "12 outputs, where 3 strides make 6 or 9"),
        ({"strides": [8, 16, 64], "outputs": [f"{k}_{s}" for k in ("cls", "obj", "bbox", "kps") for s in (8, 16, 32)]},
         "cls or obj of stride 64: 1 x 100 x 1 numbers instead of 25"),
    ],
)  # fmt: skip
def test_a_card_that_does_not_fit_says_what_would(tmp_path: Path, cache: Path, keys: dict, words: str) -> None:
    model = networks.yunet(tmp_path / "yunet.onnx")
    networks.card(model, **{**DETECTOR, **keys})
    with pytest.raises(EngineError, match=words):
        load(model, cache).detect(picture(320, 320))


@pytest.mark.parametrize(
    ("contents", "words"),
    [(b"no network", "no ONNX file"), (b"", "without a network"), (b"\x08\x08" + b"\xff" * 40, "no ONNX file")],
)
def test_what_is_no_onnx_file_is_said_to_be_none(tmp_path: Path, cache: Path, contents: bytes, words: str) -> None:
    model = tmp_path / "broken.onnx"
    model.write_bytes(contents)
    networks.card(model, **DETECTOR)
    with pytest.raises(EngineError, match=words):
        load(model, cache)


def test_an_old_opset_says_how_to_convert_it(tmp_path: Path, cache: Path) -> None:
    net = networks.Net([1, 3, 320, 320])
    net.give("out", "input")
    model = net.save(tmp_path / "old.onnx", opset=6)
    networks.card(model, **DETECTOR)
    with pytest.raises(EngineError, match=r"opset 6.*convert_version"):
        load(model, cache)


def test_a_network_of_another_kind_of_input_is_refused(tmp_path: Path, cache: Path) -> None:
    net = networks.Net([1, 512])
    net.give("out", "input")
    model = net.save(tmp_path / "flat.onnx")
    networks.card(model, **DETECTOR)
    with pytest.raises(EngineError, match="takes 1 x 512, which is no batch of pictures"):
        load(model, cache)
