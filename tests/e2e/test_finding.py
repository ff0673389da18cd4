from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.visitor import Page, Visitor, expect


@pytest.fixture
def named(phototag: Callable[..., int], library: object) -> None:
    """Anna and Ben have names."""
    for number, name in ((1, "anna"), (2, "ben")):
        assert phototag("name-cluster", number, "--as", name, "--library", library) == 0


def test_a_query_finds_what_the_command_finds(
    named: None, visitor: Visitor, page: Page, says: Callable[..., Any]
) -> None:
    page.keyboard.press("/")
    page.keyboard.type("anna & !ben")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("anna & !ben")
    found = says("find", "anna & !ben")["photos"]
    expect(page.get_by_role("list", name="Photos").get_by_role("listitem")).to_have_count(len(found))
    page.get_by_role("list", name="Photos").get_by_role("link").first.click()
    expect(page.get_by_role("link", name="anna").first).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("link", name="Previous")).to_be_visible()
    page.get_by_role("link", name="All photos of anna & !ben").click()
    expect(page.get_by_label("Find photos")).to_have_value("anna & !ben")


@pytest.mark.parametrize(("query", "at", "reason"), [("anna & nobody", 7, "nobody"), ("anna &", 5, ""), ("((", 1, "")])
def test_a_wrong_query_is_shown_where_it_is_wrong(
    named: None, visitor: Visitor, page: Page, query: str, at: int, reason: str
) -> None:
    visitor.open("/find")
    page.get_by_label("Find photos").fill(query)
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("alert")).to_contain_text(reason)
    expect(page.get_by_label("Find photos")).to_be_focused()
    assert page.get_by_label("Find photos").evaluate("it => it.selectionStart") == at
    visitor.refused(400)


def test_all_photos_come_as_one_goes_down(visitor: Visitor, page: Page, says: Callable[..., Any]) -> None:
    visitor.open("/find")
    photos = page.get_by_role("list", name="Photos").get_by_role("listitem")
    page.mouse.wheel(0, 20_000)
    expect(page.get_by_role("link", name="More")).to_have_count(0)
    # one is there twice, and shown once
    expect(photos).to_have_count(len(says("find", "faces>=0")["photos"]) - 1)
