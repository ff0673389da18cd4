from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.e2e.visitor import Page, Visitor, expect

Says = Callable[..., Any]


TAGGED = "section[aria-labelledby^=y] .pick"
"""The faces that somebody has; those that are only suggested come before them."""


def people(says: Says) -> dict[str, int]:
    return {one["name"]: one["faces"] for one in says("people")["people"]}


def test_three_groups_are_named_by_typing_only(visitor: Visitor, page: Page, says: Says) -> None:
    largest = says("clusters")["clusters"][:3]
    page.get_by_label(f"Name of group {largest[0]['id']}", exact=True).focus()
    for name, group in zip(("anna", "ben", "Chidi Ö."), largest, strict=True):
        expect(page.get_by_label(f"Name of group {group['id']}", exact=True)).to_be_focused()
        page.keyboard.type(name)
        page.keyboard.press("Enter")
        visitor.is_told(name)
        expect(page.get_by_role("list", name="People").get_by_text(name)).to_be_visible()
    found = people(says)
    assert set(found) == {"anna", "ben", "Chidi Ö."}
    for name, group in zip(found, sorted(largest, key=lambda one: -one["faces"]), strict=True):
        assert found[name] >= group["faces"]


def test_the_next_name_is_typed_while_the_last_is_written(visitor: Visitor, page: Page, says: Says) -> None:
    for number, name in ((1, "anna"), (2, "ben"), (3, "cleo")):
        visitor.names_group(number, name)
    expect(page.get_by_role("list", name="People").get_by_role("listitem")).to_have_count(3)
    assert set(people(says)) == {"anna", "ben", "cleo"}


def test_what_was_said_is_taken_back_by_the_button_beside_it(visitor: Visitor, says: Says) -> None:
    visitor.names_group(1, "anna")
    visitor.is_told("anna")
    assert list(people(says)) == ["anna"]
    visitor.undoes()
    expect(visitor.page.get_by_label("Name of group 1", exact=True)).to_be_visible()
    assert people(says) == {}


def test_somebody_is_renamed_on_their_page(visitor: Visitor, page: Page, says: Says) -> None:
    visitor.names_group(1, "anna")
    page.get_by_role("link", name="anna").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("anna")
    page.get_by_text("Rename, same as, split, ignore").click()
    page.get_by_label("New name").fill("Anna Bell")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Anna Bell")
    visitor.is_told("Anna Bell")
    assert list(people(says)) == ["Anna Bell"]


def test_a_range_of_faces_is_chosen_with_shift_and_refused(visitor: Visitor, page: Page, says: Says) -> None:
    visitor.names_group(1, "anna")
    visitor.is_told("anna")
    before = people(says)["anna"]
    page.get_by_role("link", name="anna").click()
    faces = page.locator(TAGGED)
    faces.nth(1).click()
    faces.nth(4).click(modifiers=["Shift"])
    expect(page.locator("#chosen")).to_contain_text("4 faces")
    ids = [faces.nth(i).get_attribute("value") for i in range(1, 5)]
    page.get_by_role("button", name="Not anna").click()
    visitor.is_told("4 faces")
    assert people(says)["anna"] == before - 4
    assert not {face["id"] for face in says("faces", "--person", "anna")["faces"]} & set(ids)


def test_faces_are_chosen_by_dragging_over_them(visitor: Visitor, page: Page) -> None:
    visitor.names_group(1, "anna")
    visitor.is_told("anna")
    page.get_by_role("link", name="anna").click()
    faces = page.locator(TAGGED)
    faces.nth(1).hover()
    page.mouse.down()
    for number in (2, 4, 3):
        faces.nth(number).hover()
    page.mouse.up()
    chosen = [faces.nth(number).is_checked() for number in range(5)]
    assert chosen == [False, True, True, True, False]
    expect(page.locator("#chosen")).to_contain_text("3 faces")
    faces.nth(2).hover()
    page.mouse.down()
    faces.nth(3).hover()
    faces.nth(2).hover()
    page.mouse.up()
    assert [faces.nth(number).is_checked() for number in range(5)] == [False, True, False, True, False]
    expect(page.locator("#chosen")).to_contain_text("2 faces")


def test_faces_are_chosen_and_named_with_the_keyboard_alone(visitor: Visitor, page: Page, says: Says) -> None:
    visitor.names_group(1, "anna")
    visitor.is_told("anna")
    before = people(says)["anna"]
    page.get_by_role("link", name="anna").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("anna")
    page.wait_for_load_state()  # keys are heard when the script is there
    faces = page.locator(TAGGED)
    faces.first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#chosen")).to_contain_text("2 faces")
    page.keyboard.press("Escape")
    expect(page.locator("#chosen")).to_be_hidden()
    page.keyboard.press("Space")
    expect(faces.nth(2)).to_be_checked()
    expect(faces.nth(2)).to_be_focused()
    page.get_by_label("Name of the chosen faces").fill("ben")
    page.keyboard.press("Enter")
    visitor.is_told("ben")
    found = people(says)
    assert found["ben"] >= 1
    assert found["anna"] < before
