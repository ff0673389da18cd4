"""A browser, a server of the sample library, and a person who opens it.

The library is scanned once; each test has an index of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from phototag.web import scanning
from phototag.web.scanning import Scan
from tests.conftest import Command, copy_of
from tests.e2e.site import Site, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.e2e.visitor import Visitor

Visit = Callable[..., "Visitor"]
Once = Callable[[Callable[[Path], None]], Path]


@pytest.fixture(scope="package")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One for all, for as long as these tests run: others cannot have a loop of their own meanwhile."""
    from tests.e2e.visitor import a_browser

    with a_browser(tmp_path_factory.mktemp("browser")) as started:
        yield started


@pytest.fixture
def once(sample: Path, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Once:
    """`once(live_in)`: the scanned sample library after something was done with it, which is done once."""

    def changed(change: Callable[[Path], None]) -> Path:
        kept = tmp_path_factory.getbasetemp() / "once" / change.__name__ / "Photos"
        if not kept.exists():
            change(copy_of(sample, kept))
        return copy_of(kept, tmp_path / "Photos")

    return changed


@pytest.fixture
def library(sample: Path, tmp_path: Path) -> Path:
    """The scanned sample library."""
    return copy_of(sample, tmp_path / "Photos")


@pytest.fixture
def visit(browser: Browser, library: Path, home: Path, cache: Path) -> Iterator[Visit]:
    """`visit(read_only=True, width_px=360)`: somebody opens the address that `serve` prints."""
    from tests.e2e.visitor import Visitor

    made: list[Visitor] = []
    with ExitStack() as stack:
        sites: dict[bool, Site] = {}

        def go(*, read_only: bool = False, scan: Scan = scanning.apart, **more: Any) -> Visitor:
            if read_only not in sites:
                sites[read_only] = stack.enter_context(served(library, home, cache, read_only=read_only, scan=scan))
            made.append(Visitor(browser, sites[read_only].url, **more))
            return made[-1]

        yield go
        for visitor in made:
            visitor.leave()


@pytest.fixture
def visitor(visit: Visit) -> Visitor:
    """Somebody at the first page."""
    return visit()


@pytest.fixture
def page(visitor: Visitor) -> Page:
    """That page."""
    return visitor.page


@pytest.fixture
def says(phototag: Command, library: Path) -> Callable[..., Any]:
    """`says("people")`: what a command says of the index, as JSON."""

    def ask(*command: object) -> Any:
        assert phototag(*command, "--json", "--library", library) == 0, phototag.err
        return json.loads(phototag.out)

    return ask
