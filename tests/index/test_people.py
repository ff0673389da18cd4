from __future__ import annotations

import pytest

from phototag.index import faces, groups, people, photos, search
from phototag.index.db import Index, transaction
from phototag.index.faces import Filter
from phototag.index.spots import Spot
from phototag.types import Cluster, Grade, PhotoFile, Shown, Source, Suggestion
from tests.index.conftest import LEFT, RIGHT, name, put_photo


@pytest.fixture
def known(index: Index) -> dict[str, str]:
    """One face each on a, b, c, d; a and copy-of-a are one picture. elon is on a, strongly on b, possibly on c."""
    found = {path[0]: put_photo(index, path, path[0] * 2, [LEFT])[0] for path in ("a.jpg", "b.jpg", "c.jpg", "d.jpg")}
    with transaction(index.db):
        photos.record_file(index.db, PhotoFile(b"copy-of-a.jpg", 1000, 2), "aa", Shown())
    name(index, "elon", Spot(found["a"], "aa", LEFT))
    elon = people.find_person(index.db, "elon")
    assert elon is not None
    with transaction(index.db):
        people.replace_suggestions(
            index.db,
            [
                Suggestion(found["b"], elon.id, 0.2, None, None, Grade.STRONG),
                Suggestion(found["c"], elon.id, 0.35, None, None, Grade.POSSIBLE),
            ],
        )
        groups.replace(index.db, [Cluster(5, tuple(found.values()))])
    return found


def test_people_are_counted_by_faces_and_by_pictures(index: Index, known: dict[str, str]) -> None:
    (elon,) = people.count_people(index.db)
    assert (elon.name, elon.faces, elon.photos, elon.confirmed, elon.suggested) == ("elon", 2, 2, 1, 1)
    assert people.count_auto_tagged(index.db) == 1


def test_each_face_says_who_it_is_and_who_says_so(index: Index, known: dict[str, str]) -> None:
    told = {face.path: (face.person, face.source, face.distance) for face in faces.faces(index.db)}
    assert told == {
        b"a.jpg": ("elon", Source.HUMAN, None),
        b"b.jpg": ("elon", Source.AUTO, 0.2),
        b"c.jpg": ("elon", Source.SUGGESTED, 0.35),
        b"d.jpg": (None, None, None),
    }


def test_faces_can_be_asked_for_by_photo_person_and_group(index: Index, known: dict[str, str]) -> None:
    assert [f.path for f in faces.faces(index.db, Filter(path=b"copy-of-a.jpg"))] == [b"a.jpg"]
    assert [f.path for f in faces.faces(index.db, Filter(person=1))] == [b"a.jpg", b"b.jpg", b"c.jpg"]
    assert len(faces.faces(index.db, Filter(cluster=5))) == 4
    assert faces.faces(index.db, Filter(cluster=6)) == []
    assert [f.path for f in faces.faces(index.db, Filter(ids=(known["d"],)))] == [b"d.jpg"]


def test_a_person_is_found_on_every_copy_but_not_where_they_are_only_suggested(
    index: Index, known: dict[str, str]
) -> None:
    assert search.with_person(index.db, 1) == {b"a.jpg", b"b.jpg", b"copy-of-a.jpg"}


def test_the_unknown_of_a_group_are_those_that_nobody_and_no_strong_match_named(
    index: Index, known: dict[str, str]
) -> None:
    (group,) = groups.unknown(index.db)
    assert group.id == 5
    assert set(group.faces) == {known["c"], known["d"]}
    assert groups.owner(index.db, 5) == "elon"


def test_one_group_can_be_asked_for(index: Index, known: dict[str, str]) -> None:
    assert groups.unknown(index.db, [5]) == groups.unknown(index.db)
    assert groups.unknown(index.db, [6]) == []


def test_faces_that_are_only_suggested_can_be_asked_for(index: Index, known: dict[str, str]) -> None:
    assert [f.path for f in faces.faces(index.db, Filter(suggested=True))] == [b"c.jpg"]


def test_the_best_that_a_human_named_come_first(index: Index, known: dict[str, str]) -> None:
    name(index, "elon", *(Spot(known[letter], letter * 2, LEFT) for letter in "bd"))
    with transaction(index.db):
        index.db.execute("UPDATE faces SET quality = 0.9 WHERE id = ?", (known["d"],))
        photos.forget_files(index.db, [b"b.jpg"])
    assert [f.path for f in faces.best_named(index.db, {"elon"}, 6)["elon"]] == [b"d.jpg", b"a.jpg"]
    assert [f.path for f in faces.best_named(index.db, {"elon"}, 1)["elon"]] == [b"d.jpg"]


def test_only_suggestions_that_differ_are_written(index: Index, known: dict[str, str]) -> None:
    written: list[str] = []
    index.db.create_function("written", 1, written.append)
    for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        body = f"BEGIN SELECT written({row}.face_id); END"
        index.db.execute(f"CREATE TEMP TRIGGER by_{event} AFTER {event} ON suggestions {body}")

    def writes(*found: Suggestion) -> int:
        written.clear()
        with transaction(index.db):
            people.replace_suggestions(index.db, found)
        return len(written)

    b = Suggestion(known["b"], 1, 0.2, None, None, Grade.STRONG)
    c = Suggestion(known["c"], 1, 0.35, None, None, Grade.POSSIBLE)
    assert writes(b, c) == 0
    assert writes(b, c._replace(distance=0.36)) == 1
    assert writes(b) == 1
    assert writes(b, c) == 1
    assert [f.distance for f in faces.faces(index.db, Filter(person=1))] == [None, 0.2, 0.35]


def test_a_group_left_with_one_unknown_face_is_no_group(index: Index, known: dict[str, str]) -> None:
    with transaction(index.db):
        photos.forget_files(index.db, [b"d.jpg"])
    assert groups.unknown(index.db) == []


def test_ids_of_groups_are_never_used_again(index: Index, known: dict[str, str]) -> None:
    assert groups.next_id(index.db) == 6
    with transaction(index.db):
        groups.replace(index.db, [])
    assert groups.next_id(index.db) == 6


def test_two_faces_of_one_photo_are_two_rows(index: Index) -> None:
    put_photo(index, "two.jpg", "22", [RIGHT, LEFT])
    assert [face.box for face in faces.faces(index.db)] == [LEFT, RIGHT]
    assert faces.faces(index.db)[0].box_px == (10, 10, 30, 30)
