"""What every test stands on: an empty home, no network, and small libraries of colour-coded faces."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import hypothesis
import pytest
from filelock import FileLock
from PIL import Image, ImageDraw

from phototag import wiring
from phototag.app.correct import refuse_faces
from phototag.app.groups import unknown_groups
from phototag.app.known import KnownFace
from phototag.app.name import name_faces
from phototag.cli import main as cli
from phototag.errors import LibraryError, NewerIndexError
from phototag.index import faces, health
from phototag.index.db import Index, open_for_reading, open_for_writing
from phototag.index.faces import Filter
from phototag.settings import load

hypothesis.settings.register_profile("phototag", deadline=None)  # a slow machine is no failure
hypothesis.settings.load_profile("phototag")

SAMPLE_LIBRARY = Path(__file__).parents[1] / "sample_library"

RED, YELLOW, GREEN, CYAN, BLUE, MAGENTA = "#e00000", "#e0e000", "#00e000", "#00e0e0", "#0000e0", "#e000e0"
"""Six people for the fake engine, 60 degrees of hue apart."""

DARK_RED, LIGHT_RED, PALE_RED = "#700000", "#d85858", "#ff9898"
"""One person in three looks. Light is 0.32 from dark: too far for a group (0.30), near enough to be tagged where dark
has a name. Pale is 0.45 from dark: worth a question. Light and pale are 0.14 apart: a group."""


MEMORY, ROOM_BYTES = Path("/dev/shm"), 3 << 30
"""Where Linux has files in memory, and how much must be free there. All tests together keep less than 1 GB."""


def pytest_configure(config: pytest.Config) -> None:
    """Temporary files lie in memory where there is room: on a disk, each of thousands of transactions costs 3 ms."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_BYTES:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


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


@pytest.fixture(autouse=True)
def few_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small libraries are read by threads: processes take seconds to start. Larger ones, and commands in processes of
    their own, are read as they are for users."""
    monkeypatch.setattr(wiring, "FEW_PHOTOS", 50)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    """The sample library as `phototag scan` leaves it, and what that said in `scan.json` beside it. To be copied."""
    base = tmp_path_factory.getbasetemp()
    folder = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base  # the same for all that run at once
    root, told = folder / "sample" / "Photos", folder / "sample" / "scan.json"
    with FileLock(folder / "sample.lock"):
        if not told.exists():
            shutil.copytree(SAMPLE_LIBRARY, root)
            environ = {**os.environ, "PHOTOTAG_CACHE": str(cache), "PHOTOTAG_STATE": str(folder / "sample" / "state")}
            command = [sys.executable, "-m", "phototag", "scan", str(root), "--json"]
            done = subprocess.run(command, env=environ, capture_output=True)
            assert done.returncode == 10, done.stderr
            told.write_bytes(done.stdout)
    return root


def copy_of(scanned: Path, to: Path) -> Path:
    """A library with an index of its own; its photos, which nobody writes to, are the same files."""
    shutil.copytree(scanned, to, copy_function=os.link, ignore=shutil.ignore_patterns(".phototag"))
    shutil.copytree(scanned / ".phototag", to / ".phototag")
    return to


def draw_photo(path: Path, colours: Sequence[str], size: tuple[int, int] = (320, 200)) -> Path:
    """Save a grey picture with one coloured square, a face to the fake engine, for each colour from left to right.

    What is behind them depends on the file's name, so that photos of one person are no copies.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    image = soft_background(path.name).resize(size)
    draw = ImageDraw.Draw(image)
    step = size[0] / max(len(colours), 1)
    for i, colour in enumerate(colours):
        side = min(step, size[1]) * 0.6
        x, y = (i + 0.5) * step, size[1] / 2
        draw.rectangle((x - side / 2, y - side / 2, x + side / 2, y + side / 2), fill=colour)
    image.save(path, **SAVING.get(path.suffix, {}))
    return path


_JPEG = {"quality": 95, "subsampling": 0}
SAVING: dict[str, dict[str, int]] = {".jpg": _JPEG, ".jpeg": _JPEG, ".png": {"compress_level": 1}}
"""By suffix: JPEG keeps the colours, and PNG takes 6 ms instead of 31 for 640 by 300 pixels."""


def soft_background(name: str) -> Image.Image:
    """Eight by eight soft spots of grey."""
    greys = hashlib.blake2b(os.fsencode(name), digest_size=64).digest()
    return Image.frombytes("L", (8, 8), bytes(96 + grey // 4 for grey in greys)).convert("RGB")


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


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    """An empty index, open for writing."""
    folder = tmp_path / ".phototag"
    folder.mkdir()
    opened = open_for_writing(folder, tmp_path)
    yield opened
    opened.close()
    _require_right_counts(folder)


def _require_right_counts(folder: Path) -> None:
    """Whatever a test did to an index, what is kept to be counted is what counting anew would find."""
    try:
        opened = open_for_reading(folder)
    except (LibraryError, NewerIndexError):  # not there any more, or damaged or made newer on purpose
        return
    with contextlib.closing(opened.db):
        try:
            wrong = health.miscounted(opened.db)
        except sqlite3.DatabaseError:  # damaged on purpose
            return
        assert not wrong or health.damage(opened.db), wrong


class Album:
    """A library that is drawn photo by photo and scanned with the fake engine."""

    def __init__(self, root: Path, phototag: Command) -> None:
        self.root, self._phototag = root, phototag
        self._drawn = 0
        self._index: Index | None = None

    def draw(self, **photos: list[str]) -> None:
        """Draw NAME.png with a face of each colour; no two are the same picture."""
        for name, colours in photos.items():
            self._drawn += 1
            draw_photo(self.root / f"{name}.png", colours, (320 * max(len(colours), 1) + self._drawn, 300))

    def scan(self, **photos: list[str]) -> int:
        """Draw photos and scan; the exit code."""
        self.draw(**photos)
        return self._phototag("scan", self.root, "--engine", "fake")

    def once(self, name: str, make: Callable[[Album], None]) -> Album:
        """Make an album that several tests begin with; after the first time it is copied."""
        kept = self.root.parent.parent / "kept" / name
        if kept.is_dir():
            shutil.copytree(kept, self.root)
            self._drawn = len(list(self.root.rglob("*.png")))
            wiring._remember(load(None, None), self.root, self.root / ".phototag")  # the last scanned
            return self
        make(self)
        self.close()
        shutil.copytree(self.root, kept)
        return self

    @property
    def index(self) -> Index:
        """Open for writing. Nobody else writes at the same moment, so no lock is held."""
        self._index = self._index or open_for_writing(self.root / ".phototag")
        return self._index

    def close(self) -> None:
        """Close the index if it is open."""
        if self._index is not None:
            self._index.close()
            self._index = None

    def face(self, photo: str, number: int = 0) -> KnownFace:
        """The face on NAME.png, counted from the left."""
        return faces.faces(self.index.db, Filter(path=f"{photo}.png".encode()))[number]

    def sources(self) -> dict[str, str | None]:
        """Photo -> who says whom the first face is: "human elon", "auto elon", "suggested elon" or None."""
        found = faces.faces(self.index.db)
        first = {Path(os.fsdecode(face.path)).stem: face for face in reversed(found)}  # they come from left to right
        return {name: f"{face.source} {face.person}" if face.source else None for name, face in first.items()}

    def groups(self) -> dict[int, list[str]]:
        """Number of each group of unknown faces -> the photos of its faces, sorted."""
        return {
            group.id: sorted(Path(os.fsdecode(face.path)).stem for face in group.faces)
            for group in unknown_groups(self.index)
        }

    def tags(self) -> bytes:
        """What tags.jsonl holds."""
        return (self.root / ".phototag" / "tags.jsonl").read_bytes()

    def ids(self, *photos: str) -> list[str]:
        """Ids of the first face on each of these photos."""
        return [self.face(photo).id for photo in photos]

    def name(self, who: str, *photos: str) -> None:
        """Say that the first face on each of these photos is somebody."""
        name_faces(self.index, [self.face(photo) for photo in photos], who, at_ns=1)

    def refuse(self, who: str, *photos: str) -> None:
        """Say that the first face on each of these photos is not somebody."""
        refuse_faces(self.index, [(self.face(photo), who) for photo in photos], at_ns=1)


@pytest.fixture
def album(tmp_path: Path, phototag: Command) -> Iterator[Album]:
    """An empty album."""
    made = Album(tmp_path / "Album", phototag)
    yield made
    made.close()
    _require_right_counts(made.root / ".phototag")
