from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from phototag.errors import UsageError
from phototag.web import serving

ASK = """
import sys
from urllib.request import Request, urlopen
print(urlopen(Request(sys.argv[1], headers={"Authorization": sys.argv[2]})).read())
"""
"""Asks from a process that may: in this one nothing is connected to."""


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_this_machine_alone_needs_no_password(host: str) -> None:
    serving.require_password(host, None)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "nas.local", ""])
def test_the_network_needs_a_password_and_is_told_what_that_means(host: str) -> None:
    with pytest.raises(UsageError, match="not encrypted"):
        serving.require_password(host, None)
    with pytest.raises(UsageError, match="empty"):
        serving.require_password(host, "")
    serving.require_password(host, "secret")


def test_a_taken_port_is_left_to_whoever_has_it() -> None:
    with serving.listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with serving.listen("127.0.0.1", port) as second:
            assert second.getsockname()[1] not in (0, port)


def test_an_address_that_is_not_ours_is_told_as_such() -> None:
    with pytest.raises(UsageError, match=r"Cannot listen at 203\.0\.113\.1, port 80"):
        serving.listen("203.0.113.1", 80)


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_it_serves_until_it_is_stopped(scanned: Path) -> None:
    command = [sys.executable, "-m", "phototag", "serve", "--port", "0", "--library", str(scanned)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as server:
        assert server.stdout is not None
        base, _, token = server.stdout.readline().strip().partition("/?token=")
        asked = [sys.executable, "-c", ASK, f"{base}/api/v1/people?token=secret", f"Bearer {token}"]
        answer = subprocess.run(asked, capture_output=True, text=True, timeout=30)
        server.send_signal(signal.SIGINT)
        out, err = server.communicate(timeout=30)
    assert "elon" in answer.stdout, answer.stderr
    assert (server.returncode, out) == (0, "")
    assert err.endswith("Stopped. Nothing is lost.\n")
    assert "secret" not in err
