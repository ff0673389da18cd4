"""phototag backup, restore, check, rebuild."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from phototag import wiring
from phototag.app import backup as copies
from phototag.app import check as comparison
from phototag.app.backup import KnownBackup, Restored
from phototag.app.check import Finding
from phototag.app.disk import require_photos
from phototag.app.export import to_json
from phototag.app.rebuild import Rebuilt
from phototag.app.rebuild import rebuild as make_anew
from phototag.cli import bar, options, render
from phototag.errors import DamagedError, ExitCode, LibraryError, UsageError
from phototag.settings import Settings, load
from phototag.workshop import workshop


def backup(file: options.BackupFile = None, library: options.Library = None, index: options.Index = None) -> None:
    """Copy the index, with all that you said, to one file.

    Without a file it goes beside the index.
    """
    with wiring.reading(load(library, index)) as opened, bar.pages("Copying") as shown:
        path = copies.back_up(opened, None if file is None else file.absolute(), shown)
    render.out(f"Copied the index to {path} ({_size(path.stat().st_size)}).")
    render.out(f"\nPut it back:     {render.command('restore', path)}")


def restore(
    file: options.BackupSource = None,
    listing: options.ListBackups = False,
    library: options.Library = None,
    index: options.Index = None,
    json: options.Json = False,
) -> None:
    """Put a backup in the place of the index.

    The index that was there is backed up first; if it is damaged, it is kept as it is.
    """
    if listing == (file is not None):
        raise UsageError("Give a backup: phototag restore FILE, or: phototag restore latest. See them with --list.")
    with wiring.holding(load(library, index), "restore", render.note) as (root, folder):
        if file is None:
            return _list(copies.list_backups(folder), folder, json)
        with bar.steps(copies.STEPS) as step:
            restored = copies.restore(folder, root, file, step)
    if json:
        return render.out(to_json(_restored_document(restored)))
    return _tell_restored(restored)


def check(
    repair: options.Repair = False,
    deep: options.Deep = False,
    library: options.Library = None,
    index: options.Index = None,
    json: options.Json = False,
) -> int:
    """Compare disk, index and tags.jsonl, and say what does not agree.

    Changes nothing without --repair.
    """
    settings = load(library, index)
    plan: list[str] = []
    kept: Path | None = None
    try:
        found, plan, kept = _repair(settings, deep, json) if repair else (_check(settings, deep), [], None)
    except DamagedError as error:
        found = comparison.damaged(str(error.__cause__ or error))
    left = [finding for finding in found if not (plan and finding.remedy.repair)]
    if json:
        render.out(to_json(_check_document(found, plan, kept)))
    elif repair:
        _tell_repaired(left, kept)
    else:
        _tell_found(found)
    return comparison.exit_code(left)


def rebuild(
    folder: options.LostFolder = None,
    index: options.Index = None,
    force: options.Anyway = False,
    engine: options.EngineName = None,
    detector: options.DetectorName = None,
    embedder: options.EmbedderName = None,
    workers: options.Workers = None,
    max_megapixels: options.MaxMegapixels = None,
    json: options.Json = False,
) -> int:
    """Make a lost or damaged index anew from tags.jsonl and the photos.

    Names, and whatever else you said of photos that are there, survive; all photos are read again. What is left of the
    old index is kept. May be stopped at any moment: the same command goes on.
    """
    settings = load(folder, index)
    choice = wiring.choose_engine(settings, engine, detector, embedder)
    shop = workshop(settings, choice, workers, max_megapixels, bar.progress)
    with wiring.holding(settings, "rebuild", render.note) as (root, place):
        if root is None:
            raise LibraryError(f"Which library is the index in {place} of? Say it: phototag rebuild DIR")
        require_photos(root, place)
        rebuilt = make_anew(place, root, shop, time.time_ns(), force=force)
    if json:
        render.out(to_json(_rebuilt_document(rebuilt)))
    else:
        _tell_rebuilt(rebuilt)
    return ExitCode.PROBLEMS if rebuilt.broken or rebuilt.scan.problems else ExitCode.DONE


def _check(settings: Settings, deep: bool) -> list[Finding]:
    with wiring.reading(settings) as opened:
        return comparison.check(opened, bar.progress, deep=deep)


def _repair(settings: Settings, deep: bool, json: bool) -> tuple[list[Finding], list[str], Path | None]:
    with wiring.writing(settings, "check --repair", render.note) as opened:
        found = comparison.check(opened, bar.progress, deep=deep)
        plan = comparison.plan(found)
        if not json:
            _tell_found(found)
            for number, line in enumerate(plan, 1):
                render.out(f"{'Repairing:' if number == 1 else '':<11}{number}. {line}")
        if not plan:
            return found, plan, None
        with bar.pages("Backing up") as shown:
            return found, plan, comparison.repair(opened, found, shown)


def _tell_found(found: Sequence[Finding]) -> None:
    if not found:
        render.out("Disk, index and tags.jsonl agree.")
    for finding in found:
        render.out(f"{render.count(finding.count, *finding.remedy.what)}:")
        for example in finding.examples:
            render.out(f"  {render.line(example)}")
        if finding.count > len(finding.examples):
            render.out(f"  and {finding.count - len(finding.examples):,} more")
        render.out(f"  What to do: {finding.remedy.advice}\n")


def _tell_repaired(left: Sequence[Finding], kept: Path | None) -> None:
    if kept is None:
        render.out("There is nothing that --repair could do. Nothing was changed.")
    else:
        render.out(f"Done. The index as it was: {kept}")
    for finding in left:
        render.out(f"Left to you: {render.count(finding.count, *finding.remedy.what)}: {finding.remedy.advice}")


def _check_document(found: Sequence[Finding], plan: Sequence[str], kept: Path | None) -> dict[str, object]:
    return {
        "findings": [
            {
                "kind": finding.kind,
                "count": finding.count,
                "examples": list(finding.examples),
                "advice": finding.remedy.advice,
                "repaired": bool(plan and finding.remedy.repair),
            }
            for finding in found
        ],
        "backup": None if kept is None else str(kept),
    }


def _list(found: Sequence[KnownBackup], folder: Path, json: bool) -> None:
    if json:
        render.out(to_json({"backups": [_backup_document(known) for known in found]}))
    elif found:
        head = ["backup", "made", "size", "decisions", "reason"]
        render.out(render.table(head, [_row(known) for known in found], right=(2, 3)))
        render.out(f"\nThey are in {folder}.\nPut one back:    {render.command('restore', found[0].path.name)}")
    else:
        render.out(f"There is no backup in {folder}. Make one: {render.command('backup', 'FILE')}")


def _row(known: KnownBackup) -> list[str]:
    decisions = "damaged" if known.decisions is None else str(known.decisions)
    return [known.path.name, _when(known.made_ns), _size(known.size), decisions, known.reason]


def _backup_document(known: KnownBackup) -> dict[str, object]:
    made = datetime.fromtimestamp(known.made_ns / 1e9).astimezone().isoformat(timespec="seconds")
    return {
        "path": str(known.path),
        "made": made,
        "size": known.size,
        "reason": known.reason,
        "decisions": known.decisions,
    }


def _tell_restored(restored: Restored) -> None:
    render.out(f"The index is {restored.source} now, with {render.count(restored.decisions, 'decision')}.")
    if restored.lacking:
        render.out(f"It lacks {render.count(restored.lacking, 'decision')} of the index that was there.")
    elif restored.lacking is None:
        render.out("What it lacks cannot be told: the index that was there could not be read.")
    if restored.tags is not None:
        render.out(f"tags.jsonl as it was, perhaps with names of since then: {restored.tags}")
    if restored.kept is not None:
        render.out(f"The index that was there, {'damaged' if restored.damaged else 'whole'}: {restored.kept}")
    render.out(f"\nFind what changed since:   {render.command('scan', restored.root)}")


def _restored_document(restored: Restored) -> dict[str, object]:
    return {
        "source": str(restored.source),
        "kept": None if restored.kept is None else str(restored.kept),
        "damaged": restored.damaged,
        "tags": None if restored.tags is None else str(restored.tags),
        "decisions": restored.decisions,
        "lacking": restored.lacking,
    }


def _tell_rebuilt(rebuilt: Rebuilt) -> None:
    found = rebuilt.faces - rebuilt.away - rebuilt.unfound
    render.out(
        f"The index is new, with {render.count(rebuilt.names, 'name')}: {found:,} of "
        f"{render.count(rebuilt.faces, 'face')} that you spoke of found again."
    )
    if rebuilt.away:
        render.out(f"{render.count(rebuilt.away, 'face')} on photos that are not there now: they wait for the photos.")
    if rebuilt.unfound:
        render.out(f"{render.count(rebuilt.unfound, 'face')} where no face is found now: they wait, too.")
    if rebuilt.broken:
        lines = ", ".join(map(str, rebuilt.broken[:10])) + (", ..." if len(rebuilt.broken) > 10 else "")
        render.out(f"{render.count(len(rebuilt.broken), 'line')} of tags.jsonl could not be understood: {lines}.")
    if rebuilt.scan.problems:
        render.out(
            f"{render.count(len(rebuilt.scan.problems), 'photo')} could not be used: see {render.command('problems')}"
        )
    for path in rebuilt.kept:
        render.out(f"As it was before: {path}")
    render.out(f"\nWho is known:     {render.command('people')}")


def _rebuilt_document(rebuilt: Rebuilt) -> dict[str, object]:
    return {
        "names": rebuilt.names,
        "faces": rebuilt.faces,
        "found": rebuilt.faces - rebuilt.away - rebuilt.unfound,
        "away": rebuilt.away,
        "unfound": rebuilt.unfound,
        "broken_lines": list(rebuilt.broken),
        "kept": [str(path) for path in rebuilt.kept],
        "problems": len(rebuilt.scan.problems),
    }


def _when(at_ns: int) -> str:
    return datetime.fromtimestamp(at_ns / 1e9).strftime("%Y-%m-%d %H:%M")


def _size(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
