"""Another engine for a library: what is refused, what is kept, and what happens when it is stopped half way."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from phototag.app import migration
from phototag.app.analyse import Worker
from phototag.app.known import known_enrolments
from phototag.engines.registry import ENGINES, Entry
from phototag.errors import EngineError
from phototag.index import spaces
from phototag.media.darkroom import Apart
from phototag.types import PhotoFile
from tests import wide_engine
from tests.conftest import BLUE, CYAN, GREEN, MAGENTA, RED, Album, Command, draw_photo

RED_RGB, BLUE_RGB = (224, 0, 0), (0, 0, 224)


@pytest.fixture(autouse=True)
def another_engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(ENGINES, "wide", Entry("tests.wide_engine", offered=False))
    yield
    wide_engine.blind.clear()


@pytest.fixture
def named(album: Album) -> Album:
    """Five photos: elon is red on three, ann blue on two, and cyan is on one."""
    return album.once("named to migrate", _named)


def _named(album: Album) -> None:
    album.scan(r1=[RED], r2=[RED], both=[RED, BLUE], b1=[BLUE], cyan=[CYAN, CYAN])
    album.name("elon", "r1", "r2", "both")
    album.name("ann", "b1")


class Migrate:
    """`phototag migrate` on an album."""

    def __init__(self, album: Album, phototag: Command) -> None:
        self.album, self.phototag = album, phototag

    def __call__(self, *more: str, engine: str = "wide") -> int:
        self.album.close()
        return self.phototag("migrate", "--engine", engine, "--library", self.album.root, *more)

    def document(self, *more: str, engine: str = "wide") -> dict:
        self(*more, "--json", engine=engine)
        return json.loads(self.phototag.out)

    @property
    def err(self) -> str:
        return self.phototag.err

    @property
    def out(self) -> str:
        return self.phototag.out


@pytest.fixture
def migrate(named: Album, phototag: Command) -> Migrate:
    return Migrate(named, phototag)


def engine(album: Album) -> str:
    space = spaces.current(album.index.db)
    assert space is not None
    return space.engine


def folder(album: Album) -> Path:
    return album.root / ".phototag" / "migration"


def everything(album: Album) -> list[list[tuple]]:
    """All rows of all tables."""
    db = album.index.db
    names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    return [db.execute(f"SELECT * FROM {name}").fetchall() for name in names]


def test_the_report_counts_photos_faces_and_what_was_said(named: Album, migrate: Migrate) -> None:
    assert migrate.document() == {
        "before": "fake",
        "engine": "wide",
        "migrated": True,
        "photos": 5,
        "faces": {"before": 7, "after": 7},
        "matched": 4,
        "lost": [],
        "references_gone": 0,
        "problems": [],
    }
    assert engine(named) == "wide"
    assert not folder(named).exists()
    assert named.sources() == {
        "r1": "human elon", "r2": "human elon", "both": "human elon", "b1": "human ann", "cyan": None,
    }  # fmt: skip


def test_vectors_boxes_tags_and_export_are_the_new_engines(named: Album, migrate: Migrate) -> None:
    before = (named.root / ".phototag" / "tags.jsonl").read_bytes()
    assert migrate() == 0
    db = named.index.db
    assert db.execute("SELECT DISTINCT length(vector) FROM vectors").fetchall() == [(wide_engine.DIM * 4,)]
    assert named.face("both", 1).source == "auto"
    assert (named.root / ".phototag" / "tags.jsonl").read_bytes() != before
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_the_old_index_is_kept_beside_the_new_one(named: Album, migrate: Migrate) -> None:
    before = everything(named)
    migrate()
    (copy,) = (named.root / ".phototag").glob("index-before-engine-*.db")
    with sqlite3.connect(copy) as db:
        assert sorted(db.execute("SELECT * FROM vectors")) in [sorted(rows, key=str) for rows in before]
    db.close()


def test_the_engine_that_it_has_already_is_said_to_be_so(named: Album, migrate: Migrate) -> None:
    before = everything(named)
    assert migrate(engine="fake") == 0
    assert "described by fake already" in migrate.out
    assert everything(named) == before
    document = migrate.document(engine="fake")
    assert document == {"before": "fake", "engine": "fake", "migrated": True, "problems": []}


def test_a_dry_run_says_the_same_and_leaves_the_index_as_it_is(named: Album, migrate: Migrate) -> None:
    before = everything(named)
    dry = migrate.document("--dry-run")
    assert everything(named) == before
    assert dry == {**migrate.document(), "migrated": False}


# Losses


def test_a_loss_is_refused_with_who_and_where_and_nothing_changes(named: Album, migrate: Migrate) -> None:
    wide_engine.blind.add(BLUE_RGB)
    before = everything(named)
    assert migrate() == 6
    assert "wide does not find 1 of the 4 faces that you spoke of: ann on b1.png." in migrate.err
    assert "--allow-loss 0.25" in migrate.err
    assert everything(named) == before


def test_an_allowed_loss_finishes_at_once_without_reading_again(
    named: Album, migrate: Migrate, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide_engine.blind.add(BLUE_RGB)
    assert migrate("--allow-loss", "0.2") == 6
    monkeypatch.setattr(Apart, "develop", None)
    document = migrate.document("--allow-loss", "0.25")
    assert document["lost"] == [{"said": "ann", "photo": "b1.png"}]
    assert (document["matched"], document["references_gone"]) == (3, 1)
    assert engine(named) == "wide"
    assert "b1" not in named.sources()


def test_what_was_lost_is_found_again_on_the_way_back(named: Album, migrate: Migrate) -> None:
    named.refuse("elon", "b1")
    before = named.sources()
    wide_engine.blind.update({BLUE_RGB, RED_RGB})
    assert migrate("--allow-loss", "1") == 0
    assert set(named.sources()) == {"cyan"}
    assert migrate.document(engine="fake")["matched"] == 4
    assert named.sources() == before


def test_what_was_lost_before_is_not_lost_again(
    named: Album, migrate: Migrate, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide_engine.blind.add(BLUE_RGB)
    migrate("--allow-loss", "1")
    monkeypatch.setitem(ENGINES, "third", ENGINES["wide"])
    monkeypatch.setattr(wide_engine, "NAME", "third")
    assert migrate(engine="third") == 0


def test_what_is_no_face_need_not_be_found(named: Album, migrate: Migrate, phototag: Command) -> None:
    faces = named.face("cyan").id, named.face("cyan", 1).id
    phototag("not-a-face", *faces, "--library", named.root)
    wide_engine.blind.add((0, 224, 224))
    assert migrate.document()["faces"] == {"before": 5, "after": 5}


def test_not_a_face_stays_so_where_it_is_found_again(named: Album, migrate: Migrate, phototag: Command) -> None:
    phototag("not-a-face", named.face("cyan").id, "--library", named.root)
    document = migrate.document()
    assert document["faces"] == {"before": 6, "after": 6}
    phototag("faces", "--json", "--library", named.root)
    assert len(json.loads(phototag.out)["faces"]) == 6


def test_a_refused_face_that_is_not_found_counts_too(named: Album, migrate: Migrate) -> None:
    named.refuse("elon", "cyan")
    wide_engine.blind.add((0, 224, 224))
    assert migrate() == 6
    assert "not elon on cyan.png" in migrate.err


def test_only_the_first_lost_faces_are_told(album: Album, phototag: Command) -> None:
    photos = {f"r{i:02}": [RED] for i in range(12)}
    album.scan(**photos)
    album.name("elon", *photos)
    wide_engine.blind.add(RED_RGB)
    assert Migrate(album, phototag)() == 6
    assert "12 of the 12" in phototag.err
    assert "r09.png; and 2 more: phototag migrate --engine wide --dry-run --json" in phototag.err


@pytest.mark.parametrize("share", ["-0.1", "1.5", "much", "nan"])
def test_a_share_that_is_none_allows_nothing(named: Album, migrate: Migrate, share: str) -> None:
    wide_engine.blind.add(BLUE_RGB)
    assert migrate("--allow-loss", share) in (2, 6)
    assert engine(named) == "fake"


# Bad inputs


def test_an_unknown_engine_is_refused(named: Album, migrate: Migrate) -> None:
    assert migrate(engine="magic") == 2
    assert "There is no engine 'magic'" in migrate.err


def test_an_engine_that_is_not_installed_is_refused_and_nothing_is_written(
    named: Album, migrate: Migrate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ENGINES, "toys", Entry("no.such.module", needs=("toys",), install="pip install toys"))
    named.close()
    before = sorted((named.root / ".phototag").iterdir())
    assert migrate(engine="toys") == 3
    assert "pip install toys" in migrate.err
    assert sorted((named.root / ".phototag").iterdir()) == before


def test_an_engine_that_does_not_load_leaves_nothing_behind(
    named: Album, migrate: Migrate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> object:
        raise EngineError("The weights are not there.")

    monkeypatch.setattr(wide_engine, "load", broken)
    assert migrate() == 3
    assert not folder(named).exists()
    assert engine(named) == "fake"


def test_an_index_without_photos_has_nothing_to_migrate(album: Album, phototag: Command) -> None:
    album.scan(nobody=[])
    album.index.db.execute("DELETE FROM files")
    album.index.db.execute("DELETE FROM photos")
    assert Migrate(album, phototag)() == 2
    assert "Begin with: phototag scan" in phototag.err


def test_a_library_whose_photos_are_all_gone_is_refused(named: Album, migrate: Migrate, tmp_path: Path) -> None:
    before = everything(named)
    for photo in named.root.glob("*.png"):
        photo.rename(tmp_path / photo.name)
    assert migrate() == 4
    assert everything(named) == before


def test_a_library_whose_photos_are_all_broken_is_refused(named: Album, migrate: Migrate) -> None:
    before = everything(named)
    for photo in named.root.glob("*.png"):
        photo.write_bytes(b"broken")
    assert migrate() == 4
    assert "Nothing was changed" in migrate.err
    assert everything(named) == before


def test_without_room_for_a_copy_nothing_is_changed(
    named: Album, migrate: Migrate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("phototag.index.backups.make", full)
    before = everything(named)
    assert migrate() == 4
    assert "No space left" in migrate.err
    assert everything(named) == before


def test_scanning_with_another_engine_names_the_way(named: Album, phototag: Command) -> None:
    assert phototag("scan", named.root, "--engine", "wide") == 3
    assert "phototag migrate --engine wide" in phototag.err


# Half way

STEPS = ["open_for_writing", "read", "compare", "_require_little_loss", "back_up", "take_over", "conclude"]


class KilledError(Exception):
    """Stands for the end of the process."""


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_any_step_it_goes_on(
    named: Album, migrate: Migrate, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    expected = named.sources() | {"both": "human elon"}
    work: Callable[..., object] = getattr(migration, step)

    def killed(*args: object, **kwargs: object) -> None:
        if when == "after":
            work(*args, **kwargs)
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(migration, step, killed)
        assert migrate() == 70
    is_over = (step, when) in {("take_over", "after"), ("conclude", "before"), ("conclude", "after")}
    assert engine(named) == ("wide" if is_over else "fake")
    assert named.sources() == expected
    assert migrate() == 0
    assert engine(named) == "wide"
    assert named.sources() == expected
    assert named.face("both", 1).source == "auto"
    assert not folder(named).exists()


@pytest.mark.parametrize(
    "statement",
    ["UPDATE spaces", "CREATE TEMP", "DELETE FROM cluster_faces", "DELETE FROM faces", "INSERT INTO photos",
     "INSERT INTO faces", "INSERT INTO vectors", "REPLACE INTO files", "DELETE FROM bindings", "DELETE FROM meta",
     "DROP TABLE", "COMMIT"],
)  # fmt: skip
def test_taking_over_happens_whole_or_not_at_all(
    named: Album, migrate: Migrate, monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    """On the way back, so that the Space is renewed."""
    migrate()
    before = everything(named)

    def dying(text: str) -> None:
        if text.startswith(statement):
            raise KilledError

    class Dying:
        """A connection that ends at a statement."""

        def __init__(self, db: sqlite3.Connection) -> None:
            self._db = db

        def __getattr__(self, name: str) -> object:
            return getattr(self._db, name)

        def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
            dying(sql)
            return self._db.execute(sql, *values)

        def executemany(self, sql: str, *values: object) -> sqlite3.Cursor:
            dying(sql)
            return self._db.executemany(sql, *values)

    take_over = migration.take_over
    with monkeypatch.context() as patch:
        patch.setattr(migration, "take_over", lambda db, *more: take_over(Dying(db), *more))
        assert migrate(engine="fake") == 70, migrate.err
    assert everything(named) == before
    assert migrate(engine="fake") == 0


def test_a_description_that_was_begun_goes_on(named: Album, migrate: Migrate, monkeypatch: pytest.MonkeyPatch) -> None:
    analyse, done = Worker.analyse, list[bytes]()

    def tiring(worker: Worker, file: PhotoFile) -> object:
        if len(done) == 3:
            raise EngineError("out of memory")
        done.append(file.path)
        return analyse(worker, file)

    with monkeypatch.context() as patch:
        patch.setattr(Worker, "analyse", tiring)
        assert migrate("--workers", "1") == 3
    assert engine(named) == "fake"
    again = list[bytes]()

    def counting(worker: Worker, file: PhotoFile) -> object:
        again.append(file.path)
        return analyse(worker, file)

    monkeypatch.setattr(Worker, "analyse", counting)
    assert migrate("--workers", "1") == 0
    assert 0 < len(again) < 5
    assert engine(named) == "wide"


def test_a_description_begun_by_a_third_engine_is_thrown_away(
    named: Album, migrate: Migrate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ENGINES, "third", Entry("tests.wide_engine", offered=False))
    monkeypatch.setattr(wide_engine, "NAME", "third")
    assert migrate("--dry-run", engine="third") == 0
    assert folder(named).is_dir()
    monkeypatch.setattr(wide_engine, "NAME", "wide")
    assert migrate() == 0
    assert engine(named) == "wide"


@pytest.mark.parametrize("harm", [b"", b"not a database", None])
def test_a_damaged_description_is_made_anew(named: Album, migrate: Migrate, harm: bytes | None) -> None:
    migrate("--dry-run")
    if harm is None:
        shutil.rmtree(folder(named))
    else:
        (folder(named) / "index.db").write_bytes(harm)
    assert migrate() == 0
    assert engine(named) == "wide"


def test_giving_up_removes_what_was_described(named: Album, migrate: Migrate) -> None:
    wide_engine.blind.add(BLUE_RGB)
    migrate()
    assert folder(named).is_dir()
    assert migrate(engine="fake") == 0
    assert not folder(named).exists()


def test_a_begun_migration_goes_on_in_a_library_that_was_copied_elsewhere(
    named: Album, migrate: Migrate, tmp_path: Path
) -> None:
    wide_engine.blind.add(BLUE_RGB)
    migrate()
    named.close()
    copy = tmp_path / "copy"
    shutil.copytree(named.root, copy)
    named.root = copy
    assert migrate("--allow-loss", "1") == 0
    assert engine(named) == "wide"


# The disk meanwhile


def test_photos_that_came_and_went_since_the_last_scan_are_seen(named: Album, migrate: Migrate) -> None:
    named.close()
    (named.root / "r1.png").unlink()
    (named.root / "r2.png").rename(named.root / "renamed.png")
    named.draw(green=[GREEN])
    (named.root / "bad.jpg").write_bytes(b"no photo")
    document = migrate.document()
    assert document["photos"] == 5
    assert [problem["photo"] for problem in document["problems"]] == ["bad.jpg"]
    assert named.sources() == {
        "renamed": "human elon", "both": "human elon", "b1": "human ann", "cyan": None, "green": None,
    }  # fmt: skip


def test_what_changed_after_a_refusal_is_seen_by_the_next_call(named: Album, migrate: Migrate) -> None:
    wide_engine.blind.add(BLUE_RGB)
    migrate()
    (named.root / "b1.png").unlink()
    named.draw(green=[GREEN])
    assert migrate() == 0
    assert set(named.sources()) == {"r1", "r2", "both", "cyan", "green"}


def test_names_given_after_a_refusal_are_kept(named: Album, migrate: Migrate) -> None:
    wide_engine.blind.add(BLUE_RGB)
    migrate()
    named.name("cy", "cyan")
    migrate("--allow-loss", "1")
    assert named.sources()["cyan"] == "human cy"


def test_photos_that_are_away_are_described_when_they_come_back(named: Album, migrate: Migrate, tmp_path: Path) -> None:
    (named.root / "r1.png").rename(tmp_path / "r1.png")
    assert migrate.document()["references_gone"] == 1
    assert "r1" not in named.sources()
    (tmp_path / "r1.png").rename(named.root / "r1.png")
    named.close()
    assert migrate.phototag("scan", named.root) == 0
    assert named.sources()["r1"] == "human elon"
    assert named.index.db.execute("SELECT count(DISTINCT length(vector)) FROM vectors").fetchone() == (1,)


@pytest.mark.parametrize("back", [False, True])
def test_a_folder_that_cannot_be_listed_waits_in_its_old_description(
    named: Album, migrate: Migrate, monkeypatch: pytest.MonkeyPatch, back: bool
) -> None:
    """Also on the way back, when the new Space is not new to the index."""
    (named.root / "hidden").mkdir()
    (named.root / "r1.png").rename(named.root / "hidden" / "r1.png")
    named.close()
    migrate.phototag("scan", named.root)
    if back:
        migrate()
    scandir = os.scandir

    def refusing(path: object) -> object:  # everybody's: also of text, and of folders that are open
        if isinstance(path, bytes) and path.endswith(b"hidden"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    to = "fake" if back else "wide"
    with monkeypatch.context() as disk:
        disk.setattr("phototag.media.walk.os.scandir", refusing)
        assert migrate(engine=to) == 10
    assert engine(named) == to
    assert named.sources()["r1"] == "human elon"
    named.close()
    assert migrate.phototag("scan", named.root) == 0
    assert named.sources()["r1"] == "human elon"
    assert named.index.db.execute("SELECT count(DISTINCT space_id) FROM photos").fetchone() == (1,)
    assert engine(named) == to


def test_an_index_that_lies_elsewhere_migrates_too(album: Album, phototag: Command, tmp_path: Path) -> None:
    """Its sheets lie in the library and are no photos."""
    album.draw(r1=[RED], r2=[RED])
    place = album.root / "index"
    for command in (["scan", album.root, "--engine", "fake"], ["clusters", "--sheets"]):
        assert phototag(*command, "--index", place) == 0
    assert (place / "sheets" / "groups.jpg").is_file()
    assert phototag("migrate", "--engine", "wide", "--index", place, "--json") == 0
    assert json.loads(phototag.out)["photos"] == 2


def test_a_later_scan_uses_the_new_engine(named: Album, migrate: Migrate) -> None:
    migrate()
    named.close()
    named.draw(green=[GREEN])
    assert migrate.phototag("scan", named.root) == 0
    assert engine(named) == "wide"
    assert migrate.phototag("scan", named.root, "--engine", "fake") == 3


def test_a_decision_can_be_taken_back_after_a_migration(named: Album, migrate: Migrate) -> None:
    migrate()
    named.close()
    assert migrate.phototag("undo", "--library", named.root) == 0
    assert named.sources()["b1"] is None
    named.close()
    assert migrate.phototag("redo", "--library", named.root) == 0
    assert named.sources()["b1"] == "human ann"


def test_whoever_is_enrolled_is_known_to_the_other_engine(migrate: Migrate, tmp_path: Path) -> None:
    draw_photo(tmp_path / "guests" / "cyrus.png", [CYAN], (400, 400))
    migrate.album.close()
    assert migrate.phototag("enroll", tmp_path / "guests", "--library", migrate.album.root) == 0
    assert migrate.document()["lost"] == []
    assert known_enrolments(migrate.album.index)[0].is_described
    both = {f"{face.source} {face.person}" for face in (migrate.album.face("cyan", n) for n in (0, 1))}
    assert both == {"auto cyrus", "suggested cyrus"}  # nobody is on a photo twice


def test_whoever_is_enrolled_and_not_found_by_the_other_engine_is_told(migrate: Migrate, tmp_path: Path) -> None:
    draw_photo(tmp_path / "guests" / "mag.png", [MAGENTA], (400, 400))
    migrate.album.close()
    assert migrate.phototag("enroll", tmp_path / "guests", "--library", migrate.album.root) == 0
    wide_engine.blind.add((224, 0, 224))
    assert migrate() == 6
    assert "mag on" in migrate.err
    assert known_enrolments(migrate.album.index)[0].is_described
