from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.visitor import Visitor, expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture
def ticket(library: Path, tmp_path: Path) -> Iterator[str]:
    """What `phototag browse`, in a process of its own, opens a browser with."""
    told = tmp_path / "told"
    os.mkfifo(told)
    opener = tmp_path / "browser"
    opener.write_text(f'#!/bin/sh\necho "$1" > {shlex.quote(str(told))}\n')
    opener.chmod(0o755)
    command = [sys.executable, "-m", "phototag", "browse", "--port", "0", "--library", str(library)]
    process = subprocess.Popen(
        command, env={**os.environ, "BROWSER": str(opener)}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    yield told.read_text().strip()
    process.terminate()
    _, said = process.communicate(timeout=20)
    assert said.endswith(b"Stopped. Nothing is lost.\n")
    assert process.returncode == 0


def test_the_ticket_of_browse_lets_one_browser_in(browser: Browser, ticket: str) -> None:
    first = Visitor(browser, ticket)
    assert "token" not in first.page.url
    first.names_group(1, "anna")
    first.is_told("anna")
    first.page.reload()
    expect(first.page.get_by_role("heading", level=1)).to_have_text("People")
    first.leave()
    second = Visitor(browser, ticket)
    expect(second.page.get_by_role("main")).to_have_count(0)
    second.refused(401)
    second.leave()
