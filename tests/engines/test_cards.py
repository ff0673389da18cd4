"""Every key of a card is checked, and a slip of the pen is told with what would be right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from phototag.core.matching import OFF
from phototag.engines import cards, resnet
from phototag.errors import EngineError
from tests import networks
from tests.networks import DETECTOR, EMBEDDER

SCRFD, BOXES = {"decoder": "scrfd"}, {"decoder": "boxes", "outputs": ["boxes", "scores"]}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A file beside which a card lies; no card opens it."""
    path = tmp_path / "toy.onnx"
    path.write_bytes(b"toy")
    return path


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"kind": None}, "kind is missing. It must be one of: detector, embedder"),
        ({"kind": "embedder"}, "kind is 'embedder'. It must be \"detector\" where it is given as --detector"),
        ({"decoder": None}, "decoder is missing. It must be one of: yunet, scrfd, boxes"),
        ({"decoder": "yolo"}, "decoder is 'yolo'. It must be one of"),
        ({"layout": "chw"}, "layout is 'chw'. It must be one of: nchw, nhwc"),
        ({"colours": "grey"}, "colours is 'grey'. It must be one of: rgb, bgr"),
        ({"colors": "rgb"}, "colors is not known here. What can be said: anchors, colours|colors is not known"),
        ({"size": "large"}, r"size is 'large'. It must be a number of pixels from 16 to 4096, or \[height, width\]"),
        ({"size": [320]}, r"size is \[320\]"),
        ({"size": 320.5}, "size is 320.5"),
        ({"size": True}, "size is True"),
        ({"mean": None}, "mean is missing. It must be a number from -255 to 255, or three of them"),
        ({"mean": [1, 2]}, r"mean is \[1, 2\]"),
        ({"std": 0}, "std is 0. It must be a number from 1e-06"),
        ({"std": "nan"}, "std is 'nan'"),
        ({"strides": []}, r"strides is \[\]. It must be a list of whole numbers, such as \[8, 16, 32\]"),
        ({"strides": [0]}, r"strides is \[0\]"),
        ({"outputs": ["a"]}, "outputs is .*the names of 12 outputs; cls, obj, bbox and kps"),
        ({"outputs": "a"}, "outputs is 'a'. It must be a list of names"),
        ({**SCRFD, "outputs": ["a"]}, "the names of 6 or 9 outputs; scores, boxes and points"),
        ({**SCRFD, "anchors": 0}, "anchors is 0. It must be a whole number from 1 to 16"),
        ({**SCRFD, "anchors": 1.5}, "anchors is 1.5"),
        ({"anchors": 2}, "anchors is not known here"),
        ({"decoder": "boxes"}, "outputs is missing. It must be the names of 2 or 3 outputs; boxes, scores"),
        ({**BOXES, "units": "metres"}, "units is 'metres'. It must be one of: pixels, fractions"),
        ({**BOXES, "strides": [8]}, "strides is not known here"),
        ({"score": 2}, "score is 2. It must be a number from 0 to 1"),
        ({"overlap": "much"}, "overlap is 'much'. It must be a number from 0 to 1"),
        ({"weak_score": -1}, "weak_score is -1"),
        ({"model": ""}, "model is ''. It must be a text"),
        ({"model": "other.onnx"}, "other.onnx is not there, of which .*toy.toml is the card"),
        ({"whiten": True}, "whiten is not known here"),
        ({"thresholds": {"same_person": 1}}, "thresholds is not known here"),
    ],
)  # fmt: skip
def test_a_wrong_key_of_a_detector(model: Path, keys: dict[str, Any], words: str) -> None:
    path = networks.card(model, **{**DETECTOR, **keys})
    with pytest.raises(EngineError, match=words) as refusal:
        cards.read_detector(path)
    assert str(path) in str(refusal.value)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"kind": "detector"}, 'kind is \'detector\'. It must be "embedder" where it is given as --embedder'),
        ({"size": [112, 96]}, r"size is \[112, 96\]. It must be one number"),
        ({"alignment": None}, "alignment is missing. It must be one of: dlib, arcface, openface, box"),
        ({"alignment": "eyes"}, "alignment is 'eyes'"),
        ({"margin": 0.2}, "margin is not known here"),
        ({"alignment": "box", "margin": -1}, "margin is -1. It must be a number from 0 to 2"),
        ({"dim": None}, "dim is missing. It must be a whole number from 2 to 4096"),
        ({"mirror": 1}, "mirror is 1. It must be true or false"),
        ({"whiten": 1}, "whiten is 1. It must be true or false"),
        ({"whiten": True}, "mean has no meaning here. Leave it out, or whiten"),
        ({"outputs": ["a", "b"]}, "the name of one output"),
        ({"thresholds": None}, "thresholds.same_person is missing. It must be a number from 0.01 to 2"),
        ({"thresholds": 1}, r"thresholds is 1. It must be a table: \[thresholds\]"),
        ({"thresholds": {"same_person": 3}}, "thresholds.same_person is 3"),
        ({"thresholds": {"same_person": 1, "group": "near"}}, "thresholds.group is 'near'"),
        ({"thresholds": {"same_person": 1, "grup": 1}}, "thresholds.grup is not known here. What can be said: group"),
    ],
)  # fmt: skip
def test_a_wrong_key_of_an_embedder(model: Path, keys: dict[str, Any], words: str) -> None:
    path = networks.card(model, **{**EMBEDDER, **keys})
    with pytest.raises(EngineError, match=words) as refusal:
        cards.read_embedder(path)
    assert str(path) in str(refusal.value)


def test_a_card_is_found_beside_its_model_and_a_model_beside_its_card(model: Path) -> None:
    path = networks.card(model, **DETECTOR)
    assert cards.read_detector(model) == cards.read_detector(path)
    assert cards.read_detector(path).model == model


def test_a_card_may_name_another_model(model: Path) -> None:
    other = model.with_name("other.onnx")
    other.write_bytes(b"other")
    path = networks.card(model, **DETECTOR, model="other.onnx")
    assert cards.read_detector(path).model == other


def test_a_model_without_a_card_is_told_to_get_one(model: Path) -> None:
    with pytest.raises(EngineError, match=r"toy.onnx has no card.*Write toy.toml beside it: docs/engines.md"):
        cards.read_detector(model)


def test_what_is_not_there_is_said_to_be_away(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"away.onnx is not there. Put it back"):
        cards.read_detector(tmp_path / "away.onnx")


@pytest.mark.parametrize("contents", [b"kind = ", b"\xff\xfe", b"[[[", b"kind = 1\nkind = 2"])
def test_what_is_no_toml_is_said_to_be_none(model: Path, contents: bytes) -> None:
    model.with_suffix(".toml").write_bytes(contents)
    with pytest.raises(EngineError, match=r"toy.toml is no card"):
        cards.read_detector(model)


def test_another_model_or_another_key_is_another_digest(model: Path) -> None:
    def digest(**keys: Any) -> str:
        return cards.read_detector(networks.card(model, **{**DETECTOR, **keys})).digest

    before = digest()
    assert digest(mean=1) != before
    assert digest(score=0.9) != before
    assert digest() == before
    assert digest(score=0.5) == before  # what is usual may be said
    model.write_bytes(b"toy two")
    assert digest() != before


def test_thresholds_and_where_the_card_lies_are_no_part_of_the_digest(model: Path, tmp_path: Path) -> None:
    first = cards.read_embedder(networks.card(model, **EMBEDDER))
    networks.card(model, **{**EMBEDDER, "thresholds": {"same_person": 0.9}})
    assert cards.read_embedder(model).digest == first.digest
    moved = (tmp_path / "elsewhere").resolve()
    moved.mkdir()
    for path in (model, model.with_suffix(".toml")):
        path.rename(moved / path.name)
    again = cards.read_embedder(moved / "toy.onnx")
    assert (again.digest, again.label) == (first.digest, first.label)


def test_thresholds_that_are_not_said_are_in_proportion_to_the_default_engines(model: Path) -> None:
    networks.card(model, **{**EMBEDDER, "thresholds": {"same_person": 2 * resnet.SAME_PERSON, "join": 0.7}})
    read = cards.read_embedder(model).thresholds
    assert read.group == pytest.approx(2 * resnet.THRESHOLDS.group)
    assert read.possible == pytest.approx(2 * resnet.THRESHOLDS.possible)
    assert read.join == 0.7


def test_nobody_is_tagged_without_being_asked_until_a_limit_was_measured(model: Path) -> None:
    networks.card(model, **EMBEDDER)
    assert cards.read_embedder(model).thresholds.strong == OFF
    assert cards.read_embedder(model).thresholds.strong_few == OFF
    networks.card(model, **{**EMBEDDER, "thresholds": {"same_person": 0.6, "strong": 0.3}})
    assert cards.read_embedder(model).thresholds.strong_few == 0.3


def test_the_template_is_as_large_as_the_chip(model: Path) -> None:
    networks.card(model, **{**EMBEDDER, "size": 224})
    assert cards.read_embedder(model).template[0] == pytest.approx((2 * 38.2946, 2 * 51.6963))


def test_a_label_has_only_plain_characters(tmp_path: Path) -> None:
    model = tmp_path / "my +\tnet.onnx"
    model.write_bytes(b"toy")
    networks.card(model, **DETECTOR)
    assert cards.read_detector(model).label.startswith("my___net-")
