from __future__ import annotations

from pathlib import Path

import pytest
from PIL import ExifTags, Image

from phototag.app import spreadsheet
from phototag.app.accounts import Gathered
from phototag.core.geometry import to_stored
from phototag.core.regions import Account, Region
from phototag.errors import UsageError
from phototag.types import Box
from tests.conftest import BLUE, RED, Album, draw_photo

WHOLE = "photo,taken,width,height,face,left,top,right,bottom,person,source,cluster,distance\n"
LEFT = Box(0, 0, 0.5, 1)


@pytest.fixture(autouse=True)
def drawn(album: Album) -> None:
    """a.jpg has 320 x 200 pixels; b.jpg likewise, stored on its side."""
    draw_photo(album.root / "a.jpg", [RED])
    upright = Image.open(draw_photo(album.root / "b.jpg", [BLUE]))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    upright.transpose(Image.Transpose.ROTATE_90).save(album.root / "b.jpg", exif=exif, quality=95)
    album.scan()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


def read(album: Album, table: Path, text: str, encoding: str = "utf-8") -> Gathered:
    table.write_bytes(text.encode(encoding))
    return spreadsheet.gather(album.index, table)


def reasons(album: Album, table: Path, text: str) -> list[tuple[str, str]]:
    found = read(album, table, text)
    assert found.accounts == ()
    return [(problem.path.decode(), problem.reason) for problem in found.problems]


def test_somebody_without_a_box_is_on_the_photo(album: Album, table: Path) -> None:
    found = read(album, table, "Name;File\nAnn;a.jpg\nBob;a.jpg\n ann  ray ;b.jpg\nAnn;a.jpg\n")
    assert found == Gathered((Account(b"a.jpg", (), ("Ann", "Bob")), Account(b"b.jpg", (), ("ann ray",))))


def test_a_box_is_measured_on_the_upright_photo(album: Album, table: Path) -> None:
    text = "photo,person,left,top,right,bottom\na.jpg,Ann,0,0,160,200\nb.jpg,Bob,0,0,160,200\n"
    assert read(album, table, text).accounts == (
        Account(b"a.jpg", (Region("Ann", LEFT),)),
        Account(b"b.jpg", (Region("Bob", to_stored(LEFT, 6)),)),
    )


@pytest.mark.parametrize("size", ["320,200", "640,400", "3201,2000"])
def test_a_box_may_be_measured_on_a_larger_picture_of_the_same_shape(album: Album, table: Path, size: str) -> None:
    width, height = map(int, size.split(","))
    text = f"photo,person,width,height,left,top,right,bottom\na.jpg,Ann,{size},0,0,{width / 2},{height}\n"
    assert read(album, table, text).accounts == (Account(b"a.jpg", (Region("Ann", LEFT),)),)


def test_decimal_commas_are_numbers_and_a_little_over_the_edge_is_cut_off(album: Album, table: Path) -> None:
    text = "photo;person;left;top;right;bottom\na.jpg;Ann;-2;-1,5;160,0;201\n"
    assert read(album, table, text).accounts == (Account(b"a.jpg", (Region("Ann", LEFT),)),)


def test_what_export_writes_is_read(album: Album, table: Path) -> None:
    text = (
        WHOLE + "a.jpg,2020-01-01T10:00:00,320,200,0123456789abcdef,0,0,160,200,Ann,human,,\n"
        "a.jpg,,320,200,0123456789abcdee,160,0,320,200,,,3,\n"
        "b.jpg,,320,200,0123456789abcdee,160,0,320,200,Ann,suggested,3,0.41\n"
        "b.jpg,,320,200,,,,,,Bob,human,,\n"
    )
    assert read(album, table, text) == Gathered(
        (Account(b"a.jpg", (Region("Ann", LEFT),)), Account(b"b.jpg", (), ("Bob",))), (), {"unnamed": 1, "suggested": 1}
    )


def test_what_phototag_itself_tagged_so_is_not_what_somebody_said(album: Album, table: Path) -> None:
    album.scan(red1=[RED], red2=["#d00000"])
    album.name("Ann", "red1")
    assert album.sources()["red2"] == "auto Ann"
    face = album.face("red2").id
    row = f"red2.png,,,,{face},,,,,{{}},auto,,\n"
    assert read(album, table, WHOLE + row.format("ann")) == Gathered((), (), {"guessed": 1})
    assert read(album, table, WHOLE + row.format("Bob")) == Gathered((), (), {"guessed": 1})  # as it was then, perhaps
    assert read(album, table, WHOLE + row.format("Bob").replace("auto", "")).accounts != ()


def test_an_apostrophe_that_guards_a_formula_is_taken_off(album: Album, table: Path) -> None:
    album.scan(**{"=sum": [RED], "'t": [BLUE]})
    found = read(album, table, "photo,person\n'=sum.png,'+Ann\n't.png,'t Hooft\n")
    assert found.accounts == (Account(b"=sum.png", (), ("+Ann",)), Account(b"'t.png", (), ("'t Hooft",)))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("gone.jpg,Ann", "The index knows no photo 'gone.jpg'. Give its path in the library."),
        (",Ann", "The index knows no photo ''. Give its path in the library."),
        ("a.jpg,?!", "The name '?!' has no letter and no digit."),
        (f"a.jpg,{'x' * 101}", "The name has 101 characters; 100 are enough for anybody."),
        ("a.jpg,Ann,1,2,3", "bottom must be a number of pixels, not ''."),
        ("a.jpg,Ann,1,2,3,nan", "bottom must be a number of pixels, not 'nan'."),
        ("a.jpg,Ann,1,2,3,1e9", "bottom must be a number of pixels, not '1e9'."),
        ("a.jpg,Ann,1,2,1,4", "The box has no area: left must be less than right, and top less than bottom."),
        ("a.jpg,Ann,1,2,340,4", "The box lies outside of the photo, which has 320 x 200 pixels."),
        ("a.jpg,Ann,1,2,3,4,320", "height must be a number of pixels, not ''."),
        ("a.jpg,Ann,1,2,3,4,0,0", "Width and height must be at least 1."),
        (
            "a.jpg,Ann,1,2,3,4,200,320",
            "The photo has 320 x 200 pixels now, and not the shape of 200 x 320: it was turned or cut since.",
        ),
    ],
)
def test_a_row_that_cannot_be_used_is_a_problem_with_its_line(album: Album, table: Path, row: str, reason: str) -> None:
    head = "photo,person,left,top,right,bottom,width,height\n"
    assert reasons(album, table, f"{head}\n{row}\n") == [("line 3", reason)]


def test_an_unfinished_quotation_is_a_problem(album: Album, table: Path) -> None:
    ((where, reason),) = reasons(album, table, 'photo,person\n"' + "a" * 200_000)
    assert where == "line 2"
    assert "quotation mark" in reason


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("photo,who\n", "no column 'person'. Its first line says: 'photo', 'who'."),
        ("Bild;Name\n", "no column 'photo'. Its first line says: 'bild', 'name'."),
        ("", "no column 'photo'. Its first line says: nothing."),
    ],
)
def test_a_table_without_a_column_is_refused(album: Album, table: Path, text: str, told: str) -> None:
    with pytest.raises(UsageError) as error:
        read(album, table, text)
    assert told in str(error.value)
