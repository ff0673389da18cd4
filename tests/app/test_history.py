from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phototag.app import correct, history, splits
from phototag.app.evidence import gather
from phototag.app.groups import regroup, unknown_groups
from phototag.app.known import PersonCount, ignored_people, known_faces, known_people
from phototag.app.name import name_cluster
from phototag.app.subject import require_subject
from phototag.errors import UsageError
from phototag.index import people
from phototag.index.db import Index, forget_results, open_for_writing, transaction
from phototag.types import Verdict
from tests.conftest import BLUE, DARK_RED, GREEN, LIGHT_RED, PALE_RED, RED, Album

AT = 5


def texts(album: Album) -> list[str]:
    return [entry.text for entry in history.entries(album.index)]


def undo(album: Album, number: int | None = None, *, with_later: bool = False) -> list[int]:
    return [entry.decision.id for entry in history.undo(album.index, number, AT, with_later=with_later)]


def redo(album: Album, number: int | None = None) -> list[int]:
    return [entry.decision.id for entry in history.redo(album.index, number, AT)]


def active(album: Album) -> list[int]:
    return sorted(entry.decision.id for entry in history.entries(album.index) if entry.decision.is_active)


@pytest.fixture
def said(album: Album) -> Album:
    """Three decisions: red1 is elon (1), red1 is ann (2), which builds on it, and blue1 is ben (3)."""
    album.scan(red1=[RED], red2=[RED], blue1=[BLUE])
    for who, photo in (("elon", "red1"), ("ann", "red1"), ("ben", "blue1")):
        album.name(who, photo)
    return album


# What is taken back


def test_said_again_and_again_undo_takes_back_the_newest_that_holds(said: Album) -> None:
    assert [undo(said), undo(said), undo(said)] == [[3], [2], [1]]
    assert said.sources() == dict.fromkeys(("red1", "red2", "blue1"))
    with pytest.raises(UsageError, match="nothing to take back"):
        undo(said)


def test_redo_puts_back_what_was_taken_back_last(said: Album) -> None:
    before = said.tags()
    for _ in range(3):
        undo(said)
    assert [redo(said), redo(said), redo(said)] == [[1], [2], [3]]
    assert said.tags() == before
    with pytest.raises(UsageError, match="nothing to put back"):
        redo(said)


def test_what_others_build_on_is_not_taken_back_alone(said: Album) -> None:
    before = (said.tags(), len(texts(said)))
    with pytest.raises(UsageError) as caught:
        undo(said, 1)
    assert str(caught.value) == (
        "Decision 1 cannot be taken back alone, because of:\n  2: 1 face is ann\n"
        "Nothing was changed. To take all of these back: phototag undo 1 --with-later"
    )
    assert (said.tags(), len(texts(said))) == before


def test_with_later_all_of_them_are_taken_back_and_put_back_one_by_one(said: Album) -> None:
    assert undo(said, 1, with_later=True) == [2, 1]
    assert active(said) == [3]
    assert said.sources()["red1"] is None
    assert [redo(said), redo(said)] == [[1], [2]]
    assert said.sources()["red1"] == "human ann"


def test_with_later_changes_nothing_where_there_is_none(said: Album) -> None:
    assert undo(said, 3, with_later=True) == [3]


def test_with_later_takes_back_what_would_contradict_it(album: Album) -> None:
    """Bob gets his name back only if nobody else has it."""
    album.scan(red=[RED], blue=[BLUE])
    album.name("bob", "red")
    correct.rename(album.index, "bob", "Robert", AT)
    album.name("bob", "blue")
    with pytest.raises(UsageError, match="3: 1 face is bob"):
        undo(album, 2)
    assert undo(album, 2, with_later=True) == [3, 2]
    assert album.sources() == {"red": "human bob", "blue": "suggested bob"} or album.sources()["blue"] is None


def test_what_an_earlier_decision_contradicts_now_is_not_taken_back(album: Album) -> None:
    """Ben was called ann for a while, when nobody was."""
    album.scan(red=[RED], blue=[BLUE])
    album.name("ann", "red")
    undo(album, 1)
    album.name("ben", "blue")
    correct.rename(album.index, "ben", "ann", AT)
    correct.rename(album.index, "ann", "cyd", AT)
    redo(album, 1)
    for with_later in (False, True):
        with pytest.raises(
            UsageError, match=r"\n  1: 1 face is ann\nNothing was changed. Take one of those back first"
        ):
            undo(album, 5, with_later=with_later)
    assert album.sources() == {"red": "human ann", "blue": "human cyd"}


def test_groups_that_a_scan_made_by_a_decision_are_others_after_the_next_one(album: Album) -> None:
    album.scan(red1=[RED], red2=[RED], red3=[RED], blue1=[BLUE], blue2=[BLUE])
    before = album.groups()
    correct.merge(album.index, ["1", "2"], AT)
    album.scan()
    assert len(album.groups()) == 1
    undo(album)
    album.scan()
    assert list(album.groups().values()) == list(before.values())
    assert next(iter(album.groups())) == 1


def test_what_was_said_otherwise_since_stands_in_the_way(said: Album) -> None:
    undo(said, 3)
    said.name("zoe", "blue1")
    with pytest.raises(UsageError) as caught:
        redo(said, 3)
    assert str(caught.value) == (
        "Decision 3 cannot be put back because of:\n  5: 1 face is zoe\n"
        "Nothing was changed. Take them back first, the newest first: phototag undo N"
    )
    undo(said)
    assert redo(said, 3) == [3]


def test_what_it_built_on_must_be_put_back_first(said: Album) -> None:
    undo(said, 1, with_later=True)
    with pytest.raises(UsageError, match=r"1: 1 face is elon\n.*Put what it builds on back first"):
        redo(said, 2)


def test_what_was_taken_back_before_a_new_decision_is_put_back_by_its_number_only(said: Album) -> None:
    undo(said)
    said.name("zoe", "red2")
    with pytest.raises(UsageError, match="Decision 5 was made since something was taken back"):
        redo(said)
    assert redo(said, 3) == [3]


def test_redo_goes_on_until_all_is_put_back(said: Album) -> None:
    undo(said)
    undo(said)
    assert (redo(said), redo(said)) == ([2], [3])
    with pytest.raises(UsageError, match="There is nothing to put back"):
        redo(said)


# Undo of an undo


def test_an_undo_that_is_taken_back_puts_back(said: Album) -> None:
    undo(said, 3)
    assert undo(said, 4) == [3]
    assert said.sources()["blue1"] == "human ben"
    assert texts(said)[:2] == ["decision 3 put back", "decision 3 taken back"]
    with pytest.raises(UsageError, match="3 was put back already"):
        undo(said, 4)


def test_a_redo_that_is_taken_back_takes_back(said: Album) -> None:
    undo(said, 3)
    redo(said, 3)
    assert undo(said, 5) == [3]
    with pytest.raises(UsageError, match=r"3 was taken back already\..*phototag redo 3"):
        undo(said, 5)


@pytest.mark.parametrize("number", [0, -1, 99, 10**30])
def test_what_was_never_decided_is_not_taken_back(said: Album, number: int) -> None:
    for attempt in (undo, redo):
        with pytest.raises(UsageError, match=f"There is no decision {number}. See which there are: phototag history"):
            attempt(said, number)
    assert active(said) == [1, 2, 3]


def test_what_holds_is_not_put_back(said: Album) -> None:
    with pytest.raises(UsageError, match="was not taken back"):
        redo(said, 3)


# How it reads


def test_the_history_reads_well(album: Album) -> None:
    album.scan(
        red1=[RED], red2=[RED], red3=[RED], blue1=[BLUE], blue2=[BLUE], green1=[GREEN], green2=[GREEN],
        dark=[DARK_RED], light=[LIGHT_RED],
    )  # fmt: skip
    index = album.index
    assert {number: len(photos) for number, photos in album.groups().items()} == {1: 5, 2: 2, 3: 2}
    correct.merge(index, ["2", "1", "3"], AT)
    subject = require_subject(index, "2")
    parts = [[album.face("green1"), album.face("green2")], [album.face("red1")]]
    correct.split(index, subject, parts, AT)
    name_cluster(index, 2, "elon", AT)
    correct.rename(index, "elon", "Elon", AT)
    correct.move(index, album.ids("blue1"), "ann", AT)
    correct.reject(index, album.ids("red2"), AT)
    correct.ignore(index, "4", AT)
    correct.notice(index, "group 4", AT)
    correct.not_a_face(index, album.ids("green1"), AT)
    correct.collage(index, str(album.root / "red3.png"), AT)
    history.undo(index, 9, AT)
    history.redo(index, 9, AT)
    assert texts(album)[::-1] == [
        "group 2, group 1 and group 3 are one",
        "3 faces of group 2 are somebody else: group 4 and group 5",
        "6 faces of group 2 are elon",
        "elon is called Elon",
        "1 face moved to ann",
        "1 face is not Elon",
        "group 4 is ignored, 2 faces",
        "group 4 is no longer ignored",
        "1 face is no face",
        "red3.png may show one person more than once",
        "decision 9 taken back",
        "decision 9 put back",
    ]


@pytest.mark.parametrize(
    ("names", "text"), [([], ""), (["ann"], "ann"), (["ann", "bob"], "ann and bob"), (["a", "b", "c"], "a, b and c")]
)
def test_names_are_listed_as_in_a_sentence(names: list[str], text: str) -> None:
    assert history.listed(names) == text


# Whatever is decided, undo leads back and redo forth again

PEOPLE = st.sampled_from(["ann", "ben", "cyd"])
NUMBERS = st.integers(0, 20)


@dataclass(frozen=True)
class Session:
    """An open index, and what a person can say there, drawn by numbers that mean whatever there is."""

    index: Index

    def faces(self, *which: int) -> list[str]:
        found = known_faces(self.index)
        return sorted({found[i % len(found)].id for i in which})

    def subject(self, which: int) -> str:
        """A group, a person, or the name of nobody."""
        known = [person.name for person in known_people(self.index)]
        some = [*(str(group.id) for group in unknown_groups(self.index)), *known, "nobody"]
        return some[which % len(some)]

    def name(self, who: str, a: int, _: int) -> None:
        some = unknown_groups(self.index)
        if some:
            name_cluster(self.index, some[a % len(some)].id, who, AT)

    def merge(self, _: str, a: int, b: int) -> None:
        correct.merge(self.index, [self.subject(a), self.subject(b)], AT)

    def split(self, _: str, a: int, b: int) -> None:
        subject = require_subject(self.index, self.subject(a))
        parts = [[face for i, face in enumerate(subject.faces) if (b >> i) % 2]]
        correct.split(self.index, subject, parts, AT)

    def split_as_proposed(self, _: str, a: int, b: int) -> None:
        subject = require_subject(self.index, self.subject(a))
        correct.split(self.index, subject, splits.propose(self.index, subject).leave, AT)

    def move(self, who: str, a: int, b: int) -> None:
        correct.move(self.index, self.faces(a, b), who, AT)

    def confirm(self, _: str, a: int, b: int) -> None:
        correct.confirm(self.index, self.faces(a), AT)

    def confirm_person(self, who: str, a: int, b: int) -> None:
        correct.confirm_person(self.index, who, AT)

    def reject(self, _: str, a: int, b: int) -> None:
        correct.reject(self.index, self.faces(a, b), AT)

    def rename(self, who: str, a: int, _: int) -> None:
        correct.rename(self.index, self.subject(a), who, AT)

    def ignore(self, _: str, a: int, b: int) -> None:
        correct.ignore(self.index, self.subject(a), AT)

    def notice(self, _: str, a: int, b: int) -> None:
        hidden = ignored_people(self.index)
        if hidden:
            one = hidden[a % len(hidden)]
            correct.notice(self.index, one.name or str(one.cluster), AT)

    def not_a_face(self, _: str, a: int, b: int) -> None:
        correct.not_a_face(self.index, self.faces(a), AT)

    def collage(self, _: str, a: int, b: int) -> None:
        correct.collage(self.index, "both.png", AT)

    def newest(self) -> int | None:
        return next((entry.decision.id for entry in history.entries(self.index)), None)

    def say(self, saying: tuple[str, str, int, int]) -> int | None:
        """Say something; the number of the decision, or None if it makes no sense here or was said before."""
        verb, who, a, b = saying
        before = self.newest()
        with suppress(UsageError):
            getattr(self, verb)(who, a, b)
        after = self.newest()
        return None if before == after else after

    def state(self) -> tuple[list[PersonCount], list[tuple[int, list[str]]], list[tuple[object, ...]], bytes]:
        """All that a person sees."""
        return (
            known_people(self.index),
            [(group.id, [face.id for face in group.faces]) for group in unknown_groups(self.index)],
            [(face.id, face.person, face.source, face.ignored, face.cluster) for face in known_faces(self.index)],
            (self.index.folder / "tags.jsonl").read_bytes(),
        )

    def regroup(self) -> None:
        with transaction(self.index.db):
            forget_results(self.index.db)
        known = gather(self.index)
        assert known is not None
        regroup(self.index, known)


VERBS = sorted(
    name
    for name in vars(Session)
    if name not in {"faces", "subject", "newest", "say", "state", "regroup"} and not name.startswith("_")
)
SAYINGS = st.lists(st.tuples(st.sampled_from(VERBS), PEOPLE, NUMBERS, NUMBERS), max_size=8)


@pytest.fixture
def afresh(album: Album, tmp_path: Path) -> Iterator[Callable[[], Session]]:
    """The same album of twelve faces, of whom nothing has been said, each time that it is called."""
    album.scan(
        red1=[RED], red2=[RED], red3=[RED], dark=[DARK_RED], light=[LIGHT_RED], pale=[PALE_RED],
        blue1=[BLUE], blue2=[BLUE], both=[BLUE, BLUE], green1=[GREEN], green2=[GREEN],
    )  # fmt: skip
    album.index.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    album.close()
    scanned = (album.root / ".phototag" / "index.db").read_bytes()
    tags = album.tags()
    numbers = itertools.count()
    open_ones: list[Index] = []

    def copied() -> Session:
        while open_ones:
            open_ones.pop().close()
        folder = tmp_path / str(next(numbers)) / ".phototag"
        folder.mkdir(parents=True)
        (folder / "index.db").write_bytes(scanned)
        (folder / "tags.jsonl").write_bytes(tags)
        open_ones.append(open_for_writing(folder))
        return Session(open_ones[0])

    yield copied
    while open_ones:
        open_ones.pop().close()


SLOW = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@SLOW
@given(sayings=SAYINGS)
def test_as_many_undos_as_decisions_lead_back_and_as_many_redos_forth_again(
    afresh: Callable[[], Session], sayings: list[tuple[str, str, int, int]]
) -> None:
    session = afresh()
    states = [session.state()]
    for saying in sayings:
        if session.say(saying) is not None:
            states.append(session.state())
    for before in states[-2::-1]:
        history.undo(session.index, None, AT)
        assert session.state() == before
    for after in states[1:]:
        history.redo(session.index, None, AT)
        assert session.state() == after


@SLOW
@given(sayings=SAYINGS, scans=st.sets(st.integers(0, 7), max_size=3))
def test_scans_in_between_make_no_difference_after_all_is_taken_back_and_the_next_scan(
    afresh: Callable[[], Session], sayings: list[tuple[str, str, int, int]], scans: set[int]
) -> None:
    session = afresh()
    people_before, groups_before, _, tags_before = session.state()
    done = 0
    for i, saying in enumerate(sayings):
        done += session.say(saying) is not None
        if i in scans:
            session.regroup()
    for _ in range(done):
        history.undo(session.index, None, AT)
    people_after, _, _, tags_after = session.state()
    assert (people_after, tags_after) == (people_before, tags_before)
    session.regroup()
    assert {frozenset(faces) for _, faces in session.state()[1]} == {frozenset(faces) for _, faces in groups_before}


@SLOW
@given(sayings=SAYINGS, changes_of_mind=st.lists(st.tuples(NUMBERS, NUMBERS, st.booleans()), max_size=3))
def test_no_grouping_parts_what_was_said_to_be_one_nor_joins_what_was_said_to_be_two(
    afresh: Callable[[], Session],
    sayings: list[tuple[str, str, int, int]],
    changes_of_mind: list[tuple[int, int, bool]],
) -> None:
    session = afresh()
    undos = {when: (which, with_later) for when, which, with_later in changes_of_mind}
    for i, saying in enumerate(sayings):
        session.say(saying)
        if i % 3 == 2:
            session.regroup()
        if i in undos:
            with suppress(UsageError):
                history.undo(session.index, undos[i][0] + 1, AT, with_later=undos[i][1])
    session.regroup()
    shown = {face.id: face.person for face in known_faces(session.index)}
    names = people.names(session.index.db)
    home = {face.id: face.cluster for face in known_faces(session.index)}
    said = [label for label in people.labels(session.index.db) if label.face in home]
    who = {label.face: label.person for label in said if label.verdict is Verdict.IS}
    for a, b in itertools.combinations(sorted(who), 2):
        assert (home[a] is not None and home[a] == home[b]) == (who[a] == who[b])
    for label in said:
        if label.verdict is Verdict.IS_NOT:
            assert shown[label.face] != names[label.person]
        if label.verdict is Verdict.IS_NOT and home[label.face] is not None:
            assert all(home[face] != home[label.face] for face, person in who.items() if person == label.person)
