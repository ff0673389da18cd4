"""A person's decisions: an append-only list, and the people and labels that it comes to.

`people` and `labels` hold nothing that the decisions do not say: `replay` builds the same again. That is what makes
undo, and a name that cannot be lost, possible.
"""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from phototag.core.geometry import match_boxes, to_stored, to_upright
from phototag.types import Box, Person, Verdict


@dataclass(frozen=True, slots=True)
class LabelledFace:
    """A face as a decision remembers it: by content and place, so that the decision outlives every re-detection."""

    face: str
    photo: str
    box: Box


@dataclass(frozen=True, slots=True)
class NameFaces:
    """A person says that these faces are somebody of this name."""

    name: str
    faces: tuple[LabelledFace, ...]


def name_key(name: str) -> str:
    """Two names with the same key are one person: 'Élon ' typed on any keyboard is 'élon'."""
    return unicodedata.normalize("NFKC", " ".join(name.split())).casefold()


def decide(db: sqlite3.Connection, decision: NameFaces, at_ns: int) -> Person:
    """Write a decision down and let it take effect. Inside a durable transaction.

    Args:
        db: the index.
        decision: what the person said.
        at_ns: when, nanoseconds since the epoch.

    Returns:
        The person named, new or known.
    """
    before = _labels_of(db, [face.face for face in decision.faces])
    cursor = db.execute(
        "INSERT INTO decisions (at_ns, kind, payload, inverse) VALUES (?, 'name', ?, ?)",
        (at_ns, json.dumps(asdict(decision), ensure_ascii=False), json.dumps({"labels": before}, ensure_ascii=False)),
    )
    return _apply(db, decision, int(cursor.lastrowid or 0))


def replay(db: sqlite3.Connection) -> None:
    """Build people and labels anew from the decisions alone. Inside a transaction."""
    db.execute("DELETE FROM labels")
    rows = db.execute("SELECT id, payload FROM decisions ORDER BY id").fetchall()
    for decision_id, payload in rows:
        fields = json.loads(payload)
        faces = tuple(LabelledFace(f["face"], f["photo"], Box(*f["box"])) for f in fields["faces"])
        _apply(db, NameFaces(fields["name"], faces), decision_id)
    sql = "SELECT DISTINCT hash FROM labels WHERE face_id NOT IN (SELECT id FROM faces)"
    for (photo,) in db.execute(sql).fetchall():
        rebind(db, photo)


def rebind(db: sqlite3.Connection, photo: str) -> None:
    """Give labels whose face is no longer found on a photo to the face at the same place. Inside a transaction.

    The same place: the greatest overlap, at least half (`core.geometry.match_boxes`). A label that finds no face stays
    as it is and waits.
    """
    sql = "SELECT {0}, left, top, right, bottom FROM {1} WHERE hash = ? ORDER BY {0}"
    found = {row[0]: Box(*row[1:]) for row in db.execute(sql.format("id", "faces"), (photo,))}
    labelled = {row[0]: Box(*row[1:]) for row in db.execute(sql.format("face_id", "labels"), (photo,))}
    lost = [face for face in labelled if face not in found]
    free = [face for face in found if face not in labelled]
    pairs = match_boxes([labelled[face] for face in lost], [found[face] for face in free])
    db.executemany("UPDATE labels SET face_id = ? WHERE face_id = ?", [(free[j], lost[i]) for i, j in pairs.items()])


def follow_turn(db: sqlite3.Connection, photo: str) -> None:
    """Turn labels with a photo whose EXIF orientation was changed in place. Inside a transaction.

    They are those of the same content (see `media.content.picture_name`) in an orientation that no file has any more.
    """
    content, orientation = _content_and_orientation(photo)
    sql = """
        SELECT face_id, person_id, hash, left, top, right, bottom FROM labels
        WHERE hash >= ? AND hash < ? AND hash <> ? AND hash NOT IN (SELECT hash FROM files)"""
    for face, person, before, *box in db.execute(sql, (content, content + "~", photo)).fetchall():
        turned = to_upright(to_stored(Box(*box), _content_and_orientation(before)[1]), orientation)
        db.execute(
            "UPDATE labels SET hash = ?, left = ?, top = ?, right = ?, bottom = ? WHERE face_id = ? AND person_id = ?",
            (photo, *turned, face, person),
        )


def _content_and_orientation(photo: str) -> tuple[str, int]:
    content, _, orientation = photo.partition("-")
    return content, int(orientation or 1)


def _apply(db: sqlite3.Connection, decision: NameFaces, decision_id: int) -> Person:
    person = _person(db, decision.name)
    db.executemany(
        "DELETE FROM labels WHERE face_id = ? AND (verdict = 'is' OR person_id = ?)",
        [(face.face, person.id) for face in decision.faces],
    )
    db.executemany(
        "INSERT INTO labels VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(f.face, person.id, Verdict.IS, f.photo, *f.box, decision_id) for f in decision.faces],
    )
    return person


def _person(db: sqlite3.Connection, name: str) -> Person:
    key = name_key(name)
    db.execute(
        "INSERT INTO people (name, key) VALUES (?, ?) ON CONFLICT (key) DO NOTHING", (" ".join(name.split()), key)
    )
    return Person(*db.execute("SELECT id, name FROM people WHERE key = ?", (key,)).fetchone())


def _labels_of(db: sqlite3.Connection, faces: Sequence[str]) -> list[list[str]]:
    """[face, name] of the faces that somebody had named before."""
    sql = "SELECT face_id, name FROM labels JOIN people ON people.id = person_id WHERE face_id = ? AND verdict = 'is'"
    return [list(row) for face in faces for row in db.execute(sql, (face,))]
