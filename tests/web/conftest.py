"""A server without a socket: requests go straight to the app. One library is scanned, each test has a copy of it."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from phototag.app.name import name_faces
from phototag.cli import main as cli
from phototag.index import faces
from phototag.index.db import open_for_writing
from phototag.index.faces import Filter
from phototag.settings import Settings
from phototag.web import scanning
from phototag.web.guard import Guard
from phototag.web.jobs import Jobs
from phototag.web.library import Library
from phototag.web.scanning import Scan
from phototag.web.server import create_app
from tests.conftest import BLUE, DARK_RED, GREEN, LIGHT_RED, PALE_RED, draw_photo

PORT = 8470
HERE = f"http://127.0.0.1:{PORT}"
SENT = {"X-Phototag": "1"}

PHOTOS = {
    "dark": [DARK_RED],
    "light": [LIGHT_RED],
    "pale": [PALE_RED],
    "blue1": [BLUE],
    "blue2": [BLUE],
    "both": [BLUE, GREEN],
    "green1": [GREEN],
    "nobody": [],
}
"""Dark is called elon, light is tagged so, pale is a question; blue and green are groups; a copy and a broken file."""


def _quiet(*arguments: object) -> None:
    assert cli.main([str(argument) for argument in arguments]) in (0, 10)


@pytest.fixture(scope="session")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library, which no test changes."""
    folder = tmp_path_factory.mktemp("served")
    root = folder / "Photos"
    for number, (name, colours) in enumerate(PHOTOS.items()):
        draw_photo(root / f"{name}.png", colours, (320 * max(len(colours), 1) + number, 300))
    (root / "again").mkdir()
    shutil.copy(root / "blue1.png", root / "again" / "blue1.png")
    (root / "broken.jpg").write_bytes(b"\xff\xd8\xff not a photo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PHOTOTAG_STATE", str(folder / "state"))
        patch.setenv("PHOTOTAG_CACHE", str(folder / "cache"))
        _quiet("scan", root, "--engine", "fake")
    index = open_for_writing(root / ".phototag")
    name_faces(index, faces.faces(index.db, Filter(path=b"dark.png")), "elon", at_ns=1)
    index.close()
    return root


class Client:
    """Asks a server, each time on a loop of its own."""

    def __init__(self, library: Library, guard: Guard, scan: Scan, **headers: str) -> None:
        self.library, self.guard = library, guard
        self.app = create_app(library, guard, scan)
        self.headers = headers or {"Authorization": f"Bearer {guard.token}"}

    def __call__(self, method: str, path: str, headers: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        """Ask with exactly these headers; without any, as whoever knows the token."""
        return asyncio.run(self.ask(method, path, headers, **more))

    async def ask(self, method: str, path: str, headers: dict[str, Any] | None, **more: Any) -> httpx.Response:
        """The same, on the loop that runs."""
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
            sent = self.headers if headers is None else headers
            return await client.request(method, path, headers=sent, **more)

    def get(self, path: str, **more: Any) -> Any:
        """What the API says, which must be good."""
        return self._said(self("GET", f"/api/v1{path}", **more))

    def post(self, path: str, **body: object) -> Any:
        """Likewise, of something that changes something."""
        return self._said(self("POST", f"/api/v1{path}", json=body))

    def refused(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        """The status of an error, and what it says."""
        answer = self(method, f"/api/v1{path}", **more)
        assert answer.status_code >= 400
        return answer.status_code, answer.json()

    def use(self, library: Library, jobs: Jobs) -> None:
        """Serve another library from now on."""
        self.library = self.app.state.library = library
        self.app.state.jobs = jobs

    @staticmethod
    def _said(answer: httpx.Response) -> Any:
        assert answer.status_code in (200, 202), answer.text
        return answer.json()

    @property
    def cookie(self) -> dict[str, str]:
        """The header of a browser that was let in."""
        return {"Cookie": f"{self.guard.cookie}={self.guard.session}"}

    def faces(self, **where: object) -> list[str]:
        """Ids of faces, by path."""
        return [face["id"] for face in self.get("/faces", params=where)["faces"]]

    def photo(self, query: str) -> str:
        """The id of the first photo that fits."""
        return str(self.get("/find", params={"q": query})["photos"][0]["id"])


Serve = Callable[..., Client]


@pytest.fixture
def serve(scanned: Path, home: Path) -> Iterator[Serve]:
    """`serve(root, password="secret")`: a server of a library, which is the common one unless another is given."""
    made: list[Client] = []

    def start(root: Path = scanned, *, scan: Scan = scanning.here, wait_s: float = 0.05, **guard: Any) -> Client:
        settings = Settings(root, root / ".phototag", home / "cache", home / "state")
        library = Library(settings, wait_s, guard.get("read_only", False))
        made.append(Client(library, Guard(**{"host": "127.0.0.1", "port": PORT, **guard}), scan))
        return made[-1]

    yield start
    for client in made:
        client.app.state.jobs.close()


@pytest.fixture(scope="session")
def common(scanned: Path) -> Client:
    """A server that is made once: FastAPI takes a tenth of a second for its first answer."""
    folder = scanned.parent
    settings = Settings(scanned, scanned / ".phototag", folder / "cache", folder / "state")
    return Client(Library(settings, wait_s=0.05), Guard("127.0.0.1", PORT), scanning.here)


@pytest.fixture
def reader(common: Client) -> Client:
    """A server of the common library, for tests that change nothing."""
    return common


@pytest.fixture
def copied(scanned: Path, tmp_path: Path) -> Path:
    """A library of this test's own."""
    return Path(shutil.copytree(scanned, tmp_path / "Photos"))


@pytest.fixture
def writer(common: Client, copied: Path) -> Iterator[Client]:
    """A server of it."""
    usual, jobs = common.library, common.app.state.jobs
    settings = replace(usual.settings, library=copied, index=copied / ".phototag")
    common.use(Library(settings, wait_s=0.05), Jobs(settings, scanning.here))
    yield common
    common.app.state.jobs.close()
    common.use(usual, jobs)


def events(text: str) -> list[tuple[str, Any]]:
    """Server-sent events: kind and data of each."""
    blocks = [block.split("\n") for block in text.split("\n\n") if block and not block.startswith(":")]
    return [(kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for kind, data in blocks]
