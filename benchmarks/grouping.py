"""How well faces are grouped: one default on four shapes of library, beside others' rules at their best settings.

The others are given what they cannot have in use: a setting chosen with the truth at hand. The cross-validated table
takes that away from all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from benchmarks import libraries, rules
from benchmarks.libraries import Library
from benchmarks.rules import Rule
from benchmarks.tables import Table
from phototag.cli.bar import progress
from phototag.core.scores import Scores

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.features import Features

SEED = 0

Curves: TypeAlias = Mapping[float, Sequence[Scores]]
"""Setting -> scores on each library, in order."""


def tables(features: Features, suffix: str) -> Iterator[Table]:
    """The libraries; all rules on them; thresholds chosen on one half and applied to the other."""
    shapes = libraries.all_shapes(features, suffix)
    yield _sizes(shapes)
    thresholds = features.engine.space.thresholds
    yield _side_by_side(shapes, rules.phototag(thresholds), thresholds.merge)
    yield _cross_validated(shapes, rules.phototag(thresholds), thresholds.merge)


def curves(rule: Rule, shapes: Sequence[Library], settings: Sequence[float]) -> Curves:
    """Score a rule on libraries at settings."""
    each = []
    for library in progress(shapes, label=rule.name, total=len(shapes), unit="library"):
        group = rule.prepare(library)
        each.append([library.score(group(setting)) for setting in settings])
    return dict(zip(settings, zip(*each, strict=True), strict=True))


def mean_f(scores: Sequence[Scores]) -> float:
    """The mean of F over libraries."""
    return float(np.mean([one.f for one in scores]))


def best_for_all(found: Curves) -> float:
    """The one setting with the best mean of F over the libraries; the lowest of equals."""
    return max(found, key=lambda setting: mean_f(found[setting]))


def best_for_each(found: Curves) -> list[float]:
    """The setting with the best F on each library."""
    count = len(next(iter(found.values())))
    return [max(found, key=lambda setting: found[setting][i].f) for i in range(count)]


def _sizes(shapes: Sequence[Library]) -> Table:
    head = ["library", "photos", "faces", "scored", "people", "weak faces", "photos without a face (scored as alone)"]
    rows = [
        [
            library.name,
            str(len(set(library.photos)) + len(library.missed)),
            str(len(library.photos)),
            str(sum(person is not None for person in library.people) + len(library.missed)),
            str(len({*library.people, *library.missed} - {None})),
            str(int(library.weak.sum())),
            str(len(library.missed)),
        ]
        for library in shapes
    ]
    return Table("grouping: the four libraries (vectors without photos count as one photo each)", head, rows)


def _side_by_side(shapes: Sequence[Library], ours: Rule, shipped: float) -> Table:
    rows = [_row("phototag, as shipped", f"{shipped:g}", curves(ours, shapes, [shipped])[shipped])]
    for rule in (rules.average_linkage(), rules.dbscan()):
        found = curves(rule, shapes, rule.settings)
        common, own = best_for_all(found), best_for_each(found)
        rows.append(_row(f"{rule.name}, best for all", f"{common:g}", found[common]))
        settings = " ".join(f"{setting:g}" for setting in own)
        rows.append(_row(f"{rule.name}, best for each", settings, [found[s][i] for i, s in enumerate(own)]))
    plain = [library.plain for library in shapes]
    limit = rules.FACE_RECOGNITION
    rows.append(_row("DBSCAN, face_recognition's 0.6, plain vectors", f"{limit:g}", _at(rules.dbscan(), plain, limit)))
    title = (
        "grouping: B-cubed precision, recall and F of the labelled faces (others are grouped too), the same vectors "
        "for all but the last row; phototag at its one default, the others at settings chosen with the truth at hand"
    )
    return Table(title, _head(shapes), rows)


def _cross_validated(shapes: Sequence[Library], ours: Rule, shipped: float) -> Table:
    halves = list(zip(*(library.halves(SEED) for library in shapes), strict=True))
    rows = []
    for rule in (ours, rules.average_linkage(), rules.dbscan()):
        both = [curves(rule, half, rule.settings) for half in halves]
        if rule is ours:
            rows.append(_row("phototag, as shipped", f"{shipped:g}", _mean([found[shipped] for found in both])))
        chosen = [best_for_all(found) for found in both]
        applied = [both[0][chosen[1]], both[1][chosen[0]]]
        name = f"{rule.name}, chosen on the other half"
        rows.append(_row(name, " ".join(f"{setting:g}" for setting in chosen), _mean(applied)))
    title = (
        "grouping, cross-validated: each library cut into two halves by person (random); one threshold for all four "
        "(phototag: merge; linkage: cut; DBSCAN: eps) chosen on one half and applied to the other, both ways, the mean "
        "of the two; a half has fewer strangers, so its figures are not those of the whole"
    )
    return Table(title, _head(shapes), rows)


def _at(rule: Rule, shapes: Sequence[Library | None], setting: float) -> list[Scores | None]:
    return [None if library is None else curves(rule, [library], [setting])[setting][0] for library in shapes]


def _mean(both: Sequence[Sequence[Scores]]) -> list[Scores]:
    """Over the halves, library by library; F too is a mean, not made of the mean precision and recall."""
    return [Scores(*np.mean(each, axis=0).tolist()) for each in zip(*both, strict=True)]


def _head(shapes: Sequence[Library]) -> list[str]:
    return ["rule", "threshold", *(f"{library.name} {part}" for library in shapes for part in "PRF"), "mean F"]


def _row(name: str, setting: str, scores: Sequence[Scores | None]) -> list[str]:
    cells = [f"{part:.3f}" if one else "" for one in scores for part in one or (0.0, 0.0, 0.0)]
    known = [one for one in scores if one is not None]
    return [name, setting, *cells, f"{mean_f(known):.4f}" if len(known) == len(scores) else ""]
