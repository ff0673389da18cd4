"""Finding photos of colours that have names: ann is red, bob is blue, eve is green; yellow and cyan are unknown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from phototag.app.correct import ignore, not_a_face
from phototag.app.find import find_photos, pointing
from phototag.app.known import known_faces
from phototag.core.query import parse
from phototag.errors import UsageError
from phototag.index.faces import Filter, faces
from tests.conftest import BLUE, CYAN, GREEN, RED, YELLOW, Album


@pytest.fixture
def people(album: Album) -> Album:
    """Each photo is called by the first letters of who is on it; x is yellow, unknown."""
    return album.once("people to find", _people)


def _people(album: Album) -> None:
    album.scan(
        a=[RED], a2=[RED], b=[BLUE], b2=[BLUE], e=[GREEN], e2=[GREEN],
        ab=[RED, BLUE], abe=[RED, BLUE, GREEN], ax=[RED, YELLOW], x=[YELLOW, CYAN], none=[],
    )  # fmt: skip
    album.name("Ann", "a", "a2", "ab", "abe", "ax")
    album.name("bob", "b", "b2")
    album.name("eve", "e", "e2")


def found(album: Album, query: str) -> str:
    return " ".join(os.fsdecode(path).removesuffix(".png") for path in find_photos(album.index, query).paths)


ALL = "a a2 ab abe ax b b2 e e2 none x"


@pytest.mark.parametrize(
    ("query", "photos"),
    [
        ("ann", "a a2 ab abe ax"),
        ("bob", "ab abe b b2"),
        ("ann & bob", "ab abe"),
        ("together(ann, bob)", "ab abe"),
        ("together(ann, bob, eve)", "abe"),
        ("ann & !bob", "a a2 ax"),
        ("!ann", "b b2 e e2 none x"),
        ("!ann & !bob", "e e2 none x"),
        ("!!ann", "a a2 ab abe ax"),
        ("ann | eve", "a a2 ab abe ax e e2"),
        ("bob & (ann | eve)", "ab abe"),
        ("eve | ann & bob", "ab abe e e2"),
        ("ann and not bob or eve", "a a2 abe ax e e2"),
        ("only(ann)", "a a2"),
        ("only(ann, bob)", "ab"),
        ("only(bob, ann)", "ab"),
        ("!only(ann) & ann", "ab abe ax"),
        ("faces=0", "none"),
        ("faces=1", "a a2 b b2 e e2"),
        ("faces>=2", "ab abe ax x"),
        ("faces>2", "abe"),
        ("faces<2", "a a2 b b2 e e2 none"),
        ("faces<=0", "none"),
        ("faces<0", ""),
        ("faces!=1", "ab abe ax none x"),
        ("unknown=0", "a a2 ab abe b b2 e e2 none"),
        ("unknown>0", "ax x"),
        ("unknown=2", "x"),
        ("unknown!=2", "a a2 ab abe ax b b2 e e2 none"),
        ("ann & unknown>0", "ax"),
        ("path:a*", "a a2 ab abe ax"),
        ("path:A?.PNG", "a2 ab ax"),
        ("path:/x.png | path:none.*", "none x"),
        ("ann | !ann", ALL),
        ("ann & !ann", ""),
    ],
)
def test_a_query_finds(people: Album, query: str, photos: str) -> None:
    assert found(people, query) == photos


def test_who_is_ignored_is_nobody_and_does_not_count_as_unknown(people: Album) -> None:
    ignore(people.index, "eve", at_ns=2)
    assert found(people, "only(ann, bob)") == "ab abe"
    assert found(people, "unknown=0 & faces=3") == "abe"
    with pytest.raises(UsageError, match="eve is ignored"):
        found(people, "ann & eve")


def test_what_is_no_face_does_not_count(people: Album) -> None:
    not_a_face(people.index, [people.face("ax", 1).id], at_ns=2)
    assert found(people, "only(ann)") == "a a2 ax"
    assert found(people, "unknown>0") == "x"
    assert "ax" in found(people, "faces=1").split()


def test_unknown_faces_are_those_that_are_listed_so(people: Album) -> None:
    """Also where strangers are ignored: who is like them is set aside."""
    people.scan(x2=[YELLOW], x3=[YELLOW], c=[CYAN])
    group = next(id_ for id_, photos in people.groups().items() if "x2" in photos)
    ignore(people.index, str(group), at_ns=2)
    people.scan(x4=[YELLOW], ax4=[RED, YELLOW])
    listed = {os.fsdecode(f.path) for f in faces(people.index.db, Filter()) if not f.is_tagged and not f.ignored}
    assert {f"{name}.png" for name in found(people, "unknown>0").split()} == listed
    assert "ax4" in found(people, "only(ann)").split()
    assert known_faces(people.index)


def test_each_file_of_a_photo_is_found(people: Album) -> None:
    (people.root / "b").mkdir()
    (people.root / "b" / "copy.png").write_bytes((people.root / "b.png").read_bytes())
    people.scan()
    assert found(people, "bob & faces=1") == "b b/copy b2"
    assert found(people, "bob & path:b/") == "b/copy"


def test_only_files_that_are_there_are_found(people: Album) -> None:
    (people.root / "b.png").unlink()
    people.scan()
    assert found(people, "bob") == "ab abe b2"
    assert "b" not in found(people, "!ann").split()


@pytest.fixture
def dated(album: Album) -> Album:
    album.scan(a=[RED], b=[BLUE], c=[GREEN], d=[], none=[])
    album.index.db.executemany(
        "UPDATE files SET taken = ?, taken_from = ?, camera = ?, latitude = ?, longitude = ? WHERE path = ?",
        [
            ("2019-12-31T23:59:59", "exif", "Google Pixel 7", 48.8584, 2.2945, b"a.png"),
            ("2020-01-01T00:00:00+02:00", "xmp", "Canon EOS 5D", 48.8606, 2.3376, b"b.png"),
            ("2020-06-14T12:00:00", "name", None, 0.0, 179.999, b"c.png"),
            ("2022-12-31T23:59:59", "mtime", "PIXEL 8", None, None, b"d.png"),
            (None, None, None, None, None, b"none.png"),
        ],
    )
    return album


@pytest.mark.parametrize(
    ("query", "photos"),
    [
        ("date:2020", "b c"),
        ("date:2020..2022", "b c d"),
        ("date:2019..2020", "a b c"),
        ("date:..2019", "a"),
        ("date:..2019-12-31", "a"),
        ("date:..2019-12-30", ""),
        ("date:2020-02..", "c d"),
        ("date:2020-06", "c"),
        ("date:2020-06-14", "c"),
        ("date:2020-06-15", ""),
        ("!date:2020", "a d none"),
        ("dated:exif", "a"),
        ("dated:mtime | dated:name", "c d"),
        ("dated:none", "none"),
        ("camera:pixel*", "a d"),
        ("camera:canon", "b"),
        ("!camera:*", "c none"),
        ("near:48.8584,2.2945", "a"),
        ("near:48.8584,2.2945/5km", "a b"),
        ("near:48.8584,2.2945/3000m", "a"),
        ("near:0,-179.999/1km", "c"),
        ("near:0,0/30000km", "a b c"),
    ],
)
def test_when_where_and_how(dated: Album, query: str, photos: str) -> None:
    assert found(dated, query) == photos


@pytest.mark.parametrize("name", ["anna maria", "Ann & Bob", "not eve", "or", "!", "(a", 'x "y"', "only(x)", "a, b: c"])
def test_a_whole_name_is_somebody_whatever_is_in_it(album: Album, name: str) -> None:
    """The last one could be `"!"`, which is no name; so it has a letter here."""
    name = name if any(map(str.isalnum, name)) else f"P{name}nk"
    album.scan(a=[RED], a2=[RED], b=[BLUE])
    album.name(name, "a", "a2")
    result = find_photos(album.index, f"  {name.upper()} ")
    assert [path.decode() for path in result.paths] == ["a.png", "a2.png"]
    assert find_photos(album.index, result.query).paths == result.paths
    assert parse(result.query)
    assert found(album, f"!{result.query}") == "b"


def test_an_error_shows_where(people: Album) -> None:
    with pytest.raises(UsageError) as refused:
        find_photos(people.index, "ann & ")
    assert str(refused.value) == 'Something is missing after "&".\n  ann & \n      ^'


def test_who_is_unknown_is_pointed_at_and_who_is_meant_comes_first(people: Album) -> None:
    with pytest.raises(UsageError) as refused:
        find_photos(people.index, "eve & only(ann, bop)")
    message, query, caret = str(refused.value).split("\n")
    assert message == "Nobody is called 'bop'. Known: bob, Ann, eve. All: phototag people"
    assert query[caret.index("^") :] == "bop)"


@pytest.mark.parametrize("name", ["\udcff", "a\x00b", "a\x1b[31m", "\u202eann"])
def test_no_name_at_all_is_refused_and_cannot_touch_the_terminal(people: Album, name: str) -> None:
    with pytest.raises(UsageError) as refused:
        find_photos(people.index, f'"{name}"')
    assert all(c.isprintable() or c == "\n" for c in str(refused.value))


def test_a_group_that_is_ignored_is_refused_by_its_number(people: Album) -> None:
    people.scan(x2=[YELLOW])
    (group,) = people.groups()
    ignore(people.index, str(group), at_ns=2)
    with pytest.raises(UsageError, match=f"Group {group} is ignored"):
        find_photos(people.index, str(group))


def test_a_caret_stands_under_wide_letters_and_in_long_texts() -> None:
    assert pointing("M", "李雷 &", 3).split("\n") == ["M", "  李雷 &", "       ^"]
    assert pointing("M", "e\u0301 &", 3).split("\n") == ["M", "  e\u0301 &", "    ^"]
    assert pointing("M", "a\n&", 2).split("\n") == ["M", "  a\ufffd&", "    ^"]
    _, query, caret = pointing("M", "x" * 500 + "&" + "y" * 500, 500).split("\n")
    assert query[caret.index("^")] == "&"
    assert len(query) < 80
    _, query, caret = pointing("M", "x" * 1000, 1000).split("\n")
    assert caret.index("^") == len(query)


def test_a_name_that_is_not_utf8(album: Album, tmp_path: Path) -> None:
    album.scan(a=[RED], a2=[RED])
    album.name("ann", "a", "a2")
    (album.root / "a.png").rename(album.root / os.fsdecode(b"a\xff.png"))
    album.scan()
    assert find_photos(album.index, "ann & path:a?.png").paths == [b"a2.png", b"a\xff.png"]
