"""dlib's two face networks as ONNX graphs, layer for layer, from the weights that dlib itself ships."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

import numpy as np

from phototag.engines.dlib_weights import CHIP_SIDE, DIM, Affine, Convolution, FullyConnected, Layer, read_layers
from phototag.engines.graph import Graph
from phototag.errors import EngineError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MEAN = np.array([122.782, 117.001, 104.298], dtype=np.float32)
"""dlib's input_rgb_image: a network sees (x - MEAN) / 256."""


def resnet(data: bytes) -> bytes:
    """dlib_face_recognition_resnet_model_v1 (Davis King, 2017): 29 convolutions, chips -> 128 numbers.

    Input `chips` (n, 150, 150, 3) uint8 RGB; output `embedding` (n, 128), not normalised.
    """
    return _ResNet(read_layers(data)).graph()


def mmod(data: bytes) -> bytes:
    """mmod_human_face_detector (Davis King, 2016): slides an 80-pixel window over an image.

    Input `image` (n, h, w, 3) uint8 RGB; output `score` (n, 1, h', w'), one for every 8th pixel.
    """
    graph, layers = Graph(), read_layers(data)
    x = graph.pixels("image")
    for i, layer in enumerate(layers):
        if not isinstance(layer, Convolution):
            continue
        after = layers[i + 1] if i + 1 < len(layers) else None
        if isinstance(after, Affine):
            x = graph.node("Relu", [_convolution(graph, x, layer, after, normalises=i == 0)])
        else:
            x = _convolution(graph, x, layer, None, output="score")
    return graph.to_bytes({"image": ["n", "h", "w", 3]}, {"score": ["n", 1, "oh", "ow"]})


class _ResNet:
    """Draws the residual network. dlib adds tensors of unequal size as if the smaller were zero-padded."""

    def __init__(self, layers: list[Layer]) -> None:
        if not layers or not isinstance(layers[-1], FullyConnected):
            raise EngineError(
                "The weights are not dlib's face recognition network. Install face-recognition-models again."
            )
        pairs = zip(layers[:-1:2], layers[1:-1:2], strict=True)
        self._pairs = cast("Iterator[tuple[Convolution, Affine]]", pairs)
        self._last = layers[-1]
        self._graph = Graph()

    def graph(self) -> bytes:
        g = self._graph
        x = g.node("Relu", [_convolution(g, g.pixels("chips"), *next(self._pairs), normalises=True)])
        x = g.node("MaxPool", [x], kernel_shape=[3, 3], strides=[2, 2])
        for blocks, more_channels, uneven in ((3, 32, False), (3, 64, False), (2, 128, True), (2, 0, True)):
            for _ in range(blocks):
                x = g.node("Relu", [g.node("Add", [self._block(x), x])])
            x = self._residual_down(x, more_channels, uneven=uneven)
        x = g.node("Flatten", [g.node("GlobalAveragePool", [x])])
        g.node("MatMul", [x, g.constant(self._last.weights)], "embedding")
        return g.to_bytes({"chips": ["n", CHIP_SIDE, CHIP_SIDE, 3]}, {"embedding": ["n", DIM]})

    def _block(self, x: str) -> str:
        y = self._graph.node("Relu", [_convolution(self._graph, x, *next(self._pairs))])
        return _convolution(self._graph, y, *next(self._pairs))

    def _residual_down(self, x: str, more_channels: int, *, uneven: bool) -> str:
        y = self._block(x)
        shortcut = self._graph.node("AveragePool", [x], kernel_shape=[2, 2], strides=[2, 2])
        if more_channels:
            shortcut = self._pad(shortcut, [0, 0, 0, 0, 0, more_channels, 0, 0])
        if uneven:
            y = self._pad(y, [0, 0, 0, 0, 0, 0, 1, 1])
        return self._graph.node("Relu", [self._graph.node("Add", [y, shortcut])])

    def _pad(self, x: str, pads: list[int]) -> str:
        return self._graph.node("Pad", [x, self._graph.constant(np.array(pads, dtype=np.int64))])


def _convolution(
    graph: Graph,
    x: str,
    layer: Convolution,
    affine: Affine | None = None,
    *,
    normalises: bool = False,
    output: str | None = None,
) -> str:
    """Add a convolution with the affine layer behind it, and for the first layer the input's normalisation, folded in.

    Folding the normalisation is exact because neither network pads its first layer.
    """
    filters: NDArray[np.floating] = layer.filters
    bias: NDArray[np.floating] = layer.bias
    if affine is not None:
        filters, bias = filters * affine.scale[:, None, None, None], bias * affine.scale + affine.shift
    if normalises:
        bias = bias - (filters * (MEAN / 256)[None, :, None, None]).sum((1, 2, 3))
        filters = filters / 256
    inputs = [x, graph.constant(filters.astype(np.float32)), graph.constant(bias.astype(np.float32))]
    pads = [layer.padding[0], layer.padding[1]] * 2
    return graph.node("Conv", inputs, output, strides=list(layer.stride), pads=pads)
