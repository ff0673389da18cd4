from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote_to_bytes

import pytest
from PIL import Image

from phototag.app import gallery as module
from phototag.app.correct import rename
from phototag.app.gallery import GalleryReport, make_gallery
from phototag.app.intake import take_in
from phototag.core.regions import Account
from phototag.errors import LibraryError
from phototag.files import replace_file
from phototag.media.pages.places import LARGE_SIDE, SMALL_SIDE
from tests.conftest import BLUE, GREEN, RED, Album

T = TypeVar("T")


def progress(items: Iterable[T], *, label: str, total: int, unit: str) -> Iterable[T]:
    return items


class _Links(HTMLParser):
    """What a page leads to, and the ids on it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.ids: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.targets += [value or "" for name, value in attrs if name in {"href", "src"}]
        self.ids += [value or "" for name, value in attrs if name == "id"]


def broken_links(folder: Path) -> list[str]:
    """Links of all pages that lead nowhere, also those to photos and to places on pages."""
    pages = {path: _Links(path.read_text()) for path in folder.rglob("*.html")}
    broken = []
    for path, page in pages.items():
        assert len(page.ids) == len(set(page.ids))
        for target in page.targets:
            file, _, part = target.partition("#")
            found = Path(os.path.normpath(path.parent / os.fsdecode(unquote_to_bytes(file)))) if file else path
            if not found.is_file() or (part and part not in pages[found].ids):
                broken.append(f"{path.name}: {target}")
    return broken


@pytest.fixture
def known(album: Album) -> Album:
    """Elon is red, on three photos, ann is blue, on two, one of them with elon; and one green face."""
    album.scan(IMG_20200101_120000=[RED], IMG_20210101_120000=[RED, BLUE], IMG_20220101_120000=[BLUE], red=[RED, GREEN])
    album.name("elon", "IMG_20200101_120000", "IMG_20210101_120000", "red")
    album.name("ann", "IMG_20220101_120000")
    return album


def made(album: Album) -> GalleryReport:
    return make_gallery(album.index, album.root.parent / "out", progress)


def contents(album: Album) -> dict[str, tuple[bytes, int]]:
    folder = album.root.parent / "out"
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_every_link_leads_somewhere(known: Album) -> None:
    report = made(known)
    assert (report.people, report.photos, report.problems) == (2, 4, ())
    assert report.start.is_file()
    assert len(list(report.start.parent.glob("photos/*/*.html"))) == 4
    assert broken_links(report.start.parent) == []


def test_who_has_no_face_has_a_page_and_a_letter(known: Album) -> None:
    take_in(
        known.index,
        [Account(b"red.png", people=("Dora",)), Account(b"IMG_20200101_120000.png", (), ("ann",))],
        "XMP",
        2,
    )
    report = made(known)
    folder = report.start.parent
    assert (report.people, report.photos, report.problems) == (3, 4, ())
    assert broken_links(folder) == []
    assert len(list(folder.glob("faces/*/*.jpg"))) == 2
    first, pages = report.start.read_text(), [page.read_text() for page in folder.glob("people/*.html")]
    assert '<span class="face none" aria-hidden="true">D</span>' in first
    assert '<span class="quiet">1 photo</span>' in first
    assert sum('<p class="quiet">1 photo, ' in page for page in pages) == 1  # Dora's
    assert sum('<p class="quiet">2 faces, 3 photos, 2020 to 2022</p>' in page for page in pages) == 1  # Ann's
    assert sum("Also on it" in page.read_text() for page in folder.glob("photos/*/*.html")) == 2
    assert made(known).written == 0


def long_sides(folder: Path, asked: int) -> set[int]:
    """Of the pictures that were asked to have so many pixels."""
    found = set()
    for path in folder.glob(f"photos/*/*-{asked}.jpg"):
        with Image.open(path) as image:
            found.add(max(image.size))
    return found


def test_pictures_are_small_and_large(known: Album) -> None:
    folder = made(known).start.parent
    assert long_sides(folder, SMALL_SIDE) == {321, 323, SMALL_SIDE}
    assert long_sides(folder, LARGE_SIDE) == {321, 323, 642, 644}
    assert len(list(folder.glob("faces/*/*.jpg"))) == 2


def test_a_second_run_writes_nothing_and_opens_no_photo(known: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    first = made(known)
    before = contents(known)
    monkeypatch.delattr(module, "read_picture")
    second = made(known)
    assert (second.written, second.unchanged, second.removed) == (0, first.written, 0)
    assert contents(known) == before


def test_a_new_name_changes_pages_and_a_photo_that_is_gone_takes_its_files_along(known: Album) -> None:
    made(known)
    rename(known.index, "elon", "bob", at_ns=2)
    report = made(known)
    assert (report.written, report.removed) == (6, 0)  # the first page, bob's, ann's that leads to his, three photos
    assert b"elon" not in b"".join(data for data, _ in contents(known).values())
    (known.root / "IMG_20220101_120000.png").unlink()
    known.close()
    known.scan()
    report = made(known)
    assert (report.people, report.photos) == (2, 3)
    assert report.removed >= 3  # the photo's page and two pictures
    assert broken_links(report.start.parent) == []


def test_a_photo_that_cannot_be_read_is_a_problem_and_the_rest_goes_on(known: Album) -> None:
    (known.root / "red.png").unlink()
    (known.root / "IMG_20200101_120000.png").write_bytes((known.root / "IMG_20220101_120000.png").read_bytes())
    report = made(known)
    assert [(problem.path, problem.reason) for problem in report.problems] == [
        (b"IMG_20200101_120000.png", "It has changed since the last scan."),
        (b"red.png", "It cannot be read: No such file or directory."),
    ]
    broken = broken_links(report.start.parent)
    assert len(broken) == 1  # to the photo itself
    assert broken[0].endswith("/Album/red.png")
    assert made(known).written == 0


def test_a_photo_that_was_turned_has_no_boxes_to_be_put_over(known: Album) -> None:
    with Image.open(known.root / "red.png") as image:
        exif = image.getexif()
        exif[0x0112] = 6
        image.save(known.root / "red.png", exif=exif)
    reasons = [problem.reason for problem in made(known).problems]
    assert len(reasons) == 1
    assert "since the last scan" in reasons[0]


@pytest.mark.parametrize("after", [0, 1, 5, 20])
def test_an_interrupted_run_is_gone_on_with(known: Album, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    left = after

    def interrupted(path: Path, data: bytes) -> None:
        nonlocal left
        if left == 0:
            raise KeyboardInterrupt
        left -= 1
        replace_file(path, data)

    with monkeypatch.context() as patch:
        patch.setattr("phototag.files.replace_file", interrupted)
        with pytest.raises(KeyboardInterrupt):
            made(known)
    report = made(known)
    assert report.unchanged == max(after - 1, 0)  # the first file is the list
    assert broken_links(report.start.parent) == []
    assert set(contents(known)) - {".phototag-gallery.json"} == _listed(known)


def _listed(album: Album) -> set[str]:
    lines = contents(album)[".phototag-gallery.json"][0].decode().splitlines()
    return {line.strip('",') for line in lines if "." in line}


def test_a_full_disk_is_said_and_stops(known: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("phototag.files.replace_file", full)
    with pytest.raises(LibraryError, match="No space left on device"):
        made(known)


def test_several_workers_make_the_same(known: Album) -> None:
    made(known)
    one = {name: data for name, (data, _) in contents(known).items()}
    make_gallery(known.index, known.root.parent / "two", progress, workers=3)
    two = known.root.parent / "two"
    assert {str(p.relative_to(two)): p.read_bytes() for p in two.rglob("*") if p.is_file()} == one
