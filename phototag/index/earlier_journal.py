"""The journal of index versions 1 and 2, brought to the form that it has since.

There, a decision held the faces that it named or refused, and labels moved from face to face as photos were detected
anew. Here, it becomes changes of cells, and labels belong to spots.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator

from phototag.core.geometry import intersection_over_union
from phototag.core.names import name_key
from phototag.types import Box

SAME_PLACE = 0.5
"""Overlap of the boxes of one face, as those versions had it."""


def bring_over(db: sqlite3.Connection) -> None:
    """Fill `decisions`, `changes`, `spots`, `people`, `labels` and `bindings` from the tables of before."""
    db.execute("INSERT INTO people (id, name, key) SELECT id, name, key FROM earlier_people")
    earlier = _Earlier(db)
    rows = db.execute("SELECT id, at_ns, kind, payload FROM earlier_decisions ORDER BY id").fetchall()
    for number, at_ns, kind, payload in rows:
        earlier.decide(number, at_ns, kind, json.loads(payload))
    for spot, (person, number) in earlier.named.items():
        db.execute("INSERT INTO labels VALUES (?, ?, 'is', ?)", (spot, person, number))
    for (spot, person), number in earlier.refused.items():
        db.execute("INSERT INTO labels VALUES (?, ?, 'is_not', ?)", (spot, person, number))
    sql = """
        SELECT DISTINCT face_id, hash, left, top, right, bottom FROM earlier_labels
        WHERE face_id IN (SELECT id FROM faces)"""
    for face, photo, *box in db.execute(sql).fetchall():
        spot = earlier.spot(face, photo, Box(*box))
        db.execute("INSERT OR IGNORE INTO bindings VALUES (?, ?)", (spot, face))


class _Earlier:
    """What the decisions read so far come to.

    Attributes:
        named: spot -> person and decision.
        refused: spot and person -> decision.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._people = dict(db.execute("SELECT key, id FROM people"))
        self._spots: dict[str, dict[str, Box]] = defaultdict(dict)
        self.named: dict[str, tuple[int, int]] = {}
        self.refused: dict[tuple[str, int], int] = {}

    def decide(self, number: int, at_ns: int, kind: str, payload: dict[str, object]) -> None:
        """Write one decision down anew."""
        name, faces = str(payload["name"]), list(_faces(payload))
        words = json.dumps({"name": name, "faces": len(faces)}, ensure_ascii=False)
        decision = (number, at_ns, "name" if kind == "name" else "reject", words)
        self._db.execute("INSERT INTO decisions (id, at_ns, kind, words) VALUES (?, ?, ?, ?)", decision)
        person = int(self._people[name_key(name)])
        changes: dict[str, tuple[object, object, object]] = {}
        for face, photo, box in faces:
            changes.update(self._say(kind, self.spot(face, photo, box), person, number))
        self._db.executemany(
            "INSERT INTO changes VALUES (?, ?, ?, ?, ?)", [(number, cell, *change) for cell, change in changes.items()]
        )

    def spot(self, face: str, photo: str, box: Box) -> str:
        """The spot of a face: where it, or one that overlaps it, was first spoken of."""
        here = self._spots[photo]
        if face in here:
            return face
        for spot, other in here.items():
            if intersection_over_union(box, other) >= SAME_PLACE:
                return spot
        here[face] = box
        self._db.execute("INSERT INTO spots VALUES (?, ?, ?, ?, ?, ?)", (face, photo, *box))
        return face

    def _say(
        self, kind: str, spot: str, person: int, number: int
    ) -> Iterator[tuple[str, tuple[object, object, object]]]:
        """Changes of cells: what each held, who had said so, what it holds now."""
        who, by = self.named.get(spot, (None, None))
        refused = self.refused.get((spot, person))
        if kind == "name":
            if refused is not None:
                yield f"not {spot} {person}", (1, self.refused.pop((spot, person)), None)
            if who != person:
                self.named[spot] = person, number
                yield f"is {spot}", (who, by, person)
            return
        if refused is None:
            self.refused[spot, person] = number
            yield f"not {spot} {person}", (None, None, 1)
        if who == person:
            del self.named[spot]
            yield f"is {spot}", (who, by, None)


def _faces(payload: dict[str, object]) -> Iterator[tuple[str, str, Box]]:
    faces = payload["faces"]
    assert isinstance(faces, list)
    for face in faces:
        yield face["face"], face["photo"], Box(*face["box"])
