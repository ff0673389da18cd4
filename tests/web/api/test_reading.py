"""What the API says of a library."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from tests.conftest import Command
from tests.web.conftest import Client, Serve


def test_status(reader: Client, scanned: Path) -> None:
    said = reader.get("/status")
    assert said.pop("version")
    assert said == {
        "library": str(scanned), "read_only": False, "engine": "fake", "photos": 8, "faces": 8, "people": 1,
        "clusters": 2, "auto_tagged": 1, "problems": 1,
    }  # fmt: skip


def test_people(reader: Client) -> None:
    elon = {"name": "elon", "faces": 2, "photos": 2, "confirmed": 1, "suggested": 1}
    assert reader.get("/people") == {"people": [elon]}
    assert reader.get("/person", params={"name": "ELON"}) == elon
    status, said = reader.refused("GET", "/person", params={"name": "elan"})
    assert (status, said["code"]) == (404, "usage")
    assert "Known: elon" in said["error"]
    assert reader.get("/ignored") == {"ignored": []}


def test_clusters(reader: Client) -> None:
    found = reader.get("/clusters")
    assert [(group["faces"], group["photos"]) for group in found["clusters"]] == [(3, 3), (2, 2)]
    assert found["total"] == 2
    number = found["clusters"][0]["id"]
    assert reader.get(f"/clusters/{number}") == found["clusters"][0]
    assert reader.refused("GET", "/clusters/999")[0] == 404
    assert reader.get("/clusters", params={"offset": 2})["clusters"] == []


def test_faces(reader: Client, phototag: Command, scanned: Path) -> None:
    found = reader.get("/faces")
    assert found["total"] == 8
    phototag("faces", "--library", scanned, "--json")
    told = {face["id"]: face for face in json.loads(phototag.out)["faces"]}
    for face in found["faces"]:
        same = ("box", "score", "quality", "cluster", "person", "suggestion", "source", "distance", "ignored")
        assert {key: face[key] for key in same} == {key: told[face["id"]][key] for key in same}
        assert reader.get(f"/faces/{face['id']}") == face
        assert reader.get(f"/faces/{face['id'][:12]}") == face


@pytest.mark.parametrize(
    ("where", "n"),
    [({"person": "elon"}, 3), ({"source": "human"}, 1), ({"source": "auto"}, 1), ({"source": "suggested"}, 1),
     ({"source": "none"}, 5), ({"person": "elon", "source": "none"}, 0), ({"limit": 2}, 2), ({"offset": 7}, 1),
     ({"offset": 10**18}, 0)],
)  # fmt: skip
def test_some_faces(reader: Client, where: dict[str, object], n: int) -> None:
    assert len(reader.faces(**where)) == n


def test_faces_of_a_group_and_of_a_photo(reader: Client) -> None:
    number = reader.get("/clusters")["clusters"][0]["id"]
    assert len(reader.faces(cluster=number)) == 3
    both = reader.photo("path:both*")
    assert len(reader.faces(photo=both)) == 2
    assert len(reader.faces(photo=both, cluster=number)) == 1
    assert reader.refused("GET", "/faces", params={"photo": "0" * 32})[0] == 404


def test_a_hundred_faces_on_a_page(reader: Client) -> None:
    assert reader.refused("GET", "/faces", params={"limit": 1001})[0] == 422
    assert reader.refused("GET", "/faces", params={"limit": 0})[0] == 422
    assert reader.refused("GET", "/faces", params={"offset": -1})[0] == 422
    pages = [reader.faces(limit=3, offset=offset) for offset in (0, 3, 6)]
    assert [*pages[0], *pages[1], *pages[2]] == reader.faces()


def test_why(reader: Client) -> None:
    pale = reader.faces(source="suggested")[0]
    said = reader.get(f"/faces/{pale}/why")
    assert (said["rule"], said["face"]["id"], said["candidates"][0]["person"]) == ("doubt", pale, "elon")


def test_photos(reader: Client) -> None:
    found = reader.get("/photos")
    assert found["total"] == 8
    assert [photo["path"] for photo in found["photos"]][:2] == ["again/blue1.png", "blue2.png"]
    assert len({photo["id"] for photo in found["photos"]}) == 8


def test_one_photo(reader: Client) -> None:
    both = reader.get(f"/photos/{reader.photo('path:both*')}")
    assert both["paths"] == ["both.png"]
    assert both["people"] == []
    assert [face["place"][0] < 0.5 for face in both["faces"]] == [True, False]
    blue2 = reader.get(f"/photos/{both['previous']}")
    again = reader.get(f"/photos/{blue2['previous']}")
    assert again["paths"] == ["again/blue1.png", "blue1.png"]
    assert (again["previous"], again["next"]) == (None, blue2["id"])


def test_photos_beside_one_in_what_was_found(reader: Client) -> None:
    found = [photo["id"] for photo in reader.get("/find", params={"q": "elon"})["photos"]]
    first = reader.get(f"/photos/{found[0]}", params={"q": "elon"})
    assert (first["previous"], first["next"]) == (None, found[1])
    other = reader.get(f"/photos/{reader.photo('path:both*')}", params={"q": "elon"})
    assert (other["previous"], other["next"]) == (None, None)


def test_find(reader: Client) -> None:
    found = reader.get("/find", params={"q": "elon | faces>=2", "limit": 2})
    assert (found["total"], found["query"]) == (3, "elon | faces>=2")
    assert [photo["path"] for photo in found["photos"]] == ["both.png", "dark.png"]


@pytest.mark.parametrize(("query", "at"), [("elon &", 5), ("", 0), ("elon & zoe", 7), ("elon | (", 7)])
def test_a_query_that_is_none_says_where(reader: Client, query: str, at: int) -> None:
    status, said = reader.refused("GET", "/find", params={"q": query})
    assert (status, said["code"], said["at"]) == (400, "usage", at)
    assert "\n" not in said["error"]


def test_review(reader: Client) -> None:
    first = reader.get("/review")
    assert (first["questions"], first["faces"], first["question"]["person"]) == (3, 6, None)
    ids: list[str] = []
    while question := reader.get("/review", params={"skip": ids})["question"]:
        ids.append(question["id"])
    assert len(ids) == 3
    last = reader.get("/review", params={"skip": ids[:2]})["question"]
    assert (last["person"], len(last["faces"]), len(last["references"])) == ("elon", 1, 1)
    assert (first["named"], first["left_to_95"]) == (2, 3)
    assert reader.get("/review", params={"skip": ids, "first": ids[1]})["question"]["id"] == ids[1]
    assert reader.get("/review", params={"first": "0" * 16})["question"] == first["question"]
    assert reader.refused("GET", "/review", params={"skip": ["../x"]})[0] == 422


def test_history(reader: Client) -> None:
    found = reader.get("/history")
    assert found["total"] == 1
    assert (found["decisions"][0]["kind"], found["decisions"][0]["text"]) == ("name", "1 face is elon")


def test_problems(reader: Client) -> None:
    found = reader.get("/problems")
    assert [problem["path"] for problem in found["problems"]] == ["broken.jpg"]
    assert found["passed_over"] is None
    assert reader.get("/problems", params={"passed_over": True})["passed_over"][0]["path"] == ".phototag"


def test_duplicates(reader: Client) -> None:
    found = reader.get("/duplicates")
    assert found["total"] == 1
    assert [(copy["path"], copy["same"]) for copy in found["duplicates"][0]] == [
        ("again/blue1.png", "picture"),
        ("blue1.png", "picture"),
    ]


# Pictures


def test_pictures_are_asked_for_again_by_their_tag(reader: Client) -> None:
    for path in (f"/faces/{reader.faces()[0]}/picture", f"/photos/{reader.photo('elon')}/picture"):
        answer = reader("GET", f"/api/v1{path}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
        assert answer.headers["cache-control"] == "private, no-cache"
        assert Image.open(io.BytesIO(answer.content)).format == "JPEG"
        known = reader.headers | {"If-None-Match": answer.headers["etag"]}
        again = reader("GET", f"/api/v1{path}", known)
        assert (again.status_code, again.content) == (304, b"")
        assert reader("GET", f"/api/v1{path}", reader.headers | {"If-None-Match": '"other"'}).status_code == 200


def test_the_file_itself_and_parts_of_it(reader: Client, scanned: Path) -> None:
    path = f"/api/v1/photos/{reader.photo('path:dark*')}/file"
    whole = (scanned / "dark.png").read_bytes()
    answer = reader("GET", path)
    assert (answer.content, answer.headers["content-type"]) == (whole, "image/png")
    assert answer.headers["content-disposition"] == 'inline; filename="dark.png"'
    part = reader("GET", path, reader.headers | {"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole[10:20])
    assert reader("GET", path, reader.headers | {"Range": f"bytes={len(whole)}-"}).status_code == 416
    assert reader("GET", path, reader.headers | {"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_a_file_that_is_not_as_it_was_scanned_is_not_handed_out(serve: Serve, copied: Path, tmp_path: Path) -> None:
    client = serve(copied)
    photo = client.photo("path:dark*")
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    (copied / "dark.png").unlink()
    (copied / "dark.png").symlink_to(secret)
    shutil.rmtree(copied / ".phototag" / "thumbs")
    for what in ("file", "picture"):
        status, said = client.refused("GET", f"/photos/{photo}/{what}")
        assert (status, said["code"]) == (503, "library")
    assert client("GET", f"/api/v1/faces/{client.faces(person='elon')[0]}").status_code == 200


@pytest.mark.parametrize(
    "id_",
    ["../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2fetc%2fpasswd", "/etc/passwd", "dark.png", "C:%5cx", "%00",
     "0" * 33, "A" * 32, "0" * 31, "0" * 32, "*", "%2e%2e"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/photos/{}/file", "/photos/{}/picture", "/photos/{}", "/faces/{}/picture"])
def test_nothing_is_served_by_its_path(reader: Client, path: str, id_: str) -> None:
    answer = reader("GET", f"/api/v1{path.format(id_)}")
    assert answer.status_code in (404, 422)
    assert answer.json()["code"] == "usage"


def test_a_path_that_is_not_utf8_is_told_as_well_as_can_be(serve: Serve, copied: Path, phototag: Command) -> None:
    (copied / "dark.png").rename(copied / "dark\udcff.png")
    assert phototag("scan", copied) == 10
    client = serve(copied)
    found = client.get("/find", params={"q": "path:dark*"})["photos"][0]
    assert found["path"] == "dark\ufffd.png"
    assert client.get(f"/photos/{found['id']}")["paths"] == ["dark\ufffd.png"]
    answer = client("GET", f"/api/v1/photos/{found['id']}/file")
    assert answer.status_code == 200
    assert "%EF%BF%BD" in answer.headers["content-disposition"]
    assert client.get("/faces", params={"photo": found["id"]})["faces"][0]["path"] == "dark\ufffd.png"
