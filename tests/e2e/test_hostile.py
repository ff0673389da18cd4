from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.e2e.conftest import Once
from tests.e2e.pages import draw_map, every_page
from tests.e2e.visitor import HEIGHT_PX, Page, Visitor, expect

HOSTILE = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "attribute": "\" autofocus onfocus='alert(3)' x=\"{{ 7*7 }}",
    "right to left": "\u05d0\u05e0\u05d4 \u0639\u0644\u064a <b>",
    "long": "Wolfeschlegelsteinhausenbergerdorff" * 2 + "W" * 30,
}
"""The last has 100 characters, the most that a name may have, and no place to break."""


@pytest.fixture
def library(once: Once) -> Path:
    """With a map."""
    return once(draw_map)


def test_hostile_names_are_text_on_every_page(
    visitor: Visitor, page: Page, says: Callable[..., Any], library: Path
) -> None:
    names = list(HOSTILE.values())
    for number, name in enumerate(names, 1):
        visitor.names_group(number, name)
        visitor.is_told(name)
    assert {one["name"] for one in says("people")["people"]} == set(names)
    visitor.page.set_viewport_size({"width": 360, "height": HEIGHT_PX})
    wrong = ["/find?" + urlencode({"q": f"{name} & ("}) for name in names]
    for address in [*every_page(library).values(), *wrong]:
        visitor.open(address)
        if address == "/map":
            expect(page.locator(".legend li button")).to_have_count(len(names))
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, address
        assert page.locator(".bar nav").evaluate("it => it.scrollWidth <= it.clientWidth"), address
    visitor.refused(*[400] * len(wrong))
    for name in names:
        visitor.open("/person?" + urlencode({"name": name}))
        expect(page.get_by_role("heading", level=1)).to_contain_text(name)
        page.get_by_role("main").get_by_role("link", name="Photos", exact=True).click()
        expect(page.get_by_role("list", name="Photos").get_by_role("listitem").first).to_be_visible()
        visitor.open("/split?" + urlencode({"who": name}))
        expect(page.get_by_role("region", name=name)).to_be_visible()


@pytest.mark.parametrize("name", ["n" * 300, "\u202eevil", "<>"])
def test_a_name_that_nobody_could_read_is_refused(visitor: Visitor, says: Callable[..., Any], name: str) -> None:
    visitor.names_group(1, name)
    visitor.is_told("Nothing was changed")
    visitor.refused(400)
    assert says("people")["people"] == []
