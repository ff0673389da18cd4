"""An index whose faces an older phototag described in another Space, whose vectors even have another length."""

from __future__ import annotations

import io
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from phototag.app.analyse import Worker
from phototag.app.evaluate import calibrate_tagging, evaluate
from phototag.app.evidence import gather
from phototag.app.why import why
from phototag.core.vectors import normalise
from phototag.engines.fake import FakeEngine
from phototag.errors import EngineError, UsageError
from phototag.index import groups, photos, spaces
from phototag.media.darkroom import Apart
from phototag.types import PhotoFile
from tests.conftest import BLUE, CYAN, DARK_RED, GREEN, LIGHT_RED, RED, Album, Command

KINDS = ("new", "changed", "moved", "unchanged", "duplicates")


class Phototags:
    """Lets commands be run by an older phototag and by this one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, phototag: Command) -> None:
        self._patch, self._phototag = monkeypatch, phototag
        self._space, self._embed = FakeEngine.space, FakeEngine.embed

    def older(self) -> None:
        """From now on vectors are of the older phototag."""
        space, embed = self._space, self._embed
        old = property(lambda engine: replace(space.fget(engine), weights="older", dim=64))
        self._patch.setattr(FakeEngine, "space", old)
        self._patch.setattr(FakeEngine, "embed", lambda engine, chips: normalise(embed(engine, chips)[:, :64]))

    def newer(self) -> None:
        """From now on they are of today's."""
        self._patch.setattr(FakeEngine, "space", self._space)
        self._patch.setattr(FakeEngine, "embed", self._embed)

    def scan(self, root: Path) -> dict[str, int]:
        """Scan, and return the counts that are not zero; `seen` must be their sum."""
        self._phototag("scan", root, "--json", "--workers", "1")
        document = json.loads(self._phototag.out)
        counts, problems = document["photos"], len(document["problems"])
        assert counts["seen"] == sum(counts[kind] for kind in KINDS) + problems
        return {kind: n for kind, n in {**counts, "problems": problems}.items() if n}


@pytest.fixture
def phototags(monkeypatch: pytest.MonkeyPatch, phototag: Command) -> Phototags:
    return Phototags(monkeypatch, phototag)


@pytest.fixture
def old(album: Album, phototags: Phototags) -> Album:
    """Seven photos, described by an older phototag; dark1 and dark2 are elon, blue is ann. This phototag comes next."""
    phototags.older()
    album.scan(
        dark1=[DARK_RED], dark2=[DARK_RED], dark3=[DARK_RED], blue=[BLUE], both=[BLUE, DARK_RED], cyan=[CYAN], nobody=[]
    )  # fmt: skip
    album.name("elon", "dark1", "dark2")
    album.name("ann", "blue")
    phototags.newer()
    return album


def newest(album: Album) -> set[str]:
    """The photos that were described in the newest Space."""
    behind = photos.described_otherwise(album.index.db, spaces.current_id(album.index.db))
    return {os.fsdecode(path).removesuffix(".png") for path in photos.files(album.index.db).keys() - behind}


def dim(album: Album) -> int:
    space = spaces.current(album.index.db)
    assert space is not None
    return space.dim


def test_with_nothing_to_read_nothing_is_described_anew(old: Album, phototags: Phototags) -> None:
    assert phototags.scan(old.root) == {"seen": 7, "unchanged": 7}
    assert dim(old) == 64


def test_the_next_scan_with_something_to_read_describes_all_photos_anew_once(
    old: Album, phototags: Phototags, monkeypatch: pytest.MonkeyPatch
) -> None:
    old.draw(green=[GREEN])
    assert phototags.scan(old.root) == {"seen": 8, "new": 1, "unchanged": 7}
    assert dim(old) == 128
    assert len(newest(old)) == 8
    assert old.index.db.execute("SELECT DISTINCT length(vector) FROM vectors").fetchall() == [(128 * 4,)]
    monkeypatch.setattr(Apart, "develop", None)
    assert phototags.scan(old.root) == {"seen": 8, "unchanged": 8}


def test_names_groups_and_tags_are_the_same_afterwards(old: Album, phototags: Phototags) -> None:
    sources, clusters = old.sources(), groups.clusters(old.index.db)
    assert sources["dark3"] == "auto elon"
    old.draw(green=[GREEN])
    phototags.scan(old.root)
    assert old.sources() == {**sources, "green": None}
    assert groups.clusters(old.index.db) == clusters


def test_all_kinds_of_changes_are_still_told_apart(old: Album, phototags: Phototags) -> None:
    old.draw(green=[GREEN], cyan=[RED])
    shutil.copy(old.root / "dark1.png", old.root / "a copy.png")
    (old.root / "dark2.png").rename(old.root / "renamed.png")
    (old.root / "nobody.png").unlink()
    os.utime(old.root / "dark3.png", ns=(1, 1))
    assert phototags.scan(old.root) == {
        "seen": 8,
        "new": 1,
        "changed": 1,
        "duplicates": 1,
        "moved": 1,
        "gone": 1,
        "unchanged": 4,
    }
    assert newest(old) == {"green", "cyan", "a copy", "dark1", "renamed", "dark3", "blue", "both"}
    assert (old.sources()["a copy"], old.sources()["renamed"]) == ("human elon", "human elon")


def test_what_turns_out_to_be_broken_or_another_picture_is_counted_as_that(old: Album, phototags: Phototags) -> None:
    """Two files changed without a change of size or time, so that only reading them tells."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), BLUE).save(out, "PNG")
    for name, contents in (("cyan", b"broken"), ("dark3", out.getvalue())):
        path = old.root / f"{name}.png"
        before = path.stat()
        path.write_bytes(contents.ljust(before.st_size, b"\0"))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    old.draw(green=[GREEN])
    assert phototags.scan(old.root) == {"seen": 8, "new": 1, "changed": 1, "unchanged": 5, "problems": 1}


def test_a_named_photo_that_was_away_meanwhile_keeps_its_name(old: Album, phototags: Phototags, tmp_path: Path) -> None:
    shutil.move(old.root / "dark1.png", tmp_path)
    old.draw(green=[GREEN])
    phototags.scan(old.root)
    shutil.move(tmp_path / "dark1.png", old.root)
    assert phototags.scan(old.root)["new"] == 1
    assert "dark1" in newest(old)
    assert old.sources()["dark1"] == "human elon"


def test_another_engine_is_still_refused(old: Album, phototag: Command) -> None:
    old.draw(green=[GREEN])
    assert phototag("scan", old.root, "--engine", "mtcnn-resnet") == 3
    assert dim(old) == 64


def test_a_calibration_of_the_older_vectors_is_not_used_for_the_new_ones(old: Album, phototags: Phototags) -> None:
    old.name("elon", "dark3")
    calibrate_tagging(old.index, 0.5)
    assert evaluate(old.index).is_calibrated
    old.draw(green=[GREEN])
    phototags.scan(old.root)
    assert not evaluate(old.index).is_calibrated


# Half way


@pytest.fixture
def halfway(old: Album, phototag: Command, monkeypatch: pytest.MonkeyPatch) -> Album:
    """A scan of one new photo and of all older ones ended after four of them."""
    done: list[bytes] = []
    analyse = Worker.analyse

    def tiring(worker: Worker, file: PhotoFile) -> object:
        if len(done) == 4:
            raise EngineError("out of memory")
        done.append(file.path)
        return analyse(worker, file)

    old.draw(green=[GREEN])
    with monkeypatch.context() as tired:
        tired.setattr(Worker, "analyse", tiring)
        assert phototag("scan", old.root, "--workers", "1") == 3
    assert 0 < len(newest(old)) < 8
    return old


def test_an_interrupted_scan_is_finished_by_the_next_although_no_file_has_changed(
    halfway: Album, phototags: Phototags, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = newest(halfway)
    analysed: list[str] = []
    analyse = Worker.analyse

    def counting(worker: Worker, file: PhotoFile) -> object:
        analysed.append(os.fsdecode(file.path).removesuffix(".png"))
        return analyse(worker, file)

    monkeypatch.setattr(Worker, "analyse", counting)
    known = photos.files(halfway.index.db).keys()
    counts = phototags.scan(halfway.root)
    assert counts == {"seen": 8, "unchanged": len(known)} | ({"new": 1} if b"green.png" not in known else {})
    assert sorted(analysed) == sorted({photo.stem for photo in halfway.root.glob("*.png")} - here)
    assert halfway.sources()["dark1"] == "human elon"
    assert halfway.sources()["dark3"] == "auto elon"
    assert len(newest(halfway)) == 8


def test_meanwhile_only_faces_of_the_newest_space_take_part(halfway: Album) -> None:
    known = gather(halfway.index)
    assert known is not None
    assert known.space.dim == 128
    described = {face for face, photo in photos.photos_of(halfway.index.db).items() if photo in _hashes(halfway)}
    assert set(known.faces) == described
    assert photos.vectors_of(halfway.index.db, known.faces, 128).shape == (len(described), 128)


def _hashes(album: Album) -> set[str]:
    """Of the photos that were described in the newest Space."""
    known = photos.files(album.index.db)
    return {known[f"{name}.png".encode()][1] for name in newest(album)}


def test_meanwhile_a_name_can_be_given_and_is_kept(halfway: Album, phototags: Phototags) -> None:
    halfway.name("zoe", "cyan", "both")
    phototags.scan(halfway.root)
    sources = halfway.sources()
    assert (sources["cyan"], sources["both"], sources["dark1"]) == ("human zoe", "human zoe", "human elon")


def test_meanwhile_a_face_that_is_still_to_be_described_is_said_to_be_so(halfway: Album) -> None:
    with_a_face = {photo.stem for photo in halfway.root.glob("*.png")} & {"dark1", "dark2", "dark3", "blue", "cyan"}
    behind = min(with_a_face - newest(halfway))
    with pytest.raises(UsageError, match=r"still to be described. Run: phototag scan"):
        why(halfway.index, halfway.face(behind).id)


def test_photos_in_a_folder_that_cannot_be_read_now_wait_for_their_turn(
    album: Album, phototags: Phototags, monkeypatch: pytest.MonkeyPatch
) -> None:
    phototags.older()
    for i in range(4):
        album.draw(**{f"dark{i}": [DARK_RED]})
    (album.root / "away").mkdir()
    for name in ("dark0", "dark1"):
        (album.root / f"{name}.png").rename(album.root / "away" / f"{name}.png")
    album.scan()
    phototags.newer()
    scandir = os.scandir

    def refusing(folder: bytes) -> object:
        if bytes(folder).endswith(b"away"):
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    album.draw(green=[GREEN])
    with monkeypatch.context() as disk:
        disk.setattr("phototag.media.walk.os.scandir", refusing)
        album.scan()
    assert newest(album) == {"dark2", "dark3", "green"}
    assert [len(faces) for faces in groups.clusters(album.index.db).values()] == [2]
    assert phototags.scan(album.root) == {"seen": 5, "unchanged": 5}
    assert [len(faces) for faces in groups.clusters(album.index.db).values()] == [4]


def test_an_older_phototag_that_comes_again_describes_all_as_it_did(old: Album, phototags: Phototags) -> None:
    """Two machines share a library, and one is updated before the other; a photo is deleted between."""
    sources = old.sources()
    old.draw(green=[GREEN])
    phototags.scan(old.root)
    phototags.older()
    (old.root / "green.png").unlink()
    old.draw(light=[LIGHT_RED])
    phototags.scan(old.root)
    found = {name: source for name, source in old.sources().items() if name in sources}
    assert found == sources
