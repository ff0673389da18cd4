"""phototag export xmp, import xmp."""

from __future__ import annotations

import time

from phototag import wiring
from phototag.app.export import to_json
from phototag.app.sidecars import Exported, Manner, write_sidecars
from phototag.app.xmp_names import take_in_xmp
from phototag.cli import bar, intake, options, render
from phototag.errors import ExitCode
from phototag.settings import load
from phototag.workshop import open_darkroom


def export_xmp(
    to: options.SidecarFolder = None,
    confirmed: options.Confirmed = False,
    ours: options.Ours = False,
    dry_run: options.DryRun = False,
    library: options.Library = None,
    index: options.Index = None,
    json: options.Json = False,
) -> int:
    """Write who is on each photo into XMP sidecars, for other programs.

    Beside IMG.jpg comes IMG.jpg.xmp; an IMG.xmp that is there is followed. All else in a sidecar stays as it is. What
    others changed in a sidecar since it was left is taken over first, as one decision. Photos are never written to.
    """
    manner = Manner(None if to is None else to.absolute(), confirmed, ours, dry_run)
    settings = load(library, index)
    opened = wiring.reading(settings) if dry_run else wiring.writing(settings, "export xmp", render.note)
    with opened as found:
        report = write_sidecars(found, time.time_ns(), bar.progress, manner)
    if json:
        render.out(to_json(document(report)))
    else:
        tell(report, manner)
    return exit_code(report)


def import_xmp(
    folder: options.SidecarSource = None,
    dry_run: options.DryRun = False,
    library: options.Library = None,
    index: options.Index = None,
    json: options.Json = False,
) -> int:
    """Take over the names that other programs wrote as XMP.

    Reads face regions of MWG, Microsoft and IPTC, and PersonInImage, in sidecars and in the photos themselves:
    as digiKam, Lightroom, Picasa, Immich, Windows and others write them.
    """
    settings = load(library, index)
    opened = wiring.reading(settings) if dry_run else wiring.writing(settings, "import xmp", render.note)
    with opened as found:
        report, problems = take_in_xmp(
            found,
            open_darkroom(),
            time.time_ns(),
            bar.progress,
            folder=None if folder is None else folder.absolute(),
            workers=wiring.default_workers(),
            dry_run=dry_run,
        )
    if json:
        render.out(to_json(intake.document(report, problems)))
    else:
        intake.tell(report, problems, dry_run=dry_run)
    return intake.exit_code(report, problems)


def exit_code(report: Exported) -> ExitCode:
    """A conflict outranks a problem."""
    if report.conflicts:
        return ExitCode.EDITED
    return ExitCode.PROBLEMS if report.problems else ExitCode.DONE


def tell(report: Exported, manner: Manner) -> None:
    """What came of it, for a person."""
    for difference in report.differences:
        render.out(difference.text)
    be = "would be " if manner.dry_run else ""
    removed = f", {report.removed:,} {be}removed" if report.removed else ""
    render.out(
        f"{render.count(report.written, 'sidecar')} {be}written{removed}, "
        f"{render.count(report.unchanged, 'is as it shall be', 'are as they shall be')}."
    )
    if report.unforeseen:
        others = render.count(report.unforeseen, "sidecar")
        render.out(f"{others} that others changed, and what is tagged automatically by that, come on top.")
    if report.intake.photos:
        render.out("\nOthers had changed what sidecars say:")
        intake.tell_new(report.intake, manner.dry_run)
    left_alone = render.count(len(report.conflicts), "sidecar was", "sidecars were")
    intake.tell_some(
        f"{left_alone} left alone: here and there something else was said. Say the same on both sides, or let what you "
        "said here win: --ours",
        [f"{render.path(one.path)}: {one.reason}" for one in report.conflicts],
    )
    intake.tell_some(
        f"{render.count(len(report.problems), 'sidecar')} could not be read or written, and nothing was changed there. "
        "For folders that cannot be written to: --to DIR",
        [f"{render.path(one.path)}: {one.reason}" for one in report.problems],
    )
    intake.tell_undo(report.intake)


def document(report: Exported) -> dict[str, object]:
    """The report for programs."""
    return {
        "written": report.written,
        "removed": report.removed,
        "unchanged": report.unchanged,
        "taken_over": intake.document(report.intake),
        "conflicts": [{"photo": render.raw(one.path), "reason": one.reason} for one in report.conflicts],
        "problems": [{"photo": render.raw(one.path), "reason": one.reason} for one in report.problems],
        "differences": [{"sidecar": str(one.path), "diff": one.text} for one in report.differences],
    }
