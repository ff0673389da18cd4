"""Pictures of every page of the sample library: `python -m tests.e2e.screenshots DIR`, or `make screenshots TO=DIR`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from phototag.cli import main as cli
from tests.conftest import SAMPLE_LIBRARY
from tests.e2e.pages import REFUSED, every_page, live_in
from tests.e2e.site import served
from tests.e2e.visitor import Visitor, a_browser

DEVICES = {"phone": {"width_px": 360, "has_touch": True, "is_mobile": True}, "desktop": {"width_px": 1280}}


def main(to: Path) -> None:
    """Scan, name some people, and take pictures of what is seen first: PAGE-WIDTH-SCHEME.png."""
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        new, root = (Path(shutil.copytree(SAMPLE_LIBRARY, home / name)) for name in ("New", "Photos"))
        cli.main(["scan", str(new)])
        shutil.copytree(new / ".phototag", root / ".phototag")
        live_in(root)
        with a_browser(home) as browser, served(root, home, home) as site, served(new, home, home) as new_site:
            pages = {**every_page(root), **REFUSED}
            for device, has in DEVICES.items():
                for scheme in ("light", "dark"):
                    for at, shown in ((site, pages), (new_site, {"beginning": "/"})):
                        visitor = Visitor(browser, at.url, color_scheme=scheme, **has)
                        for page, address in shown.items():
                            visitor.open(address, wholly=True)
                            visitor.page.screenshot(path=to / f"{page}-{device}-{scheme}.png")
                        visitor.refused(*(404, 400) if at is site else ())
                        visitor.leave()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
