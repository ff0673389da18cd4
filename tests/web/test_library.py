"""Who may write when, and what is said to whom has to wait."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from phototag.index import lock
from tests.web.conftest import Client, Serve

FEW = 50


def test_while_another_process_scans_decisions_are_refused_and_all_can_be_read(writer: Client) -> None:
    with lock.writing(writer.library.settings.index or Path(), "scan", waiting=print):
        status, said = writer.refused("POST", "/undo", json={})
        assert status == 409
        assert said["code"] == "library"
        assert "phototag scan" in said["error"]
        assert writer.get("/people")["people"]
    assert writer.post("/undo")["decisions"]


def test_while_something_else_is_written_here_a_decision_is_refused(writer: Client) -> None:
    with writer.library.writing():
        assert writer.refused("POST", "/undo", json={})[0] == 409


def test_a_library_that_is_gone_is_told_as_such(writer: Client) -> None:
    shutil.rmtree(writer.library.settings.index or Path())
    for method, path in (("GET", "/people"), ("POST", "/undo")):
        status, said = writer.refused(method, path, json={})
        assert status == 503
        assert said["code"] == "library"


def test_fifty_requests_at_once_while_a_scan_runs_are_all_answered(serve: Serve, copied: Path) -> None:
    client = serve(copied, wait_s=20)
    job = client.post("/jobs/scan", force=True)["id"]
    face = client.faces()[0]
    paths = ["/people", "/clusters", "/faces", "/photos", f"/faces/{face}/picture"]

    async def all_at_once() -> list[int]:
        read = [client.ask("GET", f"/api/v1{paths[n % len(paths)]}", None) for n in range(FEW - 2)]
        said = [client.ask("POST", "/api/v1/faces/confirm", None, json={"person": "elon"}) for _ in range(2)]
        return [answer.status_code for answer in await asyncio.gather(*read, *said)]

    found = asyncio.run(all_at_once())
    assert found[:-2] == [200] * (FEW - 2)
    assert set(found[-2:]) <= {200, 400}  # the second may have nothing left to confirm
    client("GET", f"/api/v1/jobs/{job}/events")
    assert client.get(f"/jobs/{job}")["state"] == "done"
