"""A video file that is written frame by frame."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from phototag.errors import EngineError, UsageError

if TYPE_CHECKING:
    from phototag.types import Pixels

CODECS = {".mp4": "mp4v", ".avi": "MJPG"}
"""Extension -> what every OpenCV writes. MPEG-4 is small; Motion JPEG is read by anything."""


class Recording:
    """Frames of one size at a steady rate; the file has its name when it is whole."""

    def __init__(self, target: Path, fps: float) -> None:
        """Nothing is written yet.

        Args:
            target: the file; what is there is replaced at the end.
            fps: frames a second.

        Raises:
            UsageError: such a file cannot be written.
        """
        if target.suffix.lower() not in CODECS:
            raise UsageError(f"A video is written as {' or '.join(CODECS)}, which {target.name} is not.")
        if not target.parent.is_dir():
            raise UsageError(f"There is no folder {target.parent}.")
        self._target, self._fps = target, fps
        self._part = target.with_name(f".{target.stem}.part{target.suffix.lower()}")
        self._writer: cv2.VideoWriter | None = None
        self._size = (0, 0)
        self._written = 0

    def show(self, time_s: float, pixels: Pixels) -> None:
        """A frame is seen from this time on; it is repeated as often as that takes, so that the pace is right.

        Raises:
            EngineError: OpenCV cannot write it.
        """
        writer = self._writer or self._begin(pixels)
        bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
        if (bgr.shape[1], bgr.shape[0]) != self._size:
            bgr = cv2.resize(bgr, self._size)
        for _ in range(max(round(time_s * self._fps) + 1 - self._written, 0)):
            writer.write(np.ascontiguousarray(bgr))
            self._written += 1

    def _begin(self, pixels: Pixels) -> cv2.VideoWriter:
        self._size = (pixels.shape[1] // 2 * 2, pixels.shape[0] // 2 * 2)  # MPEG-4 has no odd sizes
        codec = cv2.VideoWriter.fourcc(*CODECS[self._part.suffix])
        self._writer = cv2.VideoWriter(str(self._part.absolute()), codec, self._fps, self._size)
        if not self._writer.isOpened():
            raise EngineError(f"OpenCV cannot write {self._target}. Is its folder writable? Or write .avi instead.")
        return self._writer

    def close(self, is_whole: bool = True) -> None:
        """Give the file its name, if it is whole and there was a frame.

        Raises:
            UsageError: it cannot be written.
        """
        if self._writer is None:
            return
        self._writer.release()
        self._writer = None
        try:
            if is_whole:
                self._part.replace(self._target)
        except OSError as error:
            raise UsageError(f"Cannot write {self._target}: {error.strerror}.") from error
        finally:
            self._part.unlink(missing_ok=True)
