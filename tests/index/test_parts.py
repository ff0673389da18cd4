"""Parts of lists, and counts, are what the whole lists say: on toy indexes of all that there may be, by chance."""

from __future__ import annotations

import random

import pytest

from phototag.index import copies, faces, groups, health, journal, people, photos
from phototag.index.db import Index, transaction
from phototag.index.draft import Draft
from phototag.index.faces import Filter, KnownFace
from phototag.index.journal import ConflictError, Kind, decide
from phototag.types import Box, Cluster, Dismissal, Grade, PhotoFile, Shown, Suggestion, TakenFrom
from tests.index.conftest import put_photo

PLACES = (Box(0.1, 0.1, 0.2, 0.2), Box(0.6, 0.1, 0.7, 0.2), Box(0.1, 0.6, 0.2, 0.7), Box(0.6, 0.6, 0.7, 0.7))


@pytest.fixture(params=range(8))
def toy(index: Index, request: pytest.FixtureRequest) -> Index:
    """Photos in several files, copies, some gone; people, refusals, ignored ones, groups, guesses, what is no face."""
    chance = random.Random(request.param)
    hashes = [f"{chance.randrange(16**8):032x}" for _ in range(14)]
    ids: list[str] = []
    for i, photo in enumerate(hashes):
        ids += put_photo(index, f"{i}.jpg", photo, chance.sample(PLACES, chance.randrange(4)))
        with transaction(index.db):
            for file in (f"{i}.jpg", *(f"{chance.choice('ab')}{n}/{i}.jpg" for n in range(chance.randrange(3)))):
                taken = chance.choice([None, "2019-01-01", "2020-05-05", "2021-01-01"])
                shown = Shown(chance.randint(1, 8), taken, TakenFrom.EXIF if taken else None)
                photos.record_file(index.db, PhotoFile(file.encode(), 1000, 1), photo, shown)
    with transaction(index.db):
        copies.replace(index.db, {hashes[0]: hashes[1], hashes[2]: hashes[1], hashes[3]: hashes[4]})
        photos.forget_files(index.db, [f"{i}.jpg".encode() for i in (5, 6)])
        known = faces.faces(index.db)
        parts: dict[int, list[str]] = {}
        for face in ids:
            parts.setdefault(chance.randint(0, 5), []).append(face)
        groups.replace(index.db, [Cluster(n, tuple(its)) for n, its in parts.items() if n])
    for at in range(14):
        _decide(index, chance, known, at)
    _guess(index, chance, ids)
    return index


def _guess(index: Index, chance: random.Random, ids: list[str]) -> None:
    """Other faces may be somebody, and others are like one that is dismissed."""
    there = [row[0] for row in index.db.execute("SELECT id FROM people WHERE name IS NOT NULL ORDER BY id")]
    guessed = chance.sample(ids, min(len(ids), 9)) if there else []
    grades = [Grade.STRONG, Grade.POSSIBLE]
    found = [Suggestion(x, chance.choice(there), 0.25, None, None, chance.choice(grades)) for x in guessed]
    others = sorted(set(ids) - set(guessed))
    dismissed = [Dismissal(x, ids[0], 0.1) for x in chance.sample(others, len(others) // 4)]
    with transaction(index.db):
        people.replace_suggestions(index.db, found)
        people.replace_dismissals(index.db, dismissed)


def _decide(index: Index, chance: random.Random, known: list[KnownFace], at: int) -> None:
    face = chance.choice(known)
    try:
        with transaction(index.db):
            draft = Draft(index.db)
            person = draft.person(chance.choice(["ann", "bob", "zoe"])) if chance.random() < 0.7 else None
            match chance.randrange(5):
                case 0 | 1:
                    draft.name(face.spot, draft.somebody(chance.randint(1, 5)) if person is None else person)
                case 2 if person is not None:
                    draft.refuse(face.spot, person)
                case 3:
                    draft.no_face(face.spot)
                case _ if person is not None and at % 2:
                    draft.ignore(person)
            decide(index.db, Kind.NAME, {}, draft, at)
    except ConflictError:
        pass


def test_each_part_of_all_faces_is_that_part_of_the_list(toy: Index) -> None:
    whole = faces.faces(toy.db)
    assert len(whole) == faces.count_faces(toy.db)
    for start in range(len(whole) + 2):
        for many in (1, 2, 5):
            assert faces.part_of_all(toy.db, start, start + many) == whole[start : start + many]


def test_each_part_of_a_restricted_list_is_that_part_of_it(toy: Index) -> None:
    some = [Filter(), *(Filter(person=n) for n in range(1, 6)), *(Filter(cluster=n) for n in range(1, 6))]
    for wanted in some:
        whole, listed = faces.faces(toy.db, wanted), faces.listed(toy.db, wanted)
        assert sorted(one.id for one in listed) == sorted(face.id for face in whole)
        told = {face.id: (face.path, face.source, face.is_tagged) for face in whole}
        assert {one.id: (one.path, one.source, one.is_tagged) for one in listed} == told
        for start in range(len(whole) + 1):
            assert faces.part(toy.db, listed, start, start + 3) == whole[start : start + 3]


def test_a_group_is_all_that_are_in_it(toy: Index) -> None:
    whole = faces.faces(toy.db)
    for number in range(1, 6):
        assert faces.faces(toy.db, Filter(cluster=number)) == [face for face in whole if face.cluster == number]


def test_unknown_groups_are_those_of_unknown_faces(toy: Index) -> None:
    found = groups.unknown(toy.db)
    assert groups.unknown_ids(toy.db) == [group.id for group in found]
    for group in found:
        assert groups.unknown(toy.db, [group.id]) == [group]
    assert groups.unknown(toy.db, [group.id for group in found[1:3]]) == found[1:3]
    of: dict[int, set[str]] = {}
    named = {row[0] for row in toy.db.execute("SELECT face_id FROM tags")}
    named |= {row[0] for row in toy.db.execute("SELECT face_id FROM dismissals")}
    for face in faces.faces(toy.db):
        if face.cluster is not None and face.id not in named and not face.ignored:
            of.setdefault(face.cluster, set()).add(face.id)
    assert {group.id: set(group.faces) for group in found} == {n: its for n, its in of.items() if len(its) > 1}


def test_who_is_tagged_is_who_carries_a_name(toy: Index) -> None:
    tagged = {(face.id, face.person) for face in faces.faces(toy.db) if face.is_tagged}
    sql = "SELECT face_id, name FROM tags JOIN people ON id = person_id WHERE hash IN (SELECT hash FROM files)"
    assert set(toy.db.execute(sql)) == tagged
    n_auto = sum(face.source == "auto" for face in faces.faces(toy.db))
    assert people.count_auto_tagged(toy.db) == n_auto


def test_people_have_as_many_faces_and_photos_as_carry_their_names(toy: Index) -> None:
    with transaction(toy.db):
        draft = Draft(toy.db)
        for photo in {face.photo for face in faces.faces(toy.db)[:5]}:
            draft.present(photo, draft.person("cat"))
        decide(toy.db, Kind.PRESENT, {}, draft, 99)
    there = {row[0] for row in toy.db.execute("SELECT hash FROM files")}
    tags = [row for row in toy.db.execute("SELECT person_id, hash, source FROM tags") if row[1] in there]
    on = {row[:2] for row in (*tags, *toy.db.execute("SELECT person_id, hash FROM presences")) if row[1] in there}
    guessed = toy.db.execute("SELECT person_id, hash FROM suggestions WHERE grade = 'possible'").fetchall()
    ids = {people.find_person(toy.db, person.name): person for person in people.count_people(toy.db)}
    for known, counted in ids.items():
        assert known is not None
        assert counted.faces == sum(person == known.id for person, _, _ in tags)
        assert counted.confirmed == sum((person, source) == (known.id, "human") for person, _, source in tags)
        assert counted.photos == sum(person == known.id for person, _ in on)
        assert counted.suggested == sum(person == known.id and photo in there for person, photo in guessed)
    assert {person.name for person in ids.values()} >= {"cat"}


def test_who_may_be_who_is_as_the_faces_say(toy: Index) -> None:
    whole = [face for face in faces.faces(toy.db) if face.source == "suggested" and not face.ignored]
    assert {(one.face, one.person) for one in faces.guesses(toy.db)} == {(face.id, face.person) for face in whole}
    sql = "SELECT face_id FROM said JOIN people ON id = person_id WHERE name IS NULL AND verdict = 'is'"
    nameless = {row[0] for row in toy.db.execute(sql)}
    assert {one.face for one in faces.guesses(toy.db) if one.told_apart} == nameless & {face.id for face in whole}


def test_whatever_is_written_what_is_kept_to_be_counted_is_right(toy: Index) -> None:
    chance = random.Random(1)
    paths, hashes, ids = (
        [row[0] for row in toy.db.execute(f"SELECT {what} ORDER BY 1")]
        for what in ("path FROM files", "hash FROM photos", "id FROM faces")
    )
    for at in range(100, 160):
        photo = chance.choice(hashes)
        match chance.randrange(9):
            case 0 | 1 | 2:
                _decide(toy, chance, faces.faces(toy.db), at)
            case 3:
                _take_back(toy, chance, at)
            case 4:
                with transaction(toy.db):
                    photos.forget_files(toy.db, chance.sample(paths, 2))
            case 5:
                with transaction(toy.db):
                    photos.record_file(toy.db, PhotoFile(chance.choice(paths), 1000, at), photo, Shown())
            case 6:
                put_photo(toy, f"{hashes.index(photo)}.jpg", photo, chance.sample(PLACES, chance.randrange(4)))
            case 7:
                one, other, third = chance.sample(hashes, 3)
                with transaction(toy.db):
                    copies.replace(toy.db, chance.choice([{}, {one: other}, {one: other, third: other}]))
            case _:
                ids = [row[0] for row in toy.db.execute("SELECT id FROM faces ORDER BY id")]
                _guess(toy, chance, ids)
                its = chance.sample(ids, len(ids) // 2)
                with transaction(toy.db):
                    groups.replace(toy.db, [Cluster(n, tuple(its[n::3])) for n in range(3) if its[n::3]])
        assert health.miscounted(toy.db) == []


def _take_back(index: Index, chance: random.Random, at: int) -> None:
    try:
        with transaction(index.db):
            journal.undo(index.db, chance.choice(index.db.execute("SELECT id FROM decisions").fetchall())[0], at)
    except ConflictError:
        pass


def test_the_best_of_all_is_the_best_of_each(toy: Index) -> None:
    sql = "SELECT DISTINCT name FROM people WHERE name IS NOT NULL AND NOT ignored"
    names = [row[0] for row in toy.db.execute(sql)]
    one = faces.best_named(toy.db, names, 1)
    assert faces.best_of_all(toy.db) == {name: found[0].id for name, found in one.items() if found}


def test_pictures_are_listed_once_by_their_first_path(toy: Index) -> None:
    first: dict[str, bytes] = {}
    for path, content in toy.db.execute("SELECT path, content FROM files ORDER BY path"):
        first.setdefault(content, path)
    whole = [(path, content) for content, path in first.items()]
    assert photos.count_pictures(toy.db) == len(whole)
    for start in range(len(whole) + 1):
        assert photos.pictures(toy.db, 4, start) == whole[start : start + 4]
    order = [None, *first, None]
    for before, content, after in zip(order, order[1:-1], order[2:], strict=False):
        assert photos.beside(toy.db, str(content)) == (before, after)
    assert photos.beside(toy.db, "0" * 32) == (None, None)
