"""Make a gallery of the people in a library: pages and pictures that a browser shows from the disk."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from phototag.app.exhibition import exhibition
from phototag.app.pictures import face_picture, read_picture
from phototag.app.showroom import Showroom
from phototag.errors import LibraryError, PhotoError, PhotoProblem
from phototag.index.db import Index
from phototag.index.faces import KnownFace
from phototag.media import crops
from phototag.media.pages.contents import Exhibit, Portrayed
from phototag.media.pages.places import INDEX, LARGE_SIDE, SMALL_SIDE, fixed_files
from phototag.media.pages.render import pages
from phototag.types import Progress

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class GalleryReport:
    """What came of making a gallery.

    Attributes:
        start: the page to open.
        people: who have a page.
        photos: that have a page.
        written: files that are new or differ.
        unchanged: files that were there already and are as they were.
        removed: files of an earlier gallery that are not needed any more.
        problems: photos of which no picture could be made, by path.
    """

    start: Path
    people: int
    photos: int
    written: int
    unchanged: int
    removed: int
    problems: tuple[PhotoProblem, ...]


def make_gallery(
    index: Index, folder: Path, progress: Progress, *, title: str | None = None, workers: int = 1
) -> GalleryReport:
    """Make a gallery, or bring one up to date: of what is there, only what differs is written.

    Args:
        index: open for reading.
        folder: where, absolute; empty, not there, or that of an earlier gallery.
        progress: shows how far it is.
        title: what it is called; None is the name of the library's folder.
        workers: photos that are decoded at once.

    Raises:
        UsageError: the folder lies in the library, or holds something else.
        LibraryError: it cannot be written to.
    """
    try:
        room = Showroom(index.root, folder)
        gallery, best = exhibition(index, folder, title)
        drawn = pages(gallery)
        fixed = fixed_files()
        covers = {person.who.cover for person in gallery.people if person.who.cover is not None}
        names = {*fixed, *(page.name for page in drawn), *covers}
        room.begin(names.union(*((exhibit.small, exhibit.large) for exhibit in gallery.exhibits)))
        problems = _hang(index.root, room, gallery.exhibits, progress, workers)
        missing = {name for exhibit in problems for name in (exhibit.small, exhibit.large)}
        missing |= _portray(index, room, gallery.people, best)
        for name, data in fixed.items():
            room.add(name, data)
        for page in progress(drawn, label="Writing pages", total=len(drawn), unit="page"):
            room.add(page.name, page.html(missing))
        removed = room.finish(missing)
    except OSError as error:
        raise LibraryError(
            f"{folder} cannot be written to: {error.strerror or error}. Free some space there, or give another folder; "
            "the same command goes on where it was."
        ) from error
    return GalleryReport(
        folder / INDEX,
        len(gallery.people),
        len(gallery.exhibits),
        room.written,
        room.n_wanted - len(missing) - room.written,
        removed,
        tuple(sorted((PhotoProblem(exhibit.path, reason) for exhibit, reason in problems.items()), key=_path)),
    )


def _path(problem: PhotoProblem) -> bytes:
    return problem.path


def _hang(
    root: Path, room: Showroom, exhibits: Sequence[Exhibit], progress: Progress, workers: int
) -> dict[Exhibit, str]:
    """Make the pictures that are not there yet; returns the photos that cannot be read, and why."""
    wanted = [exhibit for exhibit in exhibits if not (room.has(exhibit.small) and room.has(exhibit.large))]
    problems: dict[Exhibit, str] = {}
    made = _in_order(partial(_pictures, root), wanted, workers)
    shown = progress(made, label="Making pictures", total=len(wanted), unit="photo")
    for exhibit, pictures in zip(wanted, shown, strict=True):
        if isinstance(pictures, str):
            problems[exhibit] = pictures
        else:
            room.add(exhibit.small, pictures[0])
            room.add(exhibit.large, pictures[1])
    return problems


def _pictures(root: Path, exhibit: Exhibit) -> tuple[bytes, bytes] | str:
    """A small and a large picture, or why there is none. A photo is decoded once for both."""
    try:
        picture = read_picture(root, exhibit.path, exhibit.content, exhibit.shown.orientation, LARGE_SIDE)
    except PhotoError as error:
        return str(error)
    if picture.shown.orientation != exhibit.shown.orientation:
        return "It was turned since the last scan."
    return crops.preview(picture.pixels, SMALL_SIDE), crops.preview(picture.pixels, LARGE_SIDE)


def _in_order(work: Callable[[T], R], items: Iterable[T], workers: int) -> Iterator[R]:
    """What comes of each, in order; only a few are made ahead, so that little is held."""
    running: deque[Future[R]] = deque()
    pool = ThreadPoolExecutor(workers)  # decoders let go of the interpreter: two threads are 1.9 times as fast
    try:
        for item in items:
            running.append(pool.submit(work, item))
            if len(running) > 2 * workers:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _portray(index: Index, room: Showroom, people: Sequence[Portrayed], best: Sequence[KnownFace | None]) -> set[str]:
    """Put a picture of everybody's face there; returns the names of those that cannot be made."""
    missing = set()
    for person, face in zip(people, best, strict=True):
        cover = person.who.cover
        if cover is None or face is None:
            continue
        data = None if room.has(cover) else face_picture(index, face)
        if data is not None:
            room.add(cover, data)
        elif not room.has(cover):
            missing.add(cover)
    return missing
