from __future__ import annotations

import os
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from phototag.errors import UnknownError, UsageError
from phototag.media import frames
from phototag.media.frames import camera, video
from tests.videos import write_video


def greys(path: Path, n: int, fps: float = 10) -> Path:
    """A video whose frames are 0, 5, 10, ... bright, red a little more."""
    return write_video(path, [np.full((64, 96, 3), (5 * i + 20, 5 * i, 5 * i), dtype=np.uint8) for i in range(n)], fps)


def test_so_many_frames_a_second_are_taken_at_their_times(tmp_path: Path) -> None:
    path = greys(tmp_path / "x.avi", 20)
    found = list(video(path, 5))
    assert [round(frame.time_s, 3) for frame in found] == [round(0.2 * i, 3) for i in range(10)]
    assert [round(float(frame.pixels[..., 1].mean()), -1) for frame in found] == [10 * i for i in range(10)]
    assert len(list(video(path, 60))) == 20
    assert [round(frame.time_s, 1) for frame in video(path, 0.5)] == [0.0]


def test_frames_are_rgb(tmp_path: Path) -> None:
    frame = next(video(greys(tmp_path / "x.avi", 2), 5))
    red, green, blue = frame.pixels.reshape(-1, 3).mean(axis=0)
    assert red > green + 10 > blue + 5
    assert frame.pixels.shape == (64, 96, 3)


def test_a_video_that_a_phone_turned_is_upright(tmp_path: Path) -> None:
    path = write_video(tmp_path / "x.mp4", [_left_half_red()] * 5)
    data = bytearray(path.read_bytes())
    at = data.index(_matrix(1, 0, 0, 1), data.index(b"tkhd"))
    data[at : at + 36] = _matrix(0, 1, -1, 0)  # a quarter turn clockwise
    path.write_bytes(data)
    frame = next(video(path, 5))
    assert frame.pixels.shape == (96, 64, 3)
    assert frame.pixels[:40, :, 0].mean() > 150 > 100 > frame.pixels[56:, :, 0].mean()  # what was left is at the top


def _left_half_red() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    pixels = np.zeros((64, 96, 3), dtype=np.uint8)
    pixels[:, :48, 0] = 220
    return pixels


def _matrix(a: int, b: int, c: int, d: int) -> bytes:
    """Of a track in an MP4 file: 16.16 fixed point, the last of each row 2.30."""
    return b"".join(
        n.to_bytes(4, "big", signed=True) for n in (a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)
    )


def test_no_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnknownError, match="no video"):
        video(tmp_path / "none.mp4", 5)
    with pytest.raises(UnknownError, match="no video"):
        video(tmp_path, 5)


def test_a_photo_is_not_looked_at_as_a_video(tmp_path: Path) -> None:
    Image.new("RGB", (64, 64)).save(tmp_path / "x.jpg")
    with pytest.raises(UsageError, match="phototag identify"):
        video(tmp_path / "x.jpg", 5)


LIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\nhttp://127.0.0.1:9/x.ts\n"


@pytest.mark.parametrize("data", [b"", b"words " * 99, LIST, b"ffconcat version 1.0\nfile good.avi\n"])
@pytest.mark.parametrize("name", ["x.mp4", "x.avi", "x.m3u8", "x"])
def test_what_is_no_video_is_said_and_lists_of_others_are_not_followed(tmp_path: Path, name: str, data: bytes) -> None:
    greys(tmp_path / "good.avi", 2)
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UsageError, match="no video"):
        video(tmp_path / name, 5)


def test_what_is_said_to_ffmpeg_is_said_to_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, other = sorted(frames.FFMPEG)
    monkeypatch.setenv(mine, "mine")
    monkeypatch.delenv(other, raising=False)
    list(video(greys(tmp_path / "x.avi", 2), 5))
    assert (os.environ[mine], os.environ.get(other)) == ("mine", None)


def test_a_video_that_is_cut_off_ends_early(tmp_path: Path) -> None:
    path = greys(tmp_path / "x.avi", 40)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert 0 < len(list(video(path, 60))) < 40


class Camera:
    """Sends a frame each 10 ms, each a little brighter, and ends."""

    def __init__(self, n: int) -> None:
        self.left, self.sent, self.is_released = n, 0, False

    def isOpened(self) -> bool:  # noqa: N802
        return self.left > 0

    def read(self) -> tuple[bool, object]:
        time.sleep(0.01)
        if not self.left:
            return False, None
        self.left, self.sent = self.left - 1, self.sent + 1
        return True, np.full((8, 8, 3), self.sent, dtype=np.uint8)

    def release(self) -> None:
        self.is_released = True


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> Camera:
    plugged = Camera(60)
    monkeypatch.setattr(cv2, "VideoCapture", lambda number: plugged if number == 3 else Camera(0))
    return plugged


def test_of_a_camera_the_newest_frame_counts(plugged: Camera) -> None:
    for frame in camera(3, 60):
        assert plugged.sent - int(frame.pixels[0, 0, 0]) <= 20  # a frame or two; a machine may be busy
        time.sleep(0.1)
    assert plugged.is_released


def test_a_camera_is_not_asked_more_often_than_wanted(plugged: Camera) -> None:
    assert len(list(camera(3, 5))) <= 6 < plugged.sent


def test_a_camera_is_let_go_when_nobody_looks(plugged: Camera) -> None:
    looking = camera(3, 60)
    next(looking)
    looking.close()
    assert plugged.is_released
    assert plugged.left


def test_no_camera_is_said(plugged: Camera) -> None:
    with pytest.raises(UnknownError, match="no camera 1"):
        camera(1, 5)
