from __future__ import annotations

from pathlib import Path

from phototag.media.sidecars import Sidecars


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
