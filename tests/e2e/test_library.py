"""A scan from the page, what it finds, and what the library's pages list."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from phototag.app.scan import ScanReport
from phototag.errors import StoppedError
from phototag.settings import Settings
from phototag.web.scanning import STOPPED, Step, Tell
from tests.conftest import Command
from tests.e2e.pages import tell
from tests.e2e.visitor import Page, Visitor, expect

Says = Callable[..., Any]


def until_stopped(settings: Settings, force: bool, tell: Tell, stop: threading.Event) -> ScanReport:
    """A scan that goes on until somebody stops it."""
    tell(Step("Finding faces", 30, 90, "photo"))
    assert stop.wait(60)
    raise StoppedError(STOPPED)


def test_a_scan_has_a_sign_on_every_page_and_can_be_stopped(visit: Callable[..., Visitor]) -> None:
    visitor = visit(scan=until_stopped)
    page = visitor.page
    page.get_by_role("link", name="Library").click()
    page.get_by_role("button", name="Scan", exact=True).click()
    expect(page.get_by_role("button", name="Stop")).to_be_focused()
    expect(page.locator("[data-stage]")).to_have_text("Finding faces")
    expect(page.locator("[data-count]")).to_have_text("30 of 90 photos")
    expect(page.get_by_role("progressbar", name="The scan")).to_have_js_property("value", 30)
    expect(page.get_by_role("button", name="Scan", exact=True)).to_be_hidden()
    other = page.context.new_page()
    other.goto("/")
    expect(other.locator("#scanning")).to_have_text("Finding faces, 33 %")
    page.get_by_role("link", name="History").click()
    expect(page.locator("#scanning")).to_have_text("Finding faces, 33 %")
    page.locator("#scanning").click()
    page.get_by_role("button", name="Stop").press("Enter")
    visitor.is_told("Stopped. Nothing is lost")
    expect(page.get_by_role("button", name="Scan", exact=True)).to_be_visible()
    expect(page.locator("#scanning")).to_be_hidden()
    expect(other.locator("#scanning")).to_be_hidden()
    other.close()


def test_a_new_photo_is_found_by_a_scan(visitor: Visitor, page: Page, library: Path, says: Says) -> None:
    visitor.names_group(1, "Anna")
    visitor.is_told("Anna")
    before = len(says("find", "Anna")["photos"])
    with Image.open(library / "2018-05 Garden party" / "IMG_0425.jpg") as photo:
        ImageOps.mirror(photo).save(library / "new.jpg", quality=92)
    visitor.open("/library")
    page.get_by_role("button", name="Scan", exact=True).click()
    expect(page.locator("#said p")).to_contain_text("1 new", timeout=60_000)
    assert len(says("find", "Anna")["photos"]) == before + 1
    expect(page.locator("dl.status")).to_contain_text("137")
    visitor.open("/find?q=path:new.jpg")
    page.get_by_role("list", name="Photos").get_by_role("link").click()
    expect(page.get_by_role("region", name="On this photo").get_by_role("link", name="Anna")).to_be_visible()


def test_problems_and_copies_are_listed(
    visitor: Visitor, page: Page, library: Path, phototag: Command, says: Says
) -> None:
    phototag("problems", "--json", "--library", library)
    problems = json.loads(phototag.out)["problems"]
    page.get_by_role("link", name="Library").click()
    page.get_by_role("main").get_by_role("link", name=f"{len(problems)} files").click()
    for problem in problems:
        expect(page.get_by_role("listitem").filter(has_text=problem["photo"])).to_contain_text(problem["reason"])
    page.get_by_role("link", name="Library").click()
    families = says("duplicates")["duplicates"]
    page.get_by_role("main").get_by_role("link", name=f"{len(families)} photos").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("More than once")
    for copy in [copy for family in families for copy in family]:
        page.get_by_role("link", name=copy["photo"]).click()
        expect(page.locator("dd.path")).to_contain_text(copy["photo"])
        page.go_back()


def test_somebody_is_ignored_and_noticed_again(visitor: Visitor, page: Page, says: Says) -> None:
    visitor.names_group(1, "Anna")
    page.get_by_role("link", name="Anna").click()
    page.get_by_text("Rename, same as, split, ignore").click()
    page.get_by_role("button", name="Ignore Anna and look-alikes").click()
    visitor.is_told("Anna")
    assert says("people")["people"] == []
    page.get_by_role("link", name="1 person ignored").click()
    page.get_by_role("button", name="Notice Anna again").click()
    visitor.is_told("Anna")
    expect(page.get_by_text("Nobody is ignored.")).to_be_visible()
    assert [one["name"] for one in says("people")["people"]] == ["Anna"]


def test_two_who_were_taken_for_one_are_split_and_merged(
    visitor: Visitor, page: Page, library: Path, says: Says
) -> None:
    visitor.open("/groups/2")
    page.get_by_text("Same as, split").click()
    page.get_by_label("Group 2 is the same as: a name, or the number of a group").fill("1")
    page.keyboard.press("Enter")
    visitor.is_told("group")
    (one, *_) = says("clusters")["clusters"]
    assert one["faces"] == 28
    visitor.open(f"/split?who={one['id']}")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 people?")
    page.get_by_label("Name of these 14 faces").fill("Ben")
    page.keyboard.press("Enter")
    visitor.is_told("Ben")
    assert says("people")["people"][0]["name"] == "Ben"
    assert says("people")["people"][0]["confirmed"] == 14
    tell(library, "name-cluster", says("clusters")["clusters"][0]["id"], "--as", "Anna")
    visitor.open("/person?name=Ben")
    page.get_by_text("Rename, same as, split, ignore").click()
    page.get_by_label("Ben is the same as: a name, or the number of a group").fill("Anna")
    page.keyboard.press("Enter")
    visitor.is_told("Anna")
    assert [one["confirmed"] for one in says("people")["people"]] == [28]
    visitor.undoes()
    expect(page.locator("#said p")).to_contain_text("Taken back")
    page.get_by_role("link", name="People").click()
    expect(page.get_by_role("list", name="People").get_by_role("listitem")).to_have_count(2)


def test_tags_that_are_least_sure_are_confirmed_at_once(
    visitor: Visitor, page: Page, library: Path, says: Says
) -> None:
    face = says("clusters")["clusters"][0]["sample"][0]
    tell(library, "move", face, "--to", "Anna")

    def sources() -> dict[str, str]:
        return {face["id"]: face["source"] for face in says("faces", "--person", "Anna")["faces"]}

    before = sources()
    visitor.open("/person?name=Anna")
    least = page.get_by_role("region", name="Least sure")
    faces = least.get_by_role("checkbox").evaluate_all("these => these.map((it) => it.value)")
    assert {before[face] for face in faces} == {"auto"}
    least.get_by_role("button", name=f"Yes, all {len(faces)}").click()
    visitor.is_told("Anna")
    expect(page.locator(f".pick[value='{faces[0]}']")).to_have_accessible_name(re.compile("confirmed$"))
    assert {sources()[face] for face in faces} == {"human"}
    visitor.undoes()
    expect(least.get_by_role("checkbox")).to_have_count(len(faces))
    assert sources() == before
