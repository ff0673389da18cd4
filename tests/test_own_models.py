"""A library described by models of somebody's own, from the first scan on: commands, as a user would type them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from phototag.index import db, spaces
from phototag.index.db import open_for_reading
from phototag.types import Space
from tests import networks
from tests.conftest import Command, soft_background
from tests.networks import CELL, DETECTOR, EMBEDDER

COLOURS = {"red": (224, 0, 0), "ruby": (208, 0, 16), "blue": (0, 0, 224), "navy": (16, 0, 208), "green": (0, 224, 0)}


def draw(path: Path, *colours: str) -> None:
    """Soft grey with a square of each colour, on the grid on which the detectors look."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.array(soft_background(path.name).resize((320, 160)))
    for i, colour in enumerate(colours):
        pixels[CELL : 2 * CELL, (1 + 3 * i) * CELL : (2 + 3 * i) * CELL] = COLOURS[colour]
    Image.fromarray(pixels).save(path)


PLAIN = {"same_person": 0.6, "weak_quality": 0}
"""A square of one colour is never sharp."""


class Shelf:
    """A library of five photos, and models beside it.

    Attributes:
        root: of the library.
        models: folder of the models.
    """

    def __init__(self, folder: Path, phototag: Command) -> None:
        self.root, self.models, self.phototag = folder / "Pictures", folder / "My models", phototag
        draw(self.root / "r1.png", "red")
        draw(self.root / "r2.png", "ruby", "blue")
        draw(self.root / "r3.png", "red")
        draw(self.root / "b1.png", "navy")
        draw(self.root / "g1.png", "green")

    def detector(self, kind: str, **keys: Any) -> Path:
        model: Path = getattr(networks, kind)(self.models / f"{kind}.onnx")
        networks.card(model, **{**DETECTOR, "decoder": kind, **keys})
        return model

    def embedder(self, name: str = "colour", **keys: Any) -> Path:
        return self.card(networks.colour(self.models / f"{name}.onnx"), **keys)

    def card(self, model: Path, **keys: Any) -> Path:
        networks.card(model, **{**EMBEDDER, "alignment": "box", "thresholds": PLAIN, **keys})
        return model

    def scan(self, *options: object) -> int:
        return self.phototag("scan", self.root, *options)

    def migrate(self, *options: object) -> int:
        return self.phototag("migrate", "--library", self.root, *options)

    def space(self) -> Space:
        index = open_for_reading(self.root / ".phototag")
        try:
            found = spaces.current(index.db)
        finally:
            index.close()
        assert found is not None
        return found

    def faces(self) -> dict[tuple[str, float], tuple[str | None, str | None]]:
        """Photo and the left edge of each face's box -> who it is and who says so."""
        self.phototag("faces", "--library", self.root, "--json")
        return {
            (face["photo"], round(face["box"][0] / 320, 2)): (face["person"], face["source"])
            for face in json.loads(self.phototag.out)["faces"]
        }

    def group_of(self, photo: str) -> int:
        self.phototag("faces", "--library", self.root, "--photo", photo, "--json")
        return int(json.loads(self.phototag.out)["faces"][0]["cluster"])


@pytest.fixture
def shelf(tmp_path: Path, phototag: Command) -> Iterator[Shelf]:
    yield Shelf(tmp_path, phototag)


@pytest.fixture
def described(shelf: Shelf) -> Shelf:
    """Scanned with the toy YuNet and the colours; red is named elon."""
    code = shelf.scan("--detector", shelf.detector("yunet"), "--embedder", shelf.embedder())
    assert code == 0, shelf.phototag.err
    assert shelf.phototag("name-cluster", shelf.group_of("r1.png"), "--as", "elon", "--library", shelf.root) == 0
    return shelf


FACES = {("b1.png", 0.1), ("g1.png", 0.1), ("r1.png", 0.1), ("r2.png", 0.1), ("r2.png", 0.4), ("r3.png", 0.1)}
ELON = {("r1.png", 0.1), ("r2.png", 0.1), ("r3.png", 0.1)}


def elon(shelf: Shelf) -> set[tuple[str, float]]:
    return {face for face, (who, source) in shelf.faces().items() if (who, source) == ("elon", "human")}


def test_a_scan_finds_groups_and_names_stay(described: Shelf) -> None:
    assert set(described.faces()) == FACES
    assert elon(described) == ELON
    assert described.group_of("b1.png") == described.group_of("b1.png")


def test_the_index_remembers_which_models_they_were(described: Shelf) -> None:
    space = described.space()
    assert space.engine.startswith("yunet-")
    assert "+colour-" in space.engine
    assert (space.detector, space.embedder) == (
        str(described.models / "yunet.toml"),
        str(described.models / "colour.toml"),
    )
    draw(described.root / "new.png", "green")
    assert described.scan() == 0
    assert ("new.png", 0.1) in described.faces()
    assert described.space() == space


def test_nobody_is_tagged_unasked_without_a_measured_limit(described: Shelf) -> None:
    draw(described.root / "again.png", "red")
    described.scan()
    assert "Nobody is tagged without being asked: no limit was measured" in described.phototag.out
    assert described.faces()["again.png", 0.1] == (None, "suggested")
    described.phototag("evaluate", "--library", described.root)
    assert " off" in described.phototag.out


def test_a_measured_limit_tags(shelf: Shelf) -> None:
    thresholds = {**PLAIN, "strong": 0.3}
    shelf.scan("--detector", shelf.detector("yunet"), "--embedder", shelf.embedder(thresholds=thresholds))
    shelf.phototag("name-cluster", shelf.group_of("r1.png"), "--as", "elon", "--library", shelf.root)
    draw(shelf.root / "again.png", "red")
    shelf.scan()
    assert "no limit was measured" not in shelf.phototag.out
    assert shelf.faces()["again.png", 0.1] == ("elon", "auto")


def test_another_detector_is_refused_with_the_way_there(described: Shelf) -> None:
    before = (described.root / ".phototag" / "index.db").read_bytes()
    model = described.detector("scrfd")
    assert described.scan("--detector", model) == 3
    assert f"phototag migrate --detector '{described.models}/scrfd.toml'" in described.phototag.err
    assert f"--embedder '{described.models}/colour.toml'" in described.phototag.err  # as the library has it
    assert (described.root / ".phototag" / "index.db").read_bytes() == before


def test_names_survive_another_detector_and_another_embedder(described: Shelf) -> None:
    assert described.migrate("--detector", described.detector("scrfd")) == 0
    assert f"Back again:       phototag migrate --detector '{described.models}/yunet.toml'" in described.phototag.out
    assert described.space().engine.startswith("scrfd-")
    assert "+colour-" in described.space().engine
    assert elon(described) == ELON
    assert described.migrate("--embedder", described.embedder("other", mirror=True, std=100)) == 0
    assert described.space().engine.startswith("scrfd-")
    assert "+other-" in described.space().engine
    assert elon(described) == ELON
    assert set(described.faces()) == FACES


def test_the_same_models_need_no_migration(described: Shelf) -> None:
    models = ("--detector", described.models / "yunet.onnx", "--embedder", described.models / "colour.toml")
    assert described.migrate(*models) == 0
    assert "already. Nothing to do." in described.phototag.out


def test_a_model_that_was_moved_is_the_same_one(described: Shelf) -> None:
    moved = described.models.with_name("elsewhere")
    described.models.rename(moved)
    draw(described.root / "new.png", "green")
    assert described.scan("--detector", moved / "yunet.onnx", "--embedder", moved / "colour.onnx") == 0
    assert described.space().detector == str(moved / "yunet.toml")
    draw(described.root / "newer.png", "green")
    assert described.scan() == 0


def test_a_model_that_is_gone_is_missed_only_where_it_is_needed(described: Shelf) -> None:
    shutil.rmtree(described.models)
    assert elon(described) == ELON
    assert described.scan() == 0  # nothing to read
    draw(described.root / "new.png", "green")
    assert described.scan() == 3
    assert "yunet.toml is not there. Put it back, or say where it is now" in described.phototag.err
    assert elon(described) == ELON


@pytest.mark.parametrize("change", ["model", "card"])
def test_a_model_that_has_changed_is_not_taken_for_the_old_one(described: Shelf, change: str) -> None:
    if change == "model":
        networks.colour(described.models / "colour.onnx", dim=126)
        described.card(described.models / "colour.onnx", dim=126)
    else:
        described.embedder(mean=100)
    draw(described.root / "new.png", "green")
    assert described.scan() == 3
    assert "a model or what its card says has changed. Put it back" in described.phototag.err
    assert described.migrate("--embedder", described.models / "colour.onnx") == 0
    assert elon(described) == ELON


def test_the_usual_embedder_takes_landmarks_of_a_model(shelf: Shelf) -> None:
    assert shelf.scan("--detector", shelf.detector("yunet")) == 0
    assert shelf.space().engine.endswith("+dlib")
    assert set(shelf.faces()) == FACES


def test_watch_takes_them_too(shelf: Shelf) -> None:
    assert shelf.phototag("watch", shelf.root, "--detector", "magic") == 2
    assert "There is no detector 'magic'" in shelf.phototag.err


def test_rebuild_takes_them_too(described: Shelf) -> None:
    (described.root / ".phototag" / db.FILE).unlink()
    models = ("--detector", described.models / "yunet.onnx", "--embedder", described.models / "colour.onnx")
    assert described.phototag("rebuild", described.root, *models) == 0
    assert elon(described) == ELON


# What is refused, before anything is written


def test_a_model_that_does_not_fit_its_card_leaves_nothing_behind(shelf: Shelf) -> None:
    model = shelf.embedder(dim=512)
    assert shelf.scan("--embedder", model) == 3
    assert "by 128 numbers, and" in shelf.phototag.err
    assert "Say dim = 128" in shelf.phototag.err
    assert not (shelf.root / ".phototag").exists()


def test_what_is_no_onnx_file_leaves_nothing_behind(shelf: Shelf) -> None:
    model = shelf.detector("yunet")
    model.write_bytes(b"<html>Not found</html>")
    assert shelf.scan("--detector", model) == 3
    assert "yunet.onnx is no ONNX file" in shelf.phototag.err
    assert not (shelf.root / ".phototag").exists()


def test_a_model_that_does_not_fit_migrates_nothing(described: Shelf) -> None:
    before = described.space()
    assert described.migrate("--detector", described.detector("scrfd", size=640)) == 3
    assert "Say size = 320" in described.phototag.err
    assert described.space() == before
    assert not (described.root / ".phototag" / "migration").exists()


def test_an_engine_and_a_part_of_one_are_not_both(shelf: Shelf) -> None:
    assert shelf.scan("--engine", "fake", "--detector", "mtcnn") == 2
    assert "not both" in shelf.phototag.err


def test_a_migration_wants_to_know_where_to(described: Shelf) -> None:
    assert described.migrate() == 2
    assert "Who is to describe the faces?" in described.phototag.err


def test_the_usual_parts_are_the_usual_engine(shelf: Shelf) -> None:
    assert shelf.scan("--detector", "mtcnn", "--embedder", "dlib") == 0
    draw(shelf.root / "new.png", "green")
    assert shelf.scan("--engine", "mtcnn-resnet") == 0
