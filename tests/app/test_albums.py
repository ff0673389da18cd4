"""People as folders, kept as the index is now; nothing of the user's is ever touched."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import pytest

from phototag.app.albums import AlbumsReport, Kind, export_albums
from phototag.app.correct import ignore, merge, rename
from phototag.app.history import undo
from phototag.app.intake import take_in
from phototag.app.manifest import FILE
from phototag.app.name import name_faces
from phototag.core.regions import Account
from phototag.errors import LibraryError, UsageError
from tests.conftest import BLUE, GREEN, RED, Album

T = TypeVar("T")


def progress(items: Iterable[T], *, label: str, total: int, unit: str) -> Iterable[T]:
    return items


@pytest.fixture
def known(album: Album) -> Album:
    """Ann on 1 and both, Bob on 2 and both; nobody knows who is on 3."""
    album.scan(**{"a/1": [RED], "b/2": [BLUE], "both": [RED, BLUE], "3": [GREEN]})
    album.name("Ann", "a/1", "both")
    name_faces(album.index, [album.face("b/2"), album.face("both", 1)], "Bob", at_ns=2)
    return album


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "People"


def export(known: Album, place: Path, kind: Kind | None = None, **more: Any) -> AlbumsReport:
    return export_albums(known.index, place, progress, kind=kind, **more)


def tree(place: Path) -> dict[str, str]:
    """Path -> "link" to a photo's name, "hard link" or "copy" of a photo, or what else is in a file."""
    photos = {path.read_bytes(): path for path in (place.parent / "Album").rglob("*.png")}
    found = {}
    for path in sorted(place.rglob("*")):
        if path.is_dir() or path.name == FILE:
            continue
        of = photos.get(path.read_bytes())
        if path.is_symlink():
            how = "link"
        elif of is not None:
            how = "hard link" if path.samefile(of) else "copy"
        found[str(path.relative_to(place))] = f"{how} {of.name}" if of else path.read_text()
    return found


def folders(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir() if path.is_dir())


PEOPLE = {"Ann/1.png": "1.png", "Ann/both.png": "both.png", "Bob/2.png": "2.png", "Bob/both.png": "both.png"}


def shown(kind: str) -> dict[str, str]:
    return {path: f"{kind} {photo}" for path, photo in PEOPLE.items()}


@pytest.mark.parametrize("kind", Kind)
def test_everybody_has_a_folder(known: Album, place: Path, kind: Kind) -> None:
    report = export(known, place, kind)
    assert tree(place) == shown({"links": "link", "hard_links": "hard link", "copies": "copy"}[kind])
    assert [(a.folder, a.photos, a.added, a.removed) for a in report.albums] == [("Ann", 2, 2, 0), ("Bob", 2, 2, 0)]
    assert (report.gone, report.kept, report.problems) == ((), (), ())


@pytest.mark.parametrize("kind", Kind)
def test_nothing_is_written_when_nothing_changed(known: Album, place: Path, kind: Kind) -> None:
    export(known, place, kind)
    for path in [place, *place.rglob("*")]:
        path.is_symlink() or path.chmod(0o555 if path.is_dir() else 0o444)
    before = {path: path.lstat() for path in [place, *place.rglob("*")]}
    report = export(known, place)
    assert {path: path.lstat().st_mtime_ns for path in before} == {p: s.st_mtime_ns for p, s in before.items()}
    assert report.kind is kind
    assert sum(album.added + album.removed for album in report.albums) == 0


def test_links_are_relative_so_that_both_may_move_together(known: Album, place: Path, tmp_path: Path) -> None:
    export(known, place)
    assert str((place / "Ann" / "1.png").readlink()) == "../../Album/a/1.png"
    known.close()
    (tmp_path / "elsewhere").mkdir()
    shutil.move(place, tmp_path / "elsewhere" / "People")
    shutil.move(known.root, tmp_path / "elsewhere" / "Album")
    assert tree(tmp_path / "elsewhere" / "People") == shown("link")


def test_links_of_albums_that_were_moved_are_made_anew(known: Album, place: Path, tmp_path: Path) -> None:
    export(known, place)
    moved = tmp_path / "deep" / "People"
    shutil.move(place, moved)
    report = export(known, moved)
    assert str((moved / "Ann" / "1.png").readlink()) == "../../../Album/a/1.png"
    assert report.kept == ()


def test_links_to_another_disk_are_absolute(known: Album, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("phototag.app.album_plan._device", lambda path: len(str(path)))
    export(known, place)
    assert str((place / "Ann" / "1.png").readlink()) == str(known.root / "a" / "1.png")


def test_what_is_new_comes_and_what_does_not_belong_there_goes(known: Album, place: Path) -> None:
    export(known, place)
    known.name("Ann", "3")
    known.refuse("Ann", "a/1")
    report = export(known, place)
    assert sorted(tree(place)) == ["Ann/3.png", "Ann/both.png", "Bob/2.png", "Bob/both.png"]
    assert [(a.added, a.removed) for a in report.albums] == [(1, 1), (0, 0)]


def test_a_folder_is_renamed_with_the_person_and_what_the_user_put_there_stays(known: Album, place: Path) -> None:
    export(known, place)
    (place / "Ann" / "note.txt").write_text("mine")
    rename(known.index, "Ann", "Anna Maria", at_ns=3)
    report = export(known, place)
    assert folders(place) == ["Anna Maria", "Bob"]
    assert (place / "Anna Maria" / "note.txt").read_text() == "mine"
    assert [(a.folder, a.was) for a in report.albums] == [("Anna Maria", "Ann"), ("Bob", None)]
    rename(known.index, "Anna Maria", "ANN", at_ns=4)
    export(known, place)
    assert folders(place) == ["ANN", "Bob"]


def test_a_name_that_goes_over_to_somebody_else(known: Album, place: Path) -> None:
    export(known, place)
    rename(known.index, "Ann", "Cat", at_ns=3)
    rename(known.index, "Bob", "Ann", at_ns=4)
    export(known, place)
    assert sorted(tree(place)) == ["Ann/2.png", "Ann/both.png", "Cat/1.png", "Cat/both.png"]


def test_the_albums_of_who_is_merged_or_ignored_go_and_come_back(known: Album, place: Path) -> None:
    export(known, place)
    (place / "Ann" / "note.txt").write_text("mine")
    ignore(known.index, "Ann", at_ns=3)
    report = export(known, place)
    assert sorted(tree(place)) == ["Ann/note.txt", "Bob/2.png", "Bob/both.png"]
    assert report.gone == ("Ann",)
    assert [kept.path for kept in report.kept] == ["Ann"]
    undo(known.index, None, at_ns=4)
    export(known, place)
    assert folders(place) == ["Ann", "Ann (2)", "Bob"]  # what phototag left is the user's


def test_two_people_whose_names_make_the_same_folder(known: Album, place: Path) -> None:
    rename(known.index, "Ann", "A/B", at_ns=3)
    rename(known.index, "Bob", "A:B", at_ns=4)
    export(known, place)
    assert folders(place) == ["A_B", "A_B (2)"]
    before = tree(place)
    rename(known.index, "A/B", "Zoe", at_ns=5)
    export(known, place)
    assert folders(place) == ["A_B (2)", "Zoe"]  # a folder keeps its name
    assert tree(place)["A_B (2)/2.png"] == before["A_B (2)/2.png"]


def test_folders_that_are_not_ours_are_left_alone(known: Album, place: Path) -> None:
    (place / "ann").mkdir(parents=True)
    (place / "Bob").write_text("a file")
    export(known, place)
    assert folders(place) == ["Ann (2)", "Bob (2)", "ann"]
    assert (place / "Bob").read_text() == "a file"
    assert list((place / "ann").iterdir()) == []


def scan_of_one_name(album: Album, *folders: str) -> None:
    """A photo 1.png in each of these folders; no two are copies."""
    for folder in folders:
        album.draw(**{f"drawn-{folder}": [RED]})
        (album.root / folder).mkdir()
        (album.root / f"drawn-{folder}.png").rename(album.root / folder / "1.png")
    album.scan()


def from_where(folder: Path) -> dict[str, str]:
    return {path.name: path.readlink().parent.name for path in folder.iterdir()}


def test_photos_of_one_name_get_numbers_that_stay(album: Album, place: Path) -> None:
    scan_of_one_name(album, "b", "c")
    album.name("Ann", "b/1", "c/1")
    export(album, place)
    assert from_where(place / "Ann") == {"1.png": "b", "1 (2).png": "c"}
    scan_of_one_name(album, "a")
    export(album, place)
    assert from_where(place / "Ann") == {"1.png": "b", "1 (2).png": "c", "1 (3).png": "a"}
    (album.root / "b" / "1.png").unlink()
    album.scan()
    export(album, place)
    assert from_where(place / "Ann") == {"1 (2).png": "c", "1 (3).png": "a"}


def test_one_file_a_picture_the_original_of_copies(album: Album, place: Path) -> None:
    album.scan(big=[RED])
    for copy in ("a.png", "z.png"):
        shutil.copy(album.root / "big.png", album.root / copy)
    album.scan()
    album.name("Ann", "big")
    export(album, place)
    assert sorted(tree(place)) == ["Ann/a.png"]


def test_names_that_are_not_utf8_or_as_long_as_can_be(album: Album, place: Path) -> None:
    album.scan(x=[RED], y=[RED], z=[RED])
    album.name("Ann", "x", "y", "z")
    album.close()
    for old, new in {b"x": b"\xff", b"y": b"d/" + b"l" * 251, b"z": b"e/" + b"l" * 251}.items():
        target = album.root / os.fsdecode(new + b".png")
        target.parent.mkdir(exist_ok=True)
        (album.root / os.fsdecode(old + b".png")).rename(target)
    album.scan()
    for _ in range(2):
        export(album, place)
        names = sorted(os.fsencode(path.name) for path in (place / "Ann").iterdir())
        assert names == [b"l" * 247 + b" (2).png", b"l" * 251 + b".png", b"\xff.png"]


def test_one_kind_takes_the_place_of_another(known: Album, place: Path) -> None:
    for kind, how in [(Kind.COPIES, "copy"), (Kind.HARD_LINKS, "hard link"), (Kind.LINKS, "link")] * 2:
        report = export(known, place, kind)
        assert tree(place) == shown(how)
        assert report.kept == ()


@pytest.mark.parametrize("kind", Kind)
def test_what_the_user_put_in_the_place_of_ours_is_never_touched_and_told_once(
    known: Album, place: Path, kind: Kind
) -> None:
    export(known, place, kind)
    (place / "Ann" / "1.png").unlink()
    (place / "Ann" / "1.png").write_text("mine")
    (place / "Bob" / "2.png").unlink()
    (place / "Bob" / "2.png").symlink_to(known.root / "3.png")
    report = export(known, place)
    assert [kept.path for kept in report.kept] == ["Ann/1.png", "Bob/2.png"]
    assert export(known, place).kept == ()
    assert "Ann/1 (2).png" in tree(place)
    merge(known.index, ["Ann", "Bob"], at_ns=3)
    export(known, place)
    assert (place / "Ann" / "1.png").read_text() == "mine"
    assert tree(place)["Bob/2.png"] == "link 3.png"


def test_a_copy_that_was_edited_is_kept(known: Album, place: Path) -> None:
    export(known, place, Kind.COPIES)
    copy = place / "Ann" / "1.png"
    status, former = copy.stat(), copy.read_bytes()
    copy.write_bytes(former[:-1] + b"!")  # the same size
    os.utime(copy, ns=(status.st_atime_ns, status.st_mtime_ns))  # and time
    ignore(known.index, "Ann", at_ns=3)
    report = export(known, place)
    assert copy.read_bytes().endswith(b"!")
    assert [kept.path for kept in report.kept] == ["Ann/1.png", "Ann"]


def test_a_copy_whose_time_the_disk_tells_otherwise_is_ours(known: Album, place: Path) -> None:
    export(known, place, Kind.COPIES)
    os.utime(place / "Ann" / "1.png", (0, 0))
    report = export(known, place)
    assert (report.kept, report.albums[0].added) == ((), 0)


def test_a_photo_that_changed_is_copied_again(known: Album, place: Path) -> None:
    export(known, place, Kind.COPIES)
    photo = known.root / "a" / "1.png"
    photo.write_bytes(photo.read_bytes() + b"\0")
    report = export(known, place)
    assert tree(place) == shown("copy")
    assert [album.added for album in report.albums] == [1, 0]


def test_the_last_hard_link_to_a_photo_is_kept(known: Album, place: Path) -> None:
    export(known, place, Kind.HARD_LINKS)
    bytes_of = (known.root / "a" / "1.png").read_bytes()
    (known.root / "a" / "1.png").unlink()
    (known.root / "b" / "2.png").rename(known.root / "b" / "moved.png")
    known.scan()
    report = export(known, place)
    assert (place / "Ann" / "1.png").read_bytes() == bytes_of
    assert [(kept.path, "the last" in kept.reason) for kept in report.kept] == [("Ann/1.png", True)]
    assert sorted(path.name for path in (place / "Bob").iterdir()) == ["both.png", "moved.png"]


def test_a_photo_that_is_not_there_is_a_problem_and_what_shows_it_stays(known: Album, place: Path) -> None:
    export(known, place, Kind.COPIES)
    (known.root / "a" / "1.png").unlink()
    (known.root / "both.png").unlink()
    shutil.rmtree(place / "Bob")
    report = export(known, place)
    assert [problem.path for problem in report.problems] == [b"a/1.png", b"both.png"]
    assert sorted(path.name for path in place.rglob("*.png")) == ["1.png", "2.png", "both.png"]


def test_a_photo_that_cannot_be_read_is_a_problem_and_the_others_are_copied(
    known: Album, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Path.open

    def refused(path: Path, *args: Any, **more: Any) -> Any:
        if path.name == "both.png" and "Album" in str(path):
            raise PermissionError(13, "Permission denied")
        return opened(path, *args, **more)

    monkeypatch.setattr(Path, "open", refused)
    report = export(known, place, Kind.COPIES)
    assert [(p.path, p.reason) for p in report.problems] == [(b"both.png", "It cannot be read: Permission denied")]
    monkeypatch.undo()
    assert sorted(tree(place)) == ["Ann/1.png", "Bob/2.png"]
    assert export(known, place).problems == ()
    assert tree(place) == shown("copy")


def test_a_dry_run_says_all_and_writes_nothing(known: Album, place: Path) -> None:
    report = export(known, place, dry_run=True)
    assert [(a.folder, a.added) for a in report.albums] == [("Ann", 2), ("Bob", 2)]
    assert not place.exists()
    export(known, place)
    rename(known.index, "Ann", "Cat", at_ns=3)
    before = sorted(place.rglob("*")), (place / FILE).read_bytes()
    assert export(known, place, dry_run=True).albums[1].was == "Ann"
    assert (sorted(place.rglob("*")), (place / FILE).read_bytes()) == before


@pytest.mark.parametrize("inside", [".", "a", "new/People", ".phototag/People"])
def test_not_where_the_next_scan_would_find_it(known: Album, inside: str) -> None:
    with pytest.raises(UsageError, match="lies in the library"):
        export(known, known.root / inside)


@pytest.mark.parametrize("where", [".people", "../People"])
@pytest.mark.parametrize("kind", Kind)
def test_the_next_scan_finds_what_it_found_before(known: Album, where: str, kind: Kind) -> None:
    export(known, known.root / where, kind)
    tags = known.tags()
    known.scan()
    assert known.tags() == tags


def test_a_file_is_no_folder(known: Album, place: Path) -> None:
    place.write_text("mine")
    with pytest.raises(UsageError, match="is a file"):
        export(known, place)
    place.unlink()
    place.symlink_to(place)
    with pytest.raises(UsageError, match="leads nowhere"):
        export(known, place)


def test_albums_of_another_library_are_left_alone(known: Album, place: Path, tmp_path: Path) -> None:
    export(known, place)
    text = (place / FILE).read_text()
    (tmp_path / "Other").mkdir()
    (place / FILE).write_text(text.replace(str(known.root), str(tmp_path / "Other")))
    with pytest.raises(UsageError, match="another library"):
        export(known, place)


def test_a_damaged_list_stops(known: Album, place: Path) -> None:
    export(known, place)
    (place / FILE).write_text("oops")
    with pytest.raises(LibraryError, match="damaged"):
        export(known, place)
    (place / FILE).write_text('{"phototag": "albums", "version": 99, "library": "/", "as": "links"}\n')
    with pytest.raises(LibraryError, match="newer phototag"):
        export(known, place)


def test_a_list_that_leads_elsewhere_is_not_followed(known: Album, place: Path, tmp_path: Path) -> None:
    export(known, place, Kind.COPIES)
    shutil.copytree(place / "Ann", tmp_path / "Ann")
    (place / FILE).write_text((place / FILE).read_text().replace('"folder": "Ann"', '"folder": "../Ann"'))
    ignore(known.index, "Ann", at_ns=3)
    export(known, place)
    assert sorted(path.name for path in (tmp_path / "Ann").iterdir()) == ["1.png", "both.png"]


def test_a_folder_that_became_a_link_is_the_users(known: Album, place: Path) -> None:
    export(known, place, Kind.HARD_LINKS)
    shutil.rmtree(place / "Ann")
    (place / "Ann").symlink_to(known.root / "a")
    ignore(known.index, "Bob", at_ns=3)
    export(known, place)
    assert (known.root / "a" / "1.png").exists()
    assert folders(place) == ["Ann", "Ann (2)"]
    ignore(known.index, "Ann", at_ns=4)
    export(known, place)
    assert (known.root / "a" / "1.png").exists()


def test_an_album_of_a_query_is_kept_current_and_forgotten_when_the_user_removes_it(known: Album, place: Path) -> None:
    report = export(known, place, query="ann & bob", name="Both: of them")
    assert tree(place) == {"Both_ of them/both.png": "link both.png"}
    assert [(a.name, a.query) for a in report.albums] == [("Both: of them", "ann & bob")]
    export(known, place)
    assert folders(place) == ["Ann", "Bob", "Both_ of them"]
    export(known, place, query="ann", name="both: OF them")
    assert sorted(path.name for path in (place / "both_ OF them").iterdir()) == ["1.png", "both.png"]
    rename(known.index, "Ann", "Cat", at_ns=3)
    report = export(known, place)
    assert "Nobody is called" in report.problems[0].reason
    assert folders(place) == ["Bob", "Cat", "both_ OF them"]
    shutil.rmtree(place / "both_ OF them")
    assert export(known, place).problems == ()
    assert folders(place) == ["Bob", "Cat"]


def test_a_disk_without_links_is_told_what_to_do(known: Album, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "symlink_to", refused)
    monkeypatch.setattr(Path, "hardlink_to", refused)
    with pytest.raises(LibraryError, match="--copies or --hard-links"):
        export(known, place)
    with pytest.raises(LibraryError, match="Use --copies"):
        export(known, place, Kind.HARD_LINKS)
    export(known, place, Kind.COPIES)  # a copy takes its name otherwise then
    assert tree(place) == shown("copy")


def test_hard_links_need_one_disk(known: Album, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("phototag.app.album_plan._device", lambda path: len(str(path)))
    with pytest.raises(UsageError, match="on another one"):
        export(known, place, Kind.HARD_LINKS)
    assert not place.exists()


def test_what_a_kill_left_is_cleared_away(known: Album, place: Path) -> None:
    export(known, place, Kind.COPIES)
    (place / "Ann" / ".phototag-copy.abcd1234.tmp").write_bytes(b"half")
    whole = (place / FILE).read_bytes()
    (place / FILE).write_bytes(whole + b'{"album": 1, "file": "9.png", "pho')
    export(known, place)
    assert tree(place) == shown("copy")
    assert (place / FILE).read_bytes() == whole


class KilledError(BaseException):
    """The process ends here."""


DEEDS = {
    "symlink": os.symlink, "link": os.link, "unlink": os.unlink, "rename": os.rename, "replace": os.replace,
    "mkdir": os.mkdir, "rmdir": os.rmdir, "chmod": os.chmod, "fsync": os.fsync,
}  # fmt: skip


def stop_at(monkeypatch: pytest.MonkeyPatch, moment: int, stop: Callable[[], None]) -> Callable[[], int]:
    """Before and after everything that changes the disk is a moment; at one of them something happens."""
    passed = 0

    def at_a_moment() -> None:
        nonlocal passed
        passed += 1
        if passed == moment:
            stop()

    def watched(deed: Callable[..., Any]) -> Callable[..., Any]:
        def done(*args: Any, **more: Any) -> Any:
            at_a_moment()
            result = deed(*args, **more)
            at_a_moment()
            return result

        return done

    for name_, deed in DEEDS.items():
        monkeypatch.setattr(os, name_, watched(deed))
    return lambda: passed


def killed() -> None:
    raise KilledError


def full() -> None:
    raise OSError(28, "No space left on device")


def upheaval(known: Album, place: Path) -> dict[str, str]:
    """The user puts files of theirs in, and the index changes; what is theirs."""
    (place / "Ann" / "mine.txt").write_text("mine")
    (place / "Ann" / "both.png").unlink()
    (place / "Ann" / "both.png").write_text("mine too")
    (place / "Cat").mkdir()
    (place / "Cat" / "1.png").write_text("also mine")
    rename(known.index, "Ann", "Cat", at_ns=3)
    ignore(known.index, "Bob", at_ns=4)
    known.name("Dan", "3")
    return {"mine.txt": "mine", "both.png": "mine too", "1.png": "also mine"}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("stop", [killed, full])
def test_stopped_at_any_moment_the_next_run_goes_on(
    known: Album, place: Path, kind: Kind, stop: Callable[[], None]
) -> None:
    export(known, place, kind)
    upheaval(known, place)
    kept = place.with_name("kept")
    shutil.copytree(place, kept, symlinks=True) if kind is not Kind.HARD_LINKS else _copy_hard(place, kept)
    export(known, place, Kind.COPIES if kind is Kind.LINKS else kind)
    wanted = tree(place)
    assert "Cat (2)/mine.txt" in wanted
    for moment in range(1, 200):
        shutil.rmtree(place)
        shutil.copytree(kept, place, symlinks=True) if kind is not Kind.HARD_LINKS else _copy_hard(kept, place)
        with pytest.MonkeyPatch.context() as patch:
            passed = stop_at(patch, moment, stop)
            with suppress(KilledError, LibraryError):
                export(known, place, Kind.COPIES if kind is Kind.LINKS else kind)
            n = passed()
        export(known, place, Kind.COPIES if kind is Kind.LINKS else kind)
        assert tree(place) == wanted, moment
        assert [p for p in place.rglob(".*") if p.name != FILE] == [], moment
        if n < moment:
            break
    else:
        raise AssertionError("it never ended")
    assert moment > 10


def _copy_hard(source: Path, target: Path) -> None:
    shutil.copytree(source, target, copy_function=os.link)


def test_whoever_is_on_a_photo_without_a_place_has_it_too(known: Album, place: Path) -> None:
    take_in(known.index, [Account(b"3.png", people=("Dora",))], "test", 3)
    export(known, place)
    assert tree(place)["Dora/3.png"] == "link 3.png"
