from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from phototag.engines import registry
from phototag.engines.registry import DEFAULT, ENGINES, Entry
from phototag.errors import EngineError, UsageError
from phototag.types import Engine


@pytest.fixture(params=list(ENGINES))
def each_engine(request: pytest.FixtureRequest, cache: Path) -> Engine:
    """Each engine in turn."""
    if request.param == "face-recognition":
        request.getfixturevalue("face_recognition")  # imports it without its warnings
    return registry.load(request.param, cache)


def test_an_engine_names_itself_as_it_is_asked_for(each_engine: Engine) -> None:
    assert each_engine.space.engine in ENGINES
    assert each_engine.space.key.startswith(each_engine.space.engine + "/")


def test_an_engine_does_without_faces(each_engine: Engine) -> None:
    nothing = np.full((120, 200, 3), 128, dtype=np.uint8)
    assert each_engine.detect(nothing) == []
    chips = each_engine.align(nothing, [])
    assert len(chips) == 0
    assert chips.ndim == 5
    assert each_engine.embed(chips).shape == (0, each_engine.space.dim)
    assert each_engine.embed(chips).dtype == np.float32


def test_an_engine_is_loaded_once_a_process(each_engine: Engine, cache: Path) -> None:
    assert registry.load(each_engine.space.engine, cache) is each_engine


def test_an_engine_goes_to_another_process_in_few_bytes(each_engine: Engine) -> None:
    sent = pickle.dumps(each_engine)
    assert len(sent) < 1000
    assert pickle.loads(sent) == each_engine


def test_the_default_engine_needs_no_extra() -> None:
    assert ENGINES[DEFAULT].needs == ()


def test_an_unknown_engine_is_refused_with_those_there_are(cache: Path) -> None:
    with pytest.raises(UsageError) as refusal:
        registry.load("magic", cache)
    assert "'magic'" in str(refusal.value)
    assert all((name in str(refusal.value)) is entry.offered for name, entry in ENGINES.items())


def test_an_engine_whose_packages_are_missing_says_what_to_install(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = Entry("no.such.module", needs=("numpy", "toy_one", "toy_two"), install="pip install 'phototag[toys]'")
    monkeypatch.setitem(ENGINES, "toys", entry)
    with pytest.raises(EngineError) as refusal:
        registry.load("toys", cache)
    assert str(refusal.value) == "The engine toys needs toy_one, toy_two. Install it: pip install 'phototag[toys]'"


def test_the_reference_engine_says_what_to_install(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        sys.modules, "pkg_resources", None
    )  # gone from new setuptools; without it the import would quit
    with pytest.raises(EngineError, match=r"pkg_resources.*phototag\[reference\]"):
        registry.load("face-recognition", cache)


def test_engines_are_imported_only_when_asked_for() -> None:
    code = "import sys, phototag.engines.registry; print(*sorted(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"cv2", "dlib", "face_recognition", "onnx", "onnxruntime", "openvino"} & set(ran.stdout.split()) == set()


def test_threads_and_runtime_reach_the_engine(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("toy_engine")
    module.load = lambda *arguments: arguments  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "toy_engine", module)
    monkeypatch.setitem(ENGINES, "toy", Entry("toy_engine"))
    assert registry.load("toy", cache, threads=3, runtime="onnxruntime") == (cache, 3, "onnxruntime")
