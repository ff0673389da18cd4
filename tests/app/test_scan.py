from __future__ import annotations

import pytest

from phototag.app.scan import _by_size, _kinds
from phototag.types import PhotoFile


@pytest.mark.parametrize(
    ("hashes", "before", "missing", "kinds"),
    [
        ({b"a": "A"}, {}, [], {"new": 1}),
        ({b"a": "A"}, {b"a": "A"}, [], {"unchanged": 1}),
        ({b"a": "B"}, {b"a": "A"}, [], {"changed": 1}),
        ({b"b": "A"}, {b"a": "A"}, [b"a"], {"moved": 1}),
        ({b"b": "A"}, {b"a": "A"}, [], {"duplicates": 1}),
        ({}, {b"a": "A"}, [b"a"], {"gone": 1}),
        ({b"b": "B"}, {b"a": "A"}, [b"a"], {"new": 1, "gone": 1}),
        # one of two copies moved, the other stayed
        ({b"c": "A"}, {b"a": "A", b"b": "A"}, [b"a"], {"moved": 1}),
        # moved and copied at once: the first path in order is the one that moved
        ({b"b": "A", b"c": "A"}, {b"a": "A"}, [b"a"], {"moved": 1, "duplicates": 1}),
        # two files changed places
        ({b"a": "B", b"b": "A"}, {b"a": "A", b"b": "B"}, [], {"changed": 2}),
        ({b"a": "A", b"b": "A"}, {}, [], {"new": 1, "duplicates": 1}),
        # all photos are read again, and a copy of one has come whose name is before it
        ({b"a": "A", b"b": "A"}, {b"b": "A"}, [], {"unchanged": 1, "duplicates": 1}),
        # a path that was a problem before is not known: when it is gone nobody misses it
        ({}, {}, [b"bad"], {}),
    ],
)
def test_what_happened_to_files_is_told_from_paths_and_pictures(
    hashes: dict[bytes, str], before: dict[bytes, str], missing: list[bytes], kinds: dict[str, int]
) -> None:
    assert {kind: n for kind, n in _kinds(hashes, before, missing).items() if n} == kinds


def test_only_files_that_share_a_size_may_be_copies() -> None:
    one, two, three = PhotoFile(b"1", 100, 0), PhotoFile(b"2", 200, 0), PhotoFile(b"3", 300, 0)
    four = PhotoFile(b"4", 100, 0)
    assert _by_size([one, two, three, four], known_sizes={300}) == ([two], [one, three, four])
