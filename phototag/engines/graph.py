"""A small pen for ONNX graphs: nodes are named as they are added, constants as they are used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

if TYPE_CHECKING:
    from numpy.typing import NDArray

OPSET = 17
IR_VERSION = 9
"""The oldest that has every operator used here, so that old runtimes read the graphs too."""


class Graph:
    """Collects nodes and constants of one network."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def constant(self, array: NDArray[Any]) -> str:
        """Add an array and return its name."""
        name = f"c{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def node(self, operator: str, inputs: Sequence[str], output: str | None = None, **attributes: Any) -> str:
        """Add a node and return the name of its output."""
        name = output or f"t{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    def pixels(self, name: str) -> str:
        """Take images in as they are, (n, h, w, 3) uint8, and return them as (n, 3, h, w) float32."""
        return self.node("Transpose", [self.node("Cast", [name], to=TensorProto.FLOAT)], perm=[0, 3, 1, 2])

    def to_bytes(self, inputs: Mapping[str, Sequence[int | str]], outputs: Mapping[str, Sequence[int | str]]) -> bytes:
        """The checked model as the contents of an .onnx file.

        Args:
            inputs: name -> shape, all uint8; a string is a dimension that is known only at run time.
            outputs: likewise, all float32.
        """
        graph = helper.make_graph(
            self._nodes,
            "phototag",
            [helper.make_tensor_value_info(name, TensorProto.UINT8, list(shape)) for name, shape in inputs.items()],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape)) for name, shape in outputs.items()],
            self._constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = IR_VERSION
        onnx.checker.check_model(model)
        return bytes(model.SerializeToString())
