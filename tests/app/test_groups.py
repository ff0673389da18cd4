from __future__ import annotations

import json
from pathlib import Path

import pytest

from phototag.app.groups import Guess, _guess
from phototag.index.faces import KnownFace
from phototag.types import Box, Source
from tests.conftest import Command, draw_photo


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
