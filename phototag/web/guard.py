"""The guard: nobody comes in who was not let in, and no page of somebody else acts for who was.

A request passes these, in this order; what is refused is answered here, and nothing behind the guard sees it:

    name        Host is one of ours                                          421, DNS rebinding
    origin      what changes something comes from no page of another site    403, forged requests
    size        the body is not too large, by what it says                   413
    key         a token, a session or a password                             401; 429 after wrong passwords
    intent      what browsers send by themselves is not enough to change     403, forged requests
    showing     nothing is changed where the library is only shown           403
    body        it is read: not too large, whole, in time                    413, 408

Every answer, ours too, says to browsers what they may do with it: HEADERS. A HEAD is answered as a GET would be,
without the body (RFC 9110, 9.3.2).
"""

from __future__ import annotations

import base64
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from phototag.web import bodies, failures, names, uploads
from phototag.web.bodies import BodyError
from phototag.web.keys import Patience, is_equal, new_secret

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}
"""Of every answer that does not say otherwise: no script but our own files, no frame, no referrer, no copy kept."""

SAFE = frozenset({"GET", "HEAD"})
"""Methods that change nothing."""

INTENT = "X-Phototag"
"""A header that a page of another site cannot send, and a form cannot either."""

LOGIN = "/login"


@dataclass(frozen=True, slots=True)
class Guard:
    """Who may come in.

    Attributes:
        host: name or address that the server is bound to.
        port: that it listens to; cookies know no ports, so it is in the name of ours.
        password: with which somebody comes in who has no token; None for nobody.
        read_only: whether all that changes something is refused.
        token: with which whoever started the server, and programs, come in.
        tickets: each lets one browser in, once.
        session: what a cookie holds.
        patience: with wrong passwords.
    """

    host: str
    port: int
    password: str | None = field(default=None, repr=False)
    read_only: bool = False
    token: str = field(default_factory=new_secret, repr=False)
    tickets: set[str] = field(default_factory=set, repr=False)
    session: str = field(default_factory=new_secret, repr=False)
    patience: Patience = field(default_factory=Patience, repr=False)

    @property
    def cookie(self) -> str:
        """The name of the cookie."""
        return f"phototag-{self.port}"

    def url(self) -> str:
        """What to open in a browser, with the token in it."""
        return f"{self.address()}/?{urlencode({'token': self.token})}"

    def url_once(self) -> str:
        """The same for once: a list of processes shows others what a program gives to a browser."""
        ticket = new_secret()
        self.tickets.add(ticket)
        return f"{self.address()}/?{urlencode({'token': ticket})}"

    def opens(self, token: str) -> bool:
        """Whether a token in a URL lets somebody in; a ticket is used up."""
        used = {ticket for ticket in self.tickets if is_equal(token, ticket)}
        self.tickets.difference_update(used)
        return bool(used) or is_equal(token, self.token)

    def address(self) -> str:
        """Where the server is, on this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


class RefusedError(Exception):
    """A request that is answered by the guard."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


@dataclass(frozen=True, slots=True)
class _Visit:
    """A request, as far as the guard looks at it."""

    method: str
    path: str
    query: str
    headers: Headers

    @property
    def is_safe(self) -> bool:
        return self.method in SAFE

    @property
    def host(self) -> str:
        return self.headers.get("host", "")

    @property
    def is_of_a_browser_window(self) -> bool:
        """Whether somebody opens a page, rather than a page or a program asking for data."""
        return self.is_safe and "text/html" in self.headers.get("accept", "")


class Gate:
    """The guard as ASGI middleware: see the module."""

    def __init__(self, app: ASGIApp, guard: Guard) -> None:
        self.app, self.guard = app, guard
        self._waiting = uploads.Waiting()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            with suppress(_EndedError):
                await self._answer(scope, receive, _Shielded(send, only_head=scope["method"] == "HEAD"))
        else:  # there is nothing else here
            await send({"type": "websocket.close", "code": 1008})

    async def _answer(self, scope: Scope, receive: Receive, send: _Shielded) -> None:
        headers = Headers(scope=scope)
        visit = _Visit(scope["method"], scope["path"], scope["query_string"].decode("latin-1"), headers)
        try:
            self._admit(visit)
            async with self._waiting.turn(visit.path):
                body = await bodies.read(receive, uploads.most_bytes(visit.path), uploads.seconds(visit.path))
                if visit.path == LOGIN and self.guard.password is not None:
                    await self._log_in(visit, body)(scope, receive, send)
                else:
                    method = "GET" if visit.method == "HEAD" else visit.method
                    await self.app({**scope, "method": method}, bodies.again(body, receive), send)
        except RefusedError as refused:
            await refused.answer(scope, receive, send)
        except BodyError as error:
            answer = failures.response(error.status, error.sentence)
            answer.headers["Connection"] = "close"  # nobody reads the rest
            await answer(scope, receive, send)
        except _EndedError:
            raise
        except Exception as fault:
            traceback.print_exception(fault)
            if send.is_begun:
                raise
            sentence = "That is a fault in phototag; please report it with the lines in the terminal."
            await failures.response(500, sentence, failures.FAULT)(scope, receive, send)

    def _admit(self, visit: _Visit) -> None:
        """Refuse whom the guard does not let in.

        Raises:
            RefusedError: with the answer.
            BodyError: the body is too large.
        """
        self._require_name(visit)
        self._require_origin(visit)
        bodies.require_small(visit.headers, uploads.most_bytes(visit.path))
        if visit.path == LOGIN and self.guard.password is not None:
            return
        is_by_itself = self._recognise(visit)
        if is_by_itself:
            self._require_intent(visit)
        if self.guard.read_only and not visit.is_safe and not uploads.is_question(visit.path):
            raise _refused(403, "The library is only shown here. Nothing was changed.")

    def _require_name(self, visit: _Visit) -> None:
        hosts = visit.headers.getlist("host")
        if len(hosts) != 1 or not names.is_called(hosts[0], self.guard.host):
            raise _refused(421, "This server is not called so. Open the address that phototag printed.")

    def _require_origin(self, visit: _Visit) -> None:
        origin = visit.headers.get("origin")
        if origin is not None and not visit.is_safe and not names.is_same_origin(origin, visit.host):
            raise _refused(403, "Another site asked for that. Nothing was changed.")

    def _recognise(self, visit: _Visit) -> bool:
        """Let somebody in; whether by what a browser sends by itself: a cookie, or a password that it remembers.

        Raises:
            RefusedError: nobody whom we know; or a token in the URL, which goes from there into a cookie.
        """
        kind, _, value = visit.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and is_equal(value.strip(), self.guard.token):
            return False
        token = next((value for key, value in parse_qsl(visit.query) if key == "token"), None)
        if token is not None and visit.is_safe and self.guard.opens(token):
            raise RefusedError(self._welcome(_without_token(visit)))
        if kind.lower() == "basic" and self.guard.password is not None:
            self._require_password(_password(value))
            return True
        cookies = cookie_parser(visit.headers.get("cookie", ""))
        if is_equal(cookies.get(self.guard.cookie, ""), self.guard.session):
            return True
        raise self._stranger(visit)

    def _stranger(self, visit: _Visit) -> RefusedError:
        if self.guard.password is not None and visit.is_of_a_browser_window:
            return RefusedError(RedirectResponse(LOGIN, 303))
        if visit.is_of_a_browser_window:
            return RefusedError(HTMLResponse(_WHO, 401))
        return _refused(401, "Who are you? Open the address that phototag printed: it has the key in it.")

    def _require_intent(self, visit: _Visit) -> None:
        """Refuse what a page elsewhere may have made a browser send."""
        site, mode = visit.headers.get("sec-fetch-site", "none"), visit.headers.get("sec-fetch-mode", "")
        if visit.is_safe:
            if site in {"cross-site", "same-site"} and mode != "navigate":
                raise _refused(403, "Another site asked for that.")
        elif visit.headers.get(INTENT) != "1":
            raise _refused(403, f"What changes something needs the header {INTENT}: 1. Nothing was changed.")

    def _require_password(self, given: str) -> None:
        """Compare a password, unless too many wrong ones came before.

        Raises:
            RefusedError: it is wrong, or not looked at.
        """
        patience = self.guard.patience
        wait_s = patience.wait_s()
        if wait_s > 0:
            answer = failures.response(429, f"Too many wrong passwords. Try again in {wait_s:.0f} s.")
            answer.headers["Retry-After"] = str(int(wait_s) + 1)
            raise RefusedError(answer)
        is_right = is_equal(given, self.guard.password or "")
        patience.note(right=is_right)
        if not is_right:
            raise _refused(401, "That is not the password.")

    def _log_in(self, visit: _Visit, body: bytes) -> Response:
        if visit.is_safe:
            return HTMLResponse(_FORM)
        given = next((value for key, value in parse_qsl(body.decode("utf-8", "replace")) if key == "password"), "")
        self._require_password(given)
        return self._welcome("/")

    def _welcome(self, target: str) -> Response:
        answer = RedirectResponse(target, 303)
        answer.set_cookie(self.guard.cookie, self.guard.session, path="/", httponly=True, samesite="strict")
        return answer


class _EndedError(Exception):
    """All is sent that was asked for; there may be no end to what would follow."""


class _Shielded:
    """Sends answers with HEADERS on them, and nothing of them else if only the head is asked for."""

    def __init__(self, send: Send, *, only_head: bool = False) -> None:
        self._send, self._only_head = send, only_head
        self.is_begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.is_begun = True
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)
        if self._only_head:
            await self._send({"type": "http.response.body", "body": b""})
            raise _EndedError


_FORM = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>phototag</title></head>
<body><form method="post" action="/login">
<label>Password <input type="password" name="password" autocomplete="current-password" autofocus></label>
<button>Open</button>
</form></body></html>
"""


_WHO = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>phototag</title></head>
<body><h1>Who are you?</h1>
<p>Open the address that phototag printed: it has the key in it. A new one: <code>phototag browse</code></p>
</body></html>
"""


def _refused(status: int, sentence: str) -> RefusedError:
    return RefusedError(failures.response(status, sentence))


def _without_token(visit: _Visit) -> str:
    """The same place here, without the token; never a place elsewhere, as //elsewhere would be."""
    rest = [(key, value) for key, value in parse_qsl(visit.query, keep_blank_values=True) if key != "token"]
    place = "/" + quote(visit.path.lstrip("/\\"))
    return f"{place}?{urlencode(rest)}" if rest else place


def _password(value: str) -> str:
    """The password in what Basic authentication sends; nothing if it is none."""
    try:
        return base64.b64decode(value.strip(), validate=True).decode("utf-8").partition(":")[2]
    except ValueError:
        return ""
