from __future__ import annotations

import re
from dataclasses import replace

import pytest

from phototag.media.pages import places
from phototag.media.pages.contents import Exhibit, Gallery, Mark, Portrayed, Sitter
from phototag.media.pages.render import PER_PAGE, Page, box_classes, label_classes, pages, shape_class, size
from phototag.types import Box, Shown

ANN = Sitter(7, "Ann", "aa00", 1)
EXHIBIT = Exhibit("ab12", "ab12", 3000, 2000, Shown(), b"a.jpg", "../../../a.jpg", (Mark(Box(0, 0, 0.5, 1), ANN),))
EVIL = '<script>alert("1")</script>\'&'


def gallery(*exhibits: Exhibit, who: Sitter = ANN, title: str = "Ours") -> Gallery:
    return Gallery(title, (Portrayed(who, len(exhibits), exhibits, ()),), exhibits, 0, 0)


def drawn(shown: Gallery) -> dict[str, str]:
    return {page.name: page.html().decode() for page in pages(shown)}


def test_a_box_is_put_over_a_face_by_classes_that_there_are() -> None:
    assert box_classes(Box(0.1, 0.25, 0.2, 0.5)) == "l40 t100 w40 h100"
    assert box_classes(Box(1, 1, 1, 1)) == "l400 t400 w1 h1"
    for rule in (".l40{left:10%}", ".t100{top:25%}", ".w400{width:100%}", ".h0{height:0%}", ".r150{--r:1.5}"):
        assert rule in places.boxes().decode().splitlines()


def test_a_name_does_not_leave_the_picture() -> None:
    assert label_classes(Box(0.4, 0.4, 0.5, 0.5)) == "name"
    assert label_classes(Box(0, 0.4, 0.1, 0.99)) == "name from-left above"
    assert label_classes(Box(0.9, 0.4, 1, 0.5)) == "name from-right"


@pytest.mark.parametrize(
    ("width", "height", "shape"), [(3, 2, "r150"), (2, 3, "r67"), (9999, 1, "r400"), (1, 99, "r25")]
)
def test_a_picture_has_a_shape_that_there_is(width: int, height: int, shape: str) -> None:
    assert shape_class(replace(EXHIBIT, width=width, height=height)) == shape


def test_a_small_photo_is_not_made_larger() -> None:
    assert size(EXHIBIT, 600) == (600, 400)
    assert size(EXHIBIT, 6000) == (3000, 2000)


def test_ten_thousand_photos_are_on_pages_of_a_few() -> None:
    many = [replace(EXHIBIT, photo=f"{i:032x}", shown=Shown(taken="2020-01-01T00:00:00")) for i in range(10_000)]
    of_ann = [page for page in pages(gallery(*many)) if page.template == "person.html"]
    assert len(of_ann) == 10_000 / PER_PAGE
    assert all(len(page.html()) < 150_000 for page in (of_ann[0], of_ann[1], of_ann[-1]))
    assert "Page 2 of 50" in of_ann[1].html().decode()
    assert '<a rel="prev" href="../people/7.html">' in of_ann[1].html().decode()


def test_a_name_is_never_markup() -> None:
    shown = gallery(
        replace(EXHIBIT, marks=(Mark(Box(0, 0, 1, 1), who := replace(ANN, name=EVIL)),)), who=who, title=EVIL
    )
    for html in drawn(shown).values():
        assert EVIL not in html
        assert "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt;&#39;&amp;" in html
        assert html.count("<script") == 1


def test_pages_have_no_style_or_script_of_their_own_and_ask_nobody() -> None:
    for html in drawn(gallery(EXHIBIT)).values():
        assert not re.search(r"\sstyle=|<style|\son\w+=|https?:|//", html.replace("<!doctype html>", ""))
        assert "default-src 'none'" in html


def test_a_picture_that_could_not_be_made_is_said_to_be_missing() -> None:
    of_ann, of_photo = (page for page in pages(gallery(EXHIBIT)) if page.name != "index.html")
    missing = {EXHIBIT.small, EXHIBIT.large, ANN.cover}
    assert "<img" not in of_ann.html(missing).decode()
    assert "could not be read" in of_photo.html(missing).decode()


def test_what_is_no_unicode_does_not_stop_a_page() -> None:
    assert b"? Ours" in Page("index.html", "index.html", {"gallery": gallery(title="\udcff Ours")}).html()


def test_all_names_are_such_as_a_gallery_has() -> None:
    names = [page.name for page in pages(gallery(EXHIBIT))]
    names += [places.person_page(7, 12), EXHIBIT.small, EXHIBIT.large, ANN.cover, *places.fixed_files()]
    assert [name for name in names if not places.OURS.fullmatch(name)] == []
    assert not places.OURS.fullmatch("../photos/ab/ab12.html")
