from __future__ import annotations

import pytest

from phototag.errors import SidecarError
from phototag.media.sidecars import orientation, owners

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
