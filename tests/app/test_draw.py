"""Faces that a person draws by hand. The fake engine finds a coloured square in the middle of a photo: 0.3 to 0.7."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from phototag.app import correct
from phototag.app.draw import SMALLEST, Drawing, draw, pixels
from phototag.app.find import find_photos
from phototag.app.history import entries, redo, undo
from phototag.app.intake import take_in
from phototag.app.sentences import drawn
from phototag.core.geometry import intersection_over_union
from phototag.core.regions import Account, Region
from phototag.errors import UnknownError, UsageError
from phototag.index import faces, health
from phototag.index.db import transaction
from phototag.index.spots import SAME_PLACE
from phototag.types import Box
from tests.conftest import BLUE, RED, Album, draw_photo

AT = 5
CORNER = (10, 10, 50, 60)
"""Where no face is."""
BESIDE = (14, 12, 60, 70)
"""The same face, a little larger."""
ELSEWHERE = (10, 200, 50, 260)


def put(album: Album, box: Sequence[int] = CORNER, name: str | None = None, photo: str = "a", **more: str) -> Drawing:
    return draw(album.index, f"{photo}.png".encode(), box, AT, name=name, **more)


def boxes(album: Album, photo: str = "a") -> dict[tuple[int, ...], str | None]:
    """Box in pixels -> whose face it is, of all faces on a photo."""
    found = faces.faces(album.index.db, faces.Filter(path=f"{photo}.png".encode()))
    return {face.box_px: face.person for face in found}


def line(album: Album, photo: str = "a") -> dict[str, object]:
    lines = [json.loads(text) for text in album.tags().splitlines()]
    return next(found for found in lines if found["photo"] == f"{photo}.png")


@pytest.fixture
def one(album: Album) -> Album:
    """Red on a, blue on b, nobody on c."""

    def make(album: Album) -> None:
        album.scan(a=[RED], b=[BLUE], c=[])

    return album.once("draw", make)


# Drawing


def test_a_face_is_drawn_with_a_name(one: Album) -> None:
    made = put(one, name="Ann")
    assert drawn(made) == "A face of Ann is drawn on a.png."
    assert boxes(one)[CORNER] == "Ann"
    assert one.face("a").id == made.face
    assert line(one)["people"] == ["Ann"]
    assert list(find_photos(one.index, "ann").paths) == [b"a.png"]
    assert [entry.text for entry in entries(one.index)] == ["face of Ann drawn on a.png"]


def test_a_face_is_drawn_without_a_name_and_named_later(one: Album) -> None:
    made = put(one)
    assert drawn(made) == "A face is drawn on a.png."
    assert boxes(one)[CORNER] is None
    assert {"id": made.face, "box": list(CORNER), "person": None, "source": None, "drawn": True} in line(one)["faces"]
    correct.move(one.index, [made.face], "Ann", AT)
    assert boxes(one)[CORNER] == "Ann"


def test_a_box_on_a_found_face_is_that_face(one: Album) -> None:
    face = one.face("a")
    left, top, right, bottom = face.box_px
    around = (left - 40, top - 40, right + 40, bottom + 40)  # a person draws around the whole head
    made = put(one, around, "Ann")
    assert drawn(made) == "There is a face already, which was found: it is Ann now."
    assert (made.face, boxes(one)) == (face.id, {face.box_px: "Ann"})
    assert drawn(put(one, around, "Ann")) == "There is a face already, which was found: it is Ann already."
    assert drawn(put(one, around)) == "There is a face already, which was found: it is Ann already."
    assert drawn(put(one, around, "Bob")) == "There is a face already, which was found: it is Bob now."
    correct.reject(one.index, [face.id], AT)
    before = one.tags()
    assert drawn(put(one, around)) == "There is a face already, which was found: it has no name yet."
    assert one.tags() == before


@pytest.mark.parametrize("name", ["Ann", None])
def test_a_box_on_what_was_no_face_makes_it_one(one: Album, name: str | None) -> None:
    face = one.face("a")
    correct.not_a_face(one.index, [face.id], AT)
    put(one, face.box_px, name)
    assert boxes(one) == {face.box_px: name}
    undo(one.index, None, AT)
    assert boxes(one) == {}


def test_who_is_on_the_photo_without_a_place_can_be_drawn(one: Album) -> None:
    correct.present_at(one.index, "Ann", [b"a.png"], AT)
    put(one, name="ann")
    assert line(one)["people"] == ["Ann"]
    assert boxes(one)[CORNER] == "Ann"


# Drawing again


@pytest.mark.parametrize("named", [True, False])
def test_a_drawn_face_that_is_drawn_again_has_the_new_box(one: Album, named: bool) -> None:
    put(one, name="Ann")
    made = put(one, BESIDE, "Ann" if named else None)
    assert drawn(made) == "The face of Ann is where you drew it now."
    assert boxes(one)[BESIDE] == "Ann"
    assert CORNER not in boxes(one)
    assert drawn(put(one, BESIDE)) == "The face of Ann is where you drew it already."
    undo(one.index, None, AT)
    assert boxes(one)[CORNER] == "Ann"
    redo(one.index, None, AT)
    assert boxes(one)[BESIDE] == "Ann"


def test_a_drawn_face_can_be_larger_round_the_same_centre(one: Album) -> None:
    put(one, (100, 20, 140, 60), "Ann", "c")
    put(one, (90, 10, 150, 70), photo="c")
    assert boxes(one, "c") == {(90, 10, 150, 70): "Ann"}


def test_a_drawn_face_goes_anywhere_with_all_that_was_said_of_it(one: Album) -> None:
    face = put(one, name="Ann").face
    correct.reject(one.index, [face], AT)
    correct.move(one.index, [face], "Bob", AT)
    made = put(one, ELSEWHERE, instead=face[:8])
    assert boxes(one)[ELSEWHERE] == "Bob"
    assert CORNER not in boxes(one)
    shown = next(found for found in line(one)["faces"] if found["id"] == made.face)
    assert shown["not"] == ["Ann"]
    assert "waiting" not in line(one)


def test_a_drawn_face_does_not_go_onto_another(one: Album) -> None:
    face = put(one, name="Ann").face
    with pytest.raises(UsageError, match="Another face lies there"):
        put(one, one.face("a", 1).box_px, instead=face)
    assert boxes(one)[CORNER] == "Ann"


def test_only_a_drawn_face_of_the_photo_goes_elsewhere(one: Album) -> None:
    with pytest.raises(UsageError, match="was found, not drawn"):
        put(one, instead=one.face("a").id)
    face = put(one).face
    with pytest.raises(UsageError, match="on another photo"):
        put(one, photo="b", instead=face)
    with pytest.raises(UnknownError):
        put(one, instead="0000")


# Removing


def test_no_face_removes_a_drawn_one_for_good(one: Album) -> None:
    face = put(one, name="Ann").face
    outcome, _ = correct.not_a_face(one.index, [face], AT)
    assert outcome.words == {"faces": 1, "drawn": 1}
    assert CORNER not in boxes(one)
    assert one.index.db.execute("SELECT count(*) FROM faces WHERE id = ?", (face,)).fetchone() == (0,)
    assert line(one)["not_faces"] == [{"id": face, "box": list(CORNER)}]
    undo(one.index, None, AT)
    assert boxes(one)[CORNER] == "Ann"
    assert "not_faces" not in line(one)


def test_what_was_removed_can_be_drawn_again(one: Album) -> None:
    correct.not_a_face(one.index, [put(one, name="Ann").face], AT)
    put(one, BESIDE, "Bob")
    assert boxes(one)[BESIDE] == "Bob"
    assert "not_faces" not in line(one)


def test_what_another_program_drew_and_was_removed_stays_away(one: Album) -> None:
    account = Account(b"c.png", (Region("Ann", Box(0.02, 0.02, 0.12, 0.15)),))
    take_in(one.index, [account], "XMP", AT)
    correct.not_a_face(one.index, [one.face("c").id], AT)
    assert len(take_in(one.index, [account], "XMP", AT).contradictions) == 1
    assert boxes(one, "c") == {}


# Bad input


@pytest.mark.parametrize(
    ("box", "says"),
    [((-1, 0, 50, 50), "not in the picture, which is 321 x 300"), ((0, 0, 322, 50), "not in the picture"),
     ((0, 0, 50, 301), "not in the picture"), ((50, 10, 10, 50), "too small"), ((10, 10, 10, 50), "too small"),
     ((10, 10, 10 + SMALLEST - 1, 50), "8 pixels or more"), ((500, 500, 600, 600), "not in the picture")],
)  # fmt: skip
def test_a_box_that_is_none_is_refused(one: Album, box: tuple[int, ...], says: str) -> None:
    before = one.tags()
    with pytest.raises(UsageError, match=says):
        put(one, box, "Ann")
    assert one.tags() == before
    assert entries(one.index) == []


def test_the_smallest_and_the_largest_box_can_be_drawn(one: Album) -> None:
    put(one, (0, 0, SMALLEST, SMALLEST), photo="c")
    assert boxes(one, "c") == {(0, 0, 8, 8): None}
    put(one, (0, 0, 323, 300), photo="c")
    assert len(boxes(one, "c")) == 2


def test_a_name_that_is_none_or_ignored_is_refused(one: Album) -> None:
    with pytest.raises(UsageError, match="no letter"):
        put(one, name="!!!")
    one.name("Ann", "b")
    correct.ignore(one.index, "Ann", AT)
    with pytest.raises(UsageError, match="is ignored"):
        put(one, name="Ann")
    assert CORNER not in boxes(one)


# Taking back


def test_taking_it_back_removes_the_face_and_the_name(one: Album) -> None:
    before = one.tags()
    put(one, name="Ann")
    after = one.tags()
    undo(one.index, None, AT)
    assert one.tags() == before
    redo(one.index, None, AT)
    assert one.tags() == after
    assert health.differences_from_journal(one.index.db) == []


def test_a_drawing_on_which_a_name_builds_is_not_taken_back_alone(one: Album) -> None:
    """They share no cell, but a name needs a face."""
    before = one.tags()
    face = put(one).face
    correct.move(one.index, [face], "Ann", AT)
    with pytest.raises(UsageError, match="cannot be taken back alone"):
        undo(one.index, 1, AT)
    undo(one.index, 1, AT, with_later=True)
    assert one.tags() == before
    with pytest.raises(UsageError, match="cannot be put back"):
        redo(one.index, 2, AT)
    redo(one.index, 1, AT)
    redo(one.index, 2, AT)
    assert boxes(one)[CORNER] == "Ann"


def test_drawings_of_two_faces_do_not_depend_on_each_other(one: Album) -> None:
    put(one, name="Ann")
    put(one, ELSEWHERE, "Bob")
    undo(one.index, 1, AT)
    assert (CORNER in boxes(one), boxes(one)[ELSEWHERE]) == (False, "Bob")
    undo(one.index, 2, AT)
    redo(one.index, 1, AT)
    assert (boxes(one)[CORNER], ELSEWHERE in boxes(one)) == ("Ann", False)


# What lasts


def again(album: Album, *command: object) -> None:
    album.close()
    assert album._phototag(*command, album.root, "--engine", "fake") == 0


def test_what_was_drawn_outlives_scans(one: Album) -> None:
    put(one, name="Ann")
    put(one, ELSEWHERE)
    before = one.tags()
    again(one, "scan", "--force")
    assert one.tags() == before


def test_what_was_drawn_outlives_a_lost_index(one: Album) -> None:
    face = put(one, name="Ann").face
    put(one, BESIDE)
    put(one, ELSEWHERE)
    correct.not_a_face(one.index, [put(one, CORNER, "Bob", "b").face], AT)
    before = one.tags()
    one.close()
    (one.root / ".phototag" / "index.db").write_bytes(b"lost")
    again(one, "rebuild")
    assert one.tags() == before
    assert face not in before.decode()
    put(one, ELSEWHERE, "Carl")
    assert boxes(one)[ELSEWHERE] == "Carl"


def test_a_face_that_is_found_later_gets_the_name_of_the_last_drawing(one: Album) -> None:
    """Not the place where it was drawn at first, though that fits better."""
    face = one.face("b")
    left, top, right, bottom = face.box_px
    with transaction(one.index.db):  # as if it had not been found yet
        for table in ("vectors", "cluster_faces"):
            one.index.db.execute(f"DELETE FROM {table} WHERE face_id = ?", (face.id,))
        one.index.db.execute("DELETE FROM faces WHERE id = ?", (face.id,))
    first = put(one, (left, top, right, bottom - 5), "Ann", "b").face
    put(one, (left, top, right - 30, bottom - 30), photo="b", instead=first)
    again(one, "scan", "--force")
    assert boxes(one, "b") == {face.box_px: "Ann"}


def test_sidecars_have_it(one: Album) -> None:
    put(one, name="Ann")
    one.close()
    assert one._phototag("export", "xmp", "--library", one.root) == 0
    text = (one.root / "a.png.xmp").read_text()
    assert "Ann" in text
    assert "0.1246" in text  # 40 of 321 pixels


# Orientations, copies, and any boxes


@pytest.mark.parametrize("orientation", range(1, 9))
def test_boxes_are_of_the_upright_picture(album: Album, orientation: int) -> None:
    photo = draw_photo(album.root / "a.jpg", [], (400, 300))
    exif = Image.Exif()
    exif[0x0112] = orientation
    with Image.open(photo) as image:
        image.save(photo, exif=exif)
    album.scan()
    draw(album.index, b"a.jpg", CORNER, AT, name="Ann")
    assert [face.box_px for face in faces.faces(album.index.db)] == [CORNER]
    upright = (300, 400) if orientation >= 5 else (400, 300)
    edge = (0, 0, *upright)
    assert pixels(album.index, b"a.jpg", (0, 0, 1, 1)) == edge
    with pytest.raises(UsageError):
        draw(album.index, b"a.jpg", (0, 0, upright[0] + 1, 50), AT)


def test_on_a_copy_it_is_drawn_on_the_photo_that_it_counts_as(album: Album, tmp_path: Path) -> None:
    photo = draw_photo(album.root / "a.png", [RED], (800, 600))
    with Image.open(photo) as image:
        image.resize((400, 300)).save(album.root / "small.png")
    album.scan()
    draw(album.index, b"small.png", CORNER, AT, name="Ann")
    assert line(album, "a")["people"] == line(album, "small")["people"] == ["Ann"]
    assert (20, 20, 100, 120) in boxes(album, "a")
    draw(album.index, b"a.png", (24, 24, 110, 130), AT)
    assert boxes(album, "a")[24, 24, 110, 130] == "Ann"


@pytest.fixture
def blank(album: Album) -> Album:
    """A photo of nobody, 321 x 300."""

    def make(album: Album) -> None:
        album.scan(a=[])

    return album.once("blank", make)


EDGES = st.integers(-20, 340)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(EDGES, EDGES, EDGES, EDGES), max_size=6))
def test_whatever_is_drawn_no_two_faces_are_in_one_place_and_all_can_be_taken_back(
    blank: Album, drawings: list[tuple[int, int, int, int]]
) -> None:
    made = []
    for box in drawings:
        try:
            made.append(put(blank, box, "Ann").outcome.decision)
        except UsageError:
            continue
        assert box in boxes(blank)
    found = [face.box for face in faces.faces(blank.index.db)]
    assert [(a, b) for a in found for b in found if a < b and intersection_over_union(a, b) >= SAME_PLACE] == []
    assert all(box.left < box.right <= 1 and box.top < box.bottom <= 1 for box in found)
    assert health.differences_from_journal(blank.index.db) == []
    for number in reversed([number for number in made if number is not None]):
        undo(blank.index, number, AT)
    assert boxes(blank) == {}
