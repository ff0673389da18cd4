"""Watching a library, with the real system's hints and the fake engine."""

from __future__ import annotations

import itertools
import json
import os
import queue
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from phototag import wiring
from phototag.app import groups, scan
from phototag.app.analyse import Outcome, Worker
from phototag.app.evidence import Evidence
from phototag.app.watch import Batch, Library, Pace, Settling, Watch
from phototag.engines import fake
from phototag.errors import DamagedError, LockedError
from phototag.index import db, lock, photos
from phototag.index.db import Index
from phototag.media.darkroom import Here
from phototag.media.walk import Changes
from phototag.settings import Settings
from phototag.types import Choice, PhotoFile, Sidecar
from tests.conftest import BLUE, GREEN, RED, Command, draw_photo

QUICK = Pace(settled_s=0.15, batch_s=1.0, check_s=0.05)
SOON_S, QUIET_S = 60.0, 0.6


class Watched:
    """A watch in a thread, and what it told."""

    def __init__(self, root: Path, pace: Pace, folder: Path | None = None) -> None:
        self.root = root
        self.said: list[str] = []
        self.told: queue.Queue[Batch | BaseException | None] = queue.Queue()
        settings = Settings(root, folder or root / ".phototag", root.parent, root.parent / "state")
        self.settings = settings
        with wiring.writing(settings, "watch", self.said.append, create=True):
            pass
        library = Library(
            root,
            settings.index or root,
            lambda: wiring.reading(settings),
            lambda: wiring.writing(settings, "watch", lambda _: None),
        )
        shop = scan.Workshop(
            Choice("fake"), lambda _: fake.load(root), lambda *_: None, self._pool, Here(), 2, lambda items, **_: items
        )
        self.watch = Watch(library, shop, pace, self.said.append)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    @staticmethod
    @contextmanager
    def _pool(workers: int, photos: int) -> Iterator[ThreadPoolExecutor]:
        with ThreadPoolExecutor(workers) as pool:
            yield pool

    def _run(self) -> None:
        try:
            for batch in self.watch.batches():
                self.told.put(batch)
            self.told.put(None)
        except BaseException as error:
            self.told.put(error)

    def batch(self) -> Batch:
        """The next one."""
        told = self.told.get(timeout=SOON_S)
        assert isinstance(told, Batch), told
        return told

    def batches(self, photos: int) -> list[Batch]:
        """The next ones, until so many photos were new."""
        found: list[Batch] = []
        while sum(batch.kinds.get("new", 0) for batch in found) < photos:
            found.append(self.batch())
        return found

    def is_quiet(self) -> bool:
        """Whether nothing is told for a while."""
        try:
            self.told.get(timeout=QUIET_S)
        except queue.Empty:
            return True
        return False

    def wait_until_said(self, text: str) -> None:
        """Wait until something was said that has this text in it."""
        end = time.monotonic() + SOON_S
        while not any(text in line for line in self.said):
            assert time.monotonic() < end, self.said
            time.sleep(0.02)

    def stop(self) -> None:
        """End the watch and its thread."""
        self.watch.stop()
        self._thread.join()


Start = Callable[..., Watched]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a watch that ends with the test."""
    running: list[Watched] = []

    def begin(root: Path, pace: Pace = QUICK, folder: Path | None = None) -> Watched:
        running.append(Watched(root, pace, folder))
        return running[-1]

    yield begin
    for watched in running:
        watched.stop()


def file(path: bytes, size: int = 1, mtime_ns: int = 1) -> PhotoFile:
    return PhotoFile(path, size, mtime_ns)


def ready(settling: Settling, now_s: float, *fresh: PhotoFile, missing: tuple[bytes, ...] = ()) -> list[bytes]:
    found = settling.ready(Changes((), fresh, missing), now_s)
    return [*(file.path for file in found.fresh), *found.missing]


def test_a_photo_is_whole_when_its_sidecar_is_and_read_again_when_that_turns_it_again() -> None:
    settling = Settling(Pace(settled_s=2))
    one, other = (PhotoFile(b"a", 1, 1, Sidecar(b"a.xmp", 1, mtime_ns)) for mtime_ns in (1, 2))
    assert ready(settling, 10, one) == []
    assert ready(settling, 12, other) == []
    assert ready(settling, 14, other) == [b"a"]
    settling.done(Changes((), (other,), ()))
    assert ready(settling, 16, other) == []
    assert ready(settling, 18, one) == []
    assert ready(settling, 20, one) == [b"a"]


def test_a_sidecar_turns_a_photo_while_it_is_watched(tmp_path: Path, start: Start) -> None:
    draw_photo(tmp_path / "P" / "a.png", [RED])
    watched = start(tmp_path / "P")
    watched.batches(1)
    for told in ("6", "", "3"):
        (tmp_path / "P" / "a.png.xmp").write_text(
            "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
            f"<rdf:Description xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:Orientation='{told}'/>"
            "</rdf:RDF></x:xmpmeta>"
        )
        batch = watched.batch()
        assert (batch.kinds, batch.problems) == ({}, ())
        with wiring.reading(watched.settings) as index:
            assert photos.picture_at(index.db, b"a.png")[1] == int(told or 1)  # type: ignore[index]
    assert watched.is_quiet()


def test_a_file_is_whole_when_two_looks_found_it_the_same() -> None:
    settling = Settling(Pace(settled_s=2))
    assert ready(settling, 10, file(b"a")) == []
    assert ready(settling, 11, file(b"a")) == []
    assert ready(settling, 12, file(b"a", size=2)) == []
    assert ready(settling, 13.9, file(b"a", size=2)) == []
    assert ready(settling, 14, file(b"a", size=2)) == [b"a"]


def test_whole_files_wait_for_growing_ones_but_not_for_ever() -> None:
    settling = Settling(Pace(settled_s=2, batch_s=10))
    found = {now: ready(settling, now, file(b"a"), file(b"b", size=now)) for now in range(14)}
    assert [now for now, paths in found.items() if paths] == [12, 13]
    assert found[12] == [b"a"]


def test_a_path_is_gone_when_two_looks_missed_it() -> None:
    settling = Settling(Pace(settled_s=2))
    assert ready(settling, 0, missing=(b"a", b"b")) == []
    assert ready(settling, 2, missing=(b"a",)) == [b"a"]


def test_a_file_that_could_not_be_read_is_not_tried_again_until_it_changes() -> None:
    settling = Settling(Pace(settled_s=2))
    ready(settling, 0, file(b"a"))
    settling.done(settling.ready(Changes((), (file(b"a"),), ()), 2))
    assert not settling.is_waiting
    assert ready(settling, 4, file(b"a")) == []
    assert ready(settling, 6, file(b"a")) == []
    assert not settling.is_waiting
    assert ready(settling, 8, file(b"a", size=2)) == []
    assert ready(settling, 10, file(b"a", size=2)) == [b"a"]


@pytest.mark.parametrize("poll_s", [None, 0.05])
def test_photos_are_tagged_as_they_appear(start: Start, library: Path, phototag: Command, poll_s: float | None) -> None:
    phototag("scan", library, "--engine", "fake")
    phototag("name-cluster", 1, "--as", "elon", "--library", library)
    watched = start(library, Pace(settled_s=0.15, check_s=0.05, poll_s=poll_s))
    assert watched.is_quiet()
    draw_photo(library / "new" / "party.png", [RED, GREEN, BLUE], (600, 200))
    batch = watched.batch()
    assert dict(batch.kinds) == {"new": 1}
    assert (batch.faces, dict(batch.people), batch.unknown) == (3, {"elon": 1}, 2)
    assert (library / ".phototag" / "tags.jsonl").read_bytes().count(b'"source": "auto"') == 1
    (library / "new").rename(library / "old")
    assert dict(watched.batch().kinds) == {"moved": 1}
    shutil.rmtree(library / "old")
    assert dict(watched.batch().kinds) == {"gone": 1}
    assert watched.is_quiet()
    assert watched.said == []


def test_what_is_there_already_comes_first(start: Start, library: Path) -> None:
    watched = start(library)
    assert watched.batch().faces == 6
    assert watched.is_quiet()


def test_a_file_that_is_written_in_pieces_is_read_once_and_whole(
    start: Start, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: Counter[bytes] = Counter()
    as_ever = Worker.analyse

    def counted(self: Worker, file: PhotoFile) -> Outcome:
        read[file.path] += 1
        return as_ever(self, file)

    monkeypatch.setattr(Worker, "analyse", counted)
    watched = start(library, Pace(settled_s=0.4, batch_s=0.5, check_s=0.05))
    watched.batch()
    data = draw_photo(library.parent / "slow.png", [RED], (1000, 800)).read_bytes()
    with (library / "slow.png").open("wb", buffering=0) as slow:
        for piece in range(20):
            slow.write(data[piece * len(data) // 20 : (piece + 1) * len(data) // 20])
            time.sleep(0.1)
            if piece == 3:
                draw_photo(library / "quick.png", [BLUE], (330, 201))
    batches = watched.batches(2)
    assert [batch.problems for batch in batches] == [(), ()]  # the quick one did not wait for the slow one
    assert (read[b"quick.png"], read[b"slow.png"]) == (1, 1)


def test_a_burst_is_a_few_batches(start: Start, library: Path) -> None:
    watched = start(library)
    watched.batch()
    data = draw_photo(library.parent / "a.png", [RED], (40, 40)).read_bytes()
    for n in range(1000):
        path = library / f"{n % 20}" / f"{n}.png"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data + n.to_bytes(2))
    batches = watched.batches(1000)
    assert sum(batch.kinds["new"] for batch in batches) == 1000
    assert len(batches) <= 5


def test_what_is_hidden_or_no_photo_is_left_alone(start: Start, library: Path) -> None:
    watched = start(library)
    watched.batch()
    draw_photo(library / "@eaDir" / "thumb.png", [RED])
    draw_photo(library / ".trash" / "a.png", [RED])
    (library / "a.jpg.part").write_bytes(b"x")
    assert watched.is_quiet()


def test_a_damaged_file_is_told_once(start: Start, library: Path) -> None:
    watched = start(library)
    watched.batch()
    (library / "bad.jpg").write_bytes(b"no picture")
    batch = watched.batch()
    assert [problem.path for problem in batch.problems] == [b"bad.jpg"]
    draw_photo(library / "a.png", [RED])
    assert watched.batch().problems == ()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told_once(start: Start, library: Path) -> None:
    watched = start(library)
    watched.batch()
    draw_photo(library.parent / "a.png", [RED]).chmod(0)
    (library.parent / "a.png").rename(library / "a.png")
    assert [problem.path for problem in watched.batch().problems] == [b"a.png"]
    draw_photo(library / "b.png", [RED], (333, 200))
    assert watched.batch().problems == ()
    assert watched.is_quiet()


@pytest.mark.parametrize("empty", [True, False])
@pytest.mark.parametrize("inside", [True, False])
def test_a_disk_that_is_taken_away_loses_nothing(
    start: Start, library: Path, phototag: Command, tmp_path: Path, empty: bool, inside: bool
) -> None:
    folder = library / ".phototag" if inside else tmp_path / "Index"
    watched = start(library, folder=folder)
    watched.batch()
    before = folder / "tags.jsonl"
    tags = before.read_bytes()
    library.rename(tmp_path / "away")
    if empty:
        library.mkdir()  # a mount point
    watched.wait_until_said("Is its disk connected? Nothing is forgotten. Waiting.")
    assert watched.is_quiet()
    if empty:
        library.rmdir()
    (tmp_path / "away").rename(library)
    watched.wait_until_said("Going on.")
    assert before.read_bytes() == tags
    assert watched.is_quiet()
    draw_photo(library / "new.png", [GREEN], (350, 200))
    assert dict(watched.batch().kinds) == {"new": 1}
    assert watched.said.count("Going on.") == 1


def test_a_library_without_any_photo_left_is_not_believed(start: Start, library: Path, tmp_path: Path) -> None:
    watched = start(library)
    watched.batch()
    for entry in [*library.iterdir()]:
        if entry.name != ".phototag":
            entry.rename(tmp_path / entry.name)
    watched.wait_until_said("There is no photo left")
    assert watched.is_quiet()
    with wiring.reading(watched.settings) as index:
        assert len(scan.photos.files(index.db)) == 6
    (tmp_path / "2020").rename(library / "2020")
    assert dict(watched.batch().kinds) == {"gone": 4}


def test_another_command_writes_meanwhile(start: Start, library: Path, phototag: Command) -> None:
    watched = start(library)
    watched.batch()
    assert watched.is_quiet()  # groups come a moment later
    assert phototag("name-cluster", 1, "--as", "elon", "--library", library) == 0
    draw_photo(library / "new.png", [RED], (350, 200))
    assert dict(watched.batch().people) == {"elon": 1}


def test_who_else_is_writing_is_waited_for(start: Start, library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "WAIT_S", 0.1)
    watched = start(library)
    watched.batch()
    with wiring.writing(watched.settings, "scan", lambda _: None):
        draw_photo(library / "new.png", [RED], (350, 200))
        watched.wait_until_said("Another phototag is writing")
    assert dict(watched.batch().kinds) == {"new": 1}
    assert watched.said[1:] == ["Going on."]


def test_what_another_scan_did_is_not_done_again(start: Start, library: Path, phototag: Command) -> None:
    watched = start(library)
    watched.batch()
    draw_photo(library / "new.png", [RED], (350, 200))
    phototag("scan", library, "--engine", "fake")
    while not watched.told.empty():  # a watch that came first is right, too
        watched.batch()
    assert watched.is_quiet()


def test_a_stop_in_the_middle_loses_nothing(start: Start, library: Path, phototag: Command) -> None:
    watched = start(library)
    watched.batch()
    for n in range(50):
        draw_photo(library / f"{n}.png", [RED], (300 + n, 200))
    time.sleep(0.3)
    watched.stop()
    assert phototag("scan", library, "--engine", "fake") == 0
    assert phototag("check", "--library", library) == 0


def test_groups_are_made_at_the_latest_when_that_has_rested(
    start: Start, library: Path, phototag: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    grouped: list[float] = []
    as_ever = groups.find_groups

    def slow(index: Index, known: Evidence) -> list[frozenset[str]]:
        grouped.append(time.monotonic())
        time.sleep(0.1)
        return as_ever(index, known)

    monkeypatch.setattr(groups, "find_groups", slow)
    watched = start(library)
    for n in range(3):
        watched.batch()
        draw_photo(library / f"{n}.png", [RED], (300 + n, 200))
    watched.batch()
    time.sleep(1.5)
    assert len(grouped) >= 2
    assert all(later - earlier > 0.9 for earlier, later in itertools.pairwise(grouped))
    count = len(grouped)
    time.sleep(1.2)
    assert len(grouped) == count  # there was nothing left to do
    assert phototag("clusters", "--json", "--library", library) == 0
    assert json.loads(phototag.out)["clusters"][0]["faces"] == 6


def groups_of(phototag: Command, library: Path) -> list[int]:
    """How many faces each unknown group has, ascending."""
    phototag("clusters", "--json", "--library", library)
    return sorted(group["faces"] for group in json.loads(phototag.out)["clusters"])


def test_who_decides_while_groups_are_made_is_right(
    start: Start, library: Path, phototag: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    phototag("scan", library, "--engine", "fake")
    as_ever = groups.find_groups

    def interrupted(index: Index, known: Evidence) -> list[frozenset[str]]:
        found = as_ever(index, known)
        if not known.labels:
            assert phototag("name-cluster", 1, "--as", "elon", "--library", library) == 0
        return found

    monkeypatch.setattr(groups, "find_groups", interrupted)
    draw_photo(library / "new.png", [GREEN], (350, 200))
    watched = start(library)
    watched.batch()
    assert watched.is_quiet()
    end = time.monotonic() + SOON_S
    while groups_of(phototag, library) != [2, 2]:
        assert time.monotonic() < end, groups_of(phototag, library)
        time.sleep(0.1)
    phototag("people", "--json", "--library", library)
    assert json.loads(phototag.out)["people"][0]["confirmed"] == 3


def test_without_hints_it_looks_again_from_time_to_time(
    start: Start, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("watchdog.observers.api.BaseObserver.schedule", refuse)
    monkeypatch.setattr("phototag.app.watch.POLL_S", 0.1)
    watched = start(library)
    watched.batch()
    draw_photo(library / "new.png", [RED], (350, 200))
    assert dict(watched.batch().kinds) == {"new": 1}
    assert len(watched.said) == 1
    assert "max_user_watches" in watched.said[0]


def test_what_no_hint_told_of_is_found_in_time(start: Start, library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("phototag.media.watching._Bell.dispatch", lambda *_: None)
    watched = start(library, Pace(settled_s=0.15, check_s=0.05, whole_s=0.5))
    watched.batch()
    draw_photo(library / "new.png", [RED], (350, 200))
    assert dict(watched.batch().kinds) == {"new": 1}


def test_a_damaged_index_ends_it(start: Start, library: Path) -> None:
    watched = start(library)
    watched.batch()
    assert watched.is_quiet()  # groups are made, the index is closed
    (library / ".phototag" / db.FILE).write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    draw_photo(library / "new.png", [RED], (350, 200))
    assert isinstance(watched.told.get(timeout=SOON_S), (DamagedError, LockedError))
