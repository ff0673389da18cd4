"""Networks on ONNX Runtime."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime

if TYPE_CHECKING:
    from numpy.typing import NDArray


class OnnxRuntimeSession:
    """A loaded model; ONNX Runtime lets any number of threads call it."""

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # the caller's threads are the parallelism
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def __call__(self, inputs: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """Run on one batch."""
        return [np.asarray(output) for output in self._session.run(None, {self._input: np.ascontiguousarray(inputs)})]


def load(path: Path, threads: int) -> OnnxRuntimeSession:
    """Load the network; `threads` needs no preparation here.

    Raises:
        RuntimeError: ONNX Runtime cannot read it.
    """
    try:
        return OnnxRuntimeSession(path)
    except Exception as error:  # its exceptions share no base class
        raise RuntimeError(str(error)) from error
