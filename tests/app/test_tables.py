"""All that is known as JSON and as a table of faces."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from pathlib import Path

import pytest

from phototag.app.correct import ignore, move
from phototag.app.intake import take_in
from phototag.app.spreadsheet import gather
from phototag.app.tables import COLUMNS, csv_table, json_document, write_table
from phototag.core.regions import Account
from phototag.core.spreadsheets import as_it_was
from phototag.errors import EditedError, LibraryError, UsageError
from phototag.index import faces
from tests.conftest import BLUE, DARK_RED, LIGHT_RED, PALE_RED, RED, Album, draw_photo


@pytest.fixture
def known(album: Album) -> Album:
    """Ann on 1 by a human, on 2 by a match and on 3 perhaps; nobody knows who is on 4."""
    return album.once("known for a table", _known)


def _known(album: Album) -> None:
    album.scan(**{"a/1": [DARK_RED], "2": [LIGHT_RED], "3": [PALE_RED], "4": [BLUE, BLUE]})
    album.name("Ann", "a/1")


def rows(album: Album) -> list[dict[str, str]]:
    text = b"".join(csv_table(album.index)).decode("utf-8", "surrogateescape")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def document(album: Album) -> dict[str, object]:
    found: dict[str, object] = json.loads(b"".join(json_document(album.index, "2026-11-27T12:00:00+00:00")))
    return found


def test_a_line_for_each_face_with_these_columns(known: Album) -> None:
    head, *lines = b"".join(csv_table(known.index)).decode().splitlines()
    assert head == "photo,taken,width,height,face,left,top,right,bottom,person,source,cluster,distance"
    assert len(lines) == 5
    face = known.face("a/1")
    first = rows(known)[-1]
    assert list(first) == list(COLUMNS)
    assert (first["photo"], first["face"], first["person"], first["source"]) == ("a/1.png", face.id, "Ann", "human")
    assert (first["width"], first["height"], first["distance"]) == ("321", "300", "")
    assert [int(first[edge]) for edge in COLUMNS[5:9]] == list(face.box_px)


def test_who_was_not_named_by_a_human_says_so(known: Album) -> None:
    assert [(row["photo"], row["person"], row["source"]) for row in rows(known)] == [
        ("2.png", "Ann", "auto"),
        ("3.png", "Ann", "suggested"),
        ("4.png", "", ""),
        ("4.png", "", ""),
        ("a/1.png", "Ann", "human"),
    ]
    assert float(rows(known)[0]["distance"]) > 0


def test_whom_you_ignore_has_no_name_in_the_table(known: Album) -> None:
    ignore(known.index, "Ann", at_ns=2)
    assert {row["person"] for row in rows(known)} == {""}


def test_boxes_and_sizes_are_of_the_upright_picture(album: Album) -> None:
    image = album.root / "turned.jpg"
    draw_photo(image, [RED], (320, 200))
    _turn(image, 6)
    album.scan()
    (row,) = rows(album)
    assert (row["width"], row["height"]) == ("200", "320")
    assert int(row["left"]) < 100 < int(row["right"])
    assert document(album)["photos"][0]["size"] == [200, 320]  # type: ignore[index]


def _turn(path: Path, orientation: int) -> None:
    from PIL import Image

    image = Image.open(path)
    exif = image.getexif()
    exif[0x0112] = orientation
    image.save(path, exif=exif, quality=95, subsampling=0)


def test_what_a_spreadsheet_would_run_is_text_and_comes_back(album: Album) -> None:
    album.scan(**{'=cmd(),"x"\n': [RED], "@z": [BLUE]})
    album.name("=HYPERLINK(1)", '=cmd(),"x"\n')
    album.name("'+1", "@z")
    for row in rows(album):
        assert not row["photo"].startswith(("=", "@", "+", "-"))
        assert not row["person"].startswith(("=", "@", "+", "-"))
    assert [(as_it_was(row["photo"]), as_it_was(row["person"])) for row in rows(album)] == [
        ('=cmd(),"x"\n.png', "=HYPERLINK(1)"),
        ("@z.png", "'+1"),
    ]


def test_paths_that_are_not_utf8_are_the_bytes_that_they_are(album: Album) -> None:
    album.scan(x=[RED])
    (album.root / "x.png").rename(album.root / os.fsdecode(b"\xff.png"))
    album.scan()
    table = b"".join(csv_table(album.index))
    assert table.startswith(b"\xef\xbb\xbfphoto,")
    assert b"\n\xff.png," in table
    photo = document(album)["photos"][0]["photo"]  # type: ignore[index]
    assert os.fsencode(photo) == b"\xff.png"


def test_the_document_has_people_and_photos_with_their_faces(known: Album) -> None:
    found = document(known)
    assert list(found) == ["library", "written", "space", "people", "photos"]
    assert found["people"] == [{"name": "Ann", "faces": 2, "photos": 2, "confirmed": 1, "suggested": 1}]
    photos = found["photos"]
    assert isinstance(photos, list)
    assert [(photo["photo"], photo["people"], len(photo["faces"])) for photo in photos] == [
        ("2.png", ["Ann"], 1), ("3.png", [], 1), ("4.png", [], 2), ("a/1.png", ["Ann"], 1),
    ]  # fmt: skip
    assert set(photos[0]) == {
        "photo", "hash", "copy_of", "taken", "taken_from", "camera", "place", "size", "orientation", "people", "faces",
    }  # fmt: skip
    assert photos[1]["faces"][0]["suggestion"] == "Ann"


def test_each_file_of_a_picture_is_in_the_document_and_its_faces_once_in_the_table(known: Album) -> None:
    shutil.copy(known.root / "2.png", known.root / "z.png")
    known.scan()
    assert [row["photo"] for row in rows(known)].count("2.png") == 1
    assert "z.png" not in [row["photo"] for row in rows(known)]
    photos = document(known)["photos"]
    assert isinstance(photos, list)
    assert photos[-1]["photo"] == "z.png"
    assert photos[-1]["faces"] == photos[0]["faces"]


def test_a_library_without_faces(album: Album) -> None:
    album.scan(nobody=[])
    assert rows(album) == []
    photos = document(album)["photos"]
    assert isinstance(photos, list)
    assert [photo["faces"] for photo in photos] == [[]]


def test_a_file_is_written_whole_and_one_that_is_there_is_left(known: Album, tmp_path: Path) -> None:
    file = tmp_path / "faces.csv"
    write_table(known.index, csv_table(known.index), file)
    assert file.read_bytes() == b"".join(csv_table(known.index))
    file.write_text("edited")
    with pytest.raises(EditedError, match="--force"):
        write_table(known.index, csv_table(known.index), file)
    assert file.read_text() == "edited"
    write_table(known.index, csv_table(known.index), file, replace=True)
    assert file.read_bytes() == b"".join(csv_table(known.index))
    assert [path.name for path in tmp_path.glob("*.tmp")] == []


@pytest.mark.parametrize(
    "name", ["a/1.png", "link", ".phototag/index.db", ".phototag/new.csv", "a", "new.jpg/../a/1.png", "unnamed"]
)
def test_never_onto_a_photo_or_an_index(known: Album, name: str) -> None:
    (known.root / "link").symlink_to("a/1.png")
    (known.root / "4.png").rename(known.root / "unnamed")
    (known.root / "new.jpg").mkdir()
    known.scan()
    table = csv_table(known.index)
    before = {path: path.lstat().st_mtime_ns for path in known.root.rglob("*.*") if path.is_file()}
    with pytest.raises(UsageError):
        write_table(known.index, table, known.root / name, replace=True)
    assert {path: path.lstat().st_mtime_ns for path in known.root.rglob("*.*") if path.is_file()} == before


@pytest.mark.parametrize("what", ["/dev/null", "circle", "folder"])
def test_only_a_file_is_replaced(known: Album, tmp_path: Path, what: str) -> None:
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match="is no file"):
        write_table(known.index, csv_table(known.index), tmp_path / what, replace=True)


def test_what_cannot_be_written_leaves_what_was_there(known: Album, tmp_path: Path) -> None:
    def cut_off() -> object:
        yield b"half"
        raise OSError(28, "No space left on device")

    file = tmp_path / "faces.csv"
    file.write_text("old")
    with pytest.raises(LibraryError, match="No space left"):
        write_table(known.index, cut_off(), file, replace=True)  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["faces.csv"]
    assert file.read_text() == "old"
    with pytest.raises(LibraryError, match="Cannot write"):
        write_table(known.index, csv_table(known.index), tmp_path / "nowhere" / "faces.csv")


def test_whoever_is_on_a_photo_without_a_place_is_in_both(known: Album) -> None:
    take_in(known.index, [Account(b"4.png", people=("Dora",))], "test", 1)
    last = rows(known)[-1]
    assert [last[column] for column in ("photo", "face", "left", "person", "source")] == [
        "4.png",
        "",
        "",
        "Dora",
        "human",
    ]
    photos = document(known)["photos"]
    assert [photo["people"] for photo in photos if photo["photo"] == "4.png"] == [["Dora"]]  # type: ignore[attr-defined]


def test_a_table_that_is_read_back_says_what_was_said(known: Album, tmp_path: Path) -> None:
    draw_photo(known.root / "-5 =2.png", [BLUE])
    known.scan()
    face = next(face.id for face in faces.faces(known.index.db) if face.path == b"-5 =2.png")
    move(known.index, [face], "=Bob", 1)
    take_in(known.index, [Account(b"4.png", people=("Dora",))], "test", 1)
    before = rows(known)
    (tmp_path / "table.csv").write_bytes(b"".join(csv_table(known.index)))
    known.close()
    (known.root / ".phototag").rename(tmp_path / "index of before")
    known.scan()
    gathered = gather(known.index, tmp_path / "table.csv")
    report = take_in(known.index, gathered.accounts, "test", 1)
    assert (gathered.problems, report.problems, report.contradictions, report.drawn) == ((), (), (), 0)
    named = [(row["photo"], row["left"], row["person"]) for row in before if row["source"] == "human"]
    assert [(row["photo"], row["left"], row["person"]) for row in rows(known) if row["source"] == "human"] == named
