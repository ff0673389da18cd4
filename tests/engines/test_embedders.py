"""Embedders of somebody's own, by a network that describes a face by its mean colour, and by dlib's as such a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto

from phototag.engines import embedders, fitting, weights
from phototag.engines.alignment import View, chips_of
from phototag.engines.embedders import Embedder
from phototag.engines.pairs import PairEngine
from phototag.errors import EngineError, UsageError
from phototag.types import Box, Detection, Point
from tests import networks
from tests.engines.conftest import FIVE, sample
from tests.networks import EMBEDDER

MARKS = tuple(Point(0.3 + 0.2 * x, 0.3 + 0.2 * y) for x, y in networks.MARKS)
FACE = Detection(Box(0.25, 0.25, 0.75, 0.75), 1.0, MARKS)


def load(model: Path, cache: Path, runtime: str | None = None, **keys: Any) -> Embedder:
    networks.card(model, **{**EMBEDDER, **keys})
    return embedders.load(embedders.chosen(str(model)), cache, threads=1, runtime=runtime)


def plain(colour: tuple[int, int, int]) -> np.ndarray:
    return np.full((200, 200, 3), colour, dtype=np.uint8)


def described(embedder: Embedder, pixels: np.ndarray) -> np.ndarray:
    (vector,) = embedder.embed(embedder.align(pixels, [FACE]))
    return vector


def direction(*channels: float) -> np.ndarray:
    """What the network makes of the three channels as it sees them: 42 numbers each, and two of 0."""
    vector = np.concatenate([np.full(42, channel) for channel in channels] + [np.zeros(2)])
    return vector / np.linalg.norm(vector)


def test_pixels_are_seen_less_the_mean_over_the_std(tmp_path: Path, cache: Path, runtime: str) -> None:
    embedder = load(networks.colour(tmp_path / "c.onnx"), cache, runtime, mean=[10, 20, 30], std=[2, 4, 5])
    assert described(embedder, plain((20, 60, 230))) == pytest.approx(direction(5, 10, 40), abs=1e-6)


def test_colours_are_in_the_cards_order(tmp_path: Path, cache: Path) -> None:
    embedder = load(networks.colour(tmp_path / "c.onnx"), cache, colours="bgr", mean=0, std=1)
    assert described(embedder, plain((10, 20, 40))) == pytest.approx(direction(40, 20, 10), abs=1e-6)


def test_channels_may_come_last(tmp_path: Path, cache: Path, runtime: str) -> None:
    model = networks.colour(tmp_path / "c.onnx", ("n", 112, 112, 3))
    embedder = load(model, cache, runtime, layout="nhwc", mean=0, std=1)
    assert described(embedder, plain((10, 20, 40))) == pytest.approx(direction(10, 20, 40), abs=1e-6)


def test_a_chip_may_be_whitened(tmp_path: Path, cache: Path, runtime: str) -> None:
    embedder = load(networks.colour(tmp_path / "c.onnx"), cache, runtime, whiten=True, mean=None, std=None)
    seen = np.array([10.0, 20.0, 60.0])
    assert described(embedder, plain((10, 20, 60))) == pytest.approx(direction(*(seen - seen.mean())), abs=1e-5)


def test_a_network_for_one_chip_at_a_time_describes_many(tmp_path: Path, cache: Path, runtime: str) -> None:
    model = networks.colour(tmp_path / "one.onnx", (1, 3, 112, 112))
    embedder = load(model, cache, runtime, mean=0, std=1, mirror=True)
    pictures = [plain((200, 10, i * 20)) for i in range(5)]
    chips = np.concatenate([embedder.align(pixels, [FACE]) for pixels in pictures])
    assert embedder.embed(chips) == pytest.approx(np.stack([described(embedder, p) for p in pictures]), abs=1e-6)


def test_a_mirrored_face_is_averaged_in(tmp_path: Path, cache: Path) -> None:
    embedder = load(networks.colour(tmp_path / "c.onnx"), cache, mirror=True)
    assert embedder.views == "face+mirror"
    chips = embedder.align(sample(FIVE).pixels, [FACE])
    assert np.array_equal(chips[:, 1], chips[:, 0, :, ::-1])


def test_a_box_is_cut_out_with_its_margin(tmp_path: Path, cache: Path) -> None:
    pixels = plain((0, 0, 0))
    pixels[40:160, 40:160] = 200
    model = networks.colour(tmp_path / "c.onnx")
    half = Detection(Box(0.25, 0.25, 0.75, 0.75), 1.0)
    tight = load(model, cache, alignment="box").align(pixels, [half])
    wide = load(model, cache, alignment="box", margin=1.0).align(pixels, [half])
    assert tight.shape == wide.shape == (1, 1, 112, 112, 3)
    assert (tight == 200).all()
    assert wide[0, 0, 56, 56, 0] == 200
    assert wide[0, 0, 56, :10].max() == 0


def test_without_faces_there_are_no_vectors(tmp_path: Path, cache: Path) -> None:
    embedder = load(networks.colour(tmp_path / "c.onnx"), cache)
    assert embedder.embed(embedder.align(plain((1, 2, 3)), [])).shape == (0, 128)


def test_dlibs_network_with_a_card_describes_as_it_does_without(
    tmp_path: Path, cache: Path, engine: PairEngine
) -> None:
    graph = weights.cached_graph(weights.RESNET, "phototag.engines.dlib_graphs:resnet", cache)
    model = tmp_path / "dlib.onnx"
    model.write_bytes(graph.read_bytes())  # it takes uint8, channels last
    keys = {"layout": "nhwc", "size": 150, "mean": 0, "std": 1, "alignment": "dlib", "mirror": True}
    embedder = load(model, cache, **keys, thresholds={"same_person": 0.41})
    pixels = sample(FIVE).pixels
    found = engine.detect(pixels)
    views = [View(1, 0, False), View(1, 0, True)]
    each = [engine.embedder.descriptors(chips_of(pixels, found, [view])[:, 0]) for view in views]
    lengths = [one / np.linalg.norm(one, axis=1, keepdims=True) for one in each]
    mean = lengths[0] + lengths[1]
    theirs = mean / np.linalg.norm(mean, axis=1, keepdims=True)
    assert len(found) == 5
    assert np.abs(embedder.embed(embedder.align(pixels, found)) - theirs).max() < 1e-5


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(UsageError, match=r"no embedder 'magic'. Choose dlib; or FILE.onnx"):
        embedders.chosen("magic")


def test_another_number_of_numbers_is_refused(tmp_path: Path, cache: Path) -> None:
    embedder = load(networks.colour(tmp_path / "c.onnx", dim=96), cache)
    with pytest.raises(EngineError, match=r"by 96 numbers, and .* says dim = 128. Say dim = 96"):
        described(embedder, plain((1, 2, 3)))


def test_a_second_output_has_to_be_left_out(tmp_path: Path, cache: Path) -> None:
    net = networks.Net(["n", 3, 112, 112])
    for name in ("one", "two"):
        net.give(name, net.node("GlobalAveragePool", "input"))
    model = net.save(tmp_path / "two.onnx")
    with pytest.raises(EngineError, match=r'has 2 outputs.*outputs = \["NAME"\]'):
        described(load(model, cache), plain((1, 2, 3)))
    assert described(load(model, cache, dim=3, outputs=["two"]), plain((1, 2, 3))).shape == (3,)


def test_what_a_runtime_refuses_is_told_with_the_file(tmp_path: Path, cache: Path, runtime: str) -> None:
    net = networks.Net(["n", 3, 112, 112])
    mean = net.node("Reshape", net.node("GlobalAveragePool", "input"), net.constant([-1, 3], np.int64))
    net.give("out", net.node("MatMul", mean, net.constant(np.zeros((5, 128)))))
    embedder = load(net.save(tmp_path / "wrong.onnx"), cache, runtime)
    with pytest.raises(EngineError, match=r"wrong.onnx cannot be run as .*wrong.toml says"):
        described(embedder, plain((1, 2, 3)))


def test_half_precision_is_fed_as_it_wants(tmp_path: Path, cache: Path) -> None:
    net = networks.Net(["n", 3, 112, 112], TensorProto.FLOAT16)
    wide = net.node("Cast", net.node("GlobalAveragePool", "input"), to=TensorProto.FLOAT)
    net.give("out", wide)
    vector = described(load(net.save(tmp_path / "half.onnx"), cache, dim=3, mean=0, std=1), plain((3, 0, 4)))
    assert vector == pytest.approx([0.6, 0, 0.8], abs=1e-3)


def test_a_fitted_graph_says_how_many_it_takes(tmp_path: Path, cache: Path) -> None:
    for n, shape in ((None, ("n", 3, 112, 112)), (1, (1, 3, 112, 112))):
        networks.card(networks.colour(tmp_path / "c.onnx", shape), **EMBEDDER)
        card = embedders.chosen(str(tmp_path / "c.onnx"))
        assert not isinstance(card, str)
        assert fitting.batch_of(weights.kept_graph(card.label, lambda card=card: fitting.fit(card), cache)) == n
