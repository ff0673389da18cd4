"""Libraries as nobody would draw them, generated: they scan without an error, and every file is accounted for."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from phototag.app.disk import exclude, walk_of
from phototag.app.problems import listing
from phototag.app.scan import ScanReport, Workshop, scan
from phototag.engines import fake
from phototag.index import photos
from phototag.index.db import Index, open_for_writing
from phototag.media.darkroom import Here
from phototag.types import PhotoFile
from tests.conftest import BLUE, RED

pytestmark = pytest.mark.skipif(sys.platform in {"darwin", "win32"}, reason="names are any bytes on Linux only")


def _picture(colour: str, format_: str) -> bytes:
    file = BytesIO()
    Image.new("RGB", (40, 40), colour).save(file, format_)
    return file.getvalue()


CONTENTS = [b"", b"Dear diary", _picture(RED, "PNG"), _picture(BLUE, "JPEG"), _picture(RED, "PNG")[:60]]
ODD = [b"a", b"A", b"IMG_1", b"two\nlines", b"caf\xe9", b"[x]", b"-rf", b" ", b"'\"", b"Thumbs", b"x" * 200]
STEMS = st.one_of(
    st.sampled_from(ODD),
    st.binary(min_size=1, max_size=6).map(lambda name: name.replace(b"/", b"_").replace(b"\0", b"_")),
)
ENDS = st.sampled_from([b"", b".jpg", b".PNG", b".mp4", b".psd", b".xmp", b".photoslibrary", b".lrdata", b"."])
NAMES = st.builds(lambda stem, end: stem + end, STEMS, ENDS).filter(lambda name: name not in {b".", b".."})
PATHS = st.lists(NAMES, min_size=1, max_size=4).map(b"/".join)
PATTERNS = st.lists(st.sampled_from(["a", "*.jpg", "!a.jpg", "a/", "**/IMG_1*", "/A", "x*", "Thumbs/"]), max_size=3)


@dataclass
class Upheaval:
    """What happens to a library before a scan.

    Attributes:
        files: path -> contents; written.
        links: path -> where to, relative to the library or above.
        ignore: lines of a .phototagignore, by folder.
        removed: some paths.
        vanishing: paths that go when the scan opens its first photo.
        unreadable: end of the names of folders that cannot be listed.
    """

    files: dict[bytes, bytes]
    links: dict[bytes, bytes]
    ignore: list[str]
    removed: list[bytes]
    vanishing: list[bytes]
    unreadable: bytes | None


UPHEAVALS = st.builds(
    Upheaval,
    files=st.dictionaries(PATHS, st.sampled_from(CONTENTS), max_size=6),
    links=st.dictionaries(PATHS, st.one_of(PATHS, st.sampled_from([b".", b"..", b"/nowhere"])), max_size=3),
    ignore=PATTERNS,
    removed=st.lists(PATHS, max_size=2),
    vanishing=st.lists(PATHS, max_size=2),
    unreadable=st.one_of(st.none(), STEMS),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(UPHEAVALS, min_size=1, max_size=3), PATTERNS)
def test_any_library_is_scanned_and_accounted_for(upheavals: list[Upheaval], patterns: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder, _library(Path(folder)) as index:
        exclude(index, patterns)
        for upheaval in upheavals:
            _change(index.root, upheaval)
            with _adverse(index, upheaval) as shop:
                report = scan(index, shop)
            _require_sum(report)
        report = scan(index, _workshop(index))  # in peace: nothing is pending that a scan would not pick up
        _require_sum(report)
        _require_all_accounted_for(index)


@contextmanager
def _library(root: Path) -> Iterator[Index]:
    (root / "library" / ".phototag").mkdir(parents=True)
    index = open_for_writing(root / "library" / ".phototag", root / "library")
    try:
        yield index
    finally:
        index.close()


def _workshop(index: Index) -> Workshop:
    return Workshop(
        None,
        lambda _: fake.load(index.folder),
        lambda *_: None,
        lambda workers, _: ThreadPoolExecutor(workers),
        Here(),
        1,
        lambda items, **_: items,
    )


def _change(root: Path, upheaval: Upheaval) -> None:
    """Do it, as far as the file system and what is there allow."""
    for path in upheaval.removed:
        _remove(root / os.fsdecode(path))
    for path, contents in upheaval.files.items():
        with suppress(OSError):  # a file where a folder should be, or the other way around; a name that is too long
            _with_folders(root, path).write_bytes(contents)
    for path, target in upheaval.links.items():
        with suppress(OSError):
            _with_folders(root, path).symlink_to(root / os.fsdecode(target))
    (root / ".phototagignore").write_text("\n".join(upheaval.ignore))


def _with_folders(root: Path, path: bytes) -> Path:
    full = root / os.fsdecode(path)
    full.parent.mkdir(parents=True, exist_ok=True)
    return full


def _remove(path: Path) -> None:
    with suppress(OSError):
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


@contextmanager
def _adverse(index: Index, upheaval: Upheaval) -> Iterator[Workshop]:
    """A workshop in a world in which files vanish and folders cannot be listed."""
    scandir, top = os.scandir, os.fsencode(index.root)

    def refusing(folder: object) -> object:
        if upheaval.unreadable and isinstance(folder, bytes) and folder != top and folder.endswith(upheaval.unreadable):
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    def open_engine(_: str | None) -> object:
        for path in upheaval.vanishing:
            _remove(index.root / os.fsdecode(path))
        return fake.load(index.folder)

    with pytest.MonkeyPatch.context() as world:
        world.setattr("phototag.media.walk.os.scandir", refusing)
        yield replace(_workshop(index), open_engine=open_engine)


def _require_sum(report: ScanReport) -> None:
    of_files = [problem for problem in report.problems if "cannot be read" not in problem.reason]
    kinds = (report.new, report.changed, report.moved, report.unchanged, report.duplicates)
    assert report.seen == sum(kinds) + len(of_files)


def _require_all_accounted_for(index: Index) -> None:
    """Every file that is there is read, a problem, or passed over: by itself or with a folder around it."""
    found = listing(index)
    read = photos.files(index.db).keys()
    told = {one.path for one in (*found.problems, *found.passed_over)}
    assert not read & told
    assert {file.path for file in walk_of(index).entries() if isinstance(file, PhotoFile)} <= read | told
    folders = tuple(path for path in told if path.endswith(b"/"))
    root = os.fsencode(index.root)
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.relpath(folder + b"/" + name, root)
            hidden = any(part.startswith(b".") for part in path.split(b"/"))
            assert hidden or path in read or path in told or path.startswith(folders), path
