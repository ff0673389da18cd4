"""Light is 0.32 from dark and tagged by it; see tests/conftest.py."""

from __future__ import annotations

import pytest

from phototag.app import suspects as rule
from phototag.app.evidence import gather, keep_limits
from phototag.app.known import known_faces, require_person
from phototag.app.suspects import suspects
from phototag.core.matching import StrongLimits
from phototag.index.db import transaction
from tests.conftest import BLUE, DARK_RED, LIGHT_RED, PALE_RED, Album


@pytest.fixture
def tagged(album: Album) -> Album:
    """Dark has the name elon; dark2, light and red are tagged so, pale is a question."""
    album.scan(dark=[DARK_RED], dark2=[DARK_RED], red=["#b00000"], light=[LIGHT_RED], pale=[PALE_RED], blue=[BLUE])
    album.name("elon", "dark")
    sources = album.sources()
    assert [sources[name] for name in ("dark2", "red", "light")] == ["auto elon"] * 3
    assert sources["pale"] == "suggested elon"
    return album


def found(album: Album) -> list[str]:
    elon = require_person(album.index, "elon")
    names = {face.id: face.path.decode().removesuffix(".png") for face in known_faces(album.index)}
    return [names[face] for face in suspects(album.index, elon)]


def test_the_least_sure_tag_comes_first(tagged: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule, "NEAR", 100.0)
    assert found(tagged) == ["light", "red", "dark2"]


def test_tags_far_below_the_limit_deserve_no_look(tagged: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    known = gather(tagged.index)
    assert known is not None
    (light,) = [face for face in known_faces(tagged.index) if face.path == b"light.png"]
    assert light.distance is not None
    score = light.distance - known.space.thresholds.largest_gap  # nobody else has a name
    near = rule.NEAR * known.space.thresholds.largest_gap
    for limit, suspected in ((score + 0.9 * near, ["light"]), (score + 1.1 * near, [])):
        with transaction(tagged.index.db):
            keep_limits(tagged.index, known.space, StrongLimits(limit))
        assert found(tagged)[:1] == suspected


def test_a_limit_of_their_own_counts(tagged: Album) -> None:
    known = gather(tagged.index)
    assert known is not None
    with transaction(tagged.index.db):
        keep_limits(tagged.index, known.space, StrongLimits(-9.0, {require_person(tagged.index, "elon").id: 9.0}))
    assert found(tagged) == []


def test_what_a_human_said_is_no_suspect(tagged: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule, "NEAR", 100.0)
    tagged.name("elon", "light")
    assert "light" not in found(tagged)
    assert "dark" not in found(tagged)
