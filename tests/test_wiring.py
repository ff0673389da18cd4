from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

from phototag import wiring

HOLDER = """
import sys, time
from phototag import wiring

if __name__ == "__main__":
    with wiring.open_executor(2, photos=1000) as executor:
        print(*{executor.submit(wiring.os.getpid).result() for _ in range(50)}, flush=True)
        time.sleep(60)
"""


def test_a_few_photos_are_not_worth_a_process() -> None:
    with (
        wiring.open_executor(2, photos=wiring.FEW_PHOTOS) as few,
        wiring.open_executor(2, wiring.FEW_PHOTOS + 1) as many,
    ):
        assert isinstance(few, ThreadPoolExecutor)
        assert isinstance(many, ProcessPoolExecutor)


def test_processes_do_the_work_and_not_we() -> None:
    with wiring.open_executor(2, photos=1000) as executor:
        assert executor.submit(os.getpid).result() != os.getpid()


def test_starting_workers_leaves_our_ctrl_c_as_it_was() -> None:
    before = signal.getsignal(signal.SIGINT)
    with wiring.open_executor(2, photos=1000):
        assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "holder.py"
    script.write_text(HOLDER)
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        workers = [int(word) for word in holder.stdout.readline().split()]
        assert workers
        holder.kill()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and any(_runs(worker) for worker in workers):
        time.sleep(0.05)
    assert not any(_runs(worker) for worker in workers)


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
