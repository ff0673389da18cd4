"""Saved searches by HTTP."""

from __future__ import annotations

from pathlib import Path

from tests.web.conftest import Client


def put(client: Client, name: str, query: str) -> tuple[int, dict]:
    answer = client("PUT", "/api/v1/searches", json={"name": name, "query": query})
    return answer.status_code, answer.json()


def test_a_search_is_saved_listed_renamed_and_deleted(writer: Client) -> None:
    us = {"name": "us", "query": "elon & path:d*"}
    assert put(writer, "us", "elon & path:d*") == (200, {"said": "us is saved.", "search": us})
    assert writer.get("/searches") == {"searches": [us]}
    assert writer.post("/searches/rename", name="US", new="we")["search"] == us | {"name": "we"}
    answer = writer("DELETE", "/api/v1/searches", params={"name": "we"})
    assert answer.json() == {"said": "The search we is deleted.", "search": us | {"name": "we"}}
    assert writer.get("/searches") == {"searches": []}
    assert writer.refused("DELETE", "/searches", params={"name": "we"})[0] == 404


def test_what_is_wrong_is_refused(writer: Client, copied: Path) -> None:
    status, said = put(writer, "us", "elon & nobody")
    assert (status, said["at"]) == (400, 7)
    assert put(writer, " ", "elon")[0] == 400
    assert put(writer, "us", "elon")[0] == 200
    assert put(writer, "US", "faces=1")[0] == 409
    (copied / ".phototag" / "searches.json").write_text("{")
    assert writer.refused("GET", "/searches")[0] == 503


def test_who_is_renamed_is_found_by_the_search(writer: Client) -> None:
    put(writer, "him", "elon")
    writer.post("/people/rename", name="elon", new="Elon M")
    assert writer.get("/searches")["searches"][0]["query"] == '"Elon M"'
    writer.post("/undo")
    assert writer.get("/searches")["searches"][0]["query"] == "elon"
