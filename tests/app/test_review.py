"""Dark red has a name in most of these albums; light, pale and blue are explained in tests/conftest.py."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from phototag.app.correct import not_a_face
from phototag.app.evidence import gather
from phototag.app.groups import regroup
from phototag.app.review import (
    PICTURE,
    Answer,
    Question,
    agenda,
    answer,
    answer_name,
    answers_left,
    draw,
    look,
    questions,
    require_question,
)
from phototag.errors import LibraryError, UnknownError, UsageError
from phototag.index import people
from phototag.index.db import forget_results, transaction
from phototag.types import Label, Verdict
from tests.conftest import BLUE, CYAN, DARK_RED, GREEN, LIGHT_RED, PALE_RED, RED, Album


def told(question: Question) -> tuple[str | None, list[str]]:
    """Whom a question asks for, and the photos of its faces, sorted."""
    return question.person, sorted(Path(face.path.decode()).stem for face in question.faces)


def asked(album: Album) -> list[tuple[str | None, list[str]]]:
    return [told(question) for question in questions(album.index)]


def decisions(album: Album) -> int:
    return int(album.index.db.execute("SELECT count(*) FROM decisions").fetchone()[0])


@pytest.fixture
def doubtful(album: Album) -> Album:
    """Dark has the name elon; three pale faces, a group, and one alone on a photo with blue may be elon."""
    album.scan(dark=[DARK_RED], pale1=[PALE_RED], pale2=[PALE_RED], pale3=[PALE_RED])
    album.name("elon", "dark")
    return album


# What is asked


def test_the_question_that_settles_the_most_faces_comes_first(album: Album) -> None:
    album.scan(
        blue1=[BLUE], blue2=[BLUE],
        pale1=[PALE_RED], pale2=[PALE_RED], pale3=[PALE_RED],
        green1=[GREEN], green2=[GREEN], green3=[GREEN], green4=[GREEN],
        dark=[DARK_RED], cyan=[CYAN],
    )  # fmt: skip
    album.name("elon", "dark")
    assert asked(album) == [
        (None, ["green1", "green2", "green3", "green4"]),
        ("elon", ["pale1", "pale2", "pale3"]),
        (None, ["blue1", "blue2"]),
    ]


def test_of_questions_that_settle_as_much_the_surest_comes_first(album: Album) -> None:
    """Dull is 0.39 from dark, pale 0.45; who green is nobody knows."""
    album.scan(
        green1=[GREEN], green2=[GREEN], pale1=[PALE_RED, "#e87878"], pale2=[PALE_RED, "#e87878"], dark=[DARK_RED]
    )
    album.name("elon", "dark")
    distances = [question.distance for question in questions(album.index)]
    assert [question.person for question in questions(album.index)] == ["elon", "elon", None]
    assert distances == [pytest.approx(0.385, abs=0.01), pytest.approx(0.453, abs=0.01), None]


def test_a_face_alone_is_asked_for_if_it_may_be_somebody(album: Album) -> None:
    album.scan(dark=[DARK_RED], pale=[PALE_RED], blue=[BLUE])
    album.name("elon", "dark")
    (question,) = questions(album.index)
    assert told(question) == ("elon", ["pale"])
    assert (question.cluster, question.photos) == (None, 1)


def test_what_is_tagged_or_named_is_not_asked_for(album: Album) -> None:
    album.scan(dark1=[DARK_RED], dark2=[DARK_RED], light=[LIGHT_RED])
    album.name("elon", "dark1")
    assert album.sources() == {"dark1": "human elon", "dark2": "auto elon", "light": "auto elon"}
    assert asked(album) == []


def test_a_question_shows_a_few_faces_that_you_named_the_best_first(album: Album) -> None:
    dark = [f"dark{i}" for i in range(8)]
    album.scan(**{name: [DARK_RED] for name in dark}, pale=[PALE_RED])
    album.name("elon", *dark[:7])
    for i, name in enumerate(dark):
        album.index.db.execute("UPDATE faces SET quality = ? WHERE id = ?", (i / 10, album.face(name).id))
    (question,) = questions(album.index)
    assert told(question) == ("elon", ["pale"])
    assert [face.path for face in question.references] == [f"dark{i}.png".encode() for i in (6, 5, 4, 3, 2, 1)]


def test_copies_of_a_photo_are_one_photo(album: Album) -> None:
    album.scan(a=[BLUE], b=[BLUE])
    shutil.copy(album.root / "b.png", album.root / "copy.png")
    album.scan()
    (question,) = questions(album.index)
    assert (len(question.faces), question.photos) == (2, 2)


def test_a_topic_is_the_question_before_its_faces_are_looked_at(doubtful: Album) -> None:
    doubtful.scan(blue1=[BLUE], blue2=[BLUE], lone=[PALE_RED, GREEN])
    found = agenda(doubtful.index)
    assert look(doubtful.index, found.topics) == questions(doubtful.index)
    assert [topic.id for topic in found.topics] == [question.id for question in questions(doubtful.index)]
    for topic in found.topics:
        assert require_question(doubtful.index, topic.id).id == topic.id


def test_what_was_left_for_later_comes_last_and_what_was_taken_back_first(album: Album) -> None:
    album.scan(b1=[BLUE], b2=[BLUE], b3=[BLUE], g1=[GREEN], g2=[GREEN])
    found = agenda(album.index)
    blue, green = found.topics
    assert found.topic(None) == blue
    assert found.topic(None, [blue.id]) == green
    assert found.topic(blue.id, [blue.id]) == blue
    assert found.topic("0" * 16) == blue
    assert found.topic(None, [blue.id, green.id]) is None
    assert list(found.following(blue)) == [green]
    assert list(found.following(blue, [green.id])) == []


def test_a_question_that_is_none_any_more_is_said_to_be_so(doubtful: Album) -> None:
    (topic,) = agenda(doubtful.index).topics
    answer(doubtful.index, require_question(doubtful.index, topic.id), Answer.YES, at_ns=5)
    with pytest.raises(UnknownError, match="no question any more"):
        require_question(doubtful.index, topic.id)


def test_what_is_no_face_or_ignored_or_gone_is_not_asked_for(album: Album) -> None:
    album.scan(dark=[DARK_RED], pale1=[PALE_RED], pale2=[PALE_RED, GREEN], pale3=[PALE_RED])
    album.name("elon", "dark")
    before = agenda(album.index).faces
    (album.root / "pale3.png").unlink()
    album.scan()
    assert agenda(album.index).faces == before - 1
    not_a_face(album.index, [album.face("pale1").id], at_ns=5)
    assert asked(album) == []


# How far it is


@pytest.mark.parametrize(
    ("named", "asked", "left"),
    [
        (0, [], 0),  # no faces
        (7, [], 0),  # nothing open
        (95, [3, 2], 0),  # 95 of 100
        (94, [3, 2, 1], 1),  # 97 of 100, of which 96 are needed: 95 % of 100
        (0, [1], 1),  # 95 % of one face is that face
        (0, [5, 5, 5, 5], 4),  # 19 of 20 are needed
        (0, [90, 6, 1, 1, 1, 1], 2),
        (0, [1, 6, 1, 90, 1, 1], 2),  # in whatever order
        (10, [10] + [1] * 20, 19),  # 38 of 40
    ],
)
def test_so_many_answers_are_left_to_95_per_cent(named: int, asked: list[int], left: int) -> None:
    assert answers_left(named, asked) == left


def test_all_but_nobody_may_be_enough() -> None:
    assert answers_left(3, [2, 1], enough=100) == 2
    assert answers_left(3, [2, 1], enough=0) == 0


def test_answers_bring_the_end_nearer(album: Album) -> None:
    assert album.scan(empty=[]) == 0
    assert (agenda(album.index).answers_left, agenda(album.index).goal) == (0, 0)
    album.scan(dark=[DARK_RED], light=[LIGHT_RED], b1=[BLUE], b2=[BLUE], b3=[BLUE], g1=[GREEN], g2=[GREEN])
    assert (agenda(album.index).named, agenda(album.index).faces, agenda(album.index).answers_left) == (0, 5, 2)
    album.name("elon", "dark")
    assert album.sources()["light"] == "auto elon"
    found = agenda(album.index)
    assert (found.named, found.faces, found.goal, found.answers_left) == (2, 5, 7, 2)
    answer_name(album.index, questions(album.index)[0], "ann", at_ns=5)
    assert agenda(album.index).answers_left == 1
    answer_name(album.index, questions(album.index)[0], "bob", at_ns=6)
    found = agenda(album.index)
    assert (found.named, found.faces, found.answers_left) == (7, 0, 0)


# Answers


def test_yes_names_all_faces_of_the_question(doubtful: Album) -> None:
    answer(doubtful.index, questions(doubtful.index)[0], Answer.YES, at_ns=5)
    assert doubtful.sources() == dict.fromkeys(("dark", "pale1", "pale2", "pale3"), "human elon")
    assert questions(doubtful.index) == []
    tags = (doubtful.root / ".phototag" / "tags.jsonl").read_text().splitlines()
    assert [json.loads(line)["people"] for line in tags] == [["elon"]] * 4


def test_no_takes_the_suggestion_from_all_faces_of_the_question(doubtful: Album) -> None:
    answer(doubtful.index, questions(doubtful.index)[0], Answer.NO, at_ns=5)
    assert doubtful.sources() == {"dark": "human elon", "pale1": None, "pale2": None, "pale3": None}
    assert asked(doubtful) == [(None, ["pale1", "pale2", "pale3"])]


def test_after_no_the_next_nearest_is_asked_for(album: Album) -> None:
    album.scan(dark=[DARK_RED], pale=[PALE_RED], red=["#880000"])
    album.name("elon", "dark")
    album.name("ann", "red")
    assert asked(album) == [("ann", ["pale"])]
    answer(album.index, questions(album.index)[0], Answer.NO, at_ns=5)
    assert asked(album) == [("elon", ["pale"])]


def test_what_was_refused_is_not_asked_again_after_a_scan_or_a_regrouping(doubtful: Album) -> None:
    refused = questions(doubtful.index)[0]
    answer(doubtful.index, refused, Answer.NO, at_ns=5)
    doubtful.scan(blue=[BLUE])
    known = gather(doubtful.index)
    assert known is not None
    with transaction(doubtful.index.db):
        forget_results(doubtful.index.db)
    regroup(doubtful.index, known)
    doubtful.scan(green=[GREEN])
    assert refused.key not in {question.key for question in questions(doubtful.index)}
    assert asked(doubtful) == [(None, ["pale1", "pale2", "pale3"])]


def test_what_was_refused_is_not_asked_again_because_look_alikes_came(doubtful: Album) -> None:
    refused = questions(doubtful.index)[0]
    answer(doubtful.index, refused, Answer.NO, at_ns=5)
    doubtful.scan(**{f"later{i}": [PALE_RED] for i in range(3)})
    again = [face.id for question in questions(doubtful.index) if question.person == "elon" for face in question.faces]
    assert {face.id for face in refused.faces}.isdisjoint(again)


def test_no_can_be_taken_back_by_a_name(doubtful: Album) -> None:
    answer(doubtful.index, questions(doubtful.index)[0], Answer.NO, at_ns=5)
    (who,) = questions(doubtful.index)
    answer_name(doubtful.index, who, "elon", at_ns=6)
    assert set(doubtful.sources().values()) == {"human elon"}


def test_a_name_answers_who_this_is_and_tags_look_alikes_at_once(album: Album) -> None:
    album.scan(dark1=[DARK_RED], dark2=[DARK_RED], light=[LIGHT_RED], pale=[PALE_RED])
    (who,) = [question for question in questions(album.index) if "dark1" in told(question)[1]]
    assert answer_name(album.index, who, "  Élise   B ", at_ns=5).words["name"] == "Élise B"
    assert album.sources() == {
        "dark1": "human Élise B",
        "dark2": "human Élise B",
        "light": "auto Élise B",
        "pale": "suggested Élise B",
    }
    assert asked(album) == [("Élise B", ["pale"])]


def test_a_name_that_is_known_is_returned_as_it_is_kept(album: Album) -> None:
    album.scan(red=[RED], blue1=[BLUE], blue2=[BLUE])
    album.name("elon", "red")
    assert answer_name(album.index, questions(album.index)[0], "ELON", at_ns=5).words["name"] == "elon"


@pytest.mark.parametrize("said", Answer)
def test_who_this_is_cannot_be_answered_by_yes_or_no(album: Album, said: Answer) -> None:
    album.scan(blue1=[BLUE], blue2=[BLUE])
    with pytest.raises(UsageError, match="name"):
        answer(album.index, questions(album.index)[0], said, at_ns=5)
    assert decisions(album) == 0


@pytest.mark.parametrize("name", ["", " ", "...", "x" * 101])
def test_a_name_that_is_none_is_no_answer(album: Album, name: str) -> None:
    album.scan(blue1=[BLUE], blue2=[BLUE])
    with pytest.raises(UsageError, match="name"):
        answer_name(album.index, questions(album.index)[0], name, at_ns=5)
    assert decisions(album) == 0


def test_an_answer_is_one_decision_on_the_faces_of_the_question(doubtful: Album) -> None:
    question = questions(doubtful.index)[0]
    before = decisions(doubtful)
    answer(doubtful.index, question, Answer.NO, at_ns=77)
    assert decisions(doubtful) == before + 1
    assert doubtful.index.db.execute("SELECT kind, at_ns FROM decisions ORDER BY id DESC").fetchone() == ("reject", 77)
    refused = {label for label in people.labels(doubtful.index.db) if label.verdict is Verdict.IS_NOT}
    assert refused == {Label(face.id, 1, Verdict.IS_NOT) for face in question.faces}


# The picture


def test_the_picture_shows_the_faces_above_and_whom_to_compare_with_below(doubtful: Album) -> None:
    (question,) = questions(doubtful.index)
    path = draw(doubtful.index, question)
    assert path == doubtful.root / ".phototag" / PICTURE
    with Image.open(path) as picture:
        rows = picture.height // 2
        above, below = picture.crop((0, 0, picture.width, rows)), picture.crop((0, rows, *picture.size))
        assert [_squares(above, PALE_RED), _squares(below, DARK_RED)] == [3, 1]
        assert [_squares(above, DARK_RED), _squares(below, PALE_RED)] == [0, 0]


def test_without_anybody_to_compare_with_there_is_one_row(album: Album) -> None:
    album.scan(blue1=[BLUE], blue2=[BLUE], dark=[DARK_RED], pale1=[PALE_RED], pale2=[PALE_RED])
    album.name("elon", "dark")
    heights = {}
    for question in questions(album.index):
        with Image.open(draw(album.index, question)) as picture:
            heights[question.person] = picture.height
    assert heights["elon"] > 1.5 * heights[None]


def test_a_picture_that_cannot_be_written_is_said_to_be_so(doubtful: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("phototag.files.os.fsync", full)
    with pytest.raises(LibraryError, match="No space left"):
        draw(doubtful.index, questions(doubtful.index)[0])


def _squares(picture: Image.Image, colour: str) -> int:
    """How many faces of a colour, each about 9,000 pixels of it, there are."""
    wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    colours = picture.convert("RGB").getcolors(maxcolors=1 << 24)
    like = sum(n for n, found in colours if all(abs(a - b) < 12 for a, b in zip(found, wanted, strict=True)))
    return round(like / 9000)
