from __future__ import annotations

import numpy as np
import pytest

from phototag.core import open_set
from phototag.core.calibration import Trial
from phototag.core.classifiers import CLASSIFIERS
from phototag.core.open_set import Named, calibrated, fitted, is_clearly_better, splits, tried
from phototag.errors import UsageError
from tests.core.test_calibration import THRESHOLDS, on_circle

ANNA, BEN, CHIDI, DORA = 1, 2, 3, 4


def named(*people: int, photos: list[int] | None = None) -> Named:
    """A face of each, anna at 90 degrees, ben at 180 and so on, each a degree further than the last."""
    degrees = [90 * person + i for i, person in enumerate(people)]
    on = list(range(len(people))) if photos is None else photos
    return Named(on_circle(*degrees), np.array(people), np.array(on))


FOUR = [ANNA, BEN, CHIDI, DORA]


def test_every_face_is_tried_once_as_known_and_once_as_a_stranger() -> None:
    found = splits(named(*FOUR * 4))
    assert sorted(np.concatenate([split.known for split in found]).tolist()) == list(range(16))
    assert sorted(np.concatenate([split.strangers for split in found]).tolist()) == list(range(16))


def test_nothing_is_tried_on_a_photo_that_was_learned_from() -> None:
    faces = named(*FOUR * 4, photos=[i // 2 for i in range(16)])
    for split in splits(faces):
        learned = set(faces.photos[split.learned].tolist())
        assert not learned & set(faces.photos[split.known].tolist())
        assert not learned & set(faces.photos[split.strangers].tolist())


def test_strangers_are_not_learned_and_known_people_are() -> None:
    faces = named(*FOUR * 4)
    for split in splits(faces):
        learned = set(faces.people[split.learned].tolist())
        assert not learned & set(faces.people[split.strangers].tolist())
        assert set(faces.people[split.known].tolist()) <= learned


def test_somebody_on_one_photo_is_only_ever_a_stranger() -> None:
    found = splits(named(*[ANNA, BEN, CHIDI] * 2, DORA))
    assert sorted(np.concatenate([split.known for split in found]).tolist()) == [0, 1, 2, 3, 4, 5]
    assert sorted(np.concatenate([split.strangers for split in found]).tolist()) == [0, 1, 2, 3, 4, 5, 6]


def test_photos_of_one_person_are_dealt_evenly() -> None:
    faces = named(*[ANNA] * 8, BEN, BEN, CHIDI)
    sizes = [sum(faces.people[split.known] == ANNA) for split in splits(faces)]
    assert sorted(sizes)[-4:] == [2, 2, 2, 2]


@pytest.mark.parametrize("people", [[ANNA, ANNA], [ANNA, ANNA, BEN, BEN]])
def test_fewer_than_three_people_are_too_few(people: list[int]) -> None:
    with pytest.raises(UsageError, match=r"named faces of 3 people.*phototag clusters"):
        splits(named(*people))


def test_people_with_one_photo_each_are_too_little() -> None:
    with pytest.raises(UsageError, match=r"Nobody has a name on two photos.*phototag review"):
        splits(named(ANNA, BEN, CHIDI))


def test_people_who_are_far_apart_are_told_apart() -> None:
    faces = named(*FOUR * 4)
    found = [trial for split in splits(faces) for trial in tried(faces, split, CLASSIFIERS["nearest"], THRESHOLDS)]
    assert sum(trial.truth is None for trial in found) == 16
    assert all(trial.nearest == trial.truth for trial in found if trial.truth is not None)
    assert max(t.score for t in found if t.truth) < min(t.score for t in found if t.truth is None)


def test_of_somebody_with_thousands_of_faces_a_few_are_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_set, "MOST_FACES", 2)
    model = fitted(named(ANNA, BEN, ANNA, ANNA, ANNA), CLASSIFIERS["knn"], THRESHOLDS)
    assert model.people.tolist() == [ANNA, BEN, ANNA]


# Probabilities


def right(*scores: float) -> list[Trial]:
    return [Trial(ANNA, ANNA, score) for score in scores]


def wrong(*scores: float) -> list[Trial]:
    return [Trial(None, ANNA, score) for score in scores]


def test_a_probability_is_the_share_that_is_right() -> None:
    found = calibrated([*right(*[0.2] * 80, *[0.4] * 20), *wrong(*[0.2] * 20, *[0.4] * 80)])
    np.testing.assert_allclose(found.probability(np.array([0.2, 0.3, 0.4])), [0.8, 0.5, 0.2], atol=0.01)


def test_nothing_is_quite_sure_even_where_there_was_no_mistake() -> None:
    sure, doubtful = calibrated([*right(0.1, 0.2), *wrong(0.4, 0.5)]).probability(np.array([0.1, 0.5]))
    assert 0.5 < sure < 1
    assert 0 < doubtful < 0.5


def test_a_smaller_score_is_never_less_probable() -> None:
    first, second = calibrated([*right(0.5), *wrong(0.1)]).probability(np.array([0.1, 0.5]))
    assert first >= second


def test_scores_far_off_are_no_overflow() -> None:
    assert calibrated([*right(0.1), *wrong(0.2)]).probability(np.array([-1e9, 1e9])).tolist() == pytest.approx([1, 0])


# Which is better


@pytest.mark.parametrize(
    ("wins", "losses", "is_better"),
    [(0, 0, False), (4, 0, False), (5, 0, True), (9, 1, True), (8, 2, False)],
)
def test_luck_is_not_better(wins: int, losses: int, is_better: bool) -> None:
    mine = [*right(*[0.1] * wins, *[0.9] * losses), *right(0.1), *wrong(0.9)]
    theirs = [*right(*[0.9] * wins, *[0.1] * losses), *right(0.1), *wrong(0.1)]
    assert is_clearly_better(mine, 0.5, theirs, 0.5) is is_better
