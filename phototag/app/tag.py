"""Who the unnamed faces look like: suggestions for all of them, by what a human said of the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from phototag.app.evidence import Evidence
from phototag.app.kept_distances import keep_distances, kept_distances
from phototag.core.distance_table import DistanceTable, measure
from phototag.core.matching import judge
from phototag.index import people, photos
from phototag.index.db import TAGGED, Index, set_meta, transaction
from phototag.types import Suggestion, Verdict


def retag(index: Index, evidence: Evidence) -> None:
    """Put the suggestions that the evidence gives in the place of the former ones, unless they came from the same.

    Only what a human said is a reference: a wrong guess can never become the reason for the next.
    """
    if evidence.is_behind(index, TAGGED):
        return
    found = _suggestions(index, evidence)
    with transaction(index.db):
        people.replace_suggestions(index.db, found)
        set_meta(index.db, TAGGED, evidence.fingerprint)


def references_and_others(evidence: Evidence) -> tuple[dict[int, list[int]], list[int]]:
    """Positions in `evidence.faces`: of each person's faces that a human named, and of all unnamed faces."""
    named = {label.face: label.person for label in evidence.labels if label.verdict is Verdict.IS}
    references: dict[int, list[int]] = defaultdict(list)
    unnamed: list[int] = []
    for row, face in enumerate(evidence.faces):
        (references[named[face]] if face in named else unnamed).append(row)
    return references, unnamed


def _suggestions(index: Index, evidence: Evidence) -> list[Suggestion]:
    references, unnamed = references_and_others(evidence)
    if not references:
        return []
    photo = photos.photos_of(index.db)
    labels = evidence.labels
    table = _distances(index, evidence, references)
    return judge(
        [evidence.faces[row] for row in unnamed],
        photo,
        sorted(references),
        table.distances[:, unnamed],
        evidence.space.thresholds,
        {(label.face, label.person) for label in labels if label.verdict is Verdict.IS_NOT},
        {(photo[x.face], x.person) for x in labels if x.verdict is Verdict.IS and x.face in photo},
        evidence.limits,
    )


def _distances(index: Index, evidence: Evidence, references: Mapping[int, Sequence[int]]) -> DistanceTable:
    """Of all faces to all people; only what the last decision changed is computed."""
    vectors = photos.vectors_of(index.db, evidence.faces, evidence.space.dim)
    kept = kept_distances(index)
    table = measure(evidence.space.key, evidence.faces, vectors, references, kept)
    if kept is None or not table.equals(kept):
        keep_distances(index, table)
    return table
