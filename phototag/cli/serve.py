"""phototag serve."""

from __future__ import annotations

import signal
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
    """Let programs ask and say who is on your photos, by HTTP.

    The address that is printed has a key in it: whoever has it may do all that you may. Without it nobody comes in.
    Ctrl-C is the normal end. The API is described in docs/web.md.
    """
    serving.require_password(host, password)
    settings = _prepared(load(library, index))
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
        serving.run(create_app(Library(settings, read_only=read_only), guard), socket)
    finally:
        signal.signal(signal.SIGTERM, before)
    render.note("Stopped. Nothing is lost.")
    return ExitCode.DONE


def _prepared(settings: Settings) -> Settings:
    """Settings that say which library and index it is, whatever is scanned last.

    Raises:
        LibraryError, NewerIndexError: there is no index that can be read.
    """
    with wiring.reading(settings) as index:
        return replace(settings, library=index.root, index=index.folder)
