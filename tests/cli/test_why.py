from __future__ import annotations

import json

import pytest

from tests.conftest import BLUE, DARK_RED, LIGHT_RED, PALE_RED, Album, Command


@pytest.fixture
def known(album: Album) -> Album:
    """Dark is elon, blue is ann; light is tagged as elon, pale may be elon and is not ann."""
    album.scan(dark=[DARK_RED], light=[LIGHT_RED], pale=[PALE_RED], blue=[BLUE])
    album.name("elon", "dark")
    album.name("ann", "blue")
    album.refuse("ann", "pale")
    return album


def test_a_person_reads_the_rule_and_the_evidence(phototag: Command, known: Album) -> None:
    light, dark = known.face("light").id, known.face("dark").id
    assert phototag("why", light) == 0
    assert f"Face {light} on light.png: elon\n" in phototag.out
    assert "It is elon: near, and nobody else is nearly as near." in phototag.out
    assert ["elon", "0.319", dark, "0.32"] in [line.split() for line in phototag.out.splitlines()]
    assert "Score 0.219 (the runner-up is 1." in phototag.out
    assert "tagged up to 0.250, asked up to 0.600." in phototag.out
    assert "Group 1 of 2 faces, 0.136 from its nearest faces." in phototag.out
    assert "Quality " in phototag.out
    assert phototag.err == ""


def test_what_you_ruled_out_is_told(phototag: Command, known: Album) -> None:
    assert phototag("why", known.face("pale").id) == 0
    assert "on pale.png: nobody known\n" in phototag.out
    assert "nobody else is known" in phototag.out
    assert "You said that it is not ann." in phototag.out


def test_a_face_in_no_group_of_which_nothing_is_known(phototag: Command, album: Album) -> None:
    album.scan(blue=[BLUE])
    assert phototag("why", album.face("blue").id) == 0
    assert "Nobody has a name yet." in phototag.out
    assert "In no group." in phototag.out
    assert "Score" not in phototag.out


def test_the_document_has_the_shape_of_the_contract(phototag: Command, known: Album) -> None:
    face = known.face("pale")
    assert phototag("why", face.id[:10], "--json") == 0
    document = json.loads(phototag.out)
    (elon,) = document.pop("candidates")
    assert list(elon) == ["person", "distance", "references"]
    assert elon["references"] == [{"face": known.face("dark").id, "photo": "dark.png", "distance": elon["distance"]}]
    assert document.pop("score") == pytest.approx(elon["distance"] - 0.1, abs=1e-3)
    assert len(document.pop("changes")) == 2
    assert document == {
        "face": face.id,
        "photo": "pale.png",
        "person": None,
        "rule": "doubt",
        "because": "It may be elon, but that is not sure enough to tag by itself.",
        "margin": None,
        "limits": {"strong": 0.25, "possible": 0.6},
        "refused": ["ann"],
        "cluster": face.cluster,
        "cluster_distance": pytest.approx(0.136, abs=1e-3),
        "quality": face.quality,
        "weak": False,
    }


def test_what_is_not_known_is_null_in_the_document(phototag: Command, album: Album) -> None:
    album.scan(blue=[BLUE])
    assert phototag("why", album.face("blue").id, "--json") == 0
    document = json.loads(phototag.out)
    assert (document["rule"], document["candidates"], document["refused"]) == ("nobody known", [], [])
    nothing = ("person", "margin", "score", "cluster", "cluster_distance")
    assert [document[key] for key in nothing] == [None] * 5
    assert document["limits"] == {"strong": None, "possible": 0.6}


def test_a_face_that_there_is_not_is_a_usage_error(phototag: Command, known: Album) -> None:
    assert phototag("why", "zebra") == 2
    assert "There is no face 'zebra'" in phototag.err
    assert phototag.out == ""


def test_asking_why_changes_nothing(phototag: Command, known: Album) -> None:
    folder = known.root / ".phototag"
    known.close()
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in {".db", ".jsonl"}}
    phototag("faces", "--json")
    for face in json.loads(phototag.out)["faces"]:
        assert phototag("why", face["id"]) == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in {".db", ".jsonl"}} == before
