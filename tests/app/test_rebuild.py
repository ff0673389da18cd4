"""A new index from tags.jsonl, whatever happened to the old one, and whenever the rebuilding is interrupted."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from phototag.app import correct
from phototag.app.history import undo
from phototag.app.name import name_faces
from phototag.errors import UsageError
from phototag.index import faces, words
from phototag.index.words import Word
from tests.cli.test_upkeep import DAMAGE, findings, folder, named, overwrite, people, set_at_rest
from tests.conftest import BLUE, CYAN, GREEN, MAGENTA, RED, YELLOW, Album, Command, draw_photo

__all__ = ["named"]


@pytest.fixture
def spoken(album: Album) -> Album:
    """All that can be said: names, a refusal, groups told apart, ignored people, no face, a collage, waiting faces."""
    return album.once("all that can be said", _spoken)


def _spoken(album: Album) -> None:
    album.scan(
        red1=[RED], red2=["#d00000"], blue=[BLUE], green1=[GREEN], green2=["#00d000"], both=[RED, BLUE],
        cyan1=[CYAN], cyan2=["#00d0d0"], cyan3=["#00c8c8"], orange1=["#e07000"], orange2=["#d06800"],
        magenta1=[MAGENTA], magenta2=["#d000d0"], yellow=[YELLOW],
    )  # fmt: skip
    album.name("Élon", "red1", "red2")
    album.name("ann", "blue")
    album.refuse("ann", "red1", "green1")
    album.name("bob", "green1")
    correct.ignore(album.index, "bob", at_ns=2)
    cyan = album.face("cyan1").cluster
    correct.reject(album.index, [album.face("cyan3").id], at_ns=3)
    correct.ignore(album.index, str(album.face("magenta1").cluster), at_ns=4)
    correct.not_a_face(album.index, [album.face("yellow").id], at_ns=5)
    correct.collage(album.index, "both.png", at_ns=6)
    correct.move(album.index, [album.face("both", 1).id], "zoe", at_ns=7)
    assert cyan is not None
    correct.merge(
        album.index, [str(cyan), str(album.face("orange1").cluster)], at_ns=8
    )  # nobody by name, but one person
    undo(album.index, correct.rename(album.index, "zoe", "Zoé", at_ns=9).decision, at_ns=10)
    album.scan()


def said(album: Album) -> dict[str, list[Word]]:
    """Photo -> what was said of its faces."""
    return {photo: found for photo, found in words.by_photo(album.index.db).items() if found}


def collages(album: Album) -> list[object]:
    return album.index.db.execute("SELECT hash FROM collages").fetchall()


def state(phototag: Command, album: Album) -> tuple[object, ...]:
    phototag("people", "--json")
    known = phototag.out
    result = said(album), collages(album), known, album.sources(), (folder(album) / "tags.jsonl").read_bytes()
    album.close()
    return result


def rebuild(phototag: Command, album: Album, *options: str) -> int:
    return phototag("rebuild", album.root, "--engine", "fake", *options)


def test_all_that_was_said_survives_the_loss_of_the_index(phototag: Command, spoken: Album) -> None:
    before = state(phototag, spoken)
    set_at_rest(spoken).unlink()
    assert rebuild(phototag, spoken) == 0, phototag.err
    assert "4 names" in phototag.out
    assert state(phototag, spoken) == before
    assert phototag("check") == 0
    assert phototag("history") == 0
    assert "as tags.jsonl had them" in phototag.out
    assert phototag("undo") == 2
    assert "To take all of it back: phototag undo 1" in phototag.err


@DAMAGE
def test_a_damaged_index_is_made_anew_and_kept(phototag: Command, named: Album, damage: Callable[[Path], None]) -> None:
    path = set_at_rest(named)
    damage(path)
    damaged, tags = path.read_bytes(), (folder(named) / "tags.jsonl").read_bytes()
    assert rebuild(phototag, named) == 0
    assert "2 names: 3 of 3 faces" in phototag.out
    assert people(phototag) == {"elon": 2, "ann": 1}
    assert (folder(named) / "index-damaged-1.db").read_bytes() == damaged
    assert (folder(named) / "tags-before-rebuild-1.jsonl").read_bytes() == tags


def test_a_rebuild_twice_over_is_as_good(phototag: Command, spoken: Album) -> None:
    before = state(phototag, spoken)
    for _ in range(2):
        set_at_rest(spoken).unlink()
        assert rebuild(phototag, spoken) == 0
    assert state(phototag, spoken) == before


KEEPING = "phototag.index.backups.keep_aside"
STEPS = [
    "phototag.index.backups.keep_copy",
    "phototag.index.db.open_draft",
    "phototag.index.journal.decide",
    KEEPING,
    "phototag.index.db.open_for_writing",
    "phototag.app.rebuild.scan",
    "phototag.index.photos.record_analysis",
    "phototag.app.export.write_tags",
    "phototag.app.rebuild._rebuilt",
]


class KilledError(BaseException):
    """As if the process were gone."""


@pytest.mark.parametrize(
    ("damage", "step"),
    [(Path.unlink, step) for step in STEPS if step != KEEPING] + [(overwrite, step) for step in STEPS],
)
def test_a_rebuild_that_is_killed_is_finished_by_another(
    phototag: Command, spoken: Album, monkeypatch: pytest.MonkeyPatch, step: str, damage: Callable[[Path], None]
) -> None:
    before = state(phototag, spoken)
    damage(set_at_rest(spoken))

    def killed(*_: object, **__: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch, pytest.raises(KilledError):
        patch.setattr(step, killed)
        rebuild(phototag, spoken)
    assert rebuild(phototag, spoken) == 0
    assert state(phototag, spoken) == before
    assert len(list(folder(spoken).glob("index-damaged-*.db"))) == (damage is overwrite)
    assert len(list(folder(spoken).glob("tags-before-rebuild-*.jsonl"))) == 1
    assert not list(folder(spoken).glob(".*.tmp*"))


POWER_CUT = """
import os, sys
from pathlib import Path
from phototag.cli.main import main

calls = 0

def cut(self, target, replace=Path.replace):
    global calls
    calls += 1
    if calls == int(sys.argv[1]):
        os._exit(9)
    return replace(self, target)

Path.replace = cut
main(["rebuild", sys.argv[2], "--engine", "fake"])
"""
"""Rebuilds until the n-th time that a file takes its place, and is gone just before."""


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_power_cut_leaves_no_more_than_temporary_files(phototag: Command, named: Album, nth: int) -> None:
    overwrite(set_at_rest(named))
    killed = subprocess.run([sys.executable, "-c", POWER_CUT, str(nth), str(named.root)], capture_output=True)
    assert killed.returncode == 9
    assert rebuild(phototag, named) == 0
    assert people(phototag) == {"elon": 2, "ann": 1}
    assert list(findings(phototag)) == ["leftover"]
    assert phototag("check", "--repair") == 0


def test_a_scan_may_finish_what_a_rebuild_began(
    phototag: Command, spoken: Album, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state(phototag, spoken)
    set_at_rest(spoken).unlink()
    with monkeypatch.context() as patch, pytest.raises(KilledError):
        patch.setattr("phototag.app.rebuild.scan", lambda *_: (_ for _ in ()).throw(KilledError()))
        rebuild(phototag, spoken)
    assert spoken.scan() == 0
    assert state(phototag, spoken) == before


def test_no_scan_forgets_the_names_of_an_index_that_is_lost(phototag: Command, named: Album) -> None:
    tags = (folder(named) / "tags.jsonl").read_bytes()
    set_at_rest(named).unlink()
    for command in (["scan", named.root], ["people"], ["check"], ["clusters"]):
        assert phototag(*command) == 4
        assert "phototag rebuild" in phototag.err
    assert (folder(named) / "tags.jsonl").read_bytes() == tags
    assert not (folder(named) / "index.db").exists()


def test_without_names_a_lost_index_is_just_made_again(phototag: Command, album: Album) -> None:
    album.scan(red=[RED], blue=[BLUE])
    set_at_rest(album).unlink()
    assert album.scan() == 0


def test_faces_of_photos_that_are_away_wait_for_them(phototag: Command, named: Album) -> None:
    (named.root / "blue.png").rename(named.root.parent / "blue.png")
    set_at_rest(named).unlink()
    assert rebuild(phototag, named) == 0
    assert "2 names: 2 of 3 faces" in phototag.out
    assert "1 face on photos that are not there now" in phototag.out
    (named.root.parent / "blue.png").rename(named.root / "blue.png")
    named.scan()
    assert people(phototag) == {"elon": 2, "ann": 1}


def lines_of(album: Album) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder(album) / "tags.jsonl").read_text().splitlines()]


def write_lines(album: Album, lines: list[object]) -> None:
    (folder(album) / "tags.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_a_place_without_a_face_waits_and_is_in_the_next_tags_too(phototag: Command, named: Album) -> None:
    lines = lines_of(named)
    blue = next(line for line in lines if line["photo"] == "blue.png")
    blue["faces"] = [{"id": "0123456789abcdef", "box": [0, 0, 20, 20], "person": "ann", "source": "human"}]
    write_lines(named, lines)
    for _ in range(2):
        set_at_rest(named).unlink()
        assert rebuild(phototag, named) == 0
        assert "1 face where no face is found now" in phototag.out
    (waiting,) = [line["waiting"] for line in lines_of(named) if "waiting" in line]
    assert waiting == [{"id": "0123456789abcdef", "box": [0, 0, 20, 20], "called": "ann"}]


def test_a_face_that_has_another_id_now_is_found_by_its_place(phototag: Command, named: Album) -> None:
    text = (folder(named) / "tags.jsonl").read_text()
    for number, face in enumerate(face["id"] for line in lines_of(named) for face in line["faces"]):  # type: ignore[attr-defined]
        text = text.replace(face, f"{number:016x}")
    (folder(named) / "tags.jsonl").write_text(text)
    set_at_rest(named).unlink()
    assert rebuild(phototag, named) == 0
    assert people(phototag) == {"elon": 2, "ann": 1}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("is_old", [False, True], ids=["of today", "of an older phototag"])
def test_a_turned_photo_keeps_its_names_at_their_places(
    phototag: Command, album: Album, orientation: int, is_old: bool
) -> None:
    draw_photo(album.root / "a.png", [RED, BLUE], (400, 300))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    with Image.open(album.root / "a.png") as image:
        image.save(album.root / "a.png", exif=exif)
    album.scan()
    by_id = {face.id: face for face in faces.faces(album.index.db)}
    red = next(face for face in by_id.values() if face.stored_box.left < 0.3)
    name_faces(album.index, [red], "elon", at_ns=1)
    album.close()
    lines = lines_of(album)
    for line in lines:
        for face in line["faces"]:  # type: ignore[attr-defined]
            face["id"] = face["id"][::-1]  # so that only the place tells
        if is_old:
            del line["size"], line["orientation"]
    write_lines(album, lines)  # type: ignore[arg-type]
    set_at_rest(album).unlink()
    assert rebuild(phototag, album) == 0
    assert {face.id for face in faces.faces(album.index.db) if face.person == "elon"} == {red.id}


def test_tags_of_an_older_phototag_do_without_size_even_where_the_photo_cannot_tell(
    phototag: Command, named: Album
) -> None:
    lines = lines_of(named)
    for line in lines:
        del line["size"], line["orientation"]
    write_lines(named, lines)  # type: ignore[arg-type]
    (named.root / "blue.png").rename(named.root.parent / "blue.png")
    set_at_rest(named).unlink()
    rebuild(phototag, named)
    (named.root.parent / "blue.png").rename(named.root / "blue.png")
    named.scan()
    assert people(phototag) == {"elon": 2, "ann": 1}  # by its id


def test_broken_lines_are_counted_and_the_others_used(phototag: Command, named: Album) -> None:
    _, _, red1, red2 = lines_of(named)
    (folder(named) / "tags.jsonl").write_text(f"{{oops\n{json.dumps(red1)}\n[]\n{json.dumps(red2)}\n\n")
    set_at_rest(named).unlink()
    assert rebuild(phototag, named) == 10
    assert "2 lines of tags.jsonl could not be understood: 1, 3." in phototag.out
    assert people(phototag) == {"elon": 2}


def test_a_tags_file_of_broken_lines_only_is_no_ground_to_build_on(phototag: Command, named: Album) -> None:
    overwrite(set_at_rest(named))
    (folder(named) / "tags.jsonl").write_text("{oops\n" * 3)
    before = (folder(named) / "index.db").read_bytes()
    assert rebuild(phototag, named) == 4
    assert "3 lines cannot be understood" in phototag.err
    assert (folder(named) / "index.db").read_bytes() == before


def test_a_name_may_look_like_a_groups(phototag: Command, named: Album) -> None:
    named.name("17", "green")
    named.refuse("17", "blue")
    named.name("group 3", "red1")
    before = state(phototag, named)
    set_at_rest(named).unlink()
    rebuild(phototag, named)
    assert state(phototag, named) == before


def test_copies_of_a_photo_say_the_same_once(phototag: Command, named: Album) -> None:
    shutil.copy(named.root / "blue.png", named.root / "copy.png")
    named.scan()
    before = state(phototag, named)
    set_at_rest(named).unlink()
    assert rebuild(phototag, named) == 0
    assert "3 of 3 faces" in phototag.out
    assert state(phototag, named) == before


def test_a_sound_index_is_not_rebuilt_unless_forced(phototag: Command, named: Album) -> None:
    path = set_at_rest(named)
    before = path.read_bytes()
    assert rebuild(phototag, named) == 6
    assert "is sound" in phototag.err
    assert path.read_bytes() == before
    assert rebuild(phototag, named, "--force") == 0
    assert people(phototag) == {"elon": 2, "ann": 1}
    assert phototag("restore", "index-before-rebuild-1.db") == 0
    assert "with 2 decisions" in phototag.out


def test_a_rebuilt_library_is_the_one_that_is_meant_from_now_on(phototag: Command, named: Album, home: Path) -> None:
    set_at_rest(named).unlink()
    shutil.rmtree(home / "state")
    assert rebuild(phototag, named) == 0
    assert people(phototag) == {"elon": 2, "ann": 1}


def test_without_tags_there_is_nothing_to_rebuild_from(phototag: Command, named: Album) -> None:
    overwrite(set_at_rest(named))
    (folder(named) / "tags.jsonl").unlink()
    before = (folder(named) / "index.db").read_bytes()
    assert rebuild(phototag, named) == 4
    assert "to rebuild from" in phototag.err
    assert (folder(named) / "index.db").read_bytes() == before


def test_the_index_of_a_newer_phototag_is_not_rebuilt(phototag: Command, named: Album) -> None:
    with closing(sqlite3.connect(set_at_rest(named))) as db:
        db.execute("PRAGMA user_version = 99")
    assert rebuild(phototag, named, "--force") == 5


def test_the_database_of_another_program_is_not_rebuilt(phototag: Command, named: Album) -> None:
    set_at_rest(named).unlink()
    with closing(sqlite3.connect(folder(named) / "index.db")) as db:
        db.execute("CREATE TABLE accounts (money REAL)")
    assert rebuild(phototag, named, "--force") == 4
    assert "another program" in phototag.err


@pytest.mark.parametrize("command", ["rebuild", "restore"])
def test_a_folder_that_was_never_scanned_has_nothing_to_put_back(
    phototag: Command, library: Path, command: str
) -> None:
    options = [library] if command == "rebuild" else ["latest", "--library", library]
    assert phototag(command, *options) == 4
    assert "phototag scan" in phototag.err


def test_documents_for_programs(phototag: Command, named: Album) -> None:
    phototag("backup")
    assert phototag("restore", "latest", "--json") == 0
    restored = json.loads(phototag.out)
    assert list(restored) == ["source", "kept", "damaged", "tags", "decisions", "lacking"]
    assert (restored["damaged"], restored["tags"], restored["decisions"], restored["lacking"]) == (False, None, 2, 0)
    set_at_rest(named).unlink()
    assert rebuild(phototag, named, "--json") == 0
    rebuilt = json.loads(phototag.out)
    assert rebuilt | {"kept": []} == {
        "names": 2, "faces": 3, "found": 3, "away": 0, "unfound": 0, "broken_lines": [], "kept": [], "problems": 0
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_whatever_was_said_in_whatever_order_survives(phototag: Command, album: Album, seed: int) -> None:
    chance = random.Random(seed)
    colours = [RED, "#d00000", BLUE, "#0000d0", GREEN, CYAN, MAGENTA]
    album.scan(**{f"p{n}": chance.choices(colours, k=1 + n % 3) for n in range(9)})
    for n in range(25):
        say_something(album, chance, at_ns=n)
    album.scan()
    before = said(album), collages(album), people(phototag)  # who is a tie's winner depends on numbers of people
    album.close()
    set_at_rest(album).unlink()
    assert rebuild(phototag, album) == 0
    assert (said(album), collages(album), people(phototag)) == before
    assert phototag("check") == 0, phototag.out


def say_something(album: Album, chance: random.Random, at_ns: int) -> None:
    """Any decision, by any word that makes sense."""
    index = album.index
    found = faces.faces(index.db)
    some = [face.id for face in chance.sample(found, min(3, len(found)))]
    groups = [str(face.cluster) for face in found if face.cluster is not None]
    who = chance.choice([*groups, "elon", "ann", "bob"])
    says: list[Callable[[], object]] = [
        lambda: correct.move(index, some, chance.choice(["elon", "ann", "bob", "17"]), at_ns),
        lambda: correct.reject(index, some, at_ns),
        lambda: correct.not_a_face(index, some[:1], at_ns),
        lambda: correct.ignore(index, who, at_ns),
        lambda: correct.notice(index, who, at_ns),
        lambda: correct.merge(index, [who, chance.choice([*groups, "elon", "ann"])], at_ns),
        lambda: correct.collage(index, f"p{chance.randrange(9)}.png", at_ns),
        lambda: correct.rename(index, "ann", chance.choice(["zoe", "Ann", "eve"]), at_ns),
        lambda: undo(index, None, at_ns),
    ]
    with suppress(UsageError):
        chance.choice(says)()
