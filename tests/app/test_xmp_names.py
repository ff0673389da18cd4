"""Colours are people. A photo of one is 320 pixels wide (and some) and 300 high, with a square face in the middle."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from phototag.app.history import undo
from phototag.app.intake import Intake
from phototag.app.sidecars import Manner, write_sidecars
from phototag.app.xmp_names import take_in_xmp
from phototag.core.regions import Region, Tagged
from phototag.errors import PhotoProblem, UsageError
from phototag.index import faces
from phototag.index.faces import Filter
from phototag.media import xmp_edit
from phototag.media.darkroom import Here
from phototag.types import Box
from tests.conftest import BLUE, RED, Album

AT = 5
MIDDLE = Box(0.3, 0.2, 0.7, 0.8)
CORNER = Box(0.02, 0.02, 0.12, 0.15)


def silent(items: Iterable[object], **_: object) -> Iterable[object]:
    return items


def read(album: Album, folder: Path | None = None) -> tuple[Intake, list[PhotoProblem]]:
    return take_in_xmp(album.index, Here(), AT, silent, folder=folder, workers=2)  # type: ignore[arg-type]


def export(album: Album) -> int:
    return write_sidecars(album.index, AT, silent, Manner()).written  # type: ignore[arg-type]


def packet(*regions: Region, people: tuple[str, ...] = ()) -> bytes:
    data = xmp_edit.edit(None, Tagged(mwg=regions, person_in_image=people), (300, 300))
    return data.replace(b'x:xmptk="phototag"', b'x:xmptk="other"')


def beside(album: Album, photo: str, *regions: Region, people: tuple[str, ...] = ()) -> None:
    (album.root / f"{photo}.png.xmp").write_bytes(packet(*regions, people=people))


def inside(album: Album, photo: str, *regions: Region, people: tuple[str, ...] = ()) -> None:
    """Another program writes XMP into the photo."""
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", packet(*regions, people=people).decode())
    with Image.open(album.root / f"{photo}.png") as image:
        image.load()
        image.save(album.root / f"{photo}.png", pnginfo=info)


def named(album: Album) -> dict[str, list[str | None]]:
    found = {}
    for photo in sorted(album.root.glob("*.png")):
        here = faces.faces(album.index.db, Filter(path=photo.name.encode()))
        found[photo.stem] = [face.person for face in here]
    return found


def test_names_come_from_sidecars_and_from_photos(album: Album) -> None:
    album.draw(a=[RED], b=[BLUE])
    inside(album, "b", Region("Bob", MIDDLE))
    album.scan()
    beside(album, "a", Region("Ann", MIDDLE), Region("Carl", CORNER))
    report, problems = read(album)
    assert (report.faces, report.drawn, problems) == (3, 1, [])
    assert named(album) == {"a": ["Carl", "Ann"], "b": ["Bob"]}


def test_a_sidecar_that_tells_of_people_has_the_word(album: Album) -> None:
    album.draw(a=[RED])
    inside(album, "a", Region("Old", MIDDLE), Region("Gone", CORNER))
    album.scan()
    beside(album, "a", Region("Ann", MIDDLE))
    read(album)
    assert named(album) == {"a": ["Ann"]}


def test_a_sidecar_that_tells_of_nobody_leaves_it_to_the_photo(album: Album) -> None:
    album.draw(a=[RED])
    inside(album, "a", Region("Ann", MIDDLE))
    album.scan()
    beside(album, "a")
    read(album)
    assert named(album) == {"a": ["Ann"]}


def test_whoever_is_on_a_photo_without_a_place_is_on_it(album: Album) -> None:
    album.draw(a=[RED])
    inside(album, "a", people=("Dora",))
    album.scan()
    assert read(album)[0].present == 1


def test_what_was_written_here_is_not_read_back(album: Album) -> None:
    album.scan(a=[RED], b=[RED])
    album.name("Ann", "a")
    export(album)
    report, _ = read(album)
    assert report.decision is None
    assert album.sources() == {"a": "human Ann", "b": "auto Ann"}


def test_names_inside_a_photo_are_read_though_a_sidecar_was_written_here(album: Album) -> None:
    album.draw(a=[RED])
    inside(album, "a", Region("Bob", CORNER))
    album.scan()
    album.name("Ann", "a")
    export(album)
    read(album)
    assert named(album) == {"a": ["Bob", "Ann"]}


def test_what_others_changed_in_a_sidecar_is_the_newer_word(album: Album) -> None:
    album.scan(a=[RED])
    album.name("Ann", "a")
    export(album)
    sidecar = album.root / "a.png.xmp"
    sidecar.write_bytes(sidecar.read_bytes().replace(b"Ann", b"Anna"))
    read(album)
    assert named(album) == {"a": ["Anna"]}


def test_a_round_trip_brings_names_and_boxes_back(album: Album) -> None:
    album.scan(a=[RED, BLUE], b=[BLUE])
    album.name("Ann", "a")
    album.name("Bob", "b")
    before = {face.id: (face.person, face.box_px) for face in faces.faces(album.index.db)}
    export(album)
    album.close()
    (album.root / ".phototag").rename(album.root.parent / "elsewhere")
    album.scan()
    assert read(album)[0].faces == 3
    after = {face.id: (face.person, face.box_px) for face in faces.faces(album.index.db)}
    assert after == before


def test_an_import_that_was_taken_back_does_not_come_again_with_the_next_export(album: Album) -> None:
    album.scan(a=[RED])
    beside(album, "a", Region("Ann", MIDDLE))
    read(album)
    undo(album.index, None, AT)
    assert export(album) == 0
    assert named(album) == {"a": [None]}
    assert read(album)[0].decision is None


def test_what_contradicts_stays_a_conflict_for_the_next_export(album: Album) -> None:
    album.scan(a=[RED])
    album.name("Ann", "a")
    beside(album, "a", Region("Bob", MIDDLE))
    assert len(read(album)[0].contradictions) == 1
    report = write_sidecars(album.index, AT, silent)  # type: ignore[arg-type]
    assert [one.reason for one in report.conflicts] == ["Bob there, Ann here"]


@pytest.mark.parametrize("data", [b"<x", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', b"\xff\xfe\x00"])
def test_a_broken_sidecar_is_a_problem_and_the_others_are_read(album: Album, data: bytes) -> None:
    album.scan(a=[RED], b=[BLUE])
    (album.root / "a.png.xmp").write_bytes(data)
    beside(album, "b", Region("Bob", MIDDLE))
    report, problems = read(album)
    assert [problem.path for problem in problems] == [b"a.png"]
    assert named(album) == {"a": [None], "b": ["Bob"]}
    assert report.problems == ()


def test_a_photo_that_is_gone_is_no_problem(album: Album) -> None:
    album.scan(a=[RED], b=[BLUE])
    (album.root / "a.png").unlink()
    beside(album, "b", Region("Bob", MIDDLE))
    report, problems = read(album)
    assert (report.faces, problems) == (1, [])


def test_sidecars_in_a_folder_of_their_own(album: Album, tmp_path: Path) -> None:
    album.scan(a=[RED])
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "A.PNG.XMP").write_bytes(packet(Region("Ann", MIDDLE)))
    assert read(album, tmp_path / "mirror")[0].faces == 1


def test_a_folder_that_is_not_there_is_no_success(album: Album, tmp_path: Path) -> None:
    album.scan(a=[RED])
    with pytest.raises(UsageError, match="is no folder"):
        read(album, tmp_path / "nowhere")
