"""Keep an index up to date while photos come, change and go."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias, TypeVar

from phototag.app import evidence, groups, scan
from phototag.app.analyse import StepTimer
from phototag.app.disk import Look, look
from phototag.app.pictures import tidy
from phototag.app.problems import unreadable_now
from phototag.errors import DamagedError, LibraryError, LockedError, PhotoProblem
from phototag.index import faces, photos
from phototag.index.db import FILE, GROUPED, Index
from phototag.index.faces import Filter
from phototag.media.walk import Changes
from phototag.media.watching import Hints, HintsError
from phototag.types import PhotoFile

T = TypeVar("T")

POLL_S = 30.0
"""How often to look where nobody says that something changed."""

REST = 9
"""What is dear and can wait, grouping and looking unasked, rests for so many times as long as it took: a tenth of the
time goes into it, at most."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long what takes, in seconds.

    Attributes:
        settled_s: a file that has stayed as it is for so long is whole. More than the 2 s that FAT counts time in.
        batch_s: whole files wait for those that still grow, for so long at most, to be read with them.
        whole_s: after so long all is looked at, whether there was a hint or not.
        check_s: how often to see whether the library is still there.
        poll_s: how often to look without a hint; None where the system gives hints.
    """

    settled_s: float = 2.1
    batch_s: float = 10.0
    whole_s: float = 3600.0
    check_s: float = 5.0
    poll_s: float | None = None


@dataclass(frozen=True, slots=True)
class Library:
    """Where photos come.

    Attributes:
        root: the library.
        folder: of its index, which exists.
        reading: opens the index for a look.
        writing: opens it for a batch, with the lock held.
    """

    root: Path
    folder: Path
    reading: Callable[[], AbstractContextManager[Index]]
    writing: Callable[[], AbstractContextManager[Index]]


@dataclass(frozen=True, slots=True)
class Batch:
    """What came and was tagged.

    Attributes:
        kinds: how many files are new, changed, moved, duplicates or gone.
        faces: on the pictures that are new.
        people: name -> how many of these faces are tagged so; the most frequent first.
        unknown: how many of them are nobody's, and of nobody who is ignored.
        problems: files that could not be used.
        seconds: how long it took.
    """

    kinds: Mapping[str, int]
    faces: int
    people: Mapping[str, int]
    unknown: int
    problems: tuple[PhotoProblem, ...]
    seconds: float


def _is_same(one: PhotoFile | None, other: PhotoFile | None) -> bool:
    """Whether nothing changed between two looks at a path, its sidecar neither."""
    return one == other and (one is None or other is None or one.sidecar == other.sidecar)


class Settling:
    """Tells files that are whole from those that are still being written.

    A file is whole when two looks, some seconds apart, found it the same; and it is gone when both missed it, so that
    one that is on its way from folder to folder is not thought to be.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._since: dict[bytes, tuple[PhotoFile | None, float]] = {}
        self._tried: dict[bytes, PhotoFile] = {}

    @property
    def is_waiting(self) -> bool:
        """Whether something was seen that may be whole, or gone, at the next look."""
        return bool(self._since)

    def ready(self, changes: Changes, now_s: float) -> Changes:
        """What can be read now: all that is whole, if nothing is still growing or that has been waited for long enough.

        Args:
            changes: what a look found.
            now_s: when, on a clock that only runs forward.
        """
        fresh = {file.path: file for file in changes.fresh}
        self._tried = {path: file for path, file in self._tried.items() if _is_same(fresh.get(path), file)}
        seen = {**dict.fromkeys(changes.missing), **fresh}
        self._since = {
            path: (file, self._first_seen(path, file, now_s)) for path, file in seen.items() if path not in self._tried
        }
        whole = {path for path, (_, since) in self._since.items() if now_s - since >= self._pace.settled_s}
        waited_s = max((now_s - self._since[path][1] for path in whole), default=0.0) - self._pace.settled_s
        if len(whole) < len(self._since) and waited_s < self._pace.batch_s:
            whole = set()
        return replace(
            changes,
            fresh=tuple(file for file in changes.fresh if file.path in whole),
            missing=tuple(path for path in changes.missing if path in whole),
        )

    def _first_seen(self, path: bytes, file: PhotoFile | None, now_s: float) -> float:
        before, since = self._since.get(path, (None, now_s))
        return since if _is_same(before, file) else now_s

    def done(self, batch: Changes) -> None:
        """Forget what was read; what could not be is tried again only when it has changed."""
        for path in [*(file.path for file in batch.fresh), *batch.missing]:
            self._since.pop(path, None)
        self._tried.update({file.path: file for file in batch.fresh})

    def start_over(self) -> None:
        """Forget everything that was seen."""
        self._since.clear()
        self._tried.clear()


Say: TypeAlias = Callable[[str], None]
"""Told what a person should know meanwhile."""


class Watch:
    """Looks at a library when there is a hint, and brings the index up to date when something has settled.

    Hints say only that a look is worth it: what changed is what disk and index tell. Between batches nothing is held,
    so that other commands can write and the disk can be taken away.
    """

    def __init__(self, library: Library, shop: scan.Workshop, pace: Pace, say: Say) -> None:
        self._library, self._shop, self._pace, self._say = library, shop, pace, say
        self._hints = Hints(library.root, library.folder)
        self._poll_s = pace.poll_s
        self._settling = Settling(pace)
        self._stop = threading.Event()
        self._listened_s: float | None = None
        self._looked_s = self._look_took_s = 0.0
        self._grouped_s = self._grouping_took_s = 0.0
        self._owes_groups = True  # who was stopped last time may not have got to it
        self._trouble = ""
        self._unreadable: set[bytes] = set()

    def stop(self) -> None:
        """From another thread: end when the batch is done."""
        self._stop.set()
        self._hints.ring()

    def batches(self) -> Iterator[Batch]:
        """Everything that comes, for ever; what is there already comes first.

        Raises:
            DamagedError: the index is damaged.
            EngineError: the index's faces were described by another engine, or a worker died.
            NewerIndexError: a newer phototag took the index over.
        """
        try:
            while not self._stop.is_set():
                batch = self._round()
                if batch is not None:
                    yield batch
                self._rest()
        finally:
            self._hints.close()

    def _round(self) -> Batch | None:
        """Look, and read what is ready; a library that cannot be used now is waited for."""
        trouble, batch = "", None
        try:
            self._require_library()
            self._listen()
            if self._owes_groups and time.monotonic() >= self._groups_due_s:
                self._group()
            batch = self._look_and_read()
        except DamagedError:
            raise
        except LockedError:
            trouble = "Another phototag is writing to the index. Waiting for it to finish."
        except LibraryError as error:
            self._settling.start_over()
            trouble = f"{error} Waiting."
        if trouble != self._trouble:
            self._say(trouble or "Going on.")
            self._trouble = trouble
        return batch

    def _require_library(self) -> None:
        """Refuse to take all photos for gone because a disk is.

        Raises:
            LibraryError: the library or its index is not there.
        """
        root = self._library.root
        try:
            is_there = any(root.iterdir()) and (self._library.folder / FILE).is_file()
        except OSError:
            is_there = False
        if not is_there:
            raise LibraryError(f"{root} or its index is not there. Is its disk connected? Nothing is forgotten.")

    def _listen(self) -> None:
        now_s = time.monotonic()
        is_due = self._listened_s is None or now_s - self._listened_s >= self._pace.whole_s
        if is_due:
            self._settling.start_over()
        if is_due or self._hints.is_deaf:
            self._listened_s = now_s
            if self._pace.poll_s is None:
                self._listen_or_poll()

    def _listen_or_poll(self) -> None:
        was_polling = self._poll_s is not None
        try:
            self._hints.listen()
            self._poll_s = None
        except HintsError as error:
            self._poll_s = POLL_S
            if not was_polling:
                self._say(f"{error} Looking every {POLL_S:.0f} s; for more or less often: --poll SECONDS")

    def _look_and_read(self) -> Batch | None:
        self._hints.forget()
        looked = self._look()
        if looked.asked:
            with self._library.writing() as index:
                scan.note_sidecars(index, looked)
        ready = self._settling.ready(looked.changes, self._looked_s)
        return self._read(replace(looked, changes=ready)) if ready.fresh or ready.missing else None

    def _look(self) -> Look:
        start_s = time.monotonic()
        with self._library.reading() as index:
            looked = look(index, self._shop.darkroom)
        self._looked_s = time.monotonic()
        self._look_took_s = self._looked_s - start_s
        changes = looked.changes
        if changes.missing and not (changes.fresh or changes.unchanged):
            raise LibraryError(f"There is no photo left in {self._library.root}. Nothing is forgotten.")
        for problem in unreadable_now(looked.walk.unreadable):
            if problem.path not in self._unreadable:
                self._say(f"{os.fsdecode(problem.path)}: {problem.reason}")
        self._unreadable = set(looked.walk.unreadable)
        return looked

    def _read(self, looked: Look) -> Batch:
        start_s, timer = time.monotonic(), StepTimer()
        with self._library.writing() as index:
            reading = scan.read(index, self._shop, timer, looked=_still_to_do(index, looked))
            scan.conclude(index, _unseen, timer, group=False)
            if reading.missing:
                tidy(index)
            batch = _batch(index, reading, looked.changes, time.monotonic() - start_s)
        self._owes_groups = True
        self._settling.done(looked.changes)
        return batch

    def _group(self) -> None:
        """Make groups anew, without keeping others from writing: 50,000 faces take a minute (2026-11).

        If somebody decided something meanwhile, it was in vain, and is done again in good time.
        """
        start_s = time.monotonic()
        with self._library.reading() as index:
            known = evidence.gather(index)
            found = None if known is None or known.is_behind(index, GROUPED) else groups.find_groups(index, known)
        self._owes_groups = False
        if known is not None and found is not None:
            self._grouped_s = time.monotonic()
            self._grouping_took_s = self._grouped_s - start_s
            with self._library.writing() as index:
                now = evidence.gather(index)
                if now is not None and now.fingerprint == known.fingerprint:
                    groups.put_groups(index, known, found)
                else:
                    self._owes_groups = True

    @property
    def _groups_due_s(self) -> float:
        return self._grouped_s + REST * self._grouping_took_s

    def _rest(self) -> None:
        """Wait until there may be something to do, and a little in any case."""
        next_s = self._next_s()
        while (left_s := next_s - time.monotonic()) > 0 and not self._stop.is_set():
            if self._hints.wait(min(left_s, self._pace.check_s)) or self._hints.is_deaf:
                break
        pause_s = self._looked_s + max(self._pace.settled_s, self._look_took_s) - time.monotonic()
        self._stop.wait(max(0.0, pause_s))

    def _next_s(self) -> float:
        """When to look if no hint comes."""
        pace, due = self._pace, [(self._listened_s or 0.0) + self._pace.whole_s]
        if self._trouble:
            due.append(time.monotonic() + pace.check_s)
        if self._settling.is_waiting:
            due.append(self._looked_s + pace.settled_s)
        if self._owes_groups:
            due.append(self._groups_due_s)
        if self._poll_s is not None:
            due.append(self._looked_s + max(self._poll_s, REST * self._look_took_s))
        return min(due)


def _unseen(items: Iterable[T], *, label: str, total: int, unit: str) -> Iterable[T]:
    """A progress that nobody sees."""
    return items


def _still_to_do(index: Index, looked: Look) -> Look:
    """Without what another phototag did between the look and now."""
    known = photos.files(index.db)
    changes = looked.changes
    fresh = tuple(file for file in changes.fresh if not _is_same(known.get(file.path, (None, ""))[0], file))
    return replace(looked, known=known, changes=replace(changes, fresh=fresh))


def _batch(index: Index, reading: scan.Reading, changes: Changes, seconds: float) -> Batch:
    kinds = {kind: n for kind, n in reading.kinds.items() if n and kind != "unchanged"}
    ids = tuple(face for face, photo in photos.photos_of(index.db).items() if photo in reading.analysed)
    found = faces.faces(index.db, Filter(ids=ids))
    people = Counter(face.person for face in found if face.is_tagged and face.person is not None)
    unknown = sum(1 for face in found if not face.is_tagged and not face.ignored)
    tried = {file.path for file in changes.fresh}
    problems = tuple(problem for problem in photos.problems(index.db) if problem.path in tried)
    return Batch(kinds, len(found), dict(people.most_common()), unknown, problems, seconds)
