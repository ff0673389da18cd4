"""What is written is read by the programs that others use. Skipped where these are not installed."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from phototag.core.regions import Region, Tagged
from phototag.media.embedded import packet
from phototag.media.xmp import parse
from phototag.media.xmp_edit import edit
from phototag.types import Box
from tests.media.packets import ADOBE, EXIFTOOL, FLAT

EXIFTOOL_IS_HERE = pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
EXIV2_IS_HERE = pytest.mark.skipif(shutil.which("exiv2") is None, reason="exiv2 is not installed")

NAMES = ("Jürgen Ångström", 'O\'Hara "Ö"', "Tom & <Jerry>", "A|B/C", "مريم", "👩‍👧 Zoë")
BOXES = tuple(Box(i / 10, 0.25, i / 10 + 0.05, 0.5) for i in range(len(NAMES)))
REGIONS = (*map(Region, NAMES, BOXES), Region(None, Box(0.8, 0.8, 0.9, 0.9)))
WANTED = Tagged(
    mwg=REGIONS,
    microsoft=REGIONS,
    iptc=REGIONS,
    person_in_image=NAMES,
    subject=NAMES,
    hierarchical=tuple(f"People|{name}" for name in NAMES),
    tags_list=tuple(f"People/{name}" for name in NAMES),
)
BARE = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">' + FLAT + b"</x:xmpmeta>"
BEFORE = pytest.mark.parametrize("before", [None, ADOBE, EXIFTOOL, BARE])


@pytest.fixture
def sidecar(before: bytes | None, tmp_path: Path) -> Path:
    path = tmp_path / "a.xmp"
    path.write_bytes(edit(before, WANTED, (4000, 3000)))
    return path


def output(*command: object) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, check=True, encoding="utf-8")
    assert done.stderr == ""
    return done.stdout


def by_exiftool(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(output("exiftool", "-json", "-struct", "-n", "-XMP:all", path))[0]
    return found


def faces(regions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [region for region in regions if region.get("Type", "Face") == "Face"]


@EXIFTOOL_IS_HERE
@BEFORE
def test_exiftool_reads_every_list(sidecar: Path) -> None:
    found = by_exiftool(sidecar)
    for tag, words in (
        ("PersonInImage", WANTED.person_in_image),
        ("Subject", WANTED.subject),
        ("HierarchicalSubject", WANTED.hierarchical),
        ("TagsList", WANTED.tags_list),
    ):
        assert found[tag] == list(words)


@EXIFTOOL_IS_HERE
@BEFORE
def test_exiftool_reads_every_region(sidecar: Path, before: bytes | None) -> None:
    found, names = by_exiftool(sidecar), [*NAMES, None]
    mwg = faces(found["RegionInfo"]["RegionList"])
    assert [str(region["Name"]) if "Name" in region else None for region in mwg] == names
    assert [region["Area"]["X"] for region in mwg[:2]] == pytest.approx([0.025, 0.125])
    assert {region["Area"]["Unit"] for region in mwg} == {"normalized"}
    if before in (None, BARE):
        assert found["RegionInfo"]["AppliedToDimensions"] == {"W": 4000, "H": 3000, "Unit": "pixel"}
    microsoft = [region for region in found["RegionInfoMP"]["Regions"] if "Rectangle" in region]
    assert [region.get("PersonDisplayName") for region in microsoft] == names
    assert microsoft[1]["Rectangle"] == "0.100000, 0.250000, 0.050000, 0.250000"
    iptc = found["ImageRegion"]
    assert [region.get("Name") for region in iptc] == names
    assert [region["PersonInImage"] for region in iptc[:-1]] == [[name] for name in NAMES]
    assert iptc[1]["RegionBoundary"] == {
        "RbShape": "rectangle",
        "RbUnit": "relative",
        "RbX": 0.1,
        "RbY": 0.25,
        "RbW": 0.05,
        "RbH": 0.25,
    }


@EXIFTOOL_IS_HERE
@BEFORE
def test_exiftool_has_no_complaint(sidecar: Path) -> None:
    assert output("exiftool", "-validate", "-warning", "-error", "-a", "-s3", sidecar).split("\n") == ["OK", ""]


@EXIFTOOL_IS_HERE
def test_what_exiftool_writes_is_read_and_what_it_rewrites_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.xmp"
    path.write_bytes(edit(None, WANTED, (4000, 3000)))
    output("exiftool", "-q", "-overwrite_original", "-XMP-xmp:Label=a", path)
    assert path.read_bytes() != edit(None, WANTED, (4000, 3000))
    assert edit(path.read_bytes(), WANTED, (4000, 3000)) == path.read_bytes()


@EXIV2_IS_HERE
@BEFORE
def test_exiv2_reads_every_list(sidecar: Path) -> None:
    found: dict[str, list[str]] = {}
    for line in output("exiv2", "-PXkv", sidecar).splitlines():
        key, _, value = line.partition(" ")
        found.setdefault(key, []).append(value.strip())
    assert found["Xmp.dc.subject"] == [", ".join(NAMES)]
    assert found["Xmp.iptcExt.PersonInImage"] == [", ".join(NAMES)]
    assert found["Xmp.lr.hierarchicalSubject"] == [", ".join(WANTED.hierarchical)]
    assert found["Xmp.digiKam.TagsList"] == [", ".join(WANTED.tags_list)]
    for end in ("mwg-rs:Name", "MPReg:PersonDisplayName"):
        names = [value[0] for key, value in found.items() if key.endswith("/" + end)]
        assert [name for name in names if name not in ("Rex", "somewhere")] == list(NAMES)
    people = [value[0] for key, value in found.items() if key.endswith("/Iptc4xmpExt:PersonInImage")]
    assert people == list(NAMES)


@EXIV2_IS_HERE
@BEFORE
def test_what_exiv2_copies_into_a_photo_says_the_same(sidecar: Path) -> None:
    photo = sidecar.with_suffix(".jpg")
    Image.new("RGB", (16, 16)).save(photo)
    output("exiv2", "-iX", photo)
    assert parse(packet(photo)) == parse(sidecar.read_bytes())
