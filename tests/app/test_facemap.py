"""The map of a library: kept, extended, drawn anew; without those that nothing describes."""

from __future__ import annotations

import numpy as np
import pytest

from phototag.app import facemap
from phototag.app.facemap import FILE, Layout, Somebody, draw, face_map
from phototag.app.kept_distances import FOLDER
from phototag.app.watch import _unseen
from tests.conftest import BLUE, DARK_RED, GREEN, LIGHT_RED, PALE_RED, Album


@pytest.fixture
def known(album: Album) -> Album:
    """Dark is elon, light is tagged as elon, pale is asked for; blue is a group of five; green is in no group."""
    blue = {f"blue{i}": [BLUE] for i in range(5)}
    album.scan(dark=[DARK_RED], light=[LIGHT_RED], pale=[PALE_RED], green=[GREEN], **blue)
    album.name("elon", "dark")
    return album


def test_a_map_is_drawn_kept_and_used_again(known: Album) -> None:
    assert face_map(known.index) is None
    layout = draw(known.index, _unseen)
    (known.index.folder / FOLDER / FILE).stat()
    found = face_map(known.index)
    assert found is not None
    assert len(found.faces) == 8 + 1
    np.testing.assert_array_equal(found.places, layout.places)


def test_it_says_whose_each_face_is(known: Album) -> None:
    draw(known.index, _unseen)
    found = face_map(known.index)
    assert found is not None
    assert found.somebodies[0] == Somebody("elon", None, 3)
    assert [one.faces for one in found.somebodies[1:]] == [5]
    row = {photo: found.faces.index(known.face(photo).id) for photo in ("dark", "light", "pale", "green", "blue0")}
    assert [int(found.whose[row[photo]]) for photo in row] == [0, 0, 0, -1, 1]
    assert [facemap.SOURCES[found.sources[row[photo]]] for photo in row] == ["human", "auto", "suggested", None, None]
    assert found.outliers == []


def test_a_new_face_is_put_beside_its_like_and_nothing_else_moves(known: Album) -> None:
    before = draw(known.index, _unseen)
    known.close()
    known.scan(blue9=[BLUE])
    found = face_map(known.index)
    assert found is not None
    place = dict(zip(found.faces, found.places, strict=True))
    for face, was in zip(before.faces.tolist(), before.places, strict=True):
        np.testing.assert_array_equal(place[face.decode()], was)
    new = known.face("blue9").id
    nearest = min(before.faces.tolist(), key=lambda face: np.linalg.norm(place[face.decode()] - place[new]))
    assert nearest.decode() in {known.face(f"blue{i}").id for i in range(5)}


def test_it_is_drawn_anew_when_much_has_changed(known: Album) -> None:
    draw(known.index, _unseen)
    known.close()
    known.scan(blue7=[BLUE], blue8=[BLUE], blue9=[BLUE])
    assert face_map(known.index) is None


@pytest.mark.parametrize("spoilt", [b"", b"no archive", b"PK\x03\x04"])
def test_a_spoilt_file_is_as_none(known: Album, spoilt: bytes) -> None:
    draw(known.index, _unseen)
    (known.index.folder / FOLDER / FILE).write_bytes(spoilt)
    assert face_map(known.index) is None


def test_a_layout_that_cannot_be_kept_is_used(known: Album) -> None:
    layout = draw(known.index, _unseen)
    (known.index.folder / FOLDER / FILE).unlink()
    assert face_map(known.index, layout) is not None


def test_a_layout_of_another_space_is_not_used(known: Album) -> None:
    made = draw(known.index, _unseen)
    (known.index.folder / FOLDER / FILE).unlink()
    assert face_map(known.index, Layout("another", made.faces, made.places, made.is_laid_out, made.n_drawn)) is None


def test_a_library_without_faces_has_an_empty_map(album: Album) -> None:
    album.scan(nobody=[])
    found = face_map(album.index)
    assert found is not None
    assert (len(found.faces), found.places.shape, found.outliers) == (0, (0, 2), [])
