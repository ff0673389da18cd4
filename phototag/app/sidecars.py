"""XMP sidecars: what is said here and what other programs say there become one.

Writing first reads: what others changed since a sidecar was left is taken over, as one decision, and then each sidecar
says what the index says. Where both sides changed one thing, the sidecar is left alone and told.
"""

from __future__ import annotations

import difflib
import hashlib
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from phototag.app.history import former_names
from phototag.app.intake import Contradiction, Intake, take_in
from phototag.app.sidecar_shelf import Sidecar, SidecarShelf, problem
from phototag.core.names import name_key
from phototag.core.reconciliation import Base, Here, outside_edits, reconciled
from phototag.core.regions import Account, Tagged
from phototag.errors import PhotoError, PhotoProblem, SidecarError
from phototag.files import replace_file
from phototag.index import faces, people, photos, sidecars, words
from phototag.index.db import Index, transaction
from phototag.index.faces import KnownFace, PhotoOnDisk
from phototag.index.words import Word
from phototag.media import xmp, xmp_edit
from phototag.media.markup import Text
from phototag.types import Progress, Source

SOURCE = "sidecars"
"""Whose word it is that others said in them, for the history."""

BATCH = 100
"""Sidecars that are written between two transactions: a kill leaves so many half-remembered."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How a sidecar would change.

    Attributes:
        path: of the sidecar.
        text: as `diff -u` has it.
    """

    path: Path
    text: str


@dataclass(frozen=True, slots=True)
class Exported:
    """What came of writing sidecars.

    Attributes:
        written: that are new or differ.
        removed: of which nothing would be left, and that nobody else wrote to.
        unchanged: that say what they shall.
        intake: what others had changed there.
        conflicts: sidecars that were left alone, for here and there something else was said.
        problems: sidecars that cannot be read or written; they were left alone.
        differences: how each would change, if it was only tried; not of those that others changed.
        unforeseen: how many those are.
    """

    written: int
    removed: int
    unchanged: int
    intake: Intake
    conflicts: tuple[PhotoProblem, ...]
    problems: tuple[PhotoProblem, ...]
    differences: tuple[Difference, ...]
    unforeseen: int


@dataclass(frozen=True, slots=True)
class Manner:
    """How sidecars are written.

    Attributes:
        folder: where they lie, absolute, laid out as the library is; None beside the photos.
        confirmed: only names that a human gave, not what was tagged automatically.
        ours: where both sides changed one thing, what was said here wins.
        dry_run: only say what would come of it.
    """

    folder: Path | None = None
    confirmed: bool = False
    ours: bool = False
    dry_run: bool = False


def write_sidecars(index: Index, at_ns: int, progress: Progress, manner: Manner | None = None) -> Exported:
    """Bring the sidecars of all photos on which somebody is up to date, and take over what others changed in them.

    May be interrupted at any moment; the next time goes on. A second time writes nothing.

    Args:
        index: open for writing; for reading where it is only tried.
        at_ns: now, nanoseconds since the epoch.
        progress: shows how far it is.
        manner: how.

    Raises:
        UsageError: the folder lies in the library.
        LibraryError: the index cannot be written.
    """
    manner = manner or Manner()
    shelf = SidecarShelf(index, manner.folder)
    found = list(progress(shelf.all(), label="Reading sidecars", total=len(shelf.files), unit="photo"))
    accounts, disputes = _edits(found)
    intake = take_in(index, accounts, SOURCE, at_ns, dry_run=manner.dry_run, confirm=False)
    conflicts = [*disputes, *(_conflict(one) for one in intake.contradictions)]
    untouchable = {problem.path for problem in conflicts} if not manner.ours else set()
    if manner.dry_run:
        untouchable |= {account.path for account in accounts}  # what they will be is not known yet
    writing = _Writing(index, shelf, manner)
    writing.write([one for one in found if one.file.path not in untouchable], progress)
    return Exported(
        writing.written,
        writing.removed,
        writing.unchanged,
        intake,
        () if manner.ours else tuple(sorted(conflicts, key=lambda problem: problem.path)),
        tuple(sorted([*shelf.problems, *intake.problems, *writing.problems], key=lambda problem: problem.path)),
        tuple(writing.differences),
        len(accounts) if manner.dry_run else 0,
    )


def _edits(found: Iterable[Sidecar]) -> tuple[list[Account], list[PhotoProblem]]:
    """What others changed, and where their own lists do not agree."""
    accounts, disputes = [], []
    for one in found:
        if one.is_as_left:
            continue
        account, disputed = outside_edits(one.file.path, one.base, one.says)
        disputes += [PhotoProblem(one.file.path, text) for text in disputed]
        if not account.is_empty:
            accounts.append(account)
    return accounts, disputes


def _conflict(one: Contradiction) -> PhotoProblem:
    return PhotoProblem(one.path, f"{one.theirs} there, {one.ours} here")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a sidecar shall say, and what of that is ours; `data` is the whole file then, None if it shall not be."""

    sidecar: Sidecar
    base: Base
    data: bytes | None


class _Writing:
    """Writes what the index says now."""

    def __init__(self, index: Index, shelf: SidecarShelf, manner: Manner) -> None:
        self._index, self._shelf, self._manner = index, shelf, manner
        self._faces: dict[str, list[KnownFace]] = defaultdict(list)
        for face in faces.faces(index.db):
            self._faces[face.photo].append(face)
        self._words: Mapping[str, Sequence[Word]] = words.by_photo(index.db)
        self._present, self._former = people.present(index.db), former_names(index)
        self.written = self.removed = self.unchanged = 0
        self.problems: list[PhotoProblem] = []
        self.differences: list[Difference] = []

    def write(self, found: Sequence[Sidecar], progress: Progress) -> None:
        """Write those that differ, batch by batch."""
        differing = [one for one in found if not self._is_settled(one)]
        shown = iter(progress(differing, label="Writing sidecars", total=len(differing), unit="sidecar"))
        while batch := list(islice(shown, BATCH)):
            wanted = [each for one in batch if (each := self._wanted(one)) is not None]
            if not self._manner.dry_run:
                self._put(wanted)

    def _is_settled(self, one: Sidecar) -> bool:
        """Whether there is nothing to do; if only the index is behind, it is brought up to date."""
        if one.is_as_left and one.left is not None and one.left.heard == self._heard(one.file):
            self.unchanged += 1
            return True
        whole, written = self._shall_say(one)
        if whole != one.says:
            return False
        if one.status is not None:
            self.unchanged += 1
            if not self._manner.dry_run:
                with transaction(self._index.db):
                    self._leave(one, one.status, Base(whole, written))
        return True

    def _leave(self, one: Sidecar, status: tuple[int, int], base: Base) -> None:
        file = one.file
        sidecars.leave(self._index.db, one.path, status, base, content=file.content, heard=self._heard(file))
        if one.was_at is not None:
            sidecars.forget(self._index.db, one.was_at)

    def _shall_say(self, one: Sidecar) -> tuple[Tagged, Tagged]:
        here, present = self._said_here(one.file)
        return reconciled(one.base, one.says, here, present, self._former)

    def _said_here(self, file: PhotoOnDisk) -> tuple[list[Here], Sequence[str]]:
        here = [self._here(file, face) for face in self._faces.get(file.photo, ())]
        said = self._words.get(file.photo, ())
        here += [Here(None, file.here(word.spot.box), is_ruled_out=True) for word in said if not word.is_face]
        return here, self._present.get(file.photo, ())

    def _heard(self, file: PhotoOnDisk) -> bytes:
        """Digest of what is said here."""
        here, present = self._said_here(file)
        said = [(face.name, face.box, face.is_ruled_out, sorted(face.refused)) for face in here]
        return hashlib.blake2b(repr((said, present)).encode(), digest_size=8).digest()

    def _here(self, file: PhotoOnDisk, face: KnownFace) -> Here:
        of = next((word for word in self._words.get(file.photo, ()) if word.spot.id == face.id), None)
        refused = frozenset(name_key(who.name) for who in of.refused if who.name) if of is not None else frozenset()
        is_shown = face.is_tagged and (face.source is Source.HUMAN or not self._manner.confirmed)
        return Here(face.person if is_shown else None, file.here(face.stored_box), refused=refused)

    def _wanted(self, one: Sidecar) -> _Wanted | None:
        """What is to be written; None if it cannot be."""
        whole, written = self._shall_say(one)
        size = (one.file.width, one.file.height)
        try:
            before = self._before(one)
            data: bytes | None = xmp_edit.edit(before, whole, size)
            base = Base(xmp.parse(data or b"", size), written)
        except (OSError, PhotoError) as error:
            self.problems.append(problem(one.file.path, error))
            return None
        if before is not None and xmp_edit.is_own(before) and base.whole == Tagged():
            data = None
        self._count(data)
        if self._manner.dry_run:
            self.differences.append(Difference(self._shelf.sidecars.path(one.path), _diff(before, data, one.path)))
        return _Wanted(one, base, data)

    def _before(self, one: Sidecar) -> bytes | None:
        if not (self._index.root / os.fsdecode(one.file.path)).exists():  # its disk may be away
            raise SidecarError("The photo is not there now, so it gets no sidecar.")
        if one.status is None:
            return None
        before = self._shelf.read(one.path)
        if self._shelf.status(one.path) != one.status:
            raise SidecarError("The sidecar was changed just now; run the same command again.")
        return before

    def _count(self, data: bytes | None) -> None:
        if data is None:
            self.removed += 1
        else:
            self.written += 1

    def _put(self, batch: Sequence[_Wanted]) -> None:
        """Write a batch. What is intended is remembered first: after a kill it is not taken for another's word."""
        db = self._index.db
        with transaction(db, durable=True):
            sidecars.intend(db, {each.sidecar.path: (each.sidecar.file.content, each.base) for each in batch})
        done = []
        for each in batch:
            try:
                self._put_one(each)
                done.append((each, self._shelf.status(each.sidecar.path) if each.data is not None else None))
            except (OSError, SidecarError) as error:
                self.problems.append(problem(each.sidecar.file.path, error))
                self._count_back(each.data)
        with transaction(db):
            for each, status in done:
                if self._manner.folder is None:
                    one = each.sidecar
                    photos.sidecar_written(db, one.file.path, one.path, one.status, status)
                if status is None:
                    sidecars.forget(db, each.sidecar.path)
                else:
                    self._leave(each.sidecar, status, each.base)

    def _put_one(self, each: _Wanted) -> None:
        path = self._shelf.sidecars.path(each.sidecar.path)
        real = Path(os.path.realpath(path))  # a link stays one
        if each.sidecar.status is None:
            real.parent.mkdir(parents=True, exist_ok=True)
            if os.path.lexists(path):
                raise SidecarError("A sidecar appeared just now; run the same command again.")
        elif self._shelf.status(each.sidecar.path) != each.sidecar.status:
            raise SidecarError("The sidecar was changed just now; run the same command again.")
        if each.data is None:
            path.unlink()
        else:
            replace_file(real, each.data)

    def _count_back(self, data: bytes | None) -> None:
        if data is None:
            self.removed -= 1
        else:
            self.written -= 1


def _diff(before: bytes | None, after: bytes | None, path: bytes) -> str:
    name = os.fsdecode(path)
    was, becomes = ([] if data is None else Text(data).body.decode().splitlines() for data in (before, after))
    old, new = ("/dev/null" if data is None else name for data in (before, after))
    return "\n".join(difflib.unified_diff(was, becomes, old, new, lineterm=""))
