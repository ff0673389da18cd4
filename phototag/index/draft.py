"""A decision in the making: what a person says, as changes of cells, before any of it is written."""

from __future__ import annotations

import json
import sqlite3
from typing import NamedTuple

from phototag.core.names import name_key
from phototag.index import cells
from phototag.index.cells import Content, Held
from phototag.index.spots import Spot, settle


class Change(NamedTuple):
    """What a decision does to one cell.

    Attributes:
        cell: see `index.cells`.
        was: what it held, and by which decision.
        becomes: what it holds from now on.
    """

    cell: str
    was: Held
    becomes: Content


class Draft:
    """What a person says, put together verb by verb. Each verb sees what the ones before it said.

    Inside a transaction: spots are settled and new people get their numbers at once.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._was: dict[str, Held] = {}
        self._becomes: dict[str, Content] = {}

    def changes(self) -> list[Change]:
        """The cells that would hold something else, in the order in which they were spoken of."""
        return [
            Change(cell, was, self._becomes[cell])
            for cell, was in self._was.items()
            if self._becomes[cell] != was.content
        ]

    def person(self, name: str) -> int:
        """Whoever has this name, or somebody new: of several whose name it was, one who is on a photo.

        Not somebody who is ignored and has none any more: whoever has the name from now on would be hidden.
        """
        sql = """
            SELECT id FROM (SELECT id, ignored,
                EXISTS (SELECT 1 FROM labels WHERE person_id = people.id AND verdict = 'is')
                    OR EXISTS (SELECT 1 FROM present WHERE person_id = people.id) AS is_known
                FROM people WHERE key = ?)
            WHERE is_known OR NOT ignored ORDER BY is_known DESC, id LIMIT 1"""
        row = self._db.execute(sql, (name_key(name),)).fetchone()
        return int(row[0]) if row else self._introduce(" ".join(name.split()), None)

    def somebody(self, cluster: int) -> int:
        """Somebody new without a name, who is called by the number of their group."""
        return self._introduce(None, cluster)

    def name(self, face: Spot, person: int) -> None:
        """The face is this person, whatever was said before."""
        spot = settle(self._db, face)
        self._set(f"face {spot}", None)
        self._set(f"not {spot} {person}", None)
        self._set(f"is {spot}", person)

    def refuse(self, face: Spot, person: int) -> None:
        """The face is not this person."""
        spot = settle(self._db, face)
        self._set(f"not {spot} {person}", 1)
        if self._get(f"is {spot}") == person:
            self._set(f"is {spot}", None)

    def no_face(self, face: Spot) -> None:
        """It is no face at all; if it was drawn, it is not drawn any more."""
        spot = settle(self._db, face)
        if self._get(f"drawn {spot}"):
            self._undraw(spot)
        self._set(f"face {spot}", 0)
        self._set(f"is {spot}", None)

    def draw(self, face: Spot) -> None:
        """It is a face, whether or not one is found there."""
        spot = settle(self._db, face)
        self._set(f"face {spot}", None)
        self._set(f"drawn {spot}", 1)

    def some_face(self, face: Spot) -> None:
        """It is a face, whatever was said before."""
        self._set(f"face {settle(self._db, face)}", None)

    def redraw(self, face: Spot, place: Spot) -> None:
        """A face that was drawn is elsewhere, with all that was said of it."""
        spot = settle(self._db, face)
        if spot == place.id:
            return
        self.draw(place)
        for person, verdict in self._labels(spot):
            if verdict == "is":
                self.name(place, person)
            else:
                self.refuse(place, person)
        self._undraw(spot)

    def _undraw(self, spot: str) -> None:
        self._set(f"drawn {spot}", None)
        for person, verdict in self._labels(spot):
            self._set(f"is {spot}" if verdict == "is" else f"not {spot} {person}", None)

    def _labels(self, spot: str) -> list[tuple[int, str]]:
        """Who a face is, and who not, before anything was said here."""
        return self._db.execute("SELECT person_id, verdict FROM labels WHERE spot_id = ?", (spot,)).fetchall()

    def present(self, photo: str, person: int, *, is_there: bool = True) -> None:
        """The person is on the photo, nobody says where; or that is not said any more."""
        self._set(f"on {photo} {person}", 1 if is_there else None)

    def enrol(self, photo: str, origin: str | None) -> None:
        """The picture shows somebody, though it is of no photo of the library; None: that is not said any more."""
        self._set(f"enrolled {photo}", origin)

    def forget(self, face: Spot) -> None:
        """Nobody says any more who this face is."""
        self._set(f"is {settle(self._db, face)}", None)

    def rename(self, person: int, name: str) -> None:
        """The person is called something else."""
        self._set(f"name {person}", name)

    def ignore(self, person: int, ignored: bool = True) -> None:
        """Nobody wants to hear of this person; or they do again."""
        self._set(f"ignored {person}", 1 if ignored else None)

    def collage(self, photo: str) -> None:
        """One person may be on this photo more than once."""
        self._set(f"collage {photo}", 1)

    def merge(self, other: int, person: int) -> None:
        """All that was said of the other was said of this person."""
        sql = "SELECT spot_id, verdict FROM labels WHERE person_id = ? ORDER BY spot_id"
        for spot, verdict in self._db.execute(sql, (other,)).fetchall():
            if verdict == "is":
                self._set(f"is {spot}", person)
                self._set(f"not {spot} {person}", None)
            elif self._get(f"is {spot}") != person:
                self._set(f"not {spot} {person}", 1)
                self._set(f"not {spot} {other}", None)
        for (photo,) in self._db.execute("SELECT hash FROM present WHERE person_id = ?", (other,)).fetchall():
            self.present(photo, person)
            self.present(photo, other, is_there=False)

    def _get(self, cell: str) -> Content:
        if cell not in self._was:
            self._was[cell] = cells.read(self._db, cell)
            self._becomes[cell] = self._was[cell].content
        return self._becomes[cell]

    def _set(self, cell: str, content: Content) -> None:
        self._get(cell)
        self._becomes[cell] = content

    def _introduce(self, name: str | None, cluster: int | None) -> int:
        sql = "INSERT INTO people (name, key, cluster_id) VALUES (?, ?, ?)"
        cursor = self._db.execute(sql, (name, None if name is None else name_key(name), cluster))
        person = int(cursor.lastrowid or 0)
        self._was[f"person {person}"] = cells.NOTHING
        self._becomes[f"person {person}"] = json.dumps({"name": name, "cluster": cluster}, ensure_ascii=False)
        return person
