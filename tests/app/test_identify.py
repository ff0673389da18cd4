"""Who is on a photo that lies anywhere, and whether they are who they are said to be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from tests.conftest import BLUE, CYAN, GREEN, LIGHT_RED, PALE_RED, RED, YELLOW, Album, Command, draw_photo


@pytest.fixture
def known(album: Album, tmp_path: Path, phototag: Command) -> Album:
    """Ann is red, by a photo of the library; bob is blue, by an enrolled one."""
    album.scan(r1=["#700000"], g=[GREEN])
    album.name("ann", "r1")
    album.close()
    draw_photo(tmp_path / "guests" / "bob.png", [BLUE], (400, 400))
    assert phototag("enroll", tmp_path / "guests", "--library", album.root) == 0
    return album


def identified(phototag: Command, album: Album, *arguments: object) -> list[dict[str, object]]:
    assert phototag("identify", *arguments, "--library", album.root, "--json") == 0
    return [face for photo in json.loads(phototag.out)["photos"] for face in photo["faces"]]


def test_everybody_is_told_from_left_to_right(known: Album, tmp_path: Path, phototag: Command) -> None:
    photo = draw_photo(tmp_path / "x.png", [BLUE, "#780000", CYAN], (900, 300))
    bob, ann, nobody = identified(phototag, known, photo)
    assert (bob["person"], ann["person"], nobody["person"]) == ("bob", "ann", None)
    assert bob["nearest"][0] == "bob"  # type: ignore[index]
    assert bob["runner_up"][0] == "ann"  # type: ignore[index]
    assert bob["box"][0] < ann["box"][0] < nobody["box"][0]  # type: ignore[index]


def test_who_is_not_quite_like_somebody_is_perhaps_them(known: Album, tmp_path: Path, phototag: Command) -> None:
    (face,) = identified(phototag, known, draw_photo(tmp_path / "x.png", [PALE_RED]))
    assert (face["person"], face["perhaps"]) == (None, "ann")


def test_a_stranger_is_not_in_the_database(known: Album, tmp_path: Path, phototag: Command) -> None:
    photo = draw_photo(tmp_path / "x.png", [CYAN])
    assert phototag("identify", photo, "--library", known.root) == 0
    assert "not in the database" in phototag.out


def test_nobody_is_on_a_photo_twice(known: Album, tmp_path: Path, phototag: Command) -> None:
    found = identified(phototag, known, draw_photo(tmp_path / "x.png", ["#700000", "#7a0000"], (600, 300)))
    assert {(face["person"], face["perhaps"]) for face in found} == {("ann", None), (None, "ann")}


def test_whoever_is_ignored_is_nobody(known: Album, tmp_path: Path, phototag: Command) -> None:
    photo = draw_photo(tmp_path / "x.png", [BLUE])
    assert phototag("ignore", "bob", "--library", known.root) == 0
    (face,) = identified(phototag, known, photo)
    assert (face["person"], face["perhaps"]) == (None, None)


def test_nothing_is_remembered(known: Album, tmp_path: Path, phototag: Command) -> None:
    before = {path: path.read_bytes() for path in (known.root / ".phototag").rglob("*") if path.is_file()}
    identified(phototag, known, draw_photo(tmp_path / "x.png", [BLUE]))
    assert {path: path.read_bytes() for path in before} == before


def test_boxes_and_names_are_drawn_on_a_copy(known: Album, tmp_path: Path, phototag: Command) -> None:
    photo, out = draw_photo(tmp_path / "x.png", [BLUE, CYAN], (600, 300)), tmp_path / "out.jpg"
    before = photo.read_bytes()
    assert phototag("identify", photo, "--annotate", out, "--library", known.root) == 0
    with Image.open(out) as drawn, Image.open(photo) as plain:
        assert drawn.size == plain.size
        colours = {drawn.convert("RGB").getpixel((x, y)) for x in range(0, 600, 3) for y in range(0, 300, 3)}
    assert any(g > 150 and r < 110 and b < 140 for r, g, b in colours)  # the green of who is known
    assert photo.read_bytes() == before


def test_several_photos_are_drawn_into_a_folder(known: Album, tmp_path: Path, phototag: Command) -> None:
    for name in ("x", "y"):
        draw_photo(tmp_path / "in" / f"{name}.png", [BLUE])
    assert phototag("identify", tmp_path / "in", "--annotate", tmp_path / "out", "--library", known.root) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["x.jpg", "y.jpg"]


def test_a_file_that_is_there_is_not_overwritten(known: Album, tmp_path: Path, phototag: Command) -> None:
    photo, out = draw_photo(tmp_path / "x.png", [BLUE]), tmp_path / "out.jpg"
    out.write_text("mine")
    assert phototag("identify", photo, "--annotate", out, "--library", known.root) == 6
    assert out.read_text() == "mine"
    assert phototag("identify", photo, "--annotate", out, "--force", "--library", known.root) == 0
    assert out.read_bytes()[:2] == b"\xff\xd8"


def test_a_copy_that_is_called_png_is_one(known: Album, tmp_path: Path, phototag: Command) -> None:
    out = tmp_path / "out.PNG"
    photo = draw_photo(tmp_path / "x.png", [BLUE])
    assert phototag("identify", photo, "--annotate", out, "--library", known.root) == 0
    with Image.open(out) as drawn:
        assert drawn.format == "PNG"


def test_nothing_is_drawn_on_a_photo_itself(known: Album, tmp_path: Path, phototag: Command) -> None:
    photo, own = draw_photo(tmp_path / "in" / "x.jpg", [BLUE]), known.root / "r1.png"
    database = known.root / ".phototag" / "index.db"
    before = photo.read_bytes(), own.read_bytes(), database.read_bytes()
    for out in (photo, photo.parent, own, database):
        assert phototag("identify", photo, "--annotate", out, "--force", "--library", known.root) == 2
    assert (photo.read_bytes(), own.read_bytes(), database.read_bytes()) == before


def test_two_photos_of_one_name_are_not_drawn_on_one(known: Album, tmp_path: Path, phototag: Command) -> None:
    one, two = draw_photo(tmp_path / "a" / "x.png", [BLUE]), draw_photo(tmp_path / "b" / "x.png", [BLUE])
    assert phototag("identify", one, two, "--annotate", tmp_path / "out", "--library", known.root) == 2
    assert not (tmp_path / "out").exists()


def test_a_broken_photo_is_a_problem_and_the_others_are_identified(
    known: Album, tmp_path: Path, phototag: Command
) -> None:
    (tmp_path / "x.jpg").write_bytes(b"\xff\xd8\xff broken")
    photo = draw_photo(tmp_path / "y.png", [BLUE])
    assert phototag("identify", tmp_path / "x.jpg", photo, "--library", known.root, "--json") == 10
    broken, good = json.loads(phototag.out)["photos"]
    assert broken["reason"]
    assert good["faces"][0]["person"] == "bob"


def test_a_photo_that_is_not_there_is_said(known: Album, tmp_path: Path, phototag: Command) -> None:
    assert phototag("identify", tmp_path / "none.jpg", "--library", known.root) == 2
    assert "no photo" in phototag.err


def test_an_empty_gallery_says_how_to_fill_it(album: Album, tmp_path: Path, phototag: Command) -> None:
    album.scan(r1=[RED])
    assert phototag("identify", album.root / "r1.png", "--library", album.root) == 2
    assert "phototag enroll" in phototag.err


def test_somebody_is_who_they_are_said_to_be(known: Album, tmp_path: Path, phototag: Command) -> None:
    photo = draw_photo(tmp_path / "x.png", [LIGHT_RED])
    assert phototag("verify", photo, "ANN", "--library", known.root, "--json") == 0
    found = json.loads(phototag.out)
    assert found["match"] is True
    assert found["person"] == "ann"
    assert found["distance"] == pytest.approx(0.32, abs=0.02)
    assert found["threshold"] == 0.40
    assert found["references"] == 1


def test_somebody_else_is_no_match(known: Album, tmp_path: Path, phototag: Command) -> None:
    photo = draw_photo(tmp_path / "x.png", [BLUE])
    assert phototag("verify", photo, "ann", "--library", known.root) == 1
    assert "This is not ann" in phototag.out
    assert "bob is nearer" in phototag.out


def test_all_references_count_and_not_one(known: Album, tmp_path: Path, phototag: Command) -> None:
    photo = draw_photo(tmp_path / "x.png", [PALE_RED])
    assert phototag("verify", photo, "ann", "--library", known.root) == 1
    for n, colour in enumerate([LIGHT_RED, PALE_RED, PALE_RED]):
        draw_photo(tmp_path / "more" / f"{n}.png", [colour], (400 + n, 300))
    assert phototag("enroll", tmp_path / "more", "--as", "ann", "--library", known.root) == 0
    assert phototag("verify", photo, "ann", "--library", known.root) == 0


@pytest.mark.parametrize(
    ("colours", "why"), [([], "No face was found"), ([RED, BLUE], "2 faces on it")], ids=["nobody", "a crowd"]
)
def test_one_face_is_needed(known: Album, tmp_path: Path, phototag: Command, colours: list[str], why: str) -> None:
    photo = draw_photo(tmp_path / "x.png", colours)
    assert phototag("verify", photo, "ann", "--library", known.root) == 2
    assert why in phototag.err


def test_nobody_is_verified_who_is_not_known(known: Album, tmp_path: Path, phototag: Command) -> None:
    photo = draw_photo(tmp_path / "x.png", [RED])
    assert phototag("verify", photo, "zoe", "--library", known.root) == 2
    assert "Nobody is called 'zoe'" in phototag.err
    assert phototag("present", "tom", known.root / "g.png", "--library", known.root) == 0
    assert phototag("verify", photo, "tom", "--library", known.root) == 2
    assert "No face of tom is known" in phototag.err


COLOURS = {"elon": RED, "ann": GREEN, "bob": BLUE, "cat": CYAN}


def _four(album: Album) -> None:
    album.scan(**{f"{name}{i}": [colour] for name, colour in COLOURS.items() for i in range(4)}, stranger=[YELLOW])
    for name in COLOURS:
        album.name(name, *(f"{name}{i}" for i in range(4)))


@pytest.fixture
def trained(album: Album, phototag: Command) -> Album:
    """Four people, and a classifier that was trained on them."""
    album.once("four to train with", _four).close()
    assert phototag("train", "--classifier", "knn", "--precision", "0.9", "--library", album.root) == 0
    return album


def test_a_trained_classifier_names_whom_it_knows(trained: Album, tmp_path: Path, phototag: Command) -> None:
    photo = draw_photo(tmp_path / "x.png", [BLUE, YELLOW, GREEN], (900, 300))
    bob, stranger, ann = identified(phototag, trained, photo, "--classifier", "knn")
    assert (bob["person"], stranger["person"], ann["person"]) == ("bob", None, "ann")
    assert stranger["probability"] is None
    assert 0.5 < bob["probability"] <= 1  # type: ignore[operator]


def test_a_classifier_names_nobody_twice_on_a_photo(trained: Album, tmp_path: Path, phototag: Command) -> None:
    photo = draw_photo(tmp_path / "x.png", [BLUE, "#0000d0"], (600, 300))
    found = identified(phototag, trained, photo, "--classifier", "knn")
    assert sorted(str(face["person"]) for face in found) == ["None", "bob"]


def test_a_classifier_that_is_stale_or_was_not_trained_is_refused(
    trained: Album, tmp_path: Path, phototag: Command
) -> None:
    photo = draw_photo(tmp_path / "x.png", [BLUE])
    assert phototag("identify", photo, "--classifier", "svm", "--library", trained.root) == 2
    assert "phototag train --classifier svm" in phototag.err
    trained.name("yel", "stranger")
    trained.close()
    assert phototag("identify", photo, "--classifier", "knn", "--library", trained.root) == 2
    assert "stale" in phototag.err
