"""What is remembered of one state is never said of another, whoever wrote it."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from phototag.index import faces, people, photos
from phototag.index.db import STATE, Index, get_meta, open_for_reading, open_for_writing, still, transaction
from phototag.index.memory import Memory, Remembered
from phototag.index.spots import Spot
from tests.index.conftest import LEFT, RIGHT, name, put_photo


def counted(folder: Path, memory: Memory) -> tuple[int, list[str]]:
    with closing(still(open_for_reading(folder), memory)) as index:
        return index.once(faces.count_faces), [person.name for person in index.once(people.count_people)]


def test_a_state_is_counted_once(index: Index) -> None:
    put_photo(index, "a.jpg", "aa", [LEFT, RIGHT])
    memory, asked = Memory(), []

    def count(_: object, what: str) -> int:
        asked.append(what)
        return len(asked)

    for what in ("one", "other", "one"):
        with closing(still(open_for_reading(index.folder), memory)) as reader:
            assert reader.once(count, what) == {"one": 1, "other": 2}[what]
    assert asked == ["one", "other"]


def test_every_write_is_seen(index: Index) -> None:
    memory = Memory()
    face, _ = put_photo(index, "a.jpg", "aa", [LEFT, RIGHT])
    assert counted(index.folder, memory) == (2, [])
    name(index, "elon", Spot(face, "aa", LEFT))
    assert counted(index.folder, memory) == (2, ["elon"])
    with transaction(index.db):
        photos.forget_files(index.db, [b"a.jpg"])
    assert counted(index.folder, memory) == (0, ["elon"])


def test_what_another_process_writes_is_seen(index: Index) -> None:
    memory = Memory()
    put_photo(index, "a.jpg", "aa", [LEFT])
    assert counted(index.folder, memory) == (1, [])
    program = """
import sys
from pathlib import Path
from phototag.index.db import open_for_writing
from tests.index.conftest import RIGHT, put_photo
put_photo(open_for_writing(Path(sys.argv[1])), "b.jpg", "bb", [RIGHT])
"""
    subprocess.run([sys.executable, "-c", program, str(index.folder)], check=True)
    assert counted(index.folder, memory) == (2, [])


def test_who_reads_an_earlier_state_is_told_of_that(index: Index) -> None:
    memory = Memory()
    put_photo(index, "a.jpg", "aa", [LEFT])
    with closing(still(open_for_reading(index.folder), memory)) as earlier:
        put_photo(index, "b.jpg", "bb", [LEFT])
        assert counted(index.folder, memory) == (2, [])
        assert earlier.once(faces.count_faces) == 1
    assert counted(index.folder, memory) == (2, [])


def test_the_mark_changes_with_what_is_written_and_only_then(index: Index) -> None:
    put_photo(index, "a.jpg", "aa", [LEFT])
    before = get_meta(index.db, STATE)
    with transaction(index.db):
        index.db.execute("DELETE FROM files WHERE path = 'none'")
    assert get_meta(index.db, STATE) == before
    with transaction(index.db):
        index.db.execute("DELETE FROM files")
    assert get_meta(index.db, STATE) not in (None, before)


def test_nothing_is_remembered_of_an_index_without_a_mark(index: Index) -> None:
    index.db.execute("DELETE FROM meta WHERE key = ?", (STATE,))
    memory = Memory()
    assert counted(index.folder, memory) == (0, [])
    with closing(still(open_for_reading(index.folder), memory)) as reader:
        assert reader.remembered is None


def test_nothing_is_remembered_while_it_is_written(index: Index) -> None:
    with closing(open_for_writing(index.folder)) as writer:
        assert writer.once(faces.count_faces) == 0
        put_photo(writer, "a.jpg", "aa", [LEFT])
        assert writer.once(faces.count_faces) == 1


def test_of_threads_that_ask_at_once_one_counts() -> None:
    remembered, began, asked = Remembered(), threading.Event(), []

    def count() -> int:
        asked.append(1)
        began.wait(5)
        return 7

    with ThreadPoolExecutor(4) as threads:
        answers = [threads.submit(remembered.once, "faces", count) for _ in range(4)]
        began.set()
        assert [answer.result() for answer in answers] == [7] * 4
    assert asked == [1]
