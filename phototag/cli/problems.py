"""phototag problems."""

from __future__ import annotations

from collections.abc import Sequence

from phototag import wiring
from phototag.app.export import to_json
from phototag.app.problems import Listing, listing
from phototag.cli import options, render
from phototag.errors import ExitCode, PhotoProblem
from phototag.settings import load


def problems(
    all_: options.All = False,
    library: options.Library = None,
    index: options.Index = None,
    json: options.Json = False,
) -> int:
    """List the files that could not be used, and why.

    Files as of the last scan, folders as they are now. Changes nothing.
    """
    with wiring.reading(load(library, index)) as opened:
        found = listing(opened)
    if json:
        render.out(to_json(_document(found, all_)))
    else:
        _tell(found, all_)
    return ExitCode.PROBLEMS if found.problems else ExitCode.DONE


def _tell(found: Listing, all_: bool) -> None:
    if found.problems:
        render.out(f"{render.count(len(found.problems), 'file')} could not be used:")
        _list(found.problems)
        render.out("\nMend a file, or put a whole copy in its place: the next scan reads it.")
        render.out("Leave it out for ever: write its path into .phototagignore in the library's folder.")
    else:
        render.out("There are no problems.")
    if all_ and found.passed_over:
        render.out(f"\n{render.count(len(found.passed_over), 'file or folder', 'files and folders')} passed over:")
        _list(found.passed_over)
    elif found.passed_over:
        render.out(f"\n{len(found.passed_over):,} passed over. See which: {render.command('problems', '--all')}")


def _list(listed: Sequence[PhotoProblem]) -> None:
    for one in listed:
        render.out(f"  {render.path(one.path)}: {one.reason}")


def _document(found: Listing, all_: bool) -> dict[str, object]:
    document: dict[str, object] = {"problems": _rows(found.problems)}
    return document | ({"passed_over": _rows(found.passed_over)} if all_ else {})


def _rows(listed: Sequence[PhotoProblem]) -> list[dict[str, str]]:
    return [{"photo": render.raw(one.path), "reason": one.reason} for one in listed]
