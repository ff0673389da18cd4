from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from phototag.app.groups import Guess, _guess
from phototag.app.known import FaceQuery, known_faces
from phototag.app.name import name_faces
from phototag.index.faces import KnownFace
from phototag.types import Box, Source
from tests.conftest import RED, Album, Command, draw_photo


def face(person: str | None, distance: float | None) -> KnownFace:
    source = None if person is None else Source.SUGGESTED
    return KnownFace("id", "hash", b"a", 1, 9, 9, Box(0, 0, 1, 1), 1, 1, 1, person, source, distance, None)


@pytest.mark.parametrize(
    ("faces", "guess"),
    [
        ([face(None, None)], None),
        ([face("ann", 0.3)], Guess("ann", 0.3)),
        ([face("ann", 0.3), face(None, None)], Guess("ann", 0.3)),
        ([face("ann", 0.3), face(None, None), face(None, None)], None),
        ([face("ann", 0.3), face("ann", 0.5), face("ann", 0.31), face("bob", 0.1)], Guess("ann", 0.31)),
    ],
)
def test_a_group_is_perhaps_whoever_half_of_its_faces_may_be(faces: list[KnownFace], guess: Guess | None) -> None:
    assert _guess(faces) == guess


def test_the_groups_are_the_same_in_whatever_order_the_photos_came(phototag: Command, tmp_path: Path) -> None:
    shades = ["#e00000", "#d40000", "#0000e0", "#0000d0", "#0000c0", "#00e000"]

    def partition(root: Path) -> set[frozenset[str]]:
        phototag("faces", "--json", "--library", root)
        groups: dict[int, set[str]] = {}
        for found in json.loads(phototag.out)["faces"]:
            if found["cluster"] is not None:
                groups.setdefault(found["cluster"], set()).add(found["id"])
        return {frozenset(group) for group in groups.values()}

    at_once, one_by_one = tmp_path / "at once", tmp_path / "one by one"
    for i, shade in enumerate(shades):
        draw_photo(at_once / f"{i}.png", [shade])
    phototag("scan", at_once, "--engine", "fake")
    for i, shade in reversed(list(enumerate(shades))):
        draw_photo(one_by_one / f"{i}.png", [shade])
        phototag("scan", one_by_one, "--engine", "fake")
    assert partition(at_once) == partition(one_by_one)
    assert len(partition(at_once)) == 2


def test_a_group_keeps_its_number_when_it_grows(phototag: Command, library: Path) -> None:
    phototag("scan", library, "--engine", "fake")
    for i in range(3):
        draw_photo(library / f"blue{i}.png", ["#0000e0"], (301 + i, 200))
    phototag("scan", library)
    phototag("clusters", "--json")
    assert [(g["id"], g["faces"]) for g in json.loads(phototag.out)["clusters"]] == [(2, 5), (1, 3)]


# Nobody is on a photo twice


def groups_of(album: Album) -> dict[tuple[str, int], int | None]:
    """Photo and number of each face -> its group."""
    known = {photo.stem: known_faces(album.index, FaceQuery(photo.name)) for photo in album.root.glob("*.png")}
    return {(name, i): face.cluster for name, faces in known.items() for i, face in enumerate(faces)}


def test_two_faces_of_one_photo_are_never_one_group_however_alike(album: Album) -> None:
    album.scan(
        twins1=[RED, RED], twins2=[RED, "#d80000"], triplets=[RED, RED, "#e00808"],
        **{f"single{i}": [shade] for i, shade in enumerate([RED, "#d00000", "#c00000", "#b00000"])},
    )  # fmt: skip
    found = groups_of(album)
    for photo in ("twins1", "twins2", "triplets"):
        here = [group for (name, _), group in found.items() if name == photo and group is not None]
        assert len(here) == len(set(here))
    sizes = Counter(group for group in found.values() if group is not None)
    assert sizes  # there are groups all the same, and single faces are in them
    assert any(found[f"single{i}", 0] is not None for i in range(4))


def test_a_face_of_a_group_keeps_others_of_its_photo_out_for_good(album: Album) -> None:
    """Later photos are near both faces of a first one; they cannot bridge the two."""
    album.scan(both=[RED, "#c00000"], red1=[RED], red2=["#c00000"])
    for i in range(4):
        album.scan(**{f"more{i}": [["#d00000"], ["#c80000"]][i % 2]})
        found = groups_of(album)
        assert found["both", 0] is None or found["both", 0] != found["both", 1]


def test_two_faces_of_one_photo_are_one_group_where_you_gave_them_one_name(album: Album) -> None:
    """A mirror, or a collage."""
    album.scan(mirror=[RED, RED], red=[RED])
    assert len({group for (name, _), group in groups_of(album).items() if name == "mirror"}) == 2
    name_faces(album.index, [album.face("mirror", 0), album.face("mirror", 1)], "elon", at_ns=1)
    album.scan()
    (group,) = {group for (name, _), group in groups_of(album).items() if name == "mirror"}
    assert group is not None


# What a person said


def test_faces_that_are_not_somebody_are_not_in_their_group(album: Album) -> None:
    album.scan(**{f"red{i}": [RED] for i in range(4)})
    assert len(set(groups_of(album).values())) == 1
    album.name("elon", "red0", "red1")
    album.refuse("elon", "red2")
    album.scan()
    found = groups_of(album)
    assert found["red0", 0] == found["red1", 0] != found["red2", 0]
