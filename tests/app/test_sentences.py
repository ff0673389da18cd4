from __future__ import annotations

import pytest

from phototag.app import sentences
from phototag.app.name import NameReport


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        (sentences.merged({"name": "ann", "others": ["zoe"], "faces": 2, "together": 0}), "zoe is ann now: 2 faces."),
        (sentences.moved({"name": "ann", "faces": 1}), "1 face is ann now."),
        (sentences.moved({"name": "ann", "faces": 2000}, "already"), "2,000 faces are ann already."),
        (sentences.rejected({"name": "ann", "faces": 2}), "2 faces are not ann."),
        (sentences.ignored({"name": "group 3", "faces": 2}, 1), "Group 3 is ignored: 2 faces, and 1 look-alike."),
        (sentences.no_faces({"faces": 1}, 2), "That is no face, and 2 faces like it."),
        (sentences.no_faces({"faces": 2}, 0), "2 finds are no faces."),
        (sentences.collage({"photo": "a\nb.jpg"}), "One person may be on a\\nb.jpg more than once."),
        (sentences.split({"name": "ann", "faces": 1, "groups": [4]}), "1 face of ann is somebody else: group 4."),
    ],
)  # fmt: skip
def test_what_came_of_a_decision(sentence: str, said: str) -> None:
    assert sentence == said


def test_what_came_of_a_name() -> None:
    report = NameReport("ann", 3, 2, 5, 4, 1, 7, 2, 1)
    assert sentences.named(3, report) == [
        "3 faces on 2 photos are ann now.",
        "ann was there already, with 2 faces that you named.",
        "On 1 photo there are several of them. If that is no mirror and no collage, take it back.",
        "5 look-alikes on 4 photos tagged automatically.",
    ]
    assert sentences.may_be(report) == "1 more face may be ann."


def test_names_in_a_sentence() -> None:
    assert [sentences.listed(names) for names in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]
