"""Names that other programs wrote as XMP, into sidecars or into the photos themselves, taken over as one decision."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from phototag.app.analyse import run_bounded
from phototag.app.intake import Intake, take_in
from phototag.app.sidecar_shelf import Sidecar, SidecarShelf
from phototag.core.names import name_key
from phototag.core.reconciliation import Base, outside_edits
from phototag.core.regions import Account, Tagged
from phototag.errors import PhotoError, PhotoProblem
from phototag.index import photos, sidecars
from phototag.index.db import Index, transaction
from phototag.media import xmp
from phototag.media.darkroom import Darkroom
from phototag.types import PhotoFile, Progress

SOURCE = "XMP"
"""Whose word it is, for the history."""

WAITING_PER_WORKER = 4


class Read(NamedTuple):
    """What a photo's XMP comes to.

    Attributes:
        sidecar: the photo's, or the place of one.
        account: what is said of people, in it or in the photo.
        problem: what cannot be read, or what its lists do not agree on; None if all is well.
    """

    sidecar: Sidecar
    account: Account
    problem: PhotoProblem | None


def take_in_xmp(
    index: Index,
    darkroom: Darkroom,
    at_ns: int,
    progress: Progress,
    *,
    folder: Path | None = None,
    workers: int = 1,
    dry_run: bool = False,
) -> tuple[Intake, list[PhotoProblem]]:
    """Take over what XMP says of the people on all photos.

    A sidecar that tells of people has the word for its photo, unless all of it was written here; else the photo itself.
    Of a sidecar that was written here, only what others changed since is new.

    Args:
        index: open for writing; for reading where it is only tried.
        darkroom: opens the photos.
        at_ns: now, nanoseconds since the epoch.
        progress: shows how far it is.
        folder: of the sidecars, absolute, laid out as the library is; None beside the photos.
        workers: how many photos at once.
        dry_run: only say what would come of it.

    Raises:
        UsageError: the folder lies in the library, or is not there.
    """
    shelf = SidecarShelf(index, folder, must_exist=True)
    reader = _Reader(index, darkroom)
    with ThreadPoolExecutor(workers, thread_name_prefix="phototag") as executor:
        shown = progress(shelf.all(), label="Reading XMP", total=len(shelf.files), unit="photo")
        found = list(run_bounded(executor, reader.read, shown, workers * WAITING_PER_WORKER))
    found.sort(key=lambda read: read.sidecar.file.path)
    intake = take_in(
        index, [read.account for read in found if not read.account.is_empty], SOURCE, at_ns, dry_run=dry_run
    )
    if not dry_run:
        contradicted = {one.path for one in intake.contradictions}
        _remember(index, (read.sidecar for read in found if read.sidecar.file.path not in contradicted))
    return intake, sorted([*shelf.problems, *(read.problem for read in found if read.problem)], key=lambda p: p.path)


class _Reader:
    """Reads the XMP of one photo after the other; safe to share between threads."""

    def __init__(self, index: Index, darkroom: Darkroom) -> None:
        self._root, self._darkroom = index.root, darkroom
        self._files = {path: file for path, (file, _) in photos.files(index.db).items()}

    def read(self, sidecar: Sidecar) -> Read:
        """What is said of people, in the sidecar or else in the photo."""
        path = sidecar.file.path
        base = Base() if sidecar.left is None else sidecar.base
        if _tells_more(sidecar.says, base.written):
            account, disputed = outside_edits(path, base, sidecar.says)
            return Read(sidecar, account, PhotoProblem(path, "; ".join(disputed)) if disputed else None)
        try:
            packet = self._darkroom.packet(self._root, self._files.get(path) or PhotoFile(path, 0, 0))
            inside = xmp.parse(packet, (sidecar.file.width, sidecar.file.height)) if packet else Tagged()
        except FileNotFoundError:
            return Read(sidecar, Account(path), None)
        except (PhotoError, OSError) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
            return Read(sidecar, Account(path), PhotoProblem(path, reason))
        account, _ = outside_edits(path, Base(), inside)
        return Read(sidecar, account, None)


def _tells_more(says: Tagged, written: Tagged) -> bool:
    """Whether a sidecar says of people what was not written here, or not any more what was."""
    return says.tells_of_people and _people(says) != _people(written)


def _people(tagged: Tagged) -> set[str]:
    regions = (*tagged.mwg, *tagged.microsoft, *tagged.iptc)
    return {name_key(name) for name in (*tagged.person_in_image, *(region.name for region in regions)) if name}


def _remember(index: Index, read: Iterator[Sidecar]) -> None:
    """What was taken over is not taken over again by the next writing, though it be taken back meanwhile."""
    with transaction(index.db):
        for one in read:
            if one.status is not None:
                written = one.base.written if one.left else Tagged()
                sidecars.leave(index.db, one.path, one.status, Base(one.says, written), content=one.file.content)
                if one.was_at is not None:
                    sidecars.forget(index.db, one.was_at)
