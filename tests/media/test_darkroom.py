from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from phototag.errors import PhotoError, TooLargeError
from phototag.media import darkroom
from phototag.media.child import SHELF_BYTES, Child, Job
from phototag.media.darkroom import Apart, Developed, Here
from phototag.types import PhotoFile, Sidecar, TakenFrom
from tests import hostile
from tests.conftest import BLUE, RED, draw_photo

ROOM = Apart(seconds=2, work=hostile.work)
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can")


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """No child has worked before, and none is left."""
    darkroom.close()
    yield
    darkroom.close()


def as_listed(path: Path) -> PhotoFile:
    status = path.stat()
    return PhotoFile(path.name.encode(), status.st_size, status.st_mtime_ns)


def opened(path: Path, room: darkroom.Darkroom = ROOM, long_side: int | None = 1000) -> Developed:
    return room.develop(path.parent, as_listed(path), long_side)


def refusal(path: Path, room: darkroom.Darkroom = ROOM) -> str:
    with pytest.raises(PhotoError) as refused:
        opened(path, room)
    return str(refused.value)


def children() -> list[int]:
    """Processes of ours, by number, the finished ones too."""
    return [int(pid) for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()]


def test_a_picture_is_the_same_here_and_apart(tmp_path: Path) -> None:
    for name in ("a.png", "b.jpg"):
        path = draw_photo(tmp_path / name, [RED, BLUE])
        here, apart = opened(path, Here()), opened(path)
        assert here.picture is not None
        assert apart.picture is not None
        assert np.array_equal(here.picture.pixels, apart.picture.pixels)
        assert (here.hash, here.shown) == (apart.hash, apart.shown)
        assert replace(here.picture, pixels=None) == replace(apart.picture, pixels=None)  # type: ignore[arg-type]
        assert set(apart.seconds) == {"hash", "decode"}


def test_what_is_too_large_for_the_shelf_comes_too() -> None:
    child = Child("tests.hostile")
    for length in (SHELF_BYTES, SHELF_BYTES + 1, 3, 0):
        found = child.do(Job(bytes, partial(hostile.large_result, length), seconds=20, megabytes=1000))
        assert [len(array) for array in found] == [length, 1]
        assert {*found[0][-1:].tolist(), *found[1].tolist()} == ({5, 7} if length else {7})
    child.end()


def test_a_file_can_be_named_without_decoding_it(tmp_path: Path) -> None:
    path = draw_photo(tmp_path / "a.png", [RED])
    found = opened(path, long_side=None)
    assert found.picture is None
    assert found.hash == opened(path).hash


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("hang", "The picture took longer than 2 s to decode."),
        ("crash", "The decoder crashed on this file."),
        ("abort", "The decoder crashed on this file."),
        ("leave", "The decoder crashed on this file."),
        pytest.param("hang_in_c", "The picture took longer than 2 s to decode.", marks=ON_LINUX),
        pytest.param("memory", "The picture needs more than 1,000 MB of memory to decode.", marks=ON_LINUX),
    ],
)
def test_a_hostile_file_costs_that_file_only(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], deed: str, reason: str
) -> None:
    good, bad = draw_photo(tmp_path / "good.png", [RED]), draw_photo(tmp_path / f"{deed}.png", [RED])
    for _ in range(2):
        assert opened(good).picture is not None
        assert refusal(bad) == reason
    assert opened(good).picture is not None
    assert capfd.readouterr() == ("", "")


def test_who_allows_larger_pictures_allows_the_memory_for_them(tmp_path: Path) -> None:
    path = draw_photo(tmp_path / "memory.png", [RED])
    assert opened(path, replace(ROOM, max_megapixels=1000)).picture is not None


def test_what_an_earlier_file_left_behind_is_not_this_ones_fault(tmp_path: Path) -> None:
    for name in ("spoil", "stumble"):
        assert opened(draw_photo(tmp_path / f"{name}.png", [RED])).picture is not None


def test_a_child_that_the_system_kills_says_nothing_about_the_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="memory"):
        opened(draw_photo(tmp_path / "killed.png", [RED]))


def test_a_decoder_that_talks_is_not_heard(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert opened(draw_photo(tmp_path / "talk.png", [RED])).picture is not None
    assert capfd.readouterr() == ("", "")


def test_what_else_goes_wrong_is_told(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="RecursionError: too deep"):
        opened(draw_photo(tmp_path / "raise.png", [RED]))


def test_reading_a_file_is_not_decoding_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "a.png")
    data = draw_photo(tmp_path / "b.png", [RED]).read_bytes()

    def slow() -> None:
        time.sleep(2.5)
        (tmp_path / "a.png").write_bytes(data)

    writer = threading.Thread(target=slow)
    writer.start()
    found = ROOM.develop(tmp_path, PhotoFile(b"a.png", len(data), 1), 100)
    writer.join()
    assert found.picture is not None
    monkeypatch.setattr("phototag.media.child.READ_SECONDS", 0.5)
    with pytest.raises(TimeoutError, match=r"longer than 0\.5 s"):
        ROOM.develop(tmp_path, PhotoFile(b"a.png", len(data), 1), 100)


def test_a_file_that_is_gone_or_changes_or_may_not_be_read_is_told_as_it_is(tmp_path: Path) -> None:
    path = draw_photo(tmp_path / "a.png", [RED])
    file = as_listed(path)
    with pytest.raises(BlockingIOError, match="changing"):
        ROOM.develop(tmp_path, replace(file, size=file.size + 1), 100)
    with pytest.raises(IsADirectoryError):
        ROOM.develop(tmp_path.parent, PhotoFile(tmp_path.name.encode(), 1, 1), 100)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        ROOM.develop(tmp_path, file, 100)


@pytest.mark.parametrize("extension", hostile.HUGE_FILES)
def test_a_small_file_that_says_it_is_huge_is_refused_at_once(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"a.{extension}"
    path.write_bytes(hostile.HUGE_FILES[extension]())
    with pytest.raises(TooLargeError, match="more than the limit of 200 megapixels"):
        opened(path)


def test_a_webp_that_says_it_is_huge_is_refused_too(tmp_path: Path) -> None:
    (tmp_path / "a.webp").write_bytes(hostile.huge_webp())
    assert "cannot be decoded" in refusal(tmp_path / "a.webp")  # Pillow takes the memory before it tells the size


@pytest.mark.parametrize("extension", ["jpg", "png", "webp", "gif", "tif", "bmp", "avif", "heic"])
def test_a_file_that_is_cut_off_is_a_problem_wherever_it_is_cut(tmp_path: Path, extension: str) -> None:
    whole = tmp_path / f"whole.{extension}"
    Image.effect_noise((300, 200), 90).convert("RGB").save(whole)
    data = whole.read_bytes()
    for share in (0.02, 0.3, 0.6):
        cut = tmp_path / f"cut.{extension}"
        cut.write_bytes(data[: int(len(data) * share)])
        assert refusal(cut).endswith(".")
    assert opened(whole).picture is not None


@pytest.mark.parametrize("extension", ["jpg", "png", "webp", "tif"])
def test_absurd_exif_does_not_matter(tmp_path: Path, extension: str) -> None:
    exif = b"Exif\0\0II*\0" + b"\x08\0\0\0" + b"\xff\xff" + b"\x12\x01\3\0\xff\xff\xff\xff\xff\xff\xff\xff" * 40
    path = tmp_path / f"a.{extension}"
    image = Image.new("RGB", (320, 200), RED)
    if extension == "tif":
        image.save(path, tiffinfo={274: 77, 306: "9999:99:99 99:99:99"})
    else:
        image.save(path, exif=exif)
    found = opened(path)
    assert (found.shown.orientation, found.shown.taken_from) == (1, TakenFrom.MTIME)
    assert opened(path, long_side=None).shown == found.shown


@ON_LINUX
def test_children_are_kept_and_end_when_they_are_told(tmp_path: Path) -> None:
    path = draw_photo(tmp_path / "a.png", [RED])
    before = set(children())
    opened(path)
    kept = set(children()) - before
    opened(path)
    assert set(children()) - before == kept
    assert len(kept) == 1
    darkroom.close()
    assert set(children()) == before


def test_threads_have_a_child_each(tmp_path: Path) -> None:
    paths = [draw_photo(tmp_path / f"{i}.png", [RED], (300 + i, 200)) for i in range(20)]
    with ThreadPoolExecutor(3) as executor:
        found = list(executor.map(opened, paths))
    assert [developed.picture and developed.picture.width for developed in found] == [300 + i for i in range(20)]
    assert 1 <= len(darkroom._idle) <= 3


def test_a_child_that_ended_while_it_was_idle_is_replaced(tmp_path: Path) -> None:
    path = draw_photo(tmp_path / "a.png", [RED])
    opened(path)
    darkroom._idle[0]._process.kill()
    darkroom._idle[0]._process.wait()
    assert opened(path).picture is not None


@ON_LINUX
def test_a_forked_process_does_not_use_its_parents_child(tmp_path: Path) -> None:
    path = draw_photo(tmp_path / "a.png", [RED])
    opened(path)
    forked = os.fork()
    if forked == 0:
        os._exit(len(darkroom._idle))
    assert os.waitpid(forked, 0)[1] == 0
    assert opened(path).picture is not None


HOLDER = """
import sys
from pathlib import Path
from phototag.media import darkroom
from phototag.media.child import SHELF_BYTES, Child, Job
from phototag.types import PhotoFile, Sidecar, TakenFrom
from tests import hostile

root, name = Path(sys.argv[1]), sys.argv[2]
darkroom.start(1)
print(darkroom._idle[0]._process.pid, flush=True)
file = PhotoFile(name.encode(), (root / name).stat().st_size, 1)
darkroom.Apart(seconds=600, work=hostile.work).develop(root, file, 99)
print("done", flush=True)
sys.stdin.read()
"""


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _soon(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and not condition():
        time.sleep(0.05)
    return condition()


@ON_LINUX
@pytest.mark.parametrize("deed", ["hang", "hang_in_c", "good"])
def test_a_child_ends_with_its_parent_whatever_it_does(tmp_path: Path, deed: str) -> None:
    path = draw_photo(tmp_path / f"{deed}.png", [RED])
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, path.parent, path.name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    ) as holder:
        assert holder.stdout is not None
        assert holder.stderr is not None
        child = int(holder.stdout.readline())
        if deed == "good":
            assert holder.stdout.readline() == "done\n"
        else:
            time.sleep(1.5)
        assert _runs(child)
        holder.kill()
        assert _soon(lambda: not _runs(child))
        assert holder.stderr.read() == ""


@ON_LINUX
def test_a_child_loads_no_engine(tmp_path: Path) -> None:
    opened(draw_photo(tmp_path / "a.png", [RED]))
    maps = Path(f"/proc/{darkroom._idle[0]._process.pid}/maps").read_text()
    assert "numpy" in maps
    assert "openvino" not in maps
    assert "site-packages/scipy/" not in maps


TURNED = b"""<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
<rdf:Description xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:Orientation='6'/></rdf:RDF></x:xmpmeta>"""
LAUGHS = (
    b"<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '" + b"&a;" * 1000 + b"'>]><x Orientation=''>" + b"&b;" * 1000 + b"</x>"
)


def beside(path: Path, data: bytes) -> Sidecar:
    """Write a sidecar."""
    sidecar = path.with_name(path.name + ".xmp")
    sidecar.write_bytes(data)
    return Sidecar(sidecar.name.encode(), len(data), 1)


@pytest.mark.parametrize("room", [Here(), ROOM])
def test_a_sidecar_turns_a_photo_that_tells_nothing_itself(tmp_path: Path, room: darkroom.Darkroom) -> None:
    path = draw_photo(tmp_path / "a.png", [RED])
    sidecar = beside(path, TURNED)
    for long_side in (1000, None):
        found = room.develop(tmp_path, replace(as_listed(path), sidecar=sidecar), long_side)
        assert (found.shown.orientation, found.shown.is_turn_own, found.sidecar) == (6, False, sidecar)
        assert found.picture is None or found.picture.pixels.shape[:2] == (320, 200)


@pytest.mark.parametrize("room", [Here(), ROOM])
@pytest.mark.parametrize("data", [b"", b"Orientation", TURNED[:-20], LAUGHS, b"\0" * 10_000_001])
def test_a_broken_sidecar_tells_nothing(tmp_path: Path, room: darkroom.Darkroom, data: bytes) -> None:
    path = draw_photo(tmp_path / "a.png", [RED])
    sidecar = beside(path, data)
    assert room.turn(tmp_path, sidecar) is None
    assert room.develop(tmp_path, replace(as_listed(path), sidecar=sidecar), None).shown.orientation == 1


@pytest.mark.parametrize("deed", ["hang", "crash"])
def test_a_sidecar_that_breaks_the_child_tells_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deed: str
) -> None:
    path = draw_photo(tmp_path / "a.png", [RED])
    file = replace(as_listed(path), sidecar=beside(path, TURNED))
    monkeypatch.setattr(darkroom, "_told", getattr(hostile, f"_{deed}_on"))
    assert ROOM.turn(tmp_path, file.sidecar) is None  # type: ignore[arg-type]
    assert ROOM.develop(tmp_path, file, 1000).shown.orientation == 1


def test_a_sidecar_that_cannot_be_read_now_was_not_asked(tmp_path: Path) -> None:
    path = draw_photo(tmp_path / "a.png", [RED])
    sidecar = beside(path, TURNED)
    for odd in (replace(sidecar, size=sidecar.size + 1), replace(sidecar, size=1), Sidecar(b"gone.xmp", 1, 1)):
        with pytest.raises(OSError):
            ROOM.turn(tmp_path, odd)
        found = ROOM.develop(tmp_path, replace(as_listed(path), sidecar=odd), None)
        assert (found.shown.orientation, found.sidecar) == (1, None)
