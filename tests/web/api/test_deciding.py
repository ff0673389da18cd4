"""What is decided through the API: it is what a command would do, and says the same."""

from __future__ import annotations

import pytest

from tests.web.conftest import Client


def group(client: Client) -> int:
    return int(client.get("/clusters")["clusters"][0]["id"])


def names(client: Client) -> dict[str, int]:
    return {person["name"]: person["faces"] for person in client.get("/people")["people"]}


def test_name_a_group(writer: Client) -> None:
    number = group(writer)
    said = writer.post(f"/clusters/{number}/name", name="ann")
    assert said == {"decision": 2, "said": "3 faces on 3 photos are ann now."}
    assert names(writer) == {"ann": 3, "elon": 2}
    again = writer.post(f"/clusters/{number}/name", name="ANN")
    assert (again["decision"], again["said"].split("\n")[0]) == (None, f"Group {number} is ann already.")
    assert writer.refused("POST", f"/clusters/{number}/name", json={"name": "bob"})[0] == 400
    assert writer.refused("POST", "/clusters/999/name", json={"name": "bob"})[0] == 404


def test_rename_and_take_it_back_and_put_it_back(writer: Client) -> None:
    assert writer.post("/people/rename", name="elon", new="Elon M")["said"] == "elon is called Elon M now."
    assert writer.post("/people/rename", name="elon m", new="Elon M")["said"] == "Elon M is called so already."
    undone = writer.post("/undo")
    assert undone["said"] == "Taken back: elon is called Elon M (decision 2)."
    assert names(writer) == {"elon": 2}
    assert writer.post("/redo")["said"] == "Put back: elon is called Elon M (decision 2)."
    assert writer.refused("POST", "/redo", json={"decision": 77})[0] == 404
    assert [one["kind"] for one in writer.get("/history")["decisions"]] == ["redo", "undo", "rename", "name"]


def test_merge(writer: Client) -> None:
    number = group(writer)
    said = writer.post("/people/merge", who=["elon", str(number)])["said"]
    assert said == f"Group {number} is elon now: 5 faces."
    assert names(writer)["elon"] == 4  # light is as near to others now
    assert writer.refused("POST", "/people/merge", json={"who": ["elon", "elon"]})[0] == 400


def test_ignore_and_notice(writer: Client) -> None:
    number = group(writer)
    said = writer.post("/people/ignore", who=str(number))
    assert said["said"].startswith(f"Group {number} is ignored: 3 faces")
    assert writer.get("/ignored")["ignored"][0]["called"] == f"group {number}"
    assert writer.refused("POST", "/people/ignore", json={"who": str(number)})[0] == 400
    assert "not ignored any more" in writer.post("/people/notice", who=str(number))["said"]
    assert writer.refused("POST", "/people/notice", json={"who": str(number)})[0] == 404


def test_move_and_confirm_and_reject(writer: Client) -> None:
    pale, light = writer.faces(source="suggested")[0], writer.faces(source="auto")[0]
    assert writer.post("/faces/confirm", person="elon")["said"] == "1 face is elon, as you confirmed."
    assert writer.post("/faces/confirm", faces=[light])["said"] == "You said so before."
    assert writer.post("/faces/reject", faces=[pale])["said"] == "1 face is not elon."
    assert writer.post("/faces/move", faces=[pale, light], name="zoe")["said"] == "2 faces are zoe now."
    assert writer.post("/faces/move", faces=[pale], name="ZOE")["said"] == "1 face is zoe already."
    assert names(writer) == {"elon": 1, "zoe": 2}


def test_not_a_face(writer: Client) -> None:
    face = writer.faces(source="none")[0]
    assert writer.post("/faces/not-a-face", faces=[face])["said"].startswith("That is no face")
    assert writer.refused("GET", f"/faces/{face}")[0] == 404


def test_collage(writer: Client) -> None:
    photo = writer.photo("path:both*")
    assert writer.post(f"/photos/{photo}/collage")["said"] == "One person may be on both.png more than once."
    assert writer.get(f"/photos/{photo}")["collage"] is True
    assert writer.post(f"/photos/{photo}/collage")["decision"] is None


def test_split(writer: Client) -> None:
    number = group(writer)
    face = writer.faces(cluster=number)[0]
    assert writer.refused("GET", "/splits", params={"who": str(number)})[0] == 400  # they hold together
    said = writer.post("/splits", who=str(number), faces=[face])["said"]
    assert said.startswith(f"1 face of group {number} is somebody else: group ")
    assert len(writer.faces(cluster=number)) == 2


def test_a_proposed_split(writer: Client) -> None:
    number = group(writer)
    writer.post("/people/merge", who=["elon", str(number)])
    proposal = writer.get("/splits", params={"who": "elon"})
    assert sorted([len(proposal["stay"]), *map(len, proposal["leave"])])[-1] == 3
    said = writer.post("/splits", who="elon")["said"]
    assert "somebody else" in said


def about(client: Client, name: str) -> str:
    """The id of the question whether somebody is NAME."""
    skipped: list[str] = []
    while (question := client.get("/review", params={"skip": skipped})["question"])["person"] != name:
        skipped.append(question["id"])
    return str(question["id"])


def test_answers(writer: Client) -> None:
    who = writer.get("/review")["question"]
    assert writer.refused("POST", "/review", json={"question": who["id"], "answer": "yes"})[0] == 400
    assert writer.refused("POST", "/review", json={"question": who["id"], "answer": "name"})[0] == 400
    said = writer.post("/review", question=who["id"], answer="name", name="ann")
    assert said == {"decision": 2, "said": "3 faces are ann now."}
    assert writer.refused("POST", "/review", json={"question": who["id"], "answer": "name", "name": "ann"})[0] == 404
    assert writer.post("/review", question=about(writer, "elon"), answer="no")["said"] == "1 face is not elon."
    assert writer.get("/review")["questions"] == 1


def test_yes(writer: Client) -> None:
    assert writer.post("/review", question=about(writer, "elon"), answer="yes")["said"] == "1 face is elon now."


@pytest.mark.parametrize(
    ("path", "body"),
    [("/people/rename", {"name": "elon"}), ("/people/rename", {"name": "elon", "new": 3}), ("/undo", {"decision": 0}),
     ("/people/rename", {"name": "elon", "new": "x", "more": 1}), ("/faces/move", {"faces": [], "name": "x"}),
     ("/faces/move", {"faces": ["../x"], "name": "x"}), ("/people/merge", {"who": ["elon"]}), ("/undo", [1]),
     ("/review", {"question": "0" * 16, "answer": "perhaps"}), ("/undo", {"decision": 10**19})],
)  # fmt: skip
def test_what_is_not_of_the_form_is_refused(reader: Client, path: str, body: object) -> None:
    status, said = reader.refused("POST", path, json=body)
    assert (status, said["code"]) == (422, "usage")
    assert said["error"].endswith(".")


@pytest.mark.parametrize("body", [{}, {"faces": ["0000"], "person": "elon"}])
def test_faces_or_a_person_are_confirmed(reader: Client, body: object) -> None:
    assert reader.refused("POST", "/faces/confirm", json=body)[0] == 400


def test_a_name_that_is_none_is_refused_and_nothing_written(writer: Client) -> None:
    for name in ("  ", "\u202eevil", "-x", "!!!", "x" * 101):
        assert writer.refused("POST", "/people/rename", json={"name": "elon", "new": name})[0] == 400
    assert writer.get("/history")["total"] == 1


def test_draw_a_face(writer: Client) -> None:
    photo = writer.photo("path:nobody*")
    made = writer.post(f"/photos/{photo}/faces", place=[0.1, 0.1, 0.3, 0.3], name="ann")
    assert (made["decision"], made["said"]) == (2, "A face of ann is drawn on nobody.png.")
    face = writer.get(f"/faces/{made['face']}")
    assert (face["drawn"], face["person"], face["box"]) == (True, "ann", [33, 30, 98, 90])
    moved = writer.post(f"/photos/{photo}/faces", place=[0.6, 0.5, 0.8, 0.9], instead=made["face"])
    assert moved["said"] == "The face of ann is where you drew it now."
    assert [one["box"] for one in writer.get(f"/photos/{photo}")["faces"]] == [[196, 150, 262, 270]]
    gone = writer.post("/faces/not-a-face", faces=[moved["face"]])
    assert gone["said"] == "The face that you drew is gone."
    writer.post("/undo", decision=gone["decision"])
    assert writer.get(f"/photos/{photo}")["faces"][0]["id"] == moved["face"]


def test_a_box_on_a_face_is_that_face(writer: Client) -> None:
    photo = writer.photo("path:both*")
    face = writer.get(f"/photos/{photo}")["faces"][1]
    made = writer.post(f"/photos/{photo}/faces", place=face["place"], name="zoe")
    assert made["face"] == face["id"]
    assert made["said"] == "There is a face already, which was found: it is zoe now."
    assert writer.post(f"/photos/{photo}/faces", place=face["place"])["decision"] is None


@pytest.mark.parametrize(
    ("place", "status"),
    [([0.5, 0.5, 0.5, 0.9], 400), ([0.5, 0.5, 0.2, 0.9], 400), ([0.5, 0.5, 0.501, 0.501], 400), ([0, 0, 1], 422),
     ([0, 0, 1, 1.01], 422), ([-0.1, 0, 1, 1], 422), (["a", 0, 1, 1], 422), ([0, 0, 1, 1, 1], 422), (None, 422)],
)  # fmt: skip
def test_a_box_that_is_none_is_refused(writer: Client, place: object, status: int) -> None:
    photo = writer.photo("path:nobody*")
    assert writer.refused("POST", f"/photos/{photo}/faces", json={"place": place})[0] == status
    assert writer.refused("POST", f"/photos/{'0' * 32}/faces", json={"place": [0, 0, 1, 1]})[0] == 404
    assert writer.get("/history")["total"] == 1


def test_present_and_absent(writer: Client) -> None:
    photo = writer.photo("path:nobody*")
    assert writer.post(f"/photos/{photo}/present", name="ann")["said"] == "ann is on 1 photo."
    assert writer.post(f"/photos/{photo}/present", name="ANN")["decision"] is None
    assert writer.get(f"/photos/{photo}")["present"] == ["ann"]
    assert writer.post(f"/photos/{photo}/absent", name="ann")["said"] == "ann is not on 1 photo."
    assert writer.post(f"/photos/{photo}/absent", name="elon") == {"decision": None, "said": "Nothing changed."}
    assert writer.refused("POST", f"/photos/{photo}/absent", json={"name": "nobody"})[0] == 404
