from __future__ import annotations

import shutil

import pytest

from phototag.app.photographs import all_photos, found_photos, original, path_of, photo_of, photograph
from phototag.errors import LibraryError, UnknownError, WrongQueryError
from tests.conftest import BLUE, RED, Album


@pytest.fixture
def twice(album: Album) -> Album:
    """Red and blue on one photo, blue on another that lies in two files."""
    album.draw(both=[RED, BLUE], blue=[BLUE])
    shutil.copy(album.root / "blue.png", album.root / "again.png")
    album.scan()
    album.name("elon", "both")
    return album


def test_a_picture_is_listed_once_wherever_its_files_lie(twice: Album) -> None:
    roll = all_photos(twice.index)
    assert [entry.path for entry in roll.some(0, 9)] == [b"again.png", b"both.png"]
    blue, both = (entry.id for entry in roll.some(0, 9))
    assert photograph(twice.index, blue).paths == (b"again.png", b"blue.png")
    assert path_of(twice.index, both) == b"both.png"
    assert (roll.beside(blue), roll.beside(both)) == ((None, both), (blue, None))
    assert roll.beside("0" * 32) == (None, None)


def test_all_that_is_known_of_a_picture(twice: Album) -> None:
    roll = found_photos(twice.index, "ELON")
    assert roll.query == "ELON"
    both = photograph(twice.index, roll.some(0, 1)[0].id)
    assert (both.people, both.copy_of, both.is_collage) == (["elon"], None, False)
    assert both.width > both.height
    assert [face.person for face in both.faces] == ["elon", None]
    assert photo_of(twice.index, both.faces[0]) == both.id


def test_a_query_that_is_none_knows_where(twice: Album) -> None:
    with pytest.raises(WrongQueryError) as caught:
        found_photos(twice.index, "elon & zoe")
    assert caught.value.at == 7
    assert "\n" not in caught.value.reason
    assert "^" in str(caught.value)


def test_a_file_is_given_as_it_was_scanned(twice: Album) -> None:
    blue = all_photos(twice.index).some(0, 1)[0].id
    assert original(twice.index, blue) == (twice.root / "again.png", b"again.png")
    (twice.root / "again.png").write_bytes(b"something else")
    assert original(twice.index, blue) == (twice.root / "blue.png", b"blue.png")
    (twice.root / "blue.png").unlink()
    with pytest.raises(LibraryError, match="changed since the last scan"):
        original(twice.index, blue)


def test_there_is_no_such_picture(twice: Album) -> None:
    for look in (photograph, path_of, original):
        with pytest.raises(UnknownError, match="There is no photo"):
            look(twice.index, "0" * 32)
