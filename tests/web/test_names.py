from __future__ import annotations

import socket

import pytest

from phototag.web.names import is_called, is_loopback, is_same_origin


@pytest.mark.parametrize(
    ("host", "ours"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("localhost", True), ("::1", True), ("[::1]", True),
     ("0.0.0.0", False), ("::", False), ("192.168.1.5", False), ("nas", False), ("localhost.evil.example", False)],
)  # fmt: skip
def test_loopback(host: str, ours: bool) -> None:
    assert is_loopback(host) is ours


@pytest.mark.parametrize(
    ("header", "ours"),
    [("192.168.1.5:8470", True), ("10.0.0.1", True), ("[fe80::1]:80", True), ("nas", True), ("NAS:1", True),
     ("localhost", True), ("evil.example", False), ("nas.evil.example", False), ("nas:", False), ("nas:x", False),
     ("me@nas", False), ("nas/", False), ("", False), ("[::1", False)],
)  # fmt: skip
def test_a_server_in_the_network_is_called_by_addresses_and_its_own_names(header: str, ours: bool) -> None:
    assert is_called(header, "nas") is ours


def test_a_server_is_called_as_its_machine_is() -> None:
    assert is_called(socket.gethostname(), "0.0.0.0")
    assert not is_called(socket.gethostname() + ".evil.example", "0.0.0.0")


@pytest.mark.parametrize(
    ("origin", "same"),
    [("http://localhost:8470", True), ("https://localhost:8470", True), ("http://LOCALHOST:8470", True),
     ("http://localhost", False), ("http://localhost:80", False), ("ftp://localhost:8470", False), ("null", False),
     ("http://localhost:8470.evil.example", False), ("", False)],
)  # fmt: skip
def test_an_origin(origin: str, same: bool) -> None:
    assert is_same_origin(origin, "localhost:8470") is same
