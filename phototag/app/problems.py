"""What a library holds besides photos that could be read, each with a reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from phototag.app.disk import walk_of
from phototag.errors import PhotoProblem
from phototag.index import photos
from phototag.index.db import Index
from phototag.media.formats import VIDEO, called
from phototag.media.walk import PassedOver, Walk, Why

_REASONS: Mapping[Why, str] = {
    Why.VIDEO: VIDEO,
    Why.OTHER: "not a photo by its name",
    Why.HIDDEN: "hidden: its name begins with a dot",
    Why.GENERATED: "kept by a program or by the system for itself: previews, copies, a recycle bin",
    Why.LINK: "a link that leads nowhere",
    Why.SEEN: "a link to a folder that is looked at under another path, or that the library is in",
    Why.NO_FILE: "not a file",
}


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything that is not a photo that could be read.

    Attributes:
        problems: files that could not be used, as of the last scan, then what cannot be read now; each sorted by path.
        passed_over: files and whole folders that are not looked at, sorted by path.
    """

    problems: tuple[PhotoProblem, ...]
    passed_over: tuple[PhotoProblem, ...]


def listing(index: Index) -> Listing:
    """Walk the library and list what is not a photo that could be read. Changes nothing.

    Raises:
        LibraryError: the library is not there, or a .phototagignore cannot be read.
    """
    walk = walk_of(index)
    met = [PhotoProblem(one.path, _reason(one)) for one in walk.entries() if isinstance(one, PassedOver)]
    passed_over = sorted([*met, *photos.not_photos(index.db)], key=lambda one: one.path)
    return Listing(all_problems(index, walk.unreadable), tuple(passed_over))


def all_problems(index: Index, unreadable: Mapping[bytes, str]) -> tuple[PhotoProblem, ...]:
    """Files that could not be used, then what could not even be looked at; each sorted by path."""
    return (*photos.problems(index.db), *unreadable_now(unreadable))


def count_passed_over(index: Index, walk: Walk) -> dict[str, int]:
    """How many files, or whole folders, a finished walk passed over: video, other_picture, other, excluded."""
    counts = {why.value: walk.passed_over[why] for why in (Why.VIDEO, Why.OTHER_PICTURE, Why.OTHER, Why.EXCLUDED)}
    for unnamed in photos.not_photos(index.db):
        counts[Why.VIDEO if unnamed.reason == VIDEO else Why.OTHER] += 1
    return counts


def unreadable_now(unreadable: Mapping[bytes, str]) -> Iterator[PhotoProblem]:
    """What a walk could not even look at, sorted by path."""
    for path, why in sorted(unreadable.items()):
        yield PhotoProblem(path, f"The {'folder' if path.endswith(b'/') else 'file'} cannot be read: {why}.")


def _reason(one: PassedOver) -> str:
    if one.why is Why.EXCLUDED:
        return f"excluded by {one.by}"
    if one.why is Why.OTHER_PICTURE:
        return f"{called(one.path)}: phototag finds faces in photos only; export it as JPEG"
    return _REASONS[one.why]
