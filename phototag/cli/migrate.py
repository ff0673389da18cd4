"""phototag migrate."""

from __future__ import annotations

import math

from phototag import wiring
from phototag.app.export import to_json
from phototag.app.migration import Comparison, MigrationReport
from phototag.app.migration import migrate as run_migration
from phototag.app.scan import Workshop
from phototag.cli import bar, options, render
from phototag.errors import ExitCode, UsageError
from phototag.settings import Settings, load
from phototag.types import Choice
from phototag.workshop import workshop


def migrate(
    engine: options.EngineName = None,
    detector: options.DetectorName = None,
    embedder: options.EmbedderName = None,
    allow_loss: options.AllowLoss = 0.0,
    dry_run: options.DryRun = False,
    workers: options.Workers = None,
    max_megapixels: options.MaxMegapixels = None,
    library: options.Library = None,
    index: options.Index = None,
    json: options.Json = False,
) -> int:
    """Let another engine describe all faces, and keep what you said.

    Reads all photos. Names and refusals go to the faces that lie where they were said. Until the end nothing is
    changed: may be stopped at any moment, and the same command goes on. A copy of the index is kept.
    """
    settings = load(library, index)
    choice = wiring.choose_engine(settings, engine, detector, embedder)
    if choice is None:
        raise UsageError("Who is to describe the faces? Say --engine NAME, --detector NAME, --embedder NAME or both.")
    wiring.require_engine(choice)
    shop = workshop(settings, choice, workers, max_megapixels, bar.progress)
    report = _migrate(settings, shop, choice, allow_loss, dry_run)
    if json:
        render.out(to_json(_document(report)))
    else:
        _summary(report)
    return ExitCode.PROBLEMS if report.problems else ExitCode.DONE


def _migrate(settings: Settings, shop: Workshop, engine: Choice, allow_loss: float, dry_run: bool) -> MigrationReport:
    with wiring.writing(settings, "migrate", render.note) as index:
        return run_migration(index, shop, engine, allow_loss, dry_run=dry_run)


def _document(report: MigrationReport) -> dict[str, object]:
    found = report.comparison
    document: dict[str, object] = {
        "before": report.before.name,
        "engine": report.engine.name,
        "migrated": report.is_done,
    }
    if found is not None:
        document |= {
            "photos": found.photos,
            "faces": {"before": found.faces_before, "after": found.faces_after},
            "matched": found.matched,
            "lost": [{"said": lost.said, "photo": render.raw(lost.path)} for lost in found.lost],
            "references_gone": found.references_gone,
        }
    problems = [{"photo": render.raw(p.path), "reason": p.reason} for p in report.problems]
    return {**document, "problems": problems}


def _summary(report: MigrationReport) -> None:
    if report.comparison is None:
        render.out(f"The faces are described by {report.engine.name} already. Nothing to do.")
        return
    _tell(report.comparison, report)
    if report.problems:
        render.out(
            f"\n{render.count(len(report.problems), 'file')} could not be used; see: {render.command('problems')}"
        )
    if report.is_done:
        render.out(f"\nBack again:       {_command(report.before)}")
    else:
        lost = report.comparison.lost_share
        more = ["--allow-loss", f"{math.ceil(1000 * lost) / 1000:g}"] if lost else []
        command = _command(report.engine, *more)
        render.out(f"\nNothing was changed yet. Do it:   {command}")


def _tell(found: Comparison, report: MigrationReport) -> None:
    render.out(
        f"{report.engine.name} finds {render.count(found.faces_after, 'face')} on "
        f"{render.count(found.photos, 'photo')}; with {report.before.name} there were {found.faces_before:,}."
    )
    render.out(
        f"Of the faces that you spoke of, {found.matched:,} have their place, {found.lost_faces:,} wait for one."
    )
    if found.lost:
        told = found.lost[: render.LISTED]
        render.out("\n" + render.table(["waits", "on"], [[lost.said, render.path(lost.path)] for lost in told]))
        if len(found.lost) > len(told):
            render.out(f"and {len(found.lost) - len(told)} more; --json has all")
    if found.references_gone:
        gone = render.count(found.references_gone, "named face")
        render.out(f"\n{gone} will be compared with others only when the photo, or the face, is found again.")


def _command(engine: Choice, *more: str) -> str:
    return render.command("migrate", engine.options, *more)
