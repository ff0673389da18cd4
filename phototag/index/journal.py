"""A person's decisions: an append-only list, and the people and labels that it comes to.

`people` and `labels` hold nothing that the decisions do not say: `replay` builds the same again. That is what makes
undo, and a name that cannot be lost, possible.
"""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from phototag.core.geometry import intersection_over_union, match_boxes
from phototag.types import Box, Person, Verdict

SAME_PLACE = 0.5
"""Two boxes of one picture that overlap at least this much (intersection over union) are one face."""


@dataclass(frozen=True, slots=True)
class LabelledFace:
    """A face as a decision remembers it: by content and place, so that the decision outlives every re-detection.

    The box is in the stored picture, so that it outlives a turn by the EXIF orientation too.
    """

    face: str
    photo: str
    box: Box


@dataclass(frozen=True, slots=True)
class NameFaces:
    """A person says that these faces are somebody of this name."""

    name: str
    faces: tuple[LabelledFace, ...]


@dataclass(frozen=True, slots=True)
class RefuseFaces:
    """A person says that these faces are not somebody of this name."""

    name: str
    faces: tuple[LabelledFace, ...]


Decision: TypeAlias = NameFaces | RefuseFaces

KINDS: dict[str, type[Decision]] = {"name": NameFaces, "refuse": RefuseFaces}
"""As the journal spells them."""


def name_key(name: str) -> str:
    """Two names with the same key are one person: 'Élon ' typed on any keyboard is 'élon'."""
    return unicodedata.normalize("NFKC", " ".join(name.split())).casefold()


def decide(db: sqlite3.Connection, decision: Decision, at_ns: int) -> Person:
    """Write a decision down and let it take effect. Inside a durable transaction.

    Args:
        db: the index.
        decision: what the person said.
        at_ns: when, nanoseconds since the epoch.

    Returns:
        The person spoken of, new or known.
    """
    kind = next(kind for kind, its in KINDS.items() if isinstance(decision, its))
    inverse = {"labels": [label for face in decision.faces for label in _labels_at(db, face)]}
    cursor = db.execute(
        "INSERT INTO decisions (at_ns, kind, payload, inverse) VALUES (?, ?, ?, ?)",
        (at_ns, kind, json.dumps(asdict(decision), ensure_ascii=False), json.dumps(inverse, ensure_ascii=False)),
    )
    return _apply(db, decision, int(cursor.lastrowid or 0))


def decision_on(db: sqlite3.Connection, face: str) -> tuple[int, int] | None:
    """Number and time (nanoseconds since the epoch) of the decision that named a face, or None."""
    sql = """
        SELECT decisions.id, at_ns FROM labels JOIN decisions ON decisions.id = decision_id
        WHERE face_id = ? AND verdict = 'is'"""
    row = db.execute(sql, (face,)).fetchone()
    return None if row is None else (int(row[0]), int(row[1]))


def replay(db: sqlite3.Connection) -> None:
    """Build people and labels anew from the decisions alone. Inside a transaction."""
    db.execute("DELETE FROM labels")
    rows = db.execute("SELECT id, kind, payload FROM decisions ORDER BY id").fetchall()
    for decision_id, kind, payload in rows:
        fields = json.loads(payload)
        faces = tuple(LabelledFace(f["face"], f["photo"], Box(*f["box"])) for f in fields["faces"])
        _apply(db, KINDS[kind](fields["name"], faces), decision_id)
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
    pairs = match_boxes([labelled[face] for face in lost], [found[face] for face in free], SAME_PLACE)
    db.executemany("UPDATE labels SET face_id = ? WHERE face_id = ?", [(free[j], lost[i]) for i, j in pairs.items()])


def _apply(db: sqlite3.Connection, decision: Decision, decision_id: int) -> Person:
    person = _person(db, decision.name)
    verdict = Verdict.IS if isinstance(decision, NameFaces) else Verdict.IS_NOT
    for face in decision.faces:
        overruled = [(x["face"], x["person"]) for x in _labels_at(db, face) if _gives_way(x, person, verdict)]
        db.executemany("DELETE FROM labels WHERE face_id = ? AND person_id = ?", overruled)
    db.executemany(
        "INSERT INTO labels VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(f.face, person.id, verdict, f.photo, *f.box, decision_id) for f in decision.faces],
    )
    return person


def _person(db: sqlite3.Connection, name: str) -> Person:
    key = name_key(name)
    db.execute(
        "INSERT INTO people (name, key) VALUES (?, ?) ON CONFLICT (key) DO NOTHING", (" ".join(name.split()), key)
    )
    return Person(*db.execute("SELECT id, name FROM people WHERE key = ?", (key,)).fetchone())


def _labels_at(db: sqlite3.Connection, face: LabelledFace) -> list[dict[str, Any]]:
    """What was said of this face, also under the id that it had when it was detected a little elsewhere."""
    sql = """
        SELECT face_id, person_id, name, verdict, decision_id, left, top, right, bottom
        FROM labels JOIN people ON people.id = person_id WHERE hash = ? ORDER BY face_id, person_id"""
    return [
        {"face": row[0], "person": row[1], "name": row[2], "verdict": row[3], "decision": row[4], "box": row[5:]}
        for row in db.execute(sql, (face.photo,))
        if row[0] == face.face or intersection_over_union(Box(*row[5:]), face.box) >= SAME_PLACE
    ]


def _gives_way(label: dict[str, Any], person: Person, verdict: Verdict) -> bool:
    """Whether a label is overruled by saying that the face is, or is not, this person: nobody is two people."""
    return bool(label["person"] == person.id or label["verdict"] == verdict == Verdict.IS)
