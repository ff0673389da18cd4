from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image

from phototag.app import correct, foreign_tags
from phototag.app.accounts import Gathered
from phototag.core.geometry import intersection_over_union
from phototag.core.regions import Account
from phototag.errors import UsageError
from tests.conftest import BLUE, CYAN, GREEN, RED, SAVING, Album, Command, draw_photo


@pytest.fixture
def cousin(tmp_path: Path, phototag: Command) -> Iterator[Album]:
    """Somebody else's album."""
    made = Album(tmp_path / "Cousin", phototag)
    yield made
    made.close()


def tags(album: Album) -> Path:
    return album.root / ".phototag" / "tags.jsonl"


def read(album: Album, cousin: Album) -> Gathered:
    return foreign_tags.gather(album.index, tags(cousin))


def line(tmp_path: Path, album: Album, **more: Any) -> Path:
    """A file of one line about red.png."""
    face = album.face("red")
    said = {"id": face.id, "box": list(face.box_px), "person": "Ann", "source": "human"}
    start = {"photo": "x.png", "hash": face.photo, "size": [face.width, face.height], "orientation": 1, "faces": [said]}
    path = tmp_path / "theirs.jsonl"
    path.write_text(json.dumps({key: value for key, value in (start | more).items() if value is not None}) + "\n")
    return path


@pytest.fixture
def both(album: Album, cousin: Album) -> None:
    """Two albums with the same three photos in different places, and one more in the cousin's."""
    cousin.scan(red=[RED], blue=[BLUE], green=[GREEN], cyan=[CYAN])
    for mine, theirs in {"red": "red", "2020/b": "blue", "g": "green"}.items():
        (album.root / mine).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(cousin.root / f"{theirs}.png", album.root / f"{mine}.png")
    album.scan()


def test_what_a_human_said_is_found_by_the_picture(album: Album, cousin: Album, both: None) -> None:
    cousin.name("Ann", "red")
    cousin.name("Cy", "cyan")
    cousin.refuse("Ann", "blue")
    correct.not_a_face(cousin.index, [cousin.face("green").id], at_ns=2)
    found = read(album, cousin)
    accounts = {account.path: account for account in found.accounts}
    assert accounts.keys() == {b"red.png", b"2020/b.png", b"g.png"}
    (named,), (refused,) = accounts[b"red.png"].regions, accounts[b"2020/b.png"].refused
    assert (named.name, refused.name) == ("Ann", "Ann")
    assert intersection_over_union(named.box, album.face("red").stored_box) > 0.95
    assert intersection_over_union(refused.box, album.face("2020/b").stored_box) > 0.95
    (none,) = accounts[b"g.png"].no_faces
    assert intersection_over_union(none, album.face("g").stored_box) > 0.95
    assert (found.problems, found.left_out) == ((), {"elsewhere": 1})


def test_what_the_machine_found_is_not_taken(album: Album, cousin: Album) -> None:
    cousin.scan(red1=[RED], red2=["#d00000"])
    shutil.copy(cousin.root / "red2.png", draw_photo(album.root / "red2.png", []))
    album.scan()
    cousin.name("Ann", "red1")
    assert cousin.sources()["red2"] == "auto Ann"
    assert read(album, cousin) == Gathered((), (), {"elsewhere": 1})


def test_people_without_a_name_and_people_who_are_ignored_are_left_out(album: Album, tmp_path: Path) -> None:
    album.scan(red=[RED])
    start = {"id": album.face("red").id, "box": [0, 0, 9, 9]}
    told = [{"group": 7}, {"group": 7, "ignored": True}, {"called": "bob", "ignored": True}, {"not": [7]}]
    path = line(tmp_path, album, faces=[start | more for more in told], collage=True)
    assert foreign_tags.gather(album.index, path) == Gathered((), (), {"nameless": 2, "ignored": 2, "collages": 1})


def test_a_photo_that_is_turned_otherwise_here_has_the_same_stored_picture(album: Album, cousin: Album) -> None:
    draw_photo(cousin.root / "red.png", [RED], (320, 300))
    cousin.scan()
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 3
    album.root.mkdir()
    Image.open(cousin.root / "red.png").save(album.root / "red.png", exif=exif, **SAVING[".png"])
    album.scan()
    cousin.name("Ann", "red")
    (account,) = read(album, cousin).accounts
    assert intersection_over_union(account.regions[0].box, cousin.face("red").stored_box) > 0.95


def test_copies_say_what_their_original_says_once(album: Album, cousin: Album) -> None:
    for one in (album, cousin):
        draw_photo(one.root / "large.png", [RED, BLUE], (800, 400))
        Image.open(one.root / "large.png").resize((400, 200)).save(one.root / "small.png")
        one.scan()
    cousin.name("Ann", "large")
    assert b"copy_of" in cousin.tags()
    assert [account.path for account in read(album, cousin).accounts] == [b"large.png"]
    (album.root / "large.png").unlink()
    album.scan()
    (account,) = read(album, cousin).accounts
    assert (account.path, [region.name for region in account.regions]) == (b"small.png", ["Ann"])


def test_who_is_on_a_photo_without_a_place_is_taken(album: Album, tmp_path: Path) -> None:
    album.scan(red=[RED])
    path = line(tmp_path, album, faces=[], present=["Bob", " Eve "])
    assert foreign_tags.gather(album.index, path) == Gathered((Account(b"red.png", (), ("Bob", "Eve")),))


@pytest.mark.parametrize("more", [{"size": None}, {"orientation": None}])
def test_lines_that_do_not_say_what_boxes_are_measured_on_are_left_out(
    album: Album, tmp_path: Path, more: dict[str, None]
) -> None:
    album.scan(red=[RED])
    assert foreign_tags.gather(album.index, line(tmp_path, album, **more)) == Gathered((), (), {"unplaced": 1})


def test_a_broken_line_is_a_problem_with_its_number(album: Album, tmp_path: Path) -> None:
    album.scan(red=[RED])
    path = line(tmp_path, album)
    path.write_bytes(b'{"present": oops\n' + path.read_bytes() + b"[7]\n\xff\n")
    found = foreign_tags.gather(album.index, path)
    assert [problem.path.decode() for problem in found.problems] == ["line 1", "line 3", "line 4"]
    assert len(found.accounts) == 1


def test_the_own_file_and_what_is_none_are_refused(album: Album, tmp_path: Path) -> None:
    album.scan(red=[RED])
    with pytest.raises(UsageError, match="this library itself wrote"):
        foreign_tags.gather(album.index, tags(album))
    with pytest.raises(UsageError, match=r"is no tags\.jsonl"):
        foreign_tags.gather(album.index, album.root / "red.png")
    with pytest.raises(UsageError, match="is not there"):
        foreign_tags.gather(album.index, tmp_path / "no.jsonl")
