"""Somebody's network, fitted to its card: a graph that takes images as they are and gives outputs in the card's order.

What the card says of the input becomes part of the graph, so a runtime does it, and all networks are run in one way.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from phototag.engines.session import Session, open_session
from phototag.errors import EngineError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phototag.engines.cards import Card

Shape: TypeAlias = "list[int | None]"
"""Of an input: None where the file leaves it open."""

PIXELS = "phototag_pixels"
TOLD = 300
"""Characters of what a runtime says that are told; it may go on for pages."""

LEAST_OPSET = 8
"""The first in which arithmetic and Max take tensors of different shapes."""


def fit(card: Card) -> bytes:
    """Draw the graph.

    Input (n, h, w, 3) uint8 RGB; n is what the file says, or any. Outputs as the card names them.

    Raises:
        EngineError: the file is no ONNX file, or does not fit the card; the message says what to do.
    """
    model = _parsed(card)
    graph = model.graph
    constants = {tensor.name for tensor in graph.initializer}
    inputs = [value for value in graph.input if value.name not in constants]
    if len(inputs) != 1:
        raise EngineError(
            f"{card.model} wants {len(inputs)} inputs ({_listed(v.name for v in inputs)}), and phototag has one: the "
            "picture. Export the network with that as its only input."
        )
    shape = _fitting_shape(card, inputs[0])
    nodes = _front(card, inputs[0], shape)
    rest, own = [value for value in graph.input if value.name in constants], list(graph.node)
    for part, new in ((graph.input, [_image(shape), *rest]), (graph.node, [*nodes, *own])):
        del part[:]
        part.extend(new)
    _order_outputs(card, graph)
    return bytes(model.SerializeToString())


def batch_of(graph: Path) -> int | None:
    """How many images a fitted graph takes at once; None for any number."""
    return _sides(graph)[0]


def is_open(graph: Path) -> bool:
    """Whether a fitted graph takes images of any height and width."""
    return _sides(graph)[1:3] == [None, None]


def open_fitted(card: Card, graph: Path, threads: int, runtime: str | None) -> Session:
    """A session whose complaints are about the card's model, and not about ours."""
    return _Fitted(card, open_session(graph, threads=threads, runtime=runtime))


class _Fitted:
    """See `open_fitted`."""

    def __init__(self, card: Card, session: Session) -> None:
        self._card, self._session = card, session

    def __call__(self, inputs: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        try:
            return self._session(inputs)
        except Exception as error:  # a runtime's exceptions share no base class
            why = " ".join(str(error).split())[:TOLD]
            raise EngineError(
                f"{self._card.model} cannot be run as {self._card.path} says: {why}. Compare size, layout and outputs "
                "in the card with the model, or export it again."
            ) from error


def _sides(graph: Path) -> Shape:
    shape = onnx.load_model_from_string(graph.read_bytes()).graph.input[0].type.tensor_type.shape
    return [dimension.dim_value or None for dimension in shape.dim]


def _parsed(card: Card) -> onnx.ModelProto:
    try:
        model = onnx.load_model_from_string(card.model.read_bytes())
    except OSError as error:
        raise EngineError(f"{card.model} cannot be read: {error.strerror}.") from error
    except Exception as error:  # protobuf's, which is no dependency of ours by name
        raise EngineError(f"{card.model} is no ONNX file, or a part of one. Copy or export it again.") from error
    if not model.graph.node:
        raise EngineError(f"{card.model} is an ONNX file without a network. Copy or export it again.")
    if any(tensor.data_location == TensorProto.EXTERNAL for tensor in model.graph.initializer):
        raise EngineError(
            f"{card.model} keeps its weights in another file, which phototag does not follow. Save it as one: "
            "onnx.save(onnx.load(FILE), NEW)"
        )
    opset = next((one.version for one in model.opset_import if one.domain in ("", "ai.onnx")), 0)
    if opset < LEAST_OPSET:
        raise EngineError(
            f"{card.model} is of ONNX opset {opset}; phototag needs {LEAST_OPSET} or later. Convert it: "
            f"onnx.version_converter.convert_version(model, {max(LEAST_OPSET, 13)})"
        )
    return model


def _fitting_shape(card: Card, value: onnx.ValueInfoProto) -> Shape:
    """The input's (n, h, w), if it is what the card says."""
    shape: Shape = [dimension.dim_value or None for dimension in value.type.tensor_type.shape.dim]
    told = " x ".join("any" if side is None else str(side) for side in shape)
    if len(shape) != 4:
        raise EngineError(f"{card.model} takes {told or 'no shape'}, which is no batch of pictures of three colours.")
    channels = 1 if card.layout == "nchw" else 3
    if shape[channels] not in (None, 3):
        other = "nhwc" if card.layout == "nchw" else "nchw"
        does = f'layout = "{other}"' if shape[4 - channels] == 3 else "another network: it wants three colours"
        raise EngineError(f'{card.model} takes {told}, and {card.path} says layout = "{card.layout}". Say {does}.')
    n, height, width = [side for i, side in enumerate(shape) if i != channels]
    if (height or card.size[0], width or card.size[1]) != card.size:
        right = str(height) if height == width else f"[{height}, {width}]"
        raise EngineError(f"{card.model} takes {told}, and {card.path} says size = {_size(card)}. Say size = {right}.")
    return [n, height, width]


def _front(card: Card, value: onnx.ValueInfoProto, shape: Shape) -> list[onnx.NodeProto]:
    """The nodes from pixels to what the network sees."""
    nodes: list[onnx.NodeProto] = []

    def node(operator: str, *inputs: str, **attributes: Any) -> str:
        nodes.append(helper.make_node(operator, list(inputs), [f"phototag_{len(nodes)}"], **attributes))
        return str(nodes[-1].output[0])

    def constant(array: NDArray[Any]) -> str:
        return node("Constant", value=numpy_helper.from_array(np.asarray(array)))

    x = node("Cast", PIXELS, to=TensorProto.FLOAT)
    if card.colours == "bgr":
        x = node("Gather", x, constant(np.array([2, 1, 0], dtype=np.int64)), axis=3)
    if card.whiten:
        x = _whitened(card, x, node, constant)
    elif any(card.mean) or card.std != (1.0, 1.0, 1.0):
        x = node("Sub", x, constant(np.array(card.mean, dtype=np.float32)))
        x = node("Div", x, constant(np.array(card.std, dtype=np.float32)))
    if card.layout == "nchw":
        x = node("Transpose", x, perm=[0, 3, 1, 2])
    nodes.append(helper.make_node("Cast", [x], [value.name], to=value.type.tensor_type.elem_type))
    return nodes


def _whitened(card: Card, x: str, node: Callable[..., str], constant: Callable[[NDArray[Any]], str]) -> str:
    """Each picture less its mean, over its standard deviation: `prewhiten` of davidsandberg/facenet, src/facenet.py.

    Means are taken by GlobalAveragePool, which is written alike in all opsets.
    """
    height, width = card.size
    flat = node("Reshape", x, constant(np.array([0, 1, -1, 1], dtype=np.int64)))
    centred = node("Sub", flat, node("GlobalAveragePool", flat))
    spread = node("Sqrt", node("GlobalAveragePool", node("Mul", centred, centred)))
    least = constant(np.array(1 / math.sqrt(3 * height * width), dtype=np.float32))
    even = node("Div", centred, node("Max", spread, least))
    return node("Reshape", even, constant(np.array([0, height, width, 3], dtype=np.int64)))


def _image(shape: Shape) -> onnx.ValueInfoProto:
    named = [name if side is None else side for name, side in zip(("n", "h", "w"), shape, strict=True)]
    return helper.make_tensor_value_info(PIXELS, TensorProto.UINT8, [*named, 3])


def _order_outputs(card: Card, graph: onnx.GraphProto) -> None:
    """Leave the outputs that the card names, in its order."""
    there = {value.name: value for value in graph.output}
    missing = [name for name in card.outputs if name not in there]
    if missing:
        raise EngineError(
            f"{card.model} has no output {_listed(missing)}. It has {_listed(there)}: say in {card.path} which they "
            "are: outputs = [...]"
        )
    wanted = [there[name] for name in card.outputs or there]
    del graph.output[:]
    graph.output.extend(wanted)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


def _size(card: Card) -> str:
    height, width = card.size
    return str(height) if height == width else f"[{height}, {width}]"
