from __future__ import annotations

import json
from pathlib import Path

import pytest

from phototag.app import train as training
from tests.app.test_train import LAX, _four
from tests.conftest import RED, Album, Command


@pytest.fixture
def four(album: Album) -> Album:
    """Four people on four photos each, all named, and a stranger."""
    return album.once("four to train with", _four)


def models(root: Path) -> list[str]:
    return sorted(path.name for path in (root / ".phototag").glob("models/*"))


@pytest.mark.parametrize("options", [[], ["--classifier", "all"]])
def test_all_are_compared_and_none_is_kept(phototag: Command, four: Album, options: list[str]) -> None:
    assert phototag("train", "--library", four.root, "--precision", LAX, *options) == 0
    lines = phototag.out.splitlines()
    assert lines[0].split() == ["right", "first", "precision", "recall", "of", "200", "strangers", "named"]
    assert lines[2].split() == ["nearest,", "as", "it", "tags", "100.0%", "100.0%", "100.0%", "0.0"]
    assert [line.split()[0] for line in lines[3:8]] == ["nearest", "knn", "logistic", "svm", "softmax"]
    assert "Tried on 16 named faces of 4 people" in phototag.out
    assert "Use nearest, which tags already" in phototag.out
    assert models(four.root) == []


def test_one_is_kept_after_it_was_tried(phototag: Command, four: Album) -> None:
    assert phototag("train", "--library", four.root, "--classifier", "knn", "--precision", LAX) == 0
    assert "Kept knn, which names somebody from a probability of" in phototag.out
    assert models(four.root) == ["knn.npz"]


def test_a_metric_says_by_how_much(phototag: Command, four: Album) -> None:
    assert phototag("train", "--library", four.root, "--metric", "triplet", "--precision", LAX) == 0
    assert "not clearly better, and is not kept" in phototag.out
    assert models(four.root) == []


def test_the_document(phototag: Command, four: Album) -> None:
    assert phototag("train", "--library", four.root, "--classifier", "knn", "--precision", LAX, "--json") == 0
    document = json.loads(phototag.out)
    assert (document["people"], document["faces"], document["precision"]) == (4, 16, LAX)
    assert [row["name"] for row in document["classifiers"]] == ["nearest", "knn"]
    assert {key: document["classifiers"][1][key] for key in ("right_first", "precision", "recall")} == {
        "right_first": 1.0,
        "precision": 1.0,
        "recall": 1.0,
    }
    assert document["classifiers"][1]["strangers_named_of_200"] == 0
    assert (document["best"], document["missing"], document["kept"]["name"]) == ("nearest", [], "knn")


def test_too_few_faces_for_a_precision_are_dashes_and_null(phototag: Command, four: Album) -> None:
    assert phototag("train", "--library", four.root, "--precision", 0.999) == 0
    assert phototag.out.splitlines()[3].split() == ["nearest", "100.0%", "-", "0.0%", "0.0"]
    assert "Too few named faces" in phototag.out
    assert phototag("train", "--library", four.root, "--precision", 0.999, "--json") == 0
    assert json.loads(phototag.out)["classifiers"][0]["limit"] is None


def test_what_was_not_tried_is_told(phototag: Command, four: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training.importlib.util, "find_spec", lambda name: None)
    assert phototag("train", "--library", four.root, "--precision", LAX) == 0
    assert "Not tried: logistic, svm, softmax." in phototag.out
    assert "pip install 'phototag[train]'" in phototag.out


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--classifier", "svm", "--metric", "triplet"], "not both"),
        (["--classifier", "forest"], "Choose one of: nearest, knn, logistic, svm, softmax, triplet"),
        (["--precision", "1"], "cannot be had"),
        (["--classifier", "knn", "--precision", "0.99"], "Nothing was kept"),
    ],
)
def test_what_cannot_be_done_is_a_usage_error_and_keeps_nothing(
    phototag: Command, four: Album, options: list[str], complaint: str
) -> None:
    assert phototag("train", "--library", four.root, *options) == 2
    assert complaint in phototag.err
    assert models(four.root) == []


def test_one_person_is_too_few(phototag: Command, album: Album) -> None:
    album.scan(a=[RED], b=[RED])
    album.name("elon", "a", "b")
    assert phototag("train", "--library", album.root, "--classifier", "softmax") == 2
    assert "phototag clusters" in phototag.err
    assert models(album.root) == []


def test_an_empty_library_is_told_what_to_do(phototag: Command, album: Album) -> None:
    album.scan(a=[RED])
    assert phototag("train", "--library", album.root) == 2
    assert "Nobody has a name yet" in phototag.err
