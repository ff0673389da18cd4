from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phototag.media.picasa import Folder, Rectangle, read_contacts, read_ini, rectangle, usual_contacts
from phototag.types import Box

ANN, BOB = "8e62398ebda8c1a5", "0cb989580bc43a91"
BOX = Box(0x3F84 / 65535, 0x5BCB / 65535, 0x5941 / 65535, 0x8507 / 65535)
WIDE = Box(0, 0, 1, 0x8000 / 65535)


def ini(text: str) -> Folder:
    return read_ini(text.encode())


def test_faces_and_names_are_read() -> None:
    found = ini(
        "[Picasa]\nname=Summer\n[Contacts2]\n8e62398ebda8c1a5=Ann;;\ncb989580bc43a91=Bob Ray;bob@example.org;\n"
        "[IMG_1.jpg]\nfaces=rect64(3f845bcb59418507),8e62398ebda8c1a5;rect64(ffff8000),cb989580bc43a91\nstar=yes\n"
    )
    assert found.faces == {"IMG_1.jpg": (Rectangle(ANN, BOX), Rectangle(BOB, WIDE))}
    assert found.names == {ANN: "Ann", BOB: "Bob Ray"}
    assert found.broken == {}


NASTY = (
    b"\xef\xbb\xbf[encoding]\r\nutf8=1\r\n\r\n"
    b"[Picasa]\r\nname=100% fun\r\nname=again\r\nno value here\r\n"
    b"[100% [1] = 2.jpg]\r\nbackuphash=1\r\nfilters=crop64=1,2d2d;\r\n"
    b"Faces = rect64( 3f845bcb59418507 ), 8E62398EBDA8C1A5 ;\r\n"
    b"[.album:0f]\r\ntoken=]album\r\n"
    b"[100% [1] = 2.jpg]\r\nfaces=rect64(ffff8000),8e62398ebda8c1a5\r\n"
    b"[Contacts]\r\n8e62398ebda8c1a5=joe_lh,cb989580bc43a91\r\ncb989580bc43a91=Bob,bob@example.org\r\nnothex=X\r\n"
    b"[Contacts2]\r\n8e62398ebda8c1a5=Zo\xc3\xab;;\r\n0=;;\r\n"
)


def test_sections_that_come_twice_percent_signs_and_lines_without_a_value_do_no_harm() -> None:
    found = read_ini(NASTY)
    assert found.faces == {"100% [1] = 2.jpg": (Rectangle(ANN, WIDE),)}
    assert found.names == {ANN: "Zoë", BOB: "Bob"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_the_encoding_is_found_line_by_line(encoding: str) -> None:
    text = "[Zoë.jpg]\r\nfaces=rect64(ffff8000),1\r\n[Contacts2]\r\n1=Zoë;;\r\n"
    found = read_ini(text.encode(encoding))
    assert (list(found.faces), list(found.names.values())) == (["Zoë.jpg"], ["Zoë"])


@pytest.mark.parametrize(
    "broken",
    ["rect64(),1", "rect64(12345678901234567),1", "rect64(ffff8000)", "circle(1),2", "rect64(8000ffff0000ffff),1"],
)
def test_what_cannot_be_understood_is_kept_apart(broken: str) -> None:
    found = ini(f"[a.jpg]\nfaces={broken};rect64(ffff8000),1\n")
    assert found.broken == {"a.jpg": (broken,)}
    assert len(found.faces["a.jpg"]) == 1


def test_a_line_outside_of_sections_says_nothing_of_a_photo() -> None:
    assert ini("faces=rect64(ffff8000),1\n") == Folder()


@given(st.lists(st.integers(0, 65_535), min_size=4, max_size=4))
def test_a_rectangle_comes_back_with_or_without_its_zeros(edges: list[int]) -> None:
    left, top, right, bottom = edges
    digits = "".join(f"{edge:04x}" for edge in edges)
    there = left < right and top < bottom
    expected = Box(*(edge / 65_535 for edge in edges)) if there else None
    assert rectangle(digits) == rectangle(digits.lstrip("0") or "0") == expected


@given(st.one_of(st.binary(), st.lists(st.sampled_from(NASTY.split(b"\r\n")), max_size=20).map(b"\n".join)))
def test_no_bytes_are_too_strange(data: bytes) -> None:
    for faces in read_ini(data).faces.values():
        assert all(0 <= face.box.left < face.box.right <= 1 for face in faces)


def test_contacts_are_read() -> None:
    xml = (
        '<?xml version="1.0" encoding="utf-8"?><contacts>'
        '<contact id="8e62398ebda8c1a5" name="Ann &amp; Co" display="A" modified_time="2011"/>'
        '<contact id="cb989580bc43a91" name="" display="Bob"><subject user="joe_lh" id="1"/></contact>'
        '<contact id="7" name=" "/><contact name="nobody"/><contact id="?" name="nobody"/></contacts>'
    )
    assert read_contacts(xml.encode()) == {ANN: "Ann & Co", BOB: "Bob"}


BOMB = b'<!DOCTYPE a [<!ENTITY b "b">]><contacts><contact id="1" name="&b;"/></contacts>'


@pytest.mark.parametrize("data", [b"", b"\0\xff", b"<contacts>", b"<html/>", BOMB])
def test_what_is_no_contacts_file_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="not"):
        read_contacts(data)


@given(st.binary())
def test_arbitrary_bytes_are_contacts_or_a_value_error(data: bytes) -> None:
    with suppress(ValueError):
        read_contacts(data)


PLACES = [
    "Local/Google/Picasa2/contacts/contacts.xml",
    "Library/Application Support/Google/Picasa3/contacts/contacts.xml",
    ".wine/drive_c/users/ann/AppData/Local/Google/Picasa2/contacts/contacts.xml",
    ".wine/drive_c/users/ann/Local Settings/Application Data/Google/Picasa2/contacts/contacts.xml",
    ".google/picasa/3.0/drive_c/Documents and Settings/ann/Local Settings/Application Data/Google/Picasa2/contacts/"
    "contacts.xml",
]


@pytest.mark.parametrize("place", PLACES)
def test_contacts_are_found_where_picasa_keeps_them(tmp_path: Path, place: str) -> None:
    assert usual_contacts(tmp_path, tmp_path / "Local") == []
    file = tmp_path / place
    file.parent.mkdir(parents=True)
    file.write_text("<contacts/>")
    assert usual_contacts(tmp_path, tmp_path / "Local") == [file]
