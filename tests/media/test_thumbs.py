from __future__ import annotations

import errno
import os
import shutil
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from phototag.media import thumbs as module
from phototag.media.thumbs import Kind, Thumb, Thumbs

DAY_S = 86_400
FACE, PHOTO = Thumb(Kind.FACE, "3f" + "0" * 14, 1), Thumb(Kind.PHOTO, "ab" + "0" * 30, 6)


def jpeg(size: int = 100) -> bytes:
    """What begins and ends like a JPEG file."""
    return b"\xff\xd8" + b"\0" * (size - 4) + b"\xff\xd9"


def face(number: int) -> Thumb:
    return Thumb(Kind.FACE, f"{number:016x}", 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "thumbs"


def aged(folder: Path, thumb: Thumb, days: float) -> Path:
    """Make a picture look as if it had not been looked at for so long."""
    path = folder / thumb.kind / thumb.of[:2] / thumb.file_name
    then = time.time() - days * DAY_S
    os.utime(path, (then, then))
    return path


def test_a_picture_comes_back_as_it_was_put(folder: Path) -> None:
    thumbs = Thumbs(folder)
    assert thumbs.get(FACE) is None
    thumbs.put(FACE, jpeg(100))
    thumbs.put(PHOTO, jpeg(200))
    assert thumbs.get(FACE) == jpeg(100)
    assert Thumbs(folder).get(PHOTO) == jpeg(200)


def test_pictures_lie_in_folders_of_faces_and_photos(folder: Path) -> None:
    for thumb in (FACE, PHOTO):
        Thumbs(folder).put(thumb, jpeg())
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert files == {f"faces/3f/{FACE.of}-1.jpg", f"photos/ab/{PHOTO.of}-6.jpg"}


def test_a_photo_that_is_turned_has_another_picture(folder: Path) -> None:
    Thumbs(folder).put(FACE, jpeg())
    assert Thumbs(folder).get(FACE._replace(orientation=6)) is None


@pytest.mark.parametrize("torn", [b"", b"\0" * 100, jpeg()[:50], jpeg()[2:]])
def test_a_torn_picture_is_none(folder: Path, torn: bytes) -> None:
    thumbs = Thumbs(folder)
    thumbs.put(FACE, jpeg())
    aged(folder, FACE, 0).write_bytes(torn)
    assert thumbs.get(FACE) is None
    thumbs.put(FACE, jpeg())
    assert thumbs.get(FACE) == jpeg()


def test_a_look_is_noted_once_a_day(folder: Path) -> None:
    thumbs = Thumbs(folder)
    thumbs.put(FACE, jpeg())
    path = aged(folder, FACE, 0.5)
    half_a_day_ago = path.stat().st_mtime
    thumbs.get(FACE)
    assert path.stat().st_mtime == half_a_day_ago
    aged(folder, FACE, 2)
    thumbs.get(FACE)
    assert time.time() - path.stat().st_mtime < 60


def test_the_longest_unused_go_when_there_are_too_many(folder: Path) -> None:
    thumbs = Thumbs(folder)
    for i in range(10):
        thumbs.put(face(i), jpeg(100))
        aged(folder, face(i), 10 - i)
    Thumbs(folder).get(face(0))  # looked at today
    bounded = Thumbs(folder, most_bytes=450)
    bounded.keep_only({Kind.FACE: {face(i).file_name for i in range(10)}})
    assert [i for i in range(10) if bounded.has(face(i))] == [0, 7, 8, 9]


def test_the_bound_holds_while_pictures_are_put(folder: Path) -> None:
    thumbs = Thumbs(folder, most_bytes=5_000)
    for i in range(100):
        thumbs.put(face(i), jpeg(100))
        assert sum(path.stat().st_size for path in folder.rglob("*.jpg")) <= 5_100
    assert thumbs.get(face(99)) is not None


def test_only_what_is_wanted_stays(folder: Path) -> None:
    thumbs = Thumbs(folder)
    for thumb in (FACE, face(1), PHOTO):
        thumbs.put(thumb, jpeg())
    thumbs.keep_only({Kind.FACE: {FACE.file_name}})
    assert [thumbs.has(thumb) for thumb in (FACE, face(1), PHOTO)] == [True, False, False]


def test_what_a_crash_left_goes_and_what_is_not_ours_stays(folder: Path) -> None:
    Thumbs(folder).put(FACE, jpeg())
    shard = folder / "faces" / "3f"
    left = shard / f".{FACE.file_name}.abcd_123.tmp"
    others = [shard / "holiday.jpg", folder / "faces" / "mine" / FACE.file_name, folder / "note.txt"]
    for path in (left, *others):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    Thumbs(folder, most_bytes=1_000).keep_only({Kind.FACE: {FACE.file_name}})
    assert not left.exists()
    assert all(path.exists() for path in others)


def test_where_there_is_no_folder_nothing_is_there_to_remove(folder: Path) -> None:
    Thumbs(folder).keep_only({})
    assert not folder.exists()


def test_a_disk_with_little_room_is_left_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = SimpleNamespace(free=module.LEAST_FREE_BYTES - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    Thumbs(folder).put(FACE, jpeg())
    assert not folder.exists()


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT])
def test_what_cannot_be_written_is_not_kept(folder: Path, monkeypatch: pytest.MonkeyPatch, error: int) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(Path, "write_bytes", fail)
    Thumbs(folder).put(FACE, jpeg())
    assert Thumbs(folder).get(FACE) is None


def test_a_file_in_the_place_of_the_folder_stops_nothing(folder: Path) -> None:
    folder.write_text("a file")
    thumbs = Thumbs(folder)
    thumbs.put(FACE, jpeg())
    thumbs.keep_only({})
    assert thumbs.get(FACE) is None
    assert folder.read_text() == "a file"
