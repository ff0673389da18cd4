"""Disk, index and tags.jsonl compared: what does not agree, and what can be put right."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from phototag.app.decide import take_effect
from phototag.app.disk import look
from phototag.app.export import TAGS, is_as_left, tag_lines
from phototag.app.sheets import SHEETS
from phototag.errors import ExitCode
from phototag.files import leftovers
from phototag.index import backups, health, journal, photos, spots
from phototag.index.backups import Shown
from phototag.index.db import EXPORTED, Index, forget_results, set_meta, transaction
from phototag.media.content import content_hash
from phototag.media.darkroom import Apart
from phototag.types import PhotoFile, Progress

EXAMPLES = 5
"""Told of each kind; the count says how many there are."""

MANY_PROBLEMS = 1000
"""From here on unusable files are a finding: a disk that fails, or a folder that is none of photos."""

_OURS = r"(index|tags)[a-z0-9-]*\.(db|db-wal|jsonl)|searches\.json|(question|split|groups?)[0-9-]*\.jpg"
"""Names of the files that are written in the index's folder, which may be a folder of other things as well."""


class Kind(StrEnum):
    """What can be wrong."""

    DAMAGED = "damaged"
    JOURNAL = "journal"
    UNBOUND = "unbound"
    MISCOUNTED = "miscounted"
    ROTTEN = "rotten"
    UNREADABLE = "unreadable"
    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"
    PROBLEMS = "problems"
    TAGS_MISSING = "tags-missing"
    TAGS_DIFFERENT = "tags-different"
    TAGS_EDITED = "tags-edited"
    TAGS_STALE = "tags-stale"
    LEFTOVER = "leftover"


@dataclass(frozen=True, slots=True)
class Remedy:
    """What a finding means, and what to do.

    Attributes:
        what: one and several of it, for a sentence with a count in front.
        advice: what a person does.
        repair: what --repair does; None if it cannot.
    """

    what: tuple[str, str]
    advice: str
    repair: str | None = None


_SCAN = "phototag scan DIR"
_REPAIR = "phototag check --repair"
_WRITE = "write tags.jsonl anew from the index, and keep a copy of what is there"
REMEDIES: Mapping[Kind, Remedy] = {
    Kind.DAMAGED: Remedy(
        ("fault in the database", "faults in the database"),
        "phototag restore latest; or, if there is no good backup: phototag rebuild DIR",
    ),
    Kind.JOURNAL: Remedy(
        ("difference from what you decided", "differences from what you decided"),
        _REPAIR,
        "build people and names anew from your decisions",
    ),
    Kind.UNBOUND: Remedy(
        ("name that has lost its face", "names that have lost their faces"),
        _REPAIR,
        "find the faces again by their places on the photos",
    ),
    Kind.MISCOUNTED: Remedy(
        ("count that is out of date", "counts that are out of date"), _REPAIR, "count faces and photos anew"
    ),
    Kind.ROTTEN: Remedy(
        ("photo whose contents changed by themselves", "photos whose contents changed by themselves"),
        "is the disk failing? Put these photos back from a backup of yours",
    ),
    Kind.UNREADABLE: Remedy(
        ("photo that cannot be read", "photos that cannot be read"), "is the disk failing, or are rights missing?"
    ),
    Kind.NEW: Remedy(("new photo", "new photos"), _SCAN),
    Kind.CHANGED: Remedy(("changed photo", "changed photos"), _SCAN),
    Kind.GONE: Remedy(
        ("photo that is gone", "photos that are gone"), f"put them back, or let the index know: {_SCAN}"
    ),
    Kind.PROBLEMS: Remedy(
        ("file that could not be used", "files that could not be used"), "see why: phototag problems"
    ),
    Kind.TAGS_MISSING: Remedy(("line missing in tags.jsonl", "lines missing in tags.jsonl"), _REPAIR, _WRITE),
    Kind.TAGS_DIFFERENT: Remedy(
        ("line of tags.jsonl out of date", "lines of tags.jsonl out of date"), _REPAIR, _WRITE
    ),
    Kind.TAGS_EDITED: Remedy(
        ("line of tags.jsonl that somebody else wrote", "lines of tags.jsonl that somebody else wrote"),
        f"the index does not know what it says; {_REPAIR}",
        _WRITE,
    ),
    Kind.TAGS_STALE: Remedy(
        ("line too many in tags.jsonl", "lines too many in tags.jsonl"), _REPAIR, _WRITE
    ),
    Kind.LEFTOVER: Remedy(
        ("file left over from a crash", "files left over from a crash"), _REPAIR, "remove the temporary files"
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not agree.

    Attributes:
        kind: what.
        count: how often.
        examples: the first few: paths, or lines for a person.
    """

    kind: Kind
    count: int
    examples: tuple[str, ...]

    @property
    def remedy(self) -> Remedy:
        """What it means, and what to do."""
        return REMEDIES[self.kind]


def check(index: Index, progress: Progress, *, deep: bool = False) -> list[Finding]:
    """Compare disk, index and tags.jsonl; changes nothing.

    Args:
        index: open, for reading or writing.
        progress: shown around what takes long.
        deep: also read every photo, and compare it with what it was.

    Raises:
        LibraryError: the library is not there.
    """
    faults = health.damage(index.db)
    if faults:  # nothing that is read from it means anything
        return [*_finding(Kind.DAMAGED, faults), *_left_over(index)]
    steps: list[Callable[[], Iterable[Finding]]] = [
        lambda: _finding(Kind.JOURNAL, health.differences_from_journal(index.db)),
        lambda: _finding(Kind.UNBOUND, health.unbound(index.db)),
        lambda: _finding(Kind.MISCOUNTED, health.miscounted(index.db)),
        lambda: _disk(index, progress, deep),
        lambda: _tags(index),
        lambda: _left_over(index),
    ]
    shown = progress(steps, label="Checking", total=len(steps), unit="step")
    return [finding for step in shown for finding in step()]


def damaged(reason: str) -> list[Finding]:
    """The finding for an index that cannot even be opened."""
    return list(_finding(Kind.DAMAGED, [reason]))


def exit_code(found: Sequence[Finding]) -> ExitCode:
    """What the process returns for these findings: the worst of them."""
    kinds = {finding.kind for finding in found}
    if Kind.DAMAGED in kinds:
        return ExitCode.LIBRARY
    if Kind.ROTTEN in kinds:
        return ExitCode.CHECKSUM
    return ExitCode.PROBLEMS if kinds else ExitCode.DONE


def plan(found: Sequence[Finding]) -> list[str]:
    """What `repair` would do, a line each, in the order in which it is done; [] for nothing."""
    wanted = list(dict.fromkeys(f.remedy.repair for f in found if f.remedy.repair))
    return ["back up the index", *wanted] if wanted and Kind.DAMAGED not in {f.kind for f in found} else []


def repair(index: Index, found: Sequence[Finding], shown: Shown) -> Path:
    """Put right what `plan` says; returns the backup that was made first.

    May be interrupted at any moment, and done again.

    Args:
        index: open for writing, with the lock held.
        found: by `check`, of this index.
        shown: told how far the backup is.
    """
    backup = backups.make(index.db, index.folder, backups.REPAIR, shown)
    kinds = {finding.kind for finding in found}
    if kinds & {Kind.JOURNAL, Kind.UNBOUND}:
        with transaction(index.db, durable=True):
            journal.replay(index.db)
            spots.rebind_all(index.db)
            forget_results(index.db)
    if Kind.MISCOUNTED in kinds:
        with transaction(index.db):
            health.count_anew(index.db)
    if kinds & {Kind.TAGS_MISSING, Kind.TAGS_DIFFERENT, Kind.TAGS_EDITED, Kind.TAGS_STALE}:
        backups.keep_copy(index.folder / TAGS, backups.REPAIR)
        with transaction(index.db):
            set_meta(index.db, EXPORTED, b"")  # so that it is written whole
    take_effect(index)
    for path in _leftovers(index.folder):
        path.unlink(missing_ok=True)
    return backup


def _finding(kind: Kind, found: Sequence[str]) -> Iterator[Finding]:
    if found:
        yield Finding(kind, len(found), tuple(found[:EXAMPLES]))


def _left_over(index: Index) -> Iterator[Finding]:
    yield from _finding(Kind.LEFTOVER, [str(path.relative_to(index.folder)) for path in _leftovers(index.folder)])


def _leftovers(folder: Path) -> list[Path]:
    return [*leftovers(folder, _OURS), *leftovers(folder / SHEETS, _OURS)]


def _disk(index: Index, progress: Progress, deep: bool) -> Iterator[Finding]:
    looked = look(index, Apart(), progress)
    known, changes, disk = looked.known, looked.changes, looked.walk
    seen = {**photos.failed_files(index.db), **{path: file for path, (file, _) in known.items()}}
    tried = {path: file for path, file in seen.items() if file.mtime_ns != photos.NEVER}  # the others any scan tries
    yield from _finding(Kind.NEW, [os.fsdecode(file.path) for file in changes.fresh if file.path not in seen])
    yield from _finding(Kind.CHANGED, [os.fsdecode(file.path) for file in changes.fresh if file.path in tried])
    yield from _finding(Kind.GONE, [os.fsdecode(path) for path in changes.missing])
    problems = photos.problems(index.db)
    if len(problems) >= MANY_PROBLEMS:
        yield from _finding(Kind.PROBLEMS, [os.fsdecode(problem.path) for problem in problems])
    same = [(file, known[file.path][1]) for file in changes.unchanged if file.path in known]
    rotten, unreadable = _read(index.root, same, progress) if deep else ([], [])
    yield from _finding(Kind.ROTTEN, rotten)
    yield from _finding(Kind.UNREADABLE, [*sorted(map(os.fsdecode, disk.unreadable)), *unreadable])


def _read(root: Path, files: Sequence[tuple[PhotoFile, str]], progress: Progress) -> tuple[list[str], list[str]]:
    """Read photos that should be as they were: those that are not, and those that cannot be read."""
    rotten, unreadable = [], []
    for file, photo in progress(files, label="Reading photos", total=len(files), unit="photo"):
        path = os.fsdecode(file.path)
        try:
            if content_hash((root / path).read_bytes()) != photo:
                rotten.append(path)
        except OSError:
            unreadable.append(path)
    return rotten, unreadable


def _tags(index: Index) -> Iterator[Finding]:
    """tags.jsonl, line by line, against what would be written now."""
    path, lines = index.folder / TAGS, tag_lines(index)
    written = path.read_bytes().splitlines(keepends=True) if path.is_file() else []
    if written == lines:
        return
    wanted, there = _by_photo(lines), _by_photo(written)
    missing = [photo for photo in wanted if photo not in there]
    different = [photo for photo, line in wanted.items() if photo in there and there[photo] != line]
    stale = [photo for photo in there if photo not in wanted]
    yield from _finding(Kind.TAGS_MISSING, missing)
    other = different if missing or different or stale else ["the order of the lines"]
    yield from _finding(Kind.TAGS_DIFFERENT if is_as_left(index) else Kind.TAGS_EDITED, other)
    yield from _finding(Kind.TAGS_STALE, stale)


def _by_photo(lines: Sequence[bytes]) -> dict[str, bytes]:
    return {_photo_of(line) or f"line {number} cannot be read": line for number, line in enumerate(lines, 1)}


def _photo_of(line: bytes) -> str | None:
    try:
        return str(json.loads(line)["photo"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
