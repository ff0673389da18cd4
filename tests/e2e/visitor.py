"""Somebody with a browser: a page, what they do there, and everything that went wrong meanwhile.

Who imports this is skipped where there is no playwright.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

HOW = (
    "needs a browser: pip install 'phototag[e2e]', and Chromium (apt install chromium, or playwright install chromium)"
)

pytest.importorskip("playwright", reason=HOW)

from playwright.sync_api import (  # noqa: E402
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Error,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

__all__ = ["Page", "Visitor", "expect"]

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
"""What a system calls it; $CHROMIUM is another, and playwright may have one of its own."""

REFUSED = "Failed to load resource"
"""How a browser's console tells of any answer of 400 and more, whether a page expects it or not."""

HEIGHT_PX = 900


@contextmanager
def a_browser(home: Path) -> Iterator[Browser]:
    """One that is on this machine; nothing is fetched.

    Raises:
        Skipped: there is none.
    """
    here = next(filter(None, map(shutil.which, filter(None, (os.environ.get("CHROMIUM"), *BROWSERS)))), None)
    with sync_playwright() as started:
        try:
            browser = started.chromium.launch(executable_path=here, env={**os.environ, "HOME": str(home)})
        except Error:
            if here:
                raise
            pytest.skip(HOW)
        yield browser
        browser.close()


class Visitor:
    """A person at a page. Whatever a browser complains of is in `faults`; a test ends with none."""

    def __init__(self, browser: Browser, url: str, width_px: int = 1280, *, at: str | None = None, **more: Any) -> None:
        """They open the address that is printed, or are let in by it and go elsewhere at once.

        `more` is for `Browser.new_context`: color_scheme, bypass_csp.
        """
        self._origin = url.partition("/?")[0]
        size = {"width": width_px, "height": HEIGHT_PX}
        self.context: BrowserContext = browser.new_context(base_url=self._origin, viewport=size, **more)
        self.page: Page = self.context.new_page()
        self.faults: list[str] = []
        self.refusals: list[int] = []
        self._listen()
        if at is None:
            self.page.goto(url)
        else:
            self.context.request.get(url)
            self.open(at)

    def _listen(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("dialog", self._dialog)
        self.page.on("request", self._request)
        self.page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(REFUSED):
            self.faults.append(f"console: {message.text}")

    def _dialog(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self._origin + "/", "data:", "blob:")):
            self.faults.append(f"asked elsewhere: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.refusals.append(response.status)

    def refused(self, *statuses: int) -> None:
        """These, and no others, were the refusals so far."""
        assert self.refusals == list(statuses), self.refusals
        self.refusals.clear()

    def open(self, path: str, *, wholly: bool = False) -> None:
        """Go to a page; `wholly` also waits for what its script asks for, and half a second more."""
        self.page.goto(path, wait_until="networkidle" if wholly else "load")

    def is_told(self, text: str) -> None:
        """The line that says what came of it says this, and is said aloud."""
        expect(self.page.locator("#said p")).to_contain_text(text)
        expect(self.page.locator("#aloud")).to_contain_text(text)

    def names_group(self, number: int, name: str) -> None:
        """On the first page: type a name, and Enter."""
        self.page.get_by_label(f"Name of group {number}", exact=True).fill(name)
        self.page.keyboard.press("Enter")

    def undoes(self) -> None:
        """The button beside what was said."""
        self.page.locator("#said").get_by_role("button", name="Undo").click()

    def leave(self) -> None:
        """Nothing was wrong."""
        self.context.close()
        assert self.faults == [], self.faults
        assert self.refusals == [], self.refusals
