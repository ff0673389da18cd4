"""The schema, as numbered steps that each run once, in one transaction, after a backup.

Two rules shape the tables. What a person said (`decisions`, `changes` and what they come to) and what the machine found
or guessed (`faces`, `clusters`, `suggestions`) never share one. And what was said has no foreign key to a face: it is
said of a spot, the photo's content and a box, and so outlives every re-detection; `bindings` is the machine's finding
which face lies there now.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from phototag.errors import DamagedError, LibraryError, NewerIndexError
from phototag.index import backups, earlier_journal

APPLICATION_ID = 0x70687467
"""Marks an SQLite file as ours ("phtg"); PRAGMA application_id."""

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

THIRD_TABLES = """
DROP VIEW tags;
DROP TRIGGER decisions_are_never_changed;
DROP TRIGGER decisions_are_never_removed;
ALTER TABLE decisions RENAME TO earlier_decisions;
ALTER TABLE people RENAME TO earlier_people;
ALTER TABLE labels RENAME TO earlier_labels;

-- human: decisions and what they change are only ever added
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ns INTEGER NOT NULL,
    kind TEXT NOT NULL,
    words TEXT NOT NULL,                     -- JSON; for people who read the history
    of INTEGER REFERENCES decisions (id)     -- what is taken back or put back
);
CREATE TABLE changes (                       -- of cells (index/cells.py); none where `of` says whose they are
    decision_id INTEGER NOT NULL REFERENCES decisions (id),
    cell TEXT NOT NULL,
    was,                                     -- NULL: nothing
    was_by INTEGER,                          -- the decision that had said so
    becomes,
    PRIMARY KEY (decision_id, cell)
) WITHOUT ROWID;
CREATE INDEX changes_cell ON changes (cell);
CREATE TABLE spots (                         -- the faces that were spoken of, where they were then; never changed
    id TEXT PRIMARY KEY,                     -- the face's id then
    hash TEXT NOT NULL,
    left REAL NOT NULL, top REAL NOT NULL, right REAL NOT NULL, bottom REAL NOT NULL  -- fractions, as stored
) WITHOUT ROWID;
CREATE INDEX spots_hash ON spots (hash);
CREATE TRIGGER decisions_are_never_changed BEFORE UPDATE ON decisions
    BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER decisions_are_never_removed BEFORE DELETE ON decisions
    BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER changes_are_never_changed BEFORE UPDATE ON changes
    BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER changes_are_never_removed BEFORE DELETE ON changes
    BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;

-- human: what the decisions come to
CREATE TABLE people (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT,                               -- NULL: nobody gave one yet
    key TEXT,                                -- of the name (index/cells.py)
    cluster_id INTEGER,                      -- what somebody without a name is called by
    ignored INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX people_key ON people (key);
CREATE TABLE labels (
    spot_id TEXT NOT NULL REFERENCES spots (id),
    person_id INTEGER NOT NULL REFERENCES people (id),
    verdict TEXT NOT NULL CHECK (verdict IN ('is', 'is_not')),
    decision_id INTEGER NOT NULL REFERENCES decisions (id),
    PRIMARY KEY (spot_id, person_id, verdict)
) WITHOUT ROWID;
CREATE UNIQUE INDEX labels_one_person_a_spot ON labels (spot_id) WHERE verdict = 'is';
CREATE INDEX labels_person_spots ON labels (person_id);
CREATE TABLE not_faces (
    spot_id TEXT PRIMARY KEY REFERENCES spots (id),
    decision_id INTEGER NOT NULL REFERENCES decisions (id)
) WITHOUT ROWID;
CREATE TABLE collages (hash TEXT PRIMARY KEY, decision_id INTEGER NOT NULL REFERENCES decisions (id)) WITHOUT ROWID;

-- machine: which face lies at a spot now, and which faces are like one that is ignored or no face
CREATE TABLE bindings (
    spot_id TEXT PRIMARY KEY REFERENCES spots (id),
    face_id TEXT NOT NULL UNIQUE REFERENCES faces (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE TABLE dismissals (
    face_id TEXT PRIMARY KEY REFERENCES faces (id) ON DELETE CASCADE,
    like_id TEXT NOT NULL,                   -- the face that it is like
    distance REAL NOT NULL
) WITHOUT ROWID;
"""

THIRD_VIEWS = """
DROP TABLE earlier_labels;
DROP TABLE earlier_decisions;
CREATE TABLE suggestions_of_today (
    face_id TEXT PRIMARY KEY REFERENCES faces (id) ON DELETE CASCADE,
    hash TEXT NOT NULL,                      -- of the face's photo, so that counting photos needs no faces
    person_id INTEGER NOT NULL REFERENCES people (id),
    distance REAL NOT NULL,
    runner_up_id INTEGER REFERENCES people (id),
    runner_up_distance REAL,
    grade TEXT NOT NULL CHECK (grade IN ('strong', 'possible'))
) WITHOUT ROWID;
INSERT INTO suggestions_of_today SELECT * FROM suggestions;
DROP TABLE suggestions;
ALTER TABLE suggestions_of_today RENAME TO suggestions;
CREATE INDEX suggestions_person ON suggestions (person_id);
DROP TABLE earlier_people;

-- a person's word on the faces that are there
CREATE VIEW said AS
    SELECT b.face_id, l.person_id, l.verdict, l.decision_id FROM labels l JOIN bindings b ON b.spot_id = l.spot_id;

-- who is who: a human's word, else a strong match; ignored strangers and people without a name are nobody
CREATE VIEW tags AS
    SELECT b.face_id, l.person_id, s.hash, 'human' AS source
    FROM labels l JOIN people p ON p.id = l.person_id JOIN spots s ON s.id = l.spot_id
        JOIN bindings b ON b.spot_id = l.spot_id
    WHERE l.verdict = 'is' AND p.name IS NOT NULL AND NOT p.ignored
    UNION ALL
    SELECT s.face_id, s.person_id, s.hash, 'auto' FROM suggestions s
    WHERE s.grade = 'strong'
        AND NOT EXISTS (SELECT 1 FROM said JOIN people p ON p.id = said.person_id
            WHERE said.face_id = s.face_id AND said.verdict = 'is' AND (p.name IS NOT NULL OR p.ignored))
        AND NOT EXISTS (SELECT 1 FROM not_faces n JOIN bindings b USING (spot_id) WHERE b.face_id = s.face_id);

-- the groups with all that was said since they were made: who has no name yet is a group of their own, and a face that
-- is not somebody leaves that one's group, unless nobody would stay: then that one has left
CREATE VIEW grouped AS
    WITH refused AS (
        SELECT DISTINCT n.person_id, d.cluster_id FROM labels n JOIN bindings b ON b.spot_id = n.spot_id
            JOIN cluster_faces d ON d.face_id = b.face_id
        WHERE n.verdict = 'is_not'),
    held AS (  -- groups that are a person's, whoever is not that person leaves them
        SELECT r.person_id, r.cluster_id FROM refused r JOIN people q ON q.id = r.person_id
        WHERE EXISTS (
                SELECT 1 FROM labels y JOIN bindings b ON b.spot_id = y.spot_id
                    JOIN cluster_faces d ON d.face_id = b.face_id
                WHERE y.person_id = r.person_id AND y.verdict = 'is' AND d.cluster_id = r.cluster_id)
            AND (q.cluster_id = r.cluster_id OR q.name IS NOT NULL AND EXISTS (
                SELECT 1 FROM cluster_faces d LEFT JOIN bindings b ON b.face_id = d.face_id
                WHERE d.cluster_id = r.cluster_id AND NOT EXISTS (
                    SELECT 1 FROM labels o
                    WHERE o.spot_id = b.spot_id AND (o.verdict = 'is' OR o.person_id = r.person_id)))))
    SELECT f.id AS face_id,
        CASE WHEN p.id IS NOT NULL AND p.name IS NULL THEN p.cluster_id
             WHEN EXISTS (
                SELECT 1 FROM labels n
                WHERE n.spot_id = b.spot_id AND n.verdict = 'is_not'
                    AND (n.person_id, c.cluster_id) IN (SELECT person_id, cluster_id FROM held)) THEN NULL
             ELSE c.cluster_id END AS cluster_id
    FROM faces f LEFT JOIN cluster_faces c ON c.face_id = f.id LEFT JOIN bindings b ON b.face_id = f.id
        LEFT JOIN labels l ON l.spot_id = b.spot_id AND l.verdict = 'is' LEFT JOIN people p ON p.id = l.person_id
    WHERE b.spot_id IS NULL OR b.spot_id NOT IN (SELECT spot_id FROM not_faces);

-- groups of somebody who is ignored: who joins them is ignored too
CREATE VIEW ignored_groups AS
    SELECT DISTINCT c.cluster_id FROM people p JOIN labels l ON l.person_id = p.id AND l.verdict = 'is'
        JOIN bindings b ON b.spot_id = l.spot_id JOIN cluster_faces c ON c.face_id = b.face_id WHERE p.ignored;
"""


THIRD_TRIGGERS = """
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

CREATE TRIGGER stale_by_binding AFTER INSERT ON bindings
    BEGIN INSERT INTO stale_lines SELECT path FROM files
        WHERE hash = (SELECT hash FROM spots WHERE id = NEW.spot_id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER stale_by_lost_binding AFTER DELETE ON bindings
    BEGIN INSERT INTO stale_lines SELECT path FROM files
        WHERE hash = (SELECT hash FROM spots WHERE id = OLD.spot_id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER stale_by_new_label AFTER INSERT ON labels
    BEGIN INSERT INTO stale_lines SELECT path FROM files
        WHERE hash = (SELECT hash FROM spots WHERE id = NEW.spot_id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER stale_by_lost_label AFTER DELETE ON labels
    BEGIN INSERT INTO stale_lines SELECT path FROM files
        WHERE hash = (SELECT hash FROM spots WHERE id = OLD.spot_id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER stale_by_new_not_face AFTER INSERT ON not_faces
    BEGIN INSERT INTO stale_lines SELECT path FROM files
        WHERE hash = (SELECT hash FROM spots WHERE id = NEW.spot_id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER stale_by_lost_not_face AFTER DELETE ON not_faces
    BEGIN INSERT INTO stale_lines SELECT path FROM files
        WHERE hash = (SELECT hash FROM spots WHERE id = OLD.spot_id) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER stale_by_new_collage AFTER INSERT ON collages
    BEGIN INSERT INTO stale_lines SELECT path FROM files WHERE hash = NEW.hash ON CONFLICT DO NOTHING; END;
CREATE TRIGGER stale_by_lost_collage AFTER DELETE ON collages
    BEGIN INSERT INTO stale_lines SELECT path FROM files WHERE hash = OLD.hash ON CONFLICT DO NOTHING; END;

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

CREATE TRIGGER stale_by_name AFTER UPDATE OF name, ignored ON people
    WHEN OLD.name IS NOT NEW.name OR OLD.ignored <> NEW.ignored
    BEGIN INSERT INTO stale_lines
        SELECT path FROM files WHERE hash IN (
            SELECT hash FROM labels JOIN spots ON spots.id = spot_id WHERE person_id = NEW.id
            UNION SELECT hash FROM suggestions WHERE person_id = NEW.id AND grade = 'strong')
        ON CONFLICT DO NOTHING; END;
"""


def third(db: sqlite3.Connection) -> None:
    """Decisions become changes of cells, and what was said is said of spots."""
    run(db, THIRD_TABLES)
    earlier_journal.bring_over(db)
    run(db, THIRD_VIEWS)
    run(db, THIRD_TRIGGERS)


FOURTH = """
ALTER TABLE files ADD COLUMN content TEXT NOT NULL DEFAULT '';  -- the picture in the file: `hash`, or a copy of that
UPDATE files SET content = hash;
ALTER TABLE files ADD COLUMN taken_from TEXT;        -- exif, xmp, name or mtime
UPDATE files SET taken_from = 'exif' WHERE taken IS NOT NULL;
ALTER TABLE files ADD COLUMN camera TEXT;
ALTER TABLE files ADD COLUMN latitude REAL;          -- degrees, WGS 84
ALTER TABLE files ADD COLUMN longitude REAL;
CREATE INDEX files_taken ON files (taken);
CREATE INDEX files_content ON files (content);
ALTER TABLE problems ADD COLUMN is_photo INTEGER NOT NULL DEFAULT 1;  -- 0: by its content it is none, so no problem
ALTER TABLE photos ADD COLUMN look BLOB;             -- of the upright picture (core/copies.py)
ALTER TABLE photos ADD COLUMN compared INTEGER NOT NULL DEFAULT 0;    -- whether its copies have been looked for

-- machine: pictures that are another one, encoded anew or resized; their files count as files of that one
CREATE TABLE copies (
    hash TEXT PRIMARY KEY REFERENCES photos (hash) ON DELETE CASCADE,
    original TEXT NOT NULL REFERENCES photos (hash)
) WITHOUT ROWID;
CREATE INDEX copies_original ON copies (original);

-- what is said of a spot on a copy is bound to the face on the original
DROP VIEW tags;
CREATE VIEW tags AS
    SELECT b.face_id, l.person_id, f.hash, 'human' AS source
    FROM labels l JOIN people p ON p.id = l.person_id JOIN bindings b ON b.spot_id = l.spot_id
        JOIN faces f ON f.id = b.face_id
    WHERE l.verdict = 'is' AND p.name IS NOT NULL AND NOT p.ignored
    UNION ALL
    SELECT s.face_id, s.person_id, s.hash, 'auto' FROM suggestions s
    WHERE s.grade = 'strong'
        AND NOT EXISTS (SELECT 1 FROM said JOIN people p ON p.id = said.person_id
            WHERE said.face_id = s.face_id AND said.verdict = 'is' AND (p.name IS NOT NULL OR p.ignored))
        AND NOT EXISTS (SELECT 1 FROM not_faces n JOIN bindings b USING (spot_id) WHERE b.face_id = s.face_id);

-- the photos whose lines in tags.jsonl tell of a spot: where it is, and where the face is that it is bound to
CREATE VIEW told_on AS
    SELECT id AS spot_id, hash FROM spots
    UNION SELECT id, original FROM spots JOIN copies USING (hash)
    UNION SELECT b.spot_id, f.hash FROM bindings b JOIN faces f ON f.id = b.face_id;
DROP TRIGGER stale_by_binding;
CREATE TRIGGER stale_by_binding AFTER INSERT ON bindings
    BEGIN INSERT INTO stale_lines SELECT path FROM files
        WHERE hash IN (SELECT hash FROM told_on WHERE spot_id = NEW.spot_id) ON CONFLICT DO NOTHING; END;
DROP TRIGGER stale_by_lost_binding;
CREATE TRIGGER stale_by_lost_binding AFTER DELETE ON bindings
    BEGIN INSERT INTO stale_lines SELECT path FROM files
        WHERE hash IN (SELECT hash FROM told_on WHERE spot_id = OLD.spot_id
            UNION SELECT hash FROM faces WHERE id = OLD.face_id) ON CONFLICT DO NOTHING; END;
DROP TRIGGER stale_by_new_label;
CREATE TRIGGER stale_by_new_label AFTER INSERT ON labels
    BEGIN INSERT INTO stale_lines SELECT path FROM files
        WHERE hash IN (SELECT hash FROM told_on WHERE spot_id = NEW.spot_id) ON CONFLICT DO NOTHING; END;
DROP TRIGGER stale_by_lost_label;
CREATE TRIGGER stale_by_lost_label AFTER DELETE ON labels
    BEGIN INSERT INTO stale_lines SELECT path FROM files
        WHERE hash IN (SELECT hash FROM told_on WHERE spot_id = OLD.spot_id) ON CONFLICT DO NOTHING; END;
DROP TRIGGER stale_by_new_not_face;
CREATE TRIGGER stale_by_new_not_face AFTER INSERT ON not_faces
    BEGIN INSERT INTO stale_lines SELECT path FROM files
        WHERE hash IN (SELECT hash FROM told_on WHERE spot_id = NEW.spot_id) ON CONFLICT DO NOTHING; END;
DROP TRIGGER stale_by_lost_not_face;
CREATE TRIGGER stale_by_lost_not_face AFTER DELETE ON not_faces
    BEGIN INSERT INTO stale_lines SELECT path FROM files
        WHERE hash IN (SELECT hash FROM told_on WHERE spot_id = OLD.spot_id) ON CONFLICT DO NOTHING; END;
DROP TRIGGER stale_by_new_collage;
CREATE TRIGGER stale_by_new_collage AFTER INSERT ON collages
    BEGIN INSERT INTO stale_lines SELECT path FROM files
        WHERE hash IN (NEW.hash, (SELECT original FROM copies WHERE hash = NEW.hash)) ON CONFLICT DO NOTHING; END;
DROP TRIGGER stale_by_lost_collage;
CREATE TRIGGER stale_by_lost_collage AFTER DELETE ON collages
    BEGIN INSERT INTO stale_lines SELECT path FROM files
        WHERE hash IN (OLD.hash, (SELECT original FROM copies WHERE hash = OLD.hash)) ON CONFLICT DO NOTHING; END;
DROP TRIGGER stale_by_name;
CREATE TRIGGER stale_by_name AFTER UPDATE OF name, ignored ON people
    WHEN OLD.name IS NOT NEW.name OR OLD.ignored <> NEW.ignored
    BEGIN INSERT INTO stale_lines
        SELECT path FROM files WHERE hash IN (
            SELECT hash FROM labels JOIN told_on USING (spot_id) WHERE person_id = NEW.id
            UNION SELECT hash FROM suggestions WHERE person_id = NEW.id AND grade = 'strong')
        ON CONFLICT DO NOTHING; END;
"""


FIFTH = """
-- as before, but with UNION ALL, through which SQLite looks for one spot alone: with UNION it made the whole view for
-- every label that was written, so that naming n faces took n times n steps
DROP VIEW told_on;
CREATE VIEW told_on AS
    SELECT id AS spot_id, hash FROM spots
    UNION ALL SELECT id, original FROM spots JOIN copies USING (hash)
    UNION ALL SELECT b.spot_id, f.hash FROM bindings b JOIN faces f ON f.id = b.face_id;

-- human: faces that nobody detected, and people who are on a photo though nobody can say where
CREATE TABLE drawn (
    spot_id TEXT PRIMARY KEY REFERENCES spots (id),
    decision_id INTEGER NOT NULL REFERENCES decisions (id)
) WITHOUT ROWID;
CREATE TABLE present (
    hash TEXT NOT NULL,                      -- no foreign key: see above
    person_id INTEGER NOT NULL REFERENCES people (id),
    decision_id INTEGER NOT NULL REFERENCES decisions (id),
    PRIMARY KEY (hash, person_id)
) WITHOUT ROWID;
CREATE INDEX present_person ON present (person_id);

-- faces that are there only because a human drew them: nothing describes them (index/spots.py makes them)
CREATE VIEW drawn_faces AS SELECT spot_id AS face_id FROM drawn WHERE spot_id NOT IN (SELECT face_id FROM vectors);

-- who is on a photo without a place; of a copy it is said of the picture that it counts as
CREATE VIEW presences AS
    SELECT coalesce(c.original, o.hash) AS hash, o.person_id FROM present o JOIN people p ON p.id = o.person_id
        LEFT JOIN copies c ON c.hash = o.hash
    WHERE p.name IS NOT NULL AND NOT p.ignored;

-- machine: what a sidecar said of people when it last was as the index has it, and how the file was left
CREATE TABLE sidecars (
    path BLOB PRIMARY KEY,                   -- relative to the library; absolute where it lies elsewhere
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    said TEXT NOT NULL,                      -- JSON (index/sidecars.py)
    heard BLOB NOT NULL,                     -- digest of what was said here then
    content TEXT NOT NULL,                   -- the picture in the photo's file: a sidecar may move with its photo
    intended TEXT                            -- as `said`, what is being written, until the file is safely there
) WITHOUT ROWID;

-- machine: whether a file tells the orientation itself; else a sidecar did, or nobody
ALTER TABLE files ADD COLUMN is_turn_own INTEGER NOT NULL DEFAULT 0;
UPDATE files SET is_turn_own = 1 WHERE orientation <> 1;
-- machine: the sidecar that each file had when its orientation was last asked for
CREATE TABLE beside (
    photo BLOB PRIMARY KEY REFERENCES files (path) ON DELETE CASCADE,
    path BLOB NOT NULL,                      -- the sidecar's, relative to the library
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TRIGGER stale_by_presence AFTER INSERT ON present
    BEGIN INSERT INTO stale_lines SELECT path FROM files
        WHERE hash IN (NEW.hash, (SELECT original FROM copies WHERE hash = NEW.hash)) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER stale_by_lost_presence AFTER DELETE ON present
    BEGIN INSERT INTO stale_lines SELECT path FROM files
        WHERE hash IN (OLD.hash, (SELECT original FROM copies WHERE hash = OLD.hash)) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER stale_by_name_of_present AFTER UPDATE OF name, ignored ON people
    WHEN OLD.name IS NOT NEW.name OR OLD.ignored <> NEW.ignored
    BEGIN INSERT INTO stale_lines
        SELECT path FROM files WHERE hash IN (
            SELECT hash FROM present WHERE person_id = NEW.id
            UNION SELECT original FROM present JOIN copies USING (hash) WHERE person_id = NEW.id)
        ON CONFLICT DO NOTHING; END;
"""


SIXTH = """
-- human: pictures from elsewhere that show somebody; they lie in enrolled/ in the index's folder, named by hash
CREATE TABLE enrolled (
    hash TEXT PRIMARY KEY,                   -- no foreign key: it may not have been described yet
    origin TEXT NOT NULL,                    -- where the photo was that it was cut from, for a person to read
    decision_id INTEGER NOT NULL REFERENCES decisions (id)
) WITHOUT ROWID;
"""


SEVENTH = """
-- for pages of a list: the file that a face is shown of is the first that has its picture
DROP INDEX files_hash;
CREATE INDEX files_hash ON files (hash, content);
CREATE INDEX labels_refused ON labels (person_id, spot_id) WHERE verdict = 'is_not';

-- as before, with one look at what was said of a face instead of two
DROP VIEW tags;
CREATE VIEW tags AS
    SELECT b.face_id, l.person_id, f.hash, 'human' AS source
    FROM labels l JOIN people p ON p.id = l.person_id JOIN bindings b ON b.spot_id = l.spot_id
        JOIN faces f ON f.id = b.face_id
    WHERE l.verdict = 'is' AND p.name IS NOT NULL AND NOT p.ignored
    UNION ALL
    SELECT s.face_id, s.person_id, s.hash, 'auto' FROM suggestions s
    WHERE s.grade = 'strong' AND NOT EXISTS (
        SELECT 1 FROM bindings b WHERE b.face_id = s.face_id AND (
            b.spot_id IN (SELECT spot_id FROM not_faces)
            OR EXISTS (SELECT 1 FROM labels l JOIN people p ON p.id = l.person_id
                WHERE l.spot_id = b.spot_id AND l.verdict = 'is' AND (p.name IS NOT NULL OR p.ignored))));

-- as before, with who a human said the face is
DROP VIEW grouped;
CREATE VIEW grouped AS
    WITH refused AS (
        SELECT DISTINCT n.person_id, d.cluster_id FROM labels n JOIN bindings b ON b.spot_id = n.spot_id
            JOIN cluster_faces d ON d.face_id = b.face_id
        WHERE n.verdict = 'is_not'),
    held AS (  -- groups that are a person's, whoever is not that person leaves them
        SELECT r.person_id, r.cluster_id FROM refused r JOIN people q ON q.id = r.person_id
        WHERE EXISTS (
                SELECT 1 FROM labels y JOIN bindings b ON b.spot_id = y.spot_id
                    JOIN cluster_faces d ON d.face_id = b.face_id
                WHERE y.person_id = r.person_id AND y.verdict = 'is' AND d.cluster_id = r.cluster_id)
            AND (q.cluster_id = r.cluster_id OR q.name IS NOT NULL AND EXISTS (
                SELECT 1 FROM cluster_faces d LEFT JOIN bindings b ON b.face_id = d.face_id
                WHERE d.cluster_id = r.cluster_id AND NOT EXISTS (
                    SELECT 1 FROM labels o
                    WHERE o.spot_id = b.spot_id AND (o.verdict = 'is' OR o.person_id = r.person_id)))))
    SELECT f.id AS face_id,
        CASE WHEN p.id IS NOT NULL AND p.name IS NULL THEN p.cluster_id
             WHEN EXISTS (
                SELECT 1 FROM labels n
                WHERE n.spot_id = b.spot_id AND n.verdict = 'is_not'
                    AND (n.person_id, c.cluster_id) IN (SELECT person_id, cluster_id FROM held)) THEN NULL
             ELSE c.cluster_id END AS cluster_id,
        l.person_id
    FROM faces f LEFT JOIN cluster_faces c ON c.face_id = f.id LEFT JOIN bindings b ON b.face_id = f.id
        LEFT JOIN labels l ON l.spot_id = b.spot_id AND l.verdict = 'is' LEFT JOIN people p ON p.id = l.person_id
    WHERE b.spot_id IS NULL OR b.spot_id NOT IN (SELECT spot_id FROM not_faces);

-- as before, beginning with the few who are ignored
DROP VIEW ignored_groups;
CREATE VIEW ignored_groups AS
    SELECT DISTINCT c.cluster_id FROM people p CROSS JOIN labels l ON l.person_id = p.id AND l.verdict = 'is'
        JOIN bindings b ON b.spot_id = l.spot_id JOIN cluster_faces c ON c.face_id = b.face_id WHERE p.ignored;
"""


def _restand(table: str, faces: str, *events: str) -> str:
    """Triggers that work the standing of faces out anew when a row of a table comes, goes or changes.

    Args:
        table: of the row.
        faces: SQL of their ids, with {row}.
        events: INSERT, DELETE, UPDATE, or UPDATE OF the columns that matter.
    """
    script = ""
    for event in events:
        verb = event.split()[0]
        rows = {"INSERT": ("NEW",), "DELETE": ("OLD",), "UPDATE": ("OLD", "NEW")}[verb]
        found = " UNION ALL ".join(faces.format(row=row) for row in rows)
        script += f"""
CREATE TRIGGER standing_by_{verb.lower()}_of_{table} AFTER {event} ON {table}
    BEGIN
        DELETE FROM standings WHERE face_id IN ({found});
        INSERT INTO standings SELECT * FROM standings_anew WHERE face_id IN ({found});
    END;
"""
    return script


_FACE, _AT_SPOT = "SELECT {row}.face_id", "SELECT face_id FROM bindings WHERE spot_id = {row}.spot_id"
_OF_PERSON = "SELECT face_id FROM labels JOIN bindings USING (spot_id) WHERE person_id = {row}.id AND verdict = 'is'"

EIGHTH = f"""
-- machine: photos that no file holds now, nor a copy of them; the triggers keep it whoever writes
CREATE TABLE gone (hash TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE VIEW gone_anew AS SELECT hash FROM photos WHERE hash NOT IN (SELECT hash FROM files);
INSERT INTO gone SELECT hash FROM gone_anew;
CREATE TRIGGER gone_by_new_photo AFTER INSERT ON photos WHEN NOT EXISTS (SELECT 1 FROM files WHERE hash = NEW.hash)
    BEGIN INSERT INTO gone VALUES (NEW.hash) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER gone_by_lost_photo AFTER DELETE ON photos BEGIN DELETE FROM gone WHERE hash = OLD.hash; END;
CREATE TRIGGER gone_by_replaced_file BEFORE INSERT ON files  -- REPLACE removes a row, and no trigger hears of that
    BEGIN INSERT INTO gone SELECT hash FROM files f WHERE path = NEW.path
        AND NOT EXISTS (SELECT 1 FROM files WHERE hash = f.hash AND path <> f.path) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER gone_by_new_file AFTER INSERT ON files BEGIN DELETE FROM gone WHERE hash = NEW.hash; END;
CREATE TRIGGER gone_by_lost_file AFTER DELETE ON files WHEN NOT EXISTS (SELECT 1 FROM files WHERE hash = OLD.hash)
    BEGIN INSERT INTO gone VALUES (OLD.hash) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER gone_by_changed_file AFTER UPDATE OF hash ON files
    BEGIN
        INSERT INTO gone SELECT OLD.hash WHERE NOT EXISTS (SELECT 1 FROM files WHERE hash = OLD.hash)
            ON CONFLICT DO NOTHING;
        DELETE FROM gone WHERE hash = NEW.hash;
    END;

-- machine: what pages count, as rows that need only be counted; kept by triggers likewise
CREATE TABLE standings (
    face_id TEXT PRIMARY KEY,
    hash TEXT NOT NULL,                      -- of its photo
    quality REAL NOT NULL,
    source TEXT NOT NULL,                    -- of a tag: human or auto; of an unknown face: spoken, or open, if nobody
                                             -- ever spoke of it: then it is in no other group than cluster_id
    person_id INTEGER,                       -- whose tag; of an unknown face, who is suggested
    distance REAL,
    cluster_id INTEGER
) WITHOUT ROWID;

-- who is who: a human's word, else a strong match; ignored strangers and people without a name are nobody
CREATE VIEW standings_anew AS
    SELECT face_id, hash, quality, source, CASE source WHEN 'human' THEN named_id ELSE guessed_id END AS person_id,
        distance, cluster_id
    FROM (
        SELECT f.id AS face_id, f.hash, f.quality, p.id AS named_id, s.person_id AS guessed_id, s.distance,
            c.cluster_id,
            CASE WHEN p.name IS NOT NULL AND NOT p.ignored THEN 'human'
                 WHEN p.ignored OR b.spot_id IN (SELECT spot_id FROM not_faces) THEN NULL
                 WHEN s.grade = 'strong' THEN 'auto'
                 WHEN d.face_id IS NOT NULL THEN NULL
                 WHEN b.spot_id IS NOT NULL THEN 'spoken'
                 WHEN c.cluster_id IS NOT NULL OR s.person_id IS NOT NULL THEN 'open' END AS source
        FROM faces f LEFT JOIN bindings b ON b.face_id = f.id
            LEFT JOIN labels l ON l.spot_id = b.spot_id AND l.verdict = 'is' LEFT JOIN people p ON p.id = l.person_id
            LEFT JOIN suggestions s ON s.face_id = f.id LEFT JOIN dismissals d ON d.face_id = f.id
            LEFT JOIN cluster_faces c ON c.face_id = f.id)
    WHERE source IS NOT NULL;
INSERT INTO standings SELECT * FROM standings_anew ORDER BY face_id;
CREATE INDEX standings_tags ON standings (person_id, hash, source) WHERE source IN ('human', 'auto');
CREATE INDEX standings_best ON standings (person_id, quality DESC, face_id) WHERE source = 'human';
CREATE INDEX standings_open ON standings (cluster_id, quality DESC, face_id, hash, person_id, distance, source)
    WHERE source = 'open';
CREATE INDEX standings_spoken ON standings (source) WHERE source = 'spoken';
CREATE INDEX suggestions_possible ON suggestions (person_id, hash, grade) WHERE grade = 'possible';
DROP VIEW tags;
CREATE VIEW tags AS SELECT face_id, person_id, hash, source FROM standings WHERE source IN ('human', 'auto');
{_restand("bindings", _FACE, "INSERT", "DELETE", "UPDATE")}
{_restand("labels", _AT_SPOT, "INSERT", "DELETE", "UPDATE")}
{_restand("not_faces", _AT_SPOT, "INSERT", "DELETE", "UPDATE")}
{_restand("suggestions", _FACE, "INSERT", "DELETE", "UPDATE OF face_id, person_id, distance, grade")}
{_restand("dismissals", _FACE, "INSERT", "DELETE", "UPDATE OF face_id")}
{_restand("cluster_faces", _FACE, "INSERT", "DELETE", "UPDATE")}
{_restand("people", _OF_PERSON, "UPDATE OF name, ignored")}
{_restand("faces", "SELECT {row}.id", "DELETE", "UPDATE OF id, hash, quality")}
"""


Step: TypeAlias = str | Callable[[sqlite3.Connection], None]

STEPS: tuple[Step, ...] = (FIRST, SECOND, third, FOURTH, FIFTH, SIXTH, SEVENTH, EIGHTH)
"""Step n brings an index from version n to n + 1; never edit one that has been released, add another."""


def version(db: sqlite3.Connection) -> int:
    """How many steps this index has seen; 0 for a new one."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def check(db: sqlite3.Connection, path: Path, steps: Sequence[Step] = STEPS) -> None:
    """Refuse an index that is not ours or that a newer phototag made. Reads only.

    Raises:
        DamagedError: not an SQLite file, or one that cannot be read any more.
        LibraryError: somebody else's, or not readable now.
        NewerIndexError: more steps than we know.
    """
    try:
        tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        ours = db.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
    except sqlite3.OperationalError as error:
        raise LibraryError(f"{path} cannot be read now: {error}. Nothing was written; try again.") from error
    except sqlite3.DatabaseError as error:
        raise DamagedError(
            f"{path} is not a phototag index, or it is damaged ({error}). Nothing was written. "
            "Keep the file: what you named is in it. To go on: phototag restore latest, or phototag rebuild DIR"
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


def migrate(db: sqlite3.Connection, path: Path, steps: Sequence[Step] = STEPS, *, back_up: bool = True) -> None:
    """Bring an index up to date: a backup, then each missing step in one transaction.

    Args:
        db: open for writing, in autocommit mode, already checked with `check`; without foreign keys being enforced, so
            that a table can be put in the place of another.
        path: of the database file; the backup goes beside it as index-v<version>-<n>.db.
        steps: for tests.
        back_up: false for what is a copy itself.

    Raises:
        sqlite3.Error: a step failed; the index is as before.
    """
    start = version(db)
    if start == len(steps):
        return
    if start and back_up:
        backups.make(db, path.parent, f"v{start}")
    db.execute("BEGIN IMMEDIATE")
    try:
        for step in steps[start:]:
            if callable(step):
                step(db)
            else:
                run(db, step)
        if db.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise sqlite3.IntegrityError("a row speaks of one that is not there")
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {len(steps)}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:  # on a full disk SQLite has rolled back by itself
            db.execute("ROLLBACK")
        raise


def run(db: sqlite3.Connection, script: str) -> None:
    """Run the statements of a script, in the transaction that is open; executescript would commit it."""
    for statement in _statements(script):
        db.execute(statement)


def _statements(script: str) -> list[str]:
    """Split a script where SQLite says a statement ends."""
    found, pending = [], ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            found.append(pending)
            pending = ""
    return found
