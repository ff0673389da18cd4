"""The recogniser by HTTP: enrol, identify, verify, with photos that are sent."""

from __future__ import annotations

import asyncio
import io
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from phototag.web import scanning, uploads
from phototag.web.jobs import Jobs
from tests.conftest import BLUE, CYAN, DARK_RED, GREEN, RED, Album, draw_photo
from tests.web.conftest import SENT, Client, Serve

API = "/api/v1"


def photo(tmp_path: Path, *colours: str) -> bytes:
    return draw_photo(tmp_path / "sent.png", colours, (300 * max(len(colours), 1), 300)).read_bytes()


def ask(client: Client, path: str, data: bytes, **query: str) -> Any:
    answer = client("POST", API + path, content=data, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_who_is_on_a_photo_that_is_sent(reader: Client, tmp_path: Path) -> None:
    found = ask(reader, "/identify", photo(tmp_path, CYAN, DARK_RED))
    assert (found["width"], found["height"]) == (600, 300)
    stranger, elon = found["faces"]
    assert (stranger["person"], elon["person"]) == (None, "elon")
    assert stranger["nearest"]["person"] == "elon"
    assert 300 < elon["box"][0] < elon["box"][2] < 600


def test_the_same_drawn_on_the_photo(reader: Client, tmp_path: Path) -> None:
    answer = reader("POST", API + "/identify/picture", content=photo(tmp_path, DARK_RED))
    assert answer.headers["content-type"] == "image/jpeg"
    with Image.open(io.BytesIO(answer.content)) as drawn:
        assert drawn.size == (300, 300)


def test_whether_somebody_is_who_they_say(reader: Client, tmp_path: Path) -> None:
    found = ask(reader, "/verify", photo(tmp_path, DARK_RED), name="Elon")
    assert (found["person"], found["match"], found["references"]) == ("elon", True, 1)
    assert ask(reader, "/verify", photo(tmp_path, BLUE), name="elon")["match"] is False


def test_whoever_is_enrolled_is_found_in_the_library_and_on_the_next_photo(writer: Client, tmp_path: Path) -> None:
    came = ask(writer, "/enrolled", photo(tmp_path, GREEN), name="gerd")
    assert came["said"] == "gerd is enrolled."
    assert writer.get("/person", params={"name": "gerd"})["faces"] == 2
    assert ask(writer, "/identify", photo(tmp_path, GREEN))["faces"][0]["person"] == "gerd"
    (enrolled,) = writer.get("/enrolled")["enrolled"]
    assert (enrolled["person"], enrolled["origin"]) == ("gerd", "sent to the server")
    writer.post("/undo", decision=came["decision"])
    assert writer.get("/enrolled")["enrolled"] == []
    assert ask(writer, "/identify", photo(tmp_path, GREEN))["faces"][0]["person"] is None


def test_enrolled_pictures_are_given_up(writer: Client, tmp_path: Path) -> None:
    ask(writer, "/enrolled", photo(tmp_path, GREEN), name="gerd")
    assert writer.post("/enrolled/remove", who=["gerd"])["decision"]
    assert writer.get("/enrolled")["enrolled"] == []


@pytest.mark.parametrize("path", ["/identify", "/verify?name=elon", "/enrolled?name=elon"])
@pytest.mark.parametrize("data", [b"", b"no photo", b"\xff\xd8\xff\xe0 broken", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_photo_is_refused(reader: Client, path: str, data: bytes) -> None:
    status, said = reader.refused("POST", path, content=data)
    assert status == 400
    assert "cannot be used" in said["error"]


def test_a_photo_of_nobody_enrols_nobody(writer: Client, tmp_path: Path) -> None:
    status, said = writer.refused("POST", "/enrolled", content=photo(tmp_path), params={"name": "gerd"})
    assert status == 400
    assert "No face was found" in said["error"]
    assert writer.get("/enrolled")["enrolled"] == []


def test_a_photo_of_more_pixels_than_a_scan_reads_is_refused(reader: Client) -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 10_001)).save(out, "PNG")
    status, said = reader.refused("POST", "/identify", content=out.getvalue())
    assert status == 400
    assert "megapixels" in said["error"]


def test_a_large_photo_is_taken_and_a_gigabyte_is_not(reader: Client, tmp_path: Path) -> None:
    data = photo(tmp_path, DARK_RED) + b"\0" * 3_000_000
    assert ask(reader, "/identify", data)["faces"][0]["person"] == "elon"
    headers = {**reader.headers, "Content-Length": "1000000000"}
    assert reader("POST", API + "/identify", headers, content=b"").status_code == 413
    assert reader("POST", API + "/undo", content=data).status_code == 413


def test_few_photos_are_looked_at_at_once(reader: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "AT_ONCE", 1)
    data = photo(tmp_path, DARK_RED)

    async def both() -> list[int]:
        sent = [reader.ask("POST", API + "/identify", None, content=data) for _ in range(2)]
        return [answer.status_code for answer in await asyncio.gather(*sent)]

    assert sorted(asyncio.run(both())) == [200, 503]
    assert ask(reader, "/identify", data)["faces"]


def test_a_library_that_is_only_shown_may_be_asked_and_enrols_nobody(serve: Serve, tmp_path: Path) -> None:
    shown = serve(read_only=True)
    data = photo(tmp_path, DARK_RED)
    assert ask(shown, "/identify", data)["faces"][0]["person"] == "elon"
    assert shown("POST", API + "/enrolled", content=data, params={"name": "x"}).status_code == 403


def test_a_page_of_another_site_enrols_nobody(reader: Client, tmp_path: Path) -> None:
    path, data = f"{API}/enrolled?name=x", photo(tmp_path, DARK_RED)
    assert reader("POST", path, reader.cookie, content=data).status_code == 403
    foreign = {**reader.cookie, **SENT, "Origin": "http://evil.example"}
    assert reader("POST", path, foreign, content=data).status_code == 403
    assert reader("POST", path, {}, content=data).status_code == 401


def test_nothing_that_is_sent_is_written(writer: Client, tmp_path: Path) -> None:
    def files() -> set[Path]:
        return {path for path in writer.library.settings.index.rglob("*") if path.is_file()}  # type: ignore[union-attr]

    before = files()
    ask(writer, "/identify", photo(tmp_path, GREEN))
    assert files() == before
    ask(writer, "/enrolled", photo(tmp_path, GREEN), name="../../gerd")
    new = files() - before
    assert {path.parent.name for path in new} <= {"enrolled", "cache", ".phototag"}


def test_a_name_that_is_none_is_refused(reader: Client, tmp_path: Path) -> None:
    status, _ = reader.refused("POST", "/enrolled", content=photo(tmp_path, GREEN), params={"name": "\u202e"})
    assert status == 400


def learned(client: Client, **wish: object) -> Any:
    """What came of training, when it is done."""
    job = client.post("/jobs/train", **wish)
    assert job["kind"] == "train"
    while (job := client.get(f"/jobs/{job['id']}"))["state"] == "running":
        time.sleep(0.01)
    return job


@pytest.fixture
def four(album: Album, serve: Serve) -> Client:
    """A server of a library of four people with four named photos each."""
    colours = {"elon": RED, "ann": GREEN, "bob": BLUE, "cat": CYAN}
    album.scan(**{f"{name}{i}": [colour] for name, colour in colours.items() for i in range(4)})
    for name in colours:
        album.name(name, *(f"{name}{i}" for i in range(4)))
    album.close()
    client = serve(album.root)
    client.use(client.library, Jobs(client.library.settings, scanning.here, train=scanning.train_here))
    return client


def test_classifiers_are_tried_and_one_is_kept_and_asked(four: Client, tmp_path: Path) -> None:
    job = learned(four, name="knn", precision=0.9)
    assert job["state"] == "done", job["error"]
    assert job["learned"]["advice"].startswith("Use nearest")
    assert 0.5 < job["learned"]["kept"] <= 1
    face = ask(four, "/identify", photo(tmp_path, BLUE), classifier="knn")["faces"][0]
    assert (face["person"], face["probability"] > 0.5) == ("bob", True)


def test_all_are_tried_and_none_is_kept(four: Client, tmp_path: Path) -> None:
    found = learned(four, precision=0.9)["learned"]
    assert [row["name"] for row in found["classifiers"]] == ["nearest", "knn", "logistic", "svm", "softmax"]
    assert (found["people"], found["faces"], found["kept"]) == (4, 16, None)
    status, said = four.refused("POST", "/identify", content=photo(tmp_path, BLUE), params={"classifier": "knn"})
    assert status == 400
    assert "No knn was trained" in said["error"]


def test_training_that_cannot_be_says_why(writer: Client) -> None:
    writer.use(writer.library, Jobs(writer.library.settings, scanning.here, train=scanning.train_here))
    job = learned(writer, name="knn")
    assert (job["state"], job["code"]) == ("failed", "usage")
    assert job["learned"] is None
