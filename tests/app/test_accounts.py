from __future__ import annotations

import unicodedata
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phototag.app import foreign_tags, picasa, spreadsheet
from phototag.app.accounts import NoNameError, Shelf, as_name, read_foreign, stored_box
from phototag.errors import UsageError
from phototag.types import Box
from tests.conftest import RED, Album, draw_photo


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("2020/Zoë.png", "2020/Zoë.png"),
        ("./2020/Zoë.png", "2020/Zoë.png"),
        ("2020\\Zoë.png", "2020/Zoë.png"),
        ("2020/ZOË.PNG", "2020/Zoë.png"),
        (unicodedata.normalize("NFD", "2020/Zoë.png"), "2020/Zoë.png"),
        ("{root}/2020/Zoë.png", "2020/Zoë.png"),
        ("a.png", "a.png"),
        ("A.png", "A.png"),
        ("a.PNG", None),
        ("Zoë.png", None),
        ("/elsewhere/2020/Zoë.png", None),
        ("", None),
        ("\0", None),
    ],
)
def test_a_photo_is_found_as_others_call_it(album: Album, typed: str, found: str | None) -> None:
    for name in ("2020/Zoë.png", "a.png", "A.png"):
        draw_photo(album.root / name, [RED])
    album.scan()
    file = Shelf(album.index).find_typed(typed.format(root=album.root))
    assert (file and file.path.decode()) == found


def test_a_box_in_pixels_of_the_upright_image_is_one_in_fractions_of_the_stored_picture() -> None:
    assert stored_box((0, 0, 50, 100), (100, 400), 1) == Box(0, 0, 0.5, 0.25)
    assert stored_box((0, 0, 50, 100), (100, 400), 6) == Box(0, 0.5, 0.25, 1)


def test_what_is_no_name_is_told_without_advice() -> None:
    assert as_name("  Ann   Ray ") == "Ann Ray"
    with pytest.raises(NoNameError, match=r"^The name '\?' has no letter and no digit\.$"):
        as_name("?")


def test_a_file_that_is_not_there_or_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is not there\. Give a list\."):
        read_foreign(tmp_path / "no", 10, "a list")
    with pytest.raises(UsageError, match=r"is a folder\. Give a list\."):
        read_foreign(tmp_path, 10, "a list")
    with pytest.raises(UsageError, match=r"null is no file\. Give a list\."):
        read_foreign(Path("/dev/null"), 10, "a list")
    (tmp_path / "large").write_bytes(b"12345678901")
    with pytest.raises(UsageError, match="more than 0 MB"):
        read_foreign(tmp_path / "large", 10, "a list")
    (tmp_path / "small").write_bytes(b"1")
    assert read_foreign(tmp_path / "small", 10, "a list") == b"1"


INI = [b"[a.png]\n", b"[Contacts2]\n", b"faces=", b"rect64(", b"7fffffff", b"),7;", b"7=Ann;;\n"]
TABLE = [
    b"photo,person,left,",
    b"top,right,bottom,width\n",
    b"a.png",
    b"Ann",
    b",",
    b";",
    b'"',
    b"\n",
    b"12",
    b"-1,5",
    b"'=",
]
LINE = [
    b'{"photo": "a.png", "hash": "abcd1234", "faces": [{"id": "0123456789abcdef", "box": [',
    b"], ",
    b"}",
    b'"not": ',
]
ANY = [b"\0", b"\xff", b"\xef\xbb\xbf", b"nan", b"1e999", b"[7]", b"true"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*INI, *TABLE, *LINE, *ANY]), max_size=30).map(b"".join))
def test_no_bytes_are_too_strange(album: Album, data: bytes) -> None:
    if not album.root.exists():
        album.scan(a=[RED])
    file = album.root / ".picasa.ini"
    file.write_bytes(data)
    picasa.gather(album.index)
    for reader in (spreadsheet, foreign_tags):
        with suppress(UsageError):
            reader.gather(album.index, file)
