from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from phototag.errors import LibraryError, UsageError
from phototag.media.formats import PHOTOS
from phototag.media.walk import SKIPPED_FOLDERS, PassedOver, Walk, Why, compare
from phototag.types import PhotoFile, Sidecar

needs_links = pytest.mark.skipif(os.name == "nt", reason="links need special rights on Windows")
needs_bytes = pytest.mark.skipif(sys.platform in {"darwin", "win32"}, reason="file names are always Unicode here")


def put(root: Path, *names: str) -> None:
    """Make files with a byte in them, and their folders."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def paths(root: Path, *exclude: str) -> list[str]:
    return [os.fsdecode(file.path) for file in Walk(root, exclude=exclude).photo_files()]


def passed_over(root: Path) -> dict[str, Why]:
    return {os.fsdecode(one.path): one.why for one in Walk(root).entries() if isinstance(one, PassedOver)}


def ignore(folder: Path, *lines: str) -> None:
    """Write a .phototagignore."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".phototagignore").write_text("\n".join(lines), encoding="utf-8")


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
    put(tmp_path, "notes.txt", "clip.mp4", "a.jpg.xmp", "raw.jpgx", "photo.jpg.", "drawing.psd")
    walk = Walk(tmp_path)
    assert list(walk.photo_files()) == []
    assert walk.passed_over == {Why.OTHER: 4, Why.VIDEO: 1, Why.OTHER_PICTURE: 1}


def test_a_file_without_extension_may_be_a_photo(tmp_path: Path) -> None:
    put(tmp_path, "jpg", "IMG_0001", ".IMG_0002")
    assert paths(tmp_path) == ["IMG_0001", "jpg"]


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
def test_a_folder_of_the_library_keeps_its_own_path_whatever_links_lead_to_it(tmp_path: Path) -> None:
    put(tmp_path, "z/a.jpg")
    (tmp_path / "a link").symlink_to(tmp_path / "z")
    assert paths(tmp_path) == ["z/a.jpg"]
    assert passed_over(tmp_path) == {"a link/": Why.SEEN}


@needs_links
def test_a_link_to_a_folder_that_the_library_is_in_is_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "letters/a.jpg", "home/library/b.jpg")
    (tmp_path / "home" / "library" / "up").symlink_to(tmp_path)
    assert paths(tmp_path / "home" / "library") == ["b.jpg"]


@needs_links
def test_links_in_linked_folders_are_followed_and_circles_end(tmp_path: Path) -> None:
    put(tmp_path, "one/a.jpg", "two/b.jpg", "library/c.jpg")
    (tmp_path / "library" / "x").symlink_to(tmp_path / "one")
    (tmp_path / "one" / "y").symlink_to(tmp_path / "two")
    (tmp_path / "two" / "z").symlink_to(tmp_path / "one")
    assert paths(tmp_path / "library") == ["c.jpg", "x/a.jpg", "x/y/b.jpg"]


@needs_links
def test_links_that_lead_nowhere_are_passed_over(tmp_path: Path) -> None:
    put(tmp_path, "b.jpg")
    (tmp_path / "gone.jpg").symlink_to(tmp_path / "nothing.jpg")
    (tmp_path / "itself.jpg").symlink_to(tmp_path / "itself.jpg")
    (tmp_path / "folder").symlink_to(tmp_path / "no folder")
    assert paths(tmp_path) == ["b.jpg"]
    assert passed_over(tmp_path) == dict.fromkeys(["folder", "gone.jpg", "itself.jpg"], Why.LINK)


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


@pytest.mark.skipif(os.name == "nt", reason="deep folders need another interface on Windows")
@pytest.mark.parametrize("names", [["d"] * 2_100, ["d" * 200] * 30], ids=["2,100 levels", "long names"])
def test_a_tree_that_is_too_deep_for_the_system_is_walked_as_far_as_it_goes(
    tmp_path: Path, names: list[str], request: pytest.FixtureRequest
) -> None:
    """Each folder is made from inside the one above, so that its whole path may be longer than any call takes."""
    put(tmp_path, "z.jpg")
    request.addfinalizer(lambda: subprocess.run(["rm", "-rf", tmp_path / names[0]], check=True))  # too deep for Python
    here = os.open(tmp_path, os.O_RDONLY)
    for name in names:
        os.mkdir(name, dir_fd=here)
        below = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    walk = Walk(tmp_path)
    assert [file.path for file in walk.photo_files()] == [b"z.jpg"]
    ((folder, why),) = walk.unreadable.items()
    assert (folder.endswith(b"/"), why) == (True, "File name too long")


def refusing(monkeypatch: pytest.MonkeyPatch, name: bytes) -> None:
    """A folder that may not be listed; root may list everything."""
    scandir = os.scandir

    def refuse(folder: bytes) -> object:
        if bytes(folder).endswith(name):
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr("phototag.media.walk.os.scandir", refuse)


def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "a/1.jpg", "b/2.jpg")
    refusing(monkeypatch, b"/a")
    walk = Walk(tmp_path)
    assert [file.path for file in walk.photo_files()] == [b"b/2.jpg"]
    assert walk.unreadable == {b"a/": "Permission denied"}


def test_an_excluded_folder_need_not_be_readable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "a/1.jpg", "b/2.jpg")
    refusing(monkeypatch, b"/a")
    walk = Walk(tmp_path, exclude=["a/"])
    assert [file.path for file in walk.photo_files()] == [b"b/2.jpg"]
    assert walk.unreadable == {}


# What programs and the system keep for themselves


@pytest.mark.parametrize(
    "generated",
    [
        "Catalog Previews.lrdata/0/a.jpg",
        "Mine.photoslibrary/resources/derivatives/a.jpeg",
        "Mine.photoslibrary/database/a.png",
        "Old.photolibrary/Thumbnails/a.jpg",
        "$Recycle.Bin/a.jpg",
        "@EADIR/a.jpg",
        "__MACOSX/a.jpg",
        "Thumbs/a.jpg",
    ],
)
def test_what_a_program_generated_is_left_out(tmp_path: Path, generated: str) -> None:
    put(tmp_path, f"2019/{generated}", "2019/b.jpg")
    assert paths(tmp_path) == ["2019/b.jpg"]
    assert list(passed_over(tmp_path).values()) == [Why.GENERATED]


@pytest.mark.parametrize("photo", ["A.photoslibrary/originals/0/a.heic", "B.photolibrary/Masters/2012/a.jpg"])
def test_the_originals_of_a_photo_library_are_found(tmp_path: Path, photo: str) -> None:
    put(tmp_path, photo, "resources/a.jpg")
    assert paths(tmp_path) == [photo, "resources/a.jpg"]


def test_a_photo_library_may_be_the_library(tmp_path: Path) -> None:
    root = tmp_path / "Mine.photoslibrary"
    put(root, "originals/0/a.jpg", "resources/derivatives/b.jpg")
    assert paths(root) == ["originals/0/a.jpg"]


@pytest.mark.parametrize("name", [".thumbnails/a.jpg", ".picasaoriginals/a.jpg", ".AppleDouble/a.jpg", "._a.jpg"])
def test_hidden_things_of_other_programs_are_left_out(tmp_path: Path, name: str) -> None:
    put(tmp_path, name)
    assert paths(tmp_path) == []
    assert list(passed_over(tmp_path).values()) == [Why.HIDDEN]


def test_the_index_is_left_out_wherever_it_is(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", "idx/sheets/group-1.jpg")
    assert [file.path for file in Walk(tmp_path, skip=tmp_path / "idx").photo_files()] == [b"a.jpg"]
    with pytest.raises(LibraryError, match="among the photos"):
        list(Walk(tmp_path, skip=tmp_path).photo_files())


# What the user excludes


def test_patterns_are_relative_to_the_library_or_to_the_folder_of_their_file(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", "private/a.jpg", "2019/a.jpg", "2019/b.jpg", "2019/private/a.jpg", "2020/b.jpg")
    ignore(tmp_path, "# mine", "", "private/")
    ignore(tmp_path / "2019", "/b.jpg")
    assert paths(tmp_path) == ["2019/a.jpg", "2020/b.jpg", "a.jpg"]
    by = {one.path: one.by for one in Walk(tmp_path).entries() if isinstance(one, PassedOver) and one.by}
    assert by == {
        b"private/": ".phototagignore, line 3",
        b"2019/private/": ".phototagignore, line 3",
        b"2019/b.jpg": "2019/.phototagignore, line 1",
    }


def test_the_last_pattern_decides_and_the_option_after_all_files(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", "keep.jpg", "sub/b.jpg", "sub/c.png")
    ignore(tmp_path, "*.jpg", "!keep.jpg")
    ignore(tmp_path / "sub", "!b.jpg")
    assert paths(tmp_path) == ["keep.jpg", "sub/b.jpg", "sub/c.png"]
    assert paths(tmp_path, "keep.*", "sub/*.png") == ["sub/b.jpg"]


def test_an_excluded_folder_is_out_with_all_that_is_in_it(tmp_path: Path) -> None:
    put(tmp_path, "a/keep.jpg", "b.jpg", "a/deep/c.jpg")
    assert paths(tmp_path, "a/", "!a/keep.jpg") == ["b.jpg"]


@needs_bytes
def test_a_name_with_a_line_break_does_not_slip_through_a_pattern(tmp_path: Path) -> None:
    put(tmp_path, "two\nlines/private/a.jpg", "two\nlines/b\n.jpg", "c.jpg")
    assert paths(tmp_path, "private/", "b*.jpg") == ["c.jpg"]


@needs_bytes
def test_a_pattern_may_be_as_little_utf_8_as_a_name(tmp_path: Path) -> None:
    put(tmp_path, os.fsdecode(b"caf\xe9/a.jpg"), "b.jpg")
    (tmp_path / ".phototagignore").write_bytes(b"caf\xe9/\r\n")
    assert paths(tmp_path) == ["b.jpg"]


def test_an_accent_is_the_same_however_it_is_coded(tmp_path: Path) -> None:
    put(tmp_path, "Zoe\u0308/a.jpg", "b.jpg")
    (tmp_path / ".phototagignore").write_bytes("\ufeffZo\u00eb/".encode())  # with the mark that Notepad puts there
    assert paths(tmp_path) == ["b.jpg"]


@pytest.mark.parametrize("line", ["!", "[z-a].jpg", "photos [2019/", "a\\"])
def test_a_pattern_that_makes_no_sense_is_refused(tmp_path: Path, line: str) -> None:
    put(tmp_path, "a.jpg")
    with pytest.raises(UsageError, match="--exclude"):
        paths(tmp_path, line)
    ignore(tmp_path / "sub", "ok", line)
    with pytest.raises(LibraryError, match=r"sub/\.phototagignore, line 2: "):
        paths(tmp_path)


@pytest.mark.parametrize("contents", [None, "a/".encode("utf-16"), ""], ids=["folder", "UTF-16", "broken link"])
def test_an_ignore_file_that_cannot_be_read_stops_the_walk(tmp_path: Path, contents: bytes | str | None) -> None:
    put(tmp_path, "a.jpg")
    path = tmp_path / ".phototagignore"
    if contents is None:
        path.mkdir()
    elif isinstance(contents, bytes):
        path.write_bytes(contents)
    elif os.name != "nt":
        path.symlink_to(tmp_path / "nowhere")
    with pytest.raises(LibraryError, match="leave out"):
        paths(tmp_path)


@needs_links
def test_a_link_does_not_lead_around_an_exclusion(tmp_path: Path) -> None:
    put(tmp_path, "z/private/deep/a.jpg", "z/b.jpg")
    for name, target in {"1": "z/private", "2": "z/private/deep", "3.jpg": "z/private/deep/a.jpg"}.items():
        (tmp_path / name).symlink_to(tmp_path / target)
    assert paths(tmp_path, "private/") == ["z/b.jpg"]


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


def test_what_is_known_of_an_unreadable_place_is_not_missing() -> None:
    old = known(*map(file, ["a/1", "a/b/2", "ab/3", "link/4", "x.jpg", "x.jpg2"]))
    assert compare([], old, {b"a/", b"link", b"x.jpg"}).missing == (b"ab/3", b"x.jpg2")


def sidecars(root: Path) -> dict[str, str]:
    return {
        os.fsdecode(file.path): os.fsdecode(file.sidecar.path)
        for file in Walk(root).photo_files()
        if file.sidecar is not None
    }


def test_a_photo_comes_with_what_lies_beside_it(tmp_path: Path) -> None:
    put(tmp_path, "a/1.jpg", "a/1.jpg.xmp", "a/2/3.jpg", "a/2.JPG", "a/2.XMP", "b/1.jpg", "b/3.jpg.xmp")
    assert sidecars(tmp_path) == {"a/1.jpg": "a/1.jpg.xmp", "a/2.JPG": "a/2.XMP"}
    file = next(file for file in Walk(tmp_path).photo_files() if file.path == b"a/1.jpg")
    status = (tmp_path / "a/1.jpg.xmp").stat()
    assert file.sidecar == Sidecar(b"a/1.jpg.xmp", status.st_size, status.st_mtime_ns)
    assert passed_over(tmp_path) == dict.fromkeys(["a/1.jpg.xmp", "a/2.XMP", "b/3.jpg.xmp"], Why.OTHER)


def test_what_is_excluded_hidden_or_no_file_is_no_sidecar(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", "a.jpg.xmp", "b.jpg", "b.jpg.xmp/c.txt", "sub/.c.jpg.xmp", "sub/c.jpg")
    ignore(tmp_path, "a.jpg.xmp")
    assert sidecars(tmp_path) == {}


@needs_links
def test_a_sidecar_that_leads_nowhere_is_none(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg")
    (tmp_path / "a.jpg.xmp").symlink_to(tmp_path / "gone.xmp")
    assert sidecars(tmp_path) == {}


def test_nothing_is_opened_for_a_sidecar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "a.jpg", "a.jpg.xmp")
    monkeypatch.delattr("builtins.open")
    monkeypatch.delattr(Path, "open")
    assert sidecars(tmp_path) == {"a.jpg": "a.jpg.xmp"}


def test_a_file_with_another_sidecar_is_the_same_file() -> None:
    assert compare([PhotoFile(b"a", 1, 1, Sidecar(b"a.xmp", 1, 1))], {b"a": PhotoFile(b"a", 1, 1)}).fresh == ()
