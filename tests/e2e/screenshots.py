"""Pictures of every page of the sample library: `python -m tests.e2e.screenshots DIR`, or `make screenshots TO=DIR`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from phototag.cli import main as cli
from tests.conftest import SAMPLE_LIBRARY
from tests.e2e.pages import every_page
from tests.e2e.site import served
from tests.e2e.visitor import Visitor, a_browser

NAMES = ("Anna", "Ben", "Chidi", "Dana")
"""For the largest groups; the others wait for theirs."""

WIDTHS_PX = {"phone": 360, "desktop": 1280}


def main(to: Path) -> None:
    """Scan, name some people, and take pictures: PAGE-WIDTH-SCHEME.png."""
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        root = Path(shutil.copytree(SAMPLE_LIBRARY, home / "Photos"))
        cli.main(["scan", str(root)])
        for number, name in enumerate(NAMES, 1):
            cli.main(["name-cluster", str(number), "--as", name, "--library", str(root)])
        with a_browser(home) as browser, served(root, home) as site:
            for device, width_px in WIDTHS_PX.items():
                for scheme in ("light", "dark"):
                    visitor = Visitor(browser, site.url, width_px, color_scheme=scheme)
                    for page, address in every_page(root).items():
                        visitor.open(address)
                        visitor.page.screenshot(path=to / f"{page}-{device}-{scheme}.png")
                    visitor.leave()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
