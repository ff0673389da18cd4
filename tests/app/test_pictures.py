from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import ExifTags, Image

from phototag.app import pictures, sheets
from phototag.app.groups import unknown_groups
from phototag.app.pictures import face_picture, kept_face_picture, large_picture, photo_picture
from phototag.engines.registry import ENGINES, Entry
from phototag.index import faces
from phototag.media import images
from phototag.media.images import Picture
from phototag.media.thumbs import Thumbs
from tests import wide_engine
from tests.conftest import BLUE, GREEN, RED, YELLOW, Album, Command, draw_photo

RGB = {RED: (224, 0, 0), BLUE: (0, 0, 224), GREEN: (0, 224, 0), YELLOW: (224, 224, 0), "grey": (128, 128, 128)}


def colour_at(data: bytes | None, x: float = 0.5, y: float = 0.5) -> str:
    """The nearest of the colours above at a place, given as fractions."""
    assert data is not None
    image = Image.open(io.BytesIO(data)).convert("RGB")
    pixel = np.array(image.getpixel((int(x * image.width), int(y * image.height))))
    return min(RGB, key=lambda name: int(np.abs(pixel - RGB[name]).sum()))


def kept(album: Album, kind: str = "faces") -> dict[str, Path]:
    """Name -> file of the pictures that are kept."""
    folder = album.root / ".phototag" / "thumbs" / kind
    return {path.name.partition("-")[0]: path for path in folder.rglob("*.jpg")}


def drop(album: Album) -> None:
    """As an index from before there were pictures."""
    for path in kept(album).values():
        path.unlink()


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many pixels each photo that is decoded from now on was asked to have."""
    asked: list[int] = []
    decode = images.decode

    def counted(data: bytes, long_side: int, *more: Any, **others: Any) -> Picture:
        asked.append(long_side)
        return decode(data, long_side, *more, **others)

    monkeypatch.setattr(images, "decode", counted)
    return asked


def test_a_scan_keeps_a_picture_of_each_face(album: Album, decoded: list[int]) -> None:
    album.scan(red=[RED], blue=[BLUE], nobody=[])
    decoded.clear()
    found = [album.face("red"), album.face("blue")]
    assert kept(album).keys() == {face.id for face in found}
    assert [colour_at(face_picture(album.index, face)) for face in found] == [RED, BLUE]
    assert decoded == []


def test_sheets_are_drawn_without_decoding_a_photo(album: Album, decoded: list[int]) -> None:
    album.scan(a=[RED], b=[RED], c=[BLUE], d=[BLUE])
    decoded.clear()
    written = sheets.write_sheets(album.index, unknown_groups(album.index), lambda items, **_: items)
    assert [path.name for path in written] == ["groups.jpg", "group-1.jpg", "group-2.jpg"]
    assert decoded == []
    assert {colour_at(path.read_bytes(), 0.2, 0.5) for path in written[1:]} == {RED, BLUE}


def test_a_kept_picture_is_found_by_the_id_alone(album: Album) -> None:
    album.scan(red=[RED])
    shutil.copy(album.root / "red.png", album.root / "again.png")
    album.scan()
    face = album.face("again")
    assert kept_face_picture(album.index, face.id) == face_picture(album.index, face)
    assert kept_face_picture(album.index, face.id[:12]) is None
    drop(album)
    assert kept_face_picture(album.index, face.id) is None


def test_a_missing_picture_is_made_once(album: Album, decoded: list[int]) -> None:
    album.scan(red=[RED])
    drop(album)
    decoded.clear()
    assert [colour_at(face_picture(album.index, album.face("red"))) for _ in range(3)] == [RED] * 3
    assert len(decoded) == 1


def test_what_is_missing_of_a_photo_is_made_at_once(album: Album, decoded: list[int]) -> None:
    album.scan(both=[RED, BLUE])
    drop(album)
    decoded.clear()
    assert colour_at(face_picture(album.index, album.face("both", 0))) == RED
    assert colour_at(face_picture(album.index, album.face("both", 1))) == BLUE
    assert len(decoded) == 1


def test_a_torn_picture_is_made_again(album: Album) -> None:
    album.scan(red=[RED])
    face = album.face("red")
    kept(album)[face.id].write_bytes(b"")
    assert colour_at(face_picture(album.index, face)) == RED
    assert kept(album)[face.id].stat().st_size > 0


def test_a_preview_is_made_when_it_is_first_wanted(album: Album, decoded: list[int]) -> None:
    album.scan(red=[RED])
    assert kept(album, "photos") == {}
    decoded.clear()
    assert [colour_at(photo_picture(album.index, b"red.png")) for _ in range(3)] == [RED] * 3
    assert len(decoded) == 1
    assert kept(album, "photos").keys() == {album.face("red").photo}
    assert photo_picture(album.index, b"nothing.png") is None


def test_a_photo_that_is_gone_takes_its_pictures_with_it(album: Album) -> None:
    album.scan(red=[RED], blue=[BLUE])
    red = album.face("red")
    for path in (b"red.png", b"blue.png"):
        photo_picture(album.index, path)
    (album.root / "blue.png").unlink()
    album.scan()
    assert (kept(album).keys(), kept(album, "photos").keys()) == ({red.id}, {red.photo})


def test_a_photo_that_comes_back_has_pictures_again(album: Album) -> None:
    album.scan(red=[RED], blue=[BLUE])
    data = (album.root / "blue.png").read_bytes()
    (album.root / "blue.png").unlink()
    album.scan()
    (album.root / "blue.png").write_bytes(data)
    album.scan()
    assert colour_at(face_picture(album.index, album.face("blue"))) == BLUE


def test_a_photo_that_moved_keeps_its_pictures(album: Album, decoded: list[int]) -> None:
    album.scan(red=[RED])
    photo_picture(album.index, b"red.png")
    decoded.clear()
    (album.root / "red.png").rename(album.root / "moved.png")
    album.scan()
    assert colour_at(face_picture(album.index, album.face("moved"))) == RED
    assert colour_at(photo_picture(album.index, b"moved.png")) == RED
    assert decoded == []


def test_a_photo_that_changed_has_other_pictures(album: Album) -> None:
    album.scan(photo=[RED])
    before = album.face("photo").id
    album.scan(photo=[BLUE, GREEN])
    assert before not in kept(album)
    assert [colour_at(face_picture(album.index, album.face("photo", i))) for i in (0, 1)] == [BLUE, GREEN]


def test_a_scan_that_changed_nothing_does_not_look_at_pictures(album: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    album.scan(red=[RED])

    def fail(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Thumbs, "keep_only", fail)
    assert album.scan() == 0


def draw_turned(path: Path, orientation: int) -> None:
    """A face, yellow above and red below as stored, said to be shown turned."""
    if not path.exists():
        draw_photo(path, [RED], (320, 320))
    with Image.open(path) as image:
        image.load()
    image.paste(RGB[YELLOW], (64, 64, 256, 100))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    image.save(path, exif=exif)


UPPER = {1: (0.5, 0.22), 6: (0.78, 0.5), 3: (0.5, 0.78), 8: (0.22, 0.5)}
"""Orientation -> where what was above as stored is seen."""


@pytest.mark.parametrize("orientation", [6, 3, 8])
@pytest.mark.parametrize("scanned", [True, False])
def test_a_photo_that_was_turned_has_turned_pictures(album: Album, orientation: int, scanned: bool) -> None:
    album.root.mkdir()
    draw_turned(album.root / "a.png", 1)
    album.scan()
    assert colour_at(face_picture(album.index, album.face("a")), *UPPER[1]) == YELLOW
    assert colour_at(photo_picture(album.index, b"a.png"), *UPPER[1]) == YELLOW
    draw_turned(album.root / "a.png", orientation)
    drop(album)
    if scanned:
        album.scan()
    assert colour_at(face_picture(album.index, album.face("a")), *UPPER[orientation]) == YELLOW
    if scanned:
        assert colour_at(photo_picture(album.index, b"a.png"), *UPPER[orientation]) == YELLOW
        assert [path.name[-6:] for path in kept(album).values()] == [f"-{orientation}.jpg"]
        assert [path.name[-6:] for path in kept(album, "photos").values()] == [f"-{orientation}.jpg"]


def test_another_picture_at_the_same_path_is_not_taken_for_the_face(album: Album) -> None:
    album.scan(photo=[RED])
    drop(album)
    album.draw(photo=[BLUE])
    assert face_picture(album.index, album.face("photo")) is None
    assert photo_picture(album.index, b"photo.png") is None
    assert kept(album) == {}


@pytest.mark.parametrize("contents", [None, b"", b"not a photo"])
def test_a_photo_that_cannot_be_read_has_no_picture(album: Album, contents: bytes | None) -> None:
    album.scan(red=[RED], red2=[RED])
    drop(album)
    (album.root / "red.png").unlink()
    if contents is not None:
        (album.root / "red.png").write_bytes(contents)
    assert face_picture(album.index, album.face("red")) is None
    assert photo_picture(album.index, b"red.png") is None
    assert len(sheets.write_sheets(album.index, unknown_groups(album.index), lambda items, **_: items)) == 2


def test_a_small_face_on_a_large_photo_is_cut_from_all_its_pixels(album: Album, decoded: list[int]) -> None:
    """The engine looks at 320 pixels of 2,560, where the face has 10; when it is wanted it has 80."""
    image = Image.new("RGB", (2560, 1600), "#808080")
    image.paste(RGB[RED], (1240, 760, 1320, 840))
    album.root.mkdir()
    image.save(album.root / "large.jpg", quality=95)
    album.scan()
    assert (kept(album), decoded) == ({}, [])  # the scan decodes elsewhere
    (face,) = faces.faces(album.index.db)
    data = face_picture(album.index, face)
    assert colour_at(data) == RED
    assert Image.open(io.BytesIO(data or b"")).width > 120
    assert kept(album).keys() == {face.id}


def test_where_nothing_can_be_kept_pictures_are_made_each_time(album: Album, decoded: list[int]) -> None:
    album.root.mkdir()
    (album.root / ".phototag").mkdir()
    (album.root / ".phototag" / pictures.THUMBS).write_text("not a folder")
    assert album.scan(red=[RED]) == 0
    decoded.clear()
    assert [colour_at(face_picture(album.index, album.face("red"))) for _ in range(2)] == [RED] * 2
    assert colour_at(photo_picture(album.index, b"red.png")) == RED
    assert len(decoded) == 3


def test_another_engine_leaves_pictures_of_its_own_faces(
    album: Album, phototag: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ENGINES, "wide", Entry("tests.wide_engine", offered=False))
    wide_engine.blind.clear()
    album.scan(red=[RED], blue=[BLUE])
    (stranger := kept(album)[album.face("red").id]).with_name("0" * 16 + "-1.jpg").write_bytes(stranger.read_bytes())
    album.close()
    assert phototag("migrate", "--engine", "wide", "--library", album.root) == 0, phototag.err
    assert kept(album).keys() == {face.id for face in faces.faces(album.index.db)}
    assert colour_at(face_picture(album.index, album.face("blue"))) == BLUE


def test_pictures_survive_the_loss_of_the_index(album: Album, phototag: Command) -> None:
    album.scan(red=[RED])
    album.name("elon", "red")
    before = kept(album)
    album.scan()
    album.close()
    os.truncate(album.root / ".phototag" / "index.db", 0)
    assert phototag("rebuild", album.root, "--engine", "fake") == 0, phototag.err
    assert album.scan() == 0
    assert kept(album) == before
    assert colour_at(face_picture(album.index, album.face("red"))) == RED


def test_a_large_picture_is_made_anew_and_not_kept(album: Album) -> None:
    album.scan(red=[RED])
    data = large_picture(album.index, b"red.png")
    assert data is not None
    assert Image.open(io.BytesIO(data)).size == (321, 300)
    assert kept(album, "photos") == {}
    assert large_picture(album.index, b"none.png") is None
    (album.root / "red.png").write_bytes(b"another")
    assert large_picture(album.index, b"red.png") is None
