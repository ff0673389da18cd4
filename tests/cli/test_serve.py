from __future__ import annotations

import socket
import webbrowser
from pathlib import Path
from queue import Queue

import pytest
from fastapi import FastAPI

from phototag.web import serving
from tests.conftest import Command


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> list[FastAPI]:
    """What would be served; nothing is."""
    served: list[FastAPI] = []

    def note(app: FastAPI, at: socket.socket) -> None:
        at.close()
        served.append(app)

    monkeypatch.setattr(serving, "run", note)
    return served


def test_serve_prints_the_address_with_the_key(phototag: Command, library: Path, run: list[FastAPI]) -> None:
    phototag("scan", library, "--engine", "fake")
    assert phototag("serve", "--port", 0, "--library", library) == 0
    assert phototag.out.startswith("http://127.0.0.1:")
    assert len(phototag.out.strip().partition("?token=")[2]) >= 43
    assert phototag.out.count("\n") == 1
    assert phototag.err == f"Serving {library}. Stop with Ctrl-C.\nStopped. Nothing is lost.\n"
    assert run[0].state.library.settings.library == library
    assert not run[0].state.library.read_only


def test_a_taken_port_is_told(phototag: Command, library: Path, run: list[FastAPI]) -> None:
    phototag("scan", library, "--engine", "fake")
    with serving.listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        assert phototag("serve", "--port", port, "--read-only", "--library", library) == 0
    assert f"Port {port} is taken" in phototag.err
    assert f":{port}/" not in phototag.out
    assert run[0].state.library.read_only


def test_the_network_is_refused_without_a_password(
    phototag: Command, library: Path, run: list[FastAPI], monkeypatch: pytest.MonkeyPatch
) -> None:
    phototag("scan", library, "--engine", "fake")
    assert phototag("serve", "--host", "0.0.0.0", "--library", library) == 2
    assert "everybody in your network" in phototag.err
    assert run == []
    monkeypatch.setenv("PHOTOTAG_PASSWORD", "open sesame")
    assert phototag("serve", "--host", "0.0.0.0", "--port", 0, "--library", library) == 0
    assert phototag.out.startswith("http://127.0.0.1:")
    assert "sesame" not in phototag.out + phototag.err


def test_without_an_index_there_is_nothing_to_serve(phototag: Command, tmp_path: Path, run: list[FastAPI]) -> None:
    assert phototag("serve", "--library", tmp_path) == 4
    assert "phototag scan" in phototag.err
    assert run == []


def test_browse_opens_a_browser_with_a_key_for_once(
    phototag: Command, library: Path, run: list[FastAPI], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: Queue[str] = Queue()

    def open_browser(url: str) -> bool:
        opened.put(url)
        return True

    monkeypatch.setattr(webbrowser, "open", open_browser)
    phototag("scan", library, "--engine", "fake")
    assert phototag("browse", "--port", 0, "--library", library) == 0
    url = opened.get(timeout=10)
    assert url.partition("?token=")[0] == phototag.out.partition("?token=")[0]
    assert url != phototag.out.strip()
    assert run[0].state.library.settings.library == library
