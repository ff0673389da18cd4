"""Colours are people: red, green, blue and cyan are far apart; dark and light red are two people who look alike."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from phototag.app import train as training
from phototag.app.evidence import gather
from phototag.app.train import PRECISION, Comparison, Tried, advice, compare, gain, keep, load_model, train
from phototag.cli.bar import progress
from phototag.core.calibration import Quality
from phototag.errors import EngineError, LibraryError, UsageError
from phototag.index import photos
from phototag.index.people import names
from tests.conftest import BLUE, CYAN, DARK_RED, GREEN, LIGHT_RED, RED, YELLOW, Album

AT = "2026-11-27T12:00:00+01:00"
COLOURS = {"elon": RED, "ann": GREEN, "bob": BLUE, "cat": CYAN}
LAX = 0.9
"""A precision that a dozen faces can promise."""


def _four(album: Album) -> None:
    """Four people on four photos each, all named, and a stranger."""
    album.scan(**{f"{name}{i}": [colour] for name, colour in COLOURS.items() for i in range(4)}, stranger=[YELLOW])
    for name in COLOURS:
        album.name(name, *(f"{name}{i}" for i in range(4)))


@pytest.fixture
def four(album: Album) -> Album:
    return album.once("four to train with", _four)


def files(album: Album) -> list[str]:
    return sorted(path.name for path in (album.root / ".phototag").glob("models/*"))


def vectors(album: Album, *shown: str) -> np.ndarray:
    return photos.vectors_of(album.index.db, album.ids(*shown), 128)


def test_people_who_are_far_apart_are_all_named_and_no_stranger_is(four: Album) -> None:
    found = compare(four.index, progress, precision=LAX)
    assert (found.people, found.faces, found.trials) == (4, 16, 32)
    assert [row.name for row in found.rows] == ["nearest", "knn", "logistic", "svm", "softmax"]
    for row in found.rows:
        assert (row.right_first, row.quality) == (1, Quality(known=16, tagged=16, right=16)), row.name
        assert row.strangers_named == 0
    assert found.shipped.quality == Quality(known=16, tagged=16, right=16)
    assert (found.best, found.missing) == ("nearest", ())


def test_faces_that_nobody_named_and_people_who_are_ignored_are_not_tried(four: Album) -> None:
    four.scan(green=[GREEN])
    assert four.sources()["green"] == "auto ann"
    assert compare(four.index, progress, ["nearest"], LAX).faces == 16


def test_a_precision_that_cannot_be_promised_names_nobody(four: Album) -> None:
    found = compare(four.index, progress, ["nearest"], 0.99)
    assert (found.of("nearest").limit, found.of("nearest").quality.tagged) == (None, 0)
    assert "needs 100 trials" in advice(found)
    with pytest.raises(UsageError, match=r"too few.*Nothing was kept"):
        train(four.index, progress, "nearest", AT, 0.99)
    assert files(four) == []


def test_strangers_who_look_like_somebody_are_counted(album: Album) -> None:
    people = {"elon": DARK_RED, "ann": LIGHT_RED, "bob": BLUE}
    album.scan(**{f"{name}{i}": [colour] for name, colour in people.items() for i in range(4)})
    for name in people:
        album.name(name, *(f"{name}{i}" for i in range(4)))
    found = compare(album.index, progress, ["nearest"], 0.5)
    assert found.shipped.quality == Quality(known=12, tagged=20, right=12)  # elon and ann are taken for each other
    assert found.shipped.strangers_named == pytest.approx(200 * 8 / 12)


# Kept models


@pytest.mark.parametrize("name", ["nearest", "knn", "logistic", "svm", "softmax"])
def test_a_kept_model_names_who_it_knows_and_no_stranger(four: Album, name: str) -> None:
    _, trained = train(four.index, progress, name, AT, LAX)
    assert trained is not None
    keep(four.index, trained)
    assert files(four) == [f"{name}.npz"]
    model = load_model(four.index, name)
    assert (model.at, model.precision) == (AT, LAX)
    known, stranger = model.predict(vectors(four, "bob0", "stranger"))
    assert stranger is None
    assert known is not None
    assert names(four.index.db)[known[0]] == "bob"
    assert model.least <= known[1] <= 1
    assert model.predict(vectors(four)[:0]) == []


def test_what_is_kept_is_arrays_and_text_without_a_pickle(four: Album) -> None:
    _, trained = train(four.index, progress, "softmax", AT, LAX)
    assert trained is not None
    keep(four.index, trained)
    with np.load(four.root / ".phototag" / "models" / "softmax.npz", allow_pickle=False) as parts:
        assert all(parts[name].dtype.kind in "fiubU" for name in parts)
        about = json.loads(str(parts["about"]))
    evidence = gather(four.index)
    assert evidence is not None
    assert (about["classifier"], about["space"], about["trained"]) == ("softmax", evidence.space.key, AT)


def test_a_model_is_stale_when_another_face_has_a_name(four: Album) -> None:
    _, trained = train(four.index, progress, "knn", AT, LAX)
    assert trained is not None
    keep(four.index, trained)
    four.name("dan", "stranger")
    with pytest.raises(UsageError, match=r"stale.*phototag train --classifier knn"):
        load_model(four.index, "knn")


def test_a_model_is_not_kept_when_names_changed_while_it_learned(four: Album) -> None:
    _, trained = train(four.index, progress, "knn", AT, LAX)
    assert trained is not None
    four.name("dan", "stranger")
    with pytest.raises(UsageError, match="stale"):
        keep(four.index, trained)
    assert files(four) == []


def test_a_new_name_for_somebody_and_a_tag_make_nothing_stale(four: Album) -> None:
    _, trained = train(four.index, progress, "knn", AT, LAX)
    assert trained is not None
    keep(four.index, trained)
    four.scan(green=[GREEN])
    assert load_model(four.index, "knn").faces == trained.faces


def test_a_model_of_another_space_is_refused(four: Album) -> None:
    _, trained = train(four.index, progress, "knn", AT, LAX)
    assert trained is not None
    keep(four.index, trained)
    four.index.db.execute("UPDATE spaces SET description = replace(description, '\"colours\"', '\"others\"')")
    with pytest.raises(EngineError, match=r"cannot be compared.*phototag train --classifier knn"):
        load_model(four.index, "knn")


def test_without_a_model_one_is_told_how_to_train_it(four: Album) -> None:
    with pytest.raises(UsageError, match="phototag train --metric triplet"):
        load_model(four.index, "triplet")
    with pytest.raises(UsageError, match=r"no classifier forest\. Choose one of: nearest"):
        load_model(four.index, "forest")
    with pytest.raises(UsageError, match=r"no classifier \.\./\.\./etc"):
        load_model(four.index, "../../etc")


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 no archive", b"\x93NUMPY"])
def test_a_file_that_is_no_model_is_told_of(four: Album, damage: bytes) -> None:
    path = four.root / ".phototag" / "models" / "svm.npz"
    path.parent.mkdir()
    path.write_bytes(damage)
    with pytest.raises(LibraryError, match=r"cannot be read.*phototag train --classifier svm"):
        load_model(four.index, "svm")


def test_a_pickle_is_not_opened(four: Album, tmp_path: Path) -> None:
    path = four.root / ".phototag" / "models" / "svm.npz"
    path.parent.mkdir()
    with path.open("wb") as file:
        np.savez(file, about=np.array({"a": "pickle"}, dtype=object))
    with pytest.raises(LibraryError, match="cannot be read"):
        load_model(four.index, "svm")


# Refusals


def test_before_anybody_has_a_name(album: Album) -> None:
    album.scan(red=[RED])
    with pytest.raises(UsageError, match="Nobody has a name yet"):
        compare(album.index, progress)


def test_one_person_alone_is_too_few(album: Album) -> None:
    album.scan(a=[RED], b=[RED])
    album.name("elon", "a", "b")
    for name in ("nearest", "softmax", "triplet"):
        with pytest.raises(UsageError, match=r"named faces of 3 people.*phototag clusters"):
            train(album.index, progress, name, AT)
    assert files(album) == []


@pytest.mark.parametrize("precision", [0, 0.4, 1, 2])
def test_a_precision_that_cannot_be_had(four: Album, precision: float) -> None:
    with pytest.raises(UsageError, match="cannot be had"):
        compare(four.index, progress, precision=precision)


def test_without_scikit_learn_the_others_are_tried(four: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    found = compare(four.index, progress, precision=LAX)
    assert [row.name for row in found.rows] == ["nearest", "knn"]
    assert found.missing == ("logistic", "svm", "softmax")
    with pytest.raises(UsageError, match=r"svm needs scikit-learn.*pip install 'phototag\[train\]'"):
        train(four.index, progress, "svm", AT, LAX)


# The metric


def test_a_metric_that_is_not_clearly_better_is_not_kept(four: Album) -> None:
    found, trained = train(four.index, progress, "triplet", AT, LAX)
    assert trained is None
    assert found.of("triplet").quality == found.of("nearest").quality
    assert "100.0% of the known faces, the usual one 100.0%: that is not clearly better" in gain(found, "triplet")


def test_a_metric_that_is_clearly_better_is_kept(four: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "is_clearly_better", lambda mine, _, theirs, __: mine is not theirs)
    found, trained = train(four.index, progress, "triplet", AT, LAX)
    assert (found.best, trained is not None) == ("triplet", True)
    assert trained is not None
    keep(four.index, trained)
    known, stranger = load_model(four.index, "triplet").predict(vectors(four, "ann1", "stranger"))
    assert (known is not None, stranger) == (True, None)


# Advice


def comparison(best: str) -> Comparison:
    rows = [Tried("nearest", 1, 0.2, Quality(100, 90, 90), 0), Tried("svm", 1, 0.2, Quality(100, 95, 95), 0)]
    return Comparison(3, 100, 200, PRECISION, rows[0], tuple(rows), best, ())


def test_the_advice_is_one_name() -> None:
    assert advice(comparison("nearest")).startswith("Use nearest, which tags already")
    assert advice(comparison("svm")) == (
        "Use svm: at that precision it names 5.0 points more of the known faces than nearest."
    )
    assert gain(comparison("svm"), "svm").endswith("95.0% of the known faces, the usual one 90.0%: 5.0 points more.")
