"""The map of faces by the API, and its page."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np

from phototag.web import scanning
from phototag.web.jobs import Jobs
from tests.web.conftest import Client, Serve


def finish(client: Client, job: str) -> None:
    """Wait for the end of a job."""
    client.app.state.jobs._threads[job].join()


def drawn(client: Client) -> dict:
    """The map, once it is there."""
    client.app.state.jobs = Jobs(client.library.settings, scanning.here, scanning.draw_here)
    answer = client("GET", "/api/v1/map")
    assert answer.status_code == 202
    assert (answer.json()["kind"], answer.json()["total"] >= 0) == ("map", True)
    finish(client, answer.json()["id"])
    assert client.get(f"/jobs/{answer.json()['id']}")["state"] == "done"
    return dict(client.get("/map"))


def test_the_map_is_drawn_by_a_job_and_then_there(serve: Serve, copied: Path) -> None:
    client = serve(copied)
    found = drawn(client)
    ids = base64.b64decode(found["faces"])
    assert sorted(ids[i : i + 8].hex() for i in range(0, len(ids), 8)) == sorted(client.faces())
    places = np.frombuffer(base64.b64decode(found["places"]), "<u2")
    assert len(places) == 2 * found["total"]
    assert int(places.max()) > int(places.min())
    whose = np.frombuffer(base64.b64decode(found["whose"]), "<i4").tolist()
    assert found["somebodies"][0] == {"name": "elon", "group": None, "faces": whose.count(0)}


def test_the_map_is_not_sent_twice(serve: Serve, copied: Path) -> None:
    client = serve(copied)
    drawn(client)
    tag = client("GET", "/api/v1/map").headers["etag"]
    again = client("GET", "/api/v1/map", headers={**client.headers, "If-None-Match": tag})
    assert again.status_code == 304


def test_the_map_is_drawn_in_a_process_of_its_own(serve: Serve, copied: Path) -> None:
    client = serve(copied)
    job = client("GET", "/api/v1/map").json()["id"]
    assert client("GET", "/api/v1/map").json()["id"] == job, "one is drawn at a time"
    finish(client, job)
    assert client.get(f"/jobs/{job}")["state"] == "done"
    assert client.get("/map")["total"] == 8


def test_the_page_asks_for_its_own_script_only(reader: Client) -> None:
    page = reader("GET", "/map")
    assert page.status_code == 200
    assert '<canvas id="map"' in page.text
    assert 'src="/static/map.js"' in page.text
    assert reader("GET", "/static/map.js").headers["content-type"].startswith("text/javascript")
