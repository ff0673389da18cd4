"""Groups, names, people, faces and photos, as a user asks for them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from PIL import Image

from tests.conftest import RED, Command, draw_photo


@pytest.fixture
def scanned(phototag: Command, library: Path) -> Path:
    """The library after a scan: group 1 is red (three faces), group 2 is blue (two)."""
    assert phototag("scan", library, "--engine", "fake") == 0
    return library


def test_the_summary_says_what_to_do_next(phototag: Command, library: Path) -> None:
    phototag("scan", library, "--engine", "fake")
    assert "6 photos" in phototag.out
    assert "6 faces, 2 unknown groups" in phototag.out
    assert "clusters --sheets" in phototag.out
    assert "name-cluster ID --as NAME" in phototag.out


def test_groups_are_listed_the_largest_first(phototag: Command, scanned: Path) -> None:
    assert phototag("clusters", "--json") == 0
    document = json.loads(phototag.out)
    first, second = document["clusters"]
    assert (first["id"], first["faces"], first["photos"], first["suggestion"]) == (1, 3, 3, None)
    assert (second["id"], second["faces"], second["photos"]) == (2, 2, 2)
    assert len(first["sample"]) == 3
    assert re.fullmatch("[0-9a-f]{16}", first["sample"][0])


def test_a_sheet_is_a_picture_of_each_group(phototag: Command, scanned: Path) -> None:
    assert phototag("clusters", "--sheets") == 0
    sheets = sorted((scanned / ".phototag" / "sheets").iterdir())
    assert [sheet.name for sheet in sheets] == ["group-1.jpg", "group-2.jpg", "groups.jpg"]
    with Image.open(sheets[0]) as picture:
        assert picture.format == "JPEG"
        colours = picture.convert("RGB").getcolors(maxcolors=1 << 24)
    reddish = sum(n for n, (r, g, b) in colours if r > 180 and g < 60 and b < 60)
    assert reddish > 3 * 50 * 50
    assert f"{sheets[2]}\n" in phototag.out


def test_the_sheet_of_a_group_that_got_a_name_goes(phototag: Command, scanned: Path) -> None:
    phototag("clusters", "--sheets")
    phototag("name-cluster", 1, "--as", "elon")
    phototag("clusters", "--sheets")
    left = sorted(sheet.name for sheet in (scanned / ".phototag" / "sheets").iterdir())
    assert left == ["group-2.jpg", "groups.jpg"]


def test_a_name_is_given_to_a_group(phototag: Command, scanned: Path) -> None:
    assert phototag("name-cluster", 1, "--as", "elon") == 0
    assert "3 faces on 3 photos are elon now." in phototag.out
    phototag("clusters", "--json")
    assert [group["id"] for group in json.loads(phototag.out)["clusters"]] == [2]
    phototag("people", "--json")
    assert json.loads(phototag.out) == {
        "people": [{"name": "elon", "faces": 3, "photos": 3, "confirmed": 3, "suggested": 0}]
    }
    phototag("find", "Elon")
    assert phototag.out.splitlines() == ["2020/red1.jpg", "2020/red2.png", "2021/both.jpg"]


def test_look_alikes_are_tagged_at_once(phototag: Command, tmp_path: Path) -> None:
    """Three reds that DBSCAN does not join, because the fake engine's looks differ; naming two tags the third."""
    draw_photo(tmp_path / "a.png", ["#e00000"])
    draw_photo(tmp_path / "b.png", ["#d80000"])
    phototag("scan", tmp_path, "--engine", "fake")
    phototag("name-cluster", 1, "--as", "elon")
    draw_photo(tmp_path / "c.png", ["#b00000"])
    draw_photo(tmp_path / "d.png", ["#0000e0"])
    phototag("scan", tmp_path)
    phototag("faces", "--json")
    sources = {face["photo"]: face["source"] for face in json.loads(phototag.out)["faces"]}
    assert sources == {"a.png": "human", "b.png": "human", "c.png": "auto", "d.png": None}


def test_naming_tags_look_alikes_elsewhere_at_once(phototag: Command, tmp_path: Path) -> None:
    """Two dark reds are a group; a light one, 0.32 away, is too far to be grouped (0.30) and near enough to tag."""
    for i in range(2):
        draw_photo(tmp_path / f"{i}.png", ["#700000"], (320 + i, 200))
    draw_photo(tmp_path / "light.png", ["#d85858"])
    phototag("scan", tmp_path, "--engine", "fake")
    phototag("clusters", "--json")
    assert [group["faces"] for group in json.loads(phototag.out)["clusters"]] == [2]
    assert phototag("name-cluster", 1, "--as", "elon") == 0
    assert "1 look-alike on 1 photo tagged automatically." in phototag.out
    assert phototag("find", "elon") == 0
    assert phototag.out.splitlines() == ["0.png", "1.png", "light.png"]
    tags = (tmp_path / ".phototag" / "tags.jsonl").read_text().splitlines()
    assert [json.loads(line)["people"] for line in tags] == [["elon"]] * 3


def test_saying_it_twice_does_no_harm(phototag: Command, scanned: Path) -> None:
    phototag("name-cluster", 1, "--as", "elon")
    before = (scanned / ".phototag" / "tags.jsonl").read_bytes()
    assert phototag("name-cluster", 1, "--as", "Elon") == 0
    assert "is elon already" in phototag.out
    assert (scanned / ".phototag" / "tags.jsonl").read_bytes() == before


def test_a_name_whose_tags_could_not_be_written_is_kept_and_written_the_next_time(
    phototag: Command, scanned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = (scanned / ".phototag" / "tags.jsonl").read_bytes()
    with monkeypatch.context() as disk:
        disk.setattr("phototag.files.os.fsync", full)
        assert phototag("name-cluster", 1, "--as", "elon") == 4
    assert "No space left" in phototag.err
    assert "is safe in the index" in phototag.err
    assert (scanned / ".phototag" / "tags.jsonl").read_bytes() == before
    assert phototag("scan", scanned) == 0
    assert b"elon" in (scanned / ".phototag" / "tags.jsonl").read_bytes()


def test_a_photo_or_a_group_that_there_is_not(phototag: Command, scanned: Path) -> None:
    assert phototag("faces", "--photo", "nowhere.jpg") == 2
    assert "no photo 'nowhere.jpg'" in phototag.err
    assert phototag("faces", "--cluster", 99) == 2


def test_the_library_may_be_reached_by_a_link_and_by_a_way_round(
    phototag: Command, scanned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(scanned)
    monkeypatch.chdir(scanned / "2021")
    for library in (tmp_path / "link", Path("..") / ".." / "Pictures"):
        assert phototag("faces", "--library", library, "--photo", scanned / "2021" / "both.jpg", "--json") == 0
        assert len(json.loads(phototag.out)["faces"]) == 2


def test_faces_have_the_shape_of_the_contract(phototag: Command, scanned: Path) -> None:
    phototag("name-cluster", 1, "--as", "elon")
    phototag("faces", "--json", "--photo", "2021/both.jpg")
    document = json.loads(phototag.out)
    assert document["library"] == str(scanned)
    assert document["space"] == {"engine": "fake", "dim": 128, "metric": "euclidean"}
    red, blue = document["faces"]
    keys = [
        "id",
        "photo",
        "box",
        "score",
        "quality",
        "cluster",
        "person",
        "suggestion",
        "source",
        "distance",
        "runner_up",
        "ignored",
        "drawn",
    ]
    assert list(red) == list(blue) == keys
    assert (red["person"], red["source"], red["distance"], red["cluster"]) == ("elon", "human", None, 1)
    assert (blue["person"], blue["source"], blue["distance"], blue["cluster"]) == (None, None, None, 2)
    assert red["photo"] == "2021/both.jpg"
    assert red["box"] == pytest.approx([40, 40, 160, 160], abs=3)
    assert 0 <= red["quality"] <= 1


def test_a_box_is_in_pixels_of_the_upright_image(phototag: Command, tmp_path: Path) -> None:
    image = Image.open(draw_photo(tmp_path / "plain.png", [RED, "#808080"], (400, 200)))
    exif = Image.Exif()
    exif[0x0112] = 6  # stored turned: shown after a quarter turn clockwise
    other = tmp_path / "other"
    other.mkdir()
    image.transpose(Image.Transpose.ROTATE_90).save(other / "turned.jpg", exif=exif, quality=95)
    boxes = []
    for root in (other, tmp_path):
        phototag("scan", root, "--index", tmp_path / f"index of {root.name}", "--engine", "fake")
        phototag("faces", "--json", "--index", tmp_path / f"index of {root.name}")
        boxes.append(json.loads(phototag.out)["faces"][0]["box"])
    assert boxes[0] == pytest.approx(boxes[1], abs=3)


def test_tags_are_a_line_a_photo_for_other_programs(phototag: Command, scanned: Path) -> None:
    phototag("name-cluster", 1, "--as", "elon")
    lines = [json.loads(line) for line in (scanned / ".phototag" / "tags.jsonl").read_text().splitlines()]
    assert [line["photo"] for line in lines] == sorted(line["photo"] for line in lines)
    both = lines[3]
    assert list(both) == ["photo", "hash", "taken", "size", "orientation", "people", "faces"]
    assert (both["photo"], both["people"]) == ("2021/both.jpg", ["elon"])
    assert [face["person"] for face in both["faces"]] == ["elon", None]
    assert list(both["faces"][0]) == ["id", "box", "person", "source"]


def test_the_capture_time_is_in_the_tags(phototag: Command, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2019:06:01 12:00:00"
    Image.new("RGB", (64, 64)).save(tmp_path / "a.jpg", exif=exif)
    phototag("scan", tmp_path, "--engine", "fake")
    assert json.loads((tmp_path / ".phototag" / "tags.jsonl").read_text())["taken"] == "2019-06-01T12:00:00"


@pytest.mark.parametrize("name", ["", "   ", "\t\n", "...", "a\x00b", "a\x1bb", "x" * 101])
def test_a_name_that_is_none_is_refused_and_nothing_is_written(phototag: Command, scanned: Path, name: str) -> None:
    before = (scanned / ".phototag" / "tags.jsonl").read_bytes()
    assert phototag("name-cluster", 1, "--as", name) == 2
    assert "name" in phototag.err
    assert (scanned / ".phototag" / "tags.jsonl").read_bytes() == before
    phototag("people", "--json")
    assert json.loads(phototag.out) == {"people": []}


@pytest.mark.parametrize("name", ["O'Brien", "Élise 2", "李雷", "Anna-Lena von der Aa", "نور", "R2D2 🤖"])
def test_names_of_all_kinds_are_names(phototag: Command, scanned: Path, name: str) -> None:
    assert phototag("name-cluster", 1, "--as", name) == 0
    assert phototag("find", name) == 0
    assert len(phototag.out.splitlines()) == 3


def test_a_group_that_does_not_exist(phototag: Command, scanned: Path) -> None:
    assert phototag("name-cluster", 99, "--as", "elon") == 2
    assert "no unknown group 99" in phototag.err
    assert "phototag clusters" in phototag.err


def test_a_group_that_has_a_name_already(phototag: Command, scanned: Path) -> None:
    phototag("name-cluster", 1, "--as", "elon")
    assert phototag("name-cluster", 1, "--as", "bob") == 2
    assert "is elon already" in phototag.err


def test_a_person_whom_nobody_knows(phototag: Command, scanned: Path) -> None:
    assert phototag("find", "zoe") == 2
    assert "nobody has a name yet" in phototag.err
    phototag("name-cluster", 1, "--as", "elon")
    assert phototag("faces", "--person", "zoe") == 2
    assert "Known: elon" in phototag.err


def test_two_groups_of_one_person_become_one(phototag: Command, scanned: Path) -> None:
    phototag("name-cluster", 1, "--as", "elon")
    phototag("name-cluster", 2, "--as", "ELON")
    phototag("people", "--json")
    (elon,) = json.loads(phototag.out)["people"]
    assert (elon["name"], elon["faces"], elon["photos"]) == ("elon", 5, 4)


def test_asking_before_anything_was_scanned(phototag: Command) -> None:
    assert phototag("people") == 4
    assert "phototag scan DIR" in phototag.err


def test_asking_for_a_library_that_was_not_scanned(phototag: Command, tmp_path: Path) -> None:
    for command in (["people"], ["name-cluster", 1, "--as", "elon"]):
        assert phototag(*command, "--library", tmp_path) == 4
        assert "no index" in phototag.err
    assert list(tmp_path.iterdir()) == []


def test_the_library_is_the_one_named_the_variables_the_one_around_or_the_last(
    phototag: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for i, name in enumerate(["named", "variable", "around", "last"], start=1):
        for n in range(2 * i):
            draw_photo(tmp_path / name / "deep" / f"{n}.png", [RED], (300 + n, 200))
        phototag("scan", tmp_path / name, "--engine", "fake")

    def faces(*more: object) -> int:
        phototag("clusters", "--json", *more)
        return json.loads(phototag.out)["clusters"][0]["faces"]

    assert faces() == 8
    monkeypatch.chdir(tmp_path / "around" / "deep")
    assert faces() == 6
    monkeypatch.setenv("PHOTOTAG_LIBRARY", str(tmp_path / "variable"))
    assert faces() == 4
    assert faces("--library", tmp_path / "named") == 2


def test_json_is_one_document_and_nothing_else(phototag: Command, scanned: Path) -> None:
    for command in (["clusters"], ["people"], ["faces"], ["scan", scanned]):
        phototag(*command, "--json")
        json.loads(phototag.out)


def test_a_photo_can_be_named_by_its_path_on_disk(
    phototag: Command, scanned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(scanned / "2021")
    phototag("faces", "--photo", "both.jpg", "--json")
    assert len(json.loads(phototag.out)["faces"]) == 2
