from __future__ import annotations

from phototag.app.evidence import calibrated_limits, gather, keep_limits
from phototag.core.matching import StrongLimits
from phototag.engines import fake
from phototag.index.db import transaction
from tests.conftest import BLUE, DARK_RED, GREEN, RED, Album


def fingerprint(album: Album) -> bytes:
    known = gather(album.index)
    assert known is not None
    return known.fingerprint


def test_the_same_evidence_has_the_same_fingerprint_and_any_other_another(album: Album) -> None:
    album.scan(red=[RED], blue=[BLUE])
    seen = [fingerprint(album)]
    assert fingerprint(album) == seen[0]
    album.scan(green=[GREEN])
    seen.append(fingerprint(album))
    album.name("elon", "red")
    seen.append(fingerprint(album))
    album.refuse("elon", "blue")
    seen.append(fingerprint(album))
    with transaction(album.index.db):
        keep_limits(album.index, fake.FakeEngine().space, StrongLimits(0.1))
    seen.append(fingerprint(album))
    with transaction(album.index.db):
        keep_limits(album.index, fake.FakeEngine().space, StrongLimits(0.1, {1: 0.2}))
    seen.append(fingerprint(album))
    assert len(set(seen)) == len(seen) == 6


def test_limits_come_back_as_they_were_kept(album: Album) -> None:
    album.scan(dark=[DARK_RED])
    space, limits = fake.FakeEngine().space, StrongLimits(0.123456789, {7: -0.05, 12: 0.2})
    assert calibrated_limits(album.index, space) is None
    with transaction(album.index.db):
        keep_limits(album.index, space, limits)
    assert calibrated_limits(album.index, space) == limits
    with transaction(album.index.db):
        keep_limits(album.index, space, None)
    assert calibrated_limits(album.index, space) is None
