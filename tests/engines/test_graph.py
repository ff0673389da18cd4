from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest

from phototag.engines.graph import IR_VERSION, OPSET, Graph
from phototag.engines.session import open_session


def sums(factor: float) -> bytes:
    """A network that gives `factor` times the image, channels first, and the sum over each channel."""
    graph = Graph()
    times = graph.node("Mul", [graph.pixels("image"), graph.constant(np.array(factor, dtype=np.float32))], "times")
    graph.node("ReduceSum", [times, graph.constant(np.array([2, 3]))], "sums", keepdims=0)
    return graph.to_bytes({"image": ["n", "h", "w", 3]}, {"times": ["n", 3, "h", "w"], "sums": ["n", 3]})


def test_a_graph_computes_what_was_drawn(tmp_path: Path, runtime: str) -> None:
    (tmp_path / "sums.onnx").write_bytes(sums(0.5))
    image = np.array([[[[1, 2, 3], [4, 5, 255]]]], dtype=np.uint8)
    times, total = open_session(tmp_path / "sums.onnx", threads=1, runtime=runtime)(image)
    assert times.tolist() == [[[[0.5, 2]], [[1, 2.5]], [[1.5, 127.5]]]]
    assert total.tolist() == [[2.5, 3.5, 129]]


def test_nodes_and_constants_get_names_of_their_own() -> None:
    graph = Graph()
    assert [graph.constant(np.zeros(1)), graph.constant(np.zeros(1))] == ["c0", "c1"]
    assert [graph.node("Relu", ["x"]), graph.node("Relu", ["x"], "named"), graph.node("Relu", ["x"])] == [
        "t0",
        "named",
        "t2",
    ]


def test_a_graph_says_which_old_runtimes_read_it() -> None:
    model = onnx.load_from_string(sums(1))
    assert model.ir_version == IR_VERSION
    assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", OPSET)]


def test_a_graph_with_a_loose_end_is_refused() -> None:
    graph = Graph()
    graph.node("Relu", ["nothing"], "y")
    with pytest.raises(onnx.checker.ValidationError):
        graph.to_bytes({"image": [1, 1, 1, 3]}, {"y": [1, 1, 1, 3]})
