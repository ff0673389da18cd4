from __future__ import annotations

from phototag.app.overview import overview
from phototag.index.db import Index
from tests.conftest import BLUE, RED, Album


def test_an_empty_index(index: Index) -> None:
    found = overview(index)
    assert (found.space, found.photos, found.faces, found.people, found.clusters) == (None, 0, 0, 0, 0)


def test_a_library(album: Album) -> None:
    album.scan(red1=[RED], red2=[RED], blue1=[BLUE], blue2=[BLUE], nobody=[])
    album.name("elon", "red1", "red2")
    found = overview(album.index)
    assert (found.photos, found.faces, found.people, found.clusters, found.problems) == (5, 4, 1, 1, 0)
