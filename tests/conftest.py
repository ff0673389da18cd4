"""What every test stands on: an empty home, no network, and small libraries of colour-coded faces."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path

import hypothesis
import pytest
from PIL import Image, ImageDraw

from phototag.cli import main as cli

hypothesis.settings.register_profile("phototag", deadline=None)  # a slow machine is no failure
hypothesis.settings.load_profile("phototag")

SAMPLE_LIBRARY = Path(__file__).parents[1] / "sample_library"

RED, YELLOW, GREEN, CYAN, BLUE, MAGENTA = "#e00000", "#e0e000", "#00e000", "#00e0e0", "#0000e0", "#e000e0"
"""Six people for the fake engine, 60 degrees of hue apart."""


class NetworkUsedError(AssertionError):
    """A test, or what it runs, tried to leave this machine."""


def _refuse(*_: object) -> None:
    raise NetworkUsedError("phototag works offline, and so do its tests")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening a connection fails the test."""
    monkeypatch.setattr(socket.socket, "connect", _refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", _refuse)
    monkeypatch.setattr(socket, "getaddrinfo", _refuse)


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home directory, and nothing of the user's settings."""
    folder = tmp_path_factory.mktemp("home")
    for name in [name for name in os.environ if name.startswith(("PHOTOTAG_", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("PHOTOTAG_STATE", str(folder / "state"))
    return folder


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the networks' graphs are kept for all tests: they take a second to build."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def cache_setting(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands under test use that cache."""
    monkeypatch.setenv("PHOTOTAG_CACHE", str(cache))


def draw_photo(path: Path, colours: Sequence[str], size: tuple[int, int] = (320, 200)) -> Path:
    """Save a grey picture with one coloured square, a face to the fake engine, for each colour from left to right."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("RGB", size, "#808080")
    draw = ImageDraw.Draw(image)
    step = size[0] / max(len(colours), 1)
    for i, colour in enumerate(colours):
        side = min(step, size[1]) * 0.6
        x, y = (i + 0.5) * step, size[1] / 2
        draw.rectangle((x - side / 2, y - side / 2, x + side / 2, y + side / 2), fill=colour)
    image.save(path, **({"quality": 95, "subsampling": 0} if path.suffix in {".jpg", ".jpeg"} else {}))
    return path


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Red on three photos, blue on two (one of them with red), green on one, and one photo of nobody."""
    root = tmp_path / "Pictures"
    draw_photo(root / "2020" / "red1.jpg", [RED])
    draw_photo(root / "2020" / "red2.png", ["#d00000"])
    draw_photo(root / "2021" / "both.jpg", [RED, BLUE], (400, 200))
    draw_photo(root / "2021" / "blue.jpg", [BLUE], (300, 300))
    draw_photo(root / "2021" / "green.webp", [GREEN])
    draw_photo(root / "nobody.jpg", [])
    return root


class Command:
    """Runs commands in this process."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self._capfd = capfd
        self.out = self.err = ""

    def __call__(self, *arguments: object) -> int:
        """Run one; the exit code is returned, what it printed is in `out` and `err`."""
        self._capfd.readouterr()
        code = cli.main([str(argument) for argument in arguments])
        self.out, self.err = self._capfd.readouterr()
        return code


@pytest.fixture
def phototag(capfd: pytest.CaptureFixture[str]) -> Iterator[Command]:
    """`phototag("scan", folder)` as a user would type it."""
    yield Command(capfd)
