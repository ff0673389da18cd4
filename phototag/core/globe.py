"""Distances on Earth, taken as a sphere: at most 0.5 % wrong."""

from __future__ import annotations

import math

RADIUS_KM = 6371.0
"""The mean one (IUGG)."""


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """From one place to another; latitude and longitude in degrees (haversine formula)."""
    north, east = math.radians(b[0] - a[0]), math.radians(b[1] - a[1])
    lesser = math.cos(math.radians(a[0])) * math.cos(math.radians(b[0]))
    root = math.sin(north / 2) ** 2 + lesser * math.sin(east / 2) ** 2
    return 2 * RADIUS_KM * math.asin(min(1.0, math.sqrt(root)))


def latitudes(latitude: float, radius_km: float) -> tuple[float, float]:
    """The southernmost and northernmost latitude that is as near, in degrees; may lie beyond the poles."""
    reach = math.degrees(radius_km / RADIUS_KM) * (1 + 1e-9) + 1e-9
    return latitude - reach, latitude + reach
