from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.e2e.visitor import Page, Visitor, expect


def test_decisions_are_taken_back_and_put_back_in_any_order(
    visitor: Visitor, page: Page, says: Callable[..., Any]
) -> None:
    def names() -> set[str]:
        return {one["name"] for one in says("people")["people"]}

    for number, name in ((1, "anna"), (2, "ben")):
        visitor.names_group(number, name)
        visitor.is_told(name)
    page.get_by_role("link", name="History").click()
    decisions = page.get_by_role("main").get_by_role("listitem")
    expect(decisions).to_have_count(2)
    decisions.filter(has_text="anna").get_by_role("button", name="Undo").press("Enter")
    expect(decisions.filter(has_text="(taken back)")).to_contain_text("anna")
    assert names() == {"ben"}
    page.get_by_role("button", name="Redo").press("Enter")
    expect(page.get_by_text("(taken back)")).to_have_count(0)
    assert names() == {"anna", "ben"}
