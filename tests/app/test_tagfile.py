from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from phototag.app.tagfile import SaidFace, SaidPhoto, TagFile, read
from phototag.index.words import Who

A, B = "0123456789abcdef", "fedcba9876543210"
BOX = [10, 20, 30, 40]
PLACE = (10.0, 20.0, 30.0, 40.0)


def line(*faces: dict[str, Any], **more: Any) -> dict[str, Any]:
    start = {"photo": "a.jpg", "hash": "abcd" * 8, "taken": None, "size": [100, 80], "orientation": 6, "people": []}
    return start | {"faces": list(faces)} | more


def face(id_: str = A, person: str | None = None, source: str | None = None, **more: Any) -> dict[str, Any]:
    return {"id": id_, "box": BOX, "person": person, "source": source} | more


def said(tmp_path: Path, *lines: object) -> TagFile:
    path = tmp_path / "tags.jsonl"
    path.write_text("".join((found if isinstance(found, str) else json.dumps(found)) + "\n" for found in lines))
    return read(path)


def faces(tmp_path: Path, **more: Any) -> tuple[SaidFace, ...]:
    return said(tmp_path, line(**more)).photos[0].faces


def test_what_a_human_said_is_read(tmp_path: Path) -> None:
    found = said(tmp_path, line(face(A, "elon", "human", **{"not": ["ann", 17]}), collage=True))
    only = SaidFace(A, PLACE, True, Who("elon"), (Who("ann"), Who(None, 17)))
    assert found == TagFile((SaidPhoto("a.jpg", "abcd" * 8, (100, 80), 6, (only,), True, "abcd" * 8),), ())


def test_what_the_machine_found_is_not(tmp_path: Path) -> None:
    assert said(tmp_path, line(face(A, "elon", "auto"), face(B)), line()) == TagFile((), ())


@pytest.mark.parametrize(
    ("more", "who"),
    [
        ({"group": 17}, Who(None, 17)),
        ({"group": 17, "person": "elon", "source": "auto"}, Who(None, 17)),
        ({"group": 17, "ignored": True}, Who(None, 17, True)),
        ({"called": "bob", "ignored": True}, Who("bob", None, True)),
        ({"person": "17", "source": "human"}, Who("17")),
        ({"person": " Elon   Musk ", "source": "human"}, Who("Elon Musk")),
    ],
)
def test_somebody_is_told_in_several_ways(tmp_path: Path, more: dict[str, Any], who: Who) -> None:
    (photo,) = said(tmp_path, line(face() | more)).photos
    assert photo.faces[0].who == who


def test_places_without_a_face_are_told_apart_from_what_is_none(tmp_path: Path) -> None:
    waiting, none = {"id": A, "box": BOX, "called": "ann"}, {"id": B, "box": BOX}
    assert faces(tmp_path, waiting=[waiting], not_faces=[none]) == (
        SaidFace(A, PLACE, True, Who("ann"), ()),
        SaidFace(B, PLACE, False, None, ()),
    )


def test_lines_of_an_older_phototag_have_no_size(tmp_path: Path) -> None:
    old = line(face(A, "elon", "human"))
    del old["size"], old["orientation"]
    (photo,) = said(tmp_path, old).photos
    assert (photo.size, photo.orientation) == (None, None)


@pytest.mark.parametrize(
    "broken",
    [
        "{oops",
        "[]",
        "7",
        '"text"',
        "{}",
        "[" * 100_000,
        line(face(A, "elon", "human")) | {"hash": "../etc passwd"},
        line(face(A, "elon", "human")) | {"photo": 7},
        line(face("short", "elon", "human")),
        line(face(A, "", "human")),
        line(face(A, None, "human")),
        line(face(A, "a\x00b", "human")),
        line(face(A, "x" * 1000, "human")),
        line(face(A, "elon", "human") | {"box": [1, 2, 3]}),
        line(face(A, "elon", "human") | {"box": [1, 2, 3, float("nan")]}),
        line(face(A, "elon", "human") | {"box": "here"}),
        line(face(A, "elon", "human", **{"not": 7})),
        line(face(A, "elon", "human", **{"not": [-7]})),
        line(face(A, "elon", "human"), size=[100]),
        line(face(A, "elon", "human"), size=[0, 80]),
        line(face(A, "elon", "human"), size="large"),
        line(face(A, "elon", "human"), orientation=9),
        line(7),  # type: ignore[arg-type]
    ],
)
def test_a_line_that_cannot_be_understood_is_counted_and_the_next_one_read(tmp_path: Path, broken: object) -> None:
    found = said(tmp_path, broken, line(face(A, "elon", "human")))
    assert found.broken == (1,)
    assert [photo.faces[0].who for photo in found.photos] == [Who("elon")]


def test_bytes_that_are_no_text_are_a_broken_line(tmp_path: Path) -> None:
    (tmp_path / "tags.jsonl").write_bytes(b"\xff\xfe\x00\n\n" + json.dumps(line()).encode())
    assert read(tmp_path / "tags.jsonl") == TagFile((), (1,))
