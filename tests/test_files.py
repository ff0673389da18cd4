from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from phototag.files import leftovers, replace_file, replacing, sha256, write_if_changed


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "note.txt"
    path.write_bytes(b"old")
    return path


def _refuse(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _only_file(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def test_a_new_file_appears_with_its_contents(tmp_path: Path) -> None:
    replace_file(tmp_path / "new.bin", b"\x00\xff\n")
    assert _only_file(tmp_path).read_bytes() == b"\x00\xff\n"


def test_an_old_file_gets_new_contents(note: Path) -> None:
    replace_file(note, b"new")
    assert note.read_bytes() == b"new"
    assert _only_file(note.parent) == note


def test_a_reader_of_the_old_file_keeps_the_old_contents(note: Path) -> None:
    with note.open("rb") as reader:
        replace_file(note, b"new")
        assert reader.read() == b"old"


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failure_leaves_the_old_file_and_nothing_else(note: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    monkeypatch.setattr(os, step, _refuse)
    with pytest.raises(OSError, match="No space left"):
        replace_file(note, b"new")
    assert note.read_bytes() == b"old"
    assert _only_file(note.parent) == note


def test_an_interrupt_leaves_the_old_file_and_nothing_else(note: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        replace_file(note, b"new")
    assert note.read_bytes() == b"old"
    assert _only_file(note.parent) == note


def test_a_file_system_that_cannot_flush_folders_keeps_the_new_file(
    note: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush = os.fsync

    def flush_files_only(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", flush_files_only)
    replace_file(note, b"new")
    assert note.read_bytes() == b"new"


def test_others_may_read_what_the_umask_lets_them(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        replace_file(tmp_path / "new", b"")
        assert os.umask(0o027) == 0o027  # as it was
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640


def test_a_folder_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        replace_file(tmp_path / "nowhere" / "new", b"")


def test_equal_contents_are_not_written_again(note: Path) -> None:
    os.utime(note, ns=(1, 1))
    assert not write_if_changed(note, b"old")
    assert note.stat().st_mtime_ns == 1


def test_other_contents_are_written(note: Path) -> None:
    assert write_if_changed(note, b"new")
    assert note.read_bytes() == b"new"


def test_a_missing_file_is_written(tmp_path: Path) -> None:
    assert write_if_changed(tmp_path / "new", b"")
    assert (tmp_path / "new").read_bytes() == b""


def test_sha256_is_that_of_the_contents(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")
    assert sha256(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_only_temporary_files_of_the_given_names_are_leftovers(tmp_path: Path) -> None:
    for name in (".a.db.abcd1234.tmp", ".a.db.abcd1234.tmp-journal", ".b.db.abcd1234.tmp", ".a.db.tmp", "a.db"):
        (tmp_path / name).touch()
    found = [path.name for path in leftovers(tmp_path, "a.db")]
    assert found == [".a.db.abcd1234.tmp", ".a.db.abcd1234.tmp-journal"]
    assert leftovers(tmp_path / "missing", "a.db") == []


def test_a_file_that_is_being_replaced_keeps_its_contents_until_the_end(note: Path) -> None:
    with replacing(note) as temporary:
        temporary.write_bytes(b"new")
        assert leftovers(note.parent, "note.txt") == [temporary]
        assert note.read_bytes() == b"old"
    assert note.read_bytes() == b"new"
    assert _only_file(note.parent) == note
