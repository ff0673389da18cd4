"""One way to run a network, over OpenVINO or ONNX Runtime, whichever is installed."""

from __future__ import annotations

import importlib
import importlib.util
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from phototag.errors import EngineError

if TYPE_CHECKING:
    from numpy.typing import NDArray

RUNTIMES = {
    "openvino": "phototag.engines.openvino_session",
    "onnxruntime": "phototag.engines.onnxruntime_session",
}
"""In order of preference: OpenVINO runs these networks as fast as ONNX Runtime or faster, and starts no slower."""


class Session(Protocol):
    """A loaded network; may be called from several threads at once."""

    def __call__(self, inputs: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """Run on images (n, h, w, 3); the outputs in the order of the graph, not shared with later calls."""


def in_batches(session: Session, images: NDArray[np.uint8], sizes: Sequence[int]) -> list[NDArray[np.float32]]:
    """Run any number of images in batches of few sizes.

    A runtime prepares itself for each size of batch that it sees, and keeps that: with any size allowed, memory would
    grow with the number of photos.

    Args:
        session: the network.
        images: (n, h, w, 3), n >= 1.
        sizes: allowed sizes of a batch, ascending; the last batch is filled up with black to the next allowed size.

    Returns:
        The outputs, (n, ...) each.
    """
    parts = []
    for start in range(0, len(images), sizes[-1]):
        part = images[start : start + sizes[-1]]
        size = next(size for size in sizes if size >= len(part))
        filled = np.zeros((size, *images.shape[1:]), dtype=np.uint8)
        filled[: len(part)] = part
        parts.append([output[: len(part)] for output in session(filled)])
    return [np.concatenate(outputs) for outputs in zip(*parts, strict=True)]


def installed_runtimes() -> list[str]:
    """Which of RUNTIMES can be imported here, the preferred one first."""
    return [name for name in RUNTIMES if importlib.util.find_spec(name) is not None]


def open_session(path: Path, *, threads: int, runtime: str | None = None) -> Session:
    """Prepare a network; it is loaded when it is first called, so that a process which only hands out work stays small.

    Args:
        path: of the .onnx file.
        threads: how many may run it at once; each call uses one core.
        runtime: a key of RUNTIMES; the preferred installed one if None. Arithmetic is float32 on any.

    Raises:
        EngineError: no runtime is installed; or, on the first call, the file cannot be loaded.
    """
    name = runtime or next(iter(installed_runtimes()), None)
    if name is None or name not in installed_runtimes():
        wanted = name or "openvino"
        raise EngineError(f"The runtime {wanted} is not installed. Install it: pip install {wanted}")
    return _LoadedOnFirstCall(name, path, threads)


class _LoadedOnFirstCall:
    def __init__(self, runtime: str, path: Path, threads: int) -> None:
        self._runtime, self._path, self._threads = runtime, path, threads
        self._session: Session | None = None
        self._lock = threading.Lock()

    def __call__(self, inputs: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        with self._lock:
            session = self._session = self._session or self._load()
        return session(inputs)

    def _load(self) -> Session:
        try:
            session: Session = importlib.import_module(RUNTIMES[self._runtime]).load(self._path, self._threads)
        except (ImportError, RuntimeError) as error:
            raise EngineError(
                f"{self._path.name} cannot be loaded by {self._runtime}: {error}. "
                f"Install it again: pip install --force-reinstall {self._runtime}"
            ) from error
        return session
