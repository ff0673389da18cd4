from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from phototag.app import suspects
from phototag.web.guard import HEADERS
from phototag.web.pages import faces, people, photos
from phototag.web.pages.drawing import STATIC
from tests.conftest import Command
from tests.web.conftest import Client, Serve

EVIL = "<script>alert(1)</script>\" onload='x' & {{ 7*7 }}"


class _Links(HTMLParser):
    """What a page leads to, and what it would run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.inline: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags.append(tag)
        self.links += [value for key in ("href", "src", "action") if (value := named.get(key)) is not None]
        self.ids += [value for key, value in attrs if key == "id" and value]
        self.inline += [key for key in named if key == "style" or key.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in named):
            self.inline.append(tag)


def page(client: Client, path: str, status: int = 200) -> str:
    """A page's text, with what holds for all of them looked at."""
    answer = client("GET", path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]
    found = _Links(answer.text)
    assert found.inline == []
    assert len(found.ids) == len(set(found.ids))
    assert found.tags.count("h1") == found.tags.count("main") == 1
    return answer.text


def addresses(client: Client) -> list[str]:
    """Every kind of page."""
    group = client.get("/clusters")["clusters"][0]["id"]
    return ["/", "/person?name=elon", f"/groups/{group}", f"/photos/{client.photo('elon')}", "/find", "/find?q=elon",
            "/review", "/map", "/history", "/problems", "/library", "/duplicates", "/ignored", "/split?who=elon",
            f"/split?who={group}"]  # fmt: skip


def test_every_link_on_every_page_leads_somewhere(reader: Client) -> None:
    links = {link for address in addresses(reader) for link in _Links(page(reader, address)).links}
    assert {f"/static/{name}" for name in STATIC} <= links
    assert "/person?name=elon" in links
    for link in sorted(links):
        if not link.startswith("#"):
            assert reader("GET", link).status_code == 200, link


def test_every_address_of_the_api_on_a_page_exists(reader: Client) -> None:
    paths = reader.get("/openapi.json")["paths"]
    known = [re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(path.removeprefix("/api/v1"))) for path in paths]
    text = "".join(page(reader, address) for address in addresses(reader))
    used = set(re.findall(r'data-(?:api|job)="([^"]*)"', text))
    assert "/faces/move" in used
    assert [one for one in used if not any(re.fullmatch(each, one) for each in known)] == []


def test_people_and_groups_are_on_the_first_page(reader: Client) -> None:
    text = page(reader, "/")
    assert "<h1>People</h1>" in text
    assert "<bdi>elon</bdi>" in text
    assert "1 face to look at" in text
    assert text.count('class="group"') == 2
    assert '<option value="elon">' in text


def test_who_is_new_sees_the_groups_only(writer: Client) -> None:
    writer.post("/undo")
    text = page(writer, "/")
    assert "Who is this?</h1>" in text
    assert "Say who they are" in text
    assert 'class="people"' not in text


def test_a_library_without_photos_offers_to_scan(serve: Serve, phototag: Command, tmp_path: Path) -> None:
    (tmp_path / "Photos").mkdir()
    (tmp_path / "Photos" / "broken.jpg").write_bytes(b"\xff\xd8\xff not a photo")
    assert phototag("scan", tmp_path / "Photos", "--engine", "fake") == 10
    text = page(serve(tmp_path / "Photos"), "/")
    assert "Nobody here yet" in text
    assert 'data-job="/jobs/scan"' in text


def test_a_person_has_unsure_faces_first(reader: Client) -> None:
    text = page(reader, "/person?name=ELON")
    assert text.index("Is this <bdi>elon</bdi>?") < text.index('id="y20')
    assert text.count('class="pick"') == 3
    assert text.count(", confirmed") == 1
    assert "2 faces on 2 photos, 1 confirmed" in text


def test_pages_are_turned(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "GROUPS", 1)
    monkeypatch.setattr(faces, "FACES", 1)
    monkeypatch.setattr(faces, "SUSPECTS", 0)
    first, last = page(reader, "/"), page(reader, "/?page=9")
    assert "Page 1 of 2" in first
    assert "Page 2 of 2" in last
    assert 'rel="next" href="/?page=2"' in first
    assert 'rel="next" href="/person?name=elon&amp;page=2"' in page(reader, "/person?name=elon")


def test_a_group_is_named_and_leads_to_the_next(reader: Client) -> None:
    group, other = (one["id"] for one in reader.get("/clusters")["clusters"])
    text = page(reader, f"/groups/{group}")
    assert f'data-api="/clusters/{group}/name" data-then="/groups/{other}"' in text
    assert f'rel="next" href="/groups/{other}"' in text
    assert 'data-then="/"' in page(reader, f"/groups/{other}")


def test_a_photo_has_a_box_for_each_face_and_its_neighbours(reader: Client) -> None:
    text = page(reader, f"/photos/{reader.photo('faces=2')}")
    assert len(re.findall(r'data-box="0\.\d+ 0\.\d+ 0\.\d+ 0\.\d+"', text)) == 2
    assert 'rel="prev"' in text
    inside = page(reader, f"/photos/{reader.photo('elon')}?q=elon")
    assert re.search(r'rel="next" href="/photos/[0-9a-f]{32}\?q=elon"', inside)
    assert 'rel="prev"' not in inside
    assert 'href="/find?q=elon"' in inside


def test_the_large_picture_is_a_jpeg(reader: Client) -> None:
    answer = reader("GET", f"/photos/{reader.photo('elon')}/large")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.content.startswith(b"\xff\xd8")


def test_a_query_finds_photos_and_more_on_demand(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "PHOTOS", 2)
    text = page(reader, "/find?q=faces%3E%3D1")
    assert text.count('loading="lazy"') == 2
    more = re.search(r'class="load" rel="next" href="([^"]*)"', text)
    assert more
    assert 'class="load"' in page(reader, more[1].replace("&amp;", "&"))


def test_a_wrong_query_is_shown_at_its_character(reader: Client) -> None:
    text = page(reader, "/find?q=elon%20%26%20nobody", 400)
    assert "elon &amp; <mark>n</mark>obody" in text
    assert 'data-at="7"' in text
    assert 'aria-invalid="true"' in text
    assert "elon <mark>&amp;</mark>" in page(reader, "/find?q=elon%20%26", 400)


def ask(client: Client, address: str) -> tuple[str, str | None]:
    """The page of a question, and the id of that."""
    text = page(client, address)
    found = re.search(r'data-question="([0-9a-f]{16})"', text)
    return text, found and found[1]


def test_one_question_at_a_time_with_whom_to_compare(reader: Client) -> None:
    text, first = ask(reader, "/review")
    assert "Who is this?</h1>" in text
    assert "<strong>3 answers</strong> left to 95 %" in text
    assert 'data-answer="yes"' not in text
    address = "/review?skip=" + "&skip=".join(each for each in _asked(reader)[:2])
    text, last = ask(reader, address)
    assert last != first
    assert re.search(r'Is this <a href="/person\?name=elon"><bdi>elon</bdi></a>\?</h1>', text)
    assert "<bdi>elon</bdi>, as you said" in text
    assert [text.count(f'data-key="{key}"') for key in "ynsu"] == [1, 1, 1, 1]
    assert text.count('class="look"') == 2
    assert re.search(r'href="/photos/[0-9a-f]{32}#face-[0-9a-f]{16}"', text)
    assert re.search(r'class="mark" data-box="0\.\d+ ', text)


def test_a_question_is_left_for_later_without_a_script_too(reader: Client) -> None:
    text, _ = ask(reader, "/review")
    for _ in range(3):
        later = re.search(r'id="answer-skip" href="([^"]*)"', text)
        assert later
        text, shown = ask(reader, later[1].replace("&amp;", "&"))
    assert shown is None
    assert "all but what you left for later" in text
    assert 'href="/review"' in text


def test_the_pictures_of_the_next_question_are_named(reader: Client) -> None:
    text, _ = ask(reader, "/review")
    following = next(one for one in _asked(reader)[1:])
    ahead = re.search(r'data-next="([^"]*)"', text)
    assert ahead
    for face in reader.get("/review", params={"first": following})["question"]["faces"]:
        assert f"/api/v1/faces/{face}/picture" in ahead[1].split()
    for link in ahead[1].split():
        assert reader("GET", link).headers["content-type"] == "image/jpeg"


def test_a_question_that_was_taken_back_is_shown_again(writer: Client) -> None:
    _, first = ask(writer, "/review")
    decision = writer.post("/review", question=first, answer="name", name="ann")["decision"]
    _, second = ask(writer, f"/review?first={first}")
    assert second != first
    writer.post("/undo", decision=decision)
    assert ask(writer, f"/review?skip={first}&first={first}")[1] == first


def test_when_nothing_is_left_the_page_says_what_next(writer: Client) -> None:
    while asked := _asked(writer):
        writer.post("/review", question=asked[0], answer="name", name="ann")
    text, shown = ask(writer, "/review")
    assert shown is None
    assert "Nothing is left to ask" in text
    assert 'data-job="/jobs/scan"' in text


def test_who_may_only_look_is_offered_no_answers(serve: Serve) -> None:
    text, shown = ask(serve(read_only=True), "/review")
    assert shown is not None
    assert "data-answer=" not in text
    assert "/review?skip=" in text


def test_names_on_a_question_are_escaped(writer: Client) -> None:
    writer.post("/people/rename", name="elon", new=EVIL)
    text, _ = ask(writer, "/review?skip=" + "&skip=".join(_asked(writer)[:2]))
    assert "Is this <a" in text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert _Links(text).tags.count("script") == 3


def test_an_address_that_is_none_is_no_page(reader: Client) -> None:
    page(reader, "/review?skip=nonsense", 404)


def _asked(client: Client) -> list[str]:
    """Ids of all questions, in order."""
    ids: list[str] = []
    while question := client.get("/review", params={"skip": ids})["question"]:
        ids.append(question["id"])
    return ids


def test_all_faces_that_may_be_somebody_are_confirmed_at_once(reader: Client) -> None:
    text = page(reader, "/person?name=elon")
    unsure = text[text.index('id="unsure"') : text.index('class="tiles"')]
    (face,) = re.findall(r'name="faces" value="([0-9a-f]{16})"', unsure)
    assert reader.get(f"/faces/{face}")["suggestion"] == "elon"
    assert 'data-api="/faces/confirm"' in unsure
    assert "Yes, it is" in unsure


def test_tags_that_are_least_sure_come_before_the_years(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suspects, "NEAR", 100.0)
    text = page(reader, "/person?name=elon")
    assert text.index('id="unsure"') < text.index('id="suspects"') < text.index('id="y20')
    assert "1 automatic tag<" in text
    monkeypatch.setattr(suspects, "NEAR", -100.0)
    assert 'id="suspects"' not in page(reader, "/person?name=elon")


def test_decisions_can_be_undone_and_redone(writer: Client) -> None:
    assert 'data-api="/undo"' in page(writer, "/history")
    writer.post("/undo")
    text = page(writer, "/history")
    assert 'data-api="/redo"' in text
    assert "(taken back)" in text


def test_problems_have_a_reason(reader: Client) -> None:
    text = page(reader, "/problems")
    assert "1 file could not be used" in text
    assert "broken.jpg" in text


def test_names_are_escaped_everywhere(writer: Client) -> None:
    group = writer.get("/clusters")["clusters"][0]["id"]
    writer.post(f"/clusters/{group}/name", name=EVIL)
    face = writer.faces(person=EVIL)[0]
    photo = writer.get(f"/faces/{face}")["photo"]
    links = _Links(page(writer, "/")).links
    person = next(link for link in links if link.startswith("/person?name=%3C"))
    for address in ("/", person, f"/photos/{photo}", "/find", "/history", "/find?q=%3Cscript%3E"):
        text = page(writer, address, 400 if address.endswith("%3E") else 200)
        assert "<script>alert" not in text
        found = _Links(text)
        ours = [link for link in found.links if re.fullmatch(r"/static/[a-z]+\.js", link)]
        assert found.tags.count("script") == len(ours) <= len(STATIC)
        assert "49" not in re.findall(r"<bdi>[^<]*</bdi>", text)
    query = next(link for link in _Links(page(writer, person)).links if link.startswith("/find?q=%22"))
    assert photo in page(writer, query)


def test_what_is_only_shown_has_no_forms_but_the_search(serve: Serve) -> None:
    client = serve(read_only=True)
    for address in addresses(client):
        text = page(client, address)
        assert "data-api" not in text
        assert "data-job" not in text
        assert 'class="pick"' not in text
        assert _Links(text).tags.count("form") == 1


@pytest.mark.parametrize(
    ("address", "status"),
    [("/person?name=nobody", 404), ("/groups/99999", 404), ("/groups/x", 404), (f"/photos/{'0' * 32}", 404),
     ("/photos/x", 404), ("/person", 404), ("/static/no.css", 404), ("/?page=0", 404)],
)  # fmt: skip
def test_what_is_not_there_is_a_page_too(reader: Client, address: str, status: int) -> None:
    assert "That is not here" in page(reader, address, status)


def test_files_beside_the_pages_are_asked_for_again(reader: Client) -> None:
    for name, kind in STATIC.items():
        answer = reader("GET", f"/static/{name}")
        assert answer.headers["content-type"].startswith(kind)
        again = reader("GET", f"/static/{name}", {**reader.headers, "If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304


def test_pages_are_for_who_was_let_in(reader: Client) -> None:
    assert reader("GET", "/", {}).status_code == 401
    assert reader("GET", "/static/browse.js", {}).status_code == 401
    assert reader("GET", "/", reader.cookie).status_code == 200


def test_a_face_can_be_drawn_on_a_photo(writer: Client) -> None:
    photo = writer.photo("path:nobody*")
    text = page(writer, f"/photos/{photo}")
    assert 'id="draw"' in text
    assert re.search(r'data-width="327" data-height="300" data-least="8"', text)
    assert "data-redraw" not in text
    face = writer.post(f"/photos/{photo}/faces", place=[0.1, 0.1, 0.3, 0.3], name="Zoe")["face"]
    text = page(writer, f"/photos/{photo}")
    assert f'data-redraw="{face}">Move its box' in text
    assert ">Remove</button>" in text


def test_who_is_on_a_photo_without_a_face_is_added_and_removed(writer: Client) -> None:
    photo = writer.photo("path:both*")
    writer.post(f"/photos/{photo}/present", name=EVIL)
    text = page(writer, f"/photos/{photo}")
    assert f'data-api="/photos/{photo}/absent"' in text
    assert "One person may be on it twice" in text
    writer.post(f"/photos/{photo}/absent", name=EVIL)
    writer.post(f"/photos/{photo}/collage")
    text = page(writer, f"/photos/{photo}")
    assert "/absent" not in text
    assert "One person may be on it more than once." in text
    writer.post("/faces/move", faces=[writer.get(f"/photos/{photo}")["faces"][0]["id"]], name="Zoe")
    writer.post(f"/photos/{photo}/present", name="Zoe")
    assert "Also on it" not in page(writer, f"/photos/{photo}")  # her face is


def test_boxes_can_be_hidden_where_nothing_can_be_drawn(serve: Serve) -> None:
    client = serve(read_only=True)
    text = page(client, f"/photos/{client.photo('elon')}")
    assert 'id="bare"' in text
    for what in ('id="draw"', 'class="sketch"', "drawn-form"):
        assert what not in text


@pytest.mark.parametrize("name", [name for name in STATIC if name.endswith(".js")])
def test_a_script_writes_no_html(name: str) -> None:
    script = (Path(faces.__file__).parent / "static" / name).read_text()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|eval\(|document\.write", script)
