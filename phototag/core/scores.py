"""How good a grouping or a tagging is, against the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import NamedTuple


class Scores(NamedTuple):
    """Precision, recall and their harmonic mean, each 0 to 1."""

    precision: float
    recall: float
    f: float


def b_cubed(truth: Sequence[Hashable], groups: Sequence[Hashable | None]) -> Scores:
    """B-cubed scores of a grouping (Amigó et al., Information Retrieval 12, 2009).

    For each face: which share of its group is the same person (precision), and which share of the person's faces is in
    its group (recall); then the mean over faces.

    Args:
        truth: who each face is.
        groups: the group each face was put in; None is a group of one.

    Returns:
        Scores; all 1 for no faces.
    """
    if not truth:
        return Scores(1.0, 1.0, 1.0)
    clusters = [("alone", i) if group is None else ("group", group) for i, group in enumerate(groups)]
    of_person, of_cluster, of_both = Counter(truth), Counter(clusters), Counter(zip(truth, clusters, strict=True))
    precision = sum(n * n / of_cluster[cluster] for (_, cluster), n in of_both.items()) / len(truth)
    recall = sum(n * n / of_person[person] for (person, _), n in of_both.items()) / len(truth)
    return Scores(precision, recall, 2 * precision * recall / (precision + recall))
