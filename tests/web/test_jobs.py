"""Scans that somebody asks for by a request."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from phototag.app.scan import ScanReport
from phototag.errors import LibraryError, LockedError, StoppedError
from phototag.settings import Settings
from phototag.web import scanning
from phototag.web.jobs import KEPT, Jobs, State
from phototag.web.scanning import Reporter, Step, Tell
from tests.conftest import RED, draw_photo
from tests.web.conftest import Client, Serve, events


def followed(client: Client, job: str) -> list[tuple[str, dict]]:
    answer = client("GET", f"/api/v1/jobs/{job}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    return events(answer.text)


def until_stopped(settings: Settings, force: bool, tell: Tell, stop: threading.Event) -> ScanReport:
    """A scan that goes on until somebody stops it."""
    tell(Step("Finding faces", 1, 9, "photo"))
    assert stop.wait(20)
    raise StoppedError("Stopped.")


def test_a_scan_finds_what_is_new_and_tells_how_far_it_is(serve: Serve, copied: Path) -> None:
    client = serve(copied)
    draw_photo(copied / "new.png", [RED], (350, 250))
    job = client.post("/jobs/scan")
    assert job["state"] == "running"
    told = followed(client, job["id"])
    assert [kind for kind, _ in told][-1] == "end"
    assert {step["label"] for _, step in told} & {"Finding faces", "Grouping and tagging"}
    end = told[-1][1]
    assert end["state"] == "done"
    assert end["report"]["photos"]["new"] == 1
    assert client.get(f"/jobs/{job['id']}")["report"] == end["report"]
    assert client.get("/find", params={"q": "path:new*"})["total"] == 1


def test_a_scan_in_a_process_of_its_own(serve: Serve, copied: Path) -> None:
    client = serve(copied, scan=scanning.apart)
    draw_photo(copied / "new.png", [RED], (350, 250))
    end = followed(client, client.post("/jobs/scan")["id"])[-1][1]
    assert (end["state"], end["report"]["photos"]["new"], end["report"]["problems"]) == ("done", 1, 1)


def test_a_scan_in_a_process_of_its_own_that_fails_says_why(serve: Serve, copied: Path) -> None:
    client = serve(copied, scan=scanning.apart)
    copied.rename(copied.with_name("away"))
    end = followed(client, client.post("/jobs/scan")["id"])[-1][1]
    assert (end["state"], end["code"]) == ("failed", "library")
    assert "Photos" in end["error"]


def test_one_scan_at_a_time_and_it_can_be_stopped(serve: Serve) -> None:
    client = serve(scan=until_stopped)
    first = client.post("/jobs/scan")["id"]
    status, said = client.refused("POST", "/jobs/scan", json={})
    assert (status, said["error"].split(".")[0]) == (409, "A scan is running already")
    assert client("DELETE", f"/api/v1/jobs/{first}").status_code == 202
    kind, end = followed(client, first)[-1]
    assert (kind, end["state"], end["code"], end["label"]) == ("end", "stopped", "interrupted", "Finding faces")
    second = client.post("/jobs/scan", force=True)["id"]
    assert [job["id"] for job in client.get("/jobs")["jobs"]] == [second, first]
    client("DELETE", f"/api/v1/jobs/{second}")
    assert "starts over" in followed(client, second)[-1][1]["error"]


def test_a_scan_that_is_stopped_leaves_the_index_whole(serve: Serve, copied: Path) -> None:
    client, before = serve(copied), None
    stop = threading.Event()
    stop.set()
    with pytest.raises(StoppedError):
        scanning.here(client.library.settings, True, lambda _: before, stop)
    assert client.get("/status")["faces"] == 8


def test_a_library_that_is_away_is_not_scanned(serve: Serve, copied: Path) -> None:
    settings = serve(copied).library.settings
    for file in copied.glob("**/*.[pj][np]g"):
        file.unlink()
    with pytest.raises(LibraryError, match="There is no photo"):
        scanning.here(settings, False, lambda _: None, threading.Event())


def test_a_fault_in_a_scan_is_told_and_printed(serve: Serve, capfd: pytest.CaptureFixture[str]) -> None:
    def faulty(*_: object) -> ScanReport:
        raise ZeroDivisionError

    client = serve(scan=faulty)
    end = followed(client, client.post("/jobs/scan")["id"])[-1][1]
    assert (end["state"], end["code"]) == ("failed", "unexpected")
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_old_jobs_are_forgotten(serve: Serve) -> None:
    def nothing(*_: object) -> ScanReport:
        raise StoppedError("Stopped.")

    client = serve(scan=nothing)
    for _ in range(25):
        followed(client, client.post("/jobs/scan")["id"])
    assert len(client.get("/jobs")["jobs"]) == 20
    assert client.refused("GET", "/jobs/0123456789abcdef")[0] == 404


def test_the_end_of_the_server_ends_what_runs_and_who_follows_it(serve: Serve) -> None:
    client = serve(scan=until_stopped)
    job = client.post("/jobs/scan")["id"]
    client.app.state.jobs.close()
    assert client.get(f"/jobs/{job}")["state"] == "stopped"
    assert followed(client, job) == []


def test_progress_is_told_at_the_beginning_and_the_end_and_seldom_between() -> None:
    told: list[Step] = []
    items = list(Reporter(told.append, lambda: False)(range(1000), label="Counting", total=1000, unit="item"))
    assert items == list(range(1000))
    assert told[0] == Step("Counting", 0, 1000, "item")
    assert told[-1] == Step("Counting", 1000, 1000, "item")
    assert len(told) < 20


def test_a_scan_that_runs_is_not_forgotten_for_others_that_ended(reader: Client) -> None:
    go_on = threading.Event()

    def waits(*_: object) -> Any:
        go_on.wait(20)
        raise StoppedError("Stopped.")

    def nothing(*_: object) -> Any:
        raise StoppedError("Stopped.")

    jobs = Jobs(reader.library.settings, waits, nothing)
    scan = jobs.start(force=False)
    for _ in range(KEPT + 3):
        drawing = jobs.draw_map()
        while drawing.state is State.RUNNING:
            time.sleep(0.001)
    assert jobs.running() is scan
    assert len(jobs.listed()) == KEPT
    with pytest.raises(LockedError):
        jobs.start(force=False)
    go_on.set()
    jobs.close()
