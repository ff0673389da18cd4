"""Toy faces are unit vectors in the plane: an angle is who it is. Up to 0.4 apart is one person; places are numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phototag.core.geometry import box_within
from phototag.core.matching import StrongLimits
from phototag.core.tracking import CLEAREST, ENOUGH, LOST_S, Glimpse, Judge, Scene, Track, is_weak, nearest, step
from phototag.types import Thresholds

THRESHOLDS = Thresholds(
    group=0.3, group_min_faces=2, merge=0.3, merge_tightening=0, join=0.3, strong=0.2, strong_few=0.2, possible=0.3,
    largest_gap=0.1, same=0.4,
)  # fmt: skip
ANN, BOB, ZOE = 1, 2, 3
ANGLES = {ANN: 0.0, BOB: 60.0, ZOE: 120.0}
STRANGER, OTHER_STRANGER = 200.0, 280.0


def vector(angle: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.array([math.cos(math.radians(angle)), math.sin(math.radians(angle))], dtype=np.float32)


def face(angle: float, x: float = 0.5, quality: float = 0.8) -> Glimpse:
    return Glimpse(box_within(x - 0.1, 0.4, x + 0.1, 0.6), vector(angle), quality)


JUDGE = Judge(
    {who: vector(angle)[None] for who, angle in ANGLES.items()}, {ANN, BOB}, THRESHOLDS, StrongLimits(0.2)
)  # zoe is ignored


def run(*frames: Sequence[Glimpse], every_s: float = 0.2, judge: Judge = JUDGE) -> tuple[Scene, list[Track]]:
    scene, ended = Scene(), []
    for number, glimpses in enumerate(frames):
        scene, gone = step(scene, number * every_s, glimpses, judge)
        ended += gone
    return scene, ended


def people(scene: Scene) -> list[int | None]:
    """Of the newest frame, from left to right."""
    return [track.person for track in sorted(scene.visible, key=lambda one: one.box)]


def test_somebody_is_told_after_some_frames() -> None:
    assert people(run(*[[face(0)]] * (ENOUGH - 1))[0]) == [None]
    (track,) = run(*[[face(0)]] * ENOUGH)[0].tracks
    assert (track.person, track.since_s, track.seen_s) == (ANN, 0.0, 0.2 * (ENOUGH - 1))
    assert track.distance == pytest.approx(0, abs=2e-3)


def test_a_stranger_and_somebody_ignored_are_nobody() -> None:
    assert people(run(*[[face(STRANGER, 0.2), face(120, 0.8)]] * 9)[0]) == [None, None]


def test_a_name_does_not_flicker() -> None:
    scene, _ = run(*[[face(0)]] * ENOUGH)
    for number, angle in enumerate([15, 20, 22, 25, 15, 0], ENOUGH):  # too far from ann to be told by these
        scene, _ = step(scene, number * 0.2, [face(angle, quality=0.1)], JUDGE)
        assert people(scene) == [ANN]
    assert scene.began == 1


def test_the_clearest_faces_say_who_it_is() -> None:
    blurred = [[face(22, quality=0.2)]] * 6
    assert people(run(*blurred)[0]) == [None]
    scene, _ = run(*blurred, *[[face(2, quality=0.9)]] * CLEAREST)
    assert (people(scene), scene.began) == ([ANN], 1)


def test_people_who_cross_keep_their_tracks() -> None:
    steps = [i / 20 for i in range(21)]
    scene, _ = run(*([face(0, 0.1 + 0.8 * s), face(60, 0.9 - 0.8 * s)] for s in steps))
    assert (people(scene), scene.began) == ([BOB, ANN], 2)


def test_somebody_who_vanishes_for_a_moment_is_one_visit_wherever_they_come_back() -> None:
    scene, ended = run(*[[face(0, 0.2)]] * 4, *[[]] * 5, *[[face(0, 0.8)]] * 2)
    assert (people(scene), scene.began, ended) == ([ANN], 1, [])


def test_somebody_who_is_away_longer_is_another_visit() -> None:
    away = int(LOST_S / 0.2) + 1
    scene, ended = run(*[[face(0)]] * 4, *[[]] * away, *[[face(0)]] * 4)
    assert [track.person for track in ended] == [ANN]
    assert (people(scene), scene.began) == ([ANN], 2)
    assert scene.tracks[0].since_s > ended[0].seen_s


def test_somebody_who_is_hard_to_see_at_a_place_is_followed_and_is_no_evidence() -> None:
    scene, _ = run(*[[face(0)]] * 4, *[[face(28)]] * 4)  # 0.48 apart: beyond 0.4, within 1.3 times that
    assert (people(scene), scene.began) == ([ANN], 1)
    assert nearest(scene.tracks[0], JUDGE) == (ANN, pytest.approx(0, abs=2e-3))
    assert run(*[[face(0, 0.2)]] * 4, [face(28, 0.8)])[0].began == 2  # elsewhere it is somebody else


def test_somebody_who_was_hard_to_see_at_first_is_told_when_they_are_not() -> None:
    scene, _ = run(*[[face(28, quality=0.2)]] * 9)
    assert people(scene) == [None]
    for number in range(CLEAREST):
        scene, _ = step(scene, 2 + number * 0.2, [face(0, quality=0.9)], JUDGE)
    assert (people(scene), scene.began) == ([ANN], 1)


def test_who_steps_into_somebodys_place_is_somebody_else() -> None:
    scene, _ = run(*[[face(0)]] * 4, *[[face(STRANGER)]] * 4)
    assert (people(scene), scene.began) == ([None], 2)


def test_who_turns_away_slowly_is_followed() -> None:
    scene, _ = run(*[[face(0)]] * 4, *([face(angle, quality=0.1)] for angle in range(0, 61, 10)))
    assert (people(scene), scene.began) == ([ANN], 1)


def test_two_who_look_like_one_are_not_one() -> None:
    scene, _ = run(*[[face(1, 0.2), face(3, 0.8)]] * 9)
    assert people(scene) == [ANN, None]
    scene, _ = step(scene, 9 * 0.2, [face(3, 0.8)], JUDGE)  # the other one looks away
    assert people(scene) == [None]


def test_somebody_who_was_lost_and_is_told_again_is_one_visit() -> None:
    unclear = [face(26, 0.8, 0.3)]  # 0.45 from ann: not taken up again, and nobody yet
    scene, ended = run(*[[face(0, 0.2)]] * 4, *[unclear] * 3, *[[face(4, 0.8, 0.9)]] * CLEAREST)
    assert ended == []
    (track,) = scene.tracks
    assert (track.number, track.person, track.since_s, track.joined) == (1, ANN, 0.0, {2})


def test_who_is_nearest_is_said_of_a_stranger_too() -> None:
    (track,) = run([face(80)])[0].tracks
    assert nearest(track, JUDGE) == (BOB, pytest.approx(2 * math.sin(math.radians(10)), abs=1e-3))
    nobody = Judge({ANN: vector(0)[None]}, set(), THRESHOLDS, StrongLimits(0.2))
    assert nearest(track, nobody) is None


def test_a_track_is_weak_until_one_of_its_faces_is_clear() -> None:
    strict = replace(THRESHOLDS, weak_quality=0.5, weak_score=0.9)
    blurred, unsure = face(0, quality=0.4), replace(face(0, quality=0.9), score=0.8)
    assert is_weak(run([blurred], [unsure])[0].tracks[0], strict)
    assert not is_weak(run([blurred], [unsure], [face(0, quality=0.5)])[0].tracks[0], strict)


def test_without_a_limit_for_two_photos_the_one_for_questions_serves() -> None:
    unmeasured = Thresholds(0.3, 2, 0.3, 0, 0.3, 0.2, 0.2, 0.35, 0.1)
    assert Judge({}, set(), unmeasured, StrongLimits(0.2)).near == pytest.approx(0.45)


angles = st.sampled_from([0.0, 3.0, 18.0, 24.0, 60.0, 63.0, 120.0, STRANGER, OTHER_STRANGER])
glimpses = st.builds(face, angles, st.floats(0, 1), st.floats(0, 1))
films = st.lists(st.tuples(st.sampled_from([0.1, 0.3, 2.0, 6.0]), st.lists(glimpses, max_size=4)), max_size=25)


@given(films)
def test_every_face_is_on_one_track_and_nobody_is_on_two(film: list[tuple[float, list[Glimpse]]]) -> None:
    scene, time_s, ended, told = Scene(), 0.0, [], {}
    for pause_s, seen in film:
        time_s += pause_s
        scene, gone = step(scene, time_s, seen, JUDGE)
        ended += gone
        assert sorted(track.box for track in scene.visible) == sorted(glimpse.box for glimpse in seen)
        named = [track.person for track in scene.tracks if track.person is not None]
        assert len(named) == len(set(named))
        assert not {track.number for track in scene.tracks} & {track.number for track in ended}
        for track in scene.tracks:
            assert len(track.clearest) <= CLEAREST
            assert track.person == told.get(track.number, track.person)  # once told, always told
            if track.person is not None:
                told[track.number] = track.person
    everybody = [*ended, *scene.tracks]
    numbers = [track.number for track in everybody] + [number for track in everybody for number in track.joined]
    assert sorted(numbers) == list(range(1, scene.began + 1))


@given(st.lists(st.lists(st.integers(0, 3), unique=True, max_size=4), max_size=15), st.randoms(use_true_random=False))
def test_the_order_of_faces_does_not_matter(film: list[list[int]], random: object) -> None:
    places = {who: face(angle, 0.1 + 0.25 * who) for who, angle in enumerate([0.0, 60.0, STRANGER, OTHER_STRANGER])}
    plain = [[places[who] for who in frame] for frame in film]
    shuffled = [random.sample(frame, len(frame)) for frame in plain]  # type: ignore[attr-defined]
    one, other = run(*plain)[0], run(*shuffled)[0]
    assert [(t.number, t.person, t.box, t.n_frames) for t in one.tracks] == [
        (t.number, t.person, t.box, t.n_frames) for t in other.tracks
    ]


@given(st.lists(st.tuples(st.floats(0.05, LOST_S - 0.01), st.floats(0, 1)), min_size=1, max_size=20), angles)
def test_who_looks_the_same_is_one_visit_however_they_move(way: list[tuple[float, float]], angle: float) -> None:
    scene, time_s = Scene(), 0.0
    for pause_s, x in way:
        time_s += pause_s
        scene, gone = step(scene, time_s, [face(angle, x)], JUDGE)
        assert gone == ()
    assert scene.began == 1
    assert scene.tracks[0].n_frames == len(way)
