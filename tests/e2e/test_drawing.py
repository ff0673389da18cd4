"""A face that was not found is drawn on its photo."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.pages import photo_at
from tests.e2e.visitor import Page, Visitor, expect

Says = Callable[..., Any]
Place = tuple[float, float]

NOBODY = "2018-05 Garden party/IMG_0480.jpg"
TURNED = {
    "2019-06 Lake weekend/IMG_0433.jpg": 3,
    "2019-06 Lake weekend/IMG_0438.jpg": 6,
    "2018-05 Garden party/IMG_0419.jpg": 8,
}
"""By the orientation of their EXIF."""


@pytest.fixture
def visitor(visit: Callable[..., Visitor], library: Path) -> Visitor:
    """Somebody at the photo of nobody."""
    return visit(at=photo_at(library, NOBODY))


def pixels(page: Page, *places: Place) -> list[Place]:
    """Where fractions of the picture are on the screen."""
    page.locator(".picture").scroll_into_view_if_needed()
    box = page.locator(".picture img").bounding_box()
    assert box
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places]


def drag(page: Page, start: Place, end: Place) -> None:
    """With the mouse, in fractions of the picture."""
    (x, y), (u, v) = pixels(page, start, end)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move((x + u) / 2, (y + v) / 2)
    page.mouse.move(u, v)
    page.mouse.up()


@contextmanager
def a_finger(page: Page) -> Iterator[Callable[[Place, Place], None]]:
    """Something to drag with, in fractions of the picture."""
    with_touch = page.context.new_cdp_session(page)

    def touch(kind: str, *points: Place) -> None:
        at = [{"x": x, "y": y} for x, y in points]
        with_touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    def draw(start: Place, end: Place) -> None:
        (x, y), (u, v) = pixels(page, start, end)
        touch("touchStart", (x, y))
        touch("touchMove", ((x + u) / 2, (y + v) / 2))
        touch("touchMove", (u, v))
        touch("touchEnd")

    yield draw
    with_touch.detach()


def drawn(says: Says, path: str = NOBODY) -> list[dict[str, Any]]:
    """The faces of a photo that somebody drew."""
    return [face for face in says("faces", "--photo", path)["faces"] if face["drawn"]]


def places(page: Page, face: dict[str, Any]) -> list[float]:
    """Its box in fractions of the picture."""
    picture = page.locator(".picture")
    width, height = (int(picture.get_attribute(f"data-{side}") or 0) for side in ("width", "height"))
    return [edge / side for edge, side in zip(face["box"], (width, height, width, height), strict=True)]


def test_a_box_is_drawn_with_the_mouse_and_named(visitor: Visitor, page: Page, says: Says) -> None:
    expect(page.get_by_text("No faces were found")).to_be_visible()
    page.get_by_role("button", name="Draw a face").click()
    drag(page, (0.6, 0.7), (0.4, 0.3))
    expect(page.get_by_label("Name of the face, if you know it")).to_be_focused()
    page.keyboard.type("anna")
    page.keyboard.press("Enter")
    visitor.is_told("anna")
    (face,) = drawn(says)
    assert (face["person"], face["source"]) == ("anna", "human")
    assert places(page, face) == pytest.approx([0.4, 0.3, 0.6, 0.7], abs=0.01)
    expect(page.locator(".mark").get_by_text("anna", exact=True)).to_be_visible()
    visitor.undoes()
    expect(page.get_by_text("No faces were found")).to_be_visible()
    assert drawn(says) == []


def test_a_box_is_drawn_with_the_keyboard_alone_moved_and_removed(visitor: Visitor, page: Page, says: Says) -> None:
    page.keyboard.press("d")
    expect(page.get_by_role("application", name="Box over a face")).to_be_focused()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowUp", "Shift+ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_label("Name of the face, if you know it")).to_be_focused()
    page.keyboard.press("Enter")
    visitor.is_told("drawn")
    expect(page.get_by_role("button", name="Draw a face")).to_be_focused()
    (face,) = drawn(says)
    assert face["person"] is None
    left, top, right, bottom = face["box"]
    assert right - left > bottom - top

    page.get_by_role("button", name="Move its box").press("Enter")
    expect(page.get_by_role("application", name="Box over a face")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    visitor.is_told("The face is where you drew it now")
    expect(page.locator(".sketch")).to_be_hidden()
    (moved,) = drawn(says)
    assert moved["box"][0] == left
    assert moved["box"][1] > top

    page.get_by_role("button", name="Remove").press("Enter")
    expect(page.get_by_text("No faces were found")).to_be_visible()
    assert drawn(says) == []


def test_a_corner_is_pulled(visitor: Visitor, page: Page, says: Says) -> None:
    page.get_by_role("button", name="Draw a face").click()
    drag(page, (0.4, 0.4), (0.5, 0.5))
    drag(page, (0.5, 0.5), (0.7, 0.8))
    drag(page, (0.5, 0.5), (0.4, 0.5))
    page.get_by_role("button", name="Keep").click()
    visitor.is_told("drawn")
    (face,) = drawn(says)
    assert places(page, face) == pytest.approx([0.3, 0.4, 0.6, 0.8], abs=0.01)


def test_escape_leaves_everything_as_it_was(visitor: Visitor, page: Page, says: Says) -> None:
    where = page.url
    page.keyboard.press("d")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")
    expect(page.locator(".sketch")).to_be_hidden()
    expect(page.get_by_role("button", name="Draw a face")).to_be_focused()
    assert page.url == where
    page.get_by_role("button", name="Draw a face").click()
    drag(page, (0.4, 0.3), (0.6, 0.7))
    page.keyboard.press("Escape")
    expect(page.locator("#drawn-form")).to_be_hidden()
    assert drawn(says) == []


@pytest.mark.parametrize("path", TURNED, ids=map(str, TURNED.values()))
def test_on_a_photo_that_lay_on_its_side_the_box_is_where_it_was_drawn(
    visit: Callable[..., Visitor], library: Path, says: Says, path: str
) -> None:
    visitor = visit(at=photo_at(library, path))
    page = visitor.page
    page.get_by_role("button", name="Draw a face").click()
    drag(page, (0.02, 0.03), (0.12, 0.17))
    page.get_by_role("button", name="Keep").click()
    visitor.is_told("drawn")
    (face,) = drawn(says, path)
    assert places(page, face) == pytest.approx([0.02, 0.03, 0.12, 0.17], abs=0.01)
    mark = page.locator(f".mark[data-face='{face['id']}']").bounding_box()
    ((left, top),) = pixels(page, (0.02, 0.03))
    assert mark
    assert (mark["x"], mark["y"]) == pytest.approx((left, top), abs=4)


def test_a_box_is_drawn_with_a_finger(visit: Callable[..., Visitor], library: Path, says: Says) -> None:
    visitor = visit(width_px=360, has_touch=True, is_mobile=True, at=photo_at(library, NOBODY))
    page = visitor.page
    page.get_by_role("button", name="Draw a face").tap()
    expect(page.locator(".sketch")).to_be_visible()
    with a_finger(page) as draw:
        draw((0.1, 0.2), (0.4, 0.8))
        draw((0.25, 0.5), (0.35, 0.5))
    page.get_by_role("button", name="Keep").tap()
    visitor.is_told("drawn")
    (face,) = drawn(says)
    assert places(page, face) == pytest.approx([0.2, 0.2, 0.5, 0.8], abs=0.02)
