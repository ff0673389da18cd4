"""python -m benchmarks recognition --data DIR: other ways to say who a face is, on the same faces as ours.

DIR holds album-SUFFIX/ with main_person.csv, and lfw-SUFFIX/ with images/NAME/*.jpg, pairs.csv and vectors.npz, as for
`benchmarks quality`. Needs scikit-learn, and for the rules of others the extra `reference`.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import lfw, rules, tables, tagging
from benchmarks.features import Features, open_features
from benchmarks.lfw import MainFaces
from benchmarks.tables import Table
from benchmarks.verification import read_pairs
from phototag.app.train import STRANGERS
from phototag.cli.bar import progress
from phototag.core.calibration import limit_for
from phototag.core.classifiers import CLASSIFIERS, METRICS, Answers
from phototag.core.matching import strong_limit
from phototag.core.open_set import Named, fitted, splits, tried

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phototag.core.calibration import Trial
    from phototag.types import Thresholds, Vectors

DRAWS = 5
PAIRS = 300
ARTICLES = (rules.ARTICLE, 0.7)
"""Distances of plain descriptors up to which articles on tagging photos with face_recognition take the nearest name."""

PRECISION = 0.99
FITS = {**CLASSIFIERS, **METRICS}


def main(arguments: Sequence[str]) -> None:
    """Measure, print, and write build/recognition.json."""
    parser = argparse.ArgumentParser(prog="benchmarks recognition")
    parser.add_argument("--data", type=Path, required=True, help="folder that holds the sets")
    parser.add_argument("--suffix", default="dev", help="which part of each set, as in lfw-dev (default: dev)")
    parser.add_argument("--features", type=Path, metavar="FILE.npz", help="keeps what was found on photos")
    options = parser.parse_args(arguments)
    features = open_features(options.data, options.features)
    results = {}
    for found in _tables(features, options.suffix):
        found.show()
        results[found.title] = found.as_dicts()
    tables.write(results, "recognition.json")


def _tables(features: Features, suffix: str) -> Iterator[Table]:
    thresholds = features.engine.space.thresholds
    strangers = lfw.photographed(features, suffix)
    yield verification(features.data, suffix, thresholds)
    yield album(features, suffix, strangers)
    yield trained(lfw.described_by_dlib(features.data, suffix, "mirrored").scaled(), thresholds)


# An album and strangers

ALBUM_HEAD = [
    "named photos", "rule", "right first", "precision", "recall",
    f"of {STRANGERS} strangers named", f"recall if 1 of {STRANGERS} is",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """A way to name a face.

    Attributes:
        name: for the table.
        ask: vectors to ask for, references, whose those are -> answers.
        limit: score up to which an answer counts by default.
        is_plain: whether it compares face_recognition's own descriptors.
    """

    name: str
    ask: Callable[[Vectors, Vectors, NDArray[np.intp]], Answers]
    limit: float
    is_plain: bool = False


def album(features: Features, suffix: str, lfw_faces: MainFaces) -> Table:
    """The people of the album, known by one photo or by three, among people of LFW."""
    ours = _album_faces(features, suffix)
    plain = _plain_album_faces(features.data, suffix, ours)
    others = lfw.described_by_dlib(features.data, suffix, "plain").only(lfw_faces.paths)
    known_by_name = len(set(ours.people))
    rows: list[list[str]] = []
    for references in (1, 3):
        contenders = _rules(features.engine.space.thresholds, known_by_name)
        for rule in progress(contenders, label="Album", total=len(contenders), unit="rule"):
            gallery, strangers = (plain, others) if rule.is_plain else (ours, lfw_faces)
            draws = [_named(rule, gallery, strangers, references, seed) for seed in range(DRAWS)]
            rows.append([f"{references} a person", rule.name, *_cells(np.array(draws).mean(axis=0))])
    title = (
        f"recognition: {known_by_name} people of an album, the main face of each photo, and one photo of each of "
        f"{len(_one_each(lfw_faces))} people of LFW; means of {DRAWS} draws; default limits, and in the last column "
        f"the limit at which 1 of {STRANGERS} of one half of those strangers is named"
    )
    return Table(title, ALBUM_HEAD, rows, words=2)


def _rules(thresholds: Thresholds, people: int) -> list[Rule]:
    def ours(name: str) -> Callable[[Vectors, Vectors, NDArray[np.intp]], Answers]:
        return lambda asked, known, who: FITS[name](known, who, thresholds).answer(asked)

    half = float(np.log(2))  # minus the logarithm of a share of one half
    return [
        Rule("nearest, as phototag tags", ours("nearest"), strong_limit(people, thresholds)),
        Rule("triplet, at the same limit", ours("triplet"), strong_limit(people, thresholds)),
        Rule("knn, the nearest within 0.43", ours("knn"), 0.43),
        Rule("logistic, from 0.5 on", ours("logistic"), 0.0),
        Rule("svm, on the right side", ours("svm"), 0.0),
        Rule("softmax, from 0.5 on", ours("softmax"), half),
        Rule("softmax, always", ours("softmax"), np.inf),
        *(
            Rule(f"article: nearest <= {limit:g}, plain", _nearest_plain, limit, is_plain=True)
            for limit in (*ARTICLES, rules.FACE_RECOGNITION)
        ),
    ]


def _nearest_plain(asked: Vectors, known: Vectors, who: NDArray[np.intp]) -> Answers:
    guesses = rules.nearest_reference(asked, {int(person): known[who == person] for person in np.unique(who)}, np.inf)
    return Answers(guesses.people, guesses.scores)


def _named(rule: Rule, gallery: MainFaces, strangers: MainFaces, references: int, seed: int) -> list[float]:
    """One draw: right first, precision, recall, strangers named, and recall where few of them are."""
    rng = np.random.default_rng(seed)
    who = np.unique(gallery.people, return_inverse=True)[1]
    known = np.concatenate([rng.permutation(np.flatnonzero(who == p))[:references] for p in np.unique(who)])
    others = np.setdiff1d(np.arange(len(who)), known)
    kept = known[gallery.found[known]]
    one_each = _one_each(strangers)
    shown = np.concatenate([gallery.vectors[others], strangers.vectors[one_each]])
    answers = rule.ask(shown, gallery.vectors[kept], who[kept])
    n = len(others)
    seen = gallery.found[others]
    right, scores, theirs = (answers.people[:n] == who[others]) & seen, answers.scores[:n], answers.scores[n:]
    hits, mistakes = (right & (scores <= rule.limit)).mean(), (~right & seen & (scores <= rule.limit)).mean()
    named = (theirs <= rule.limit).mean()
    first, second = theirs[::2], theirs[1::2]
    strict = np.mean([(right & (scores <= np.quantile(half, 1 / STRANGERS))).mean() for half in (first, second)])
    return [right.mean(), hits / max(hits + mistakes + named, 1e-9), hits, STRANGERS * named, float(strict)]


def _cells(means: NDArray[np.float64]) -> list[str]:
    first, precision, recall, named, strict = means
    return [f"{first:.3f}", f"{precision:.3f}", f"{recall:.3f}", f"{named:.1f}", f"{strict:.3f}"]


def _one_each(faces: MainFaces) -> NDArray[np.intp]:
    """The first photo with a face of each person."""
    rows = np.flatnonzero(faces.found)
    return rows[np.unique(faces.people[rows], return_index=True)[1]]


def _album_faces(features: Features, suffix: str) -> MainFaces:
    """The largest face of each photo whose person is known; a path is PHOTO/PERSON/main face."""
    folder = f"album-{suffix}"
    photos = features.of(folder)
    with (features.data / folder / "main_person.csv").open() as file:
        rows = [(row["person"], f"{folder}/{row['path']}") for row in csv.DictReader(file) if row["person"]]
    mains = [photos[path].largest if path in photos else None for _, path in rows]
    nobody = np.zeros(features.engine.space.dim, dtype=np.float32)
    vectors = [nobody if m is None else photos[path].vectors[m] for m, (_, path) in zip(mains, rows, strict=True)]
    names = [f"{path}/{person}/main face" for person, path in rows]
    return MainFaces(names, np.stack(vectors), np.array([main is not None for main in mains]))


def _plain_album_faces(data: Path, suffix: str, like: MainFaces) -> MainFaces:
    """The same photos as face_recognition sees them: HOG, the largest face, the plain descriptor."""
    import face_recognition

    vectors, found = np.zeros((len(like.paths), 128), dtype=np.float32), np.zeros(len(like.paths), dtype=bool)
    for row, path in enumerate(progress(like.paths, label="face_recognition", total=len(like.paths), unit="photo")):
        pixels = face_recognition.load_image_file(str(data / Path(path).parents[1]))
        boxes = face_recognition.face_locations(pixels)
        if boxes:
            box = max(boxes, key=lambda b: (b[2] - b[0]) * (b[1] - b[3]))
            vectors[row], found[row] = face_recognition.face_encodings(pixels, [box])[0], True
    return MainFaces(like.paths, vectors, found)


# What `phototag train` promises, and what comes of it

TRAINED_HEAD = [
    "named photos", "classifier", "tried: recall", "then: right first", "precision", "recall",
    f"of {STRANGERS} strangers named",
]  # fmt: skip
GALLERIES = (
    tagging.Gallery("5 of everybody with 8 or more", 8, 5, seeds=1),
    tagging.Gallery("15 of everybody with 20 or more", 20, 15, seeds=1),
)


def trained(faces: MainFaces, thresholds: Thresholds) -> Table:
    """Limits by cross-validation on the named photos, as the command finds them; then all other photos."""
    rows = []
    for gallery in GALLERIES:
        trials = [gallery.draw(faces, seed) for seed in range(gallery.seeds)]
        for name in progress(FITS, label=gallery.name, total=len(FITS), unit="classifier"):
            means = np.array([_trained(trial, name, thresholds) for trial in trials]).mean(axis=0)
            promised, first, precision, recall, named = means
            cells = [f"{promised:.3f}", f"{first:.3f}", f"{precision:.3f}", f"{recall:.3f}", f"{named:.1f}"]
            rows.append([f"{gallery.name}: {len(trials[0].references)} people", name, *cells])
    title = (
        f"training on LFW: limits for a precision of {PRECISION:.0%} by cross-validation on the named photos (tried); "
        "then all other photos of everybody, by dlib's own vectors, mirrored and of length 1"
    )
    return Table(title, TRAINED_HEAD, rows, words=2)


def _trained(trial: tagging.Trial, name: str, thresholds: Thresholds) -> list[float]:
    rows = np.concatenate(list(trial.references.values()))
    who = np.concatenate([np.full(len(mine), person) for person, mine in trial.references.items()])
    named = Named(trial.faces.vectors[rows], who, np.arange(len(rows)))
    found: list[Trial] = []
    for split in splits(named):
        found += tried(named, split, FITS[name], thresholds)
    limit = limit_for(found, PRECISION)
    limit = -np.inf if limit is None else limit
    known = [one for one in found if one.truth is not None]
    promised = np.mean([one.nearest == one.truth and one.score <= limit for one in known])
    seen = trial.faces.found[trial.probes]
    probes, truth = trial.probes[seen], trial.truth[seen]
    answers = fitted(named, FITS[name], thresholds).answer(trial.faces.vectors[probes])
    right, counts = answers.people == truth, answers.scores <= limit
    return [
        float(promised),
        right.sum() / trial.known,
        (right & counts).sum() / max(counts.sum(), 1),
        (right & counts).sum() / trial.known,
        STRANGERS * counts[truth < 0].mean(),
    ]


# Two photos


def verification(data: Path, suffix: str, thresholds: Thresholds) -> Table:
    """Are two photos of one person? With limits that stand before the pairs are seen, by dlib's own vectors."""
    plain = lfw.described_by_dlib(data, suffix, "plain")
    mirrored = lfw.described_by_dlib(data, suffix, "mirrored").scaled()
    pairs = read_pairs(data / f"lfw-{suffix}" / "pairs.csv", plain)
    chosen = np.random.default_rng(0).permutation(len(pairs.same))[:PAIRS]
    rest = np.setdiff1d(np.arange(len(pairs.same)), chosen)
    rows = []
    for name, faces, limits in (
        ("mirrored, of length 1", mirrored, (thresholds.strong, thresholds.merge, None)),
        ("plain", plain, (rules.ARTICLE, rules.FACE_RECOGNITION, 0.7, None)),
    ):
        apart = np.linalg.norm(faces.vectors[pairs.a] - faces.vectors[pairs.b], axis=1)
        for limit in limits:
            at = _best_limit(apart[rest], pairs.same[rest]) if limit is None else limit
            said = apart[chosen] <= at
            same = pairs.same[chosen]
            share = [(said == same).mean(), said[same].mean(), said[~same].mean()]
            origin = "chosen on the other pairs" if limit is None else "as shipped"
            rows.append([name, origin, f"{at:.3f}", *(f"{one:.3f}" for one in share)])
    title = f"verification: {PAIRS} pairs of pairs.csv, {pairs.same[chosen].mean():.0%} of one person"
    return Table(title, ["vectors", "limit", "distance", "accuracy", "same found", "different taken"], rows, words=2)


def _best_limit(apart: NDArray[np.floating], same: NDArray[np.bool_]) -> float:
    """The distance at which "the same" is right most often."""
    order = np.argsort(apart)
    return float(apart[order][np.where(same[order], 1, -1).cumsum().argmax()])
