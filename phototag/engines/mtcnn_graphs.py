"""The three networks of MTCNN as ONNX graphs, from the weights that the `mtcnn` package ships. No TensorFlow.

K. Zhang, Z. Zhang, Z. Li, Y. Qiao, "Joint Face Detection and Alignment Using Multitask Cascaded Convolutional
Networks", IEEE Signal Processing Letters 23 (2016). The weights (MIT, github.com/ipazc/mtcnn) are lists of arrays in
Keras' order: kernel (h, w, in, out), bias, then the PReLU's slopes.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import joblib
import numpy as np

from phototag.engines.graph import Graph
from phototag.engines.mtcnn import ONET_SIDE, RNET_SIDE
from phototag.errors import EngineError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MEAN, SCALE = np.float32(127.5), np.float32(128)


def proposal_net(data: bytes) -> bytes:
    """P-Net. Input `x` (n, h, w, 3) uint8 RGB; outputs `offsets` (n, 4, h', w') and `faces` (n, 2, h', w')."""
    net = _Net(data)
    x = net.pool(net.prelu(net.first_convolution()), 2, same=True)
    x = net.prelu(net.convolution(net.prelu(net.convolution(x))))
    net.convolution(x, "offsets")
    net.graph.node("Softmax", [net.convolution(x)], "faces", axis=1)
    return net.to_bytes(["n", "h", "w", 3], {"offsets": ["n", 4, "oh", "ow"], "faces": ["n", 2, "oh", "ow"]})


def refine_net(data: bytes) -> bytes:
    """R-Net. Input `x` (n, 24, 24, 3) uint8 RGB; outputs `offsets` (n, 4) and `faces` (n, 2)."""
    net = _Net(data)
    x = net.pool(net.prelu(net.first_convolution()), 3, same=True)
    x = net.pool(net.prelu(net.convolution(x)), 3, same=False)
    x = net.hidden(net.prelu(net.convolution(x)))
    net.dense(x, "offsets")
    net.graph.node("Softmax", [net.dense(x)], "faces", axis=1)
    return net.to_bytes(["n", RNET_SIDE, RNET_SIDE, 3], {"offsets": ["n", 4], "faces": ["n", 2]})


def output_net(data: bytes) -> bytes:
    """O-Net. Input `x` (n, 48, 48, 3) uint8 RGB; outputs `offsets` (n, 4), `marks` (n, 10), `faces` (n, 2)."""
    net = _Net(data)
    x = net.pool(net.prelu(net.first_convolution()), 3, same=True)
    x = net.pool(net.prelu(net.convolution(x)), 3, same=False)
    x = net.pool(net.prelu(net.convolution(x)), 2, same=True)
    x = net.hidden(net.prelu(net.convolution(x)))
    net.dense(x, "offsets")
    net.dense(x, "marks")
    net.graph.node("Softmax", [net.dense(x)], "faces", axis=1)
    return net.to_bytes(["n", ONET_SIDE, ONET_SIDE, 3], {"offsets": ["n", 4], "marks": ["n", 10], "faces": ["n", 2]})


class _Net:
    """Takes weights one after the other and draws the layer they belong to."""

    def __init__(self, data: bytes) -> None:
        try:
            arrays: list[NDArray[Any]] = list(joblib.load(io.BytesIO(data)))
        except Exception as error:  # joblib raises whatever the broken bytes lead it to
            raise EngineError(f"MTCNN's weights cannot be read ({error}). Install the package mtcnn again.") from error
        self._weights = iter(arrays)
        self.graph = Graph()

    def first_convolution(self) -> str:
        """The networks see (x - MEAN) / SCALE; folded in, exactly, since none of them pads its first layer."""
        kernel, bias = self._next() / SCALE, self._next()
        bias = bias - (kernel * MEAN).sum(axis=(0, 1, 2))
        filters = self.graph.constant(kernel.transpose(3, 2, 0, 1))
        return self.graph.node("Conv", [self.graph.pixels("x"), filters, self.graph.constant(bias)])

    def convolution(self, x: str, output: str | None = None) -> str:
        filters = self._next().transpose(3, 2, 0, 1)
        return self.graph.node("Conv", [x, self.graph.constant(filters), self.graph.constant(self._next())], output)

    def prelu(self, x: str) -> str:
        return self.graph.node("PRelu", [x, self.graph.constant(self._next().reshape(-1, 1, 1))])

    def pool(self, x: str, side: int, *, same: bool) -> str:
        padding = {"auto_pad": "SAME_UPPER"} if same else {}
        return self.graph.node("MaxPool", [x], kernel_shape=[side, side], strides=[2, 2], **padding)

    def hidden(self, x: str) -> str:
        """Flatten (the nets were trained with the width first), a dense layer, a PReLU."""
        x = self.graph.node("Flatten", [self.graph.node("Transpose", [x], perm=[0, 3, 2, 1])])
        x = self.dense(x)
        return self.graph.node("PRelu", [x, self.graph.constant(self._next().ravel())])

    def dense(self, x: str, output: str | None = None) -> str:
        return self.graph.node(
            "Gemm", [x, self.graph.constant(self._next()), self.graph.constant(self._next())], output
        )

    def to_bytes(self, shape: list[int | str], outputs: Mapping[str, Sequence[int | str]]) -> bytes:
        return self.graph.to_bytes({"x": shape}, outputs)

    def _next(self) -> NDArray[np.float32]:
        return np.asarray(next(self._weights), dtype=np.float32)
