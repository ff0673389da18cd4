"""Who the unnamed faces look like: suggestions for all of them, by what a human said of the others."""

from __future__ import annotations

from collections import defaultdict

from phototag.core.matching import Probe, suggest
from phototag.index import people, photos, spaces
from phototag.index.db import Index, transaction
from phototag.types import Verdict


def retag(index: Index) -> None:
    """Compute all suggestions anew and put them in the place of the old ones.

    Only what a human said is a reference: a wrong guess can never become the reason for the next.
    """
    space = spaces.current(index.db)
    if space is None:
        return
    said = people.labels(index.db)
    named = {label.face: label.person for label in said if label.verdict is Verdict.IS}
    refused = {(label.face, label.person) for label in said if label.verdict is Verdict.IS_NOT}
    ids = photos.face_ids(index.db)
    vectors, photo = photos.vectors_of(index.db, ids, space.dim), photos.photos_of(index.db)
    references: dict[int, list[int]] = defaultdict(list)
    unnamed: list[int] = []
    for row, face in enumerate(ids):
        (references[named[face]] if face in named else unnamed).append(row)
    found = suggest(
        [Probe(ids[row], photo[ids[row]]) for row in unnamed],
        vectors[unnamed],
        {person: vectors[rows] for person, rows in references.items()},
        space.thresholds,
        refused,
        {(photo[face], person) for face, person in named.items() if face in photo},
    )
    with transaction(index.db):
        people.replace_suggestions(index.db, found)
