"""Distances on Earth."""

from __future__ import annotations

import pytest

from phototag.core.globe import distances_km, latitudes

PARIS, LONDON = (48.8566, 2.3522), (51.5074, -0.1278)


def test_from_paris_to_london_and_to_paris() -> None:
    assert distances_km(PARIS, [LONDON, PARIS]).tolist() == pytest.approx([343.6, 0], abs=0.5)


def test_across_the_date_line_and_over_the_pole() -> None:
    assert distances_km((0, 179.5), [(0, -179.5)]).tolist() == pytest.approx([111.2], abs=0.1)
    assert distances_km((89.5, 0), [(89.5, 180)]).tolist() == pytest.approx([111.2], abs=0.1)
    assert distances_km((90, 0), [(-90, 0)]).tolist() == pytest.approx([20015], abs=1)


def test_to_nowhere() -> None:
    assert distances_km(PARIS, []).tolist() == []


def test_the_latitudes_that_are_as_near() -> None:
    assert latitudes(0, 111.195) == pytest.approx((-1, 1), abs=0.001)
