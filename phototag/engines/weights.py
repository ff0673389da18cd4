"""The networks' weights: where the installed packages keep them, and ONNX graphs built from them, cached.

phototag ships no weights and downloads none. A package's file is used only if it is the very file that was measured.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from phototag.errors import ChecksumError, EngineError
from phototag.files import replace_file, sha256

GRAPH_VERSION = 2
"""Raise it when a builder draws another graph from the same weights: cached graphs are then built anew."""


@dataclass(frozen=True, slots=True)
class Weights:
    """One file of weights in an installed package.

    Attributes:
        package: its import name; it is located, not imported.
        distribution: what to install.
        file: relative to the package.
        sha256: of the file as released; 64 hex digits.
    """

    package: str
    distribution: str
    file: str
    sha256: str

    def path(self) -> Path:
        """Where the file is.

        The package is not imported: face_recognition_models needs pkg_resources for that, gone from new setuptools.

        Raises:
            EngineError: the package is not installed.
            ChecksumError: the file is not the released one.
        """
        spec = importlib.util.find_spec(self.package)
        folders = list(spec.submodule_search_locations or []) if spec else []
        found = [path for folder in folders if (path := Path(folder) / self.file).is_file()]
        if not found:
            raise EngineError(f"The networks' weights are missing. Install them: pip install {self.distribution}")
        if sha256(found[0]) != self.sha256:
            raise ChecksumError(
                f"{found[0]} is not the file that {self.distribution} released. "
                f"Install it again: pip install --force-reinstall {self.distribution}"
            )
        return found[0]


def _dlib(file: str, digest: str) -> Weights:
    return Weights("face_recognition_models", "face-recognition-models", f"models/{file}", digest)


def _mtcnn(file: str, digest: str) -> Weights:
    return Weights("mtcnn", "mtcnn", f"assets/weights/{file}", digest)


RESNET = _dlib(
    "dlib_face_recognition_resnet_model_v1.dat", "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30"
)
MMOD = _dlib("mmod_human_face_detector.dat", "4cb19393e2fbaf2b1609a9319ad5386618c886a6234ec1b971f3e87c85d87fe6")
PNET = _mtcnn("pnet.lz4", "ea6b0c3e685ebee3165326ad6484acc95f2ef78f1c94fbf40a55704fa989f7b5")
RNET = _mtcnn("rnet.lz4", "cb00e6460f3c98b0bfafaba3c0a0ded4bdf6e62cee7174d969e8670d7e757fee")
ONET = _mtcnn("onet.lz4", "94f6ea2f4cf985275ee958cdd762d17b6009348a4fb9d8c6be39ba73ffd22ca3")


def cached_graph(weights: Weights, builder: str, cache: Path) -> Path:
    """The ONNX graph of these weights, built on first use.

    Args:
        weights: where they come from.
        builder: "module:function" that draws the graph from the file's contents; imported only if it has to, because
            it needs onnx.
        cache: the folder to keep graphs in; made if it is missing.

    Returns:
        Path of the .onnx file. Its name holds the weights' digest and its digest lies beside it: one that was damaged
        or that other weights made is built anew.

    Raises:
        EngineError: the package is missing, or the cache cannot be written.
        ChecksumError: the weights are not the released ones.
    """
    source = weights.path()

    def draw() -> bytes:
        module, function = builder.split(":")
        graph: bytes = getattr(importlib.import_module(module), function)(source.read_bytes())
        return graph

    return kept_graph(f"{source.stem}-{weights.sha256[:12]}", draw, cache)


def kept_graph(name: str, draw: Callable[[], bytes], cache: Path) -> Path:
    """The graph of this name, drawn if it is not in the cache or was damaged there. Else as `cached_graph`."""
    path = cache / f"{name}-v{GRAPH_VERSION}.onnx"
    digest = path.with_suffix(".sha256")
    if path.is_file() and digest.is_file() and digest.read_bytes() == sha256(path).encode():
        return path
    try:
        cache.mkdir(parents=True, exist_ok=True)
        graph = draw()
        replace_file(path, graph)
        replace_file(digest, hashlib.sha256(graph).hexdigest().encode())
    except OSError as error:
        raise EngineError(
            f"Cannot write to the cache {cache}: {error.strerror}. Free space, or set PHOTOTAG_CACHE."
        ) from error
    return path


def fingerprint(*used: Weights) -> str:
    """12 hex digits that stand for a set of weights in a Space."""
    return digest_of(w.sha256 for w in used)


def digest_of(digests: Iterable[str]) -> str:
    """The same of digests."""
    return hashlib.sha256("".join(sorted(digests)).encode()).hexdigest()[:12]
