from __future__ import annotations

from phototag.app.known import known_faces
from phototag.app.photographs import all_photos
from phototag.app.portraits import by_year, covers, photos_of, portfolio, some_of
from tests.conftest import BLUE, DARK_RED, LIGHT_RED, Album


def test_a_cover_is_a_face_that_a_human_named(album: Album) -> None:
    album.scan(dark=[DARK_RED], light=[LIGHT_RED])
    album.name("elon", "dark")
    dark = next(face for face in known_faces(album.index) if face.path == b"dark.png")
    assert covers(album.index, ["elon", "nobody"]) == {"elon": dark.id}


def test_faces_come_year_by_year_the_newest_first(album: Album) -> None:
    album.draw(IMG_20190614_120000=[BLUE], IMG_20210814_120000=[BLUE], IMG_20210101_120000=[BLUE])
    album.scan()
    album.name("elon", *(path.stem for path in album.root.glob("*.png")))
    album.scan()
    found = some_of(album.index, portfolio(album.index, "elon").sure, 0, 10)
    years = by_year(album.index, found)
    assert [(part.year, [face.path[4:12] for face in part.faces]) for part in years] == [
        ("2021", [b"20210814", b"20210101"]),
        ("2019", [b"20190614"]),
    ]


def test_a_face_leads_to_its_photo(album: Album) -> None:
    album.scan(blue=[BLUE])
    (face,) = known_faces(album.index)
    (photo,) = all_photos(album.index).some(0, 9)
    assert photos_of(album.index, [face]) == {face.id: photo.id}
