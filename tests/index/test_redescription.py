"""What was said finds its face in another description, or waits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from phototag.core.geometry import box_within, face_ids
from phototag.index import people, photos, spaces
from phototag.index.db import FILE, Index, open_for_writing, transaction
from phototag.index.draft import Draft
from phototag.index.journal import Kind, decide
from phototag.index.redescription import compare, take_over
from phototag.index.spots import Spot, same_faces
from phototag.types import Box, Verdict
from tests.index.conftest import LEFT, NEWER, RIGHT, SPACE, put_photo


def say(index: Index, face: str, photo: str, box: Box, name: str, verdict: Verdict = Verdict.IS) -> None:
    with transaction(index.db, durable=True):
        draft = Draft(index.db)
        (draft.name if verdict is Verdict.IS else draft.refuse)(Spot(face, photo, box), draft.person(name))
        decide(index.db, Kind.NAME, {}, draft, at_ns=1)


def names(index: Index) -> dict[str, str]:
    """Face -> name."""
    called = people.names(index.db)
    return {x.face: called[x.person] for x in people.labels(index.db) if x.verdict is Verdict.IS}


@pytest.fixture
def other(index: Index) -> Index:
    """An index of the same library."""
    folder = index.folder / "other"
    folder.mkdir()
    return open_for_writing(folder, index.root)


def take(index: Index, other: Index, missing: Sequence[bytes] = ()) -> None:
    space = spaces.current(other.db)
    assert space is not None
    other.close()
    take_over(index.db, other.folder / FILE, space, missing)


# A photo that is read again


@pytest.mark.parametrize("verdict", Verdict)
def test_a_face_that_was_spoken_of_stays_where_the_same_engine_misses_it(index: Index, verdict: Verdict) -> None:
    (old,) = put_photo(index, "a.jpg", "aa", [LEFT])
    say(index, old, "aa", LEFT, "elon", verdict)
    (new,) = put_photo(index, "a.jpg", "aa", [RIGHT])
    assert photos.face_ids(index.db) == sorted([old, new])
    assert [label.face for label in people.labels(index.db)] == [old]


def test_a_face_that_nobody_spoke_of_goes(index: Index) -> None:
    put_photo(index, "a.jpg", "aa", [LEFT])
    new = put_photo(index, "a.jpg", "aa", [RIGHT])
    assert photos.face_ids(index.db) == new


def test_a_name_waits_where_a_newer_engine_misses_its_face(index: Index) -> None:
    (old,) = put_photo(index, "a.jpg", "aa", [LEFT])
    say(index, old, "aa", LEFT, "elon")
    (new,) = put_photo(index, "a.jpg", "aa", [RIGHT], NEWER)
    assert photos.face_ids(index.db) == [new]
    assert names(index) == {}
    put_photo(index, "a.jpg", "aa", [LEFT], NEWER)
    assert names(index) == {old: "elon"}


# Another index


def test_names_go_to_the_faces_that_lie_where_they_were_said(index: Index, other: Index) -> None:
    left, right = put_photo(index, "a.jpg", "aa", [LEFT, RIGHT])
    say(index, left, "aa", LEFT, "elon")
    say(index, right, "aa", RIGHT, "ann")
    wider = [Box(0.58, 0.05, 0.85, 0.32), Box(0.05, 0.05, 0.35, 0.32)]
    there = put_photo(other, "a.jpg", "aa", wider, NEWER)
    found = compare(index.db, other.db)
    assert (found.photos, found.faces_before, found.faces_after, found.matched, found.lost) == (1, 2, 2, 2, ())
    take(index, other)
    assert names(index) == {there[0]: "ann", there[1]: "elon"}
    assert spaces.current(index.db) == NEWER


def test_a_new_name_does_not_take_the_neighbour_of_a_face_that_is_gone(index: Index, other: Index) -> None:
    left, _ = put_photo(index, "a.jpg", "aa", [LEFT, RIGHT])
    say(index, left, "aa", LEFT, "elon")
    put_photo(other, "a.jpg", "aa", [RIGHT], NEWER)
    found = compare(index.db, other.db)
    assert [lost.said for lost in found.lost] == ["elon"]
    assert found.lost_share == 1
    take(index, other)
    assert names(index) == {}


def test_a_space_that_comes_again_is_the_newest(index: Index, other: Index) -> None:
    put_photo(index, "a.jpg", "aa", [LEFT])
    put_photo(index, "b.jpg", "bb", [LEFT])
    put_photo(index, "a.jpg", "aa", [LEFT], NEWER)
    put_photo(other, "a.jpg", "aa", [LEFT])
    take(index, other)
    assert spaces.current(index.db) == SPACE
    assert index.db.execute("SELECT count(DISTINCT space_id) FROM photos").fetchone() == (1,)
    assert photos.described_otherwise(index.db, spaces.current_id(index.db)) == set()
    assert index.db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_photos_that_the_other_index_has_not_seen_stay_as_they_are(index: Index, other: Index) -> None:
    (away,) = put_photo(index, "away.jpg", "dd", [LEFT])
    say(index, away, "dd", LEFT, "elon")
    put_photo(other, "a.jpg", "aa", [LEFT], NEWER)
    assert compare(index.db, other.db).references_gone == 1
    take(index, other, [b"away.jpg"])
    assert names(index) == {away: "elon"}
    assert away not in photos.face_ids(index.db)
    assert set(photos.files(index.db)) == {b"a.jpg"}


def test_the_other_index_is_not_written(index: Index, other: Index) -> None:
    put_photo(index, "a.jpg", "aa", [LEFT])
    put_photo(other, "a.jpg", "aa", [RIGHT], NEWER)
    other.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path = other.folder / FILE
    other.db.close()
    before = path.read_bytes()
    take_over(index.db, path, NEWER, [])
    assert path.read_bytes() == before
    assert index.db.execute("PRAGMA database_list").fetchall()[0][1] == "main"
    assert "described" not in {row[1] for row in index.db.execute("PRAGMA database_list")}


# Any photo

JITTER = 0.15
"""Of a box's size, at each edge."""


@st.composite
def crowds(draw: st.DrawFn) -> tuple[list[Box], list[Box], int | None]:
    """Boxes of up to 16 faces that do not overlap but may touch, the same ones jittered, and the one that is missed."""
    side = draw(st.integers(1, 4))
    cells = draw(st.lists(st.integers(0, side * side - 1), min_size=1, max_size=side * side, unique=True))
    part = st.floats(0.5, 1.0)
    known = []
    for cell in cells:
        x, y, width, height = cell % side / side, cell // side / side, draw(part) / side, draw(part) / side
        known.append(box_within(x, y, x + width, y + height))
    move = st.floats(-JITTER, JITTER)
    found = []
    for box in known:
        width, height = box.right - box.left, box.bottom - box.top
        edges = (box.left + draw(move) * width, box.top + draw(move) * height)
        found.append(box_within(*edges, box.right + draw(move) * width, box.bottom + draw(move) * height))
    return known, found, draw(st.none() | st.integers(0, len(cells) - 1))


@given(crowds())
@settings(max_examples=300)
def test_names_stay_on_the_right_faces_when_boxes_jitter_and_one_is_missed(
    crowd: tuple[list[Box], list[Box], int | None],
) -> None:
    known, found, missed = crowd
    there = [box for i, box in enumerate(found) if i != missed]
    old, new = face_ids("aa", known), face_ids("aa", there)
    new_of = dict(zip([i for i in range(len(found)) if i != missed], new, strict=True))
    pairs = same_faces(dict(zip(old, known, strict=True)), dict(zip(new, there, strict=True)))
    assert pairs == {old[i]: new_of[i] for i in new_of}


@given(crowds())
@settings(max_examples=25)
def test_so_they_do_in_an_index(
    tmp_path_factory: pytest.TempPathFactory, crowd: tuple[list[Box], list[Box], int | None]
) -> None:
    known, found, missed = crowd
    root: Path = tmp_path_factory.mktemp("library")
    (root / "new").mkdir()
    index, other = open_for_writing(root, root), open_for_writing(root / "new", root)
    for i, (face, box) in enumerate(zip(put_photo(index, "a.jpg", "aa", known), known, strict=True)):
        say(index, face, "aa", box, f"person {i}")
    there = {i: box for i, box in enumerate(found) if i != missed}
    new = put_photo(other, "a.jpg", "aa", list(there.values()), NEWER)
    lost = compare(index.db, other.db).lost
    assert [one.said for one in lost] == ([] if missed is None else [f"person {missed}"])
    take(index, other)
    assert names(index) == {face: f"person {i}" for i, face in zip(there, new, strict=True)}
    index.close()
