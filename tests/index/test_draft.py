from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from phototag.index import cells
from phototag.index.cells import Held
from phototag.index.db import Index, transaction
from phototag.index.draft import Draft
from phototag.index.journal import Kind, decide
from phototag.index.spots import Spot
from tests.index.conftest import LEFT, name, put_photo, refuse

ANN, BEN = 1, 2


@pytest.fixture
def face(index: Index) -> Spot:
    """Of whom it was said that it is Ann (decision 1), and not Ben (2)."""
    spot = Spot(put_photo(index, "a.jpg", "aa", [LEFT])[0], "aa", LEFT)
    name(index, "Ann", spot)
    refuse(index, "Ben", spot)
    return spot


@contextmanager
def drafted(index: Index) -> Iterator[Draft]:
    with transaction(index.db):
        yield Draft(index.db)


def changed(draft: Draft, face: Spot) -> dict[str, tuple[object, object]]:
    """Cell, the face's id left out -> what it was and what it becomes."""
    return {c.cell.replace(f" {face.id}", ""): (c.was.content, c.becomes) for c in draft.changes()}


VERBS: list[tuple[Callable[[Draft, Spot], None], dict[str, tuple[object, object]]]] = [
    (lambda d, f: d.name(f, ANN), {}),
    (lambda d, f: d.name(f, BEN), {"is": (ANN, BEN), f"not {BEN}": (1, None)}),
    (lambda d, f: d.refuse(f, ANN), {"is": (ANN, None), f"not {ANN}": (None, 1)}),
    (lambda d, f: d.refuse(f, BEN), {}),
    (lambda d, f: d.no_face(f), {"is": (ANN, None), "face": (None, 0)}),
    (lambda d, f: d.collage(f.photo), {"collage aa": (None, 1)}),
    (lambda d, f: d.rename(ANN, "Anna"), {f"name {ANN}": ("Ann", "Anna")}),
    (lambda d, f: d.rename(ANN, "Ann"), {}),
    (lambda d, f: d.ignore(ANN), {f"ignored {ANN}": (None, 1)}),
    (lambda d, f: d.ignore(ANN, ignored=False), {}),
    (lambda d, f: d.merge(ANN, BEN), {"is": (ANN, BEN), f"not {BEN}": (1, None)}),
    (lambda d, f: d.merge(BEN, ANN), {}),
]


@pytest.mark.parametrize(("verb", "expected"), VERBS)
def test_a_verb_changes_just_these_cells(
    index: Index, face: Spot, verb: Callable[[Draft, Spot], None], expected: dict[str, tuple[object, object]]
) -> None:
    with drafted(index) as draft:
        verb(draft, face)
        assert changed(draft, face) == expected


def test_each_verb_sees_what_the_ones_before_it_said(index: Index, face: Spot) -> None:
    with drafted(index) as draft:
        draft.name(face, BEN)
        draft.refuse(face, BEN)
        assert changed(draft, face) == {"is": (ANN, None)}
        draft.name(face, ANN)
        assert changed(draft, face) == {}


def test_who_has_the_name_is_meant_however_it_is_typed(index: Index, face: Spot) -> None:
    with drafted(index) as draft:
        assert (draft.person(" ANN "), draft.changes()) == (ANN, [])
        assert draft.person("cyd") == 3
        assert [(c.cell, c.becomes) for c in draft.changes()] == [("person 3", '{"name": "cyd", "cluster": null}')]


def test_of_two_who_had_a_name_the_one_with_faces_is_meant(index: Index, face: Spot) -> None:
    """Ben has none; Ann is called Ben from now on."""
    with drafted(index) as draft:
        draft.rename(ANN, "Ben")
        decide(index.db, Kind.RENAME, {}, draft, 1)
    with drafted(index) as draft:
        assert draft.person("ben") == ANN


def test_a_name_of_somebody_ignored_without_faces_is_free(index: Index, face: Spot) -> None:
    with drafted(index) as draft:
        draft.ignore(ANN)
        draft.ignore(BEN)
        decide(index.db, Kind.IGNORE, {}, draft, 1)
    with drafted(index) as draft:
        assert draft.person("ann") == ANN  # has a face
        assert draft.person("ben") == 3


def test_cells_remember_who_filled_them(index: Index, face: Spot) -> None:
    assert cells.read(index.db, f"is {face.id}") == Held(ANN, 1)
    assert cells.read(index.db, f"not {face.id} {BEN}") == Held(1, 2)
    assert cells.read(index.db, f"not {face.id} {ANN}") == cells.NOTHING
    assert cells.read(index.db, f"name {ANN}") == Held("Ann")
    assert cells.read(index.db, f"ignored {ANN}") == cells.NOTHING


@pytest.mark.parametrize("cell", ["is {}", "not {} 2", "face {}", "collage aa", "name 1", "ignored 1"])
def test_a_cell_holds_what_is_written_and_nothing_again(index: Index, face: Spot, cell: str) -> None:
    cell = cell.format(face.id)
    content = {"is": 2, "face": 0, "name": "Zoe"}.get(cell.split()[0], 1)
    for held in (Held(content, 2), cells.NOTHING, Held(content, 1)):
        with transaction(index.db):
            cells.write(index.db, [(cell, held)])
        remembers = cell.split()[0] not in {"name", "ignored"}
        assert cells.read(index.db, cell) == (held if remembers else Held(held.content))


def test_two_faces_can_change_places_in_one_go(index: Index, face: Spot) -> None:
    """All cells are emptied before any is filled: names are unique all the while."""
    with transaction(index.db):
        cells.write(index.db, [("name 1", Held("Ben")), ("name 2", Held("Ann"))])
    assert [cells.read(index.db, f"name {i}").content for i in (1, 2)] == ["Ben", "Ann"]
