"""Queries are completed as they are typed, and kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Once
from tests.e2e.pages import tell
from tests.e2e.visitor import Page, Visitor, expect

Says = Callable[..., Any]


def name_two(library: Path) -> None:
    """One of them has a name of two words."""
    for number, name in ((1, "Anna Bell"), (2, "Ben")):
        tell(library, "name-cluster", number, "--as", name)


@pytest.fixture
def library(once: Once) -> Path:
    """Two have names."""
    return once(name_two)


@pytest.fixture
def visitor(visit: Callable[..., Visitor]) -> Visitor:
    """Somebody who looks for photos."""
    return visit(at="/find?q=faces%3E%3D9")


def test_a_query_is_completed_with_the_keyboard(page: Page, says: Says) -> None:
    field = page.get_by_role("combobox", name="Find photos")
    field.fill("")
    page.keyboard.type("be")
    offers = page.get_by_role("listbox", name="What may be meant")
    expect(offers.get_by_role("option")).to_have_text(["Ben", "Anna Bell"])
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(offers.get_by_role("option", selected=True)).to_have_count(1)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(offers.get_by_role("option", selected=True)).to_have_text("Anna Bell")
    page.keyboard.press("Enter")
    expect(offers).to_be_hidden()
    expect(field).to_have_value('"Anna Bell"')
    field.fill("")
    page.keyboard.type("ben & !an")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(field).to_have_value('ben & !"Anna Bell"')
    page.keyboard.press("Enter")
    found = says("find", 'ben & !"Anna Bell"')["photos"]
    expect(page.get_by_role("status").first).to_contain_text(f"{len(found)} photos")
    expect(page.get_by_role("list", name="Photos").get_by_role("listitem")).to_have_count(len(found))


def test_escape_closes_the_offers_and_keeps_what_was_typed(page: Page) -> None:
    field = page.get_by_role("combobox", name="Find photos")
    field.fill("")
    page.keyboard.type("anna")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(field).to_have_value("anna")
    page.keyboard.press("ArrowDown")
    page.get_by_role("option", name="Anna Bell").click()
    expect(field).to_have_value('"Anna Bell"')
    expect(field).to_be_focused()


def test_a_search_is_saved_renamed_and_deleted(visitor: Visitor, page: Page, says: Says) -> None:
    def names() -> list[str]:
        return [one["name"] for one in says("searches")["searches"]]

    visitor.open("/find?q=Ben+%26+faces%3E%3D2")
    page.get_by_text("Save this search").click()
    page.get_by_label("Name of the search").fill("Ben & co.")
    page.keyboard.press("Enter")
    visitor.is_told("Ben & co.")
    assert names() == ["Ben & co."]
    chip = page.get_by_role("list", name="Saved searches").get_by_role("link")
    expect(chip).to_have_attribute("aria-current", "true")
    page.get_by_text("Rename or delete this search").click()
    page.get_by_label("New name of the search").fill("Company")
    page.keyboard.press("Enter")
    visitor.is_told("Company")
    assert names() == ["Company"]
    visitor.undoes()
    expect(chip).to_contain_text("Ben & co.")
    assert names() == ["Ben & co."]
    page.get_by_text("Rename or delete this search").click()
    page.get_by_role("button", name="Delete Ben & co.").click()
    visitor.is_told("Ben & co.")
    expect(chip).to_have_count(0)
    assert names() == []
    visitor.undoes()
    expect(chip).to_contain_text("Ben & co.")
    chip.click()
    expect(page.get_by_label("Find photos")).to_have_value("Ben & faces>=2")


def test_who_is_called_something_else_stays_in_a_saved_search(
    visitor: Visitor, page: Page, library: Path, says: Says
) -> None:
    tell(library, "find", "Ben & faces>=2", "--save", "Ben & co.")
    tell(library, "rename", "Ben", "Benjamin")
    visitor.open("/find")
    page.get_by_role("list", name="Saved searches").get_by_role("link").click()
    expect(page.get_by_label("Find photos")).to_have_value("Benjamin & faces>=2")
    expect(page.get_by_role("status").first).to_contain_text("photos")
