"""The map of faces."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from phototag.app.facemap import face_map
from phototag.index.db import open_for_reading
from tests.e2e.conftest import Once
from tests.e2e.pages import best_of_groups, draw_map, tell
from tests.e2e.visitor import Page, Visitor, expect

Says = Callable[..., Any]


def name_two_with_a_mistake(library: Path) -> None:
    """Anna and Ben have names; one of Ben's was called Anna."""
    mistaken = best_of_groups(library)["Ben"]
    for number, name in ((1, "Anna"), (2, "Ben")):
        tell(library, "name-cluster", number, "--as", name)
    tell(library, "move", mistaken, "--to", "Anna")
    draw_map(library)


@pytest.fixture
def library(once: Once) -> Path:
    """With a map."""
    return once(name_two_with_a_mistake)


@pytest.fixture
def visitor(visit: Callable[..., Visitor]) -> Visitor:
    """Somebody at the map, which is there."""
    visitor = visit(at="/map")
    expect(visitor.page.locator("#map[data-frame]")).to_be_visible()
    return visitor


def places(library: Path) -> dict[str, tuple[float, float]]:
    """Where each face lies, by its id."""
    with closing(open_for_reading(library / ".phototag")) as index:
        found = face_map(index)
    assert found is not None
    return {face: (float(x), float(y)) for face, (x, y) in zip(found.faces, found.places, strict=True)}


def lonely(library: Path, among: set[str]) -> str:
    """One of some faces: that which is farthest from the next of all."""
    at = places(library)

    def room(face: str) -> float:
        x, y = at[face]
        return min((x - u) ** 2 + (y - v) ** 2 for other, (u, v) in at.items() if other != face)

    return max(among, key=room)


def on_screen(page: Page, place: tuple[float, float]) -> tuple[float, float]:
    """Where a place of the whole map is seen at first."""
    box = page.locator("#map").bounding_box()
    assert box
    k = min(box["width"], box["height"]) * 0.9
    return box["x"] + box["width"] / 2 + (place[0] - 0.5) * k, box["y"] + box["height"] / 2 + (place[1] - 0.5) * k


def test_a_map_is_drawn_where_there_is_none(visit: Callable[..., Visitor], library: Path, says: Says) -> None:
    (library / ".phototag" / "cache" / "map.npz").unlink()
    visitor = visit(at="/map")
    expect(visitor.page.get_by_text("The map is being drawn")).to_be_visible()
    n_faces = len(says("faces")["faces"])
    expect(visitor.page.get_by_label(f"Map of {n_faces} faces")).to_be_visible(timeout=60_000)
    expect(visitor.page.get_by_text("The map is being drawn")).to_be_hidden()
    assert (library / ".phototag" / "cache" / "map.npz").exists()


def test_the_face_under_the_mouse_is_shown_and_a_click_opens_its_photo(page: Page, library: Path, says: Says) -> None:
    face = lonely(library, {face["id"] for face in says("faces", "--person", "Ben")["faces"]})
    place = on_screen(page, places(library)[face])
    page.mouse.move(*place)
    expect(page.locator(".card img")).to_have_attribute("src", f"/api/v1/faces/{face}/picture")
    expect(page.locator(".card strong")).to_have_text("Ben")
    page.mouse.click(*place)
    page.wait_for_url(f"**/photos/*#face-{face}")
    expect(page.locator(f"#face-{face}")).to_contain_text("Ben")


def test_a_click_on_a_face_without_a_name_opens_its_group(page: Page, library: Path, says: Says) -> None:
    face = lonely(library, {face["id"] for face in says("faces", "--cluster", "3")["faces"]})
    page.mouse.click(*on_screen(page, places(library)[face]))
    page.wait_for_url("**/groups/3")


def test_the_map_is_walked_by_keys(page: Page) -> None:
    card = page.locator(".card")
    page.locator("#map").focus()
    seen = []
    for key in ("+", "ArrowRight", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
        expect(card).to_be_visible()
        seen.append(page.locator("#map").get_attribute("data-face"))
        expect(page.locator("#aloud")).to_contain_text(card.locator("strong").inner_text())
    assert len(set(seen)) > 1
    page.keyboard.press("0")
    expect(card).to_be_visible()
    name = card.locator("strong").inner_text()
    face = page.locator("#map").get_attribute("data-face")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/groups/{name.removeprefix('Group ')}" if name.startswith("Group") else f"**#face-{face}")


def test_a_likely_mistake_is_listed_shown_and_mended(visitor: Visitor, page: Page, sample: Path, says: Says) -> None:
    mistaken = best_of_groups(sample)["Ben"]
    first = page.locator(".strays li").first
    expect(first).to_contain_text("Anna, you said. Nearer to Ben.")
    first.get_by_role("button", name="Show on the map").click()
    expect(page.locator(".card img")).to_have_attribute("src", f"/api/v1/faces/{mistaken}/picture")
    first.get_by_role("button", name="It is Ben").click()
    visitor.is_told("Ben")
    expect(page.locator(".strays").get_by_text("Anna, you said")).to_have_count(0)
    assert mistaken in {face["id"] for face in says("faces", "--person", "Ben")["faces"]}
    visitor.undoes()
    expect(page.locator(".strays li").first).to_contain_text("Anna, you said")


def test_only_those_who_are_chosen_are_shown(page: Page) -> None:
    anna = page.locator(".legend").get_by_role("button", name="Anna")
    anna.click()
    expect(anna).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Show everybody").click()
    expect(page.locator(".legend").get_by_role("button", name="Anna")).to_have_attribute("aria-pressed", "false")
