"""Saved searches: kept beside the index, whatever becomes of that and of the people in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from phototag.app.backup import back_up, restore
from phototag.app.correct import merge, rename
from phototag.app.find import find_photos
from phototag.app.history import redo, undo
from phototag.app.searches import FILE, MOST, delete, require_search, save, searches
from phototag.app.searches import rename as rename_search
from phototag.errors import EditedError, LibraryError, UnknownError, UsageError, WrongQueryError
from tests.conftest import BLUE, RED, Album


@pytest.fixture
def people(album: Album) -> Album:
    """Ann is red, bob is blue."""
    return album.once("people to search", _people)


def _people(album: Album) -> None:
    album.scan(a=[RED], a2=[RED], b=[BLUE], b2=[BLUE], ab=[RED, BLUE])
    album.name("ann", "a", "a2", "ab")
    album.name("bob", "b", "b2")


def kept(album: Album) -> Any:
    return json.loads((album.root / ".phototag" / FILE).read_bytes())


def found(album: Album, name: str) -> list[bytes]:
    return find_photos(album.index, require_search(album.index, name).text).paths


def test_a_search_is_found_again_by_its_name_in_any_capitals(people: Album) -> None:
    save(people.index, " Both  of them", "ann & bob")
    assert require_search(people.index, "both OF them").query == "ann & bob"
    assert found(people, "both of them") == [b"ab.png"]


def test_the_file_is_sorted_and_can_be_read_by_a_person(people: Album) -> None:
    save(people.index, "zoo", "path:zoo*")
    save(people.index, "Großmutter", "ann")
    text = (people.root / ".phototag" / FILE).read_text(encoding="utf-8")
    assert text == '{\n "Großmutter": {\n  "query": "ann"\n },\n "zoo": {\n  "query": "path:zoo*"\n }\n}\n'


def test_a_wrong_query_or_name_is_not_saved(people: Album) -> None:
    for query in ("ann &", "nobody", ""):
        with pytest.raises(WrongQueryError):
            save(people.index, "x", query)
    for name in ("", "-x", "\0", "\udcff"):
        with pytest.raises(UsageError):
            save(people.index, name, "ann")
    assert not (people.root / ".phototag" / FILE).exists()


def test_a_search_is_never_replaced_by_another(people: Album) -> None:
    save(people.index, "x", "ann")
    save(people.index, "X", "ann ")
    with pytest.raises(EditedError, match="There is a search 'x' already: ann"):
        save(people.index, "X", "bob")
    save(people.index, "y", "bob")
    with pytest.raises(EditedError):
        rename_search(people.index, "y", "X")
    assert kept(people) == {"x": {"query": "ann"}, "y": {"query": "bob"}}


def test_a_search_is_renamed_and_deleted(people: Album) -> None:
    save(people.index, "x", "ann")
    rename_search(people.index, "x", "X")
    rename_search(people.index, "x", "y")
    assert [search.name for search in searches(people.index)] == ["y"]
    assert delete(people.index, "Y").query == "ann"
    assert searches(people.index) == []
    for gone in (lambda: delete(people.index, "y"), lambda: rename_search(people.index, "y", "z")):
        with pytest.raises(UnknownError, match="none yet"):
            gone()


def test_there_is_an_end_to_them(people: Album) -> None:
    many = {f"s{n}": {"query": "ann"} for n in range(MOST)}
    (people.root / ".phototag" / FILE).write_text(json.dumps(many))
    with pytest.raises(UsageError, match="1,000"):
        save(people.index, "one more", "ann")


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"\xff", b'{"x": "ann"}', b'{"x": {}}', b'{"x": {"query": 1}}',
     b'{"x": {"query": "ann", "z": ""}}',
     b"[" * 100_000],
)  # fmt: skip
def test_a_broken_file_is_said_and_never_overwritten(people: Album, data: bytes) -> None:
    path = people.root / ".phototag" / FILE
    path.write_bytes(data)
    for asked in (lambda: searches(people.index), lambda: save(people.index, "x", "ann")):
        with pytest.raises(LibraryError, match="is left alone"):
            asked()
    rename(people.index, "ann", "Anna", 9)
    assert path.read_bytes() == data


def test_who_is_renamed_is_still_found_and_the_text_of_then_is_kept(people: Album) -> None:
    save(people.index, "both", "ANN & (bob)")
    save(people.index, "one", "ann")
    save(people.index, "without", "bob and only(bob) & date:2020 | !ann & together(ann, bob)")
    before = found(people, "both")
    rename(people.index, "ann", "Anna Maria", 9)
    assert found(people, "both") == before
    assert [search.text for search in searches(people.index)] == [
        '"Anna Maria" & bob',
        '"Anna Maria"',
        'bob & only(bob) & date:2020 | !"Anna Maria" & together("Anna Maria", bob)',
    ]
    assert kept(people)["both"] == {"query": "ANN & (bob)", "now": '"Anna Maria" & bob'}
    rename(people.index, "Anna Maria", "Maria", 10)
    undo(people.index, None, 11)
    assert require_search(people.index, "one").text == '"Anna Maria"'
    undo(people.index, None, 12)
    assert [search.text for search in searches(people.index)][:2] == ["ann & bob", "ann"]
    assert kept(people)["one"] == {"query": "ann"}
    assert found(people, "both") == before
    redo(people.index, None, 13)
    assert require_search(people.index, "one").text == '"Anna Maria"'


def test_another_person_who_gets_the_former_name_is_not_meant(people: Album) -> None:
    save(people.index, "x", "ann")
    rename(people.index, "ann", "Anna", 9)
    rename(people.index, "bob", "ann", 10)
    assert require_search(people.index, "x").text == "Anna"
    rename(people.index, "Anna", "Anna 2", 11)
    assert require_search(people.index, "x").text == '"Anna 2"'


def test_whose_whole_name_is_no_query_is_followed_too(people: Album) -> None:
    rename(people.index, "ann", "ann & co.", 8)
    save(people.index, "x", "ann & co.")
    rename(people.index, "ann & co.", "Anna", 9)
    assert require_search(people.index, "x").text == "Anna"


def test_who_is_merged_is_found_as_the_one_that_they_are(people: Album) -> None:
    save(people.index, "b", "bob")
    merge(people.index, ["ann", "bob"], 9)
    assert require_search(people.index, "b").text == "ann"
    assert len(found(people, "b")) == 5
    undo(people.index, None, 10)
    assert require_search(people.index, "b").text == "bob"
    redo(people.index, None, 11)
    assert require_search(people.index, "b").text == "ann"


def test_who_is_called_as_before_is_found_by_a_search_of_the_time_between(people: Album) -> None:
    rename(people.index, "ann", "Anna", 9)
    save(people.index, "x", "Anna")
    undo(people.index, None, 10)
    assert require_search(people.index, "x").text == "ann"


def test_who_is_not_there_any_more_leaves_the_search_as_it_was(people: Album) -> None:
    save(people.index, "b", "bob")
    undo(people.index, None, 9)
    assert [search.text for search in searches(people.index)] == ["bob"]
    assert require_search(people.index, "b").query == "bob"


def test_an_older_index_that_is_put_back_finds_by_the_names_of_then(people: Album, tmp_path: Path) -> None:
    save(people.index, "x", "ann")
    backup = back_up(people.index, tmp_path / "then.db", _unseen)
    rename(people.index, "ann", "Anna", 9)
    people.close()
    restore(people.root / ".phototag", people.root, str(backup), lambda _: None)
    assert require_search(people.index, "x").text == "ann"


def _unseen(done: int, total: int) -> None:
    assert done <= total
