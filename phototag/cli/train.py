"""phototag train."""

from __future__ import annotations

from datetime import datetime

from phototag import wiring
from phototag.app.export import to_json
from phototag.app.train import PRECISION, STRANGERS, Comparison, Trained, Tried, compare, keep, verdict
from phototag.app.train import train as train_one
from phototag.cli import options, render
from phototag.cli.bar import progress
from phototag.errors import UsageError
from phototag.settings import load

ALL = "all"


def train(
    classifier: options.ClassifierName = None,
    metric: options.MetricName = None,
    precision: options.TrainingPrecision = PRECISION,
    library: options.Library = None,
    index: options.Index = None,
    json: options.Json = False,
) -> None:
    """Try other ways to tell people apart on the faces that you named, and keep one.

    Each classifier is tried by cross-validation, never on a photo that it learned from: how many of the people whom it
    knows it names, and how many strangers. What tags stays as it is; what is kept here answers if it is asked for.
    """
    if classifier is not None and metric is not None:
        raise UsageError("Give --classifier or --metric, not both.")
    settings = load(library, index)
    name = metric or (None if classifier == ALL else classifier)
    trained = None
    with wiring.reading(settings) as opened:
        if name is None:
            found = compare(opened, progress, precision=precision)
        else:
            now = datetime.now().astimezone().isoformat(timespec="seconds")
            found, trained = train_one(opened, progress, name, now, precision)
    if trained is not None:
        with wiring.writing(settings, "train", render.note) as opened:
            keep(opened, trained)
    if json:
        render.out(to_json(_document(found, name, trained)))
    else:
        _tell(found, metric, trained)


def _tell(found: Comparison, metric: str | None, trained: Trained | None) -> None:
    rows = [_row("nearest, as it tags", found.shipped), *(_row(row.name, row) for row in found.rows)]
    head = ["", "right first", "precision", "recall", f"of {STRANGERS} strangers named"]
    render.out(render.table(head, rows, right=(1, 2, 3, 4)))
    render.out(
        f"\nTried on {render.count(found.faces, 'named face')} of {found.people} people, each as somebody known and as "
        f"a stranger. Below the first line, limits are such that {found.precision:.1%} of the names are right."
    )
    if found.missing:
        render.out(f"Not tried: {', '.join(found.missing)}. They need scikit-learn: pip install 'phototag[train]'")
    render.out(f"\n{verdict(found, metric)}")
    if trained is not None:
        render.out(f"Kept {trained.name}, which names somebody from a probability of {trained.least:.2f} on.")


def _row(name: str, row: Tried) -> list[str]:
    return [
        name,
        _share(row.right_first),
        _share(row.quality.precision),
        _share(row.quality.recall),
        f"{row.strangers_named:.1f}",
    ]


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _document(found: Comparison, name: str | None, trained: Trained | None) -> dict[str, object]:
    return {
        "people": found.people,
        "faces": found.faces,
        "precision": found.precision,
        "tags_now": _numbers(found.shipped),
        "classifiers": [_numbers(row) for row in found.rows],
        "missing": list(found.missing),
        "best": found.best,
        "kept": None
        if trained is None
        else {"name": name, "probability": round(trained.least, 4), "trained": trained.at},
    }


def _numbers(row: Tried) -> dict[str, object]:
    """A share of nothing, and the limit where none gives the precision, are null."""
    shares = {
        "right_first": row.right_first,
        "limit": row.limit,
        "precision": row.quality.precision,
        "recall": row.quality.recall,
        f"strangers_named_of_{STRANGERS}": row.strangers_named,
    }
    return {"name": row.name, **{key: None if share is None else round(share, 4) for key, share in shares.items()}}
