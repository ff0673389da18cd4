"""phototag scan."""

from __future__ import annotations

import time
from pathlib import Path

from phototag import wiring
from phototag.app import disk
from phototag.app.export import to_json
from phototag.app.scan import ScanReport, Workshop
from phototag.app.scan import scan as run_scan
from phototag.app.sidecars import Exported, Manner, write_sidecars
from phototag.cli import bar, options, render, sidecars
from phototag.errors import ExitCode, StoppedError
from phototag.settings import Settings, load
from phototag.workshop import workshop

FEW_PROBLEMS = 10


def scan(
    folder: options.Folder,
    index: options.Index = None,
    engine: options.EngineName = None,
    detector: options.DetectorName = None,
    embedder: options.EmbedderName = None,
    workers: options.Workers = None,
    max_megapixels: options.MaxMegapixels = None,
    force: options.Force = False,
    exclude: options.Exclude = None,
    write_xmp: options.WriteXmp = False,
    profile: options.Profile = False,
    json: options.Json = False,
) -> int:
    """Find, group and tag the faces in a folder of photos.

    Only new and changed photos are read. May be stopped at any moment: the next scan goes on. The photos themselves
    are never changed; what is found is kept in DIR/.phototag.
    """
    start = time.monotonic()
    settings = load(folder, index)
    disk.require_photos(settings.library or Path(), settings.index, exclude or [])
    choice = wiring.choose_engine(settings, engine, detector, embedder)
    shop = workshop(settings, choice, workers, max_megapixels, bar.progress)
    report, exported = _scan(settings, shop, force, exclude or [], write_xmp)
    seconds = time.monotonic() - start
    if json:
        written = {} if exported is None else {"xmp": sidecars.document(exported)}
        render.out(to_json(_document(report, seconds) | written))
    else:
        _summary(report, seconds)
        if exported is not None:
            render.out("")
            sidecars.tell(exported, Manner())
    if profile:
        _profile(report)
    if exported is not None and (code := sidecars.exit_code(exported)):
        return code
    return ExitCode.PROBLEMS if report.problems else ExitCode.DONE


def _scan(
    settings: Settings, shop: Workshop, force: bool, exclude: list[str], write_xmp: bool
) -> tuple[ScanReport, Exported | None]:
    wiring.refuse_part_of_library(settings)
    try:
        with wiring.writing(settings, "scan", render.note, create=True) as index:
            disk.exclude(index, exclude)
            report = run_scan(index, shop, force=force)
            return report, write_sidecars(index, time.time_ns(), bar.progress) if write_xmp else None
    except KeyboardInterrupt:
        if not force:
            raise
        raise StoppedError(
            "Stopped. Nothing is lost; the same command starts over, a scan without --force goes on."
        ) from None


def _profile(report: ScanReport) -> None:
    """Where the time went: to stderr, so that --json stays one document."""
    total = sum(report.seconds.values())
    rows = [
        [
            step,
            f"{seconds:.2f}",
            f"{seconds / max(total, 1e-9):.0%}",
            f"{1000 * seconds / report.new:.2f}" if report.new else "",
        ]
        for step, seconds in sorted(report.seconds.items(), key=lambda item: -item[1])
    ]
    render.note("\n" + render.table(["step", "seconds, all workers", "share", "ms a new photo"], rows, right=(1, 2, 3)))


def _document(report: ScanReport, seconds: float) -> dict[str, object]:
    counts = ("seen", "new", "changed", "moved", "gone", "unchanged", "duplicates")
    return {
        "photos": {name: getattr(report, name) for name in counts},
        "copies": report.copies,
        "faces": report.faces,
        "clusters": report.clusters,
        "auto_tagged": report.auto_tagged,
        "problems": [{"photo": render.raw(p.path), "reason": p.reason} for p in report.problems],
        "passed_over": dict(report.passed_over),
        "seconds": round(seconds, 3),
        "photos_per_second": round(report.seen / seconds, 2),
    }


def _summary(report: ScanReport, seconds: float) -> None:
    kinds = ("new", "changed", "moved", "gone", "unchanged", "duplicates")
    told = [f"{n:,} {kind.removesuffix('s') if n == 1 else kind}" for kind in kinds if (n := getattr(report, kind))]
    unusable = [f"{len(report.problems):,} not usable"] if report.problems else []
    render.out(f"{render.count(report.seen, 'photo')} in {seconds:.1f} s: {', '.join(told + unusable)}.")
    render.out(
        f"In all {render.count(report.faces, 'face')}, {render.count(report.clusters, 'unknown group')}, "
        f"{render.count(report.auto_tagged, 'face')} tagged automatically."
    )
    if report.copies:
        are = render.count(report.copies, "file is a copy of another photo", "files are copies of other photos")
        render.out(f"{are}: what you say of one is said of all. See: {render.command('duplicates')}")
    if report.problems:
        render.out(f"\n{render.count(len(report.problems), 'file')} could not be used:")
        for problem in report.problems[:FEW_PROBLEMS]:
            render.out(f"  {render.path(problem.path)}: {problem.reason}")
        if len(report.problems) > FEW_PROBLEMS:
            render.out(f"  and {len(report.problems) - FEW_PROBLEMS:,} more: {render.command('problems')}")
    _passed_over(report)
    if not report.is_tagging:
        render.out(
            "\nNobody is tagged without being asked: no limit was measured for this embedder. When you have named a "
            f"few people: {render.command('evaluate', '--precision', '0.995')}"
        )
    if report.clusters:
        render.out(f"\nSee who is on them:  {render.command('clusters', '--sheets')}")
        render.out(f"Then name a group:   {render.command('name-cluster', 'ID', '--as', 'NAME')}")


def _passed_over(report: ScanReport) -> None:
    n = report.passed_over
    kinds = [
        f"{render.count(n['video'], 'video')} (not supported yet)" if n["video"] else "",
        render.count(n["other_picture"], "other picture") if n["other_picture"] else "",
        render.count(n["other"], "other file") if n["other"] else "",
        f"{n['excluded']:,} excluded" if n["excluded"] else "",
    ]
    if any(n.values()):
        render.out(f"\nPassed over: {', '.join(filter(None, kinds))}. See: {render.command('problems', '--all')}")
    if report.excluded:
        render.out(f"Excluded, also by later scans: {render.line(', '.join(report.excluded))}")
        render.out(f"To look at them again:  {render.command('scan', 'DIR', '--exclude', chr(39) * 2)}")
