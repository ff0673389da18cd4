"""Bring the index up to date with the disk, then group, tag and export what came of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from phototag.app import copies, evidence, export, tag
from phototag.app.analyse import Analysis, Hashed, Outcome, StepTimer, Worker, run_bounded
from phototag.app.disk import Look, excluded, look
from phototag.app.groups import regroup
from phototag.app.pictures import keep_crops, thumbs, tidy
from phototag.app.problems import all_problems, count_passed_over
from phototag.app.references import describe, undescribed
from phototag.core.vectors import require_engine
from phototag.errors import PhotoProblem
from phototag.index import faces, groups, people, photos, spaces
from phototag.index.db import SCANNED, Index, set_meta, transaction
from phototag.media import walk
from phototag.media.darkroom import Darkroom
from phototag.types import Choice, Engine, PhotoFile, Progress

WAITING_PER_WORKER = 4
"""Photos handed out ahead of the workers: enough that none waits, few enough that memory stays flat."""


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What a scan saw and did.

    seen = new + changed + moved + unchanged + duplicates + files with problems; gone files are not among them.

    Attributes:
        seen: files that may be photos.
        new: with a picture that the index did not know.
        changed: known paths with another picture than before.
        moved: pictures that were at a path that is now gone.
        gone: paths that are no longer there, and whose picture did not turn up elsewhere.
        unchanged: as they were.
        duplicates: new paths with a picture that lies at another path too.
        copies: files that count as another photo, of which they are a copy: resized or encoded anew.
        faces: on all photos that are there.
        clusters: groups of unknown faces.
        auto_tagged: faces named because of a strong match.
        problems: files that could not be used, this time or before, and folders that could not be read.
        passed_over: how many files, or whole folders, are not looked at: "video", "other_picture", "other", "excluded".
        excluded: the patterns of --exclude that hold.
        seconds: step -> how long it took, all workers added up.
        is_tagging: whether a match may tag by itself: not where no limit was measured.
    """

    seen: int
    new: int
    changed: int
    moved: int
    gone: int
    unchanged: int
    duplicates: int
    copies: int
    faces: int
    clusters: int
    auto_tagged: int
    problems: tuple[PhotoProblem, ...]
    passed_over: Mapping[str, int]
    excluded: tuple[str, ...]
    seconds: Mapping[str, float]
    is_tagging: bool = True


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a scan works with.

    Attributes:
        engine: the one that the user asked for; None for the one that described the index, or the default.
        open_engine: loads an engine (None: the default); called only if there is something to read.
        prepare: for this many workers and this many photos, starts what takes time to start, before the engine is
            loaded; called only if there is something to read.
        open_executor: for this many workers and this many photos; called only if there is something to read.
        darkroom: opens photos.
        workers: how many photos at once.
        progress: shown around the photos to be read.
    """

    engine: Choice | None
    open_engine: Callable[[Choice | None], Engine]
    prepare: Callable[[int, int], None]
    open_executor: Callable[[int, int], AbstractContextManager[Executor]]
    darkroom: Darkroom
    workers: int
    progress: Progress


Kind: TypeAlias = str
"""Of a file: "new", "changed", "moved", "gone", "unchanged" or "duplicates"."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What bringing an index up to date with the disk came to.

    Attributes:
        kinds: how many files are new, changed, moved, and so on; without those that were not opened.
        read: files that were opened and hold a photo.
        kept: photos that were not opened.
        walk: the finished walk, which knows what could not be read and what was passed over.
        missing: paths that are not there any more.
        analysed: pictures whose faces were looked for.
    """

    kinds: Mapping[Kind, int]
    read: int
    kept: int
    walk: walk.Walk
    missing: Sequence[bytes]
    analysed: frozenset[str]


def scan(index: Index, shop: Workshop, *, force: bool = False) -> ScanReport:
    """Bring the index up to date, then group, tag and export.

    May be interrupted at any moment: each photo is one transaction, and the next scan goes on.

    Args:
        index: open for writing.
        shop: what to work with.
        force: read all photos again, whatever size and time say; interrupted, it starts over.

    Raises:
        EngineError: the index's faces were described by another engine.
        LibraryError: the index cannot be written.
    """
    timer = StepTimer()
    reading = read(index, shop, timer, force=force)
    conclude(index, shop.progress, timer)
    if reading.read or reading.missing:
        timer.time("tidy", lambda: tidy(index))
    return _report(index, reading, timer)


def read(index: Index, shop: Workshop, timer: StepTimer, *, force: bool = False, looked: Look | None = None) -> Reading:
    """Bring files, photos and faces up to date with the disk; groups and tags stay as they are. Else as `scan`.

    What is brought up to date is what `looked` says, or what a look finds now.
    """
    space = spaces.current(index.db)
    if space is not None:
        require_engine(space, shop.engine)
    looked = looked or look(index, shop.darkroom)
    note_sidecars(index, looked)
    known, changes = looked.known, looked.changes
    hashes: dict[bytes, str] = {}
    analysed: set[str] = set()
    again: list[PhotoFile] = []
    space_now = spaces.current_id(index.db)
    if changes.fresh or force or photos.described_otherwise(index.db, space_now) or undescribed(index, space_now):
        shop.prepare(shop.workers, len(changes.fresh) + (len(changes.unchanged) if force else 0))
        engine = shop.open_engine(shop.engine or (space.choice if space else None))
        with transaction(index.db):
            space_id = spaces.adopt(index.db, engine.space)
        # vectors of an older phototag cannot be compared with new ones: all photos are read again, once
        outdated = photos.described_otherwise(index.db, space_id)
        again = [file for file in changes.unchanged if force or file.path in outdated]
        with shop.open_executor(shop.workers, len(changes.fresh) + len(again)) as executor:
            each = partial(run_bounded, executor, most=shop.workers * WAITING_PER_WORKER)
            worker = Worker(engine, index.root, shop.darkroom)
            work = _Work(index, worker, space_id, each, timer, looked, force)
            hashes = work.run([*changes.fresh, *again], photos.known_sizes(index.db), shop.progress)
            analysed = work.analysed
        describe(index, engine, shop.darkroom, space_id, undescribed(index, space_id))
    with transaction(index.db):
        photos.forget_files(index.db, changes.missing)
        set_meta(index.db, SCANNED, str(looked.started_ns).encode())
    before = {path: photo for path, (_, photo) in known.items()}
    kept = {file.path for file in changes.unchanged if file.path in known} - {file.path for file in again}
    kinds = _kinds(hashes, before, changes.missing)
    return Reading(kinds, len(hashes), len(kept), looked.walk, changes.missing, frozenset(analysed))


def note_sidecars(index: Index, looked: Look) -> None:
    """Remember the sidecars that were looked into and turn nothing, so that they are not opened again."""
    if looked.asked:
        with transaction(index.db):
            for file in looked.asked:
                photos.record_sidecar(index.db, _settled(file, looked.started_ns))


def conclude(index: Index, progress: Progress, timer: StepTimer, *, group: bool = True) -> None:
    """Link copies, group (unless told not to), tag and export, each only where what matters has changed."""
    for _ in progress(_conclusions(index, timer, group), label="Grouping and tagging", total=4, unit="step"):
        pass


def _conclusions(index: Index, timer: StepTimer, group: bool) -> Iterator[str]:
    """Yields each step's name when it is done."""
    timer.time("link", lambda: copies.link(index))
    yield "link"
    known = evidence.gather(index)
    if known is not None:
        if group:
            timer.time("group", lambda: regroup(index, known))
        yield "group"
        timer.time("tag", lambda: tag.retag(index, known))
        yield "tag"
    timer.time("export", lambda: export.write_tags(index))
    yield "export"


Each: TypeAlias = Callable[[Callable[[PhotoFile], Outcome], Iterable[PhotoFile]], Iterable[Outcome]]
"""Does some work on each file, by the workers, in whatever order it is done."""


class _Work:
    """Reads fresh files and writes what is found on them, one transaction a photo."""

    def __init__(
        self,
        index: Index,
        worker: Worker,
        space_id: int,
        each: Each,
        timer: StepTimer,
        looked: Look,
        force: bool = False,
    ) -> None:
        self.index, self.worker, self.space_id, self.each, self.timer = index, worker, space_id, each, timer
        self.started_ns, self.force, self.thumbs = looked.started_ns, force, thumbs(index)
        self.missing = frozenset(looked.changes.missing)
        self.hashes: dict[bytes, str] = {}
        self.analysed: set[str] = set()

    def run(self, fresh: Sequence[PhotoFile], known_sizes: set[int], progress: Progress) -> dict[bytes, str]:
        """Analyse every picture once; returns path -> picture of the files that could be read.

        A copy has the size of its original. A file whose size nobody shares is analysed at once; one that may be a copy
        or have been moved is hashed first, and analysed only if its picture is unknown.
        """
        single, perhaps_known = _by_size(fresh, known_sizes)
        jobs = self._stream(single, perhaps_known)
        for outcome in progress(jobs, label="Finding faces", total=len(fresh), unit="photo"):
            self.timer.time("write", partial(self._write, outcome))
        return self.hashes

    def _stream(self, single: Sequence[PhotoFile], perhaps_known: Sequence[PhotoFile]) -> Iterable[Outcome]:
        yield from self.each(self.worker.analyse, single)
        waiting: dict[tuple[str, int], list[Hashed]] = defaultdict(list)
        for outcome in self.each(self.worker.hash, perhaps_known):
            if isinstance(outcome, Hashed) and not self._is_analysed(outcome):
                waiting[outcome.hash, outcome.shown.orientation].append(outcome)
            else:
                yield outcome
        for alike in waiting.values():
            alike.sort(key=lambda copy: copy.file.path)
        yield from self.each(self.worker.analyse, [alike[0].file for alike in waiting.values()])
        rest = [copy for alike in waiting.values() for copy in alike[1:]]
        yield from (copy for copy in rest if self._is_analysed(copy))
        yield from self.each(self.worker.analyse, [copy.file for copy in rest if not self._is_analysed(copy)])

    def _is_analysed(self, copy: Hashed) -> bool:
        if self.force and copy.hash not in self.analysed:
            return False
        return photos.is_analysed(
            self.index.db,
            copy.hash,
            copy.shown.orientation,
            self.space_id,
            lambda path: path not in self.missing and path != copy.file.path,
        )

    def _write(self, outcome: Outcome) -> None:
        db, file = self.index.db, _settled(outcome.file, self.started_ns)
        with transaction(db):
            if isinstance(outcome, Analysis):
                photos.record_analysis(
                    db, file, outcome.shown, outcome.photo, outcome.faces, outcome.vectors, self.space_id
                )
                self.hashes[outcome.file.path] = outcome.photo.hash
                self.analysed.add(outcome.photo.hash)
                for step, seconds in outcome.seconds.items():
                    self.timer.seconds[step] += seconds
            elif isinstance(outcome, Hashed):
                photos.record_file(db, file, outcome.hash, outcome.shown)
                self.hashes[outcome.file.path] = outcome.hash
            elif outcome.is_beyond_limit and (known := photos.recorded(db, outcome.file)):
                self.hashes[outcome.file.path] = known
            elif outcome.reason is not None:
                photos.record_problem(db, file, outcome.reason, lasting=outcome.lasting, is_photo=outcome.is_photo)
        if isinstance(outcome, Analysis):
            keep_crops(self.thumbs, outcome.faces, outcome.shown.orientation, outcome.crops)


COARSE_NS, YOUNG_NS = 1_000_000_000, 4_000_000_000
"""Network folders and memory cards tell a time of change in steps of one or two seconds, by a clock of their own."""


def _settled(file: PhotoFile, started_ns: int) -> PhotoFile:
    """The file as it is recorded; the next scan reads it again if it could change without showing it.

    So it is with a time in whole seconds that had hardly passed when the scan began: a program that saves the photo a
    moment later may leave time and size as they were. git calls that racily clean.
    """
    sidecar = file.sidecar
    if sidecar is not None and _is_racy(sidecar.mtime_ns, started_ns):
        file = replace(file, sidecar=replace(sidecar, mtime_ns=photos.NEVER))
    return replace(file, mtime_ns=photos.NEVER) if _is_racy(file.mtime_ns, started_ns) else file


def _is_racy(mtime_ns: int, started_ns: int) -> bool:
    return mtime_ns % COARSE_NS == 0 and 0 <= mtime_ns - started_ns + YOUNG_NS <= 2 * YOUNG_NS


def _by_size(fresh: Sequence[PhotoFile], known_sizes: set[int]) -> tuple[list[PhotoFile], list[PhotoFile]]:
    """Files that cannot be copies of anything, and those that may be."""
    count = Counter(file.size for file in fresh)
    single = [file for file in fresh if count[file.size] == 1 and file.size not in known_sizes]
    shared = [file for file in fresh if count[file.size] > 1 or file.size in known_sizes]
    return single, shared


def _kinds(hashes: Mapping[bytes, str], before: Mapping[bytes, str], missing: Sequence[bytes]) -> Counter[Kind]:
    """Tell new, changed, moved, duplicate and untouched files apart.

    Args:
        hashes: path -> picture, of the files that were read this time.
        before: path -> picture, of all files that were known before.
        missing: known paths that are not there any more.
    """
    lost = set(missing)
    vanished = Counter(before[path] for path in missing if path in before)
    here = {photo for path, photo in before.items() if path not in lost and hashes.get(path, photo) == photo}
    kinds: Counter[Kind] = Counter()
    for path, photo in sorted(hashes.items()):
        if before.get(path) == photo:
            kinds["unchanged"] += 1
        elif vanished[photo]:
            vanished[photo] -= 1
            kinds["moved"] += 1
        elif path in before:
            kinds["changed"] += 1
        else:
            kinds["duplicates" if photo in here else "new"] += 1
        here.add(photo)
    kinds["gone"] = vanished.total()
    return kinds


def _report(index: Index, reading: Reading, timer: StepTimer) -> ScanReport:
    kinds, problems = reading.kinds, all_problems(index, reading.walk.unreadable)
    return ScanReport(
        seen=reading.read + reading.kept + len(photos.problems(index.db)),
        new=kinds.get("new", 0),
        changed=kinds.get("changed", 0),
        moved=kinds.get("moved", 0),
        gone=kinds.get("gone", 0),
        unchanged=kinds.get("unchanged", 0) + reading.kept,
        duplicates=kinds.get("duplicates", 0),
        copies=photos.count_copies(index.db),
        faces=faces.count_faces(index.db),
        clusters=len(groups.unknown_ids(index.db)),
        auto_tagged=people.count_auto_tagged(index.db),
        problems=problems,
        passed_over=count_passed_over(index, reading.walk),
        excluded=excluded(index),
        seconds=dict(timer.seconds),
        is_tagging=evidence.is_tagging(index),
    )
