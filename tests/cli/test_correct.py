"""Corrections, as a person types them: what is printed, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from phototag.app.name import name_cluster
from tests.conftest import BLUE, DARK_RED, GREEN, LIGHT_RED, PALE_RED, RED, Album, Command

AT = 5


@pytest.fixture
def three(album: Album) -> Album:
    """Group 1, red, is elon; 2 is blue, 3 is green."""
    return album.once("three to correct", _three)


def _three(album: Album) -> None:
    album.scan(
        red1=[RED], red2=[RED], red3=[RED], red4=[RED], blue1=[BLUE], blue2=[BLUE], both=[BLUE, RED],
        green1=[GREEN], green2=[GREEN],
    )  # fmt: skip
    name_cluster(album.index, 1, "elon", AT)


@pytest.fixture
def looks(album: Album) -> Album:
    """Dark is elon, light is tagged so, pale is a question; blue is another group."""
    return album.once("looks to correct", _looks)


def _looks(album: Album) -> None:
    album.scan(dark=[DARK_RED], light=[LIGHT_RED], pale=[PALE_RED], blue1=[BLUE], blue2=[BLUE])
    album.name("elon", "dark")


def ids(album: Album, *photos: str) -> list[str]:
    found = album.ids(*photos)
    album.close()
    return found


def history(phototag: Command) -> object:
    phototag("history", "--json")
    return json.loads(phototag.out)


def sources(album: Album) -> dict[str, str | None]:
    found = album.sources()
    album.close()
    return found


# What is said


def test_merge(phototag: Command, three: Album) -> None:
    assert phototag("merge", 2, 3) == 0
    assert phototag.out == "Group 3 is group 2 now: 5 faces.\n\nTake it back:     phototag undo   (decision 2)\n"
    assert phototag("merge", "2", "elon") == 0
    assert phototag.out == (
        "Group 2 is elon now: 10 faces.\n"
        "On 1 photo there are several of them. If that is no mirror and no collage, take it back.\n"
        "\nTake it back:     phototag undo   (decision 3)\n"
    )


def test_merge_of_many(phototag: Command, three: Album) -> None:
    assert phototag("merge", 3, 2, "elon") == 0
    assert phototag.out.startswith("Group 3 and group 2 are elon now: 10 faces.\n")


def test_split_by_a_list(phototag: Command, three: Album) -> None:
    assert phototag("split", "elon", *ids(three, "red1", "red2")) == 0
    assert phototag.out == (
        "2 faces of elon are somebody else: group 4.\n"
        "\nTake it back:     phototag undo   (decision 2)\n"
        "Look at them:     phototag faces --cluster 4\n"
        "Say who it is:    phototag name-cluster 4 --as NAME\n"
    )
    assert phototag("name-cluster", 4, "--as", "ann") == 0
    phototag("people", "--json")
    assert [(p["name"], p["faces"]) for p in json.loads(phototag.out)["people"]] == [("elon", 3), ("ann", 2)]


def test_split_proposes_and_does_it_when_told(phototag: Command, three: Album) -> None:
    phototag("merge", 2, 3)
    before = history(phototag)
    assert phototag("split", 2) == 0
    picture = three.root / ".phototag" / "split.jpg"
    assert picture.is_file()
    head, _, stays, leaves, _, *rest = phototag.out.splitlines()
    assert [head.split(), stays.split()[:3], leaves.split()[:3]] == [
        ["who", "faces", "such", "as"], ["group", "2", "3"], ["somebody", "else", "2"]
    ]  # fmt: skip
    assert rest == [
        f"Look at it:       {picture}",
        "Do it:            phototag split 2 --apply",
        "Or say who goes:  phototag split 2 FACE...",
    ]
    assert history(phototag) == before
    assert phototag("split", 2, "--apply") == 0
    assert phototag.out.startswith("2 faces of group 2 are somebody else: group 4.\n")


def test_move(phototag: Command, three: Album) -> None:
    (face,) = ids(three, "blue1")
    assert phototag("move", face[:10], "--to", " ELON ") == 0
    assert phototag.out == "1 face is elon now.\n\nTake it back:     phototag undo   (decision 2)\n"
    assert phototag("move", face, "--to", "elon") == 0
    assert phototag.out == "1 face is elon already.\n"
    assert phototag("move", *ids(three, "blue1", "blue2"), "--to", "Ann") == 0
    assert phototag.out.startswith("2 faces are Ann now.\n")


def test_confirm(phototag: Command, looks: Album) -> None:
    (pale,) = ids(looks, "pale")
    assert phototag("confirm", "--person", "ELON") == 0
    assert phototag.out == "1 face is elon, as you confirmed.\n\nTake it back:     phototag undo   (decision 2)\n"
    assert phototag("confirm", pale) == 0
    assert sources(looks)["pale"] == "human elon"
    assert phototag("confirm", pale) == 0
    assert phototag.out == "You said so before.\n"


def test_reject(phototag: Command, looks: Album) -> None:
    assert phototag("reject", *ids(looks, "light", "pale")) == 0
    assert phototag.out == "2 faces are not elon.\n\nTake it back:     phototag undo   (decision 2)\n"
    assert phototag("reject", *ids(looks, "blue1")) == 0
    assert phototag.out.startswith("1 face is not of group ")


def test_rename(phototag: Command, three: Album) -> None:
    assert phototag("rename", "ELON", "Elon M") == 0
    assert phototag.out == "elon is called Elon M now.\n\nTake it back:     phototag undo   (decision 2)\n"
    assert phototag("rename", "elon m", "Elon M") == 0
    assert phototag.out == "Elon M is called so already.\n"


def test_ignore_ignored_and_notice(phototag: Command, three: Album) -> None:
    assert phototag("ignored") == 0
    assert phototag.out == "Nobody is ignored. To ignore a person or group: phototag ignore WHO\n"
    assert phototag("ignore", 2) == 0
    assert phototag.out == "Group 2 is ignored: 3 faces.\n\nTake it back:     phototag undo   (decision 2)\n"
    three.scan(blue9=[BLUE])
    assert phototag("ignore", "elon") == 0
    assert phototag("ignored") == 0
    assert phototag.out == (
        "ignored  faces  look-alikes\n"
        "-------  -----  -----------\n"
        "elon         5            0\n"
        "group 2      3            1\n"
        "\nHear of one again:   phototag notice NAME or NUMBER\n"
    )
    assert phototag("ignored", "--json") == 0
    shown = [{k: v for k, v in one.items() if k != "id"} for one in json.loads(phototag.out)["ignored"]]
    assert shown == [
        {"name": "elon", "cluster": None, "faces": 5, "alike": 0},
        {"name": None, "cluster": 2, "faces": 3, "alike": 1},
    ]
    phototag("people", "--json")
    assert json.loads(phototag.out) == {"people": []}
    phototag("people")
    assert phototag.out == "Everybody who has a name is ignored. See the groups: phototag clusters --sheets\n"
    phototag("faces", "--photo", "blue9.png")
    assert phototag.out.splitlines()[-1].split()[2:] == ["ignored", "blue9.png"]
    assert phototag("notice", "2") == 0
    assert phototag.out.startswith("Group 2 is not ignored any more: 3 faces.\n")
    assert phototag("notice", "Elon") == 0
    phototag("clusters", "--json")
    assert {group["id"]: group["faces"] for group in json.loads(phototag.out)["clusters"]} == {2: 4, 3: 2}


def test_ignoring_says_how_many_look_alikes_there_are(phototag: Command, looks: Album) -> None:
    looks.close()
    assert phototag("ignore", "elon") == 0
    assert phototag.out.startswith("elon is ignored: 1 face, and 1 look-alike.\n")


def test_not_a_face(phototag: Command, three: Album) -> None:
    face, other = ids(three, "green1", "green2")
    assert phototag("not-a-face", face) == 0
    assert phototag.out == "That is no face, and 1 face like it.\n\nTake it back:     phototag undo   (decision 2)\n"
    phototag("faces", "--json")
    shown = {found["id"]: found["ignored"] for found in json.loads(phototag.out)["faces"]}
    assert face not in shown
    assert shown[other]
    assert phototag("not-a-face", face) == 2
    assert phototag.err == f"phototag: Face '{face}' is no face, as you said. To take that back: phototag undo 2\n"
    assert phototag("why", other) == 0
    assert f"Face {other} on green2.png: ignored\nIt is like {face}, which you dismissed: 0.00 away.\n" in phototag.out
    assert phototag("undo", 2) == 0


def test_collage(phototag: Command, three: Album) -> None:
    assert phototag("collage", three.root / "both.png") == 0
    assert phototag.out == (
        "One person may be on both.png more than once.\n\n"
        "Take it back:     phototag undo   (decision 2)\n"
        "Group anew by it: phototag scan DIR\n"
    )
    assert phototag("collage", "both.png") == 0
    assert phototag.out == "You said so before.\n"


# What is refused

Arguments = Callable[[Album], list[object]]

REFUSED: list[tuple[str, Arguments, str]] = [
    ("merge nobody", lambda a: ["merge", "zoe", "2"], "Nobody is called 'zoe'. Known: elon"),
    (
        "no group",
        lambda a: ["merge", "9", "2"],
        "There is no group 9, and nobody is called so. See the groups: phototag clusters",
    ),
    ("one", lambda a: ["merge", "elon"], "elon alone is one person already. Nothing was changed. Give two or more"),
    ("itself", lambda a: ["merge", "elon", "ELON"], "elon alone is one person already"),
    ("a group and itself", lambda a: ["merge", "2", "group 2"], "Group 2 alone is one person already"),
    ("a named group", lambda a: ["merge", "1", "2"], "Group 1 is elon. Use the name: elon"),
    ("no person", lambda a: ["split", "zoe"], "Nobody is called 'zoe'"),
    ("holds together", lambda a: ["split", "elon"], "hold together"),
    ("all", lambda a: ["split", "3", *a.ids("green1", "green2")], "Some faces of group 3 must go and some must stay"),
    ("others", lambda a: ["split", "3", *a.ids("red1")], "is not one of group 3"),
    ("no face", lambda a: ["split", "3", "ffff"], "There is no face 'ffff'. See their ids: phototag faces"),
    ("no face", lambda a: ["move", "xyz", "--to", "ann"], "There is no face 'xyz'"),
    ("a pattern", lambda a: ["move", "*", "--to", "ann"], "There is no face '*'"),
    ("no id", lambda a: ["move", "", "--to", "ann"], "There is no face ''"),
    ("no name", lambda a: ["move", *a.ids("red1"), "--to", " "], "The name is empty. Nothing was changed"),
    ("control", lambda a: ["move", *a.ids("red1"), "--to", "a\x07b"], "holds characters that cannot be shown"),
    ("long", lambda a: ["move", *a.ids("red1"), "--to", "x" * 101], "The name has 101 characters"),
    ("no letter", lambda a: ["move", *a.ids("red1"), "--to", "..."], "has no letter and no digit"),
    ("nothing", lambda a: ["confirm"], "Give the faces that are right, or --person NAME"),
    ("both", lambda a: ["confirm", *a.ids("red1"), "--person", "elon"], "Give the faces that are right, or --person"),
    (
        "unknown",
        lambda a: ["confirm", *a.ids("blue1")],
        "is taken for nobody. Nothing was changed. Who is it? phototag",
    ),
    ("none", lambda a: ["confirm", "--person", "Elon"], "No face is tagged as elon automatically. Nothing was changed"),
    ("no person", lambda a: ["confirm", "--person", "zoe"], "Nobody is called 'zoe'"),
    ("no face", lambda a: ["reject", "ffff"], "There is no face 'ffff'"),
    ("nobody", lambda a: ["rename", "zoe", "ann"], "Nobody is called 'zoe'"),
    ("no name", lambda a: ["rename", "elon", ""], "The name is empty. Nothing was changed"),
    ("nobody", lambda a: ["ignore", "zoe"], "Nobody is called 'zoe'"),
    ("a named group", lambda a: ["ignore", "1"], "Group 1 is elon"),
    (
        "nobody",
        lambda a: ["notice", "elon"],
        "Nobody called 'elon' is ignored. Nothing was changed. See who is: phototag",
    ),
    ("no group", lambda a: ["notice", "2"], "Nobody called '2' is ignored"),
    ("no face", lambda a: ["not-a-face", "ffff"], "There is no face 'ffff'"),
    ("outside", lambda a: ["collage", "/etc/hostname"], "The index knows no photo '/etc/hostname'. Give its path"),
    ("no photo", lambda a: ["collage", "none.png"], "The index knows no photo 'none.png'"),
    ("huge", lambda a: ["name-cluster", "9" * 30, "--as", "ann"], "Invalid value for"),
    ("ghost", lambda a: ["name-cluster", "99", "--as", "ann"], "There is no unknown group 99"),
]


@pytest.mark.parametrize(("arguments", "message"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_makes_no_sense_is_refused_and_nothing_is_written(
    phototag: Command, three: Album, arguments: Arguments, message: str
) -> None:
    before, tags = history(phototag), three.tags()
    words = arguments(three)
    three.close()
    assert phototag(*words) == 2
    assert message in phototag.err
    assert phototag.out == ""
    assert (history(phototag), three.tags()) == (before, tags)


def test_an_ambiguous_beginning_of_an_id_is_refused(phototag: Command, album: Album) -> None:
    album.scan(**{f"red{i}": [RED] for i in range(17)})
    first = [face.id[0] for face in (album.face(f"red{i}") for i in range(17))]
    twice = next(digit for digit in first if first.count(digit) > 1)
    album.close()
    for words in (["reject", twice], ["move", twice, "--to", "ann"], ["not-a-face", twice], ["split", "1", twice]):
        assert phototag(*words) == 2
        assert f"faces begin with '{twice}': " in phototag.err
        assert "Give more of the id." in phototag.err
    assert history(phototag) == {"decisions": []}


def test_what_is_ignored_is_not_ignored_again(phototag: Command, three: Album) -> None:
    phototag("ignore", 2)
    before = history(phototag)
    assert phototag("ignore", 2) == 2
    message = "Group 2 is ignored. Nothing was changed. To hear of them again: phototag notice 2\n"
    assert phototag.err == f"phototag: {message}"
    assert phototag("name-cluster", 2, "--as", "ann") == 2
    assert phototag.err == f"phototag: {message}"
    assert history(phototag) == before


def test_a_person_called_by_the_number_of_a_group_is_told_apart(phototag: Command, three: Album) -> None:
    assert phototag("rename", "elon", "3") == 0
    assert phototag("merge", "3", "2") == 2
    assert "There are a group 3 and a person called '3'" in phototag.err
    assert phototag("rename", "3", "Three") == 0
    assert phototag("merge", "3", "2") == 0


def test_where_nobody_has_a_name_a_name_is_nobodys(phototag: Command, album: Album) -> None:
    album.scan(red1=[RED], red2=[RED])
    for words in (["merge", "ann", "1"], ["split", "ann"], ["rename", "ann", "bob"], ["ignore", "ann"]):
        assert phototag(*words) == 2
        assert phototag.err == (
            "phototag: Nobody is called 'ann': nobody has a name yet. See the groups: phototag clusters --sheets\n"
        )


@pytest.mark.parametrize(
    "words",
    [
        ["merge", "a", "b"], ["split", "a"], ["split", "a", "--apply"], ["move", "f", "--to", "a"], ["confirm", "f"],
        ["reject", "f"], ["rename", "a", "b"], ["ignore", "a"], ["ignored"], ["notice", "a"], ["not-a-face", "f"],
        ["collage", "p"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_without_an_index_nothing_is_made(phototag: Command, tmp_path: Path, words: list[str]) -> None:
    assert phototag(*words, "--library", tmp_path) == 4
    assert "phototag scan DIR" in phototag.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["merge", "split", "move", "reject", "rename", "ignore", "notice", "not-a-face"])
def test_a_command_without_its_arguments_shows_how_it_is_used(phototag: Command, three: Album, command: str) -> None:
    assert phototag(command) == 2
    assert f"Usage: phototag {command} " in phototag.err
    assert "[[" not in phototag.err


def test_draw(phototag: Command, album: Album) -> None:
    album.scan(a=[RED])
    assert phototag("draw", "a.png", 10, 10, 50, 60, "--as", "Ann") == 0
    said, _, _, face = phototag.out.splitlines()[:4]
    assert said == "A face of Ann is drawn on a.png."
    assert phototag("draw", album.root / "a.png", 10, 200, 50, 260, "--instead", face.split()[-1]) == 0
    assert phototag.out.startswith("The face of Ann is where you drew it now.\n\nTake it back: ")
    phototag("faces", "--photo", "a.png", "--json")
    drawn = next(one for one in json.loads(phototag.out)["faces"] if one["drawn"])
    assert (drawn["box"], drawn["person"]) == ([10, 200, 50, 260], "Ann")
    assert phototag("not-a-face", drawn["id"]) == 0
    assert phototag.out.startswith("The face that you drew is gone.\n")
    phototag("history", "--json")
    assert [one["text"] for one in json.loads(phototag.out)["decisions"]] == [
        "1 face is no face", "face of Ann drawn elsewhere on a.png", "face of Ann drawn on a.png",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "says"),
    [(("a.png", 10, 10, 50, 600), "not in the picture, which is 321 x 300"), (("a.png", 50, 10, 10, 60), "too small"),
     (("no.png", 10, 10, 50, 60), "The index knows no photo"), (("a.png", 10, 10, 50), "Missing argument"),
     (("a.png", 10, 10, 50, "x"), "Invalid value for 'BOTTOM'"),
     (("a.png", 10, 10, 50, 60, "--instead", "0000"), "There is no face")],
)  # fmt: skip
def test_draw_refuses_what_is_no_box(phototag: Command, album: Album, words: tuple[object, ...], says: str) -> None:
    album.scan(a=[RED])
    assert phototag("draw", *words) == 2
    assert says in phototag.err
    phototag("history", "--json")
    assert json.loads(phototag.out) == {"decisions": []}
