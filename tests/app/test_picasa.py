from __future__ import annotations

from pathlib import Path

import pytest

from phototag.app.accounts import Gathered
from phototag.app.picasa import gather, usual_contacts
from phototag.core.geometry import to_stored
from phototag.core.regions import Account, Region
from phototag.errors import UsageError
from phototag.index.faces import PhotoOnDisk
from phototag.types import Box
from tests.conftest import BLUE, RED, Album, draw_photo

LEFT_HALF, TOP_HALF = "rect64(7fffffff)", "rect64(ffff7fff)"
HALF = 0x7FFF / 65535
LEFT, TOP = Box(0, 0, HALF, 1), Box(0, 0, 1, HALF)
ANN, BOB, EVE = "8e62398ebda8c1a5", "cb989580bc43a91", "7"


def ini(album: Album, text: str, folder: str = ".", name: str = ".picasa.ini") -> None:
    (album.root / folder / name).write_bytes(text.replace("\n", "\r\n").encode())


def read(album: Album, *, contacts: Path | None = None, usual: list[Path] | None = None) -> Gathered:
    album.scan()
    return gather(album.index, contacts, usual or [])


def contacts_file(tmp_path: Path, **names: str) -> Path:
    path = tmp_path / "contacts.xml"
    lines = "".join(f'<contact id="{id_.strip("_")}" name="{name}"/>' for id_, name in names.items())
    path.write_text(f"<contacts>{lines}</contacts>")
    return path


@pytest.fixture(autouse=True)
def drawn(album: Album) -> None:
    album.draw(red=[RED], both=[RED, BLUE])
    draw_photo(album.root / "2020" / "IMG_1.JPG", [BLUE])


def test_faces_with_a_name_become_regions_of_the_stored_picture(album: Album) -> None:
    ini(album, f"[Contacts2]\n{ANN}=Ann;;\n{BOB}=Bob;;\n[both.png]\nfaces={LEFT_HALF},{ANN};{TOP_HALF},{BOB}\n")
    assert read(album) == Gathered((Account(b"both.png", (Region("Ann", LEFT), Region("Bob", TOP))),))


def test_a_name_may_stand_in_any_folder_and_a_file_in_other_capitals(album: Album) -> None:
    ini(album, f"[Contacts2]\n{ANN}=Ann;;\n")
    ini(album, f"[img_1.jpg]\nfaces={TOP_HALF},{ANN}\n", "2020", "Picasa.ini")
    assert read(album).accounts == (Account(b"2020/IMG_1.JPG", (Region("Ann", TOP),)),)


def test_the_newer_of_two_files_of_one_folder_counts(album: Album) -> None:
    ini(album, f"[Contacts2]\n{ANN}=An;;\n{BOB}=Bob;;\n[red.png]\nfaces={TOP_HALF},{BOB}\n", name="Picasa.ini")
    ini(album, f"[Contacts2]\n{ANN}=Ann;;\n[red.png]\nfaces={LEFT_HALF},{ANN};{TOP_HALF},{BOB}\n")
    assert read(album).accounts == (Account(b"red.png", (Region("Ann", LEFT), Region("Bob", TOP))),)


def test_names_are_those_of_contacts_xml_then_of_the_folder_then_of_any(album: Album, tmp_path: Path) -> None:
    ini(album, f"[Contacts2]\n{ANN}=Old;;\n{BOB}=Bob;;\n7=Eve;;\n[red.png]\nfaces={TOP_HALF},{ANN}\n")
    text = f"[Contacts2]\n{BOB}=Bobby;;\n[IMG_1.JPG]\nfaces={TOP_HALF},{ANN};{LEFT_HALF},{BOB};{LEFT_HALF},{EVE}\n"
    ini(album, text, "2020")
    found = read(album, contacts=contacts_file(tmp_path, _8e62398ebda8c1a5="Ann"))
    names = {account.path: [region.name for region in account.regions] for account in found.accounts}
    assert names == {b"red.png": ["Ann"], b"2020/IMG_1.JPG": ["Ann", "Bobby", "Eve"]}


def test_ignored_and_unnamed_faces_are_left_out(album: Album) -> None:
    ini(album, f"[red.png]\nfaces={LEFT_HALF},ffffffffffffffff;{TOP_HALF},0\n")
    assert read(album) == Gathered((), (), {"ignored": 1, "unnamed": 1})


def test_somebody_whose_name_is_nowhere_is_one_problem(album: Album) -> None:
    ini(album, f"[red.png]\nfaces={LEFT_HALF},{ANN}\n[both.png]\nfaces={LEFT_HALF},{ANN}\n")
    (problem,) = read(album).problems
    assert problem.path.decode() == f"Picasa's contact {ANN}"
    assert "2 faces" in problem.reason
    assert "--contacts FILE" in problem.reason


def test_what_cannot_be_used_is_told_and_the_rest_is_used(album: Album) -> None:
    ini(
        album,
        f"[Contacts2]\n{ANN}=Ann;;\n{BOB}=?!;;\n[gone.png]\nfaces={TOP_HALF},{ANN}\n[quiet.png]\nfaces={TOP_HALF},ffffffffffffffff\n"
        f"[red.png]\nfaces=oops;{TOP_HALF},{ANN};{LEFT_HALF},{BOB}\n[both.png]\nfaces={LEFT_HALF},{BOB}\n",
    )
    found = read(album)
    assert found.accounts == (Account(b"red.png", (Region("Ann", TOP),)),)
    assert [problem.path.decode() for problem in found.problems] == ["red.png", "gone.png", "Picasa's contact '?!'"]


def test_files_that_cannot_be_read_or_are_far_too_large_are_problems(
    album: Album, monkeypatch: pytest.MonkeyPatch
) -> None:
    (album.root / "2020" / ".picasa.ini").mkdir()
    ini(album, f"[red.png]\nfaces={TOP_HALF},{ANN}\n")
    monkeypatch.setattr("phototag.app.picasa.LARGEST_INI", 10)
    assert [problem.path.decode() for problem in read(album).problems] == [".picasa.ini", "2020/.picasa.ini"]


def test_what_is_hidden_or_excluded_is_left_alone(album: Album) -> None:
    (album.root / ".picasaoriginals").mkdir()
    ini(album, f"[Contacts2]\n{ANN}=Ann;;\n[red.png]\nfaces={TOP_HALF},{ANN}\n", ".picasaoriginals")
    with pytest.raises(UsageError, match=r"There is no \.picasa\.ini"):
        read(album)


def test_a_file_that_was_given_must_be_contacts(album: Album, tmp_path: Path) -> None:
    ini(album, "")
    (tmp_path / "other.xml").write_text("<html/>")
    with pytest.raises(UsageError, match="is not Picasa's contacts"):
        read(album, contacts=tmp_path / "other.xml")
    with pytest.raises(UsageError, match="is not there"):
        read(album, contacts=tmp_path / "no.xml")


def test_the_usual_contacts_are_taken_if_they_can_be_read(album: Album, tmp_path: Path) -> None:
    ini(album, f"[red.png]\nfaces={TOP_HALF},{ANN}\n")
    (tmp_path / "other.xml").write_text("<html/>")
    found = read(album, usual=[tmp_path / "other.xml", contacts_file(tmp_path, _8e62398ebda8c1a5="Ann")])
    assert found.accounts == (Account(b"red.png", (Region("Ann", TOP),)),)
    assert [problem.path.decode() for problem in found.problems] == [str(tmp_path / "other.xml")]


def test_contacts_are_looked_for_in_the_home_and_where_windows_says(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "Google" / "Picasa2" / "contacts" / "contacts.xml"
    file.parent.mkdir(parents=True)
    file.touch()
    assert usual_contacts(home, {}) == []
    assert usual_contacts(home, {"LOCALAPPDATA": str(tmp_path)}) == [file]


@pytest.mark.parametrize(("path", "orientation", "is_turned"), [(b"red.png", 6, False), (b"red.NEF", 6, True)])
def test_regions_of_camera_raw_are_of_the_upright_picture(
    album: Album, monkeypatch: pytest.MonkeyPatch, path: bytes, orientation: int, is_turned: bool
) -> None:
    ini(album, f"[Contacts2]\n{ANN}=Ann;;\n[{path.decode()}]\nfaces={TOP_HALF},{ANN}\n")
    album.scan()
    file = PhotoOnDisk(path, "a", "a", orientation, None, 40, 30, 0, orientation, orientation)
    monkeypatch.setattr("phototag.index.faces.photos_on_disk", lambda _: [file])
    (account,) = gather(album.index).accounts
    assert account.regions[0].box == (to_stored(TOP, 6) if is_turned else TOP)
