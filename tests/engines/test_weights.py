from __future__ import annotations

import errno
import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from phototag.engines import weights
from phototag.engines.weights import Weights, cached_graph, fingerprint
from phototag.errors import ChecksumError, EngineError

BUILDER = """
calls = []

def build(data):
    calls.append(data)
    return b"graph of " + data
"""


def toy(file: str = "w.bin", contents: bytes = b"weights", package: str = "toy_weights") -> Weights:
    return Weights(package, "toy-weights", file, hashlib.sha256(contents).hexdigest())


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installed package with a file of weights, which cannot be imported, and a module that draws graphs."""
    site = tmp_path / "site"
    (site / "toy_weights").mkdir(parents=True)
    (site / "toy_weights" / "__init__.py").write_text("raise RuntimeError('imported')")
    (site / "toy_weights" / "w.bin").write_bytes(b"weights")
    (site / "toy_builder.py").write_text(BUILDER)
    monkeypatch.syspath_prepend(site)
    yield site / "toy_weights"
    sys.modules.pop("toy_builder", None)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache of its own, which is not there yet."""
    return tmp_path / "cache" / "phototag"


def drawn(cache: Path) -> Path:
    return cached_graph(toy(), "toy_builder:build", cache)


def times_drawn() -> int:
    return len(sys.modules["toy_builder"].calls) if "toy_builder" in sys.modules else 0


# The weights


def test_weights_are_found_without_importing_their_package(package: Path) -> None:
    assert toy().path() == package / "w.bin"


def test_weights_may_lie_deeper_in_their_package(package: Path) -> None:
    (package / "data").mkdir()
    (package / "data" / "w.bin").write_bytes(b"deep")
    assert toy("data/w.bin", b"deep").path() == package / "data" / "w.bin"


@pytest.mark.parametrize("missing", [toy(package="toy_weights_not_installed"), toy(file="other.bin")])
def test_missing_weights_say_what_to_install(package: Path, missing: Weights) -> None:
    with pytest.raises(EngineError, match="pip install toy-weights"):
        missing.path()


def test_weights_that_are_not_the_released_ones_are_refused(package: Path) -> None:
    (package / "w.bin").write_bytes(b"weights of somebody else")
    with pytest.raises(ChecksumError, match="pip install --force-reinstall toy-weights") as refusal:
        toy().path()
    assert str(package / "w.bin") in str(refusal.value)


def test_the_released_weights_are_installed() -> None:
    for used in (weights.PNET, weights.RNET, weights.ONET, weights.RESNET, weights.MMOD):
        assert used.path().name == used.file.rpartition("/")[2]


# The cache of graphs


def test_a_graph_is_drawn_on_first_use_into_a_cache_that_is_made(package: Path, cache: Path) -> None:
    assert drawn(cache).read_bytes() == b"graph of weights"


def test_a_graph_is_named_after_the_weights_it_was_drawn_from(package: Path, cache: Path) -> None:
    assert drawn(cache).name == f"w-{toy().sha256[:12]}-v{weights.GRAPH_VERSION}.onnx"


def test_a_graph_is_drawn_once(package: Path, cache: Path) -> None:
    assert drawn(cache) == drawn(cache)
    assert times_drawn() == 1


def test_a_graph_that_is_there_needs_no_builder(package: Path, cache: Path) -> None:
    path = drawn(cache)
    assert cached_graph(toy(), "not_installed:build", cache) == path


@pytest.mark.parametrize("damage", [b"", b"graph of weight", b"graph of weights."])
def test_a_damaged_graph_is_drawn_again(package: Path, cache: Path, damage: bytes) -> None:
    drawn(cache).write_bytes(damage)
    assert drawn(cache).read_bytes() == b"graph of weights"
    assert times_drawn() == 2


@pytest.mark.parametrize(
    "digest",
    [
        None,
        b"",
        b"0" * 64,
        b"\xff" * 64,
    ],
)
def test_a_graph_whose_digest_is_damaged_is_drawn_again(package: Path, cache: Path, digest: bytes | None) -> None:
    path = drawn(cache).with_suffix(".sha256")
    path.unlink()
    if digest is not None:
        path.write_bytes(digest)
    assert drawn(cache).read_bytes() == b"graph of weights"
    assert times_drawn() == 2
    assert path.read_text() == hashlib.sha256(b"graph of weights").hexdigest()


def test_a_new_version_of_the_builders_draws_a_graph_of_its_own(
    package: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = drawn(cache)
    monkeypatch.setattr(weights, "GRAPH_VERSION", weights.GRAPH_VERSION + 1)
    assert drawn(cache) != old
    assert times_drawn() == 2


def test_a_graph_of_other_weights_is_not_used(package: Path, cache: Path) -> None:
    old = drawn(cache)
    (package / "w.bin").write_bytes(b"better")
    new = cached_graph(toy(contents=b"better"), "toy_builder:build", cache)
    assert new != old
    assert new.read_bytes() == b"graph of better"


def test_weights_are_checked_even_where_the_graph_is_cached(package: Path, cache: Path) -> None:
    drawn(cache)
    (package / "w.bin").write_bytes(b"somebody else's")
    with pytest.raises(ChecksumError):
        drawn(cache)


def test_a_cache_that_cannot_be_made_says_what_to_do(package: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(EngineError, match="set PHOTOTAG_CACHE") as refusal:
        drawn(tmp_path / "file" / "cache")
    assert str(tmp_path / "file" / "cache") in str(refusal.value)


def test_a_full_disk_says_what_to_do_and_leaves_nothing(
    package: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(EngineError, match=r"No space left.*Free space, or set PHOTOTAG_CACHE"):
        drawn(cache)
    assert list(cache.iterdir()) == []


# The fingerprint


def test_a_fingerprint_stands_for_a_set_of_weights() -> None:
    one, two = toy(contents=b"1"), toy(contents=b"2")
    assert fingerprint(one, two) == fingerprint(two, one)
    assert len({fingerprint(one), fingerprint(two), fingerprint(one, two)}) == 3
    assert len(fingerprint(one)) == len(f"{int(fingerprint(one), 16):012x}") == 12
