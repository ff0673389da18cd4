"""Photos whose orientation only a sidecar tells, with the fake engine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

from phototag.app.check import Kind, check
from phototag.app.migration import migrate
from phototag.app.pictures import read_picture
from phototag.app.problems import listing
from phototag.app.scan import ScanReport, Workshop, scan
from phototag.engines import fake
from phototag.index import faces, photos
from phototag.index.db import Index
from phototag.media.darkroom import Apart, Darkroom, Developed, Here
from phototag.types import Engine, PhotoFile, Sidecar
from tests import wide_engine
from tests.conftest import BLUE, RED

STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""Orientation -> how an upright picture is stored."""


@dataclass
class Counting:
    """A darkroom that notes what it opens."""

    room: Darkroom = field(default_factory=Here)
    photos: list[str] = field(default_factory=list)
    sidecars: list[str] = field(default_factory=list)

    def develop(self, root: Path, file: PhotoFile, long_side: int | None) -> Developed:
        self.photos.append(os.fsdecode(file.path))
        return self.room.develop(root, file, long_side)

    def turn(self, root: Path, sidecar: Sidecar) -> int | None:
        self.sidecars.append(os.fsdecode(sidecar.path))
        return self.room.turn(root, sidecar)

    def packet(self, root: Path, file: PhotoFile) -> bytes:
        return self.room.packet(root, file)

    def opened(self) -> tuple[list[str], list[str]]:
        """Photos and sidecars since the last time."""
        found = self.photos, self.sidecars
        self.photos, self.sidecars = [], []
        return found


def xmp(orientation: int | None) -> str:
    told = "" if orientation is None else f"<tiff:Orientation>{orientation}</tiff:Orientation>"
    return (
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
        "<rdf:Description rdf:about='' xmlns:tiff='http://ns.adobe.com/tiff/1.0/'>"
        f"{told}</rdf:Description></rdf:RDF></x:xmpmeta>"
    )


class Shelf:
    """A library of one index, and what was opened in it."""

    def __init__(self, index: Index, root: Path) -> None:
        self.index, self.root, self.room = index, root, Counting()
        self._ns = 1_600_000_000_000_000_001

    def draw(self, name: str, orientation: int = 1, exif: int | None = None) -> Path:
        """A red face at the top left, a small blue one below it, stored so that this orientation makes it upright."""
        image = Image.new("RGB", (300, 200), "#808080")
        image.paste(RED, (20, 20, 100, 80))
        image.paste(BLUE, (30, 130, 60, 170))
        turn = STORED[orientation]
        stored = image if turn is None else image.transpose(turn)
        tags = Image.Exif()
        if exif is not None:
            tags[0x0112] = exif
        stored.save(self.root / name, **({"exif": tags} if exif is not None else {}))
        return self.root / name

    def tell(self, name: str, orientation: int | None, text: str | None = None) -> None:
        """Write a sidecar, later than all before."""
        (self.root / name).write_text(text or xmp(orientation))
        self._ns += 5_000_000_001
        os.utime(self.root / name, ns=(self._ns, self._ns))

    def scan(self, *, force: bool = False) -> ScanReport:
        return scan(self.index, workshop(self.room), force=force)

    def boxes(self, name: str) -> list[tuple[int, ...]]:
        """Of the faces on a photo, in pixels of the upright picture of 300 x 200."""
        found = faces.faces(self.index.db, faces.Filter(path=name.encode()))
        return sorted(
            (round(f.box.left * 300), round(f.box.top * 200), round(f.box.right * 300), round(f.box.bottom * 200))
            for f in found
        )

    def orientation(self, name: str) -> int:
        known = photos.picture_at(self.index.db, name.encode())
        assert known is not None
        return known[1]


UPRIGHT = [(20, 20, 100, 80), (30, 130, 60, 170)]


def workshop(room: Darkroom, engine: Engine | None = None) -> Workshop:
    return Workshop(
        None,
        lambda _: engine or fake.load(Path()),
        lambda *_: None,
        lambda workers, _: ThreadPoolExecutor(workers),
        room,
        1,
        lambda items, **_: items,
    )


@pytest.fixture
def shelf(index: Index, tmp_path: Path) -> Iterator[Shelf]:
    yield Shelf(index, tmp_path)


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("end", ["png", "jpg", "tif", "webp"])
def test_a_photo_is_upright_by_what_only_a_sidecar_tells(shelf: Shelf, orientation: int, end: str) -> None:
    shelf.draw(f"a.{end}", orientation)
    shelf.tell(f"a.{end}.xmp", orientation)
    shelf.scan()
    assert shelf.orientation(f"a.{end}") == orientation
    near = [
        abs(x - y) for a, b in zip(shelf.boxes(f"a.{end}"), UPRIGHT, strict=True) for x, y in zip(a, b, strict=True)
    ]
    assert max(near) <= 4
    content, turn = photos.picture_at(shelf.index.db, f"a.{end}".encode()) or ("", 0)
    pixels = read_picture(shelf.root, f"a.{end}".encode(), content, turn, 300).pixels
    assert pixels.shape[:2] == (200, 300)
    assert pixels[50, 60].argmax() == 0
    assert pixels[150, 45].argmax() == 2


@pytest.mark.parametrize("own", STORED)
@pytest.mark.parametrize("end", ["jpg", "tif"])
def test_the_photo_itself_has_the_word(shelf: Shelf, own: int, end: str) -> None:
    shelf.draw(f"a.{end}", own, exif=own)
    shelf.tell(f"a.{end}.xmp", 3 if own != 3 else 6)
    shelf.scan()
    assert shelf.orientation(f"a.{end}") == own
    shelf.tell(f"a.{end}.xmp", 8)
    shelf.room.opened()
    shelf.scan()
    assert shelf.room.opened() == ([], [])


def test_a_sidecar_that_comes_changes_and_goes_turns_the_photo(shelf: Shelf) -> None:
    shelf.draw("a.png", 6)
    shelf.scan()
    lying = shelf.boxes("a.png")
    said = {face.id for face in faces.faces(shelf.index.db)}
    shelf.room.opened()
    for orientation in (6, 3, 6):
        shelf.tell("a.png.xmp", orientation)
        report = shelf.scan()
        assert (report.unchanged, report.changed, report.new, report.seen) == (1, 0, 0, 1)
        assert shelf.room.opened()[0] == ["a.png", "a.png"]  # hashed, then looked at
        assert shelf.orientation("a.png") == orientation
        shelf.scan()
        assert shelf.room.opened() == ([], [])
    assert shelf.boxes("a.png") == UPRIGHT
    assert {face.id for face in faces.faces(shelf.index.db)} == said
    (shelf.root / "a.png.xmp").unlink()
    shelf.scan()
    assert (shelf.orientation("a.png"), shelf.boxes("a.png")) == (1, lying)


def test_a_sidecar_that_tells_the_same_again_costs_one_look_into_it(shelf: Shelf) -> None:
    shelf.draw("a.png")
    shelf.draw("b.png", 6)
    shelf.tell("b.png.xmp", 6)
    shelf.scan()
    shelf.room.opened()
    for orientation in (None, 1, None):
        shelf.tell("a.png.xmp", orientation)
        shelf.tell("b.png.xmp", 6)
        report = shelf.scan()
        assert (report.unchanged, report.seen) == (2, 2)
        assert shelf.room.opened() == ([], ["a.png.xmp", "b.png.xmp"])
        shelf.scan()
        assert shelf.room.opened() == ([], [])
    (shelf.root / "a.png.xmp").unlink()
    shelf.scan()
    assert shelf.room.opened() == ([], [])


def test_a_sidecar_that_may_still_change_unseen_is_looked_into_again(shelf: Shelf) -> None:
    shelf.draw("a.png")
    shelf.scan()
    shelf.tell("a.png.xmp", None)
    now_s = int((shelf.root / "a.png").stat().st_mtime)
    os.utime(shelf.root / "a.png.xmp", (now_s, now_s))
    shelf.room.opened()
    shelf.scan()
    shelf.scan()
    assert shelf.room.opened() == ([], ["a.png.xmp"] * 2)


@pytest.mark.parametrize("room", [Here(), Apart()])
def test_a_broken_sidecar_tells_nothing_and_is_no_problem(shelf: Shelf, room: Darkroom) -> None:
    shelf.room = Counting(room)
    shelf.draw("a.png")
    shelf.tell("a.png.xmp", None, "<tiff:Orientation>6 and no end")
    assert shelf.scan().problems == ()
    with (shelf.root / "a.png.xmp").open("ab") as file:
        file.truncate(20_000_000)
    assert shelf.scan().problems == ()
    (shelf.root / "a.png.xmp").unlink()
    (shelf.root / "a.png.xmp").mkdir()
    assert shelf.scan().problems == ()
    assert shelf.orientation("a.png") == 1
    assert shelf.boxes("a.png") == UPRIGHT


def test_a_sidecar_that_is_refused_for_a_moment_is_looked_into_later(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.draw("a.png", 6)
    shelf.tell("a.png.xmp", 6)

    def refuse(*_: object) -> None:
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr(Counting, "turn", refuse)
        patch.setattr(Here, "turn", refuse)
        assert shelf.scan().problems == ()
        assert shelf.scan().problems == ()
    assert shelf.orientation("a.png") == 1
    shelf.scan()
    assert shelf.orientation("a.png") == 6


def test_the_sidecar_of_a_stem_is_the_raw_files(shelf: Shelf) -> None:
    shelf.draw("a.jpg")
    (shelf.root / "a.dng").write_bytes(b"II*\0 no RAW")
    shelf.tell("a.xmp", 6)
    shelf.scan()
    assert shelf.orientation("a.jpg") == 1
    (shelf.root / "a.dng").unlink()
    shelf.scan()
    assert shelf.orientation("a.jpg") == 6


def test_names_in_capitals(shelf: Shelf) -> None:
    shelf.draw("A.JPG", 6)
    shelf.tell("a.jpg.XMP", 6)
    shelf.scan()
    assert shelf.orientation("A.JPG") == 6


def test_a_copy_that_is_turned_where_another_is_not(shelf: Shelf) -> None:
    shelf.draw("a.png", 6)
    shelf.draw("b.png", 6)
    shelf.tell("b.png.xmp", 6)
    shelf.scan()
    assert (shelf.orientation("a.png"), shelf.orientation("b.png")) == (1, 6)
    shelf.tell("a.png.xmp", 6)
    shelf.scan()
    assert (shelf.orientation("a.png"), shelf.boxes("a.png"), shelf.boxes("b.png")) == (6, UPRIGHT, UPRIGHT)


def test_a_photo_that_is_moved_to_its_sidecar(shelf: Shelf) -> None:
    shelf.draw("a.png", 6)
    shelf.scan()
    shelf.room.opened()
    shelf.tell("b.png.xmp", 6)
    (shelf.root / "a.png").rename(shelf.root / "b.png")
    assert shelf.scan().moved == 1
    assert shelf.room.opened()[0] == ["b.png", "b.png"]
    assert shelf.boxes("b.png") == UPRIGHT


def test_force_and_another_engine_go_the_same_way(shelf: Shelf) -> None:
    shelf.draw("a.png", 6)
    shelf.tell("a.png.xmp", 6)
    shelf.scan()
    shelf.scan(force=True)
    assert shelf.orientation("a.png") == 6
    wide = wide_engine.load(Path())
    migrate(shelf.index, workshop(shelf.room, wide), wide.space.choice)
    assert shelf.orientation("a.png") == 6
    shelf.room.opened()
    scan(shelf.index, workshop(shelf.room, wide))
    assert shelf.room.opened() == ([], [])


def test_check_tells_of_a_photo_that_a_sidecar_turns(shelf: Shelf) -> None:
    def changed() -> list[tuple[str, ...]]:
        found = check(shelf.index, lambda items, **_: items)
        return [finding.examples for finding in found if finding.kind is Kind.CHANGED]

    shelf.draw("a.png", 6)
    shelf.scan()
    shelf.tell("a.png.xmp", None)
    assert changed() == []
    shelf.tell("a.png.xmp", 6)
    assert changed() == [("a.png",)]
    shelf.scan()
    assert changed() == []


def test_sidecars_are_still_listed_as_passed_over(shelf: Shelf) -> None:
    shelf.draw("a.png", 6)
    shelf.tell("a.png.xmp", 6)
    assert shelf.scan().passed_over["other"] == 1
    assert [one.path for one in listing(shelf.index).passed_over] == [b".phototag", b"a.png.xmp"]


def test_a_sidecar_that_is_excluded_is_none(shelf: Shelf) -> None:
    shelf.draw("a.png", 6)
    shelf.tell("a.png.xmp", 6)
    (shelf.root / ".phototagignore").write_text("*.xmp\n")
    shelf.scan()
    assert shelf.orientation("a.png") == 1


def test_a_photo_whose_exif_turns_it_in_place_is_looked_at_again(shelf: Shelf) -> None:
    """The file keeps its size, so that it is hashed first."""
    shelf.draw("a.jpg", 6, exif=1)
    shelf.scan()
    shelf.draw("a.jpg", 6, exif=6)
    os.utime(shelf.root / "a.jpg", ns=(1, 1_600_000_000_000_000_001))
    shelf.scan()
    assert shelf.orientation("a.jpg") == 6
    assert len(shelf.boxes("a.jpg")) == 2
    assert shelf.room.opened()[0] == ["a.jpg"] * 3
