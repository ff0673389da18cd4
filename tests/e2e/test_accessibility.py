"""axe-core finds nothing serious, on any page, light and dark, on a phone and on a desktop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Command
from tests.e2e.pages import every_page
from tests.e2e.visitor import Visitor

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-core: pip install 'phototag[e2e]'")


@pytest.fixture
def named(phototag: Command, library: Path) -> None:
    """Somebody has a name, which was taken back and put back; so every page has something to show."""
    for command in (["name-cluster", 1, "--as", "anna"], ["name-cluster", 2, "--as", "ben"], ["undo"], ["redo"]):
        assert phototag(*command, "--library", library) == 0


@pytest.mark.parametrize("width_px", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_anybody_out(
    named: None, visit: Callable[..., Visitor], library: Path, width_px: int, scheme: str
) -> None:
    visitor = visit(width_px=width_px, color_scheme=scheme, bypass_csp=True)
    found = []
    for name, address in every_page(library).items():
        visitor.open(address)
        for violation in axe.Axe().run(visitor.page).response["violations"]:
            if violation["impact"] in {"serious", "critical"}:
                found.append((name, violation["id"], [node["html"][:200] for node in violation["nodes"][:3]]))
    assert found == []
