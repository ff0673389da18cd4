"""Small ONNX files whose answers are known: for a bright square, a detector that finds it; for a colour, numbers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

MARKS = ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8))
"""Where these detectors see eyes, nose and mouth in a box."""

OPSET = 13


class Net:
    """Draws a network that takes pictures."""

    def __init__(self, shape: Sequence[int | str | None], kind: int = TensorProto.FLOAT) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.outputs: list[onnx.ValueInfoProto] = []
        self.input = helper.make_tensor_value_info("input", kind, list(shape))

    def node(self, operator: str, *inputs: str, output: str | None = None, **attributes: Any) -> str:
        name = output or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    def constant(self, values: Any, kind: type = np.float32) -> str:
        return self.node("Constant", value=numpy_helper.from_array(np.array(values, dtype=kind)))

    def give(self, name: str, x: str) -> None:
        """Make something an output."""
        self.node("Identity", x, output=name)
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))

    def save(self, path: Path, opset: int = OPSET) -> Path:
        graph = helper.make_graph(self.nodes, "toy", [self.input], self.outputs)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
        model.ir_version = 8
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(model.SerializeToString())
        return path


def colourful(net: Net, stride: int) -> str:
    """(n, 1, h / stride, w / stride): 1 where the middle of a cell's pixels is of a saturated colour, else 0.

    The network is told colours from 0 to 255, channels first.
    """
    spread = net.node("Sub", *(net.node(which, "input", axes=[1], keepdims=1) for which in ("ReduceMax", "ReduceMin")))
    sure = net.node("Cast", net.node("Greater", spread, net.constant(100.0)), to=TensorProto.FLOAT)
    return net.node("AveragePool", sure, kernel_shape=[stride, stride], strides=[stride, stride])


def rows(net: Net, x: str, each: int) -> str:
    """Cells row by row, (1, cells, each)."""
    last = net.node("Transpose", x, perm=[0, 2, 3, 1])
    return net.node("Reshape", last, net.constant([1, -1, each], np.int64))


def spread_over(net: Net, score: str, values: Sequence[float]) -> str:
    """The same values in all cells, (1, cells, len(values))."""
    zero = rows(net, net.node("Mul", score, net.constant(0.0)), 1)
    return net.node("Add", zero, net.constant([[list(values)]]))


CELL = 32
"""Pixels of the squares that these detectors look for; they lie on a grid of as many."""


def yunet(path: Path, sides: Sequence[int | str] = (320, 320)) -> Path:
    """Outputs named and shaped as YuNet's: a coloured square is seen by the cell of stride CELL that it fills."""
    net = Net([1, 3, *sides])
    for kind in ("cls", "obj", "bbox", "kps"):
        for stride in (8, 16, 32):
            score = colourful(net, stride)
            sees = score if stride == CELL else net.node("Mul", score, net.constant(0.0))
            if kind in ("cls", "obj"):
                net.give(f"{kind}_{stride}", rows(net, sees, 1))
            elif kind == "bbox":
                net.give(f"bbox_{stride}", spread_over(net, score, [0.5, 0.5, 0, 0]))
            else:
                net.give(f"kps_{stride}", spread_over(net, score, [c for mark in MARKS for c in mark]))
    return net.save(path)


def scrfd(path: Path, sides: Sequence[int | str] = (320, 320), *, with_points: bool = True) -> Path:
    """Outputs in the order and shape of SCRFD's exports, two anchors a cell, of which the second sees nothing."""
    net = Net([1, 3, *sides])
    kinds = ("score", "bbox", "kps") if with_points else ("score", "bbox")
    for kind in kinds:
        for stride in (8, 16, 32):
            score = colourful(net, stride)
            sees = rows(net, score if stride == CELL else net.node("Mul", score, net.constant(0.0)), 1)
            if kind == "score":
                both = net.node("Mul", sees, net.constant([[[1.0, 0.0]]]))
                net.give(f"{400 + len(net.outputs)}", net.node("Reshape", both, net.constant([-1, 1], np.int64)))
                continue
            values = [0, 0, 1, 1] if kind == "bbox" else [c for mark in MARKS for c in mark]
            twice = spread_over(net, score, values * 2)
            net.give(f"{400 + len(net.outputs)}", net.node("Reshape", twice, net.constant([-1, len(values)], np.int64)))
    return net.save(path)


def boxes(path: Path) -> Path:
    """One box, the left upper quarter of the picture as fractions, with the scores of "nothing" and "face"."""
    net = Net([1, 3, 320, 320])
    zero = net.node("Mul", net.node("ReduceMax", "input", axes=[1, 2, 3], keepdims=0), net.constant(0.0))
    net.give("scores", net.node("Add", zero, net.constant([[[0.1, 0.9]]])))
    net.give("boxes", net.node("Add", zero, net.constant([[[0, 0, 0.5, 0.5]]])))
    return net.save(path)


def colour(path: Path, shape: Sequence[int | str | None] = ("n", 3, 112, 112), dim: int = 128) -> Path:
    """Describes a face by its mean colour: the three channels as they are seen, each a third of the numbers, and 0."""
    first = shape[1] == 3
    net = Net(shape)
    seen = "input" if first else net.node("Transpose", "input", perm=[0, 3, 1, 2])
    mean = net.node("Reshape", net.node("GlobalAveragePool", seen), net.constant([-1, 3], np.int64))
    spread = np.zeros((3, dim), dtype=np.float32)
    for channel in range(3):
        spread[channel, channel * (dim // 3) : (channel + 1) * (dim // 3)] = 1
    net.give("embedding", net.node("MatMul", mean, net.constant(spread)))
    return net.save(path)


def card(model: Path, /, **keys: Any) -> Path:
    """Write a card beside a model; a key that is None is left out, one of a dict is a table."""
    plain = {key: value for key, value in keys.items() if value is not None and not isinstance(value, dict)}
    lines = [f"{key} = {_toml(value)}" for key, value in plain.items()]
    for key, value in keys.items():
        if isinstance(value, dict):
            lines += [f"[{key}]", *(f"{name} = {_toml(number)}" for name, number in value.items())]
    path = model.with_suffix(".toml")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value).replace("'", '"')


DETECTOR = {
    "kind": "detector", "decoder": "yunet", "layout": "nchw", "colours": "bgr", "size": 320, "mean": 0, "std": 1
}  # fmt: skip

EMBEDDER = {
    "kind": "embedder", "layout": "nchw", "colours": "rgb", "size": 112, "mean": 127.5, "std": 127.5,
    "alignment": "arcface", "dim": 128, "thresholds": {"same_person": 0.6},
}  # fmt: skip
