from __future__ import annotations

from pathlib import Path

import pytest

from phototag.errors import SidecarError
from phototag.media.sidecars import Sidecars, orientation, owners

XMP = """<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
<rdf:Description xmlns:tiff='http://ns.adobe.com/tiff/1.0/' {}/></rdf:RDF></x:xmpmeta>"""


@pytest.mark.parametrize(
    ("names", "whose"),
    [
        ("a.jpg a.jpg.xmp", {"a.jpg": "a.jpg.xmp"}),
        ("a.jpg a.xmp", {"a.jpg": "a.xmp"}),
        ("a.jpg a.jpg.xmp a.xmp", {"a.jpg": "a.jpg.xmp"}),
        ("A.JPG a.jpg.XMP", {"A.JPG": "a.jpg.XMP"}),
        ("A.jpg a.XMP", {"A.jpg": "a.XMP"}),
        ("a.jpg a.png a.xmp", {}),
        ("a.jpg a.png a.png.xmp a.xmp", {"a.png": "a.png.xmp"}),
        ("a.jpg a.NEF a.xmp", {"a.NEF": "a.xmp"}),
        ("a.jpg a.nef a.dng a.xmp", {}),
        ("a.mov a.jpg a.xmp", {"a.jpg": "a.xmp"}),
        ("a a.xmp", {"a": "a.xmp"}),
        ("a.jpg a.jpg.png a.jpg.xmp", {"a.jpg": "a.jpg.xmp"}),
        ("a.jpg a_01.jpg.xmp b.xmp .xmp", {}),
        ("a.jpg A.JPG a.jpg.xmp", {"a.jpg": "a.jpg.xmp"}),
        ("a.jpg A.JPG a.JPG.xmp", {"a.jpg": "a.JPG.xmp", "A.JPG": "a.JPG.xmp"}),
        ("a.jpg xmp", {}),
        ("", {}),
    ],
)
def test_which_sidecar_is_whose(names: str, whose: dict[str, str]) -> None:
    found = owners([name.encode() for name in names.split()])
    assert {photo.decode(): sidecar.decode() for photo, sidecar in found.items()} == whose


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(("said", "told"), [("6", 6), ("1", 1), ("0", None), ("9", None), ("x", None)])
def test_the_orientation_in_a_sidecar(encoding: str, said: str, told: int | None) -> None:
    assert orientation(XMP.format(f"tiff:Orientation='{said}'").encode(encoding)) == told


def test_what_does_not_mention_it_is_not_parsed() -> None:
    assert orientation(XMP.format("").encode()) is None
    assert orientation(b"<no XML") is None


def test_a_broken_one_that_mentions_it_is_refused() -> None:
    with pytest.raises(SidecarError):
        orientation(b"<no XML tiff:Orientation")


def found(root: Path, photos: list[str], sidecars: list[str]) -> dict[str, str]:
    """Photo -> its sidecar."""
    for name in sidecars:
        (root / name).parent.mkdir(exist_ok=True, parents=True)
        (root / name).touch()
    of = Sidecars(root, [photo.encode() for photo in photos])
    pairs = {photo: of.of(photo.encode()) for photo in photos}
    return {photo: sidecar.decode() for photo, sidecar in pairs.items() if sidecar is not None}


def test_a_sidecar_has_the_photos_whole_name_and_more(tmp_path: Path) -> None:
    assert found(tmp_path, ["x/a.jpg", "x/b.jpg"], ["x/a.jpg.xmp"]) == {"x/a.jpg": "x/a.jpg.xmp"}


def test_adobes_sidecar_has_another_extension(tmp_path: Path) -> None:
    assert found(tmp_path, ["a.jpg"], ["a.xmp"]) == {"a.jpg": "a.xmp"}


def test_the_whole_name_is_the_better_one(tmp_path: Path) -> None:
    assert found(tmp_path, ["a.jpg"], ["a.xmp", "a.jpg.xmp"]) == {"a.jpg": "a.jpg.xmp"}


def test_of_a_raw_file_and_a_jpeg_adobes_belongs_to_the_raw_file(tmp_path: Path) -> None:
    assert found(tmp_path, ["a.jpg", "a.CR2"], ["a.xmp"]) == {"a.CR2": "a.xmp"}


def test_of_two_photos_of_one_name_it_belongs_to_neither(tmp_path: Path) -> None:
    assert found(tmp_path, ["a.jpg", "a.png"], ["a.xmp"]) == {}


def test_capitals_do_not_matter_unless_both_are_there(tmp_path: Path) -> None:
    assert found(tmp_path, ["a.JPG"], ["A.jpg.XMP"]) == {"a.JPG": "A.jpg.XMP"}
    assert found(tmp_path, ["b.JPG", "b.jpg"], ["b.JPG.xmp", "b.jpg.xmp"]) == {
        "b.JPG": "b.JPG.xmp",
        "b.jpg": "b.jpg.xmp",
    }


def test_a_new_one_is_named_as_most_programs_do(tmp_path: Path) -> None:
    sidecars = Sidecars(tmp_path, [b"x/a.jpg"])
    assert sidecars.new(b"x/a.jpg") == b"x/a.jpg.xmp"
    assert sidecars.path(b"x/a.jpg.xmp") == tmp_path / "x" / "a.jpg.xmp"


def test_in_a_folder_of_their_own_they_are_absolute(tmp_path: Path) -> None:
    sidecars = Sidecars(tmp_path / "photos", [b"x/a.jpg"], tmp_path / "mirror")
    assert sidecars.of(b"x/a.jpg") is None
    assert sidecars.path(sidecars.new(b"x/a.jpg")) == tmp_path / "mirror" / "x" / "a.jpg.xmp"


def test_two_photos_never_share_one(tmp_path: Path) -> None:
    assert found(tmp_path, ["a.jpg", "A.JPG"], ["a.JPG.xmp"]) == {"A.JPG": "a.JPG.xmp"}
