"""Dark and light red are so near that one is taken for the other where it is not known: 0.32 apart, a score of 0.22."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from phototag.app.evaluate import Evaluation, Quality, calibrate_tagging, evaluate, forget_calibration
from phototag.engines import fake
from phototag.errors import UsageError
from tests.conftest import BLUE, DARK_RED, LIGHT_RED, Album

STRONG = fake.THRESHOLDS.strong


def tags(album: Album) -> bytes:
    return (album.root / ".phototag" / "tags.jsonl").read_bytes()


@pytest.fixture
def twins(album: Album) -> Album:
    """Elon is dark on five photos, ann is light on five. One face more, between the two, is tagged as ann."""
    dark, light = [f"dark{i}" for i in range(5)], [f"light{i}" for i in range(5)]
    album.scan(**{name: [DARK_RED] for name in dark}, **{name: [LIGHT_RED] for name in light}, between=["#e00000"])
    album.name("elon", *dark)
    album.name("ann", *light)
    assert album.sources()["between"] == "auto ann"
    return album


def test_before_anybody_has_a_name_there_is_nothing_to_try(album: Album) -> None:
    album.scan(dark=[DARK_RED])
    for attempt in (evaluate, forget_calibration, lambda index: calibrate_tagging(index, 0.9)):
        with pytest.raises(UsageError, match="Nobody has a name yet"):
            attempt(album.index)


def test_people_who_are_told_apart_have_a_precision_and_a_recall_of_one(album: Album) -> None:
    album.scan(a=[DARK_RED], b=[DARK_RED], c=[BLUE], d=[BLUE], e=[BLUE])
    album.name("elon", "a", "b")
    album.name("ann", "c", "d", "e")
    found = evaluate(album.index)
    assert (found.confirmed, found.limit, found.is_calibrated) == (5, STRONG, False)
    assert found.whole == Quality(known=5, tagged=5, right=5)
    assert [(p.name, p.confirmed, p.quality.known, p.limit) for p in found.people] == [
        ("ann", 3, 3, STRONG),
        ("elon", 2, 2, STRONG),
    ]


def test_faces_that_nobody_named_are_not_tried(album: Album) -> None:
    album.scan(a=[DARK_RED], b=[DARK_RED], c=[LIGHT_RED], d=[BLUE])
    album.name("elon", "a", "b")
    assert evaluate(album.index).confirmed == 2


def test_whoever_is_taken_for_somebody_known_lowers_the_precision(twins: Album) -> None:
    found = evaluate(twins.index)
    assert found.whole == Quality(known=10, tagged=20, right=10)  # as a stranger each one is tagged as the other
    assert (found.whole.precision, found.whole.recall) == (0.5, 1)


def test_the_worst_people_come_first(twins: Album) -> None:
    twins.scan(blue1=[BLUE], blue2=[BLUE])
    twins.name("aaron", "blue1", "blue2")
    assert [person.name for person in evaluate(twins.index).people] == ["ann", "elon", "aaron"]


def test_somebody_with_a_single_face_is_listed_with_nothing_to_tell(album: Album) -> None:
    album.scan(a=[DARK_RED], b=[BLUE], c=[BLUE])
    album.name("elon", "a")
    album.name("ann", "b", "c")
    ((_, elon),) = [(p.name, p) for p in evaluate(album.index).people if p.name == "elon"]
    assert (elon.confirmed, elon.quality.precision, elon.quality.recall) == (1, None, None)


def test_evaluating_changes_nothing(twins: Album) -> None:
    before = tags(twins), twins.sources()
    evaluate(twins.index)
    assert (tags(twins), twins.sources()) == before


# Calibrating


def test_calibrated_limits_give_the_precision_and_tag_anew_with_it(twins: Album) -> None:
    before = tags(twins)
    found = calibrate_tagging(twins.index, 0.9)
    assert found.is_calibrated
    assert found.limit < 0.05 < STRONG  # what is right has a score of -0.1, what is between one of 0.05
    assert found.whole == Quality(known=10, tagged=10, right=10)
    assert twins.sources()["between"] == "suggested ann"
    assert tags(twins) != before


def test_the_limits_are_kept_for_scans_to_come(twins: Album) -> None:
    limit = calibrate_tagging(twins.index, 0.9).limit
    twins.scan(later=["#e00000"], sure=[LIGHT_RED])
    assert (twins.sources()["later"], twins.sources()["sure"]) == ("suggested ann", "auto ann")
    again = evaluate(twins.index)
    assert (again.limit, again.is_calibrated) == (limit, True)


def test_each_person_with_tags_gets_a_limit_of_their_own(twins: Album) -> None:
    found = calibrate_tagging(twins.index, 0.9)
    assert {person.name for person in found.people if person.limit != found.limit} <= {"ann", "elon"}
    assert all(person.limit <= fake.THRESHOLDS.possible for person in found.people)


def test_going_back_to_the_usual_limits_brings_the_tags_back(twins: Album) -> None:
    before = tags(twins), evaluate(twins.index)
    calibrate_tagging(twins.index, 0.9)
    assert (tags(twins), evaluate(twins.index)) != before
    assert forget_calibration(twins.index) == before[1]
    assert (tags(twins), evaluate(twins.index)) == before


def test_a_laxer_precision_may_tag_more(album: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake, "THRESHOLDS", replace(fake.THRESHOLDS, strong=0.1, strong_few=0.1))
    album.scan(**{f"dark{i}": [DARK_RED] for i in range(3)}, light1=[LIGHT_RED], light2=[LIGHT_RED])
    album.name("elon", "dark0", "dark1", "dark2", "light1")
    assert album.sources()["light2"] == "suggested elon"  # its score is 0.11
    found = calibrate_tagging(album.index, 0.75)
    assert found.limit == pytest.approx(0.219, abs=0.005)  # light1 as a new photo of elon is right
    assert album.sources()["light2"] == "auto elon"


@pytest.mark.parametrize("precision", [0.99, 0.999])
def test_with_too_few_named_faces_nothing_is_promised_and_nothing_changed(twins: Album, precision: float) -> None:
    before = tags(twins)
    with pytest.raises(UsageError, match=f"it needs {round(1 / (1 - precision))}"):
        calibrate_tagging(twins.index, precision)
    assert tags(twins) == before
    assert not evaluate(twins.index).is_calibrated


def test_a_refused_precision_leaves_the_former_calibration(twins: Album) -> None:
    limit = calibrate_tagging(twins.index, 0.9).limit
    with pytest.raises(UsageError):
        calibrate_tagging(twins.index, 0.999)
    assert (evaluate(twins.index).limit, evaluate(twins.index).is_calibrated) == (limit, True)


@pytest.mark.parametrize("precision", [-1, 0, 0.49, 1, 1.5, 99.5, math.nan, math.inf])
def test_a_precision_that_cannot_be_had(twins: Album, precision: float) -> None:
    with pytest.raises(UsageError, match="cannot be had"):
        calibrate_tagging(twins.index, precision)
    assert isinstance(evaluate(twins.index), Evaluation)
    assert not evaluate(twins.index).is_calibrated
