from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from phototag.core.geometry import box_in_pixels
from phototag.engines import registry
from phototag.types import Engine
from tests.engines.conftest import FRONTAL, sample


@pytest.fixture
def reference(face_recognition: ModuleType, cache: Path) -> Engine:
    return registry.load("face-recognition", cache)


def test_it_finds_what_face_recognition_finds(reference: Engine, face_recognition: ModuleType) -> None:
    pixels = sample(FRONTAL).pixels
    height, width = pixels.shape[:2]
    found = [box_in_pixels(detection.box, width, height) for detection in reference.detect(pixels)]
    expected = face_recognition.face_locations(pixels)
    assert len(expected) == 2
    assert found == [(left, top, right, bottom) for top, right, bottom, left in expected]


def test_it_describes_as_face_recognition_does(reference: Engine, face_recognition: ModuleType) -> None:
    pixels = sample(FRONTAL).pixels
    found = reference.detect(pixels)
    theirs = np.array(face_recognition.face_encodings(pixels, face_recognition.face_locations(pixels), model="small"))
    ours = reference.embed(reference.align(pixels, found))
    assert np.linalg.norm(ours - theirs / np.linalg.norm(theirs, axis=1, keepdims=True), axis=1).max() < 1e-4


def test_a_cut_off_photo_is_a_problem_with_this_engine_too(face_recognition: ModuleType, tmp_path: Path) -> None:
    code = """
import io, sys, warnings
warnings.simplefilter("ignore")
from pathlib import Path
from PIL import Image
from phototag.engines import registry
from phototag.errors import PhotoError
from phototag.media.images import decode
registry.load("face-recognition", Path(sys.argv[1]))
out = io.BytesIO()
Image.effect_noise((200, 200), 90).save(out, "JPEG")
try:
    print(decode(out.getvalue()[:3000], 200).pixels.shape)
except PhotoError as refusal:
    print(refusal)
"""
    ran = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert "cut off" in ran.stdout
