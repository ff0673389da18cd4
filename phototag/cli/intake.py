"""What every command that takes over what others know says of it."""

from __future__ import annotations

from collections.abc import Sequence

from phototag.app.intake import Intake
from phototag.cli import render
from phototag.errors import ExitCode, PhotoProblem

FEW = 10
"""Lines of a kind that are told; --json has all."""


def exit_code(report: Intake, problems: Sequence[PhotoProblem] = ()) -> ExitCode:
    """Done, or done but for some problems."""
    return ExitCode.PROBLEMS if report.problems or problems else ExitCode.DONE


def tell(
    report: Intake,
    problems: Sequence[PhotoProblem] = (),
    *,
    dry_run: bool = False,
    left_out: Sequence[str] = (),
) -> None:
    """Say what came of it, what stays as it was, and how to take it back.

    Args:
        report: what came of it.
        problems: of the reader, beside those of the report.
        dry_run: it was only tried.
        left_out: what the reader did not mean to take over, one line for each kind.
    """
    tell_new(report, dry_run)
    if report.known:
        render.out(f"{render.count(report.known, 'thing was', 'things were')} said here before.")
    tell_some(
        f"{render.count(len(report.contradictions), 'thing contradicts', 'things contradict')} what you said here, "
        "which stays:",
        [f"{render.path(one.path)}: {one.theirs} there, {one.ours} here" for one in report.contradictions],
    )
    tell_some(
        f"{render.count(len(report.absent), 'file is', 'files are')} not in the library:",
        [render.path(path) for path in report.absent],
    )
    every = [*problems, *report.problems]
    tell_some(
        f"{render.count(len(every), 'thing', 'things')} could not be used:",
        [f"{render.path(problem.path)}: {problem.reason}" for problem in every],
    )
    if left_out:
        render.out("\nLeft out:")
    for line in left_out:
        render.out(f"  {line}")
    tell_undo(report)


def tell_undo(report: Intake) -> None:
    """How to take it back."""
    if report.decision is not None:
        render.out(f"\nTake it back:     {render.command('undo')}   (decision {report.decision})")


def document(report: Intake, problems: Sequence[PhotoProblem] = ()) -> dict[str, object]:
    """The report for programs."""
    counts = ("photos", "people", "faces", "drawn", "present", "absent_people", "refused", "no_faces", "known")
    return {
        **{name: getattr(report, name) for name in counts},
        "contradictions": [
            {"photo": render.raw(one.path), "theirs": one.theirs, "ours": one.ours} for one in report.contradictions
        ],
        "absent": [render.raw(path) for path in report.absent],
        "problems": [{"photo": render.raw(p.path), "reason": p.reason} for p in [*problems, *report.problems]],
        "decision": report.decision,
    }


def tell_new(report: Intake, dry_run: bool) -> None:
    """What is new by it."""
    if not report.photos:
        render.out("Nothing new.")
        return
    drawn = f", {report.drawn:,} of them where no face was found" if report.drawn else ""
    if report.faces:
        render.out(
            f"{_are(report.faces, dry_run)} named{drawn}: {render.count(report.people, 'person', 'people')} "
            f"on {render.count(report.photos, 'photo')}."
        )
    if report.present:
        times = render.count(report.present, "time", "times")
        render.out(f"{times} somebody is on a photo, and nobody says where.")
    others = [
        f"{render.count(report.absent_people, 'time', 'times')} somebody is not on a photo any more"
        if report.absent_people
        else "",
        f"{_are(report.refused, dry_run)} said not to be somebody" if report.refused else "",
        f"{_are(report.no_faces, dry_run)} said to be none" if report.no_faces else "",
    ]
    if any(others):
        render.out(f"{'; '.join(filter(None, others))}.")


def _are(faces: int, dry_run: bool) -> str:
    """'1 face is', '2 faces would be'."""
    return f"{render.count(faces, 'face')} {'would be' if dry_run else 'is' if faces == 1 else 'are'}"


def tell_some(head: str, lines: Sequence[str]) -> None:
    """The first lines of a kind under a head; nothing without lines."""
    if not lines:
        return
    render.out(f"\n{head}")
    for line in lines[:FEW]:
        render.out(f"  {line}")
    if len(lines) > FEW:
        render.out(f"  and {len(lines) - FEW:,} more: --json has all")
