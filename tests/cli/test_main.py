from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from phototag import __version__
from phototag.cli.main import COMMANDS
from tests.conftest import Command

HEAVY = {
    *(
        "cv2",
        "dlib",
        "face_recognition",
        "fastapi",
        "numpy",
        "onnx",
        "onnxruntime",
        "openvino",
        "PIL",
        "scipy",
        "sklearn",
    ),
    *("starlette", "uvicorn"),
}


def test_help_lists_every_command(phototag: Command) -> None:
    assert phototag("--help") == 0
    for name, (_, line) in COMMANDS.items():
        assert name.split()[0] in phototag.out
        assert " " in name or line in " ".join(phototag.out.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(phototag: Command, name: str) -> None:
    assert phototag(*name.split(), "--help") == 0
    assert f"Usage: phototag {name}" in phototag.out
    assert COMMANDS[name][1] in " ".join(phototag.out.split())


def test_no_command_at_all_shows_the_help(phototag: Command) -> None:
    assert phototag() == 2
    assert "Usage: phototag" in phototag.out + phototag.err


def test_the_version_is_told(phototag: Command) -> None:
    assert phototag("--version") == 0
    assert phototag.out == f"{__version__}\n"


@pytest.mark.parametrize("wrong", [["fly"], ["clusters", "--colour"], ["name-cluster", "one", "--as", "x"], ["scan"]])
def test_what_makes_no_sense_is_a_usage_error(phototag: Command, wrong: list[str]) -> None:
    assert phototag(*wrong) == 2
    assert phototag.err


def test_a_fault_of_ours_is_said_to_be_one(phototag: Command, library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("phototag.app.disk.compare", None)
    assert phototag("scan", library, "--engine", "fake") == 70
    assert "a fault in phototag" in phototag.err
    assert "Traceback" in phototag.err


def _modules_after(*arguments: str) -> set[str]:
    script = (
        "import sys, json\nfrom phototag.cli.main import main\n"
        f"main({list(arguments)!r})\nsys.stderr.write(json.dumps(sorted({{m.split('.')[0] for m in sys.modules}})))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_help_loads_nothing_heavy() -> None:
    assert _modules_after("--help") & HEAVY == set()


def test_people_load_nothing_heavy(phototag: Command, library: Path) -> None:
    phototag("scan", library, "--engine", "fake")
    assert _modules_after("people", "--library", str(library)) & HEAVY == set()


def test_a_scan_with_nothing_to_do_loads_no_engine_and_no_scipy(phototag: Command, library: Path) -> None:
    phototag("scan", library, "--engine", "fake")
    assert _modules_after("scan", str(library)) & (HEAVY - {"numpy", "PIL", "cv2"}) == set()


def test_output_into_a_closed_pipe_is_no_fault(phototag: Command, library: Path) -> None:
    phototag("scan", library, "--engine", "fake")
    command = f"{sys.executable} -m phototag faces --library '{library}' | true"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
