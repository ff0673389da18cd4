"""Copies of photos, and a look at them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import pytest

from phototag.app.handover import AT_ONCE, copy_photos, open_photos, system_opener
from phototag.errors import LibraryError, UsageError

T = TypeVar("T")


def progress(items: Iterable[T], *, label: str, total: int, unit: str) -> Iterable[T]:
    return items


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """a/1.jpg and b/1.jpg differ, c/1.jpg is as a/1.jpg."""
    root = tmp_path / "Pictures"
    for name, content in {"a": b"A", "b": b"B", "c": b"A"}.items():
        (root / name).mkdir(parents=True)
        (root / name / "1.jpg").write_bytes(content)
        os.utime(root / name / "1.jpg", (1000, 1000))
    return root


ALL = [b"a/1.jpg", b"b/1.jpg", b"c/1.jpg"]


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_another_photo_of_a_name_gets_a_number_and_the_same_is_copied_once(photos: Path, tmp_path: Path) -> None:
    report = copy_photos(photos, ALL, tmp_path / "new" / "out", progress)
    assert contents(tmp_path / "new" / "out") == {"1 (2).jpg": b"B", "1.jpg": b"A"}
    assert (report.copied, report.present, report.problems) == (2, 1, ())
    assert (tmp_path / "new" / "out" / "1.jpg").stat().st_mtime == 1000


def test_copying_twice_adds_nothing(photos: Path, tmp_path: Path) -> None:
    copy_photos(photos, ALL, tmp_path / "out", progress)
    report = copy_photos(photos, ALL, tmp_path / "out", progress)
    assert (report.copied, report.present) == (0, 3)
    assert len(contents(tmp_path / "out")) == 2


def test_what_is_there_is_never_overwritten(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "1.jpg").write_bytes(b"mine")
    (out / "1 (2).jpg").mkdir()
    (out / "1 (3).jpg").symlink_to("nowhere")
    copy_photos(photos, [b"a/1.jpg"], out, progress)
    assert (out / "1.jpg").read_bytes() == b"mine"
    assert (out / "1 (4).jpg").read_bytes() == b"A"


@pytest.mark.parametrize("folder", [".", "a", "new", ".phototag/x", "../link"])
def test_not_into_the_library(photos: Path, folder: str) -> None:
    (photos.parent / "link").symlink_to(photos / "a")
    before = sorted(photos.rglob("*"))
    with pytest.raises(UsageError, match="lies in the library"):
        copy_photos(photos, ALL, photos / folder, progress)
    assert sorted(photos.rglob("*")) == before


def test_a_photo_that_is_gone_is_a_problem_and_the_others_are_copied(photos: Path, tmp_path: Path) -> None:
    (photos / "a" / "1.jpg").unlink()
    report = copy_photos(photos, ALL[:2], tmp_path / "out", progress)
    assert [problem.path for problem in report.problems] == [b"a/1.jpg"]
    assert contents(tmp_path / "out") == {"1.jpg": b"B"}


def test_a_folder_that_is_a_file(photos: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(LibraryError, match="cannot be written to"):
        copy_photos(photos, ALL, tmp_path / "file", progress)


def test_what_cannot_be_finished_is_not_left_half(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("phototag.app.handover._pour", full)
    with pytest.raises(LibraryError, match="No space left"):
        copy_photos(photos, ALL, tmp_path / "out", progress)
    assert contents(tmp_path / "out") == {}


def test_links_in_order_are_opened(photos: Path, tmp_path: Path) -> None:
    opened: list[Path] = []
    folder = open_photos(photos, ALL[:2], opened.append)
    assert opened == [folder]
    assert folder is not None
    assert contents(folder) == {"1 1.jpg": b"A", "2 1.jpg": b"B"}


def test_without_links_the_first_are_opened(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError("A required privilege is not held by the client")

    opened: list[Path] = []
    monkeypatch.setattr(Path, "symlink_to", refused)
    assert open_photos(photos, ALL * 10, opened.append) is None
    assert len(opened) == AT_ONCE
    assert opened[0] == photos / "a" / "1.jpg"


def test_a_system_without_a_viewer_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("phototag.app.handover.sys.platform", "linux")
    monkeypatch.setattr("phototag.app.handover.shutil.which", lambda _: None)
    with pytest.raises(UsageError, match="There is no xdg-open"):
        system_opener()


def test_a_viewer_that_fails_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("phototag.app.handover.sys.platform", "linux")
    monkeypatch.setattr("phototag.app.handover.shutil.which", lambda _: "/bin/false")
    with pytest.raises(UsageError, match="could not open"):
        system_opener()(tmp_path)
