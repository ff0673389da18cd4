"""tags.jsonl is made anew line by line; it must be what it would be if it were written whole."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from phototag.app import export
from phototag.app.export import TAGS, write_tags
from phototag.index import faces, groups, journal, people, photos
from phototag.index.db import EXPORTED, Index, set_meta, transaction
from phototag.index.draft import Draft
from phototag.index.journal import ConflictError, Kind, decide, undo
from phototag.index.spots import Spot
from phototag.types import Box, Cluster, Grade, PhotoFile, Shown, Suggestion
from tests.conftest import BLUE, DARK_RED, LIGHT_RED, Album
from tests.index.conftest import LEFT, RIGHT, put_photo


class PowerCutError(Exception):
    pass


def written(index: Index) -> bytes:
    """What is in the file after it was brought up to date, and that it is what it should be."""
    write_tags(index)
    found = (index.folder / TAGS).read_bytes()
    assert faces.stale_paths(index.db) == []
    index.db.execute("DELETE FROM meta WHERE key = ?", (EXPORTED,))
    assert not write_tags(index), "written whole, it is another"
    return found


def stale(index: Index) -> set[str]:
    return {path.decode() for path in faces.stale_paths(index.db)}


def name(index: Index, who: str, face: str, photo: str) -> int:
    with transaction(index.db):
        draft = Draft(index.db)
        person = draft.person(who)
        draft.name(Spot(face, photo, LEFT), person)
        decide(index.db, Kind.NAME, {"name": who, "faces": 1}, draft, 1)
        return person


def suggest(index: Index, *found: Suggestion) -> None:
    with transaction(index.db):
        people.replace_suggestions(index.db, found)


# Only what is out of date


def test_a_decision_makes_the_lines_of_its_photos_stale_copies_too(index: Index) -> None:
    face, _ = put_photo(index, "a.jpg", "aa", [LEFT])[0], put_photo(index, "b.jpg", "bb", [LEFT])
    with transaction(index.db):
        photos.record_file(index.db, PhotoFile(b"copy.jpg", 1000, 2), "aa", Shown())
    write_tags(index)
    name(index, "elon", face, "aa")
    assert stale(index) == {"a.jpg", "copy.jpg"}
    assert write_tags(index)
    assert stale(index) == set()


def test_suggestions_make_stale_what_they_change(index: Index) -> None:
    a, b, c, d = (put_photo(index, f"{p}.jpg", p * 2, [LEFT])[0] for p in "abcd")
    elon, ann = name(index, "elon", d, "dd"), name(index, "ann", d, "dd")
    suggest(index, *(Suggestion(face, elon, 0.1, None, None, Grade.STRONG) for face in (a, b, c)))
    write_tags(index)
    suggest(
        index,
        Suggestion(a, elon, 0.15, ann, 0.3, Grade.STRONG),  # only the distance is another
        Suggestion(b, ann, 0.1, None, None, Grade.STRONG),
        Suggestion(c, elon, 0.1, None, None, Grade.STRONG),
    )
    assert stale(index) == {"b.jpg"}
    suggest(index, Suggestion(a, elon, 0.15, ann, 0.3, Grade.POSSIBLE))
    assert stale(index) == {"a.jpg", "b.jpg", "c.jpg"}
    assert written(index).count(b'"auto"') == 0


def test_a_question_or_another_grouping_makes_nothing_stale(index: Index) -> None:
    a, b = (put_photo(index, f"{p}.jpg", p * 2, [LEFT])[0] for p in "ab")
    elon = name(index, "elon", a, "aa")
    write_tags(index)
    suggest(index, Suggestion(b, elon, 0.3, None, None, Grade.POSSIBLE))
    with transaction(index.db):
        groups.replace(index.db, [Cluster(1, (a, b))])
    assert stale(index) == set()


def test_another_name_makes_stale_whoever_carries_it(index: Index) -> None:
    a, b, _ = (put_photo(index, f"{p}.jpg", p * 2, [LEFT])[0] for p in "abc")
    elon = name(index, "elon", a, "aa")
    suggest(index, Suggestion(b, elon, 0.1, None, None, Grade.STRONG))
    write_tags(index)
    index.db.execute("UPDATE people SET name = 'Elon'")
    assert stale(index) == {"a.jpg", "b.jpg"}
    assert written(index).count(b'"people": ["Elon"]') == 2


def test_a_scan_and_a_name_leave_nothing_stale(album: Album) -> None:
    album.scan(dark=[DARK_RED], light=[LIGHT_RED, BLUE], blue=[BLUE])
    album.name("elon", "dark")
    assert stale(album.index) == set()
    assert written(album.index).count(b'"people": ["elon"]') == 2


def test_the_file_is_left_alone_while_nothing_is_stale(index: Index) -> None:
    put_photo(index, "a.jpg", "aa", [LEFT])
    assert write_tags(index)
    before = (index.folder / TAGS).stat()
    assert not write_tags(index)
    after = (index.folder / TAGS).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


# Whatever happens to the index, to the file, or to the machine


PATHS = ["a.jpg", "a/b.jpg", "b c.jpg", 'd"e.jpg', "f\n.jpg", 'x", "hash": "y', "ü.jpg"]

CHANGES = [
    "UPDATE people SET name = name || '!' WHERE id = 1",
    "UPDATE photos SET width = width + 10 WHERE hash = 'aa'",
    "UPDATE files SET orientation = orientation % 8 + 1 WHERE hash IN ('bb', 'cc')",
    "UPDATE OR IGNORE files SET path = CAST('g' || path AS BLOB) WHERE hash = 'dd'",
    "UPDATE faces SET top = 0.15 WHERE hash IN ('bb', 'cc')",
    "UPDATE people SET ignored = 1 - ignored WHERE id = 2",
    "UPDATE suggestions SET grade = 'strong' WHERE person_id = 1",
]


class Walk:
    """Does one thing after another to an index, by chance."""

    def __init__(self, index: Index, seed: int) -> None:
        self.index, self.chance = index, random.Random(seed)

    def step(self) -> None:
        doings = [self.photo, self.photo, self.copy, self.forget, self.say, self.say, self.guess, self.guess]
        doings += [self.change, self.change, self.change, self.replay, self.take_back]
        with suppress(ConflictError), transaction(self.index.db):
            self.chance.choice(doings)()

    def photo(self) -> None:
        index = self.index
        index.db.execute("COMMIT")
        boxes = self.chance.sample([LEFT, RIGHT, Box(0.12, 0.1, 0.32, 0.3), Box(0.4, 0.5, 0.5, 0.6)], 2)
        put_photo(
            index, self.chance.choice(PATHS), self.chance.choice("abcdef") * 2, boxes[: self.chance.randint(0, 2)]
        )
        index.db.execute("BEGIN IMMEDIATE")

    def copy(self) -> None:
        known = [row[0] for row in self.index.db.execute("SELECT hash FROM photos ORDER BY hash")]
        if known:
            shown = Shown(self.chance.randint(1, 8), self.chance.choice([None, "2020-01-01T00:00:00"]))
            photos.record_file(self.index.db, PhotoFile(self._path(), 1, 1), self.chance.choice(known), shown)

    def forget(self) -> None:
        photos.forget_files(self.index.db, [self._path()])

    def say(self) -> None:
        draft = Draft(self.index.db)
        for face, photo, *box in self._faces(2):
            spot, person = Spot(face, photo, Box(*box)), draft.person(self.chance.choice(["elon", "ann", "zoë"]))
            verbs = [draft.name, draft.name, draft.refuse, lambda spot, _: draft.no_face(spot)]
            verbs += [lambda spot, _: draft.collage(spot.photo), lambda _, person: draft.ignore(person)]
            self.chance.choice(verbs)(spot, self.chance.choice([person, person, draft.somebody(7)]))
        decide(self.index.db, Kind.NAME, {"name": "somebody", "faces": 1}, draft, 1)

    def take_back(self) -> None:
        standing = [decision.id for decision in journal.history(self.index.db) if decision.is_active]
        for number in standing[:1]:
            undo(self.index.db, number, 1)

    def guess(self) -> None:
        known = [row[0] for row in self.index.db.execute("SELECT id FROM people ORDER BY id")]
        grades = [Grade.STRONG, Grade.POSSIBLE]
        people.replace_suggestions(
            self.index.db,
            [
                Suggestion(
                    face, self.chance.choice(known), self.chance.random(), None, None, self.chance.choice(grades)
                )
                for face, *_ in self._faces(6 if known else 0)
            ],
        )

    def change(self) -> None:
        self.index.db.execute(self.chance.choice(CHANGES))

    def replay(self) -> None:
        journal.replay(self.index.db)

    def _path(self) -> bytes:
        return self.chance.choice([path.encode() for path in PATHS] + [b"z\xff.jpg"])

    def _faces(self, most: int) -> list[tuple]:
        known = self.index.db.execute("SELECT id, hash, left, top, right, bottom FROM faces ORDER BY id").fetchall()
        return self.chance.sample(known, min(most, len(known)))


@pytest.mark.parametrize("seed", range(12))
def test_line_by_line_comes_to_the_same_as_whole(index: Index, seed: int) -> None:
    walk = Walk(index, seed)
    for _ in range(40):
        for _ in range(walk.chance.randint(1, 3)):
            walk.step()
        written(index)


def spoil(path: Path) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[1:]) + b"mine\n")


@pytest.mark.parametrize("harm", [spoil, Path.unlink, lambda path: path.write_bytes(b"")], ids=["edit", "rm", "empty"])
def test_a_file_that_somebody_changed_is_written_whole(index: Index, harm: Callable[[Path], None]) -> None:
    walk = Walk(index, 1)
    for _ in range(20):
        walk.step()
    before = written(index)
    harm(index.folder / TAGS)
    walk.change()
    assert written(index) != b""
    harm(index.folder / TAGS)
    assert write_tags(index)
    assert before.count(b"\n") == written(index).count(b"\n")


@pytest.mark.parametrize("moment", ["replace_file", "_remember"], ids=["before the file", "after the file"])
def test_after_a_power_cut_the_next_command_puts_it_right(
    index: Index, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    def cut(*_: object) -> None:
        raise PowerCutError

    walk = Walk(index, 2)
    for _ in range(30):
        walk.step()
        with monkeypatch.context() as patch:
            patch.setattr(export, moment, cut)
            try:
                write_tags(index)
            except PowerCutError:
                walk.step()
        written(index)


def test_what_somebody_else_wrote_into_the_file_is_kept_beside_it(index: Index) -> None:
    put_photo(index, "a.jpg", "aa", [LEFT])
    write_tags(index)
    with (index.folder / TAGS).open("ab") as file:
        file.write(b"mine\n")
    put_photo(index, "b.jpg", "bb", [LEFT])
    assert b"mine" not in written(index)
    (kept,) = index.folder.glob("tags-edited-*.jsonl")
    assert kept.read_bytes().endswith(b"mine\n")


def test_what_a_repair_has_kept_already_is_not_kept_twice(index: Index) -> None:
    put_photo(index, "a.jpg", "aa", [LEFT])
    write_tags(index)
    (index.folder / TAGS).write_bytes(b"mine\n")
    with transaction(index.db):
        set_meta(index.db, EXPORTED, b"")  # as `check --repair` does, after it kept a copy
    assert b"mine" not in written(index)
    assert list(index.folder.glob("tags-edited-*.jsonl")) == []
