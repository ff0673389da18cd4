"""One way to run a network, over OpenVINO or ONNX Runtime, whichever is installed."""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from phototag.errors import EngineError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RUNTIMES = {
    "openvino": "phototag.engines.openvino_session",
    "onnxruntime": "phototag.engines.onnxruntime_session",
}
"""In order of preference: OpenVINO runs these networks as fast as ONNX Runtime or faster, and starts no slower."""


class Session(Protocol):
    """A loaded network; may be called from several threads at once."""

    def __call__(self, inputs: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Run on one batch; the outputs in the order of the graph, not shared with later calls."""


def installed_runtimes() -> list[str]:
    """Which of RUNTIMES can be imported here, the preferred one first."""
    return [name for name in RUNTIMES if importlib.util.find_spec(name) is not None]


def open_session(path: Path, *, threads: int, runtime: str | None = None) -> Session:
    """Load a network.

    Args:
        path: of the .onnx file.
        threads: how many may run it at once; each call uses one core.
        runtime: a key of RUNTIMES; the preferred installed one if None. Arithmetic is float32 on any.

    Raises:
        EngineError: no runtime is installed, or the file cannot be loaded.
    """
    name = runtime or next(iter(installed_runtimes()), None)
    if name is None:
        raise EngineError("Neither openvino nor onnxruntime is installed. Install one: pip install openvino")
    try:
        session: Session = importlib.import_module(RUNTIMES[name]).load(path, threads)
    except ImportError as error:
        raise EngineError(f"The runtime {name} cannot be imported ({error}). Install it: pip install {name}") from error
    except RuntimeError as error:
        raise EngineError(f"{path.name} cannot be loaded by {name}: {error}") from error
    return session
