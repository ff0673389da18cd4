"""phototag find, searches."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from phototag import wiring
from phototag.app import searches as saving
from phototag.app.export import to_json
from phototag.app.find import Found, find_photos
from phototag.app.handover import copy_photos, open_photos
from phototag.app.searches import require_search
from phototag.cli import bar, options, render
from phototag.errors import ExitCode, UsageError
from phototag.settings import Settings, load


def find(
    query: options.SomeQuery = None,
    save: options.SaveAs = None,
    saved: options.Saved = None,
    library: options.Library = None,
    index: options.Index = None,
    json: options.Json = False,
    null: options.Null = False,
    count: options.CountOnly = False,
    copy: options.Copy = None,
    open_: options.Open = False,
) -> int:
    """List the photos that somebody is on, or any others that you can describe.

    One path a line, relative to the library. Put the query in single quotes, so that your shell leaves it alone:

    \b
      phototag find ann
      phototag find 'ann & (bob | "anna maria") & !elon'
      phototag find 'only(ann, bob) & date:2020..2022'
      phototag find 'faces>=3 & unknown=0 & path:holiday*'
      phototag find 'near:48.85,2.35/10km or camera:pixel*' --copy ~/Paris

    & is and, | is or, ! is not; the words do as well. All terms are in docs/reference.md.
    """  # noqa: D301  # a backspace, by which click keeps the lines
    if sum((json, null, count, copy is not None, open_)) > 1:
        raise UsageError("--json, -0, --count, --copy and --open do not go together. Give one of them.")
    if (saved is None) == (query is None) or (saved is not None and save is not None):
        raise UsageError("Give a query, or the name of a saved one: phototag find QUERY, phototag find --saved NAME")
    settings = load(library, index)
    if save is not None:
        _save(settings, save, " ".join(query or ()))
    with wiring.reading(settings) as opened:
        text = " ".join(query or ()) if saved is None else require_search(opened, saved).text
        root, found = opened.root, find_photos(opened, text)
    if copy is not None:
        return _copy(root, found.paths, copy)
    if open_:
        _open(root, found.paths)
    elif json:
        photos = [render.raw(path) for path in found.paths]
        render.out(to_json({"library": str(root), "query": found.query, "photos": photos}))
    elif null:
        render.null([root / render.raw(path) for path in found.paths])
    elif count:
        render.out(str(len(found.paths)))
    else:
        _list(root, found)
    return ExitCode.DONE


def _save(settings: Settings, name: str, query: str) -> None:
    with wiring.writing(settings, "find", render.note) as opened:
        search = saving.save(opened, name, query)
    render.note(f"Saved. Again: {render.command('find', '--saved', shlex.quote(search.name))}")


def searches(
    delete: options.DeleteSearch = None,
    library: options.Library = None,
    index: options.Index = None,
    json: options.Json = False,
) -> None:
    """List the queries that you saved.

    Save one: phototag find QUERY --save NAME
    """
    settings = load(library, index)
    if delete is not None:
        with wiring.writing(settings, "searches", render.note) as opened:
            gone = saving.delete(opened, delete)
        again = render.command("find", shlex.quote(gone.text), "--save", shlex.quote(gone.name))
        render.out(f"Deleted: {render.line(gone.name)}. To save it again: {again}")
        return
    with wiring.reading(settings) as opened:
        found = saving.searches(opened)
    if json:
        render.out(to_json({"searches": [{"name": one.name, "query": one.text} for one in found]}))
    elif found:
        render.out(render.table(["search", "query"], [[one.name, render.line(one.text)] for one in found]))
    else:
        render.out(f"No search is saved. Save one: {render.command('find', 'QUERY', '--save', 'NAME')}")


def _list(root: Path, found: Found) -> None:
    for path in found.paths:
        render.out(render.path(path))
    render.note(f"{render.count(len(found.paths), 'photo')} in {root}")


def _copy(root: Path, paths: Sequence[bytes], folder: Path) -> int:
    report = copy_photos(root, paths, folder, bar.progress)
    there = f"; {render.count(report.present, 'photo')} there already" if report.present else ""
    render.out(f"{render.count(report.copied, 'photo')} copied to {folder}{there}.")
    for problem in report.problems:
        render.note(f"  {render.path(problem.path)}: {problem.reason}")
    return ExitCode.PROBLEMS if report.problems else ExitCode.DONE


def _open(root: Path, paths: Sequence[bytes]) -> None:
    if not paths:
        render.note(f"0 photos in {root}: nothing to open.")
        return
    folder = open_photos(root, paths)
    where = "the first of them are opened" if folder is None else f"links to them are in {folder}"
    render.note(f"{render.count(len(paths), 'photo')} in {root}; {where}.")
