"""Pictures one after the other: of a video file, or of a camera as they come."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from phototag.errors import UnknownError, UsageError
from phototag.media.formats import Kind, kind_of

if TYPE_CHECKING:
    from phototag.types import Pixels

FORMATS = "avi,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mpegts,mpeg,mpegvideo,h264,hevc,asf,flv,ogg,m4v,dv"
"""FFmpeg's names of the containers that are read: videos, but no pictures, no text, and no lists of other files."""

FFMPEG = {
    "OPENCV_FFMPEG_CAPTURE_OPTIONS": f"protocol_whitelist;file|format_whitelist;{FORMATS}",
    "OPENCV_FFMPEG_LOGLEVEL": "-8",
}
"""How OpenCV is told. Without the first, a file could send FFmpeg to the network; the second is quiet."""

USUAL_FPS = 25.0
"""Of a file that does not say it."""

SILENT_S = 10.0
"""So long a camera may send nothing before it counts as gone: some take seconds to start."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture.

    Attributes:
        time_s: since the beginning of the video, or since the camera was opened.
        pixels: (h, w, 3) RGB, upright.
    """

    time_s: float
    pixels: Pixels


def video(path: Path, fps: float) -> Generator[Frame, None, None]:
    """The frames of a video file, the first and then at most so many a second.

    Turned as the file says (phones store the turn, not a turned picture).

    Args:
        path: of the file.
        fps: frames a second of the video's own time.

    Raises:
        UnknownError: there is no such file.
        UsageError: it is no video that can be read.
    """
    if not path.is_file():
        raise UnknownError(f"There is no video {path}.")
    if kind_of(os.fsencode(path.name)) in (Kind.PHOTO, Kind.RAW):
        raise UsageError(f"{path} is a photo. Who is on it: phototag identify PHOTO")
    with _said_to_ffmpeg():
        capture = _opened(path)
    return _of_video(capture, fps)


def _opened(path: Path) -> cv2.VideoCapture:
    try:
        capture = cv2.VideoCapture(str(path.absolute()), cv2.CAP_FFMPEG)
    except UnicodeEncodeError:
        raise UsageError(f"OpenCV cannot open a file of this name: {os.fsencode(path)!r}. Rename it.") from None
    capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
    if not capture.isOpened() or not capture.grab():
        capture.release()
        raise UsageError(f"{path} is no video that can be read, or it is damaged.")
    return capture


def _of_video(capture: cv2.VideoCapture, fps: float) -> Generator[Frame, None, None]:
    """The first frame is grabbed already."""
    between_s = 1 / (capture.get(cv2.CAP_PROP_FPS) or USUAL_FPS)
    time_s, due_s, is_there = 0.0, 0.0, True
    try:
        while is_there:
            if time_s >= due_s - between_s / 2:
                is_good, bgr = capture.retrieve()
                if is_good:
                    yield Frame(time_s, _rgb(np.asarray(bgr, dtype=np.uint8)))
                due_s = max(due_s + 1 / fps, time_s)
            is_there = capture.grab()
            told_s = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
            time_s = told_s if told_s > time_s else time_s + between_s
    finally:
        capture.release()


def camera(number: int, fps: float) -> Generator[Frame, None, None]:
    """The frames of a camera, at most so many a second, until it sends no more; always the newest one.

    Args:
        number: of the camera, from 0.
        fps: frames a second.

    Raises:
        UnknownError: there is no such camera, or another program uses it.
    """
    with _quiet():
        capture = cv2.VideoCapture(number)
    if not capture.isOpened():
        capture.release()
        raise UnknownError(f"There is no camera {number}, or another program uses it. Another one: --camera N")
    return _of_camera(capture, fps)


def _of_camera(capture: cv2.VideoCapture, fps: float) -> Generator[Frame, None, None]:
    newest = _Newest(capture)
    due_s = 0.0
    try:
        while (came := newest.take()) is not None:
            time_s, bgr = came
            yield Frame(time_s, _rgb(bgr))
            due_s = max(due_s + 1 / fps, time_s)
            time.sleep(max(due_s - newest.now_s(), 0))
    finally:
        newest.close()


class _Newest:
    """Reads a camera in a thread: one that waits to be read hands out frames that are seconds old."""

    def __init__(self, capture: cv2.VideoCapture) -> None:
        self._capture = capture
        self._began_s = time.monotonic()
        self._came = threading.Condition()
        self._frame: tuple[float, Pixels] | None = None
        self._is_over = False
        self._thread = threading.Thread(target=self._read, name="camera", daemon=True)
        self._thread.start()

    def now_s(self) -> float:
        """Since it was opened."""
        return time.monotonic() - self._began_s

    def _read(self) -> None:
        while not self._is_over:
            is_good, bgr = self._capture.read()
            with self._came:
                self._is_over = self._is_over or not is_good
                if is_good:
                    self._frame = self.now_s(), np.asarray(bgr, dtype=np.uint8)
                self._came.notify()
        self._capture.release()

    def take(self) -> tuple[float, Pixels] | None:
        """The newest frame that was not taken yet, waited for; None when the camera sends no more."""
        with self._came:
            self._came.wait_for(lambda: self._frame is not None or self._is_over, SILENT_S)
            frame, self._frame = self._frame, None
        return frame

    def close(self) -> None:
        """Let the camera go."""
        self._is_over = True
        self._thread.join(1)


def _rgb(bgr: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), dtype=np.uint8)


@contextmanager
def _said_to_ffmpeg() -> Iterator[None]:
    """OpenCV has no other way to hand options to FFmpeg than the environment."""
    before = {name: os.environ.get(name) for name in FFMPEG}
    os.environ.update(FFMPEG)
    try:
        with _quiet():
            yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _quiet() -> Iterator[None]:
    """What OpenCV has to say of a file or a camera that there is not is said in our words."""
    before = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(before)
