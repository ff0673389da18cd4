from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from phototag.engines.session import RUNTIMES, in_batches, installed_runtimes, open_session
from phototag.errors import EngineError
from tests.engines.test_graph import sums


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """Gives an image as it is, channels first, and the sum over each channel."""
    path = tmp_path / "sums.onnx"
    path.write_bytes(sums(1))
    return path


def images(n: int, side: int = 2) -> np.ndarray:
    """Images all 1, all 2, and so on."""
    return np.arange(1, n + 1, dtype=np.uint8)[:, None, None, None] * np.ones((1, side, side, 3), dtype=np.uint8)


# Running


def test_outputs_come_in_the_order_of_the_graph(network: Path, runtime: str) -> None:
    outputs = open_session(network, threads=1, runtime=runtime)(images(2))
    assert [output.shape for output in outputs] == [(2, 3, 2, 2), (2, 3)]
    assert [output.dtype for output in outputs] == [np.float32, np.float32]


def test_an_output_is_not_changed_by_the_next_call(network: Path, runtime: str) -> None:
    session = open_session(network, threads=1, runtime=runtime)
    _, first = session(images(1))
    session(images(1) * 50)
    assert first.tolist() == [[4, 4, 4]]


def test_images_may_be_views_and_of_any_size(network: Path, runtime: str) -> None:
    session = open_session(network, threads=1, runtime=runtime)
    for side in (1, 4, 2):
        _, total = session(images(3, side=2 * side)[::2, ::2, ::2])
        assert total.tolist() == [[side * side] * 3, [3 * side * side] * 3]


def test_threads_do_not_disturb_each_other(network: Path, runtime: str) -> None:
    session = open_session(network, threads=2, runtime=runtime)

    def run(value: int) -> list[float]:
        return session(np.full((1, 8, 8, 3), value, dtype=np.uint8))[1].tolist()[0]

    with ThreadPoolExecutor(4) as executor:
        assert list(executor.map(run, range(200))) == [[64 * value] * 3 for value in range(200)]


# Batches


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 8, 9, 13])
def test_any_number_of_images_is_run_in_batches_of_allowed_sizes(n: int) -> None:
    seen = []

    def session(batch: np.ndarray) -> list[np.ndarray]:
        seen.append(len(batch))
        return [batch[:, 0, 0, :1].astype(np.float32), batch.sum(axis=(1, 2, 3), dtype=np.float32)]

    first, total = in_batches(session, images(n), (2, 4))
    assert first.tolist() == [[value] for value in range(1, n + 1)]
    assert total.tolist() == [12 * value for value in range(1, n + 1)]
    assert set(seen) <= {2, 4}
    assert sum(seen) - n <= 1


# What is missing or broken


def test_the_preferred_runtime_comes_first() -> None:
    assert installed_runtimes() == [name for name in RUNTIMES if name in installed_runtimes()] != []


def test_a_runtime_that_is_not_installed_is_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    assert "openvino" not in installed_runtimes()


def test_without_any_runtime_it_says_what_to_install(network: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in RUNTIMES:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(EngineError, match="pip install openvino"):
        open_session(network, threads=1)


@pytest.mark.parametrize("name", list(RUNTIMES))
def test_without_the_runtime_asked_for_it_says_how_to_install_it(
    network: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(EngineError, match=f"pip install {name}"):
        open_session(network, threads=1, runtime=name)


def test_a_runtime_that_is_installed_but_broken_is_named(
    network: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "toy_runtime.py").write_text("raise ImportError('libtoy.so is missing')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(RUNTIMES, "toy_runtime", "toy_runtime")
    with pytest.raises(EngineError, match=r"loaded by toy_runtime: libtoy\.so is missing.*pip install .*toy_runtime"):
        open_session(network, threads=1, runtime="toy_runtime")(images(1))


@pytest.mark.parametrize("contents", [None, b"", b"not a network", sums(1)[:100]])
def test_a_file_that_is_no_network_is_named(tmp_path: Path, runtime: str, contents: bytes | None) -> None:
    path = tmp_path / "broken.onnx"
    if contents is not None:
        path.write_bytes(contents)
    with pytest.raises(EngineError, match=f"broken.onnx cannot be loaded by {runtime}"):
        open_session(path, threads=1, runtime=runtime)(images(1))


def test_nothing_is_loaded_before_it_is_needed(network: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from phototag.engines.session import open_session
open_session(Path({str(network)!r}), threads=1)
print(*sorted({{"openvino", "onnxruntime", "onnx", "cv2"}} & set(sys.modules)))
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []


def test_threads_that_ask_openvino_first_at_once_do_not_wait_for_each_other() -> None:
    code = """
import sys, threading
from phototag.engines.openvino_session import openvino
sys.setswitchinterval(1e-6)
together = threading.Barrier(8)
def ask():
    together.wait()
    openvino.Type.f32.to_dtype()
threads = [threading.Thread(target=ask) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
