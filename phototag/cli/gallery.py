"""phototag export html."""

from __future__ import annotations

from pathlib import Path

from phototag import wiring
from phototag.app.export import to_json
from phototag.app.gallery import GalleryReport, make_gallery
from phototag.cli import bar, options, render
from phototag.errors import ExitCode
from phototag.settings import load


def export_html(
    folder: options.GalleryFolder,
    title: options.Title = None,
    library: options.Library = None,
    index: options.Index = None,
    json: options.Json = False,
) -> int:
    """Make a gallery of your people, to open in any browser.

    It opens from the disk, without a server and without the network. It shows everybody who has a name, and the photos
    that they are on; photos that nobody with a name is on are not shown. Run it again to bring it up to date: only what
    differs is written.
    """
    place = Path.cwd() / folder
    with wiring.reading(load(library, index)) as opened:
        report = make_gallery(opened, place, bar.progress, title=title, workers=wiring.default_workers())
    if json:
        render.out(to_json(_document(report)))
    else:
        _say(report)
    return ExitCode.PROBLEMS if report.problems else ExitCode.DONE


def _document(report: GalleryReport) -> dict[str, object]:
    return {
        "gallery": str(report.start),
        "people": report.people,
        "photos": report.photos,
        "files": {"written": report.written, "unchanged": report.unchanged, "removed": report.removed},
        "problems": [{"photo": render.raw(p.path), "reason": p.reason} for p in report.problems],
    }


def _say(report: GalleryReport) -> None:
    people, photos = render.count(report.people, "person", "people"), render.count(report.photos, "photo")
    files = f"{render.count(report.written, 'file')} written, {report.unchanged:,} as they were"
    render.out(f"{people} on {photos}; {files}, {report.removed:,} removed.")
    if not report.people:
        render.out(f"Nobody has a name yet. See the groups: {render.command('clusters', '--sheets')}")
    for problem in report.problems:
        render.note(f"  {render.path(problem.path)}: {problem.reason}")
    render.out(f"\nOpen it in a browser: {report.start}")
