from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from phototag.app.showroom import MANIFEST, Showroom
from phototag.errors import UsageError


def opened(folder: Path) -> Showroom:
    return Showroom(folder.parent / "Pictures", folder)


def make(folder: Path, **pages: bytes) -> tuple[int, int]:
    """Put people/N.html there for each; returns how many files were written and removed."""
    room = opened(folder)
    room.begin([f"people/{name[1:]}.html" for name in pages])
    for name, data in pages.items():
        room.add(f"people/{name[1:]}.html", data)
    return room.written, room.finish()


def there(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_only_what_differs_is_written_and_what_is_not_needed_any_more_goes(tmp_path: Path) -> None:
    assert make(tmp_path / "out", _1=b"a", _2=b"b") == (2, 0)
    manifest = (tmp_path / "out" / MANIFEST).stat()
    assert make(tmp_path / "out", _1=b"a", _2=b"b") == (0, 0)
    assert (tmp_path / "out" / MANIFEST).stat() == manifest
    assert make(tmp_path / "out", _2=b"c", _3=b"d") == (2, 1)
    assert there(tmp_path / "out") == [MANIFEST, "people/2.html", "people/3.html"]


def test_an_empty_folder_goes_and_one_with_something_of_others_stays(tmp_path: Path) -> None:
    make(tmp_path / "out", _1=b"a")
    (tmp_path / "out" / "people" / "mine.txt").write_bytes(b"")
    make(tmp_path / "out")
    assert there(tmp_path / "out") == [MANIFEST, "people/mine.txt"]
    (tmp_path / "out" / "people" / "mine.txt").unlink()
    make(tmp_path / "out", _1=b"a")
    make(tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == [MANIFEST]


def test_a_run_that_was_interrupted_is_known_to_the_next_one(tmp_path: Path) -> None:
    make(tmp_path / "out", _1=b"a")
    room = opened(tmp_path / "out")
    room.begin(["people/2.html", "people/3.html"])
    room.add("people/2.html", b"b")
    assert there(tmp_path / "out") == [MANIFEST, "people/1.html", "people/2.html"]
    assert make(tmp_path / "out", _4=b"d") == (1, 2)
    assert there(tmp_path / "out") == [MANIFEST, "people/4.html"]


def test_a_folder_of_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert make(tmp_path / "out") == (0, 0)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "index.html").write_bytes(b"mine")
    with pytest.raises(UsageError, match="not empty, and no gallery"):
        opened(tmp_path / "other")
    assert there(tmp_path / "other") == ["index.html"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"made_by": "x", "format": 1, "files": []}',
        '{"made_by": "phototag", "format": 2, "files": []}',
        '{"made_by": "phototag", "format": 1, "files": null}',
        '{"made_by": "phototag", "format": 1, "files": null}',
    ],
)
def test_a_list_that_is_none_of_ours_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / MANIFEST).write_text(text)
    with pytest.raises(UsageError, match="damaged, or of another phototag"):
        opened(tmp_path / "out")


def test_a_list_cannot_have_other_files_removed(tmp_path: Path) -> None:
    make(tmp_path / "out")
    (tmp_path / "mine.html").write_bytes(b"")
    files = ["../mine.html", str(tmp_path / "mine.html"), "people/../../mine.html", 7, None]
    (tmp_path / "out" / MANIFEST).write_text(json.dumps({"made_by": "phototag", "format": 1, "files": files}))
    make(tmp_path / "out")
    assert (tmp_path / "mine.html").exists()


def test_what_a_crash_left_goes_when_it_is_old(tmp_path: Path) -> None:
    make(tmp_path / "out", _1=b"a")
    for name, age_s in (("old12345", 7200), ("new12345", 0)):
        left = tmp_path / "out" / "people" / f".1.html.{name}.tmp"
        left.write_bytes(b"half")
        os.utime(left, (left.stat().st_mtime - age_s,) * 2)
    make(tmp_path / "out", _1=b"a")
    assert there(tmp_path / "out") == [MANIFEST, "people/.1.html.new12345.tmp", "people/1.html"]


def test_a_crash_while_the_first_list_was_written_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / f".{MANIFEST}.abcd1234.tmp").write_bytes(b"{")
    assert make(tmp_path / "out", _1=b"a") == (1, 0)


def test_a_folder_in_the_library_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "Pictures")
    for folder in (tmp_path / "Pictures", tmp_path / "Pictures" / "out", tmp_path / "link" / "out"):
        with pytest.raises(UsageError, match="lies in the library"):
            Showroom(tmp_path / "Pictures", folder)
