"""Who the unnamed faces look like: suggestions for all of them, by what a human said of the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from phototag.app.evidence import Evidence
from phototag.app.kept_distances import keep_distances, kept_distances
from phototag.core.distance_table import DistanceTable, measure
from phototag.core.matching import dismiss, judge
from phototag.index import people, photos
from phototag.index.db import TAGGED, Index, set_meta, transaction
from phototag.types import Dismissal, Grade, Suggestion, Verdict

if TYPE_CHECKING:
    from phototag.types import Vectors


def retag(index: Index, evidence: Evidence) -> None:
    """Put the suggestions that the evidence gives in the place of the former ones, unless they came from the same.

    Only what a human said is a reference: a wrong guess can never become the reason for the next. Somebody without a
    name is one too, so that their like is not taken for somebody else; but they are never suggested. And what a human
    said is one person is never parted by a match: the faces of somebody without a name are asked for.
    """
    if evidence.is_behind(index, TAGGED):
        return
    vectors = photos.vectors_of(
        index.db, evidence.faces if evidence.labels or evidence.no_faces else [], evidence.space.dim
    )
    guesses = _suggestions(index, evidence, vectors)
    offered = named_references(evidence).keys()
    dismissed = _dismissals(index, evidence, vectors, guesses)
    hidden = {dismissal.face for dismissal in dismissed}
    spoken = {label.face for label in evidence.labels if label.verdict is Verdict.IS}
    found = [g._replace(grade=Grade.POSSIBLE) if g.face in spoken else g for g in guesses if g.person in offered]
    with transaction(index.db):
        people.replace_suggestions(index.db, [guess for guess in found if guess.face not in hidden])
        people.replace_dismissals(index.db, dismissed)
        set_meta(index.db, TAGGED, evidence.fingerprint)


def references_and_others(evidence: Evidence) -> tuple[dict[int, list[int]], list[int]]:
    """Positions in `evidence.faces`: of each person's faces, as a human said, and of all faces without a name.

    Faces of somebody without a name are among both.
    """
    said = {label.face: label.person for label in evidence.labels if label.verdict is Verdict.IS}
    references: dict[int, list[int]] = defaultdict(list)
    unnamed: list[int] = []
    for row, face in enumerate(evidence.faces):
        person = said.get(face)
        if person is not None:
            references[person].append(row)
        if person is None or (person in evidence.nameless and person not in evidence.ignored):
            unnamed.append(row)
    return references, unnamed


def named_references(evidence: Evidence) -> dict[int, list[int]]:
    """Positions in `evidence.faces` of the faces of everybody who has a name and is not ignored."""
    references, _ = references_and_others(evidence)
    hidden = evidence.ignored | evidence.nameless.keys()
    return {person: rows for person, rows in references.items() if person not in hidden}


def refusals(evidence: Evidence) -> set[tuple[str, int]]:
    """Face and person that a human ruled out; of faces that are one person, what was said of one holds for all."""
    refused = {(label.face, label.person) for label in evidence.labels if label.verdict is Verdict.IS_NOT}
    owner = {x.face: x.person for x in evidence.labels if x.verdict is Verdict.IS and x.person in evidence.nameless}
    of_owner: dict[int, set[int]] = defaultdict(set)
    for face, person in refused:
        if face in owner:
            of_owner[owner[face]].add(person)
    return refused | {(face, person) for face, somebody in owner.items() for person in of_owner[somebody]}


def _suggestions(index: Index, evidence: Evidence, vectors: Vectors) -> list[Suggestion]:
    """The nearest person for each face that looks like somebody, with a name or without."""
    references, unnamed = references_and_others(evidence)
    if not references:
        return []
    faces, labels = evidence.faces, evidence.labels
    # on a collage every face is as good as on a photo of its own
    on = {f: f if photo in evidence.collages else photo for f, photo in photos.photos_of(index.db).items()}
    itself = {(x.face, x.person) for x in labels if x.verdict is Verdict.IS and x.person in evidence.nameless}
    table = _distances(index, evidence, vectors, references)
    return judge(
        [faces[row] for row in unnamed],
        on,
        sorted(references),
        table.distances[:, unnamed],
        evidence.space.thresholds,
        refusals(evidence) | itself,
        {(on[x.face], x.person) for x in labels if x.verdict is Verdict.IS and x.face in on},
        evidence.limits,
    )


def _dismissals(index: Index, evidence: Evidence, vectors: Vectors, guesses: Sequence[Suggestion]) -> list[Dismissal]:
    """Faces of which no human spoke that are like one that is ignored, or none."""
    spoken = {label.face: label.person for label in evidence.labels if label.verdict is Verdict.IS}
    hidden = [row for row, face in enumerate(evidence.faces) if spoken.get(face) in evidence.ignored]
    strangers = [evidence.faces[row] for row in hidden]
    dismissed = [*strangers, *evidence.no_faces]
    if not dismissed:
        return []
    faces_of: dict[int, list[str]] = defaultdict(list)
    for stranger in strangers:
        faces_of[spoken[stranger]].append(stranger)
    is_ignored = {guess.face: guess.person in evidence.ignored for guess in guesses}
    others = [row for row, face in enumerate(evidence.faces) if face not in spoken]
    no_faces = photos.vectors_of(index.db, evidence.no_faces, evidence.space.dim)
    return dismiss(
        [evidence.faces[row] for row in others],
        vectors[others],
        dismissed,
        np.concatenate([vectors[hidden], no_faces]),
        evidence.space.thresholds,
        {guess.face: _claim(guess, evidence) for guess in guesses if not is_ignored[guess.face]},
        {guess.face for guess in guesses if is_ignored[guess.face] and guess.grade is Grade.STRONG},
        {(face, other) for face, person in refusals(evidence) for other in faces_of.get(person, ())},
    )


def _claim(guess: Suggestion, evidence: Evidence) -> float:
    """How near a dismissed face must be to win; none wins over a match that tags by itself."""
    tags = guess.grade is Grade.STRONG and guess.person not in evidence.nameless
    return 0.0 if tags else guess.distance


def _distances(
    index: Index, evidence: Evidence, vectors: Vectors, references: Mapping[int, Sequence[int]]
) -> DistanceTable:
    """Of all faces to all people; only what the last decision changed is computed."""
    kept = kept_distances(index)
    table = measure(evidence.space.key, evidence.faces, vectors, references, kept)
    if kept is None or not table.equals(kept):
        keep_distances(index, table)
    return table
