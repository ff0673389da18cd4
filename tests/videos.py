"""Videos for tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw

CODECS = {".avi": "MJPG", ".mp4": "mp4v"}


def write_video(path: Path, frames: Sequence[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]], fps: float = 10) -> Path:
    """Save RGB frames of one size."""
    height, width = frames[0].shape[:2]
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*CODECS[path.suffix]), fps, (width, height))
    assert writer.isOpened()
    for frame in frames:
        writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    writer.release()
    return path


def squares(
    *faces: tuple[str, float], size: tuple[int, int] = (640, 240)
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A grey frame with a coloured square, a face to the fake engine, at each place (0 to 1, of the width)."""
    image = Image.new("RGB", size, "#808080")
    for colour, x in faces:
        middle, side = x * size[0], size[1] * 0.4
        ImageDraw.Draw(image).rectangle((middle - side / 2, side, middle + side / 2, 2 * side), fill=colour)
    return np.array(image)
