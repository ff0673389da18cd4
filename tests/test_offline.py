"""A scan opens no socket, whatever the libraries it uses would like to do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import SAMPLE_LIBRARY

SCRIPT = """
import sys

def refuse(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.bind", "socket.sendto"}:
        sys.stderr.write(f"OPENED {event} {arguments}\\n")
        raise RuntimeError(event)

sys.addaudithook(refuse)
from phototag.cli.main import main
sys.exit(main(["scan", sys.argv[1], "--json"]))
"""


def at_home() -> dict[str, str]:
    """A user's environment: what says "this is CI" would silence the telemetry that this test looks for."""
    return {name: value for name, value in os.environ.items() if name in {"PATH", "HOME"} or "PHOTOTAG" in name}


def test_a_scan_with_the_default_engine_opens_no_socket(tmp_path: Path) -> None:
    photo = SAMPLE_LIBRARY / "2018-05 Garden party" / "IMG_0413.jpg"
    shutil.copy(photo, tmp_path)
    done = subprocess.run([sys.executable, "-c", SCRIPT, tmp_path], capture_output=True, text=True, env=at_home())
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["faces"] == 5
    assert "OPENED" not in done.stderr


def test_the_hook_would_see_one(tmp_path: Path) -> None:
    script = SCRIPT.replace("from phototag", "import socket; socket.getaddrinfo('localhost', 80)\nfrom phototag")
    done = subprocess.run([sys.executable, "-c", script, tmp_path], capture_output=True, text=True)
    assert "OPENED socket.getaddrinfo" in done.stderr
