"""Networks on OpenVINO."""

from __future__ import annotations

import importlib
import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

CALLS_HOME = ("openvino_telemetry", "openvino.tools.ovc")
"""Importing openvino imports its model converter, which at once sends an event to an analytics service, without asking
(seen 2026-11 with openvino 2026.4). phototag promises that nothing leaves the machine."""


def _import_without_telemetry() -> ModuleType:
    """Import openvino as if its converter and its telemetry were not installed; it works without either."""
    absent = [name for name in CALLS_HOME if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]  # None makes an import fail
    try:
        return importlib.import_module("openvino")
    finally:
        for name in absent:
            sys.modules.pop(name, None)


openvino = _import_without_telemetry()
openvino.Type.f32.to_dtype()
"""OpenVINO makes its table of types when it is first asked for one, and hangs for ever if two threads ask at once: one
waits for the table, whose maker waits for Python's lock (2026-11, 2026.4). An import has no second thread."""


class OpenVinoSession:
    """A compiled model; each thread has an inference request of its own."""

    def __init__(self, path: Path, threads: int) -> None:
        # f32 by name: where the processor has AMX, OpenVINO would choose bf16, and vectors would differ by machine.
        settings = {
            "INFERENCE_PRECISION_HINT": "f32",
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": threads,
            "ENABLE_CPU_PINNING": False,
        }
        self._model = openvino.Core().compile_model(path, "CPU", settings)
        self._outputs = range(len(self._model.outputs))
        self._local = threading.local()

    def __call__(self, inputs: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """Run on one batch."""
        request = getattr(self._local, "request", None)
        if request is None:
            request = self._local.request = self._model.create_infer_request()
        request.infer([np.ascontiguousarray(inputs)], share_inputs=True)
        return [request.get_output_tensor(i).data.copy() for i in self._outputs]


def load(path: Path, threads: int) -> OpenVinoSession:
    """Compile the network for this machine.

    Raises:
        RuntimeError: OpenVINO cannot read it.
    """
    return OpenVinoSession(path, threads)
