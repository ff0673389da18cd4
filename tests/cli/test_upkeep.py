"""Backup, restore, check and rebuild, as a user types them."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from phototag.index.db import open_for_reading
from tests.conftest import BLUE, CYAN, GREEN, RED, YELLOW, Album, Command


@pytest.fixture
def named(album: Album) -> Album:
    """Red is elon on two photos, by his word; blue is ann; green is nobody."""
    return album.once("named to keep", _named)


def _named(album: Album) -> None:
    album.scan(red1=[RED], red2=["#d00000"], blue=[BLUE], green=[GREEN])
    album.name("elon", "red1", "red2")
    album.name("ann", "blue")


def folder(album: Album) -> Path:
    return album.root / ".phototag"


def people(phototag: Command) -> dict[str, int]:
    assert phototag("people", "--json") == 0, phototag.err
    return {person["name"]: person["confirmed"] for person in json.loads(phototag.out)["people"]}


def cut_off(path: Path) -> None:
    """Lose the second half of a file."""
    os.truncate(path, path.stat().st_size // 2)


def overwrite(path: Path) -> None:
    """Put rubbish in the middle of a file: all pages but the first and the last."""
    data = bytearray(path.read_bytes())
    data[4096:-4096] = b"\xa5" * (len(data) - 2 * 4096)
    path.write_bytes(data)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def no_database(path: Path) -> None:
    path.write_bytes(b"Dear diary, " * 1000)


def set_at_rest(album: Album) -> Path:
    """The index as one file."""
    path = folder(album) / "index.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
    return path


DAMAGE = pytest.mark.parametrize("damage", [cut_off, overwrite, empty, no_database])


# backup


def test_a_backup_is_one_whole_file(phototag: Command, named: Album, tmp_path: Path) -> None:
    target = tmp_path / "safe.db"
    assert phototag("backup", target) == 0
    assert f"Copied the index to {target}" in phototag.out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Album", "safe.db"]
    with closing(sqlite3.connect(f"file:{target}?mode=ro&immutable=1", uri=True)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("SELECT name FROM people ORDER BY name").fetchall() == [("ann",), ("elon",)]


def test_an_older_backup_may_be_replaced(phototag: Command, named: Album, tmp_path: Path) -> None:
    assert phototag("backup", tmp_path / "safe.db") == 0
    assert phototag("backup", tmp_path / "safe.db") == 0


def test_a_file_that_is_no_index_is_not_replaced(phototag: Command, named: Album, tmp_path: Path) -> None:
    diary = tmp_path / "diary.txt"
    diary.write_text("Dear diary")
    assert phototag("backup", diary) == 6
    assert "is no index of phototag" in phototag.err
    assert diary.read_text() == "Dear diary"


@pytest.mark.parametrize("where", ["Album", "Album/.phototag/index.db"])
def test_a_backup_is_not_made_over_a_folder_or_the_index(
    phototag: Command, named: Album, tmp_path: Path, where: str
) -> None:
    assert phototag("backup", tmp_path / where) == 2


def test_where_nothing_can_be_written_there_is_no_half_backup(phototag: Command, named: Album, tmp_path: Path) -> None:
    assert phototag("backup", tmp_path / "nowhere" / "safe.db") == 4
    assert not (tmp_path / "nowhere").exists()


def test_a_damaged_index_does_not_replace_a_good_backup(phototag: Command, named: Album, tmp_path: Path) -> None:
    phototag("backup", tmp_path / "safe.db")
    before = (tmp_path / "safe.db").read_bytes()
    overwrite(set_at_rest(named))
    assert phototag("backup", tmp_path / "safe.db") == 4
    assert (tmp_path / "safe.db").read_bytes() == before


def test_backups_without_a_file_are_listed_and_the_last_five_kept(phototag: Command, named: Album) -> None:
    for _ in range(7):
        assert phototag("backup") == 0
    assert phototag("restore", "--list", "--json") == 0
    found = json.loads(phototag.out)["backups"]
    assert [Path(backup["path"]).name for backup in found] == [f"index-asked-for-{n}.db" for n in (7, 6, 5, 4, 3)]
    assert {(backup["decisions"], backup["reason"]) for backup in found} == {(2, "you asked for it")}
    assert phototag("restore", "--list") == 0
    assert "index-asked-for-7.db" in phototag.out


# restore


def test_a_backup_is_put_back_and_what_it_lacks_is_said(phototag: Command, named: Album, tmp_path: Path) -> None:
    phototag("backup", tmp_path / "safe.db")
    named.name("zoe", "green")
    named.close()
    assert phototag("restore", tmp_path / "safe.db") == 0
    assert "with 2 decisions" in phototag.out
    assert "It lacks 1 decision of the index that was there." in phototag.out
    assert f"scan {named.root}" in phototag.out
    assert people(phototag) == {"elon": 2, "ann": 1}
    assert b"zoe" not in (folder(named) / "tags.jsonl").read_bytes()


def test_a_restore_is_taken_back_by_another(phototag: Command, named: Album, tmp_path: Path) -> None:
    phototag("backup", tmp_path / "safe.db")
    named.name("zoe", "green")
    named.close()
    phototag("restore", tmp_path / "safe.db")
    assert phototag("restore", "index-before-restore-1.db") == 0
    assert people(phototag) == {"elon": 2, "ann": 1, "zoe": 1}


def test_the_log_of_the_former_index_is_not_taken_for_the_new_ones(phototag: Command, named: Album) -> None:
    phototag("backup")
    reader = open_for_reading(folder(named))  # keeps the log there
    named.name("zoe", "green")
    assert (folder(named) / "index.db-wal").stat().st_size > 0
    assert phototag("restore", "latest") == 0
    reader.close()
    named.close()
    assert people(phototag) == {"elon": 2, "ann": 1}
    assert phototag("check") == 0


@DAMAGE
def test_a_damaged_index_is_kept_and_the_latest_backup_put_back(
    phototag: Command, named: Album, damage: Callable[[Path], None]
) -> None:
    phototag("backup")
    path = set_at_rest(named)
    damage(path)
    damaged = path.read_bytes()
    assert phototag("restore", "latest") == 0
    assert (folder(named) / "index-damaged-1.db").read_bytes() == damaged
    assert (folder(named) / "tags-before-restore-1.jsonl").is_file()
    assert "could not be read" in phototag.out
    assert people(phototag) == {"elon": 2, "ann": 1}


def test_a_lost_index_is_put_back(phototag: Command, named: Album) -> None:
    phototag("backup")
    set_at_rest(named).unlink()
    assert phototag("restore", "latest") == 0
    assert people(phototag) == {"elon": 2, "ann": 1}


def test_the_latest_backup_that_can_be_read_is_taken(phototag: Command, named: Album) -> None:
    phototag("backup")
    phototag("backup")
    cut_off(folder(named) / "index-asked-for-2.db")
    assert phototag("restore", "latest", "--json") == 0
    assert json.loads(phototag.out)["source"].endswith("index-asked-for-1.db")


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("none.db", 2, "There is no file none.db"),
        ("latest", 2, "There is no backup"),
        ("index.db", 2, "is the index itself"),
        ("diary.txt", 4, "not a whole phototag index"),
        ("accounts.db", 4, "another program"),
        ("newer.db", 5, "newer phototag"),
        ("broken.db", 4, "not a"),
        ("empty.db", 4, "not a whole phototag index"),
    ],
)
def test_what_is_no_good_backup_is_refused(
    phototag: Command, named: Album, monkeypatch: pytest.MonkeyPatch, name: str, code: int, message: str
) -> None:
    path = set_at_rest(named)
    monkeypatch.chdir(folder(named))
    Path("diary.txt").write_text("Dear diary" * 1000)
    Path("empty.db").touch()
    with closing(sqlite3.connect("accounts.db")) as db:
        db.execute("CREATE TABLE accounts (money REAL)")
    shutil.copy(path, "newer.db")
    with closing(sqlite3.connect("newer.db")) as db:
        db.execute("PRAGMA user_version = 99")
    shutil.copy(path, "broken.db")
    overwrite(Path("broken.db"))
    before = path.read_bytes()
    assert phototag("restore", name) == code
    assert message in phototag.err
    assert path.read_bytes() == before


def test_the_backup_of_another_library_is_refused(phototag: Command, named: Album, tmp_path: Path) -> None:
    other = Album(tmp_path / "Other", phototag)
    other.scan(yellow=[YELLOW, CYAN, YELLOW])
    assert phototag("backup", tmp_path / "other.db") == 0
    for damage in (lambda path: None, cut_off):
        damage(set_at_rest(named))
        before = (folder(named) / "index.db").read_bytes()
        assert phototag("restore", tmp_path / "other.db", "--library", named.root) == 4
        assert "of another library" in phototag.err
        assert (folder(named) / "index.db").read_bytes() == before
        assert not list(folder(named).glob(".*.tmp*"))


def test_a_backup_of_an_index_elsewhere_is_put_back_there(phototag: Command, tmp_path: Path) -> None:
    album = Album(tmp_path / "Album", phototag)
    album.draw(red=[RED])
    where = tmp_path / "elsewhere"
    phototag("scan", album.root, "--engine", "fake", "--index", where)
    phototag("backup", "--index", where)
    (where / "index.db").unlink()
    assert phototag("restore", "latest", "--index", where) == 0
    assert phototag("check", "--index", where) == 0


def test_restore_wants_one_thing(phototag: Command, named: Album) -> None:
    assert phototag("restore") == 2
    assert phototag("restore", "latest", "--list") == 2


# check


def findings(phototag: Command, *options: str) -> dict[str, tuple[int, list[str]]]:
    """Kind -> count and examples."""
    phototag("check", "--json", *options)
    return {found["kind"]: (found["count"], found["examples"]) for found in json.loads(phototag.out)["findings"]}


def test_where_all_agrees_it_says_so_and_changes_nothing(phototag: Command, named: Album) -> None:
    set_at_rest(named)
    before = {path: path.read_bytes() for path in folder(named).iterdir() if path.is_file()}
    assert phototag("check") == 0
    assert phototag.out == "Disk, index and tags.jsonl agree.\n"
    assert phototag("check", "--deep") == 0
    assert {path: path.read_bytes() for path in folder(named).iterdir() if path.is_file()} == before


def test_what_happened_on_the_disk_is_found(phototag: Command, named: Album) -> None:
    (named.root / "red1.png").unlink()
    named.draw(cyan=[CYAN])
    os.utime(named.root / "blue.png", ns=(1, 1))
    assert phototag("check") == 10
    assert "1 photo that is gone:\n  red1.png\n" in phototag.out
    assert findings(phototag) == {"gone": (1, ["red1.png"]), "new": (1, ["cyan.png"]), "changed": (1, ["blue.png"])}
    assert phototag("check", "--repair") == 10
    assert "There is nothing that --repair could do" in phototag.out
    assert "phototag scan DIR" in phototag.out


def test_contents_that_changed_by_themselves_are_found_only_by_reading(phototag: Command, named: Album) -> None:
    path = named.root / "blue.png"
    status, data = path.stat(), bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x10
    path.write_bytes(data)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert phototag("check") == 0
    assert phototag("check", "--deep") == 7
    assert findings(phototag, "--deep") == {"rotten": (1, ["blue.png"])}


def test_people_who_are_not_what_was_decided_are_found_and_repaired(phototag: Command, named: Album) -> None:
    db = named.index.db
    db.execute("UPDATE people SET name = 'bob', key = 'bob' WHERE name = 'ann'")
    db.execute("DELETE FROM labels WHERE spot_id = (SELECT min(spot_id) FROM labels)")
    named.close()
    assert set(findings(phototag)) == {"journal", "tags-different"}
    assert phototag("check", "--repair") == 0
    assert "Repairing: 1. back up the index\n" in phototag.out
    assert "3. write tags.jsonl anew" in phototag.out
    assert people(phototag) == {"elon": 2, "ann": 1}
    assert phototag("check") == 0
    assert (folder(named) / "index-before-repair-1.db").is_file()


def test_a_name_that_lost_its_face_finds_it_again(phototag: Command, named: Album) -> None:
    named.index.db.execute("DELETE FROM bindings")
    named.close()
    assert findings(phototag)["unbound"][0] == 3
    assert phototag("check", "--repair") == 0
    assert people(phototag) == {"elon": 2, "ann": 1}
    assert phototag("check") == 0


def test_counts_that_are_out_of_date_are_found_and_made_anew(phototag: Command, named: Album) -> None:
    named.index.db.execute("DELETE FROM standings")
    named.close()
    assert findings(phototag)["miscounted"][0] == 3
    assert people(phototag) == {"elon": 0, "ann": 0}
    assert phototag("check", "--repair") == 0
    assert "2. count faces and photos anew" in phototag.out
    assert people(phototag) == {"elon": 2, "ann": 1}
    assert phototag("check") == 0


def test_tags_that_are_missing_edited_or_too_many_are_found_and_written_anew(phototag: Command, named: Album) -> None:
    tags = folder(named) / "tags.jsonl"
    whole = tags.read_bytes()
    blue, green, red, _ = whole.splitlines(keepends=True)
    edited = blue.replace(b"ann", b"eve") + green + red + red.replace(b"red1.png", b"old.png") + b"{oops\n"
    tags.write_bytes(edited)
    assert findings(phototag) == {
        "tags-missing": (1, ["red2.png"]),
        "tags-edited": (1, ["blue.png"]),
        "tags-stale": (2, ["old.png", "line 5 cannot be read"]),
    }
    assert phototag("check", "--repair") == 0
    assert tags.read_bytes() == whole
    assert (folder(named) / "tags-before-repair-1.jsonl").read_bytes() == edited


def test_lines_in_another_order_are_found(phototag: Command, named: Album) -> None:
    tags = folder(named) / "tags.jsonl"
    tags.write_bytes(b"".join(reversed(tags.read_bytes().splitlines(keepends=True))))
    assert findings(phototag) == {"tags-edited": (1, ["the order of the lines"])}


def test_what_a_crash_left_is_found_and_removed(phototag: Command, named: Album) -> None:
    (folder(named) / "sheets").mkdir()
    left = [".index.db.a1b2c3_4.tmp", ".tags.jsonl.abcdefgh.tmp", "sheets/.group-3.jpg.abcdefgh.tmp"]
    for name in [*left, ".novel.txt.abcdefgh.tmp"]:
        (folder(named) / name).touch()
    assert findings(phototag) == {"leftover": (3, left)}
    assert phototag("check", "--repair") == 0
    assert not any((folder(named) / name).exists() for name in left)
    assert (folder(named) / ".novel.txt.abcdefgh.tmp").exists()


@DAMAGE
@pytest.mark.parametrize("options", [[], ["--repair"]])
def test_damage_is_found_and_nothing_is_done(
    phototag: Command, named: Album, damage: Callable[[Path], None], options: list[str]
) -> None:
    path = set_at_rest(named)
    damage(path)
    before = path.read_bytes()
    assert phototag("check", *options) == 4
    assert "phototag rebuild" in phototag.out + phototag.err
    assert path.read_bytes() == before


def test_damage_is_a_finding_for_programs_too(phototag: Command, named: Album) -> None:
    overwrite(set_at_rest(named))
    assert list(findings(phototag)) == ["damaged"]


def test_a_row_that_speaks_of_none_is_damage(phototag: Command, named: Album) -> None:
    with closing(sqlite3.connect(set_at_rest(named))) as db:
        db.execute("DELETE FROM people WHERE name = 'ann'")
        db.commit()
    assert phototag("check") == 4
    assert "a row of labels speaks of one that people has not" in phototag.out


def test_many_unusable_files_are_counted_and_a_few_named(
    phototag: Command, named: Album, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("phototag.app.check.MANY_PROBLEMS", 20)
    for number in range(25):
        (named.root / f"no{number:04}.jpg").write_bytes(b"no photo")
    named.scan()
    assert phototag("check") == 10
    assert "25 files that could not be used:\n  no0000.jpg\n" in phototag.out
    assert "  and 20 more" in phototag.out
