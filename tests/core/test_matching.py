"""Faces here are points on a circle: x degrees apart is a distance of 2 sin(x / 2), near enough x / 57.3."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np
import pytest

from phototag.core import matching
from phototag.core.matching import FEW_PEOPLE, MANY_PEOPLE, Probe, StrongLimits, dismiss, strong_limit, suggest
from phototag.types import Grade, Suggestion, Thresholds

THRESHOLDS = Thresholds(
    group=0.3,
    group_min_faces=2,
    merge=0.4,
    merge_tightening=0,
    join=0.3,
    strong=0.2,
    strong_few=0.2,
    possible=0.5,
    largest_gap=0.1,
)
ANNA, BEN, CHIDI = 1, 2, 3
STRONG, POSSIBLE = Grade.STRONG, Grade.POSSIBLE


def on_circle(*degrees: float) -> np.ndarray:
    radians = np.deg2rad(degrees)
    return np.stack([np.cos(radians), np.sin(radians)], axis=1).astype(np.float32)


def chord(degrees: float) -> float:
    return 2 * np.sin(np.deg2rad(degrees) / 2)


def suggested(
    faces: dict[str, float],
    known: dict[int, list[float]],
    *,
    refused: Collection[tuple[str, int]] = frozenset(),
    present: Collection[tuple[str, int]] = frozenset(),
    thresholds: Thresholds = THRESHOLDS,
) -> list[Suggestion]:
    """Faces are "photo/face" -> degrees; known people are id -> degrees of their references."""
    probes = [Probe(face, face.split("/")[0]) for face in faces]
    references = {person: on_circle(*degrees) for person, degrees in known.items()}
    return suggest(probes, on_circle(*faces.values()), references, thresholds, refused, present)


def graded(*arguments: dict, **settings: object) -> dict[str, tuple[int, Grade]]:
    return {s.face: (s.person, s.grade) for s in suggested(*arguments, **settings)}


# Distances


def test_a_face_near_somebody_is_suggested_with_its_distances() -> None:
    (found,) = suggested({"p/a": 0}, {ANNA: [5], BEN: [90]})
    assert found == Suggestion(
        "p/a", ANNA, pytest.approx(chord(5), abs=1e-5), BEN, pytest.approx(chord(90), abs=1e-5), STRONG
    )


def test_the_distance_is_the_mean_over_the_three_nearest_references() -> None:
    (found,) = suggested({"p/a": 0}, {ANNA: [90, 6, -10, 20, 180]})
    assert found.distance == pytest.approx((chord(6) + chord(10) + chord(20)) / 3, abs=1e-5)


def test_with_fewer_references_the_distance_is_the_mean_over_all() -> None:
    (found,) = suggested({"p/a": 0}, {ANNA: [10, 20]})
    assert found.distance == pytest.approx((chord(10) + chord(20)) / 2, abs=1e-5)


def test_of_equally_near_people_the_one_known_longer_is_suggested() -> None:
    (found,) = suggested({"p/a": 0}, {BEN: [10], ANNA: [10]})
    assert (found.person, found.runner_up, found.grade) == (ANNA, BEN, STRONG)


def test_the_only_known_person_has_no_runner_up() -> None:
    (found,) = suggested({"p/a": 0}, {ANNA: [5]})
    assert (found.person, found.runner_up, found.runner_up_distance) == (ANNA, None, None)


# Grades


@pytest.mark.parametrize(
    ("known", "score"),
    [
        pytest.param({ANNA: [20]}, chord(20) - 0.1, id="nobody else is known"),
        pytest.param({ANNA: [20], BEN: [90]}, chord(20) - 0.1, id="the runner-up is far: the gap is limited"),
        pytest.param({ANNA: [20], BEN: [-24]}, 2 * chord(20) - chord(24), id="the runner-up is near: the gap counts"),
        pytest.param({ANNA: [20], BEN: [-20]}, chord(20), id="both are as near: there is no gap"),
    ],
)
def test_the_score_is_the_distance_less_the_gap_to_the_runner_up(known: dict[int, list[float]], score: float) -> None:
    def grade(**limits: float) -> Grade | None:
        return next((s.grade for s in suggested({"p/a": 0}, known, thresholds=replace(THRESHOLDS, **limits))), None)

    assert grade(strong_few=score + 1e-4) is STRONG
    assert grade(strong_few=score - 1e-4) is POSSIBLE
    assert grade(strong_few=0, possible=score + 1e-4) is POSSIBLE
    assert grade(strong_few=0, possible=score - 1e-4) is None


def test_the_limit_rises_with_the_people_who_are_known() -> None:
    thresholds = replace(THRESHOLDS, strong_few=0.2, strong=0.3)
    assert strong_limit(0, thresholds) == strong_limit(1, thresholds) == strong_limit(FEW_PEOPLE, thresholds) == 0.2
    assert strong_limit(55, thresholds) == pytest.approx(0.25, abs=1e-3)  # half-way by the logarithm
    assert strong_limit(MANY_PEOPLE, thresholds) == strong_limit(5000, thresholds) == pytest.approx(0.3)
    rising = [strong_limit(people, thresholds) for people in (30, 40, 60, 90, 100)]
    assert rising == sorted(rising)
    assert rising[0] < rising[1] < rising[3] < rising[4]


def test_where_many_are_known_a_match_need_not_be_as_near() -> None:
    thresholds = replace(THRESHOLDS, strong_few=0.2, strong=0.3)
    strangers = {person: [180.0] for person in range(2, MANY_PEOPLE + 1)}
    assert graded({"p/a": 0}, {ANNA: [20]}, thresholds=thresholds) == {"p/a": (ANNA, POSSIBLE)}  # 0.35 - 0.1
    assert graded({"p/a": 0}, {ANNA: [20]} | strangers, thresholds=thresholds) == {"p/a": (ANNA, STRONG)}


def test_a_person_may_have_a_limit_of_their_own() -> None:
    probes, known = [Probe("p/a", "p"), Probe("q/b", "q")], {ANNA: on_circle(20), BEN: on_circle(110)}

    def grades(limits: StrongLimits) -> dict[int, Grade]:
        return {s.person: s.grade for s in suggest(probes, on_circle(0, 90), known, THRESHOLDS, limits=limits)}

    assert grades(StrongLimits(0.3)) == {ANNA: STRONG, BEN: STRONG}
    assert grades(StrongLimits(0.3, {BEN: 0.1})) == {ANNA: STRONG, BEN: POSSIBLE}


def test_a_face_that_is_like_nobody_is_not_mentioned() -> None:
    assert suggested({"p/a": 0, "p/b": 180}, {ANNA: [90]}) == []


# What a person said


def test_a_refused_person_is_never_suggested() -> None:
    assert graded({"p/a": 0, "q/b": 0}, {ANNA: [0], BEN: [5]}, refused={("p/a", ANNA)}) == {
        "p/a": (BEN, STRONG),
        "q/b": (ANNA, STRONG),
    }


def test_a_refused_person_is_no_runner_up_either() -> None:
    (found,) = suggested({"p/a": 0}, {ANNA: [2], BEN: [1]}, refused={("p/a", BEN)})
    assert (found.person, found.runner_up, found.runner_up_distance) == (ANNA, None, None)


def test_a_face_that_is_nobody_known_is_not_mentioned() -> None:
    assert suggested({"p/a": 0}, {ANNA: [0], BEN: [0]}, refused={("p/a", ANNA), ("p/a", BEN)}) == []


def test_a_refusal_of_somebody_unknown_changes_nothing() -> None:
    assert graded({"p/a": 0}, {ANNA: [0]}, refused={("p/a", CHIDI), ("gone", ANNA)}) == {"p/a": (ANNA, STRONG)}


# Nobody is on a photo twice


def test_on_one_photo_only_the_nearest_face_is_strong() -> None:
    assert graded({"p/a": 6, "p/b": 2, "p/c": 4}, {ANNA: [0]}) == {
        "p/a": (ANNA, POSSIBLE),
        "p/b": (ANNA, STRONG),
        "p/c": (ANNA, POSSIBLE),
    }


def test_of_equally_near_faces_the_first_by_id_is_strong() -> None:
    assert graded({"p/b": 2, "p/a": 2}, {ANNA: [0]}) == {"p/a": (ANNA, STRONG), "p/b": (ANNA, POSSIBLE)}


def test_a_person_may_be_on_many_photos_and_a_photo_show_many_people() -> None:
    assert graded({"p/a": 0, "p/b": 90, "q/c": 0}, {ANNA: [0], BEN: [90]}) == {
        "p/a": (ANNA, STRONG),
        "p/b": (BEN, STRONG),
        "q/c": (ANNA, STRONG),
    }


def test_somebody_already_named_on_the_photo_is_a_question_at_most() -> None:
    assert graded({"p/a": 0, "p/b": 90, "q/c": 0}, {ANNA: [0], BEN: [90]}, present={("p", ANNA)}) == {
        "p/a": (ANNA, POSSIBLE),
        "p/b": (BEN, STRONG),
        "q/c": (ANNA, STRONG),
    }


def test_the_set_of_people_present_is_left_as_it_was() -> None:
    present = {("q", ANNA)}
    suggested({"p/a": 0}, {ANNA: [0]}, present=present)
    assert present == {("q", ANNA)}


# What is like somebody dismissed


def dismissed(
    faces: dict[str, float],
    hidden: dict[str, float],
    *,
    guesses: Mapping[str, float] | None = None,
    sure: Collection[str] = frozenset(),
    refused: Collection[tuple[str, str]] = frozenset(),
) -> dict[str, str]:
    """Face -> the dismissed face that it is like; both given as name -> degrees. A group is 17 degrees wide."""
    found = dismiss(
        list(faces), on_circle(*faces.values()), list(hidden), on_circle(*hidden.values()), THRESHOLDS,
        guesses or {}, sure, refused,
    )  # fmt: skip
    assert [d.face for d in found] == sorted(d.face for d in found)
    assert [d.distance for d in found] == [
        pytest.approx(chord(abs(faces[d.face] - hidden[d.like])), abs=1e-3) for d in found
    ]
    return {d.face: d.like for d in found}


def test_a_face_as_near_to_a_dismissed_one_as_a_group_is_wide_is_dismissed() -> None:
    assert dismissed({"b": 17, "a": -17, "c": 18}, {"x": 0}) == {"a": "x", "b": "x"}


def test_the_nearest_dismissed_face_decides_and_not_the_mean_of_several() -> None:
    assert dismissed({"a": 10}, {"x": 120, "y": 0, "z": 15}) == {"a": "z"}


def test_a_face_that_is_nearer_to_somebody_else_is_not_dismissed() -> None:
    assert dismissed({"a": 10, "b": 10}, {"x": 0}, guesses={"a": chord(9), "b": chord(11)}) == {"b": "x"}


def test_a_face_that_would_be_tagged_as_somebody_dismissed_is_dismissed_however_far() -> None:
    assert dismissed({"a": 30, "b": 30}, {"x": 0}, sure={"a"}) == {"a": "x"}
    assert dismissed({"a": 30}, {"x": 0}, sure={"a"}, guesses={"a": chord(20)}) == {}


def test_a_face_is_not_dismissed_for_what_a_human_said_it_is_not() -> None:
    refused = {("a", "x"), ("a", "gone"), ("gone", "x")}
    assert dismissed({"a": 0, "b": 0}, {"x": 0}, refused=refused) == {"b": "x"}
    assert dismissed({"a": 0}, {"x": 0, "y": 10}, refused=refused) == {"a": "y"}
    assert dismissed({"a": 0}, {"x": 0}, refused=refused, sure={"a"}) == {}


def test_many_faces_are_dismissed_in_parts_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    faces = {f"{i:02}": float(i) for i in range(40)}
    settings = {"sure": {"30"}, "refused": {("09", "x"), ("21", "y")}}
    whole = dismissed(faces, {"x": 0, "y": 20}, **settings)
    assert len(whole) == 37
    monkeypatch.setattr(matching, "ROWS_AT_ONCE", 7)
    assert dismissed(faces, {"x": 0, "y": 20}, **settings) == whole


# All of them


def test_suggestions_are_sorted_by_face() -> None:
    assert [s.face for s in suggested({"q/c": 9, "p/b": 0, "p/a": 4}, {ANNA: [0]})] == ["p/a", "p/b", "q/c"]


def test_without_known_people_or_without_faces_nothing_is_suggested() -> None:
    assert suggested({"p/a": 0}, {}) == []
    assert suggest([], np.zeros((0, 2), dtype=np.float32), {ANNA: on_circle(0)}, THRESHOLDS) == []


def test_many_faces_are_judged_in_parts_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    degrees = np.random.default_rng(5).uniform(0, 360, 40)
    probes, vectors = [Probe(f"{i:02}", f"photo {i % 9}") for i in range(40)], on_circle(*degrees)
    references = {person: on_circle(*range(60 * person, 60 * person + 50, 10)) for person in range(6)}
    refused = {(f"{i:02}", i % 6) for i in range(40)}
    whole = suggest(probes, vectors, references, THRESHOLDS, refused)
    assert {s.grade for s in whole} == {STRONG, POSSIBLE}
    monkeypatch.setattr(matching, "ROWS_AT_ONCE", 7)
    parts = suggest(probes, vectors, references, THRESHOLDS, refused)
    assert [(s.face, s.person, s.runner_up, s.grade) for s in parts] == [
        (s.face, s.person, s.runner_up, s.grade) for s in whole
    ]
    assert [s.distance for s in parts] == pytest.approx([s.distance for s in whole], abs=1e-6)
