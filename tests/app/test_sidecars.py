"""Colours are people. A photo of one is 320 pixels wide (and some) and 300 high, with a square face in the middle."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from phototag.app import correct
from phototag.app.find import find_photos
from phototag.app.history import entries, undo
from phototag.app.intake import take_in
from phototag.app.sidecars import Exported, Manner, write_sidecars
from phototag.core.regions import Account, Region, Tagged
from phototag.errors import UsageError
from phototag.files import replace_file
from phototag.media import xmp, xmp_edit
from phototag.types import Box
from tests.conftest import BLUE, RED, Album

AT = 5
MIDDLE = Box(0.3, 0.2, 0.7, 0.8)
CORNER = Box(0.02, 0.02, 0.12, 0.15)


def silent(items: Iterable[object], **_: object) -> Iterable[object]:
    return items


def export(album: Album, folder: Path | None = None, **how: bool) -> Exported:
    return write_sidecars(album.index, AT, silent, Manner(folder, **how))  # type: ignore[arg-type]


def sidecar(album: Album, photo: str) -> Path:
    return album.root / f"{photo}.png.xmp"


def says(album: Album, photo: str) -> Tagged:
    return xmp.parse(sidecar(album, photo).read_bytes())


def names(album: Album, photo: str) -> list[str | None]:
    return [region.name for region in says(album, photo).mwg]


def changes(album: Album, photo: str, *pairs: tuple[str, str], toolkit: bool = True) -> None:
    """Another program changes texts in a sidecar, and names itself."""
    text = sidecar(album, photo).read_text(encoding="utf-8")
    for old, new in [*pairs, *([('x:xmptk="phototag"', 'x:xmptk="other"')] if toolkit else [])]:
        assert old in text
        text = text.replace(old, new)
    sidecar(album, photo).write_text(text, encoding="utf-8")


def puts(album: Album, photo: str, tagged: Tagged) -> None:
    """Another program writes a sidecar of its own."""
    data = xmp_edit.edit(None, tagged, (300, 300)).replace(b'x:xmptk="phototag"', b'x:xmptk="other"')
    sidecar(album, photo).write_bytes(data)


@pytest.fixture
def two(album: Album) -> Album:
    """Ann on a and a2, Bob on b; sidecars are written."""
    album.scan(a=[RED], b=[BLUE])
    album.name("Ann", "a")
    album.name("Bob", "b")
    export(album)
    return album


def test_everybody_with_a_name_is_in_the_sidecar_of_their_photo(album: Album) -> None:
    album.scan(a=[RED], b=[RED], c=[BLUE])
    album.name("Ann", "a")
    report = export(album)
    assert (report.written, report.unchanged) == (2, 0)
    assert names(album, "a") == names(album, "b") == ["Ann"]
    assert not sidecar(album, "c").exists()
    assert says(album, "a").person_in_image == ("Ann",)


def test_a_second_time_writes_nothing(two: Album) -> None:
    before = sidecar(two, "a").stat()
    report = export(two)
    assert (report.written, report.unchanged) == (0, 2)
    assert sidecar(two, "a").stat().st_mtime_ns == before.st_mtime_ns
    assert sidecar(two, "a").stat().st_ino == before.st_ino


def test_only_confirmed_names_if_so_wished(album: Album) -> None:
    album.scan(a=[RED], b=[RED])
    album.name("Ann", "a")
    export(album, confirmed=True)
    assert names(album, "a") == ["Ann"]
    assert not sidecar(album, "b").exists()


def test_photos_are_never_written_to(two: Album) -> None:
    before = {path: path.read_bytes() for path in two.root.glob("*.png")}
    correct.rename(two.index, "Ann", "Anna", AT)
    export(two)
    assert {path: path.read_bytes() for path in two.root.glob("*.png")} == before


@pytest.mark.parametrize("orientation", range(1, 9))
def test_boxes_are_of_the_stored_pixels_whatever_the_orientation(album: Album, orientation: int) -> None:
    album.root.mkdir()
    image = Image.new("RGB", (400, 300), "#808080")
    ImageDraw.Draw(image).rectangle((40, 60, 139, 159), fill=RED)
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.save(album.root / "a.png", exif=exif)
    album.scan()
    album.name("Ann", "a")
    export(album)
    left, top, right, bottom = says(album, "a").mwg[0].box
    assert (left * 400, top * 300, right * 400, bottom * 300) == pytest.approx((40, 60, 140, 160), abs=3)
    assert says(album, "a").microsoft[0].box == pytest.approx(says(album, "a").mwg[0].box, abs=1e-5)
    assert b'stDim:w="400"' in sidecar(album, "a").read_bytes() or b"<stDim:w>400<" in sidecar(album, "a").read_bytes()


def test_a_sidecar_of_adobes_kind_is_followed(album: Album) -> None:
    album.scan(a=[RED])
    album.name("Ann", "a")
    puts(album, "a", Tagged(subject=("beach",)))
    sidecar(album, "a").rename(album.root / "a.xmp")
    export(album)
    assert not sidecar(album, "a").exists()
    assert xmp.parse((album.root / "a.xmp").read_bytes()).subject == ("beach", "Ann")


def test_sidecars_in_a_folder_of_their_own(album: Album, tmp_path: Path) -> None:
    album.scan(**{"2020/a": [RED]})
    album.name("Ann", "2020/a")
    export(album, tmp_path / "mirror")
    assert not sidecar(album, "2020/a").exists()
    there = tmp_path / "mirror" / "2020" / "a.png.xmp"
    assert xmp.parse(there.read_bytes()).subject == ("Ann",)
    assert export(album, tmp_path / "mirror").written == 0
    assert export(album).written == 1  # the two places are kept apart


def test_a_folder_in_the_library_is_refused(two: Album) -> None:
    with pytest.raises(UsageError, match="lies in the library"):
        export(two, two.root / "mirror")


def test_trying_writes_nothing_and_shows_the_difference(album: Album) -> None:
    album.scan(a=[RED])
    album.name("Ann", "a")
    report = export(album, dry_run=True)
    assert report.written == 1
    assert "+   <rdf:li>Ann</rdf:li>" in re.sub(" +", "   ", report.differences[0].text)
    assert not sidecar(album, "a").exists()
    assert export(album).written == 1


def test_a_name_that_goes_here_goes_there(two: Album) -> None:
    correct.reject(two.index, two.ids("a"), AT)
    report = export(two)
    assert (report.written, report.removed) == (0, 1)
    assert not sidecar(two, "a").exists()


def test_a_sidecar_to_which_others_wrote_is_not_removed(two: Album) -> None:
    changes(two, "a")
    correct.reject(two.index, two.ids("a"), AT)
    export(two)
    assert says(two, "a") == Tagged()


# what others change


def test_a_name_that_was_changed_there_is_a_decision_here(two: Album) -> None:
    changes(two, "a", ("Ann", "Anna"))
    report = export(two)
    assert (report.intake.faces, report.written) == (1, 0)
    assert two.sources() == {"a": "human Anna", "b": "human Bob"}
    assert names(two, "a") == ["Anna"]
    undo(two.index, None, AT)
    export(two)
    assert names(two, "a") == ["Ann"]


def test_a_name_that_was_changed_in_one_list_is_changed_in_all(two: Album) -> None:
    changes(two, "a", ("<mwg-rs:Name>Ann<", "<mwg-rs:Name>Anna<"))
    export(two)
    now = says(two, "a")
    assert {region.name for region in (*now.mwg, *now.microsoft, *now.iptc)} == {"Anna"}
    assert now.subject == now.person_in_image == ("Anna",)
    assert export(two).written == 0


def test_a_region_that_was_removed_there_is_a_rejection_here(two: Album) -> None:
    changes(two, "a")
    data = sidecar(two, "a").read_bytes()
    sidecar(two, "a").write_bytes(
        xmp_edit.edit(data, Tagged(iptc=says(two, "a").iptc, person_in_image=("Ann",)), (321, 300))
    )
    report = export(two)
    assert report.intake.refused == 1
    assert two.sources()["a"] is None
    assert says(two, "a") == Tagged()


def test_a_region_that_was_drawn_there_is_a_face_here(two: Album) -> None:
    puts(two, "a", Tagged(mwg=(Region("Ann", MIDDLE), Region("Carl", CORNER))))
    export(two)
    assert [face.person for face in (two.face("a", 0), two.face("a", 1))] == ["Carl", "Ann"]


def test_both_sides_changed_it_so_nobody_is_overwritten(two: Album) -> None:
    changes(two, "a", ("Ann", "Anna"))
    correct.move(two.index, two.ids("a"), "Carl", AT)
    before = sidecar(two, "a").read_bytes()
    report = export(two)
    assert [(one.path, one.reason) for one in report.conflicts] == [(b"a.png", "Anna there, Carl here")]
    assert sidecar(two, "a").read_bytes() == before
    assert two.sources()["a"] == "human Carl"
    assert export(two).conflicts == report.conflicts  # until somebody gives way


def test_a_conflict_ends_when_both_say_the_same(two: Album) -> None:
    changes(two, "a", ("Ann", "Anna"))
    correct.move(two.index, two.ids("a"), "Carl", AT)
    export(two)
    correct.move(two.index, two.ids("a"), "Anna", AT)
    assert export(two).conflicts == ()
    assert names(two, "a") == ["Anna"]


def test_what_was_said_here_wins_if_so_wished(two: Album) -> None:
    changes(two, "a", ("Ann", "Anna"))
    correct.move(two.index, two.ids("a"), "Carl", AT)
    report = export(two, ours=True)
    assert (report.conflicts, report.written) == ((), 1)
    assert names(two, "a") == ["Carl"]


def test_lists_that_do_not_agree_are_a_conflict(two: Album) -> None:
    changes(two, "a", ("<mwg-rs:Name>Ann<", "<mwg-rs:Name>Carl<"), ("DisplayName>Ann<", "DisplayName>Dora<"))
    report = export(two)
    assert [one.reason for one in report.conflicts] == ["one list has Carl, another Dora"]
    assert two.sources()["a"] == "human Ann"


def test_a_foreign_sidecar_is_taken_over_and_kept(album: Album) -> None:
    album.scan(a=[RED], b=[BLUE])
    puts(album, "a", Tagged(mwg=(Region("Ann", MIDDLE), Region(None, CORNER)), subject=("beach",)))
    report = export(album)
    assert (report.intake.faces, report.written) == (1, 1)
    assert names(album, "a") == ["Ann", None]
    assert says(album, "a").subject == ("beach", "Ann")
    undo(album.index, None, AT)
    export(album)
    assert names(album, "a") == ["Ann", None]  # theirs
    assert says(album, "a").mwg[0].box == pytest.approx(MIDDLE)
    assert says(album, "a").subject == ("beach", "Ann")  # as long as the region has her name
    assert album.sources()["a"] is None


def test_presence_comes_and_goes_with_the_sidecar(two: Album) -> None:
    take_in(two.index, [Account(b"a.png", people=("Dora",))], "test", AT)
    export(two)
    assert says(two, "a").person_in_image == ("Ann", "Dora")
    changes(two, "a", (">Dora<", ">Emil<"))
    export(two)
    assert [path for who in ("emil",) for path in find_photos(two.index, who).paths] == [b"a.png"]
    assert says(two, "a").person_in_image == ("Ann", "Emil")


def test_a_sidecar_that_another_program_made_anew_takes_no_name_away(two: Album) -> None:
    puts(two, "a", Tagged(subject=("beach",)))
    report = export(two)
    assert report.intake.decision is None
    assert names(two, "a") == ["Ann"]
    assert says(two, "a").subject == ("beach", "Ann")


def test_a_sidecar_that_was_deleted_is_written_again(two: Album) -> None:
    sidecar(two, "a").unlink()
    report = export(two)
    assert (report.written, report.intake.decision) == (1, None)


def test_machine_tags_that_were_written_are_no_word_of_a_human_when_the_index_is_made_anew(album: Album) -> None:
    album.scan(a=[RED], b=[RED])
    album.name("Ann", "a")
    export(album)
    album.close()
    (album.root / ".phototag" / "index.db").write_bytes(b"lost")
    assert album._phototag("rebuild", album.root, "--engine", "fake") == 0
    report = export(album)
    assert (report.written, report.intake.decision) == (0, None)
    assert album.sources() == {"a": "human Ann", "b": "auto Ann"}


# what goes wrong


def test_a_broken_sidecar_is_a_problem_and_never_overwritten(two: Album) -> None:
    sidecar(two, "a").write_bytes(b"<x:xmpmeta")
    correct.rename(two.index, "Ann", "Anna", AT)
    report = export(two)
    assert [problem.path for problem in report.problems] == [b"a.png"]
    assert sidecar(two, "a").read_bytes() == b"<x:xmpmeta"


def test_a_sidecar_that_cannot_be_written_is_a_problem_and_the_others_are_written(
    album: Album, monkeypatch: pytest.MonkeyPatch
) -> None:
    album.scan(a=[RED], b=[BLUE])
    album.name("Ann", "a")
    album.name("Bob", "b")

    def refuse(path: Path, data: bytes) -> None:
        if path.name.startswith("a"):
            raise OSError(28, "No space left on device")
        replace_file(path, data)

    monkeypatch.setattr("phototag.app.sidecars.replace_file", refuse)
    report = export(album)
    assert (report.written, len(report.problems)) == (1, 1)
    assert "No space left" in report.problems[0].reason
    monkeypatch.undo()
    assert export(album).written == 1


@pytest.mark.parametrize("stage", ["before", "after"])
def test_a_kill_in_the_middle_is_no_word_of_anybody(album: Album, monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    album.scan(a=[RED], b=[RED])
    album.name("Ann", "a")

    def killed(path: Path, data: bytes) -> None:
        if stage == "after":
            replace_file(path, data)
        raise KeyboardInterrupt

    monkeypatch.setattr("phototag.app.sidecars.replace_file", killed)
    with pytest.raises(KeyboardInterrupt):
        export(album)
    monkeypatch.undo()
    changes(album, "a", toolkit=True) if stage == "after" else None
    report = export(album)
    assert report.intake.decision is None
    assert album.sources() == {"a": "human Ann", "b": "auto Ann"}
    assert names(album, "a") == names(album, "b") == ["Ann"]


def test_a_sidecar_that_is_a_link_stays_one(two: Album, tmp_path: Path) -> None:
    elsewhere = tmp_path / "kept.xmp"
    sidecar(two, "a").rename(elsewhere)
    sidecar(two, "a").symlink_to(elsewhere)
    correct.rename(two.index, "Ann", "Anna", AT)
    export(two)
    assert sidecar(two, "a").is_symlink()
    assert xmp.parse(elsewhere.read_bytes()).subject == ("Anna",)


def test_an_enormous_sidecar_is_not_even_read(two: Album) -> None:
    with sidecar(two, "a").open("wb") as file:
        os.truncate(file.fileno(), 20_000_000)
    assert "10 MB" in export(two).problems[0].reason


def test_a_copy_gets_its_own(album: Album) -> None:
    album.scan(a=[RED])
    with Image.open(album.root / "a.png") as image:
        image.transpose(Image.Transpose.ROTATE_90).save(album.root / "z.tif")
    (album.root / "same.png").write_bytes((album.root / "a.png").read_bytes())
    album.scan()
    album.name("Ann", "a")
    export(album)
    assert names(album, "same") == ["Ann"]


def test_the_history_says_whose_word_it_was(two: Album) -> None:
    changes(two, "a", ("Ann", "Anna"))
    export(two)
    assert entries(two.index)[0].text == "1 face named, as in sidecars"


def test_a_scan_need_not_open_what_was_written_here(two: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a sidecar was opened")

    monkeypatch.setattr("phototag.media.darkroom.Apart.turn", refuse)
    assert two.scan() == 0
    correct.rename(two.index, "Ann", "Anna", AT)
    export(two)
    assert two.scan() == 0


def test_a_turn_that_no_scan_has_seen_is_not_hidden_by_writing(two: Album) -> None:
    changes(
        two,
        "a",
        ("<rdf:Description", '<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"'),
    )
    correct.rename(two.index, "Ann", "Anna", AT)
    export(two)
    two.close()
    two.scan()
    assert two.face("a").orientation == 6


def test_a_photo_that_is_gone_gets_no_sidecar_and_its_folder_is_not_made(album: Album) -> None:
    album.scan(**{"disk/a": [RED], "b": [BLUE]})
    album.name("Ann", "disk/a")
    album.name("Bob", "b")
    (album.root / "disk" / "a.png").unlink()
    (album.root / "disk").rmdir()
    report = export(album)
    assert (report.written, [problem.path for problem in report.problems]) == (1, [b"disk/a.png"])
    assert not (album.root / "disk").exists()


# what moves, and what is forgotten


def touched(album: Album, *photos: str) -> None:
    """Another program writes to sidecars, and changes nothing that is about people."""
    for photo in photos:
        changes(album, photo)


def moved(album: Album, *photos: str) -> None:
    (album.root / "elsewhere").mkdir()
    for photo in photos:
        for name in (f"{photo}.png", f"{photo}.png.xmp"):
            (album.root / name).rename(album.root / "elsewhere" / name)
    album.close()
    album.scan()


@pytest.fixture
def guessed(album: Album) -> Album:
    """Ann on a; b and c are tagged automatically. Sidecars are written, and another program wrote to them."""
    album.scan(a=[RED], b=[RED], c=[RED])
    album.name("Ann", "a")
    export(album)
    touched(album, "a", "b", "c")
    return album


def test_a_guess_stays_one_when_photos_and_sidecars_are_moved(guessed: Album) -> None:
    moved(guessed, "b", "c")
    assert export(guessed).intake.decision is None
    assert set(guessed.sources().values()) == {"human Ann", "auto Ann"}
    assert export(guessed).written == 0


def test_what_others_removed_is_a_rejection_though_the_photo_was_moved(guessed: Album) -> None:
    data = sidecar(guessed, "b").read_bytes()
    said = says(guessed, "b")
    sidecar(guessed, "b").write_bytes(xmp_edit.edit(data, Tagged(iptc=said.iptc, person_in_image=("Ann",)), (322, 300)))
    moved(guessed, "b")
    assert export(guessed).intake.refused == 1
    assert guessed.sources()["b"] is None


def test_a_guess_stays_one_though_all_that_is_known_of_sidecars_is_lost(guessed: Album) -> None:
    guessed.index.db.execute("DELETE FROM sidecars")
    assert export(guessed).intake.decision is None
    assert guessed.sources() == {"a": "human Ann", "b": "auto Ann", "c": "auto Ann"}


def test_a_new_name_follows_into_lists_that_others_wrote(two: Album) -> None:
    changes(two, "a", ("<rdf:li>Ann</rdf:li>", "<rdf:li>Ann</rdf:li><rdf:li>Zoe</rdf:li>"))
    export(two)
    correct.rename(two.index, "Zoe", "Zora", AT)
    export(two)
    assert says(two, "a").person_in_image == ("Ann", "Zora")


def test_a_folder_of_sidecars_that_is_a_file_is_refused(two: Album, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="is no folder"):
        export(two, tmp_path / "file")
