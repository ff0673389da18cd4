from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import BLUE, GREEN, RED, Album, Command, draw_photo

INI = (
    "[Contacts2]\r\n8e62398ebda8c1a5=Ann;;\r\n"
    "[red.png]\r\nfaces=rect64(4ccc3333b333cccc),8e62398ebda8c1a5\r\n"  # 0.3, 0.2, 0.7, 0.8
    "[blue.png]\r\nfaces=rect64(4ccc3333b333cccc),7;rect64(1fff1fff),ffffffffffffffff\r\n"
)


@pytest.fixture(autouse=True)
def scanned(album: Album, phototag: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    album.scan(red=[RED], blue=[BLUE])
    monkeypatch.chdir(album.root)


def test_picasa_names_faces_as_one_decision(album: Album, phototag: Command) -> None:
    (album.root / ".picasa.ini").write_text(INI)
    assert phototag("import", "picasa", "--json") == 10
    document = json.loads(phototag.out)
    assert (document["photos"], document["people"], document["faces"], document["drawn"]) == (1, 1, 1, 0)
    assert document["left_out"] == {"ignored": 1}
    (problem,) = document["problems"]
    assert problem["photo"] == "Picasa's contact 0000000000000007"
    assert album.sources() == {"red": "human Ann", "blue": None}
    phototag("history")
    assert "1 face named, as in Picasa" in phototag.out
    assert phototag("undo") == 0
    assert album.sources() == {"red": None, "blue": None}


def test_what_came_of_it_is_told(album: Album, phototag: Command) -> None:
    (album.root / ".picasa.ini").write_text(INI)
    assert phototag("import", "picasa") == 10
    assert "1 face is named: 1 person on 1 photo." in phototag.out
    assert "--contacts FILE" in phototag.out
    assert "1 face that Picasa was told to ignore" in phototag.out
    assert "undo" in phototag.out.splitlines()[-1]
    assert phototag("import", "picasa") == 10
    assert "Nothing new." in phototag.out
    assert "1 thing was said here before." in phototag.out


def test_contacts_are_given_or_found_in_the_home(album: Album, phototag: Command, home: Path, tmp_path: Path) -> None:
    (album.root / ".picasa.ini").write_text("[red.png]\nfaces=rect64(4ccc3333b333cccc),7\n")
    contacts = tmp_path / "contacts.xml"
    contacts.write_text('<contacts><contact id="7" name="Eve"/></contacts>')
    assert phototag("import", "picasa", "--contacts", contacts, "--dry-run") == 0
    usual = home / "Library" / "Application Support" / "Google" / "Picasa3" / "contacts"
    usual.mkdir(parents=True)
    shutil.copy(contacts, usual)
    assert phototag("import", "picasa") == 0
    assert album.sources()["red"] == "human Eve"


@pytest.mark.parametrize("asked", [["picasa"], ["csv", "names.csv"], ["tags", "theirs.jsonl"]])
def test_trying_writes_nothing(album: Album, phototag: Command, asked: list[str]) -> None:
    (album.root / ".picasa.ini").write_text(INI)
    (album.root / "names.csv").write_text("photo,person\nred.png,Ann\n")
    (album.root / "theirs.jsonl").write_bytes(
        album.tags().replace(b'"person": null, "source": null', b'"person": "Ann", "source": "human"')
    )
    before = album.tags()
    phototag("import", *asked, "--dry-run")
    assert "undo" not in phototag.out
    assert "Nothing new" not in phototag.out
    assert (album.sources(), album.tags()) == ({"red": None, "blue": None}, before)


def test_a_table_puts_people_on_photos_and_names_faces(album: Album, phototag: Command) -> None:
    face = album.face("red")
    box = ";".join(map(str, face.box_px))
    (album.root / "names.csv").write_text(
        f"Person;Photo;left;top;right;bottom\nAnn;red.png;{box}\nBob;blue.png;;;;\n;blue.png;;;;\n?;red.png;;;;\n"
    )
    assert phototag("import", "csv", "names.csv", "--json") == 10
    document = json.loads(phototag.out)
    assert (document["faces"], document["present"], document["left_out"]) == (1, 1, {"unnamed": 1})
    assert document["problems"] == [{"photo": "line 5", "reason": "The name '?' has no letter and no digit."}]
    assert album.sources() == {"red": "human Ann", "blue": None}
    phototag("find", "bob")
    assert "blue.png" in phototag.out


def test_two_relatives_merge_their_work(album: Album, phototag: Command, tmp_path: Path) -> None:
    cousin = Album(tmp_path / "Cousin", phototag)
    draw_photo(cousin.root / "green.png", [GREEN])
    for name in ("red", "blue"):
        shutil.copy(album.root / f"{name}.png", cousin.root / f"{name} there.png")
    cousin.scan()
    cousin.name("Ann", "red there")
    cousin.name("Bob", "blue there")
    cousin.name("Cy", "green")
    cousin.close()
    album.name("Robert", "blue")
    theirs = cousin.root / ".phototag" / "tags.jsonl"
    assert phototag("import", "tags", theirs, "--library", album.root) == 0
    assert "blue.png: Bob there, Robert here" in phototag.out
    assert "1 photo not in this library" in phototag.out
    assert album.sources() == {"red": "human Ann", "blue": "human Robert"}
    assert phototag("import", "tags", theirs, "--library", cousin.root) == 2
    assert "this library itself wrote" in phototag.err


def test_all_that_is_drawn_there_is_drawn_here(album: Album, phototag: Command, tmp_path: Path) -> None:
    cousin = Album(tmp_path / "Cousin", phototag)
    draw_photo(cousin.root / "crowd.png", [])
    cousin.scan()
    (cousin.root / "names.csv").write_text("photo,person,left,top,right,bottom\ncrowd.png,Ann,10,10,60,60\n")
    assert phototag("import", "csv", cousin.root / "names.csv", "--library", cousin.root) == 0
    shutil.copy(cousin.root / "crowd.png", album.root)
    album.scan()
    theirs = cousin.root / ".phototag" / "tags.jsonl"
    assert phototag("import", "tags", theirs, "--library", album.root, "--json") == 0
    assert json.loads(phototag.out)["drawn"] == 1
    assert phototag("import", "tags", theirs, "--library", album.root, "--json") == 0
    assert json.loads(phototag.out)["known"] == 1


@pytest.mark.parametrize(
    ("asked", "advice"),
    [
        (["picasa"], "There is no .picasa.ini"),
        (["csv", "no.csv"], "phototag export csv writes one"),
        (["csv", "red.png"], "has no column 'photo'"),
        (["tags", "red.png"], "is no tags.jsonl"),
    ],
)
def test_what_cannot_be_imported_is_refused_with_advice(phototag: Command, asked: list[str], advice: str) -> None:
    assert phototag("import", *asked) == 2
    assert advice in phototag.err
