"""axe-core finds nothing serious, on any page, light and dark, on a phone and on a desktop."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import pytest

from tests.e2e.conftest import Once
from tests.e2e.pages import REFUSED, every_page, live_in
from tests.e2e.visitor import HEIGHT_PX, Visitor

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-core: pip install 'phototag[e2e]'")

LOOKS: Mapping[tuple[Literal["light", "dark"], int], Mapping[str, Sequence[str]]] = {
    ("light", 360): {},
    ("dark", 360): {"runOnly": ["color-contrast"]},
    ("light", 1280): {"runOnly": ["color-contrast"]},
    ("dark", 1280): {"runOnly": ["color-contrast"]},
}
"""Schemes and widths, and which rules are tried there: all, or that of colours: no other sees a difference."""


@pytest.fixture
def library(once: Once) -> Path:
    """Every page has something to show."""
    return once(live_in)


def test_nothing_keeps_anybody_out(visit: Callable[..., Visitor], library: Path) -> None:
    visitor = visit(bypass_csp=True, at="/history")
    page = visitor.page
    found = []
    script = axe.Axe().axe_script
    for name, address in {**every_page(library), **REFUSED}.items():
        visitor.open(address, wholly=name == "map")
        page.evaluate(script)
        for (scheme, width_px), rules in LOOKS.items():
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width_px, "height": HEIGHT_PX})
            said = page.evaluate("options => axe.run(options)", {**rules, "resultTypes": ["violations"]})
            for violation in said["violations"]:
                if violation["impact"] in {"serious", "critical"}:
                    where = [node["html"][:200] for node in violation["nodes"][:3]]
                    found.append((name, scheme, width_px, violation["id"], where))
    visitor.refused(404, 400)
    assert found == []
