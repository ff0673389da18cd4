"""The command line's one door: a command's module is loaded when it is called; errors become exit codes here."""

from __future__ import annotations

import functools
import gc
import importlib
import os
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from phototag import __version__
from phototag.errors import ExitCode, PhototagError, StoppedError

COMMANDS = {
    "scan": ("phototag.cli.scan", "Find, group and tag the faces in a folder of photos."),
    "problems": ("phototag.cli.problems", "List the files that could not be used, and why."),
    "watch": ("phototag.cli.watch", "Tag photos as they appear, until it is stopped."),
    "enroll": ("phototag.cli.recognise", "Make people known by photos that need not lie in your library."),
    "enrolled": ("phototag.cli.recognise", "List who is enrolled, and by which photos."),
    "unenroll": ("phototag.cli.recognise", "Say that enrolled pictures are references no more."),
    "identify": ("phototag.cli.recognise", "Say who is on photos, which need not lie in your library (1:K)."),
    "verify": ("phototag.cli.recognise", "Say whether somebody on a photo is who they are said to be (1:1)."),
    "live": (
        "phototag.cli.live",
        "Say who comes and goes before a camera or in a video.",
    ),
    "migrate": ("phototag.cli.migrate", "Let another engine describe all faces, and keep what you said."),
    "clusters": ("phototag.cli.groups", "List the groups of unknown faces, the largest first."),
    "name-cluster": ("phototag.cli.name", "Say who a group is."),
    "people": ("phototag.cli.library", "List the people who have a name, the most photographed first."),
    "faces": ("phototag.cli.library", "List faces with all that is known of them."),
    "evaluate": ("phototag.cli.evaluate", "Try automatic tagging on the faces that you named."),
    "train": ("phototag.cli.train", "Try other ways to tell people apart on the faces that you named, and keep one."),
    "review": ("phototag.cli.review", "Answer questions about faces, the one that settles the most first."),
    "why": ("phototag.cli.why", "Explain why a face carries a name, or none."),
    "merge": ("phototag.cli.correct", "Say that people or groups are one person."),
    "split": ("phototag.cli.split", "Say that some faces of a person or group are somebody else."),
    "move": ("phototag.cli.correct", "Say that faces are somebody else than they are taken for."),
    "confirm": ("phototag.cli.correct", "Say that faces are whom phototag takes them for."),
    "reject": ("phototag.cli.correct", "Say that faces are not who they are taken for."),
    "rename": ("phototag.cli.correct", "Call a person something else."),
    "ignore": ("phototag.cli.correct", "Hear no more of a person or group, nor of who looks like them."),
    "ignored": ("phototag.cli.correct", "List whom you ignore."),
    "notice": ("phototag.cli.correct", "Hear again of somebody who was ignored."),
    "not-a-face": ("phototag.cli.correct", "Say that what was found is no face."),
    "draw": ("phototag.cli.draw", "Say that a face is somewhere on a photo, where none was found."),
    "present": ("phototag.cli.correct", "Say that somebody is on photos, though no face shows it."),
    "absent": ("phototag.cli.correct", "Say that somebody is not on photos, of whom that was said."),
    "collage": ("phototag.cli.correct", "Say that a photo may show one person more than once."),
    "history": ("phototag.cli.history", "List everything you decided, the newest first."),
    "undo": ("phototag.cli.history", "Take a decision back."),
    "redo": ("phototag.cli.history", "Put back a decision that was taken back."),
    "backup": ("phototag.cli.upkeep", "Copy the index, with all that you said, to one file."),
    "restore": ("phototag.cli.upkeep", "Put a backup in the place of the index."),
    "check": ("phototag.cli.upkeep", "Compare disk, index and tags.jsonl, and say what does not agree."),
    "rebuild": ("phototag.cli.upkeep", "Make a lost or damaged index anew from tags.jsonl and the photos."),
    "duplicates": ("phototag.cli.duplicates", "List photos that are there more than once."),
    "find": ("phototag.cli.find", "List the photos that somebody is on, or any others that you can describe."),
    "searches": ("phototag.cli.find", "List the queries that you saved."),
    "browse": ("phototag.cli.serve", "Open your library in a browser: say who is who, look at photos, find them."),
    "serve": ("phototag.cli.serve", "Let browsers and programs ask and say who is on your photos, by HTTP."),
    "export xmp": ("phototag.cli.sidecars", "Write who is on each photo into XMP sidecars, for other programs."),
    "import xmp": ("phototag.cli.sidecars", "Take over the names that other programs wrote as XMP."),
    "import picasa": ("phototag.cli.imports", "Take over the names that Picasa left beside the photos."),
    "import csv": ("phototag.cli.imports", "Take over the names in a table."),
    "import tags": ("phototag.cli.imports", "Take over what somebody said in another phototag."),
    "export html": ("phototag.cli.gallery", "Make a gallery of your people, to open in any browser."),
    "export albums": ("phototag.cli.albums", "Make a folder of links, or copies, for each person."),
    "export json": ("phototag.cli.tables", "Write all photos, people and faces as one JSON document."),
    "export csv": ("phototag.cli.tables", "Write a table of all faces, one a line."),
}
"""Name -> module and a line of help, which stands here so that `phototag --help` loads nothing that a command needs.

A name of two words is a command of one of the GROUPS. Its function has the name, with "_" for what is no letter.
"""

GROUPS = {
    "export": "Write what is known for other programs and for people.",
    "import": "Take over what other programs, or other people, know.",
}


def run() -> None:
    """The process: run a command, and end with its exit code."""
    gc.set_threshold(200_000, 20, 100)  # lists of all faces are no garbage: a tenth less time at 50,000 (2026-11)
    try:
        code = main(sys.argv[1:])
    except KeyboardInterrupt:  # a second Ctrl-C, while the first was being answered
        code = ExitCode.INTERRUPTED
    if code == ExitCode.INTERRUPTED:
        # Python would now wait for worker processes, for ever if a second Ctrl-C broke off their shutdown.
        # They end with us, and every transaction is either written or not.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def main(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code. What was asked for goes to stdout, messages to stderr."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # file names that are not valid UTF-8 come out as they are
            utf8 = stream.encoding.lower().replace("-", "") == "utf8"
            stream.reconfigure(errors="surrogateescape" if utf8 else "backslashreplace")
    try:
        code = _build(arguments)(list(arguments), prog_name="phototag", standalone_mode=False)
        return int(code or ExitCode.DONE)
    except PhototagError as error:
        return _say(str(error), error.exit_code)
    except Exception as error:
        return _unforeseen(error)


def _build(arguments: Sequence[str]) -> typer.Typer:
    """All commands by name, but only the one that is called with what it needs."""
    app = _new_app()
    app.callback()(_phototag)
    groups = {name: _new_app() for name in GROUPS}
    called = [word for word in arguments if not word.startswith("-")][:2]
    for name, (module, line) in COMMANDS.items():
        function: Callable[..., object] = _not_loaded
        words = name.split()
        if words == called[: len(words)]:
            function = _in_our_words(getattr(importlib.import_module(module), re.sub("[ -]", "_", name)))
        (groups[words[0]] if len(words) > 1 else app).command(words[-1], short_help=line)(function)
    for name, group in groups.items():
        if group.registered_commands:
            app.add_typer(group, name=name, help=GROUPS[name])
    return app


def _new_app() -> typer.Typer:
    return typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)


def _in_our_words(function: Callable[..., object]) -> Callable[..., object]:
    """Catch what the command-line parser would otherwise answer in its own way."""

    @functools.wraps(function)
    def wrapped(*args: object, **kwargs: object) -> object:
        try:
            result = function(*args, **kwargs)
            sys.stdout.flush()
        except KeyboardInterrupt:
            raise StoppedError("Stopped. Nothing is lost; the same command goes on where it was.") from None
        except BrokenPipeError:  # the reader, such as `head`, has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return ExitCode.DONE
        return result

    return wrapped


def _version(asked: bool) -> None:
    if asked:
        print(__version__)  # noqa: T201
        raise typer.Exit


def _phototag(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Print the version and stop.")
    ] = False,
) -> None:
    """Find, group and name the faces in your photos. Offline; your photos are never changed.

    Start with: phototag scan ~/Pictures
    """


def _not_loaded() -> None:
    """Stands for a command in the list of commands."""


def _unforeseen(error: Exception) -> int:
    """What the command-line parser raises can show itself and has a code; anything else is a fault of ours."""
    show, code = getattr(error, "show", None), getattr(error, "exit_code", None)
    if callable(show) and isinstance(code, int):
        show()
        return code
    if isinstance(code, int):
        return code
    traceback.print_exception(error)
    return _say("That is a fault in phototag; please report it with the lines above.", ExitCode.UNEXPECTED)


def _say(message: str, code: ExitCode) -> int:
    print(f"phototag: {message}", file=sys.stderr)  # noqa: T201
    return code
