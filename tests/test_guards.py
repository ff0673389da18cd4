"""The guards of conftest do guard."""

from __future__ import annotations

import socket
import urllib.request
from pathlib import Path

import pytest

from tests.conftest import NetworkUsedError


def test_a_connection_is_refused() -> None:
    with pytest.raises(NetworkUsedError), socket.socket() as connection:
        connection.connect(("127.0.0.1", 9))


def test_a_download_is_refused() -> None:
    with pytest.raises(NetworkUsedError):
        urllib.request.urlopen("http://localhost/")


def test_the_home_directory_is_an_empty_one(home: Path) -> None:
    assert Path.home() == home
    assert not any(home.iterdir())
