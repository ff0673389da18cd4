from __future__ import annotations

from pathlib import Path

from phototag.settings import load


def test_an_option_wins_over_the_environment() -> None:
    assert load(Path("/option"), None, {"PHOTOTAG_LIBRARY": "/variable"}).library == Path("/option")
    assert load(None, None, {"PHOTOTAG_LIBRARY": "/variable"}).library == Path("/variable")


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load(None, None, {"PHOTOTAG_LIBRARY": ""}).library is None


def test_paths_become_absolute() -> None:
    assert load(Path("pictures"), Path("index"), {}).library == Path.cwd() / "pictures"


def test_the_cache_can_be_moved() -> None:
    assert load(None, None, {"PHOTOTAG_CACHE": "/elsewhere"}).cache == Path("/elsewhere")
    assert load(None, None, {}).cache.name == "phototag"
