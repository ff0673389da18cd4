"""The schema, as numbered steps that each run once, in one transaction, after a backup.

Two rules shape the tables. What a person said (`decisions`, `people`, `labels`) and what the machine guessed
(`clusters`, `cluster_faces`, `suggestions`) never share one. And a label has no foreign key to a face: it names the
photo's content and the box, so it outlives every re-detection.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from phototag.errors import LibraryError, NewerIndexError

APPLICATION_ID = 0x70687467
"""Marks an SQLite file as ours ("phtg"); PRAGMA application_id."""

BACKUPS_KEPT = 5

FIRST = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

-- machine: what is on the disk
CREATE TABLE spaces (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, description TEXT NOT NULL);
CREATE TABLE photos (
    hash TEXT PRIMARY KEY,
    width INTEGER NOT NULL,                  -- as stored, before the EXIF orientation
    height INTEGER NOT NULL,
    orientation INTEGER NOT NULL,            -- EXIF's, in which its faces were looked for
    space_id INTEGER NOT NULL REFERENCES spaces (id),
    size INTEGER NOT NULL                    -- of the file it was read from: a file of another size is not a copy
) WITHOUT ROWID;
CREATE TABLE files (
    path BLOB PRIMARY KEY,                   -- relative to the library, as the system spells it
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    hash TEXT NOT NULL REFERENCES photos (hash),
    orientation INTEGER NOT NULL,            -- EXIF's, 1 to 8
    taken TEXT                               -- ISO 8601 local time
) WITHOUT ROWID;
CREATE INDEX files_hash ON files (hash);
CREATE TABLE problems (path BLOB PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, reason TEXT NOT NULL)
    WITHOUT ROWID;
CREATE TABLE faces (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL REFERENCES photos (hash) ON DELETE CASCADE,
    left REAL NOT NULL, top REAL NOT NULL, right REAL NOT NULL, bottom REAL NOT NULL,  -- fractions, as stored
    score REAL NOT NULL,
    quality REAL NOT NULL,
    landmarks TEXT NOT NULL                  -- JSON: [[x, y], ...] as fractions, or []
) WITHOUT ROWID;
CREATE INDEX faces_hash ON faces (hash);
CREATE TABLE vectors (
    face_id TEXT PRIMARY KEY REFERENCES faces (id) ON DELETE CASCADE,
    space_id INTEGER NOT NULL REFERENCES spaces (id),
    vector BLOB NOT NULL                     -- little-endian float32
);

-- human: decisions are only ever added; people and labels are what they come to
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ns INTEGER NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,                   -- JSON; enough to apply the decision to an empty index
    inverse TEXT NOT NULL                    -- JSON; what the decision replaced
);
CREATE TRIGGER decisions_are_never_changed BEFORE UPDATE ON decisions
    BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER decisions_are_never_removed BEFORE DELETE ON decisions
    BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TABLE people (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, key TEXT NOT NULL UNIQUE);
CREATE TABLE labels (
    face_id TEXT NOT NULL,                   -- no foreign key: see above
    person_id INTEGER NOT NULL REFERENCES people (id),
    verdict TEXT NOT NULL CHECK (verdict IN ('is', 'is_not')),
    hash TEXT NOT NULL,
    left REAL NOT NULL, top REAL NOT NULL, right REAL NOT NULL, bottom REAL NOT NULL,
    decision_id INTEGER NOT NULL REFERENCES decisions (id),
    PRIMARY KEY (face_id, person_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX labels_one_person_a_face ON labels (face_id) WHERE verdict = 'is';
CREATE INDEX labels_hash ON labels (hash);  -- left to bottom: fractions of the stored picture
CREATE INDEX labels_person ON labels (person_id);

-- machine: guesses, replaced whole
CREATE TABLE clusters (id INTEGER PRIMARY KEY AUTOINCREMENT);
CREATE TABLE cluster_faces (
    face_id TEXT PRIMARY KEY REFERENCES faces (id) ON DELETE CASCADE,
    cluster_id INTEGER NOT NULL REFERENCES clusters (id)
) WITHOUT ROWID;
CREATE INDEX cluster_faces_cluster ON cluster_faces (cluster_id);
CREATE TABLE suggestions (
    face_id TEXT PRIMARY KEY REFERENCES faces (id) ON DELETE CASCADE,
    hash TEXT NOT NULL,                      -- of the face's photo, so that counting photos needs no faces
    person_id INTEGER NOT NULL REFERENCES people (id),
    distance REAL NOT NULL,
    runner_up_id INTEGER REFERENCES people (id),
    runner_up_distance REAL,
    grade TEXT NOT NULL CHECK (grade IN ('strong', 'possible'))
) WITHOUT ROWID;
CREATE INDEX suggestions_person ON suggestions (person_id);

-- who is who: a human's word, else a strong match
CREATE VIEW tags AS
    SELECT face_id, person_id, hash, 'human' AS source FROM labels
    WHERE verdict = 'is' AND EXISTS (SELECT 1 FROM faces WHERE faces.id = face_id)
    UNION ALL
    SELECT s.face_id, s.person_id, s.hash, 'auto' FROM suggestions s
    WHERE s.grade = 'strong'
        AND NOT EXISTS (SELECT 1 FROM labels l WHERE l.face_id = s.face_id AND l.verdict = 'is');
"""

SECOND = """
-- thresholds of groups are others now; vectors of before are used with those of today until their photos are read again
UPDATE spaces SET description = json_set(description, '$.thresholds', json('{"group": 0.26, "group_min_faces": 2,
    "merge": 0.375, "merge_tightening": 0.008, "join": 0.328, "strong": 0.245, "strong_few": 0.205, "possible": 0.3,
    "largest_gap": 0.1, "weak_quality": 0.57, "weak_score": 0.95}'));
"""

THIRD = """
-- machine: files whose lines in tags.jsonl are out of date; the triggers keep it whoever writes. (Not INSERT OR IGNORE:
-- an ON CONFLICT clause of the statement that fires a trigger would overrule that.)
CREATE TABLE stale_lines (path BLOB PRIMARY KEY) WITHOUT ROWID;

CREATE TRIGGER stale_by_new_file AFTER INSERT ON files  -- also fires when REPLACE puts it in the place of another
    BEGIN INSERT INTO stale_lines VALUES (NEW.path) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER stale_by_lost_file AFTER DELETE ON files
    BEGIN INSERT INTO stale_lines VALUES (OLD.path) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER stale_by_changed_file AFTER UPDATE ON files
    BEGIN INSERT INTO stale_lines VALUES (OLD.path), (NEW.path) ON CONFLICT DO NOTHING; END;

CREATE TRIGGER stale_by_photo AFTER UPDATE OF width, height ON photos
    WHEN OLD.width <> NEW.width OR OLD.height <> NEW.height
    BEGIN INSERT INTO stale_lines SELECT path FROM files WHERE hash = NEW.hash ON CONFLICT DO NOTHING; END;

CREATE TRIGGER stale_by_new_face AFTER INSERT ON faces
    BEGIN INSERT INTO stale_lines SELECT path FROM files WHERE hash = NEW.hash ON CONFLICT DO NOTHING; END;
CREATE TRIGGER stale_by_lost_face AFTER DELETE ON faces
    BEGIN INSERT INTO stale_lines SELECT path FROM files WHERE hash = OLD.hash ON CONFLICT DO NOTHING; END;
CREATE TRIGGER stale_by_changed_face AFTER UPDATE OF id, hash, left, top, right, bottom ON faces
    WHEN (OLD.id, OLD.hash, OLD.left, OLD.top, OLD.right, OLD.bottom)
        <> (NEW.id, NEW.hash, NEW.left, NEW.top, NEW.right, NEW.bottom)
    BEGIN INSERT INTO stale_lines SELECT path FROM files WHERE hash IN (OLD.hash, NEW.hash) ON CONFLICT DO NOTHING; END;

CREATE TRIGGER stale_by_new_label AFTER INSERT ON labels WHEN NEW.verdict = 'is'
    BEGIN INSERT INTO stale_lines
        SELECT path FROM files WHERE hash = (SELECT hash FROM faces WHERE id = NEW.face_id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER stale_by_lost_label AFTER DELETE ON labels WHEN OLD.verdict = 'is'
    BEGIN INSERT INTO stale_lines
        SELECT path FROM files WHERE hash = (SELECT hash FROM faces WHERE id = OLD.face_id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER stale_by_changed_label AFTER UPDATE OF face_id, person_id, verdict ON labels
    WHEN OLD.verdict = 'is' OR NEW.verdict = 'is'
    BEGIN INSERT INTO stale_lines
        SELECT path FROM files WHERE hash IN (SELECT hash FROM faces WHERE id IN (OLD.face_id, NEW.face_id))
        ON CONFLICT DO NOTHING; END;

-- a suggestion that is not strong is not in the file, nor is a distance
CREATE TRIGGER stale_by_new_suggestion AFTER INSERT ON suggestions WHEN NEW.grade = 'strong'
    BEGIN INSERT INTO stale_lines
        SELECT path FROM files WHERE hash = (SELECT hash FROM faces WHERE id = NEW.face_id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER stale_by_lost_suggestion AFTER DELETE ON suggestions WHEN OLD.grade = 'strong'
    BEGIN INSERT INTO stale_lines
        SELECT path FROM files WHERE hash = (SELECT hash FROM faces WHERE id = OLD.face_id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER stale_by_changed_suggestion AFTER UPDATE OF face_id, person_id, grade ON suggestions
    WHEN 'strong' IN (OLD.grade, NEW.grade)
        AND (OLD.face_id, OLD.person_id, OLD.grade) <> (NEW.face_id, NEW.person_id, NEW.grade)
    BEGIN INSERT INTO stale_lines
        SELECT path FROM files WHERE hash IN (SELECT hash FROM faces WHERE id IN (OLD.face_id, NEW.face_id))
        ON CONFLICT DO NOTHING; END;

CREATE TRIGGER stale_by_name AFTER UPDATE OF name ON people WHEN OLD.name <> NEW.name
    BEGIN INSERT INTO stale_lines
        SELECT path FROM files WHERE hash IN (SELECT hash FROM faces WHERE id IN (
            SELECT face_id FROM labels WHERE person_id = NEW.id AND verdict = 'is'
            UNION SELECT face_id FROM suggestions WHERE person_id = NEW.id AND grade = 'strong'))
        ON CONFLICT DO NOTHING; END;
"""

STEPS: tuple[str, ...] = (FIRST, SECOND, THIRD)
"""Step n brings an index from version n to n + 1; never edit one that has been released, add another."""


def version(db: sqlite3.Connection) -> int:
    """How many steps this index has seen; 0 for a new one."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def check(db: sqlite3.Connection, path: Path, steps: Sequence[str] = STEPS) -> None:
    """Refuse an index that is not ours or that a newer phototag made. Reads only.

    Raises:
        LibraryError: not an SQLite file, or somebody else's.
        NewerIndexError: more steps than we know.
    """
    try:
        tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        ours = db.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
    except sqlite3.OperationalError as error:
        raise LibraryError(f"{path} cannot be read now: {error}. Nothing was written; try again.") from error
    except sqlite3.DatabaseError as error:
        raise LibraryError(
            f"{path} is not a phototag index, or it is damaged ({error}). Nothing was written. "
            "Keep the file: what you named is in it. Put back a copy of yours if you have one."
        ) from error
    if tables and not ours:
        raise LibraryError(
            f"{path} belongs to another program. Nothing was written. Choose another place with --index."
        )
    if version(db) > len(steps):
        raise NewerIndexError(
            f"{path} was made by a newer phototag (index version {version(db)}, this one knows {len(steps)}). "
            "Nothing was written. Update phototag."
        )


def migrate(db: sqlite3.Connection, path: Path, steps: Sequence[str] = STEPS) -> None:
    """Bring an index up to date: a backup, then each missing step in one transaction.

    Args:
        db: open for writing, in autocommit mode, already checked with `check`.
        path: of the database file; the backup goes beside it as index-v<version>-<n>.db.
        steps: for tests.

    Raises:
        sqlite3.Error: a step failed; the index is as before.
    """
    start = version(db)
    if start == len(steps):
        return
    if start:
        _back_up(db, path, start)
    db.execute("BEGIN IMMEDIATE")
    try:
        for step in steps[start:]:
            for statement in _statements(step):
                db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {len(steps)}")
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


def _statements(script: str) -> list[str]:
    """Split a script where SQLite says a statement ends; executescript would commit the open transaction."""
    found, pending = [], ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            found.append(pending)
            pending = ""
    return found


def _back_up(db: sqlite3.Connection, path: Path, start: int) -> None:
    kept = sorted(path.parent.glob("index-v*-*.db"), key=lambda p: p.stat().st_mtime_ns)
    number = max((int(tail) for p in kept if (tail := p.stem.rsplit("-", 1)[1]).isdecimal()), default=0) + 1
    target = path.with_name(f"index-v{start}-{number}.db")
    with sqlite3.connect(target) as copy:
        db.backup(copy)
    copy.close()
    for old in kept[: max(0, len(kept) + 1 - BACKUPS_KEPT)]:
        old.unlink()
