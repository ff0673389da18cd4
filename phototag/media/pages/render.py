"""The pages of a gallery as HTML that needs no server, no network and no script."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from phototag.media.pages import words
from phototag.media.pages.contents import Exhibit, Gallery, Portrayed, Sitter, leaves, years
from phototag.media.pages.places import INDEX, LARGE_SIDE, RATIOS, SMALL_SIDE, STEPS, person_page
from phototag.types import Box

PER_PAGE = 200
"""Photos on one page of a person, at most: 150 kB of HTML, and small enough to scroll."""

COMPANIONS = 12
"""People who are often with somebody, shown on their page."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page to be drawn.

    Attributes:
        name: of its file, in the gallery's folder.
        template: by which it is drawn.
        values: what is on it.
    """

    name: str
    template: str
    values: Mapping[str, object]

    def html(self, missing: Collection[str] = ()) -> bytes:
        """Draw it; `missing` are the names of pictures that could not be made."""
        up = "../" * self.name.count("/")
        text = _environment().get_template(self.template).render(self.values, up=up, missing=missing)
        return text.encode("utf-8", "replace")


def pages(gallery: Gallery) -> list[Page]:
    """All pages of a gallery: its index, then people, then photos."""
    return [
        Page(INDEX, "index.html", {"gallery": gallery}),
        *(page for person in gallery.people for page in _of_person(gallery, person)),
        *_of_photos(gallery),
    ]


def _of_person(gallery: Gallery, person: Portrayed) -> Iterator[Page]:
    laid_out = leaves(person.exhibits, PER_PAGE)
    first = {year: person_page(person.who.id, number) for year, number in years(laid_out).items()}
    for number, leaf in enumerate(laid_out, 1):
        values = {
            "gallery": gallery,
            "person": person,
            "leaf": leaf,
            "number": number,
            "numbers": len(laid_out),
            "years": first,
            "companions": person.companions[:COMPANIONS],
            "unseen": any(person.who in exhibit.also for exhibit in person.exhibits),
        }
        yield Page(person_page(person.who.id, number), "person.html", values)


def _of_photos(gallery: Gallery) -> Iterator[Page]:
    newer, older = _neighbours(gallery.exhibits)
    of = {person.who: _neighbours(person.exhibits) for person in gallery.people}
    for exhibit in gallery.exhibits:
        ways = [_Way(who, of[who][0].get(exhibit.photo), of[who][1].get(exhibit.photo)) for who in exhibit.sitters]
        n_marked = len(ways) - len(exhibit.also)
        values = {
            "gallery": gallery,
            "exhibit": exhibit,
            "newer": newer.get(exhibit.photo),
            "older": older.get(exhibit.photo),
            "marked": ways[:n_marked],
            "also": ways[n_marked:],
        }
        yield Page(exhibit.page, "photo.html", values)


@dataclass(frozen=True, slots=True)
class _Way:
    """From a photo of somebody to the next ones of them."""

    who: Sitter
    newer: Exhibit | None
    older: Exhibit | None


def _neighbours(exhibits: tuple[Exhibit, ...]) -> tuple[dict[str, Exhibit], dict[str, Exhibit]]:
    """Photo -> the next newer one, and the next older one."""
    return {b.photo: a for a, b in pairwise(exhibits)}, {a.photo: b for a, b in pairwise(exhibits)}


def box_classes(box: Box) -> str:
    """The classes of `places.boxes` that put an element over a face."""
    left, top = round(box.left * STEPS), round(box.top * STEPS)
    width, height = max(round(box.right * STEPS) - left, 1), max(round(box.bottom * STEPS) - top, 1)
    return f"l{left} t{top} w{width} h{height}"


def label_classes(box: Box) -> str:
    """Where the name of a face is put, so that it does not leave the picture."""
    middle = (box.left + box.right) / 2
    side = " from-left" if middle < 0.1 else " from-right" if middle > 0.9 else ""
    return "name" + side + (" above" if box.bottom > 0.9 else "")


def shape_class(exhibit: Exhibit) -> str:
    """The class of `places.boxes` that gives a picture its place in a row."""
    ratio = round(100 * exhibit.width / exhibit.height)
    return f"r{min(max(ratio, RATIOS[0]), RATIOS[-1])}"


def size(exhibit: Exhibit, long_side: int) -> tuple[int, int]:
    """Width and height in pixels of a picture that has so many on its long side, or fewer."""
    scale = min(1.0, long_side / max(exhibit.width, exhibit.height))
    return max(round(exhibit.width * scale), 1), max(round(exhibit.height * scale), 1)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("phototag.media.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    known: dict[str, Any] = {
        "box_classes": box_classes,
        "label_classes": label_classes,
        "shape_class": shape_class,
        "size": size,
        "words": words,
        "person_page": person_page,
        "SMALL": SMALL_SIDE,
        "LARGE": LARGE_SIDE,
    }
    environment.globals.update(known)
    return environment
