"""phototag serve and browse."""

from __future__ import annotations

import signal
import threading
import webbrowser
from dataclasses import replace

from phototag import wiring
from phototag.cli import options, render
from phototag.errors import ExitCode
from phototag.settings import Settings, load
from phototag.web import serving
from phototag.web.guard import Guard
from phototag.web.library import Library
from phototag.web.server import create_app


def serve(
    host: options.Host = "127.0.0.1",
    port: options.Port = serving.PORT,
    password: options.Password = None,
    read_only: options.ReadOnly = False,
    library: options.Library = None,
    index: options.Index = None,
) -> int:
    """Let browsers and programs ask and say who is on your photos, by HTTP.

    The address that is printed has a key in it: whoever has it may do all that you may. Without it nobody comes in.
    Ctrl-C is the normal end. The API is described in docs/web.md.
    """
    return _serve(host, port, password, read_only, load(library, index), is_opened=False)


def browse(
    port: options.Port = serving.PORT,
    read_only: options.ReadOnly = False,
    library: options.Library = None,
    index: options.Index = None,
) -> int:
    """Open your library in a browser: say who is who, look at photos, find them.

    Nobody else sees it: the server is on this machine only, and the address has a key in it. Ctrl-C is the normal end.
    """
    return _serve("127.0.0.1", port, None, read_only, load(library, index), is_opened=True)


def _serve(host: str, port: int, password: str | None, read_only: bool, settings: Settings, *, is_opened: bool) -> int:
    serving.require_password(host, password)
    settings = _prepared(settings)
    socket = serving.listen(host, port)
    taken, port = port, socket.getsockname()[1]
    guard = Guard(host, port, password, read_only)
    if port != taken and taken:
        render.note(f"Port {taken} is taken; this is another one.")
    render.note(f"Serving {settings.library}. Stop with Ctrl-C.")
    render.out(guard.url())
    render.flush()
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if is_opened:  # the socket listens, so whoever asks before the server runs waits; a browser may keep us waiting
            threading.Thread(target=_open, args=(guard.url_once(),), name="phototag-browser", daemon=True).start()
        serving.run(create_app(Library(settings, read_only=read_only), guard), socket)
    finally:
        signal.signal(signal.SIGTERM, before)
    render.note("Stopped. Nothing is lost.")
    return ExitCode.DONE


def _open(url: str) -> None:
    if not webbrowser.open(url):
        render.note("No browser could be opened. Open the address yourself.")


def _prepared(settings: Settings) -> Settings:
    """Settings that say which library and index it is, whatever is scanned last.

    Raises:
        LibraryError, NewerIndexError: there is no index that can be read.
    """
    with wiring.reading(settings) as index:
        return replace(settings, library=index.root, index=index.folder)
