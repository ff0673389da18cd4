"""Distances on Earth, taken as a sphere: at most 0.6 % wrong."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

RADIUS_KM = 6371.0
"""The mean one (IUGG)."""


def distances_km(here: tuple[float, float], there: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    """From one place to each of n others, shape (n,); latitudes and longitudes in degrees (haversine formula)."""
    latitude, longitude = np.radians(here)
    latitudes, longitudes = np.radians(np.array(there, dtype=np.float64).reshape(-1, 2)).T
    lesser = math.cos(latitude) * np.cos(latitudes)
    root = np.sin((latitudes - latitude) / 2) ** 2 + lesser * np.sin((longitudes - longitude) / 2) ** 2
    distances: NDArray[np.float64] = 2 * RADIUS_KM * np.arcsin(np.sqrt(np.minimum(root, 1)))
    return distances


def latitudes(latitude: float, radius_km: float) -> tuple[float, float]:
    """The southernmost and northernmost latitude that is as near, in degrees; may lie beyond the poles."""
    reach = math.degrees(radius_km / RADIUS_KM) * (1 + 1e-9) + 1e-9
    return latitude - reach, latitude + reach
