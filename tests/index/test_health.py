from __future__ import annotations

from pathlib import Path

import pytest

from phototag.errors import DamagedError
from phototag.index import groups, health, journal, people, photos
from phototag.index.db import Index, transaction
from phototag.index.draft import Draft
from phototag.index.journal import Kind
from phototag.index.spots import Spot
from phototag.types import Cluster, Dismissal
from tests.index.conftest import LEFT, RIGHT, put_photo

PHOTO = "aa"


@pytest.fixture
def said(index: Index) -> Index:
    """Left is ann and not bob; right is no face; the photo is a collage; bob, who was renamed, is ignored."""
    left, right = put_photo(index, "a.jpg", PHOTO, [LEFT, RIGHT])
    with transaction(index.db):
        draft = Draft(index.db)
        ann, bob = draft.person("ann"), draft.person("rob")
        draft.name(Spot(left, PHOTO, LEFT), ann)
        draft.refuse(Spot(left, PHOTO, LEFT), bob)
        draft.no_face(Spot(right, PHOTO, RIGHT))
        draft.collage(PHOTO)
        draft.rename(bob, "bob")
        draft.ignore(bob)
        journal.decide(index.db, Kind.NAME, {}, draft, 1)
    return index


def test_a_sound_index_agrees_with_itself(said: Index) -> None:
    assert health.damage(said.db) == []
    assert health.differences_from_journal(said.db) == []
    assert health.unbound(said.db) == []
    said.close()
    health.require_sound(said.folder / "index.db")


def test_what_was_taken_back_is_as_the_journal_has_it(said: Index) -> None:
    with transaction(said.db):
        journal.undo(said.db, 1, 2)
    assert health.differences_from_journal(said.db) == []
    with transaction(said.db):
        journal.redo(said.db, 1, 3)
    assert health.differences_from_journal(said.db) == []


@pytest.mark.parametrize(
    ("change", "differences"),
    [
        ("DELETE FROM not_faces", 1),
        ("DELETE FROM collages", 1),
        ("DELETE FROM labels", 2),
        ("UPDATE labels SET verdict = 'is' WHERE verdict = 'is_not'", 2),
        ("UPDATE people SET name = 'eve' WHERE name = 'ann'", 2),
        ("UPDATE people SET ignored = 0", 2),
        ("INSERT INTO collages VALUES ('bb', 1)", 1),
    ],
)
def test_whatever_differs_from_the_decisions_is_found(said: Index, change: str, differences: int) -> None:
    said.db.execute("DROP INDEX labels_one_person_a_spot")
    said.db.execute(change)
    assert len(health.differences_from_journal(said.db)) == differences


def test_a_spot_without_its_face_and_one_with_another_are_found(said: Index) -> None:
    left, right = (row[0] for row in said.db.execute("SELECT id FROM spots ORDER BY left"))
    said.db.execute("DELETE FROM bindings WHERE spot_id = ?", (left,))
    assert health.unbound(said.db) == [left]
    said.db.execute("UPDATE bindings SET face_id = ? WHERE spot_id = ?", (left, right))
    assert health.unbound(said.db) == sorted([left, right])


def test_counts_that_are_not_what_there_is_are_found_and_made_anew(said: Index) -> None:
    assert health.miscounted(said.db) == []
    said.db.execute("INSERT INTO gone VALUES ('aa')")
    said.db.execute("UPDATE standings SET source = 'auto'")
    said.db.execute("INSERT INTO standings VALUES ('0', 'bb', 0.5, 'open', NULL, NULL, 1)")
    assert len(health.miscounted(said.db)) == 4
    health.count_anew(said.db)
    assert health.miscounted(said.db) == []
    assert [row[0] for row in said.db.execute("SELECT source FROM standings")] == ["human"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE bindings SET face_id = (SELECT id FROM faces WHERE hash = 'bb')"
        " WHERE spot_id IN (SELECT spot_id FROM labels)",
        "UPDATE labels SET person_id = 2 WHERE verdict = 'is'",
        "DELETE FROM labels",
        "UPDATE not_faces SET spot_id = (SELECT spot_id FROM labels WHERE verdict = 'is')",
        "UPDATE dismissals SET face_id = (SELECT id FROM faces WHERE hash = 'bb' ORDER BY left DESC)",
        "UPDATE cluster_faces SET cluster_id = 2",
        "UPDATE faces SET quality = 0.9",
        "UPDATE people SET ignored = 1 - ignored",
        "DELETE FROM faces",
        "DELETE FROM files",
        "DELETE FROM photos WHERE hash = 'cc'",
        "INSERT INTO photos SELECT 'dd', width, height, orientation, space_id, size, look, 0 FROM photos LIMIT 1",
    ],
)
def test_whoever_writes_what_is_kept_to_be_counted_is_right(said: Index, change: str) -> None:
    one, other = put_photo(said, "b.jpg", "bb", [LEFT, RIGHT])
    put_photo(said, "c.jpg", "cc", [])
    with transaction(said.db):
        photos.forget_files(said.db, [b"c.jpg"])
        groups.replace(said.db, [Cluster(1, (one, other)), Cluster(2, ())])
        people.replace_dismissals(said.db, [Dismissal(one, other, 0.1)])
    before = said.db.execute("SELECT * FROM standings, gone").fetchall()
    said.db.execute(change)
    assert health.miscounted(said.db) == []
    assert said.db.execute("SELECT * FROM standings, gone").fetchall() != before


def test_a_spot_where_no_face_lies_is_no_fault(said: Index) -> None:
    said.db.execute("DELETE FROM faces")
    assert health.unbound(said.db) == []


def test_an_empty_file_is_no_whole_index(tmp_path: Path) -> None:
    (tmp_path / "index.db").touch()
    with pytest.raises(DamagedError, match="it is empty"):
        health.require_sound(tmp_path / "index.db")


def test_decisions_are_counted_and_nothing_else_is_an_index(said: Index, tmp_path: Path) -> None:
    path = said.folder / "index.db"
    assert (health.is_ours(path), health.count_decisions(path)) == (True, 1)
    (tmp_path / "diary.txt").write_text("Dear diary" * 100)
    assert (health.is_ours(tmp_path / "diary.txt"), health.count_decisions(tmp_path / "diary.txt")) == (False, None)
