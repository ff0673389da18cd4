"""Faces here are points on a circle: x degrees apart is a distance of 2 sin(x / 2), near enough x / 57.3."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phototag.core import calibration
from phototag.core.calibration import ENOUGH_TAGS, Quality, Trial, calibrate, measure, trials
from phototag.core.matching import Probe, StrongLimits, score, suggest
from phototag.types import Thresholds

GAP = 0.1
THRESHOLDS = Thresholds(
    group=0.3,
    group_min_faces=2,
    merge=0.4,
    merge_tightening=0.0,
    join=0.35,
    strong=0.2,
    strong_few=0.2,
    possible=0.5,
    largest_gap=GAP,
)
ANNA, BEN, CHIDI = 1, 2, 3


def on_circle(*degrees: float) -> np.ndarray:
    radians = np.deg2rad(degrees)
    return np.stack([np.cos(radians), np.sin(radians)], axis=1).astype(np.float32)


def chord(degrees: float) -> float:
    return 2 * np.sin(np.deg2rad(degrees) / 2)


def tried(**known: list[float]) -> list[Trial]:
    """Trials with the named faces of anna, ben and chidi at these degrees."""
    people = {"anna": ANNA, "ben": BEN, "chidi": CHIDI}
    return trials({people[name]: on_circle(*degrees) for name, degrees in known.items()}, THRESHOLDS)


def right(person: int, *scores: float) -> list[Trial]:
    return [Trial(person, person, s) for s in scores]


def stranger(taken_for: int, *scores: float) -> list[Trial]:
    return [Trial(None, taken_for, s) for s in scores]


# Trials


def test_every_face_is_tried_as_its_person_and_as_a_stranger() -> None:
    found = tried(anna=[0, 6], ben=[90, 96, 102])
    assert sorted((t.truth or 0, t.nearest) for t in found) == [
        *[(0, ANNA)] * 3,  # ben's, were he a stranger
        *[(0, BEN)] * 2,
        *[(ANNA, ANNA)] * 2,
        *[(BEN, BEN)] * 3,
    ]


def test_a_face_is_no_reference_for_itself() -> None:
    scores = [t.score for t in tried(anna=[0, 10], ben=[90, 91]) if t.truth == ANNA]
    assert scores == pytest.approx([chord(10) - GAP] * 2, abs=1e-4)


def test_a_face_is_compared_with_the_three_nearest_others_of_its_person() -> None:
    first, *_ = tried(anna=[0, 10, -20, 30, 90], ben=[180])
    assert first == Trial(ANNA, ANNA, pytest.approx((chord(10) + chord(20) + chord(30)) / 3 - GAP, abs=1e-4))


def test_a_stranger_is_judged_without_any_reference_of_theirs() -> None:
    (found,) = [t for t in tried(anna=[0, 1, 2], ben=[20], chidi=[120]) if t.truth is None and t.nearest == ANNA][:1]
    assert found.score == pytest.approx((chord(20) + chord(19) + chord(18)) / 3 - GAP, abs=1e-4)


def test_the_runner_up_counts_as_in_tagging() -> None:
    first, *_ = tried(anna=[0, 10], ben=[-12, -12])
    assert first == Trial(ANNA, ANNA, pytest.approx(2 * chord(10) - chord(12), abs=1e-4))


def test_a_face_that_is_more_like_somebody_else_is_tried_as_such() -> None:
    first, *_ = tried(anna=[0, 40], ben=[5])
    assert (first.truth, first.nearest) == (ANNA, BEN)


def test_somebody_with_a_single_face_can_only_be_a_stranger() -> None:
    assert [(t.truth, t.nearest) for t in tried(anna=[0], ben=[50])] == [(None, BEN), (None, ANNA)]


def test_where_one_person_is_known_nobody_can_be_taken_for_another() -> None:
    assert [(t.truth, t.nearest) for t in tried(anna=[0, 5, 9])] == [(ANNA, ANNA)] * 3


def test_without_anything_to_compare_there_is_no_trial() -> None:
    assert tried() == []
    assert tried(anna=[0]) == []


def random_people() -> dict[int, np.ndarray]:
    random = np.random.default_rng(3)
    return {person: on_circle(*random.normal(25 * person, 12, 3 + person)) for person in range(4)}


def test_trials_come_to_what_tagging_would() -> None:
    everything = replace(THRESHOLDS, possible=2)  # tagging tells no distance of a face that is like nobody
    references = random_people()
    found = iter(trials(references, THRESHOLDS))
    for person, mine in references.items():
        others = {p: vectors for p, vectors in references.items() if p != person}
        without_itself = [{**others, person: np.delete(mine, row, axis=0)} for row in range(len(mine))]
        for truth, known in ((person, without_itself), (None, [others] * len(mine))):
            for row, trial in zip(range(len(mine)), found, strict=False):
                (said,) = suggest([Probe("a", "p")], mine[[row]], known[row], everything)
                judged = score(said.distance, said.runner_up_distance, THRESHOLDS)
                assert trial == Trial(truth, said.person, pytest.approx(judged, abs=1e-4))
    assert next(found, None) is None


def test_many_faces_are_tried_in_parts_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    def ordered(found: list[Trial]) -> list[Trial]:
        return sorted(found, key=lambda t: (t.truth or -1, t.nearest, t.score))

    whole = ordered(trials(random_people(), THRESHOLDS))
    monkeypatch.setattr(calibration, "ROWS_AT_ONCE", 2)
    parts = ordered(trials(random_people(), THRESHOLDS))
    assert [(t.truth, t.nearest) for t in parts] == [(t.truth, t.nearest) for t in whole]
    assert [t.score for t in parts] == pytest.approx([t.score for t in whole], abs=1e-5)


# Measuring


def test_precision_is_of_the_tags_and_recall_of_the_known_faces() -> None:
    found = [*right(ANNA, 0.1, 0.15, 0.3), *stranger(ANNA, 0.12), Trial(BEN, ANNA, 0.05), *right(BEN, 0.1)]
    whole, each = measure(found, StrongLimits(0.2))
    assert whole == Quality(known=5, tagged=5, right=3)
    assert (whole.precision, whole.recall) == (3 / 5, 3 / 5)
    assert each == {ANNA: Quality(known=3, tagged=4, right=2), BEN: Quality(known=2, tagged=1, right=1)}


def test_a_score_at_the_limit_tags() -> None:
    found = right(ANNA, 0.2)
    assert measure(found, StrongLimits(0.2))[0].tagged == 1
    assert measure(found, StrongLimits(0.2 - 1e-9))[0].tagged == 0


def test_a_tag_is_measured_by_the_limit_of_whom_it_names() -> None:
    found = [Trial(BEN, ANNA, 0.2), *right(BEN, 0.2)]
    assert measure(found, StrongLimits(0.3, {ANNA: 0.1}))[0] == Quality(known=2, tagged=1, right=1)
    assert measure(found, StrongLimits(0.3, {BEN: 0.1}))[0] == Quality(known=2, tagged=1, right=0)


def test_a_share_of_nothing_is_none() -> None:
    assert measure([], StrongLimits(0.2)) == (Quality(0, 0, 0), {})
    assert (Quality(0, 0, 0).precision, Quality(0, 0, 0).recall) == (None, None)
    assert (Quality(3, 0, 0).precision, Quality(3, 0, 0).recall) == (None, 0)


# Calibrating


@pytest.mark.parametrize("precision", [0.5, 0.8, 0.9, 0.95, 0.99])
def test_a_precision_needs_as_many_tags_as_one_mistake_in_them_allows(precision: float) -> None:
    enough = round(1 / (1 - precision))
    assert calibrate(right(ANNA, *[0.1] * enough), precision, THRESHOLDS) is not None
    assert calibrate(right(ANNA, *[0.1] * (enough - 2)), precision, THRESHOLDS) is None


def test_the_limit_is_the_highest_score_up_to_which_the_tags_are_good_enough() -> None:
    found = [*right(ANNA, *np.linspace(0.1, 0.2, 19)), *stranger(BEN, 0.25), *right(ANNA, *np.linspace(0.3, 0.4, 30))]
    found += stranger(BEN, *np.linspace(0.41, 0.45, 9))
    limits = calibrate(found, 0.9, THRESHOLDS)
    assert limits is not None
    assert 0.4 <= limits.everybody < 0.45  # the mistake at 0.25 is outweighed by what is right behind it
    strict = calibrate(found, 0.95, THRESHOLDS)
    assert strict is not None
    assert strict.everybody == pytest.approx(0.4)
    assert calibrate(found, 0.99, THRESHOLDS) is None


def test_one_mistake_more_is_counted_than_there_was() -> None:
    three_of_four = [*right(ANNA, 0.1, 0.11, 0.12), *stranger(ANNA, 0.2)]
    limits = calibrate(three_of_four, 0.75, THRESHOLDS)
    assert limits is not None
    assert limits.everybody == 0.12  # and not 0.2, although three of four are right there


def test_nothing_tags_that_is_not_even_worth_a_question() -> None:
    found = [*right(ANNA, *[0.1] * 50), *right(ANNA, *[THRESHOLDS.possible + 0.01] * 500)]
    assert calibrate(found, 0.9, THRESHOLDS) == StrongLimits(0.1, {ANNA: pytest.approx(0.1)})
    assert calibrate(right(ANNA, *[THRESHOLDS.possible + 0.01] * 500), 0.9, THRESHOLDS) is None


def test_without_trials_there_is_no_limit() -> None:
    assert calibrate([], 0.9, THRESHOLDS) is None


@pytest.mark.parametrize(
    ("tags", "share"), [(1, 1 / 101), (25, 0.2), (ENOUGH_TAGS, 0.5), (300, 0.75)], ids=["one", "few", "enough", "many"]
)
def test_the_limit_of_a_person_is_the_librarys_drawn_towards_their_own_by_their_tags(tags: int, share: float) -> None:
    mistaken = [*right(BEN, *np.linspace(0.0, 0.1, 50)), *stranger(BEN, *np.linspace(0.2, 0.39, 5000))]
    limits = calibrate([*mistaken, *right(ANNA, *[0.4] * tags)], 0.9, THRESHOLDS)
    assert limits is not None
    assert 0.1 <= limits.everybody < 0.21
    assert limits.of(ANNA) == pytest.approx(limits.everybody + share * (0.4 - limits.everybody))


def test_whoever_others_are_taken_for_gets_a_stricter_limit() -> None:
    often = [*right(BEN, *np.linspace(0.0, 0.1, 50)), *stranger(BEN, *np.linspace(0.11, 0.2, 50))]
    limits = calibrate([*often, *right(ANNA, *np.linspace(0.0, 0.3, 900))], 0.9, THRESHOLDS)
    assert limits is not None
    assert limits.of(BEN) < limits.everybody <= limits.of(ANNA)


def test_whoever_has_no_right_tag_gets_the_limit_of_the_library() -> None:
    limits = calibrate([*right(ANNA, *[0.1] * 50), *stranger(BEN, 0.15)], 0.9, THRESHOLDS)
    assert limits is not None
    assert set(limits.people) == {ANNA}
    assert limits.of(BEN) == limits.everybody


PRECISIONS = st.sampled_from([0.5, 0.75, 0.9, 0.95])


@given(st.lists(st.booleans(), max_size=120), PRECISIONS)
def test_the_limit_of_the_library_gives_the_precision_asked_for(are_right: list[bool], precision: float) -> None:
    found = [(right if is_right else stranger)(ANNA, i / 1000)[0] for i, is_right in enumerate(are_right)]
    limits = calibrate(found, precision, THRESHOLDS)
    if limits is not None:
        whole, _ = measure(found, StrongLimits(limits.everybody))
        assert whole.precision is not None
        assert whole.precision >= precision - 1e-9


@given(st.lists(st.tuples(st.sampled_from([ANNA, BEN]), st.booleans(), st.floats(-GAP, 2)), max_size=60), PRECISIONS)
def test_no_limit_is_above_what_is_worth_a_question(found: list[tuple[int, bool, float]], precision: float) -> None:
    limits = calibrate([Trial(p if is_right else None, p, s) for p, is_right, s in found], precision, THRESHOLDS)
    if limits is not None:
        assert max([limits.everybody, *limits.people.values()]) <= THRESHOLDS.possible


def test_equal_scores_stand_or_fall_together() -> None:
    found = [*right(ANNA, *[0.2] * 20), *stranger(ANNA, *[0.2] * 20)]
    limits = calibrate(found, 0.9, THRESHOLDS)
    assert limits is None or (measure(found, limits)[0].precision or 1) >= 0.9
