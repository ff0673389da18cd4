"""Sidecars of a library, read by the programs that others use. Skipped where these are not installed."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from phototag.app.name import name_faces
from phototag.app.sidecars import write_sidecars
from phototag.index import faces
from tests.conftest import RED, Album

SQUARE = (40, 60, 140, 160)
"""Left, top, right, bottom of the face, in pixels of a stored picture of 400 x 300."""


def silent(items: Iterable[object], **_: object) -> Iterable[object]:
    return items


def exported(album: Album, orientation: int) -> Path:
    album.root.mkdir()
    image = Image.new("RGB", (400, 300), "#808080")
    ImageDraw.Draw(image).rectangle((*SQUARE[:2], SQUARE[2] - 1, SQUARE[3] - 1), fill=RED)
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.save(album.root / "a.jpg", exif=exif, quality=95, subsampling=0)
    album.scan()
    name_faces(album.index, faces.faces(album.index.db), "Zoë", at_ns=1)
    write_sidecars(album.index, 1, silent)  # type: ignore[arg-type]
    return album.root / "a.jpg.xmp"


def output(*command: object) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, check=True, encoding="utf-8")
    assert done.stderr == ""
    return done.stdout


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exiftool_finds_the_face_in_the_stored_pixels(album: Album, orientation: int) -> None:
    found = json.loads(output("exiftool", "-json", "-struct", "-XMP:all", exported(album, orientation)))[0]
    assert found["RegionInfo"]["AppliedToDimensions"] == {"W": 400, "H": 300, "Unit": "pixel"}
    region = found["RegionInfo"]["RegionList"][0]
    area = {key: float(value) for key, value in region["Area"].items() if key != "Unit"}
    centre = (area["X"] * 400, area["Y"] * 300, area["W"] * 400, area["H"] * 300)
    assert centre == pytest.approx((90, 110, 100, 100), abs=4)
    assert region["Name"] == found["PersonInImage"][0] == "Zoë"
    corner = [float(part) for part in found["RegionInfoMP"]["Regions"][0]["Rectangle"].split(",")]
    assert (corner[0] * 400, corner[1] * 300) == pytest.approx(SQUARE[:2], abs=4)


@pytest.mark.skipif(shutil.which("exiv2") is None, reason="exiv2 is not installed")
@pytest.mark.parametrize("orientation", [1, 6])
def test_exiv2_reads_every_field(album: Album, orientation: int) -> None:
    lines = output("exiv2", "-PXkt", exported(album, orientation)).splitlines()
    found = {key: value.strip() for key, _, value in (line.partition(" ") for line in lines)}
    assert found["Xmp.mwg-rs.Regions/mwg-rs:RegionList[1]/mwg-rs:Name"] == "Zoë"
    assert found["Xmp.MP.RegionInfo/MPRI:Regions[1]/MPReg:PersonDisplayName"] == "Zoë"
    assert found["Xmp.iptcExt.PersonInImage"] == found["Xmp.dc.subject"] == "Zoë"
    assert found["Xmp.lr.hierarchicalSubject"] == "People|Zoë"
    assert found["Xmp.digiKam.TagsList"] == "People/Zoë"
    x = float(found["Xmp.mwg-rs.Regions/mwg-rs:RegionList[1]/mwg-rs:Area/stArea:x"])
    assert x * 400 == pytest.approx(90, abs=4)
