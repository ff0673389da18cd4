"""A server of a library, as `phototag serve` runs it, in a thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from phototag.settings import Settings
from phototag.web import scanning, serving
from phototag.web.guard import Guard
from phototag.web.library import Library
from phototag.web.scanning import Scan
from phototag.web.server import create_app


@dataclass(frozen=True)
class Site:
    """A library, and the address with the key at which it is served."""

    root: Path
    url: str


@contextmanager
def served(
    root: Path, home: Path, cache: Path, *, read_only: bool = False, scan: Scan = scanning.apart
) -> Iterator[Site]:
    """A server at a free port, in a thread."""
    socket = serving.listen("127.0.0.1", 0)
    guard = Guard("127.0.0.1", socket.getsockname()[1], read_only=read_only)
    settings = Settings(root, root / ".phototag", cache, home / "state")
    app = create_app(Library(settings, read_only=read_only), guard, scan)
    server = uvicorn.Server(serving.config(app))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]})
    thread.start()
    try:
        yield Site(root, guard.url())
    finally:
        server.should_exit = True
        thread.join()
        app.state.jobs.close()
        socket.close()
