"""python -m benchmarks upheavals [FOLDER...]: what is left of what a person said after everything that can happen.

On a copy of the sample library, and of each FOLDER: everybody is named by people.csv where there is one, else person 1,
person 2 and so on; some suggestions are refused and one group is ignored. Each upheaval has a copy of its own.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import tables
from benchmarks.metadata import captioned, turned
from benchmarks.photos import SAMPLE
from benchmarks.tables import Table
from phototag.core.geometry import intersection_over_union
from phototag.errors import ExitCode
from phototag.index import faces, people
from phototag.index.db import FILE, FOLDER, open_for_reading, open_for_writing, transaction
from phototag.index.spots import SAME_PLACE
from phototag.media.images import how_shown
from phototag.types import Box, Verdict

OTHER_ENGINE = "face-recognition"
REFUSALS = 5
HEAD = [
    "upheaval",
    "faces named",
    "shown after",
    "waiting",
    "lost",
    "refused or ignored",
    "shown ",
    "waiting ",
    "lost ",
]
FOUND = {ExitCode.DONE, ExitCode.PROBLEMS}


class Word(NamedTuple):
    """Something that a person said of a face."""

    photo: str
    says: str
    box: Box


class Library:
    """A copy of a library, with what was said of it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, *words: object, may_fail: bool = False) -> tuple[int, str]:
        """Run a command as a user would; its exit code and what it printed."""
        where = [] if words[0] in {"scan", "rebuild"} else ["--library", str(self.root)]
        command = [sys.executable, "-m", "phototag", *map(str, words), *where]
        environment = {**os.environ, "PHOTOTAG_STATE": str(self.root.parent / "state")}
        done = subprocess.run(
            command, capture_output=True, text=True, env=environment, cwd=SAMPLE.parent, errors="surrogateescape"
        )
        if done.returncode not in FOUND and not may_fail:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr}")
        return done.returncode, done.stdout

    def scan(self, *more: str) -> None:
        """Bring the index up to date."""
        self.run("scan", self.root, *more)

    def json(self, command: str) -> list[dict[str, Any]]:
        """The list that a command prints under its own name."""
        return list(json.loads(self.run(command, "--json")[1])[command])

    def photos(self) -> list[Path]:
        """All files that may be photos."""
        known = {".jpg", ".jpeg", ".png", ".webp", ".heic"}
        inside = (path for path in self.root.rglob("*") if FOLDER not in path.parts)
        return sorted(path for path in inside if path.suffix.lower() in known and path.is_file())

    def tops(self) -> list[Path]:
        """Folders in the library, or photos where it has none."""
        folders = [path for path in sorted(self.root.iterdir()) if path.is_dir() and path.name != FOLDER]
        return folders or self.photos()

    def rewrite(self, change: Callable[[bytes], bytes | None]) -> None:
        """Let another program write every photo; those that it cannot stay as they are."""
        for path in self.photos():
            data = path.read_bytes()
            path.write_bytes((change(data) if data else None) or data)

    def names(self) -> list[Word]:
        """Names that a human gave, as `phototag faces --json` lists them, with the place in the stored picture."""
        with closing(open_for_reading(self.root / FOLDER).db) as db:
            place = {face.id: face for face in faces.faces(db)}
        named = [(place[face["id"]], face["person"]) for face in self.json("faces") if face["source"] == "human"]
        return [Word(face.photo, person, face.stored_box) for face, person in named]

    def other_words(self) -> list[Word]:
        """What a human said besides: who a face is not, and who is ignored."""
        with closing(open_for_reading(self.root / FOLDER).db) as db:
            called, ignored = people.names(db), people.ignored(db)
            place = {face.id: face for face in faces.faces(db)}
            return [
                Word(place[x.face].photo, f"{x.verdict} {called[x.person]}", place[x.face].stored_box)
                for x in people.labels(db)
                if x.face in place and (x.verdict is Verdict.IS_NOT or x.person in ignored)
            ]

    def remembered(self) -> list[Word]:
        """All that a human said, of spots that have a face now and of those that wait for one."""
        sql = """
            SELECT hash, verdict, name, person_id, ignored, left, top, right, bottom
            FROM labels JOIN spots ON spots.id = spot_id JOIN people ON people.id = person_id"""
        with closing(open_for_reading(self.root / FOLDER).db) as db:
            called = people.names(db)
            return [
                Word(
                    photo,
                    name if name and verdict == Verdict.IS and not ignored else f"{verdict} {called[who]}",
                    Box(*box),
                )
                for photo, verdict, name, who, ignored, *box in db.execute(sql)
            ]


def main(arguments: Sequence[str]) -> None:
    """Print a table for each folder."""
    parser = argparse.ArgumentParser(prog="benchmarks upheavals")
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER", help="a library; it is copied")
    results = {}
    for folder in [SAMPLE, *parser.parse_args(arguments).folders]:
        found = Table(f"upheavals of {folder.name}", HEAD, list(_rows(folder)))
        found.show()
        results[found.title] = found.as_dicts()
    tables.write(results, "upheavals.json")


def _rows(folder: Path) -> Iterator[list[str]]:
    with tempfile.TemporaryDirectory() as place:
        said = Path(place) / "said"
        shutil.copytree(folder, said, ignore=shutil.ignore_patterns(FOLDER), copy_function=_writable_copy)
        _speak(Library(said))
        for name, steps in UPHEAVALS.items():
            copy = Library(Path(place) / "Pictures")
            shutil.copytree(said, copy.root)
            before = copy.names(), copy.other_words()
            for label, step in steps.items():
                step(copy)
                known = copy.remembered()
                after = _kept(before[0], copy.names(), known), _kept(before[1], copy.other_words(), known)
                yield [label or name, *after[0], *after[1]]
                print(".", end="", file=sys.stderr, flush=True)
            shutil.rmtree(copy.root)


def _writable_copy(source: str, target: str) -> None:
    shutil.copy2(source, target)
    Path(target).chmod(0o644)
    Path(target).parent.chmod(0o755)


def _kept(before: Sequence[Word], after: Sequence[Word], known: Sequence[Word]) -> list[str]:
    """How many were said; are said now of the same place on the same picture; wait for a face there; are forgotten."""
    gone = [word for word in before if not any(_is_same(word, other) for other in after)]
    waiting = sum(any(_is_same(word, other) for other in known) for word in gone)
    return [str(n) for n in (len(before), len(before) - len(gone), waiting, len(gone) - waiting)]


def _is_same(a: Word, b: Word) -> bool:
    return a[:2] == b[:2] and intersection_over_union(a.box, b.box) >= SAME_PLACE


# What a person says


def _speak(library: Library) -> None:
    """Name all groups but the smallest, ignore that, and refuse suggestions, wrong ones first."""
    library.scan()
    groups = library.json("clusters")
    truth, found = _truth(library), library.json("faces")
    for number, group in enumerate(groups[:-1], start=1):
        known = Counter(truth[face["id"]] for face in found if face["cluster"] == group["id"] and face["id"] in truth)
        name = known.most_common(1)[0][0] if known else f"person {number}"
        library.run("name-cluster", group["id"], "--as", name, may_fail=True)  # it may have been tagged meanwhile
    library.run("ignore", groups[-1]["id"], may_fail=True)
    guessed = [face for face in library.json("faces") if face["source"] in ("suggested", "auto")]
    guessed.sort(key=lambda face: (face["suggestion"] or face["person"]) == truth.get(face["id"]))
    if guessed:
        library.run("reject", *(face["id"] for face in guessed[:REFUSALS]))


def _truth(library: Library) -> Mapping[str, str]:
    """Face id -> person, of the faces whose middle lies in a box of people.csv."""
    table = library.root / "people.csv"
    rows = list(csv.DictReader(table.open(encoding="utf-8"))) if table.is_file() else []
    return {
        face["id"]: row["person"] for face in library.json("faces") for row in rows if _is_in(face, row)
    }  # fmt: skip


def _is_in(face: Mapping[str, Any], row: Mapping[str, str]) -> bool:
    left, top, right, bottom = map(float, face["box"])
    across = float(row["left"]) <= (left + right) / 2 <= float(row["right"])
    down = float(row["top"]) <= (top + bottom) / 2 <= float(row["bottom"])
    return bool(face["photo"] == row["path"]) and across and down


# What happens then


def _other_thresholds(library: Library) -> None:
    """Half and twice the distances at which groups are made."""
    for factor in (0.5, 4.0):
        index = open_for_writing(library.root / FOLDER)
        with closing(index.db), transaction(index.db):
            for key in ("group", "merge", "join"):
                path = f"$.thresholds.{key}"
                index.db.execute(
                    "UPDATE spaces SET description = json_set(description, ?1, ?2 * json_extract(description, ?1))",
                    (path, factor),
                )
        library.scan()


def _migrate(engine: str) -> Callable[[Library], None]:
    return lambda library: library.run("migrate", "--engine", engine, "--allow-loss", "1") and None


def _move(library: Library) -> None:
    """Every photo gets another name in one new folder."""
    (library.root / "sorted").mkdir()
    for i, path in enumerate(library.photos()):
        path.rename(library.root / "sorted" / f"{i:05}{path.suffix}")
    library.scan()


def _rename_folders(library: Library) -> None:
    for path in library.tops():
        path.rename(path.with_name(f"older {path.name}"))
    library.scan()


def _edit(library: Library) -> None:
    library.rewrite(captioned)
    library.scan()


def _turn(library: Library) -> None:
    """A quarter, clockwise."""
    library.rewrite(lambda data: turned(data, {1: 6, 6: 3, 3: 8, 8: 1}.get(how_shown(data).orientation, 1)))
    library.scan()


def _move_and_edit(library: Library) -> None:
    library.rewrite(captioned)
    _move(library)


def _move_library(library: Library) -> None:
    library.root = library.root.rename(library.root.with_name("another disk"))
    library.scan()


def _go_away(library: Library) -> None:
    """Every second folder is somewhere else at one scan."""
    away = library.root.with_name("away")
    away.mkdir()
    for path in library.tops()[::2]:
        path.rename(away / path.name)
    library.scan()


def _come_back(library: Library) -> None:
    away = library.root.with_name("away")
    for path in away.iterdir():
        path.rename(library.root / path.name)
    away.rmdir()
    library.scan()


def _rebuild(library: Library) -> None:
    for path in (library.root / FOLDER).glob(f"{FILE}*"):
        path.unlink()
    library.run("rebuild", library.root)


Steps = Mapping[str, Callable[[Library], None]]
UPHEAVALS: Mapping[str, Steps] = {
    "all photos read again (scan --force)": {"": lambda library: library.scan("--force")},
    "other grouping thresholds": {"": _other_thresholds},
    "another engine and back": {
        f"another engine ({OTHER_ENGINE})": _migrate(OTHER_ENGINE),
        "and back again": _migrate("mtcnn-resnet"),
    },
    "files moved and renamed": {"": _move},
    "folders renamed": {"": _rename_folders},
    "metadata edited by another program": {"": _edit},
    "turned": {
        "turned by a quarter, by EXIF orientation": _turn,
        "and read again on the side (scan --force)": lambda library: library.scan("--force"),
    },
    "files moved and edited": {"": _move_and_edit},
    "library moved to another place": {"": _move_library},
    "away": {"every second folder away for a scan": _go_away, "and back": _come_back},
    "index rebuilt from tags.jsonl": {"": _rebuild},
}
"""What happens -> steps; the table has a row after each, named like the step or else like the whole."""
