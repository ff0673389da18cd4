"""phototag evaluate."""

from __future__ import annotations

from phototag import wiring
from phototag.app.evaluate import OFF, Evaluation, PersonQuality, Quality, calibrate_tagging, forget_calibration
from phototag.app.evaluate import evaluate as try_tagging
from phototag.app.export import to_json
from phototag.cli import options, render
from phototag.errors import UsageError
from phototag.settings import load


def evaluate(
    precision: options.Precision = None,
    reset: options.Reset = False,
    library: options.Library = None,
    index: options.Index = None,
    json: options.Json = False,
) -> None:
    """Try automatic tagging on the faces that you named.

    Every face is tried twice: as a new photo of its person, and as a stranger whom nobody here knows. With --precision,
    the limits are set so that this share of the tags is right, a person at a time where there are enough faces.
    """
    settings = load(library, index)
    if precision is not None and reset:
        raise UsageError("Give --precision or --reset, not both.")
    if precision is None and not reset:
        with wiring.reading(settings) as opened:
            found = try_tagging(opened)
    else:
        with wiring.writing(settings, "evaluate", render.note) as opened:
            found = forget_calibration(opened) if precision is None else calibrate_tagging(opened, precision)
    if json:
        render.out(to_json(_document(found)))
    else:
        _tell(found)


def _tell(found: Evaluation) -> None:
    rows = [_row(person) for person in found.people[: render.LISTED]]
    render.out(render.table(["name", "named", "precision", "recall", "limit"], rows, right=(1, 2, 3, 4)))
    if len(found.people) > len(rows):
        render.out(
            f"and {len(found.people) - len(rows)} more, whose tags are surer: {render.command('evaluate', '--json')}"
        )
    render.out(
        f"\nTried on {render.count(found.confirmed, 'named face')}: {_share(found.whole.precision)} of the tags were "
        f"right, and {_share(found.whole.recall)} of the faces got one."
    )
    if found.is_calibrated:
        render.out(f"\nThe limits are this library's own. Back to the usual: {render.command('evaluate', '--reset')}")
    else:
        render.out(f"\nFewer mistakes, or more tags:  {render.command('evaluate', '--precision', '0.995')}")
    render.out(f"Answer open questions:         {render.command('review')}")


def _row(person: PersonQuality) -> list[str]:
    quality = person.quality
    return [
        person.name, str(person.confirmed), _share(quality.precision), _share(quality.recall),
        "off" if person.limit == OFF else f"{person.limit:.3f}",
    ]  # fmt: skip


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _document(found: Evaluation) -> dict[str, object]:
    return {
        "confirmed": found.confirmed,
        "calibrated": found.is_calibrated,
        "limit": round(found.limit, 4),
        **_shares(found.whole),
        "people": [
            {"person": p.name, "confirmed": p.confirmed, "limit": round(p.limit, 4), **_shares(p.quality)}
            for p in found.people
        ],
    }


def _shares(quality: Quality) -> dict[str, float | None]:
    """A share of nothing is null."""
    shares = {"precision": quality.precision, "recall": quality.recall}
    return {name: None if share is None else round(share, 4) for name, share in shares.items()}
