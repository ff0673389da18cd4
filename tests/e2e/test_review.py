"""Questions, answered by keys; the index is looked at after each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Once
from tests.e2e.pages import best_of_groups, tell
from tests.e2e.visitor import Page, Visitor, expect

Says = Callable[..., Any]


def know_one_face_of_each(library: Path) -> None:
    """Of ten people one face has a name: some others get it by themselves, others are asked for."""
    for name, face in best_of_groups(library).items():
        tell(library, "move", face, "--to", name)


@pytest.fixture
def library(once: Once) -> Path:
    """Eleven questions wait."""
    return once(know_one_face_of_each)


@pytest.fixture
def visitor(visit: Callable[..., Visitor]) -> Visitor:
    """Somebody at the first question."""
    return visit(at="/review")


def asked(page: Page) -> str:
    return str(page.locator(".question").get_attribute("data-question"))


def faces_asked_for(page: Page) -> list[str]:
    return str(page.locator(".question").get_attribute("data-faces")).split()


def person_asked_for(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text().removeprefix("Is this ").removesuffix("?")


def next_after(page: Page, question: str) -> None:
    """The question is another one, and so is its title."""
    expect(page.locator(f".question:not([data-question='{question}'])")).to_be_visible()


def known(says: Says) -> dict[str, tuple[str | None, str | None]]:
    return {face["id"]: (face["person"], face["source"]) for face in says("faces")["faces"]}


def test_ten_questions_are_answered_by_keys_and_taken_back(visitor: Visitor, page: Page, says: Says) -> None:
    before = [known(says)]
    questions = []
    settled = int(page.get_by_role("progressbar").evaluate("it => it.value"))
    for number, key in enumerate("ynysyneyny"):
        questions.append(question := asked(page))
        faces, person = faces_asked_for(page), person_asked_for(page)
        page.keyboard.press(key)
        if key == "e":
            expect(page.get_by_label("Name of these faces")).to_be_focused()
            page.keyboard.type("Zoë")
            page.keyboard.press("Enter")
        next_after(page, question)
        now = known(says)
        if key == "y":
            assert {now[face] for face in faces} == {(person, "human")}, number
        elif key == "n":
            assert person not in {now[face][0] for face in faces}, number
        elif key == "e":
            assert {now[face] for face in faces} == {("Zoë", "human")}, number
        else:
            assert now == before[-1], number
        before.append(now)
    expect(page.locator("[data-sitting]")).to_have_text(" · 9 answered in this sitting")
    assert int(page.get_by_role("progressbar").evaluate("it => it.value")) > settled
    before.pop()
    for question in reversed(questions):
        page.keyboard.press("u")
        expect(page.locator(".question")).to_have_attribute("data-question", question)
        assert known(says) == before.pop()
    expect(page.locator("[data-sitting]")).to_be_hidden()
    page.keyboard.press("u")
    visitor.is_told("Nothing was answered in this sitting")


def test_the_button_beside_what_was_said_brings_the_question_back(visitor: Visitor, page: Page, says: Says) -> None:
    question, before = asked(page), known(says)
    page.get_by_role("button", name="Yes").click()
    next_after(page, question)
    visitor.undoes()
    expect(page.locator(".question")).to_have_attribute("data-question", question)
    assert known(says) == before


def test_letters_in_a_field_are_letters(visitor: Visitor, page: Page, says: Says) -> None:
    question, before = asked(page), known(says)
    page.keyboard.press("Enter")
    page.keyboard.type("yns u/e")
    expect(page.get_by_label("Name of these faces")).to_have_value("yns u/e")
    page.keyboard.press("Escape")
    expect(page.get_by_label("Name of these faces")).to_be_hidden()
    page.get_by_role("searchbox", name="Find photos").focus()
    page.keyboard.type("ynsu")
    expect(page.get_by_role("searchbox", name="Find photos")).to_have_value("ynsu")
    assert asked(page) == question
    assert known(says) == before
    page.get_by_role("main").focus()
    page.keyboard.press("y")
    next_after(page, question)


def test_what_was_settled_meanwhile_is_not_asked_again(visitor: Visitor, page: Page, library: Path, says: Says) -> None:
    question, faces = asked(page), faces_asked_for(page)
    tell(library, "move", *faces, "--to", "Zoë")
    page.keyboard.press("y")
    visitor.is_told("settled meanwhile")
    next_after(page, question)
    visitor.refused(404)
    assert {known(says)[face] for face in faces} == {("Zoë", "human")}


def test_what_was_left_for_later_comes_at_the_end(visitor: Visitor, page: Page) -> None:
    seen = []
    while page.locator(".question").count():
        seen.append(asked(page))
        page.keyboard.press("s")
        expect(page.locator(f".question[data-question='{seen[-1]}']")).to_have_count(0)
    assert len(seen) == len(set(seen)) == 11
    expect(page.get_by_role("heading", level=1)).to_have_text("That was all but what you left for later")
    page.get_by_role("link", name="Ask again").click()
    expect(page.locator(".question")).to_have_attribute("data-question", seen[0])
