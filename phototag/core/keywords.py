"""Names among the keywords of a photo: four lists of a packet, two of them hierarchies."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from phototag.core.names import name_key

ROOT = "People"
"""Under which names stand in the hierarchies, as digiKam and Lightroom have it."""

SEPARATORS: Mapping[str, str] = {"person_in_image": "", "subject": "", "hierarchical": "|", "tags_list": "/"}
"""Lists of names by their field of `core.regions.Tagged`, in its order; each with what separates its levels, if any."""


def key(name: str) -> str:
    """As `name_key`, for names that came through digiKam, which writes a slash as a backslash."""
    return name_key(name.replace("\\", "/"))


class Turnover(NamedTuple):
    """What becomes of the names of the rectangles of a packet.

    Attributes:
        names: of everybody who is on the photo, as said here.
        standing: of rectangles that stay.
        theirs: of rectangles that others wrote, or gave that name.
        renamed: a name -> the one that takes its place at a rectangle.
    """

    names: Sequence[str]
    standing: Collection[str]
    theirs: Collection[str]
    renamed: Mapping[str, str]


class Keywords:
    """One list of names, as it was left.

    Attributes:
        whole: all of it.
        written: of that, what is there because it was said here; also what others took away since.
    """

    def __init__(self, field: str, whole: tuple[str, ...], written: tuple[str, ...] = ()) -> None:
        """`field` is that of `Tagged`."""
        self.whole, self.written = whole, written
        self._separator = SEPARATORS[field]

    def spelled(self, name: str) -> str:
        """A name as it stands in this list; what would separate levels is written otherwise."""
        if not self._separator:
            return name
        leaf = name.replace("/", "\\") if self._separator == "/" else name.replace("|", " ")
        return f"{ROOT}{self._separator}{leaf}"

    def key(self, item: str) -> str:
        """Of the name in an item: in a hierarchy it comes last."""
        return key(item.rpartition(self._separator)[2] if self._separator else item)

    def lost(self, name: str, now: Sequence[str]) -> bool:
        """Whether others took a name from the list."""
        return self._has(name, self.whole) and not self._has(name, now)

    def _has(self, name: str, items: Sequence[str]) -> bool:
        wanted = self.key(self.spelled(name))
        return any(self.key(item) == wanted for item in items)

    def reconciled(self, now: Sequence[str], turnover: Turnover) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The list as it shall be, and what of it is there, or was, because of what was said here.

        A keyword follows the rectangle of its name, whoever wrote it. Whoever others took from the list stays away.
        """
        wanted = list(dict.fromkeys(map(self.spelled, turnover.names)))
        stays = self._keys([*turnover.names, *turnover.standing])
        renamed = {self.key(self.spelled(was)): becomes for was, becomes in turnover.renamed.items()}
        theirs = self._keys(turnover.theirs)
        whole: list[str] = []
        ours: list[str] = []
        for item in now:
            is_ours = item in self.written or (self.key(item) in theirs and self._is_of_people(item))
            after: str | None = item
            if is_ours and self.key(item) not in stays:
                after = self._with_leaf(item, renamed[self.key(item)]) if self.key(item) in renamed else None
            if after is None or (after != item and after in [*now, *whole]):
                continue
            whole.append(after)
            ours += [after] if is_ours else []
        taken = {item for item in (*self.whole, *self.written) if item in wanted and item not in now}
        there = {self.key(item) for item in whole}
        added = [item for item in wanted if self.key(item) not in there and item not in taken]
        return (*whole, *added), (*ours, *added, *sorted(taken))

    def _keys(self, names: Iterable[str]) -> set[str]:
        return {self.key(self.spelled(name)) for name in names}

    def _is_of_people(self, item: str) -> bool:
        return not self._separator or item.startswith(ROOT + self._separator)

    def _with_leaf(self, item: str, name: str) -> str:
        if not self._separator:
            return name
        above = item.rpartition(self._separator)[0]
        leaf = self.spelled(name).partition(self._separator)[2]
        return f"{above}{self._separator}{leaf}" if above else leaf
