"""An index that the first phototag made: version 1, with thresholds that are others now."""

from __future__ import annotations

import json
import sqlite3

import pytest

from phototag.engines import fake
from phototag.index import migrations, spaces
from tests.conftest import BLUE, DARK_RED, RED, Album, Command

FIRST_THRESHOLDS = {
    "group": 0.3, "group_min_faces": 2, "cut": 0.4, "strong": 0.25, "possible": 0.6, "largest_gap": 0.1
}  # fmt: skip


@pytest.fixture
def first(album: Album) -> Album:
    """Dark is elon, red is tagged as elon, blue is ann. The tables are as they were."""
    album.scan(dark=[DARK_RED], red=[RED], blue=[BLUE])
    album.name("elon", "dark")
    album.name("ann", "blue")
    named = {who: album.face(photo) for who, photo in (("elon", "dark"), ("ann", "blue"))}
    set_thresholds = "UPDATE spaces SET description = json_set(description, '$.thresholds', json(?))"
    album.index.db.execute(set_thresholds, [json.dumps(FIRST_THRESHOLDS)])
    album.close()
    folder = album.root / ".phototag"
    (folder / "index.db").rename(folder / "today.db")
    db = sqlite3.connect(folder / "index.db", isolation_level=None)
    migrations.migrate(db, folder / "index.db", migrations.STEPS[:1])
    db.execute("ATTACH ? AS today", [str(folder / "today.db")])
    for table in ("meta", "spaces", "photos", "files", "faces", "vectors", "clusters", "cluster_faces", "suggestions"):
        columns = ", ".join(row[1] for row in db.execute(f"PRAGMA main.table_info({table})"))
        db.execute(f"INSERT INTO {table} SELECT {columns} FROM today.{table}")
    for number, (who, face) in enumerate(named.items(), start=1):
        spoken = {"face": face.id, "photo": face.photo, "box": face.stored_box}
        db.execute("INSERT INTO people VALUES (?, ?, ?)", (number, who, who))
        row = (number, json.dumps({"name": who, "faces": [spoken]}))
        db.execute("INSERT INTO decisions (at_ns, kind, payload, inverse) VALUES (?, 'name', ?, '{}')", row)
        label = (face.id, number, face.photo, *face.stored_box, number)
        db.execute("INSERT INTO labels VALUES (?, ?, 'is', ?, ?, ?, ?, ?, ?)", label)
    db.close()
    (folder / "today.db").unlink()
    return album


def people(phototag: Command) -> dict[str, tuple[int, int]]:
    """Name -> faces and, of them, those that a human named."""
    assert phototag("people", "--json") == 0
    return {person["name"]: (person["faces"], person["confirmed"]) for person in json.loads(phototag.out)["people"]}


@pytest.mark.parametrize("command", [["people"], ["clusters"], ["review", "--json"], ["evaluate"], ["why", "aa"]])
def test_reading_it_says_what_to_do_and_changes_nothing(phototag: Command, first: Album, command: list[str]) -> None:
    path = first.root / ".phototag" / "index.db"
    before = path.read_bytes()
    assert phototag(*command) == 4
    assert "from an older phototag. Bring it up to date with: phototag scan DIR" in phototag.err
    assert path.read_bytes() == before


@pytest.mark.parametrize("more", [{}, {"green": ["#00e000"]}], ids=["nothing to read", "a new photo"])
def test_a_scan_brings_it_up_to_date_with_its_names(
    phototag: Command, first: Album, more: dict[str, list[str]]
) -> None:
    assert first.scan(**more) == 0
    assert people(phototag) == {"elon": (2, 1), "ann": (1, 1)}
    for command in (["clusters"], ["review", "--json"], ["evaluate"]):
        assert phototag(*command) == 0
    with sqlite3.connect(first.root / ".phototag" / "index-v1-1.db") as backup:
        assert backup.execute("SELECT count(*) FROM labels").fetchone() == (2,)
        assert backup.execute("PRAGMA user_version").fetchone() == (1,)
    backup.close()


def test_the_thresholds_are_the_engines_as_soon_as_it_has_read_something(first: Album) -> None:
    first.scan(green=["#00e000"])
    with sqlite3.connect(first.root / ".phototag" / "index.db") as db:
        space = spaces.current(db)
    db.close()
    assert space is not None
    assert space.thresholds == fake.THRESHOLDS


def test_naming_brings_it_up_to_date_too(phototag: Command, first: Album) -> None:
    assert phototag("name-cluster", 99, "--as", "zoe") == 2  # there is no such group, but the index was opened
    assert people(phototag) == {"elon": (2, 1), "ann": (1, 1)}
