"""Copies are found, share what is said, and are listed."""

from __future__ import annotations

import io
import json
import os
import random
from pathlib import Path

import pytest
from PIL import Image

from phototag.app.copies import duplicates
from phototag.app.history import undo
from phototag.index import faces, health
from phototag.index.db import transaction
from phototag.index.draft import Draft
from phototag.index.journal import Kind, decide
from phototag.index.spots import Spot
from phototag.types import Box
from tests.conftest import BLUE, GREEN, RED, Album, Command, draw_photo


def reencode(source: Path, target: Path, scale: float = 1.0, quality: int = 80) -> Path:
    """Save a picture again, smaller perhaps, in the format that the name says."""
    with Image.open(source) as image:
        size = (round(image.width * scale), round(image.height * scale))
        image.convert("RGB").resize(size).save(target, **({"quality": quality} if target.suffix != ".png" else {}))
    return target


def families(album: Album) -> list[list[str]]:
    return [[os.fsdecode(copy.path) for copy in family] for family in duplicates(album.index).files]


def photos(album: Album) -> list[str]:
    """Where faces are listed."""
    return [os.fsdecode(face.path) for face in faces.faces(album.index.db)]


@pytest.mark.parametrize("name", ["small.jpg", "small.webp", "small.png", "sub.heic"])
def test_a_picture_encoded_anew_is_a_copy(album: Album, name: str) -> None:
    album.draw(big=[RED, BLUE])
    reencode(album.root / "big.png", album.root / name, scale=0.5)
    album.scan()
    assert families(album) == [["big.png", name]]
    assert photos(album) == ["big.png", "big.png"]


def test_another_photo_of_the_same_people_is_no_copy(album: Album) -> None:
    album.scan(one=[RED, BLUE], two=[RED, BLUE])
    assert families(album) == []


def test_the_same_scene_with_somebody_else_is_no_copy(album: Album) -> None:
    album.draw(one=[RED])
    with Image.open(album.root / "one.png") as image:
        swapped = image.copy()
    swapped.paste(BLUE, (90, 90, 230, 210))
    swapped.save(album.root / "two.png")
    album.scan()
    assert families(album) == []
    assert photos(album) == ["one.png", "two.png"]


def test_a_name_said_of_one_is_said_of_both(album: Album) -> None:
    album.draw(big=[RED])
    reencode(album.root / "big.png", album.root / "small.jpg", scale=0.5)
    album.scan()
    album.name("anna", "big")
    lines = [json.loads(line) for line in _tags(album).splitlines()]
    assert [(line["photo"], line["people"]) for line in lines] == [("big.png", ["anna"]), ("small.jpg", ["anna"])]


def test_a_copy_that_comes_later_knows_who_is_on_it(album: Album) -> None:
    album.scan(big=[RED])
    album.name("anna", "big")
    reencode(album.root / "big.png", album.root / "small.jpg", scale=0.5)
    album.scan()
    assert families(album) == [["big.png", "small.jpg"]]
    assert album.sources() == {"big": "human anna"}


def test_a_larger_original_that_comes_later_takes_over_what_was_said(album: Album) -> None:
    album.draw(small=[RED])
    album.scan()
    album.name("anna", "small")
    with Image.open(album.root / "small.png") as image:
        image.resize((image.width * 2, image.height * 2)).save(album.root / "large.png")
    album.scan()
    assert families(album) == [["large.png", "small.png"]]
    assert album.sources() == {"large": "human anna"}


def test_when_the_original_goes_its_copy_has_the_name(album: Album) -> None:
    album.draw(big=[RED])
    reencode(album.root / "big.png", album.root / "small.png", scale=0.75)
    album.scan()
    album.name("anna", "big")
    (album.root / "big.png").unlink()
    album.scan()
    assert families(album) == []
    assert album.sources() == {"small": "human anna"}
    assert health.unbound(album.index.db) == []


def test_what_is_said_of_a_copy_later_holds_for_the_original_that_comes_back(album: Album) -> None:
    album.scan(big=[RED])
    album.name("anna", "big")
    away = (album.root / "big.png").rename(album.root.parent / "away.png")
    reencode(away, album.root / "small.png", scale=0.75)
    album.scan()
    assert album.sources() == {"small": "human anna"}
    album.name("ben", "small")
    away.rename(album.root / "big.png")
    album.scan()
    assert album.sources() == {"big": "human ben"}


def test_photos_that_were_named_differently_stay_apart(album: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    album.draw(big=[RED])
    reencode(album.root / "big.png", album.root / "small.png", scale=0.75)
    with monkeypatch.context() as before:
        before.setattr("phototag.app.copies.link", lambda index: None)  # an older phototag
        album.scan()
    album.name("anna", "big")
    album.name("ben", "small")
    album.scan()
    assert families(album) == []
    assert album.sources() == {"big": "human anna", "small": "human ben"}
    undo(album.index, None, at_ns=2)
    album.scan()
    assert families(album) == [["big.png", "small.png"]]


def test_the_order_of_scanning_does_not_matter(tmp_path: Path, phototag: Command) -> None:
    order = ["big.png", "half.jpg", "third.webp", "other.png"]
    drawn = draw_photo(tmp_path / "big.png", [RED, GREEN], (640, 300))
    reencode(drawn, tmp_path / "half.jpg", 0.5)
    reencode(drawn, tmp_path / "third.webp", 0.34)
    draw_photo(tmp_path / "other.png", [RED, GREEN], (640, 300))
    found = set()
    for seed in range(3):
        one = Album(tmp_path / f"library{seed}", phototag)
        one.root.mkdir()
        for name in random.Random(seed).sample(order, len(order)):
            os.link(tmp_path / name, one.root / name)
            one.scan()
        found.add(json.dumps(families(one)))
        one.close()
    assert found == {json.dumps([["big.png", "half.jpg", "third.webp"]])}


def test_a_rebuilt_index_has_the_names_of_copies(album: Album, phototag: Command) -> None:
    album.draw(big=[RED])
    reencode(album.root / "big.png", album.root / "small.jpg", scale=0.5)
    album.scan()
    album.name("anna", "big")
    before = _tags(album)
    album.close()
    (album.root / ".phototag" / "index.db").unlink()
    assert phototag("rebuild", album.root, "--engine", "fake") == 0
    assert album.sources() == {"big": "human anna"}
    assert album.tags() == before


@pytest.mark.parametrize("is_scanned", [True, False])
def test_a_rebuilt_index_has_the_name_though_only_the_copy_is_left(
    album: Album, phototag: Command, is_scanned: bool
) -> None:
    album.draw(big=[RED], other=[RED, BLUE])
    reencode(album.root / "big.png", album.root / "small.jpg", scale=0.5)
    album.scan()
    album.name("anna", "big")
    album.scan()
    (album.root / "big.png").unlink()
    if is_scanned:
        album.scan()
    album.close()
    (album.root / ".phototag" / "index.db").unlink()
    assert phototag("rebuild", album.root, "--engine", "fake") == 0, phototag.err
    assert album.sources()["small"] == "human anna"
    assert album.scan() == 0
    album.close()
    (album.root / ".phototag" / "index.db").unlink()
    assert phototag("rebuild", album.root, "--engine", "fake") == 0, phototag.err
    assert album.sources()["small"] == "human anna"


def test_a_rebuilt_index_has_what_was_said_of_a_copy_alone(album: Album, phototag: Command) -> None:
    album.draw(big=[RED])
    reencode(album.root / "big.png", album.root / "small.png", scale=0.75)
    place = album.root / "small.png"
    album.scan()
    (face,) = faces.faces(album.index.db)
    (copy,) = [file for file in faces.photos_on_disk(album.index.db) if file.is_copy]
    with transaction(album.index.db, durable=True):
        draft = Draft(album.index.db)
        draft.no_face(Spot("0" * 16, copy.content, Box(0, 0, 0.1, 0.1)))
        decide(album.index.db, Kind.NOT_A_FACE, {"faces": 1}, draft, 1)
    album.scan()
    before = album.tags()
    assert before.count(b'"copy_only": true') == 1
    assert place.is_file() and face.path == b"big.png"
    album.close()
    (album.root / ".phototag" / "index.db").unlink()
    assert phototag("rebuild", album.root, "--engine", "fake") == 0, phototag.err
    assert album.tags() == before


def test_duplicates_lists_what_there_is(album: Album, phototag: Command) -> None:
    album.draw(big=[RED])
    reencode(album.root / "big.png", album.root / "small.jpg", scale=0.5)
    (album.root / "again.png").write_bytes((album.root / "big.png").read_bytes())
    album.scan()
    assert phototag("duplicates", "--library", album.root) == 0
    assert "1 photo in 3 files" in phototag.out and "phototag deletes nothing" in phototag.out
    assert phototag("duplicates", "--library", album.root, "--json") == 0
    document = json.loads(phototag.out)
    (family,) = document["duplicates"]
    assert [(file["photo"], file["same"]) for file in family] == [
        ("again.png", "picture"), ("big.png", "picture"), ("small.jpg", "copy")]  # fmt: skip
    spare = (album.root / "big.png").stat().st_size + (album.root / "small.jpg").stat().st_size
    assert document["spare_bytes"] == spare


def test_duplicates_says_so_where_there_is_none(album: Album, phototag: Command) -> None:
    album.scan(one=[RED])
    assert phototag("duplicates", "--library", album.root) == 0
    assert phototag.out == "No photo is there more than once.\n"


def test_a_raw_and_its_jpeg_are_one_photo_though_their_tones_differ(album: Album) -> None:
    album.draw(IMG_1=[RED])
    with Image.open(album.root / "IMG_1.png") as image:
        toned = image.convert("RGB").point([round(255 * (i / 255) ** 0.7) for i in range(256)] * 3)
    out = io.BytesIO()
    toned.save(out, "JPEG", quality=90)
    (album.root / "IMG_1.dng").write_bytes(out.getvalue())  # read by its content
    album.scan()
    assert ["IMG_1.dng", "IMG_1.png"] in [sorted(family) for family in families(album)]


def _tags(album: Album) -> bytes:
    """tags.jsonl as it is after everything said so far."""
    album.scan()
    return album.tags()
