"""Colours are people. A photo of one is 320 pixels wide (and some) and 300 high, with a square face in the middle."""

from __future__ import annotations

import json

import pytest
from PIL import Image

from phototag.app import correct
from phototag.app.find import find_photos
from phototag.app.history import entries, redo, undo
from phototag.app.intake import Contradiction, Intake, take_in
from phototag.app.known import known_people
from phototag.app.why import Rule, why
from phototag.core.regions import Account, Region, Replacement
from phototag.errors import UsageError
from phototag.index import health
from phototag.types import Box
from tests.conftest import BLUE, GREEN, RED, Album, draw_photo

AT = 5
MIDDLE = Box(0.3, 0.2, 0.7, 0.8)
CORNER = Box(0.02, 0.02, 0.12, 0.15)
"""Where no face is."""


def told(album: Album, *accounts: Account, dry_run: bool = False) -> Intake:
    return take_in(album.index, accounts, "XMP", AT, dry_run=dry_run)


def region(photo: str, name: str, box: Box = MIDDLE) -> Account:
    return Account(f"{photo}.png".encode(), (Region(name, box),))


def on(photo: str, *names: str) -> Account:
    return Account(f"{photo}.png".encode(), people=names)


def found(album: Album, query: str) -> list[str]:
    return [path.decode().removesuffix(".png") for path in find_photos(album.index, query).paths]


def line(album: Album, photo: str) -> dict[str, object]:
    lines = [json.loads(text) for text in album.tags().splitlines()]
    return next(found for found in lines if found["photo"] == f"{photo}.png")


def test_a_region_names_the_face_on_which_it_lies(album: Album) -> None:
    album.scan(a=[RED], b=[BLUE])
    report = told(album, region("a", "Ann"))
    assert (report.photos, report.people, report.faces, report.drawn) == (1, 1, 1, 0)
    assert album.sources() == {"a": "human Ann", "b": None}


def test_all_accounts_are_one_decision_that_is_taken_back_as_one(album: Album) -> None:
    album.scan(a=[RED], b=[BLUE])
    before = album.tags()
    told(album, region("a", "Ann"), region("b", "Bob"), region("b", "Carl", CORNER), on("a", "Dora"))
    assert [entry.text for entry in entries(album.index)] == ["3 faces named and 1 person put on a photo, as in XMP"]
    undo(album.index, None, AT)
    assert album.tags() == before
    assert known_people(album.index) == []
    assert health.differences_from_journal(album.index.db) == []


def test_look_alikes_are_tagged_at_once(album: Album) -> None:
    album.scan(a=[RED], b=[RED])
    told(album, region("a", "Ann"))
    assert album.sources()["b"] == "auto Ann"


def test_where_no_face_was_found_it_is_drawn(album: Album) -> None:
    album.scan(a=[])
    report = told(album, region("a", "Ann", CORNER))
    assert (report.faces, report.drawn) == (1, 1)
    face = album.face("a")
    assert face.is_drawn
    assert face.stored_box == CORNER
    assert album.sources() == {"a": "human Ann"}
    assert line(album, "a")["people"] == ["Ann"]


def test_a_drawn_face_outlives_a_scan_that_reads_the_photo_again(album: Album) -> None:
    album.scan(a=[RED])
    told(album, region("a", "Ann", CORNER))
    before = album.tags()
    album.close()
    album._phototag("scan", album.root, "--engine", "fake", "--force")
    assert album.tags() == before
    assert album.face("a").is_drawn


def test_a_drawn_face_is_never_a_reason_for_a_tag(album: Album) -> None:
    album.scan(a=[], b=[RED])
    told(album, region("a", "Ann", CORNER))
    assert album.sources() == {"a": "human Ann", "b": None}


def test_a_drawn_face_tells_why(album: Album) -> None:
    album.scan(a=[], b=[RED])
    album.name("Bob", "b")
    told(album, region("a", "Ann", CORNER))
    reason = why(album.index, album.face("a").id)
    assert (reason.rule, reason.candidates, reason.score) == (Rule.HUMAN, (), None)
    assert "drew" in reason.because


def test_a_drawn_face_can_be_somebody_else_or_no_face(album: Album) -> None:
    album.scan(a=[])
    told(album, region("a", "Ann", CORNER))
    correct.move(album.index, [album.face("a").id], "Bob", AT)
    assert album.sources() == {"a": "human Bob"}
    correct.not_a_face(album.index, [album.face("a").id], AT)
    assert album.sources() == {}
    undo(album.index, None, AT)
    assert album.sources() == {"a": "human Bob"}


def test_what_is_drawn_twice_is_one_face(album: Album) -> None:
    album.scan(a=[])
    told(album, region("a", "Ann", CORNER))
    report = told(album, region("a", "Ann", Box(0.021, 0.02, 0.121, 0.15)))
    assert (report.known, report.decision) == (1, None)


def test_taking_a_drawing_back_removes_the_face_and_putting_it_back_brings_it(album: Album) -> None:
    album.scan(a=[])
    told(album, region("a", "Ann", CORNER))
    undo(album.index, None, AT)
    assert album.sources() == {}
    redo(album.index, None, AT)
    assert album.sources() == {"a": "human Ann"}
    assert album.face("a").is_drawn


def test_somebody_may_be_on_a_photo_without_a_place(album: Album) -> None:
    album.scan(a=[RED], b=[RED])
    report = told(album, on("a", "Dora"))
    assert (report.faces, report.present, report.people) == (0, 1, 1)
    assert found(album, "dora") == ["a"]
    assert [(person.name, person.faces, person.photos) for person in known_people(album.index)] == [("Dora", 0, 1)]
    assert line(album, "a")["people"] == ["Dora"]
    assert line(album, "a")["present"] == ["Dora"]


def test_who_is_there_without_a_place_is_not_there_alone(album: Album) -> None:
    album.scan(a=[RED], b=[RED])
    told(album, region("a", "Ann"), region("b", "Ann"), on("a", "Dora"))
    assert found(album, "only(ann)") == ["b"]
    assert found(album, "together(ann, dora)") == ["a"]


def test_whoever_has_a_region_needs_no_presence(album: Album) -> None:
    album.scan(a=[RED])
    told(album, Account(b"a.png", (Region("Ann", MIDDLE),), ("ann",)))
    assert "present" not in line(album, "a")


def test_presence_goes_with_a_merge_and_with_a_new_name(album: Album) -> None:
    album.scan(a=[RED], b=[BLUE])
    told(album, on("a", "Dora"), region("b", "Ann"))
    correct.merge(album.index, ["Ann", "Dora"], AT)
    assert found(album, "ann") == ["a", "b"]
    correct.rename(album.index, "Ann", "Anna", AT)
    assert line(album, "a")["people"] == ["Anna"]
    assert health.differences_from_journal(album.index.db) == []


def test_what_was_said_here_stays(album: Album) -> None:
    album.scan(a=[RED], b=[BLUE], c=[GREEN])
    album.name("Ann", "a")
    album.refuse("Bob", "b")
    correct.not_a_face(album.index, album.ids("c"), AT)
    before = album.tags()
    report = told(album, region("a", "Bob"), region("b", "Bob"), region("c", "Bob"))
    assert report.contradictions == (
        Contradiction(b"a.png", "Bob", "Ann"),
        Contradiction(b"b.png", "Bob", "not Bob"),
        Contradiction(b"c.png", "Bob", "no face"),
    )
    assert album.tags() == before


def test_who_is_ignored_stays_ignored(album: Album) -> None:
    album.scan(a=[RED], b=[BLUE])
    album.name("Ann", "a")
    correct.ignore(album.index, "Ann", AT)
    report = told(album, region("b", "ANN"), on("b", "Ann"))
    assert [one.ours for one in report.contradictions] == ["ignored", "ignored"]


def test_what_was_said_before_is_known(album: Album) -> None:
    album.scan(a=[RED])
    album.name("Ann", "a")
    report = told(album, region("a", "ann"))
    assert (report.known, report.decision, report.contradictions) == (1, None, ())


def test_a_tag_of_the_machine_becomes_a_word_of_a_human(album: Album) -> None:
    album.scan(a=[RED], b=[RED])
    album.name("Ann", "a")
    assert album.sources()["b"] == "auto Ann"
    told(album, region("b", "Ann"))
    assert album.sources()["b"] == "human Ann"


def test_of_two_accounts_of_one_face_the_first_has_the_word(album: Album) -> None:
    album.scan(a=[RED])
    report = told(album, region("a", "Ann"), region("a", "Bob"))
    assert report.contradictions == (Contradiction(b"a.png", "Bob", "Ann"),)
    assert album.sources() == {"a": "human Ann"}


def test_a_group_that_was_told_apart_takes_the_name_as_one(album: Album) -> None:
    album.scan(a=[RED], b=["#d00000"], c=[BLUE], d=[BLUE])
    (group, *_) = [number for number, photos in album.groups().items() if photos == ["a", "b"]]
    correct.merge(album.index, [str(group), str(next(n for n in album.groups() if n != group))], AT)
    told(album, region("a", "Ann"))
    assert set(album.sources().values()) == {"human Ann"}


def test_refusals_and_no_faces_come_along(album: Album) -> None:
    album.scan(a=[RED], b=[BLUE])
    report = told(album, Account(b"a.png", refused=(Region("Ann", MIDDLE),)), Account(b"b.png", no_faces=(MIDDLE,)))
    assert (report.refused, report.no_faces) == (1, 1)
    assert line(album, "a")["faces"] == [line(album, "a")["faces"][0] | {"not": ["Ann"]}]  # type: ignore[index]
    assert line(album, "b")["faces"] == []


def test_refusing_what_was_said_here_is_a_contradiction(album: Album) -> None:
    album.scan(a=[RED])
    album.name("Ann", "a")
    report = told(album, Account(b"a.png", refused=(Region("Ann", MIDDLE),), no_faces=(MIDDLE,)))
    assert [one.theirs for one in report.contradictions] == ["not Ann", "no face"]


def test_a_name_that_is_none_is_a_problem_and_the_others_are_taken(album: Album) -> None:
    album.scan(a=[RED], b=[BLUE])
    report = told(album, region("a", "???"), region("b", "Bob"))
    assert [(problem.path, problem.reason) for problem in report.problems] == [
        (b"a.png", "The name '???' has no letter and no digit.")
    ]
    assert album.sources()["b"] == "human Bob"


def test_a_photo_that_is_not_there_is_told(album: Album) -> None:
    album.scan(a=[RED])
    assert told(album, region("z", "Ann")).absent == (b"z.png",)


def test_trying_writes_nothing(album: Album) -> None:
    album.scan(a=[RED])
    before = album.tags()
    report = told(album, region("a", "Ann"), dry_run=True)
    assert (report.faces, report.decision) == (1, None)
    assert album.tags() == before
    assert entries(album.index) == []


@pytest.mark.parametrize("scans", [0, 1])
def test_drawn_faces_and_presences_survive_a_lost_index(album: Album, scans: int) -> None:
    album.scan(a=[RED], b=[])
    told(album, region("b", "Ann", CORNER), on("a", "Dora"), region("a", "Bob"))
    before = album.tags()
    album.close()
    (album.root / ".phototag" / "index.db").write_bytes(b"lost")
    assert album._phototag("rebuild", album.root, "--engine", "fake") == 0
    for _ in range(scans):
        album.scan()
    assert album.tags() == before
    assert health.unbound(album.index.db) == []


def test_a_copy_says_it_of_the_photo_that_it_counts_as(album: Album) -> None:
    photo = draw_photo(album.root / "a.png", [RED], (800, 600))
    with Image.open(photo) as image:
        image.resize((400, 300)).save(album.root / "small.png")
    album.scan()
    report = told(album, region("small", "Ann"), region("small", "Bob", CORNER), on("small", "Dora"))
    assert (report.photos, report.faces, report.drawn) == (1, 2, 1)
    assert found(album, "ann & bob & dora") == ["a", "small"]
    assert line(album, "a")["people"] == line(album, "small")["people"] == ["Ann", "Bob", "Dora"]


def changed(album: Album, photo: str, was: str, becomes: str | None) -> Intake:
    return told(album, Account(f"{photo}.png".encode(), replaced=(Replacement(MIDDLE, was, becomes),)))


def test_a_name_that_was_changed_elsewhere_is_the_newer_word(album: Album) -> None:
    album.scan(a=[RED])
    album.name("Ann", "a")
    changed(album, "a", "Ann", "Anna")
    assert album.sources() == {"a": "human Anna"}
    undo(album.index, None, AT)
    assert album.sources() == {"a": "human Ann"}


def test_a_name_that_was_removed_elsewhere_is_refused_here(album: Album) -> None:
    album.scan(a=[RED], b=[RED])
    album.name("Ann", "a")
    assert album.sources()["b"] == "auto Ann"
    report = changed(album, "b", "Ann", None)
    assert report.refused == 1
    assert album.sources()["b"] is None
    changed(album, "a", "Ann", None)
    assert album.sources() == {"a": None, "b": None}


def test_a_name_that_was_changed_on_both_sides_stays(album: Album) -> None:
    album.scan(a=[RED])
    album.name("Carl", "a")
    for becomes, theirs in (("Anna", "Anna"), (None, "not Ann")):
        assert changed(album, "a", "Ann", becomes).contradictions == (Contradiction(b"a.png", theirs, "Carl"),)
    assert album.sources() == {"a": "human Carl"}
    assert changed(album, "a", "Ann", "carl").known == 1


def test_the_history_says_what_else_was_taken_over(album: Album) -> None:
    album.scan(a=[RED], b=[BLUE])
    told(album, Account(b"a.png", refused=(Region("Ann", MIDDLE),)), Account(b"b.png", no_faces=(MIDDLE,)))
    assert entries(album.index)[0].text == "1 face not somebody and 1 face none, as in XMP"


def test_somebody_may_not_be_on_a_photo_any_more(album: Album) -> None:
    album.scan(a=[RED])
    told(album, on("a", "Dora"))
    report = told(album, Account(b"a.png", absent=("dora",)))
    assert report.absent_people == 1
    assert line(album, "a")["people"] == []
    assert told(album, Account(b"a.png", absent=("Dora",))).decision is None


def test_whoever_was_renamed_or_merged_is_meant_by_the_former_name(album: Album) -> None:
    album.scan(a=[RED], b=[BLUE], c=[GREEN])
    told(album, region("a", "Anna"), region("b", "Bob"))
    correct.rename(album.index, "Anna", "Ann", AT)
    correct.merge(album.index, ["Ann", "Bob"], AT)
    told(album, region("c", "Bob"), on("b", "ANNA"))
    assert album.sources()["c"] == "human Ann"
    assert [person.name for person in known_people(album.index)] == ["Ann"]


def test_a_refusal_holds_for_the_former_name(album: Album) -> None:
    album.scan(a=[RED], b=[RED])
    told(album, region("a", "Anna"), region("b", "Anna"))
    correct.rename(album.index, "Anna", "Ann", AT)
    correct.reject(album.index, album.ids("b"), AT)
    report = told(album, region("b", "Anna"))
    assert report.contradictions == (Contradiction(b"b.png", "Ann", "not Ann"),)


def test_a_former_name_that_somebody_has_again_is_theirs(album: Album) -> None:
    album.scan(a=[RED], b=[BLUE], c=[GREEN])
    told(album, region("a", "Anna"))
    correct.rename(album.index, "Anna", "Ann", AT)
    correct.move(album.index, album.ids("b"), "Anna", AT)
    told(album, region("c", "Anna"))
    assert album.sources()["c"] == "human Anna"


def test_a_second_region_on_a_face_is_no_face_of_its_own(album: Album) -> None:
    album.scan(a=[RED])
    album.name("Dana", "a")
    report = told(album, Account(b"a.png", (Region("Dup", MIDDLE), Region("Dup2", MIDDLE))))
    assert [one.theirs for one in report.contradictions] == ["Dup", "Dup2"]
    assert report.drawn == 0


def test_somebody_can_be_put_on_a_photo_and_taken_off(album: Album) -> None:
    album.scan(a=[RED])
    correct.present(album.index, "Dora", ["a.png"], AT)
    assert found(album, "dora") == ["a"]
    assert entries(album.index)[0].text == "Dora is on 1 photo"
    correct.present(album.index, "dora", ["a.png"], AT, is_there=False)
    assert known_people(album.index) == []
    undo(album.index, None, AT)
    assert found(album, "dora") == ["a"]


def test_who_has_no_face_cannot_be_ignored(album: Album) -> None:
    album.scan(a=[RED])
    correct.present(album.index, "Dora", ["a.png"], AT)
    with pytest.raises(UsageError, match="has no face"):
        correct.ignore(album.index, "Dora", AT)


def test_that_somebody_ignored_is_on_a_photo_survives_a_lost_index(album: Album) -> None:
    album.scan(a=[RED], b=[BLUE])
    album.name("Dora", "b")
    correct.present(album.index, "Dora", ["a.png"], AT)
    correct.ignore(album.index, "Dora", AT)
    before = album.tags()
    assert line(album, "a")["present_ignored"] == ["Dora"]
    album.close()
    (album.root / ".phototag" / "index.db").write_bytes(b"lost")
    assert album._phototag("rebuild", album.root, "--engine", "fake") == 0
    assert album.tags() == before
    correct.notice(album.index, "Dora", AT)
    assert found(album, "dora") == ["a", "b"]


@pytest.mark.parametrize(("becomes", "says"), [("Zoe", "human Zoe"), (None, None)])
def test_a_new_name_here_is_no_other_word_on_a_face(album: Album, becomes: str | None, says: str | None) -> None:
    album.scan(a=[RED])
    album.name("Anna", "a")
    correct.rename(album.index, "Anna", "Ann", AT)
    assert changed(album, "a", "Anna", becomes).contradictions == ()
    assert album.sources() == {"a": says}
