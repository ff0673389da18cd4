"""People as folders: in each, links to the photos that somebody is on, or copies of them, kept as the index is now.

All is planned first (`app.album_plan`), then done (`app.album_making`); a dry run is the plan. What is removed was
claimed in the manifest and is as it was made (`app.manifest`); everything else in the folder is the user's.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from phototag.app import manifest as manifests
from phototag.app.album_making import Maker
from phototag.app.album_plan import Kept, Plan, Planner, Wanted
from phototag.app.find import find_photos
from phototag.app.manifest import Kind, Manifest
from phototag.errors import PhotoProblem, UsageError
from phototag.index import people, search
from phototag.index.db import Index
from phototag.types import Progress

__all__ = ["AlbumReport", "AlbumsReport", "Kept", "Kind", "export_albums", "require_place"]


@dataclass(frozen=True, slots=True)
class AlbumReport:
    """One album as it is now.

    Attributes:
        name: of the person, or as the user calls it.
        query: that it is made of, or None.
        folder: its name in the folder of albums.
        was: the folder's name before, if that was another.
        photos: how many are in it.
        added: of those, new ones, and copies of photos that have changed.
        removed: how many are not in it any more.
    """

    name: str
    query: str | None
    folder: str
    was: str | None
    photos: int
    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class AlbumsReport:
    """What came of exporting albums.

    Attributes:
        kind: links, hard links or copies.
        albums: those that were looked at, by name.
        gone: names of the folders of albums that are not there any more.
        kept: what was left because it is the user's; told once.
        problems: photos that are not there, or cannot be read.
    """

    kind: Kind
    albums: tuple[AlbumReport, ...]
    gone: tuple[str, ...]
    kept: tuple[Kept, ...]
    problems: tuple[PhotoProblem, ...]


def export_albums(
    index: Index,
    folder: Path,
    progress: Progress,
    *,
    kind: Kind | None = None,
    query: str | None = None,
    name: str | None = None,
    dry_run: bool = False,
) -> AlbumsReport:
    """Make a folder of albums, or bring it up to date: everybody who has a name, and what it has of queries.

    Args:
        index: open for reading.
        folder: is made where it is not there; what else is in it stays as it is.
        progress: around what is made.
        kind: None is as it was before, at first links.
        query: make this album only, and leave the others as they are.
        name: what to call it; None calls it by the query.
        dry_run: write nothing.

    Raises:
        UsageError: the folder lies in the library, or has albums of another one; or the query is none.
        LibraryError: the folder cannot be written to, or cannot hold links.
    """
    place = require_place(index, folder)
    manifest = _manifest(index, place, kind)
    planner = Planner(index.root.resolve(), place, manifest, kind or manifest.kind)
    if query is None:
        plan = planner.plan([*_of_people(index), *_again(index, planner)])
    else:
        plan = planner.plan([_of_query(index, query, name)], others_go=False)
    if not dry_run and (plan.changes or manifest.exists):
        Maker(index.root.resolve(), place, manifest, plan).make(progress)
    return _report(plan)


def require_place(index: Index, folder: Path) -> Path:
    """Where albums may be, absolute and without links; may not be there yet.

    Raises:
        UsageError: it is no folder, or a scan would take what is in it for photos of the library.
    """
    place, root = Path(os.path.realpath(folder)), index.root.resolve()
    if place.is_symlink():
        raise UsageError(f"{folder} is a link that leads nowhere. Give a folder for the albums.")
    if place.exists() and not place.is_dir():
        raise UsageError(f"{folder} is a file. Give a folder for the albums.")
    inside = place.is_relative_to(root) and not any(part.startswith(".") for part in place.relative_to(root).parts)
    if inside or place.is_relative_to(index.folder.resolve()):
        raise UsageError(
            f"{folder} lies in the library {index.root}, where the next scan would find its photos again. Nothing was "
            "made. Give a folder beside it, or one whose name begins with a dot, which no scan looks into."
        )
    return place


def _manifest(index: Index, place: Path, kind: Kind | None) -> Manifest:
    manifest = manifests.read(place)
    if manifest is None:
        return Manifest(place, index.root, kind or Kind.LINKS)
    there = manifest.library.is_dir()
    if there and not (index.root.is_dir() and manifest.library.samefile(index.root)):
        raise UsageError(
            f"{place} has the albums of another library, {manifest.library}. Nothing was changed. Give another folder."
        )
    manifest.library = index.root
    return manifest


def _of_people(index: Index) -> list[Wanted]:
    best = _one_a_picture(search.files(index.db))
    on = people.photographed(index.db)
    named = sorted((key, known) for key, known in search.by_key(index.db).items() if not known.is_ignored)
    return [
        Wanted(known.name, known.id, None, sorted(best[photo] for photo in on.get(known.id, ()) if photo in best))
        for _, known in named
    ]


def _of_query(index: Index, query: str, name: str | None) -> Wanted:
    found = find_photos(index, query)
    paths = set(found.paths)
    best = _one_a_picture([file for file in search.files(index.db) if file.path in paths])
    return Wanted(" ".join((name or found.query).split()), None, found.query, sorted(best.values()))


def _again(index: Index, planner: Planner) -> list[Wanted]:
    """The albums of queries that are in the folder already; one that the user removed is not made again."""
    found = []
    for album in planner.of_queries():
        try:
            found.append(_of_query(index, album.query or "", album.name))
        except UsageError as error:
            reason = f"Its query finds nothing any more, so the album was left as it is. {str(error).splitlines()[0]}"
            planner.leave(album, reason)
    return found


def _one_a_picture(files: Iterable[search.File]) -> dict[str, bytes]:
    """Picture -> the file to show it by: the original rather than a copy of it, then the first."""
    best: dict[str, search.File] = {}
    for file in files:
        other = best.get(file.photo)
        if other is None or (file.is_copy, file.path) < (other.is_copy, other.path):
            best[file.photo] = file
    return {photo: file.path for photo, file in best.items()}


def _report(plan: Plan) -> AlbumsReport:
    albums = tuple(
        AlbumReport(
            change.album.name, change.album.query, change.album.folder, change.was, len(change.album.files),
            len(change.making), len(change.removing),
        )
        for change in plan.changes if change.stays
    )  # fmt: skip
    gone = tuple(change.was or change.album.folder for change in plan.changes if not change.stays)
    problems = sorted(set(plan.problems), key=lambda problem: (problem.path, problem.reason))
    return AlbumsReport(plan.kind, albums, gone, tuple(plan.kept), tuple(problems))
