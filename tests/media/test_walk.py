from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from phototag.errors import LibraryError
from phototag.media.formats import PHOTOS
from phototag.media.walk import SKIPPED_FOLDERS, Walk, compare
from phototag.types import PhotoFile

needs_links = pytest.mark.skipif(os.name == "nt", reason="links need special rights on Windows")
needs_bytes = pytest.mark.skipif(sys.platform in {"darwin", "win32"}, reason="file names are always Unicode here")


def put(root: Path, *names: str) -> None:
    """Make files with a byte in them, and their folders."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def paths(root: Path) -> list[str]:
    return [os.fsdecode(file.path) for file in Walk(root).photo_files()]


def test_files_come_folder_by_folder_in_the_order_of_their_names(tmp_path: Path) -> None:
    put(tmp_path, "b.jpg", "a/2.jpg", "c/1.jpg", "a/10.jpg", "a/sub/x.jpg", "Z.jpg")
    assert paths(tmp_path) == ["Z.jpg", "a/10.jpg", "a/2.jpg", "a/sub/x.jpg", "b.jpg", "c/1.jpg"]


def test_a_file_comes_with_its_size_and_time(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"12345")
    os.utime(tmp_path / "a.jpg", ns=(1, 1_600_000_000_123_456_789))
    (file,) = Walk(tmp_path).photo_files()
    assert file == PhotoFile(b"a.jpg", 5, (tmp_path / "a.jpg").stat().st_mtime_ns)


def test_every_format_that_is_read_is_found_in_any_case(tmp_path: Path) -> None:
    names = [f"a{os.fsdecode(extension)}" for extension in PHOTOS] + ["B.JPG", "B.HeIc"]
    put(tmp_path, *names)
    assert sorted(paths(tmp_path)) == sorted(names)


def test_other_files_are_left_out(tmp_path: Path) -> None:
    put(tmp_path, "notes.txt", "clip.mp4", "a.jpg.xmp", "jpg", "raw.jpgx", "photo.jpg.")
    assert paths(tmp_path) == []


def test_hidden_files_and_folders_are_left_out(tmp_path: Path) -> None:
    put(tmp_path, ".hidden.jpg", "._a.jpg", ".jpg", ".phototag/sheets/group-1.jpg", "a.jpg")
    assert paths(tmp_path) == ["a.jpg"]


@pytest.mark.parametrize("folder", sorted(os.fsdecode(name) for name in SKIPPED_FOLDERS))
def test_folders_that_belong_to_the_system_are_left_out(tmp_path: Path, folder: str) -> None:
    put(tmp_path, f"{folder}/a.jpg", f"trip/{folder}/b.jpg", f"not {folder}/c.jpg")
    assert paths(tmp_path) == [f"not {folder}/c.jpg"]


def test_the_library_itself_may_be_hidden(tmp_path: Path) -> None:
    put(tmp_path, ".photos/a.jpg")
    assert paths(tmp_path / ".photos") == ["a.jpg"]


def test_a_folder_named_like_a_photo_is_a_folder(tmp_path: Path) -> None:
    put(tmp_path, "album.jpg/a.jpg")
    assert paths(tmp_path) == ["album.jpg/a.jpg"]


def test_an_empty_library_has_no_photos(tmp_path: Path) -> None:
    assert paths(tmp_path) == []


@needs_bytes
def test_names_that_are_not_utf_8_come_as_they_are(tmp_path: Path) -> None:
    folder, name = b"\xfe", b"caf\xe9 \xff.jpg"
    put(tmp_path, f"{os.fsdecode(folder)}/{os.fsdecode(name)}")
    (file,) = Walk(tmp_path).photo_files()
    assert file.path == folder + b"/" + name


@needs_bytes
def test_a_name_with_a_line_break_comes_as_it_is(tmp_path: Path) -> None:
    put(tmp_path, "two\nlines.jpg")
    assert paths(tmp_path) == ["two\nlines.jpg"]


# Links


@needs_links
def test_a_linked_photo_is_found(tmp_path: Path) -> None:
    put(tmp_path, "elsewhere/a.jpg", "library/b.jpg")
    (tmp_path / "library" / "c.jpg").symlink_to(tmp_path / "elsewhere" / "a.jpg")
    assert paths(tmp_path / "library") == ["b.jpg", "c.jpg"]


@needs_links
def test_a_linked_folder_is_walked(tmp_path: Path) -> None:
    put(tmp_path, "elsewhere/a.jpg", "library/b.jpg")
    (tmp_path / "library" / "more").symlink_to(tmp_path / "elsewhere")
    assert paths(tmp_path / "library") == ["b.jpg", "more/a.jpg"]


@needs_links
def test_a_folder_that_two_links_lead_to_is_walked_once(tmp_path: Path) -> None:
    put(tmp_path, "elsewhere/a.jpg")
    (tmp_path / "library").mkdir()
    for name in ("one", "two"):
        (tmp_path / "library" / name).symlink_to(tmp_path / "elsewhere")
    assert paths(tmp_path / "library") == ["one/a.jpg"]


@needs_links
def test_a_link_to_a_folder_above_ends(tmp_path: Path) -> None:
    put(tmp_path, "a/b/c.jpg")
    (tmp_path / "a" / "b" / "up").symlink_to(tmp_path)
    assert paths(tmp_path) == ["a/b/c.jpg"]


@needs_links
def test_links_that_lead_nowhere_are_passed_over(tmp_path: Path) -> None:
    put(tmp_path, "b.jpg")
    (tmp_path / "gone.jpg").symlink_to(tmp_path / "nothing.jpg")
    (tmp_path / "itself.jpg").symlink_to(tmp_path / "itself.jpg")
    (tmp_path / "folder").symlink_to(tmp_path / "no folder")
    assert paths(tmp_path) == ["b.jpg"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_what_is_no_file_is_passed_over(tmp_path: Path) -> None:
    put(tmp_path, "b.jpg")
    os.mkfifo(tmp_path / "a.jpg")
    assert paths(tmp_path) == ["b.jpg"]


# What goes away or cannot be read


def test_a_photo_that_vanishes_during_the_walk_is_passed_over(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg", "2.jpg", "3.jpg")
    walk = Walk(tmp_path).photo_files()
    assert next(walk).path == b"1.jpg"
    (tmp_path / "2.jpg").unlink()
    assert [file.path for file in walk] == [b"3.jpg"]


def test_a_folder_that_vanishes_during_the_walk_is_passed_over(tmp_path: Path) -> None:
    put(tmp_path, "a/1.jpg", "b/2.jpg", "c/3.jpg")
    walk = Walk(tmp_path).photo_files()
    assert next(walk).path == b"a/1.jpg"
    shutil.rmtree(tmp_path / "b")
    assert [file.path for file in walk] == [b"c/3.jpg"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_passed_over(tmp_path: Path) -> None:
    put(tmp_path, "a/1.jpg", "b/2.jpg")
    (tmp_path / "a").chmod(0)
    try:
        assert paths(tmp_path) == ["b/2.jpg"]
    finally:
        (tmp_path / "a").chmod(0o700)


@pytest.mark.parametrize("name", ["nothing", "a.jpg", "x" * 300])
def test_a_library_that_is_no_folder_is_refused(tmp_path: Path, name: str) -> None:
    put(tmp_path, "a.jpg")
    with pytest.raises(LibraryError, match="Give the folder that holds your photos") as refusal:
        list(Walk(tmp_path / name).photo_files())
    assert str(tmp_path / name) in str(refusal.value)


# Comparison with what is known


def file(path: str, size: int = 1, mtime_ns: int = 1) -> PhotoFile:
    return PhotoFile(os.fsencode(path), size, mtime_ns)


def known(*files: PhotoFile) -> dict[bytes, PhotoFile]:
    return {file.path: file for file in files}


def test_a_file_of_the_same_size_and_time_is_unchanged() -> None:
    changes = compare([file("a")], known(file("a")))
    assert (changes.unchanged, changes.fresh, changes.missing) == ((file("a"),), (), ())


@pytest.mark.parametrize("now", [file("a", size=2), file("a", mtime_ns=2), file("b")])
def test_a_file_of_another_size_time_or_name_is_fresh(now: PhotoFile) -> None:
    changes = compare([now], known(file("a")))
    assert (changes.unchanged, changes.fresh) == ((), (now,))


def test_a_file_that_is_not_there_any_more_is_missing() -> None:
    changes = compare([], known(file("a")))
    assert (changes.unchanged, changes.fresh, changes.missing) == ((), (), (b"a",))


def test_a_moved_file_is_fresh_at_one_place_and_missing_at_the_other() -> None:
    changes = compare([file("new/a")], known(file("old/a")))
    assert (changes.fresh, changes.missing) == ((file("new/a"),), (b"old/a",))


def test_changes_come_in_the_order_of_paths() -> None:
    old = known(*map(file, "fdb"))
    changes = compare([*map(file, "eca"), file("d"), file("b")], {**old, **known(file("g"))})
    assert changes.unchanged == (file("b"), file("d"))
    assert changes.fresh == (file("a"), file("c"), file("e"))
    assert changes.missing == (b"f", b"g")
