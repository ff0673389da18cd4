from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from phototag.app import kept_distances, tag
from phototag.app.evidence import gather
from phototag.app.kept_distances import FILE, FOLDER
from phototag.index.db import forget_results
from tests.conftest import BLUE, DARK_RED, LIGHT_RED, PALE_RED, Album


@pytest.fixture
def known(album: Album) -> Album:
    """Dark is elon, light is tagged as elon, pale is asked for, blue is ann."""
    album.scan(dark=[DARK_RED], light=[LIGHT_RED], pale=[PALE_RED], blue=[BLUE])
    album.name("elon", "dark")
    album.name("ann", "blue")
    return album


EXPECTED = {"dark": "human elon", "light": "auto elon", "pale": "suggested elon", "blue": "human ann"}


def path(album: Album) -> Path:
    return album.root / ".phototag" / FOLDER / FILE


def retag(album: Album) -> None:
    forget_results(album.index.db)
    evidence = gather(album.index)
    assert evidence is not None
    tag.retag(album.index, evidence)


def test_a_decision_leaves_the_distances_to_the_next_command(known: Album) -> None:
    assert known.sources() == EXPECTED
    table = kept_distances.kept_distances(known.index)
    assert table is not None
    assert table.distances.shape == (2, 4)


def test_what_was_taken_back_in_the_meantime_is_not_taken_from_it(known: Album) -> None:
    known.refuse("ann", "blue")
    known.name("ann", "pale")
    assert known.sources() == {"dark": "human elon", "light": "auto ann", "pale": "human ann", "blue": None}


def test_it_is_not_written_again_while_it_is_the_same(known: Album) -> None:
    before = path(known).stat()
    retag(known)
    assert (path(known).stat().st_ino, path(known).stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 255
    file.write_bytes(data)


def foreign(file: Path) -> None:
    np.savez(file, faces=np.zeros(3), digests=np.zeros(3), references=np.zeros(1), distances=np.zeros((1, 3)))


def pickled(file: Path) -> None:
    parts = np.array([None])
    np.savez(file, faces=parts, digests=parts, references=parts, distances=parts)


def no_archive(file: Path) -> None:
    with file.open("wb") as opened:
        np.save(opened, np.zeros(3))


def folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize(
    "harm", [Path.unlink, cut, flip, foreign, pickled, no_archive, folder, lambda file: file.write_bytes(b"")]
)
def test_whatever_becomes_of_the_file_tags_are_the_same(known: Album, harm: Callable[[Path], None]) -> None:
    harm(path(known))
    retag(known)
    assert known.sources() == EXPECTED
    retag(known)
    assert known.sources() == EXPECTED


def test_a_table_that_is_too_large_is_not_kept(known: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_distances, "LARGEST", 2 * 4 * 4 - 1)
    known.name("elon", "light")
    assert not path(known).exists()
    assert known.sources() == EXPECTED | {"light": "human elon"} | {"pale": "auto elon"}
