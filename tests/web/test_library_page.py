"""The library's page, what is linked from there, and scans on all pages."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path

import pytest

from phototag import wiring
from phototag.app.scan import ScanReport
from phototag.errors import StoppedError
from phototag.settings import Settings
from phototag.web.pages import library
from phototag.web.scanning import Step, Tell
from tests.web.conftest import Client, Serve, events
from tests.web.test_pages import page


def until_stopped(settings: Settings, force: bool, tell: Tell, stop: threading.Event) -> ScanReport:
    """A scan that goes on until somebody stops it."""
    tell(Step("Finding faces", 1, 9, "photo"))
    assert stop.wait(20)
    raise StoppedError("Stopped.")


def followed(client: Client, job: str) -> None:
    """Wait for a job's end."""
    assert events(client("GET", f"/api/v1/jobs/{job}/events").text)[-1][0] == "end"


def test_the_library_in_figures(reader: Client) -> None:
    text = page(reader, "/library")
    shown = {term: re.sub("<[^>]*>", "", said) for term, said in re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", text)}
    assert shown["Photos"] == "8"
    assert shown["Faces"] == "8 1 of them named automatically"
    assert shown["People"] == "1"
    assert shown["Groups without a name"] == "2"
    assert shown["More than once"].startswith("1 photo ")
    assert shown["Problems"] == "1 file"
    assert shown["Engine"] == "fake"
    assert re.fullmatch(r".* 20\d\d, \d\d:\d\d", shown["Compared with the disk"])
    assert str(reader.library.settings.library) in text


def test_a_scan_can_be_started_and_all_be_read_again(reader: Client) -> None:
    text = page(reader, "/library")
    assert text.count('data-job="/jobs/scan"') == 2
    assert 'name="force" value="true"><button>Read all 8 photos again' in text
    assert "data-follow" not in text


def test_a_scan_that_runs_is_on_every_page(serve: Serve) -> None:
    client = serve(scan=until_stopped)
    job = client.post("/jobs/scan")["id"]
    for address in ("/", "/history", "/library"):
        assert f'href="/library" data-follow="{job}"' in page(client, address)
    text = page(client, "/library")
    assert '<div class="running">' in text
    assert '<form class="start" data-job="/jobs/scan" hidden>' in text
    client("DELETE", f"/api/v1/jobs/{job}")
    followed(client, job)
    text = page(client, "/library")
    assert "data-follow" not in text
    assert "data-came>Stopped." in text


def test_what_came_of_a_scan_is_told(writer: Client) -> None:
    followed(writer, writer.post("/jobs/scan")["id"])
    assert "The last scan is done. 10 photos: 9 as before, 1 not usable." in page(writer, "/library")


def test_who_only_looks_sees_no_scan_to_start(serve: Serve) -> None:
    text = page(serve(read_only=True), "/library")
    assert "data-job" not in text
    assert "data-stop" not in text


def test_another_program_that_writes_is_told(writer: Client) -> None:
    assert writer.get("/jobs")["writer"] is None
    with wiring.writing(writer.library.settings, "scan", lambda _: None):
        assert writer.get("/jobs")["writer"] is None
        holder = writer.library.settings.index / "lock.json"  # type: ignore[operator]
        holder.write_text(json.dumps({"pid": 1, "host": "attic", "command": "scan"}))
        assert writer.get("/jobs")["writer"] == "phototag scan (process 1 on attic)"
        assert "phototag scan (process 1 on attic) writes the index" in page(writer, "/library")
    holder.write_text(json.dumps({"pid": 1, "host": "attic", "command": "scan"}))
    assert writer.get("/jobs")["writer"] is None
    assert "data-writer" not in page(writer, "/library")


def test_what_is_there_twice_is_shown_and_leads_to_its_photo(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    text = page(reader, "/duplicates")
    assert "1 photo in several files" in text
    assert text.index("again/blue1.png") < text.index(">blue1.png")
    assert "the same picture" in text
    monkeypatch.setattr(library, "FAMILIES", 1)
    assert "Page" not in page(reader, "/duplicates?page=7")


def test_who_is_ignored_can_be_noticed_again(writer: Client) -> None:
    assert "Nobody is ignored" in page(writer, "/ignored")
    group = str(writer.get("/clusters")["clusters"][0]["id"])
    writer.post("/people/ignore", who=group)
    writer.post("/people/ignore", who="elon")
    text = page(writer, "/ignored")
    assert "2 people" in text
    assert f'name="who" value="{group}"' in text
    assert 'name="who" value="elon"' in text
    assert len(re.findall(r'<img class="face" src="/api/v1/faces/[0-9a-f]{16}/picture"', text)) == 2
    assert '<a href="/ignored">2 people ignored</a>' in page(writer, "/")
    writer.post("/people/notice", who=group)
    assert "1 person" in page(writer, "/ignored")


def test_faces_that_hold_together_are_not_split(reader: Client) -> None:
    group = reader.get("/clusters")["clusters"][0]["id"]
    text = page(reader, f"/split?who={group}")
    assert f"The faces of <bdi>group {group}</bdi> hold together" in text
    assert "data-api" not in text
    assert f'href="/groups/{group}"' in text
    page(reader, "/split?who=nobody", 404)


def test_who_falls_apart_is_shown_in_parts(writer: Client) -> None:
    blue, green = (group["id"] for group in writer.get("/clusters")["clusters"])
    writer.post("/people/merge", who=[str(blue), str(green)])
    both = writer.get("/clusters")["clusters"][0]["id"]
    text = page(writer, f"/split?who={both}")
    assert "<h1>2 people?</h1>" in text
    part = re.findall(r'name="faces" value="([0-9a-f]{16})"', text)
    assert sorted(part) == sorted(writer.get("/splits", params={"who": str(both)})["leave"][0])
    assert f'data-api="/splits" name="who" value="{both}"' in text
    writer.post("/faces/move", faces=part, name="eve")
    assert "1 face" in page(writer, "/person?name=eve") or len(part) > 1


def test_somebody_is_the_same_as_somebody_else_or_several(reader: Client) -> None:
    group = reader.get("/clusters")["clusters"][0]["id"]
    for address, who in (("/person?name=elon", "elon"), (f"/groups/{group}", str(group))):
        text = page(reader, address)
        assert f'data-api="/people/merge" data-empty="/"><input type="hidden" name="who" value="{who}">' in text
        assert f'href="/split?who={who}"' in text
        assert f'data-api="/splits" name="who" value="{who}"' in text


def test_a_saved_search_is_a_chip_and_can_be_renamed(writer: Client) -> None:
    assert 'data-method="PUT"' in page(writer, "/find?q=elon")
    writer("PUT", "/api/v1/searches", json={"name": "<b>us", "query": "elon"})
    assert '<a href="/find?q=elon" title="elon">' in page(writer, "/find")
    text = page(writer, "/find?q=elon")
    assert "<bdi>&lt;b&gt;us</bdi>" in text
    assert 'title="elon" aria-current="true"' in text
    assert 'data-method="DELETE"' in text
    assert 'data-method="PUT"' not in text
    assert "Save this search" not in page(writer, "/find?q=elon%20%26", 400)


def test_searches_that_cannot_be_read_are_told_on_the_page(writer: Client, copied: Path) -> None:
    (copied / ".phototag" / "searches.json").write_text("{")
    text = page(writer, "/find?q=elon")
    assert "is not as phototag writes it" in text
    assert "data-method" not in text
