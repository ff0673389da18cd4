from __future__ import annotations

import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from phototag.app.analyse import Analysis, Hashed, Unreadable, Worker, run_bounded
from phototag.engines import fake
from phototag.errors import EngineError
from phototag.media.darkroom import Here
from phototag.types import PhotoFile
from tests.conftest import BLUE, RED, draw_photo


@pytest.fixture
def worker(tmp_path: Path) -> Worker:
    return Worker(fake.load(tmp_path), tmp_path, Here())


def as_listed(path: Path) -> PhotoFile:
    status = path.stat()
    return PhotoFile(path.name.encode(), status.st_size, status.st_mtime_ns)


def test_a_photo_becomes_its_faces(worker: Worker, tmp_path: Path) -> None:
    file = as_listed(draw_photo(tmp_path / "both.png", [RED, BLUE], (400, 200)))
    found = worker.analyse(file)
    assert isinstance(found, Analysis)
    assert (found.photo.width, found.photo.height) == (400, 200)
    assert len(found.faces) == len(found.vectors) == 2
    assert {face.photo for face in found.faces} == {found.photo.hash}
    assert np.linalg.norm(found.vectors, axis=1) == pytest.approx([1, 1])


def test_hashing_names_the_same_picture_as_analysing(worker: Worker, tmp_path: Path) -> None:
    file = as_listed(draw_photo(tmp_path / "a.jpg", [RED]))
    hashed, analysed = worker.hash(file), worker.analyse(file)
    assert isinstance(hashed, Hashed)
    assert isinstance(analysed, Analysis)
    assert hashed.hash == analysed.photo.hash


def test_a_file_that_vanished_has_no_reason(worker: Worker) -> None:
    assert worker.analyse(PhotoFile(b"gone.jpg", 1, 1)) == Unreadable(PhotoFile(b"gone.jpg", 1, 1), None)


def test_a_file_that_is_being_written_is_left_for_the_next_scan(worker: Worker, tmp_path: Path) -> None:
    file = as_listed(draw_photo(tmp_path / "a.jpg", [RED]))
    (tmp_path / "a.jpg").write_bytes((tmp_path / "a.jpg").read_bytes() + b"more")
    found = worker.analyse(file)
    assert isinstance(found, Unreadable)
    assert "next scan" in str(found.reason)
    assert not found.lasting


def test_a_folder_with_the_name_of_a_photo_is_a_problem(worker: Worker, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").mkdir()
    found = worker.analyse(PhotoFile(b"a.jpg", 1, 1))
    assert isinstance(found, Unreadable)
    assert "cannot be read" in str(found.reason)


def test_a_result_can_go_between_processes(worker: Worker, tmp_path: Path) -> None:
    found = worker.analyse(as_listed(draw_photo(tmp_path / "a.jpg", [RED])))
    assert isinstance(found, Analysis)
    again = pickle.loads(pickle.dumps(found))
    assert (again.file, again.photo, again.faces) == (found.file, found.photo, found.faces)


def test_no_more_items_are_taken_than_may_wait() -> None:
    taken: list[int] = []
    most_waiting = 0

    def items() -> object:
        for i in range(20):
            taken.append(i)
            yield i

    with ThreadPoolExecutor(2) as executor:
        for done, _ in enumerate(run_bounded(executor, str, items(), most=4), start=1):
            most_waiting = max(most_waiting, len(taken) - done)
    assert taken == list(range(20))
    assert most_waiting <= 4


def test_every_item_gives_one_result() -> None:
    with ThreadPoolExecutor(3) as executor:
        assert sorted(run_bounded(executor, lambda x: x * x, range(10), most=2)) == [x * x for x in range(10)]


def test_an_error_in_the_work_stops_it_and_cancels_what_waits() -> None:
    started: list[int] = []
    release = threading.Event()

    def work(i: int) -> int:
        started.append(i)
        if i == 0:
            raise ZeroDivisionError
        release.wait()
        return i

    with ThreadPoolExecutor(2) as executor:
        with pytest.raises(ZeroDivisionError):
            list(run_bounded(executor, work, range(100), most=50))
        release.set()
    assert len(started) < 10


def test_whatever_one_photo_does_to_the_engine_is_a_problem_of_that_photo(
    worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fake.FakeEngine, "detect", None)
    found = worker.analyse(as_listed(draw_photo(tmp_path / "a.jpg", [RED])))
    assert isinstance(found, Unreadable)
    assert "could not cope" in str(found.reason)


def test_an_engine_that_fails_for_all_photos_stops_the_scan(
    worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise EngineError("no runtime")

    monkeypatch.setattr(fake.FakeEngine, "detect", fail)
    with pytest.raises(EngineError):
        worker.analyse(as_listed(draw_photo(tmp_path / "a.jpg", [RED])))
