"""What a person said, before and after everything that can happen to a library: row by row, docs/safety.md."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from benchmarks.metadata import captioned, turned
from phototag.app.correct import ignore, not_a_face, refuse_faces
from phototag.app.groups import unknown_groups
from phototag.engines.fake import FakeEngine
from phototag.engines.registry import ENGINES, Entry
from phototag.index import people
from phototag.index.db import transaction
from phototag.index.faces import faces
from phototag.media.content import content_hash
from phototag.types import Verdict
from tests import wide_engine
from tests.conftest import BLUE, CYAN, GREEN, MAGENTA, RED, YELLOW, Album, Command, draw_photo


@pytest.fixture(autouse=True)
def another_engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(ENGINES, "wide", Entry("tests.wide_engine", offered=False))
    yield
    wide_engine.blind.clear()


HUES = {"red": 0, "yellow": 60, "green": 120, "cyan": 180, "blue": 240, "magenta": 300}


class Family:
    """Nine photos in three formats; elon is red, ann blue, yellow is ignored, and some faces are refused to be some.

    What was said is compared by the colours that lie where the faces are, whatever ids and paths they have meanwhile.
    """

    def __init__(self, album: Album, phototag: Command) -> None:
        self.album, self.phototag, self.root = album, phototag, album.root

    def faces(self) -> list[tuple[str, str, dict]]:
        """Photo's content, colour and JSON of every face."""
        self.phototag("faces", "--json", "--library", self.root)
        found = []
        for face in json.loads(self.phototag.out)["faces"]:
            path = self.root / face["photo"]
            with Image.open(path) as image:
                left, top, right, bottom = face["box"]
                seen = (
                    ImageOps.exif_transpose(image).convert("HSV").getpixel(((left + right) // 2, (top + bottom) // 2))
                )
            hue = seen[0] * 360 / 255
            colour = min(HUES, key=lambda name: abs((HUES[name] - hue + 180) % 360 - 180))
            found.append((content_hash(path.read_bytes()), colour, face))
        return found

    def face(self, photo: str, colour: str) -> str:
        """Id of a face."""
        return next(face["id"] for _, seen, face in self.faces() if face["photo"] == photo and seen == colour)

    def said(self) -> Counter[tuple[str, ...]]:
        """All that a person said, by content and colour."""
        found = self.faces()
        words = Counter((photo, colour, face["person"]) for photo, colour, face in found if face["source"] == "human")
        colours = {face["id"]: (photo, colour) for photo, colour, face in found}
        names, db = people.names(self.album.index.db), self.album.index.db
        for label in people.labels(db):
            if label.verdict is Verdict.IS_NOT and label.face in colours:
                words[*colours[label.face], "not " + names[label.person]] += 1
            elif label.person in people.ignored(db) and label.face in colours:
                words[*colours[label.face], "ignored"] += 1
        return words + Counter(("no face", photo) for (photo,) in db.execute(NO_FACES))

    def groups(self) -> dict[int, list[tuple[str, str]]]:
        """Number of each unknown group -> its faces by content and colour."""
        colours = {face["id"]: (photo, colour) for photo, colour, face in self.faces()}
        return {g.id: sorted(colours[face.id] for face in g.faces) for g in unknown_groups(self.album.index)}

    def scan(self, *more: str) -> None:
        self.album.close()
        assert self.phototag("scan", self.root, *more) == 0, self.phototag.err

    def migrate(self, engine: str, *more: str) -> int:
        self.album.close()
        return self.phototag("migrate", "--engine", engine, "--library", self.root, *more)

    def each(self, change: Callable[[bytes], bytes | None]) -> None:
        """Let another program rewrite every photo."""
        for path in self.photos():
            changed = change(path.read_bytes())
            assert changed is not None
            path.write_bytes(changed)

    def photos(self) -> list[Path]:
        return sorted(path for path in self.root.rglob("*.*") if ".phototag" not in path.parts and path.is_file())


NO_FACES = "SELECT faces.hash FROM not_faces JOIN bindings USING (spot_id) JOIN faces ON faces.id = face_id"


@pytest.fixture
def family(album: Album, phototag: Command) -> Family:
    album.once("a family", lambda album: _family(album, phototag))
    return Family(album, phototag)


def _family(album: Album, phototag: Command) -> None:
    for i, (name, colours) in enumerate(
        {
            "2019/red.jpg": [RED],
            "2019/both.png": [RED, BLUE],
            "2019/blue.webp": [BLUE],
            "2020/many.jpg": [BLUE, GREEN, RED, YELLOW],
            "2020/yellow.png": [YELLOW],
            "2020/statue.jpg": [MAGENTA, RED],
            "2021/green.jpg": [GREEN],
            "2021/cyan.webp": [CYAN, GREEN],
            "2021/nobody.png": [],
        }.items()
    ):
        draw_photo(album.root / name, colours, (320 * max(len(colours), 1) + i, 300))
    phototag("scan", album.root, "--engine", "fake")
    made = Family(album, phototag)
    named = {
        "elon": [("2019/red.jpg", "red"), ("2019/both.png", "red"), ("2020/many.jpg", "red")],
        "ann": [("2019/both.png", "blue"), ("2019/blue.webp", "blue")],
    }
    for name, where in named.items():
        assert phototag("move", *(made.face(*at) for at in where), "--to", name, "--library", album.root) == 0
    yellow = next(group for group, faces in made.groups().items() if {colour for _, colour in faces} == {"yellow"})
    ignore(album.index, str(yellow), at_ns=1)
    not_a_face(album.index, [made.face("2020/statue.jpg", "magenta")], at_ns=1)
    red = next(face for face in faces(album.index.db) if face.id == made.face("2020/statue.jpg", "red"))
    refuse_faces(album.index, [(red, "ann")], at_ns=1)
    assert len(made.said()) == 9
    assert len(made.groups()) == 1  # green


# The table


def forced_rescan(family: Family) -> None:
    family.scan("--force")


def other_thresholds(family: Family) -> None:
    for group in (0.01, 0.9):
        db = family.album.index.db
        with transaction(db):
            db.execute(
                "UPDATE spaces SET description = json_set(description, '$.thresholds.group', ?,"
                " '$.thresholds.join', ?, '$.thresholds.merge', ?)",
                (group, group, group),
            )
        family.scan()


def another_engine_and_back(family: Family) -> None:
    before = family.said()
    assert family.migrate("wide") == 0, family.phototag.err
    assert family.said() == before
    assert family.migrate("fake") == 0, family.phototag.err


def moved_and_renamed_files(family: Family) -> None:
    for i, path in enumerate(family.photos()):
        path.rename(family.root / "2021" / f"{i}{path.suffix}")
    family.scan()


def renamed_folders(family: Family) -> None:
    for year in ("2019", "2020", "2021"):
        (family.root / year).rename(family.root / f"in {year}")
    family.scan()


def edited_metadata(family: Family) -> None:
    family.each(captioned)
    family.scan()


def turned_by_orientation(family: Family) -> None:
    for orientation in (6, 3, 8, 5):
        family.each(lambda data, way=orientation: turned(data, way))
        family.scan()


def turned_on_the_side(family: Family) -> None:
    """No detector finds a face that lies on its side."""
    detect = FakeEngine.detect
    family.each(lambda data: turned(data, 6))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FakeEngine, "detect", lambda engine, pixels: [])
        family.scan()
        family.scan("--force")
    assert FakeEngine.detect is detect


def moved_and_edited(family: Family) -> None:
    family.each(captioned)
    moved_and_renamed_files(family)


def moved_library(family: Family) -> None:
    family.album.close()
    there = family.root.with_name("another disk")
    family.root.rename(there)
    family.root = family.album.root = there
    family.scan()


def folder_away_and_back(family: Family) -> None:
    away = family.root.with_name("away")
    (family.root / "2019").rename(away)
    family.scan()
    away.rename(family.root / "2019")
    family.scan()


def folder_away_while_the_engine_changes(family: Family) -> None:
    away = family.root.with_name("away")
    (family.root / "2019").rename(away)
    assert family.migrate("wide") == 0
    away.rename(family.root / "2019")
    family.scan()


def rebuilt(family: Family) -> None:
    family.album.close()
    for part in (family.root / ".phototag").glob("index.db*"):
        part.unlink()
    assert family.phototag("rebuild", family.root, "--engine", "fake") == 0


UPHEAVALS = [
    forced_rescan,
    other_thresholds,
    another_engine_and_back,
    moved_and_renamed_files,
    renamed_folders,
    edited_metadata,
    turned_by_orientation,
    turned_on_the_side,
    moved_and_edited,
    moved_library,
    folder_away_and_back,
    folder_away_while_the_engine_changes,
    rebuilt,
]


@pytest.mark.parametrize("upheaval", UPHEAVALS, ids=lambda upheaval: getattr(upheaval, "__name__", None))
def test_nothing_that_was_said_is_lost(family: Family, upheaval: Callable[[Family], None]) -> None:
    before = family.said()
    upheaval(family)
    assert family.said() == before


OTHER_FACES = other_thresholds, turned_on_the_side, folder_away_while_the_engine_changes
SAME_FACES = [upheaval for upheaval in UPHEAVALS[:-1] if upheaval not in OTHER_FACES]


@pytest.mark.parametrize("upheaval", SAME_FACES, ids=lambda upheaval: getattr(upheaval, "__name__", None))
def test_faces_keep_their_ids_and_groups_their_numbers(family: Family, upheaval: Callable[[Family], None]) -> None:
    ids, groups = sorted(face["id"] for _, _, face in family.faces()), family.groups()
    upheaval(family)
    assert sorted(face["id"] for _, _, face in family.faces()) == ids
    assert family.groups() == groups
