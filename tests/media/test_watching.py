"""Hints that something changed, by the real system."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from watchdog.observers import inotify_c

from phototag.media import watching
from phototag.media.watching import Hints, HintsError, network_mount

SOON_S, NEVER_S = 5.0, 0.3


@pytest.fixture
def hints(tmp_path: Path) -> Iterator[Hints]:
    (tmp_path / "Pictures" / ".phototag").mkdir(parents=True)
    (tmp_path / "Pictures" / "2020").mkdir()
    made = Hints(tmp_path / "Pictures", tmp_path / "Pictures" / ".phototag")
    made.listen()
    yield made
    made.close()


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "a.jpg").write_bytes(b""),
        lambda root: (root / "2020" / os.fsdecode(b"\xff.JPG")).write_bytes(b""),
        lambda root: (root / "new folder").mkdir(),
        lambda root: (root / "2020").rename(root / "2021"),
        lambda root: (root / "2020").rmdir(),
    ],
)
def test_what_may_concern_photos_rings(hints: Hints, tmp_path: Path, change: Callable[[Path], object]) -> None:
    change(tmp_path / "Pictures")
    assert hints.wait(SOON_S)
    hints.forget()
    time.sleep(0.1)
    hints.forget()
    assert not hints.wait(0)


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "a.txt").write_bytes(b""),
        lambda root: (root / "a.jpg.part").write_bytes(b""),
        lambda root: (root / ".hidden.jpg").write_bytes(b""),
        lambda root: (root / ".phototag" / "index.jpg").write_bytes(b""),
        lambda root: (root / ".phototag" / "sheets").mkdir(),
        lambda root: list((root / "2020").iterdir()),
    ],
)
def test_other_files_do_not(hints: Hints, tmp_path: Path, change: Callable[[Path], object]) -> None:
    change(tmp_path / "Pictures")
    assert not hints.wait(NEVER_S)


def test_to_read_a_photo_does_not_ring(hints: Hints, tmp_path: Path) -> None:
    photo = tmp_path / "Pictures" / "a.jpg"
    photo.write_bytes(b"x")
    time.sleep(NEVER_S)
    hints.forget()
    photo.read_bytes()
    assert not hints.wait(NEVER_S)


def test_a_folder_that_was_replaced_is_not_listened_to(hints: Hints, tmp_path: Path) -> None:
    assert not hints.is_deaf
    (tmp_path / "Pictures").rename(tmp_path / "away")
    assert hints.is_deaf
    (tmp_path / "Pictures").mkdir()
    assert hints.is_deaf
    hints.listen()
    assert not hints.is_deaf
    hints.forget()
    (tmp_path / "Pictures" / "a.jpg").write_bytes(b"")
    assert hints.wait(SOON_S)


@pytest.mark.parametrize("where", ["Observer.__init__", "Observer.start", "Observer.schedule"])
@pytest.mark.parametrize(
    ("number", "advice"),
    [(errno.ENOSPC, "max_user_watches"), (errno.EMFILE, "max_user_instances"), (errno.EIO, "Input/output error")],
)
def test_a_limit_of_the_system_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, number: int, advice: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(f"phototag.media.watching.{where}", refuse)
    with pytest.raises(HintsError, match=advice):
        Hints(tmp_path, tmp_path / ".phototag").listen()


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_a_limit_that_is_reached_further_down_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(5):
        (tmp_path / str(n)).mkdir()
    left = [4]
    as_ever = inotify_c.inotify_add_watch

    def add(*arguments: object) -> int:
        left[0] -= 1
        if left[0] >= 0:
            return as_ever(*arguments)
        ctypes.set_errno(errno.ENOSPC)
        return -1

    monkeypatch.setattr(inotify_c, "inotify_add_watch", add)
    with pytest.raises(HintsError, match="max_user_watches"):
        Hints(tmp_path, tmp_path / ".phototag").listen()


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="Linux")
def test_to_listen_anew_leaves_nothing_open(hints: Hints) -> None:
    def things() -> tuple[int, int]:
        return len(os.listdir("/proc/self/fd")), threading.active_count()  # noqa: PTH208

    hints.listen()
    before = things()
    for _ in range(5):
        hints.listen()
    assert things() == before


def test_a_network_folder_gives_no_hints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda / ext4 rw 0 0\nnas:/photos {tmp_path} nfs4 rw 0 0\n")
    monkeypatch.setattr(watching, "MOUNTS", mounts)
    with pytest.raises(HintsError, match=f"network folder {tmp_path} "):
        Hints(tmp_path, tmp_path / ".phototag").listen()


@pytest.mark.parametrize(
    ("root", "network"),
    [
        (b"/home/ann/Pictures", None),
        (b"/mnt/nas/Pictures", b"/mnt/nas"),
        (b"/mnt/nasty", None),
        (b"/mnt/my photos", b"/mnt/my photos"),
        (b"/mnt/nas/disk/2020", None),  # a local disk, put into the network folder
        (b"/srv", b"/srv/phone"),  # a network folder, put into the library
        (b"/mnt/usb", None),
        (b"/covered", None),  # what was mounted last is what is seen
    ],
)
def test_a_network_folder_is_told_from_the_list_of_mounts(root: bytes, network: bytes | None) -> None:
    mounts = [
        b"/dev/sda1 / ext4 rw 0 0",
        b"nas:/photos /mnt/nas nfs rw 0 0",
        rb"//nas/my /mnt/my\040photos cifs rw 0 0",
        b"/dev/sdb1 /mnt/nas/disk ext4 rw 0 0",
        b"ann@phone: /srv/phone fuse.sshfs rw 0 0",
        b"/dev/sdc1 /mnt/usb fuseblk rw 0 0",
        b"nas:/x /covered nfs rw 0 0",
        b"/dev/sdd1 /covered ext4 rw 0 0",
        b"broken",
    ]
    assert network_mount(root, mounts) == network
