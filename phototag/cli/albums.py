"""phototag export albums."""

from __future__ import annotations

from pathlib import Path

from phototag import wiring
from phototag.app import albums
from phototag.app.albums import AlbumReport, AlbumsReport, Kind
from phototag.app.export import to_json
from phototag.cli import bar, options, render
from phototag.errors import ExitCode, UsageError
from phototag.settings import load

KINDS = {Kind.LINKS: ("link", "links"), Kind.HARD_LINKS: ("hard link", "hard links"), Kind.COPIES: ("copy", "copies")}


def export_albums(
    folder: options.AlbumsFolder,
    links: options.Links = False,
    hard_links: options.HardLinks = False,
    copies: options.Copies = False,
    query: options.AlbumQuery = None,
    name: options.AlbumName = None,
    dry_run: options.DryRun = False,
    library: options.Library = None,
    index: options.Index = None,
    json: options.Json = False,
) -> int:
    """Make a folder of links, or copies, for each person.

    Any program that shows folders then shows people. The same command brings them up to date: what is new is added,
    what does not belong there any more is removed, and nothing that is yours is touched.
    """
    chosen = [kind for kind, is_asked in zip(Kind, (links, hard_links, copies), strict=True) if is_asked]
    if len(chosen) > 1:
        raise UsageError("--links, --hard-links and --copies do not go together. Give one of them.")
    if name is not None and query is None:
        raise UsageError("--name is for the album of a query. Give that as well: --query QUERY")
    settings = load(library, index)
    with wiring.reading(settings) as opened:
        with wiring.only_export(settings, albums.require_place(opened, folder)):
            report = albums.export_albums(
                opened, folder, bar.progress,
                kind=chosen[0] if chosen else None, query=query, name=name, dry_run=dry_run,
            )  # fmt: skip
        root = opened.root
    if json:
        render.out(to_json(_document(root, folder, report, dry_run)))
    else:
        _tell(folder, report, dry_run)
    return ExitCode.PROBLEMS if report.problems else ExitCode.DONE


def _document(root: Path, folder: Path, report: AlbumsReport, dry_run: bool) -> dict[str, object]:
    return {
        "library": str(root),
        "folder": str(folder.absolute()),
        "as": report.kind,
        "dry_run": dry_run,
        "albums": [
            {
                "name": album.name,
                "query": album.query,
                "folder": album.folder,
                "was": album.was,
                "photos": album.photos,
                "added": album.added,
                "removed": album.removed,
            }
            for album in report.albums
        ],
        "gone": list(report.gone),
        "kept": [{"path": kept.path, "reason": kept.reason} for kept in report.kept],
        "problems": [{"photo": render.raw(p.path), "reason": p.reason} for p in report.problems],
    }


def _tell(folder: Path, report: AlbumsReport, dry_run: bool) -> None:
    changed = [album for album in report.albums if album.added or album.removed or album.was]
    if not report.albums and not report.gone:
        render.out(f"Nobody has a name yet, so there are no albums. See the groups: {render.command('clusters')}")
    elif changed or report.gone:
        _list(report, changed)
        would = " (only said, not done)" if dry_run else ""
        photos = sum(album.photos for album in report.albums)
        albums_ = render.count(len(report.albums), "album")
        render.out(f"{albums_} with {render.count(photos, *KINDS[report.kind])} in {folder}{would}.")
    else:
        render.out(f"{render.count(len(report.albums), 'album')} in {folder}, all up to date.")
    for kept in report.kept:
        render.note(f"  left, for it is yours: {render.line(kept.path)}: {kept.reason}")
    for problem in report.problems:
        render.note(f"  {render.path(problem.path)}: {problem.reason}")


def _list(report: AlbumsReport, changed: list[AlbumReport]) -> None:
    rows = [
        [_called(album), str(album.photos), f"+{album.added}" if album.added else "",
         f"-{album.removed}" if album.removed else ""]
        for album in changed[: render.LISTED]
    ]  # fmt: skip
    if rows:
        render.out(render.table(["album", "photos", "new", "gone"], rows, right=(1, 2, 3)))
    if len(changed) > render.LISTED:
        render.out(f"and {len(changed) - render.LISTED:,} more.")
    for name in report.gone:
        render.out(f"{render.line(name)} is no album any more.")
    render.out()


def _called(album: AlbumReport) -> str:
    name = render.line(album.folder)
    return name if album.was is None else f"{name} (was {render.line(album.was)})"
