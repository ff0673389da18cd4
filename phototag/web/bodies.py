"""Bodies of requests: small, quick and whole before anything is done with them."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.types import Message, Receive

MOST_BYTES = 1_000_000
"""Of a body. 10,000 ids of faces are 190 kB."""

SECONDS = 30.0
"""In which a body has to be here: a slow one shall not keep a connection for ever."""


class BodyError(Exception):
    """A body that is not taken: the status, and a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


def require_small(headers: Headers, most_bytes: int = MOST_BYTES) -> None:
    """Refuse a body by what is said of it, before a byte of it is read.

    Raises:
        BodyError: it is too large, or says two things of its length.
    """
    lengths = headers.getlist("content-length")
    if len(lengths) > 1 or (lengths and not (lengths[0].isascii() and lengths[0].isdecimal())):
        raise BodyError(400, "The length of the body is not clear.")
    if lengths and int(lengths[0][:20]) > most_bytes:
        raise _too_large(most_bytes)


async def read(receive: Receive, most_bytes: int = MOST_BYTES, seconds: float | None = None) -> bytes:
    """A whole body, of which nothing may be said beforehand (chunks).

    Raises:
        BodyError: it is too large, too slow, or was broken off.
    """
    try:
        async with asyncio.timeout(seconds or SECONDS):
            return await _read(receive, most_bytes)
    except TimeoutError:
        raise BodyError(408, f"The body was not here after {seconds or SECONDS:.0f} s.") from None


async def _read(receive: Receive, most_bytes: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise BodyError(400, "The body was broken off.")
        body += message.get("body", b"")
        if len(body) > most_bytes:
            raise _too_large(most_bytes)
        if not message.get("more_body", False):
            return bytes(body)


def again(body: bytes, receive: Receive) -> Receive:
    """Hand a body that was read to whoever asks next, then what comes after it."""
    waiting = [body]

    async def received() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return received


def _too_large(most_bytes: int) -> BodyError:
    return BodyError(413, f"The body is too large: {most_bytes:,} bytes are the most.")
