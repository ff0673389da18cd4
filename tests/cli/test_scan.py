"""Scanning, as a user does it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from phototag.app.analyse import Unreadable, Worker
from phototag.engines.fake import FakeEngine
from phototag.media.darkroom import Apart
from phototag.types import PhotoFile
from tests.conftest import BLUE, GREEN, RED, SAVING, Command, draw_photo


def scan(phototag: Command, root: Path, *more: str) -> dict:
    """Scan with the fake engine and return the JSON document."""
    phototag("scan", root, "--engine", "fake", "--json", *more)
    return json.loads(phototag.out)


def counts(document: dict) -> dict[str, int]:
    """The photo counts that are not zero."""
    return {kind: n for kind, n in document["photos"].items() if n}


def test_a_first_scan_finds_everything(phototag: Command, library: Path) -> None:
    assert phototag("scan", library, "--engine", "fake", "--json") == 0
    document = json.loads(phototag.out)
    assert document.pop("seconds") > 0
    assert document.pop("photos_per_second") > 0
    kinds = {"new": 6, "changed": 0, "moved": 0, "gone": 0, "unchanged": 0, "duplicates": 0}
    assert document == {
        "photos": {"seen": 6, **kinds},
        "copies": 0,
        "faces": 6,
        "clusters": 2,
        "auto_tagged": 0,
        "problems": [],
        "passed_over": {"video": 0, "other_picture": 0, "other": 0, "excluded": 0},
    }


def test_a_second_scan_reads_no_photo_and_writes_nothing(
    phototag: Command, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan(phototag, library)
    tags = library / ".phototag" / "tags.jsonl"
    before = tags.read_bytes(), tags.stat().st_mtime_ns, tags.stat().st_ino
    monkeypatch.setattr(Apart, "develop", None)
    assert counts(scan(phototag, library)) == {"seen": 6, "unchanged": 6}
    assert (tags.read_bytes(), tags.stat().st_mtime_ns, tags.stat().st_ino) == before


def test_new_changed_moved_copied_and_deleted_photos_are_told_apart(phototag: Command, library: Path) -> None:
    scan(phototag, library)
    draw_photo(library / "new.jpg", [GREEN], (310, 210))
    draw_photo(library / "nobody.jpg", [BLUE], (330, 220))
    (library / "2020" / "red1.jpg").rename(library / "2021" / "renamed.jpg")
    shutil.copy(library / "2020" / "red2.png", library / "copy.png")
    (library / "2021" / "green.webp").unlink()
    assert counts(scan(phototag, library)) == {
        "seen": 7,
        "new": 1,
        "changed": 1,
        "moved": 1,
        "duplicates": 1,
        "gone": 1,
        "unchanged": 3,
    }


def test_copies_that_come_together_share_their_faces(phototag: Command, tmp_path: Path) -> None:
    draw_photo(tmp_path / "a.png", [RED])
    for name in ("b.png", "c.png"):
        shutil.copy(tmp_path / "a.png", tmp_path / name)
    document = scan(phototag, tmp_path)
    assert counts(document) == {"seen": 3, "new": 1, "duplicates": 2}
    assert document["faces"] == 1


def test_a_touched_file_is_hashed_but_not_searched_again(
    phototag: Command, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan(phototag, library)
    os.utime(library / "nobody.jpg", ns=(1, 1))
    monkeypatch.setattr(FakeEngine, "detect", None)
    assert counts(scan(phototag, library)) == {"seen": 6, "unchanged": 6}
    assert counts(scan(phototag, library)) == {"seen": 6, "unchanged": 6}


def test_a_moved_photo_keeps_its_faces_and_its_name(phototag: Command, library: Path) -> None:
    scan(phototag, library)
    phototag("name-cluster", 1, "--as", "elon", "--library", library)
    phototag("faces", "--person", "elon", "--json", "--library", library)
    before = {face["id"]: face["source"] for face in json.loads(phototag.out)["faces"]}
    (library / "2020").rename(library / "Twenty-twenty")
    assert counts(scan(phototag, library)) == {"seen": 6, "moved": 2, "unchanged": 4}
    phototag("faces", "--person", "elon", "--json", "--library", library)
    assert {face["id"]: face["source"] for face in json.loads(phototag.out)["faces"]} == before
    phototag("find", "elon", "--library", library)
    assert "Twenty-twenty/red1.jpg\n" in phototag.out


def test_a_photo_that_comes_back_still_has_its_name(phototag: Command, library: Path, tmp_path: Path) -> None:
    scan(phototag, library)
    phototag("name-cluster", 1, "--as", "elon", "--library", library)
    shutil.move(library / "2020", tmp_path / "elsewhere")
    assert counts(scan(phototag, library)) == {"seen": 4, "gone": 2, "unchanged": 4}
    shutil.move(tmp_path / "elsewhere", library / "2020")
    scan(phototag, library)
    phototag("people", "--json", "--library", library)
    assert json.loads(phototag.out)["people"][0]["confirmed"] == 3


def test_later_photos_are_tagged_by_the_scan(phototag: Command, library: Path) -> None:
    scan(phototag, library)
    phototag("name-cluster", 1, "--as", "elon", "--library", library)
    draw_photo(library / "2022" / "later.jpg", [RED], (350, 200))
    assert scan(phototag, library)["auto_tagged"] == 1
    phototag("find", "elon", "--library", library)
    assert "2022/later.jpg" in phototag.out.splitlines()


@pytest.mark.parametrize(
    ("contents", "reason"),
    [(b"", "empty"), (b"Dear diary, today", "Not a picture"), (None, "cut off")],
    ids=["zero bytes", "a text file", "truncated"],
)
def test_a_bad_photo_is_a_listed_problem_and_the_scan_goes_on(
    phototag: Command, library: Path, contents: bytes | None, reason: str
) -> None:
    whole = (library / "2020" / "red1.jpg").read_bytes()
    (library / "bad.jpg").write_bytes(whole[: len(whole) // 2] if contents is None else contents)
    assert phototag("scan", library, "--engine", "fake") == 10
    assert "6 new" in phototag.out
    assert "bad.jpg: " in phototag.out
    assert reason in phototag.out
    document = scan(phototag, library)
    assert [problem["photo"] for problem in document["problems"]] == ["bad.jpg"]
    assert counts(document) == {"seen": 7, "unchanged": 6}


def test_a_problem_that_was_mended_is_picked_up(phototag: Command, library: Path) -> None:
    (library / "bad.jpg").write_bytes(b"")
    scan(phototag, library)
    draw_photo(library / "bad.jpg", [BLUE])
    document = scan(phototag, library)
    assert document["problems"] == []
    assert counts(document)["new"] == 1


def test_two_copies_of_a_bad_photo_are_two_problems(phototag: Command, library: Path) -> None:
    for name in ("bad1.jpg", "bad2.jpg"):
        (library / name).write_bytes(b"Dear diary, today")
    assert len(scan(phototag, library)["problems"]) == 2


def test_a_folder_that_is_not_there(phototag: Command, tmp_path: Path) -> None:
    assert phototag("scan", tmp_path / "nowhere") == 4
    assert "Cannot read" in phototag.err
    assert not (tmp_path / "nowhere").exists()


def test_a_folder_without_a_photo_is_left_as_it_is(phototag: Command, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear")
    assert phototag("scan", tmp_path) == 4
    assert "There is no photo" in phototag.err
    assert [p.name for p in tmp_path.iterdir()] == ["letter.txt"]


def test_a_library_that_seems_empty_now_loses_nothing(phototag: Command, library: Path, tmp_path: Path) -> None:
    scan(phototag, library)
    phototag("name-cluster", 1, "--as", "elon", "--library", library)
    tags = (library / ".phototag" / "tags.jsonl").read_bytes()
    away = [shutil.move(path, tmp_path) for path in library.iterdir() if path.name != ".phototag"]
    assert phototag("scan", library, "--engine", "fake") == 4
    assert (library / ".phototag" / "tags.jsonl").read_bytes() == tags
    for path in away:
        shutil.move(path, library)
    assert counts(scan(phototag, library)) == {"seen": 6, "unchanged": 6}


def test_a_library_that_cannot_be_written_wants_its_index_elsewhere(
    phototag: Command, library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = Path.mkdir

    def read_only(path: Path, *_: object, **__: object) -> None:
        if path.is_relative_to(library):
            raise OSError(30, "Read-only file system")
        make(path, parents=True, exist_ok=True)

    monkeypatch.setattr(Path, "mkdir", read_only)
    assert phototag("scan", library, "--engine", "fake") == 4
    assert "Read-only file system" in phototag.err
    assert "--index DIR" in phototag.err
    assert phototag("scan", library, "--index", tmp_path / "index", "--engine", "fake") == 0
    assert not (library / ".phototag").exists()
    assert phototag("name-cluster", 1, "--as", "elon") == 0
    assert phototag("find", "elon", "--index", tmp_path / "index") == 0
    assert "2020/red1.jpg" in phototag.out


def test_a_second_writer_says_who_the_first_is(
    phototag: Command, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan(phototag, library)
    monkeypatch.setattr("phototag.index.lock.WAIT_S", 0.1)
    holder = (
        "import sys, pathlib; from phototag.index import lock\n"
        "with lock.writing(pathlib.Path(sys.argv[1]), 'scan', waiting=print): print('held', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, library / ".phototag"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert phototag("scan", library, "--engine", "fake") == 4
        assert f"phototag scan (process {process.pid}" in phototag.err
        assert phototag("name-cluster", 1, "--as", "elon", "--library", library) == 4
        assert phototag("people", "--library", library) == 0
        process.communicate(b"\n")
    assert phototag("scan", library, "--engine", "fake") == 0


def test_an_index_of_a_newer_phototag_is_refused_untouched(phototag: Command, library: Path) -> None:
    scan(phototag, library)
    path = library / ".phototag" / "index.db"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    before = path.read_bytes()
    for command in (["scan", library, "--engine", "fake"], ["people", "--library", library]):
        assert phototag(*command) == 5
        assert "Update phototag" in phototag.err
    assert path.read_bytes() == before


def test_a_foreign_file_in_the_place_of_the_index_is_refused_untouched(phototag: Command, library: Path) -> None:
    path = library / ".phototag" / "index.db"
    path.parent.mkdir()
    path.write_bytes(b"not a database" * 100)
    for command in (["scan", library, "--engine", "fake"], ["clusters", "--library", library]):
        assert phototag(*command) == 4
        assert "not a phototag index" in phototag.err
    assert path.read_bytes() == b"not a database" * 100


def test_faces_of_another_engine_are_not_mixed_in(phototag: Command, library: Path) -> None:
    scan(phototag, library)
    draw_photo(library / "new.jpg", [GREEN], (310, 210))
    assert phototag("scan", library, "--engine", "mtcnn-resnet") == 3
    assert "Leave --engine out" in phototag.err
    assert phototag("scan", library) == 0
    assert "1 new" in phototag.out


def test_an_engine_that_does_not_exist(phototag: Command, library: Path) -> None:
    assert phototag("scan", library, "--engine", "crystal-ball") == 2
    assert "mtcnn-resnet" in phototag.err


def test_a_name_that_is_not_utf8_survives_all_the_way(phototag: Command, tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9 \n1.png")
    for file in (name, "two.png"):
        draw_photo(tmp_path / file, [RED if file == name else "#d00000"])
    scan(phototag, tmp_path)
    assert phototag("name-cluster", 1, "--as", "elon", "--library", tmp_path) == 0
    phototag("find", "elon", "--json", "--library", tmp_path)
    assert os.fsencode(json.loads(phototag.out)["photos"][0]) == b"caf\xe9 \n1.png"
    lines = (tmp_path / ".phototag" / "tags.jsonl").read_bytes().splitlines()
    assert os.fsencode(json.loads(lines[0])["photo"]) == b"caf\xe9 \n1.png"
    phototag("faces", "--photo", tmp_path / name, "--json", "--library", tmp_path)
    assert len(json.loads(phototag.out)["faces"]) == 1


def test_the_photos_are_never_changed(phototag: Command, library: Path) -> None:
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in library.rglob("*.*")}
    scan(phototag, library)
    phototag("clusters", "--sheets", "--library", library)
    phototag("name-cluster", 1, "--as", "elon", "--library", library)
    after = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in before}
    assert after == before


def test_an_interrupted_scan_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """A real Ctrl-C into a real process, somewhere in the middle of 200 photos."""
    photo = draw_photo(tmp_path / "0.jpg", [RED], (1800, 1200)).read_bytes()
    for i in range(1, 200):
        (tmp_path / f"{i}.jpg").write_bytes(photo + b"\0" * i)  # another picture to the index, the same to a decoder
    command = [sys.executable, "-m", "phototag", "scan", str(tmp_path), "--engine", "fake", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        index = tmp_path / ".phototag" / "index.db"
        while process.poll() is None and _recorded(index) < 5:
            pass
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
    assert process.returncode == 130, err
    assert b"Nothing is lost" in err
    done = _recorded(index)
    assert 5 <= done < 200
    with sqlite3.connect(index) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()
    document = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert counts(document) == {"seen": 200, "new": 200 - done, "unchanged": done}


def test_an_impatient_ctrl_c_ends_the_scan_too(tmp_path: Path) -> None:
    """Twice in a row, as an impatient person does, or `timeout -s INT`."""
    photo = draw_photo(tmp_path / "0.jpg", [RED], (2400, 1600)).read_bytes()
    for i in range(1, 900):
        (tmp_path / f"{i}.jpg").write_bytes(photo + b"\0" * i)
    command = [sys.executable, "-m", "phototag", "scan", str(tmp_path), "--engine", "fake"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        index = tmp_path / ".phototag" / "index.db"
        while process.poll() is None and _recorded(index) < 5:
            pass
        process.send_signal(signal.SIGINT)
        time.sleep(0.02)  # two signals at once would be one
        process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130
    with sqlite3.connect(index) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()


def _recorded(index: Path) -> int:
    """Photos in an index that another process is writing."""
    try:
        db = sqlite3.connect(f"file:{index}?mode=ro", uri=True)
        try:
            return int(db.execute("SELECT count(*) FROM files").fetchone()[0])
        finally:
            db.close()
    except sqlite3.Error:
        return 0


def edited(path: Path, comment: bytes) -> None:
    """Put a comment into a JPEG, as a tool that writes captions would."""
    data = path.read_bytes()
    path.write_bytes(data[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + data[2:])


def test_a_caption_changes_nothing_about_the_faces(phototag: Command, library: Path) -> None:
    scan(phototag, library)
    phototag("name-cluster", 1, "--as", "elon", "--library", library)
    draw_photo(library / "auto.jpg", [RED], (350, 200))
    scan(phototag, library)
    phototag("faces", "--json", "--library", library)
    before = phototag.out
    for name in ("auto.jpg", "2020/red1.jpg", "2021/blue.jpg"):
        edited(library / name, b"a day at the sea")
    assert counts(scan(phototag, library)) == {"seen": 7, "unchanged": 7}
    phototag("faces", "--json", "--library", library)
    assert phototag.out == before


def test_a_copy_with_another_caption_changes_nothing_about_the_original(phototag: Command, library: Path) -> None:
    scan(phototag, library)
    phototag("clusters", "--json", "--library", library)
    before = phototag.out
    shutil.copy(library / "2021" / "blue.jpg", library / "2021" / "copy.jpg")
    edited(library / "2021" / "copy.jpg", b"a day at the sea")
    assert counts(scan(phototag, library)) == {"seen": 7, "duplicates": 1, "unchanged": 6}
    phototag("clusters", "--json", "--library", library)
    assert phototag.out == before


def test_a_copy_whose_original_vanishes_in_the_middle_is_still_read(
    phototag: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw_photo(tmp_path / "a.png", [RED])
    shutil.copy(tmp_path / "a.png", tmp_path / "b.png")
    analyse = Worker.analyse

    def vanishing(worker: Worker, file: PhotoFile) -> object:
        if file.path == b"a.png":
            (tmp_path / "a.png").unlink()
        return analyse(worker, file)

    monkeypatch.setattr(Worker, "analyse", vanishing)
    document = scan(phototag, tmp_path)
    assert counts(document) == {"seen": 1, "new": 1}
    assert document["faces"] == 1


def test_a_folder_that_cannot_be_read_is_a_problem_and_its_photos_are_not_gone(
    phototag: Command, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan(phototag, library)
    tags = (library / ".phototag" / "tags.jsonl").read_bytes()
    scandir = os.scandir

    def refusing(folder: bytes) -> object:
        if bytes(folder).endswith(b"2021"):
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    with monkeypatch.context() as disk:
        disk.setattr("phototag.media.walk.os.scandir", refusing)
        document = scan(phototag, library)
    assert document["problems"] == [{"photo": "2021/", "reason": "The folder cannot be read: Permission denied."}]
    assert document["photos"]["gone"] == 0
    assert (library / ".phototag" / "tags.jsonl").read_bytes() == tags


def test_a_file_that_may_not_be_read_is_read_when_it_may(
    phototag: Command, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as disk:
        disk.setattr(Apart, "develop", refuse)
        assert len(scan(phototag, library)["problems"]) == 6
    assert counts(scan(phototag, library)) == {"seen": 6, "new": 6}


def test_an_index_kept_inside_the_library_is_not_a_part_of_it(phototag: Command, library: Path) -> None:
    scan(phototag, library, "--index", str(library / "idx"))
    phototag("clusters", "--sheets", "--index", library / "idx")
    assert (library / "idx" / "sheets" / "group-1.jpg").exists()
    assert counts(scan(phototag, library, "--index", str(library / "idx"))) == {"seen": 6, "unchanged": 6}


def test_an_index_of_another_library_is_not_taken(phototag: Command, library: Path, tmp_path: Path) -> None:
    scan(phototag, library, "--index", str(tmp_path / "idx"))
    draw_photo(tmp_path / "other" / "a.jpg", [GREEN])
    assert phototag("scan", tmp_path / "other", "--index", tmp_path / "idx", "--engine", "fake") == 4
    assert f"is of {library}" in phototag.err


def test_a_name_turns_with_its_photo(phototag: Command, tmp_path: Path) -> None:
    """Another program turns a photo by its EXIF orientation alone."""
    for name in ("a.png", "b.png"):
        draw_photo(tmp_path / name, [RED, "#808080", "#808080"], (400 if name == "a.png" else 420, 200))
    scan(phototag, tmp_path)
    phototag("name-cluster", 1, "--as", "elon", "--library", tmp_path)
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(tmp_path / "a.png") as image:
        image.save(tmp_path / "a.png", exif=exif, **SAVING[".png"])
    assert counts(scan(phototag, tmp_path)) == {"seen": 2, "unchanged": 2}  # the stored picture is the same
    phototag("faces", "--photo", "a.png", "--json", "--library", tmp_path)
    (face,) = json.loads(phototag.out)["faces"]
    assert (face["person"], face["source"]) == ("elon", "human")
    left, top, right, bottom = face["box"]
    assert right - left == pytest.approx(bottom - top, abs=2)
    assert (left > 50, bottom < 140) == (True, True)  # what was on the left is at the top now
    with Image.open(tmp_path / "a.png") as image:
        image.save(tmp_path / "a.png", **SAVING[".png"])
    (tmp_path / "a.png").rename(tmp_path / "moved and turned back.png")
    assert counts(scan(phototag, tmp_path)) == {"seen": 2, "moved": 1, "unchanged": 1}
    phototag("people", "--json", "--library", tmp_path)
    assert json.loads(phototag.out)["people"][0]["confirmed"] == 2


def test_a_part_of_a_library_is_not_made_a_library_of_its_own(phototag: Command, library: Path, tmp_path: Path) -> None:
    scan(phototag, library)
    assert phototag("scan", library / "2021", "--engine", "fake") == 2
    assert f"part of the library {library}" in phototag.err
    assert not (library / "2021" / ".phototag").exists()
    assert phototag("scan", library / "2021", "--engine", "fake", "--index", tmp_path / "own") == 0


def test_a_library_whose_disk_is_away_is_said_to_be_away(phototag: Command, library: Path, tmp_path: Path) -> None:
    scan(phototag, library)
    library.rename(tmp_path / "unplugged")
    assert phototag("people") == 4
    assert "is not there" in phototag.err


def test_a_profile_goes_to_stderr_and_leaves_the_json_alone(phototag: Command, library: Path) -> None:
    assert phototag("scan", library, "--engine", "fake", "--profile", "--json") == 0
    json.loads(phototag.out)
    steps = [line.split()[0] for line in phototag.err.splitlines() if line]
    assert {"read", "hash", "decode", "detect", "align", "describe", "write", "group", "tag", "export"} <= set(steps)


# Everything again


def test_a_forced_scan_reads_every_picture_once(
    phototag: Command, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(library / "2020" / "red1.jpg", library / "a copy.jpg")
    first = scan(phototag, library)
    analysed: list[bytes] = []
    analyse = Worker.analyse

    def counting(worker: Worker, file: PhotoFile) -> object:
        analysed.append(file.path)
        return analyse(worker, file)

    monkeypatch.setattr(Worker, "analyse", counting)
    again = scan(phototag, library, "--force")
    assert counts(again) == {"seen": 7, "unchanged": 7}
    assert (again["faces"], again["clusters"]) == (first["faces"], first["clusters"])
    assert len(analysed) == len(set(analysed)) == 6


def test_a_forced_scan_sees_what_size_and_time_do_not_tell(phototag: Command, library: Path) -> None:
    scan(phototag, library)
    path = library / "2020" / "red1.jpg"
    before = path.stat()
    path.write_bytes(b"broken".ljust(before.st_size, b"\0"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert counts(scan(phototag, library)) == {"seen": 6, "unchanged": 6}
    again = scan(phototag, library, "--force")
    assert counts(again) == {"seen": 6, "unchanged": 5}
    assert [problem["photo"] for problem in again["problems"]] == ["2020/red1.jpg"]


def test_a_forced_scan_tries_files_again_that_could_not_be_used(
    phototag: Command, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(FakeEngine, "detect", None)
        patch.setattr("phototag.app.analyse._guarded", lambda file, work: Unreadable(file, "No.", lasting=True))
        assert len(scan(phototag, library)["problems"]) == 6
    assert len(scan(phototag, library)["problems"]) == 6
    assert counts(scan(phototag, library, "--force")) == {"seen": 6, "new": 6}


def test_a_forced_scan_of_a_new_library_is_an_ordinary_one(phototag: Command, library: Path) -> None:
    assert counts(scan(phototag, library, "--force")) == {"seen": 6, "new": 6}


@pytest.mark.parametrize(("option", "words"), [("--force", "starts over"), ("--json", "goes on where it was")])
def test_a_stopped_scan_says_how_it_goes_on(
    phototag: Command, library: Path, monkeypatch: pytest.MonkeyPatch, option: str, words: str
) -> None:
    def stopped(*_: object) -> object:
        raise KeyboardInterrupt

    scan(phototag, library)
    monkeypatch.setattr("phototag.app.scan.conclude", stopped)
    assert phototag("scan", library, option) == 130
    assert words in phototag.err
