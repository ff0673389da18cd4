from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.visitor import Page, Visitor, expect

GROUP_PHOTO = "faces>=3"


@pytest.fixture
def opened(visitor: Visitor, says: Callable[..., Any]) -> str:
    """A photo of several people, opened from the grid; its path."""
    path = str(says("find", GROUP_PHOTO)["photos"][0])
    visitor.open(f"/find?q={GROUP_PHOTO}")
    visitor.page.get_by_role("list", name="Photos").get_by_role("link").first.click()
    expect(visitor.page.get_by_role("link", name=path)).to_be_visible()
    visitor.page.wait_for_load_state("networkidle")
    return path


def test_a_face_on_a_photo_gets_a_name_and_loses_it(
    opened: str, visitor: Visitor, page: Page, says: Callable[..., Any]
) -> None:
    page.get_by_label("Name of this face").first.fill("dana")
    page.get_by_role("button", name="Name").first.click()
    visitor.is_told("dana")
    named = [face for face in says("faces", "--photo", opened)["faces"] if face["person"] == "dana"]
    assert [face["source"] for face in named] == ["human"]
    expect(page.locator(".mark").get_by_text("dana", exact=True)).to_be_visible()
    visitor.undoes()
    expect(page.locator(".mark").get_by_text("dana", exact=True)).to_have_count(0)
    assert {face["person"] for face in says("faces", "--photo", opened)["faces"]} == {None}


def test_boxes_lie_over_the_faces_that_the_index_has(opened: str, page: Page, says: Callable[..., Any]) -> None:
    picture = page.locator(".picture img").bounding_box()
    width = page.locator(".picture img").evaluate("it => it.naturalWidth")
    assert picture
    assert width
    scale = picture["width"] / int(page.locator(".picture img").get_attribute("width") or 0)
    faces = says("faces", "--photo", opened)["faces"]
    marks = page.locator(".mark")
    expect(marks).to_have_count(len(faces))
    for face in faces:
        found = page.locator(f".mark[data-face={face['id']!r}]").bounding_box()
        left, top, right, bottom = (edge * scale for edge in face["box"])
        assert found
        assert found["x"] - picture["x"] == pytest.approx(left, abs=3)
        assert found["y"] - picture["y"] == pytest.approx(top, abs=3)
        assert found["width"] == pytest.approx(right - left, abs=3)
        assert found["height"] == pytest.approx(bottom - top, abs=3)


def test_why_is_told_where_it_is_asked(opened: str, page: Page, says: Callable[..., Any]) -> None:
    page.get_by_text("Why", exact=True).first.click()
    expect(page.locator(".because").first).to_contain_text("Nobody has a name yet")


def test_a_click_on_a_box_leads_to_its_field(opened: str, page: Page) -> None:
    mark = page.locator(".mark").last
    mark.get_by_role("link").click()
    expect(page.locator(f"#who-{mark.get_attribute('data-face')}")).to_be_focused()
