"""The server as a process: a socket, the app, and an end."""

from __future__ import annotations

import errno
import os
import socket
from types import FrameType

import uvicorn
from fastapi import FastAPI

from phototag.errors import UsageError
from phototag.web.names import is_loopback

PORT = 8470
"""Where the server is, unless that is taken. Nobody has registered it with IANA."""

GRACE_S = 3
"""How long answers that are being sent have when the server is stopped."""

MOST_AT_ONCE = 200
"""Connections; more are told to come again."""

MOST_WAITING = 128
"""Connections that have not been accepted."""


def require_password(host: str, password: str | None) -> None:
    """Refuse to let everybody in the network in.

    Raises:
        UsageError: others can reach this address, and there is no password; or it is empty.
    """
    if password is not None and not password:
        raise UsageError(
            "The password is empty. Give another, best in $PHOTOTAG_PASSWORD, where no list of processes shows it."
        )
    if password is None and not is_loopback(host):
        raise UsageError(
            f"At {host} others can reach your photos: everybody in your network, and whoever your router lets in. "
            "So that needs a password: set PHOTOTAG_PASSWORD, or give --password. Whoever knows it sees all photos, "
            "and may change who is on them unless you give --read-only. What is sent is not encrypted."
        )


def listen(host: str, port: int) -> socket.socket:
    """A socket at this address: at this port, or at a free one if it is taken or 0.

    Raises:
        UsageError: there is no such address here, or it may not be used.
    """
    try:
        return _bound(host, port)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise UsageError(f"Cannot listen at {host}, port {port}: {error.strerror or error}.") from error
    return _bound(host, 0)


def _bound(host: str, port: int) -> socket.socket:
    """Says that it is TCP, or else asyncio lets small answers wait for 40 ms (Nagle)."""
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere it would let somebody else listen at the same port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(MOST_WAITING)
    except BaseException:
        made.close()
        raise
    return made


def config(app: FastAPI) -> uvicorn.Config:
    """How it is served. What is asked for is not logged: there may be a token in a URL, and there are names in many."""
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_AT_ONCE,
        timeout_graceful_shutdown=GRACE_S,
    )


def run(app: FastAPI, at: socket.socket) -> None:
    """Serve until Ctrl-C or SIGTERM; then stop what runs."""
    try:
        _Server(config(app)).run(sockets=[at])
    except KeyboardInterrupt:  # the signal, which uvicorn hands on when all is answered
        pass
    finally:
        app.state.jobs.close()


class _Server(uvicorn.Server):
    """Also tells jobs, and whoever follows one, that it is over."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop."""
        app = self.config.app
        assert isinstance(app, FastAPI)
        app.state.jobs.wind_up()
        super().handle_exit(sig, frame)
