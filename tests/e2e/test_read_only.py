"""Whoever may only look sees everything, and nothing to change it with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import Once
from tests.e2e.pages import every_page, live_in
from tests.e2e.visitor import Visitor, expect


@pytest.fixture
def library(once: Once) -> Path:
    """Every page has something to show."""
    return once(live_in)


def test_who_may_only_look_finds_nothing_to_change(visit: Callable[..., Visitor], library: Path) -> None:
    visitor = visit(read_only=True, at="/history")
    for address in every_page(library).values():
        visitor.open(address)
        expect(visitor.page.locator("form:not([role=search])")).to_have_count(0)
        expect(visitor.page.get_by_role("checkbox")).to_have_count(0)
        expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()
    visitor.open("/map")
    expect(visitor.page.locator("#map[data-frame]")).to_be_visible()
    expect(visitor.page.locator(".strays").get_by_role("button", name="Yes, ")).to_have_count(0)
