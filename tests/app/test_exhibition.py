from __future__ import annotations

import os
import shutil
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PIL import Image

from phototag.app.correct import ignore
from phototag.app.exhibition import Links, exhibition
from phototag.app.intake import take_in
from phototag.app.known import known_people
from phototag.core.regions import Account
from phototag.media.pages.contents import Gallery
from tests.conftest import BLUE, DARK_RED, GREEN, PALE_RED, RED, Album


def shown(album: Album, title: str | None = None) -> Gallery:
    return exhibition(album.index, album.root.parent / "out", title)[0]


def names(gallery: Gallery) -> list[str]:
    return [os.fsdecode(exhibit.path) for exhibit in gallery.exhibits]


def on(gallery: Gallery, photo: str) -> list[str | None]:
    """Whom the faces on NAME.png are said to be, from left to right."""
    found = next(exhibit for exhibit in gallery.exhibits if exhibit.path == f"{photo}.png".encode())
    return [None if mark.who is None else mark.who.name for mark in found.marks]


def test_photos_that_somebody_with_a_name_is_on(album: Album) -> None:
    album.scan(red=[RED], both=[RED, BLUE], blue=[BLUE], nobody=[])
    album.name("elon", "red", "both")
    gallery = shown(album)
    assert sorted(names(gallery)) == ["both.png", "red.png"]
    assert on(gallery, "both") == ["elon", None]
    assert (gallery.unknown, gallery.left_out, gallery.title) == (2, 2, "Album")
    assert shown(album, "Ours").title == "Ours"


def test_a_suggestion_is_no_name_and_who_is_ignored_has_none(album: Album) -> None:
    album.scan(a=[DARK_RED, GREEN], b=[DARK_RED, PALE_RED], c=[DARK_RED, BLUE])
    album.name("elon", "a", "b", "c")
    album.close()
    album.scan()
    gallery = shown(album)
    assert on(gallery, "b") == ["elon", None]
    assert [person.who.name for person in gallery.people] == ["elon"]
    ignore(album.index, "elon", at_ns=2)
    gallery = shown(album)
    assert (gallery.people, gallery.exhibits) == ((), ())


def test_a_picture_in_two_files_is_shown_once(album: Album) -> None:
    album.draw(red=[RED], red2=[RED])
    shutil.copy(album.root / "red.png", album.root / "again.png")
    album.scan()
    album.name("elon", "red")
    assert [name for name in names(shown(album)) if name != "red2.png"] == ["again.png"]


def test_the_newest_photo_is_the_first_and_who_is_with_whom(album: Album) -> None:
    album.draw(IMG_20200101_120000=[RED], IMG_20220101_120000=[RED, BLUE], IMG_20210101_120000=[BLUE, RED])
    album.scan()
    album.name("elon", "IMG_20200101_120000", "IMG_20220101_120000")
    album.name("ann", "IMG_20210101_120000")
    gallery = shown(album)
    assert [exhibit.year for exhibit in gallery.exhibits] == ["2022", "2021", "2020"]
    elon = next(person for person in gallery.people if person.who.name == "elon")
    assert [exhibit.year for exhibit in elon.exhibits] == ["2022", "2021", "2020"]
    assert [(companion.who.name, companion.photos) for companion in elon.companions] == [("ann", 2)]


def test_the_best_face_is_on_the_cover(album: Album) -> None:
    album.scan(a=[RED], b=[RED], c=[RED])
    album.name("elon", "a", "b", "c")
    gallery, best = exhibition(album.index, album.root.parent / "out")
    faces = [album.face(photo) for photo in "abc"]
    assert best == [max(faces, key=lambda face: (face.quality, face.id))]
    assert gallery.people[0].who.face == best[0].id


def test_who_is_on_a_photo_without_a_place_is_shown_with_it(album: Album) -> None:
    album.scan(a=[RED], b=[BLUE], c=[], d=[])
    album.name("elon", "a")
    take_in(album.index, [Account(b"a.png", people=("Dora",)), Account(b"c.png", people=("Dora", "elon"))], "XMP", 2)
    gallery, best = exhibition(album.index, album.root.parent / "out")
    assert sorted(names(gallery)) == ["a.png", "c.png"]
    assert {e.path: [who.name for who in e.sitters] for e in gallery.exhibits} == {
        b"a.png": ["elon", "Dora"],
        b"c.png": ["Dora", "elon"],
    }
    assert on(gallery, "c") == []
    told = [(person.who.name, person.faces, len(person.exhibits)) for person in gallery.people]
    assert told == [("elon", 1, 2), ("Dora", 0, 2)]
    assert told == [(person.name, person.faces, person.photos) for person in known_people(album.index)]
    assert [face and face.id for face in best] == [album.face("a").id, None]
    assert [person.who.cover is None for person in gallery.people] == [False, True]
    assert [companion.who.name for companion in gallery.people[1].companions] == ["elon"]
    assert (gallery.unknown, gallery.left_out) == (1, 2)


def test_who_is_named_on_a_face_later_is_not_there_twice(album: Album) -> None:
    album.scan(a=[RED])
    take_in(album.index, [Account(b"a.png", people=("Dora",))], "XMP", 2)
    album.name("dora", "a")
    (exhibit,) = shown(album).exhibits
    assert (on(shown(album), "a"), exhibit.also) == (["Dora"], ())


def test_who_is_ignored_is_not_there(album: Album) -> None:
    album.scan(a=[RED], b=[BLUE])
    album.name("Dora", "b")
    take_in(album.index, [Account(b"a.png", people=("Dora",))], "XMP", 2)
    ignore(album.index, "Dora", at_ns=3)
    assert (shown(album).people, shown(album).exhibits) == ((), ())


def test_boxes_are_those_of_the_upright_picture(album: Album) -> None:
    album.draw(red=[RED, GREEN])
    with Image.open(album.root / "red.png") as image:
        exif = image.getexif()
        exif[0x0112] = 3
        image.save(album.root / "red.png", exif=exif)
    album.scan()
    album.name("elon", "red")
    assert album.face("red").box.left < 0.5
    exhibit = shown(album).exhibits[0]
    assert [mark.box.left < 0.5 for mark in exhibit.marks] == [True, False]
    assert exhibit.marks[0].box == album.face("red").box


def test_a_link_leads_to_the_file_whatever_it_is_called(tmp_path: Path) -> None:
    links = Links(tmp_path / "Pic tures", tmp_path / "out")
    for name in (b"a b/c.jpg", b"#%?\"'<&>.jpg", "Söhne.jpg".encode(), b"\xff\xfe.jpg"):
        link = links.to(name)
        assert link.isascii()
        assert not set("#?\"'<&> ") & set(link)
        way = tmp_path / "out" / "photos" / "00" / os.fsdecode(unquote_to_bytes(link))
        assert os.path.normpath(way) == os.path.normpath(tmp_path / "Pic tures" / os.fsdecode(name))


def test_a_link_is_absolute_where_a_folder_is_a_link(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "deep" / "er")
    assert Links(tmp_path / "P", tmp_path / "link" / "out").to(b"\xff a.jpg") == f"{tmp_path.as_uri()}/P/%FF%20a.jpg"
